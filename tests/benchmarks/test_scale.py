"""The runner that puts engines and peers side by side: what it records, and that it can be taken up again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import scale

    return scale


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import scale_tables

    return scale_tables


def line(engine: str, points: list[tuple[float, float, float | None, float | None]], **more: Any) -> dict[str, Any]:
    """A record as a run leaves it: points are seconds, total, bound, gap."""
    last = points[-1]
    fixed = {"case": "9 cells x 6, lines, seed 1", "limit": 10.0, "target": 1e-3, "seed": 0, "gross": 100.0}
    took = {"loading": 0.1, "planning": last[0], "cpu": 1.0, "memory": 100.0, "first": 0.5, "busy": 0.0, "cells": 9}
    end = {"total": last[1], "bound": last[2], "gap": last[3]}
    return {**fixed, **took, **end, "engine": engine, "points": points, **more}


def test_two_engines_and_a_rule_of_thumb_on_a_tiny_catalogue(bench, tmp_path, capsys):
    """Every record has its fields, totals lie above every bound, and a second call runs nothing."""
    given = ["--cells", "9", "--periods", "6", "--terms", "lines", "--time-limits", "20", "--gap", "0.01"]
    options = bench.arguments([str(tmp_path), *given, "--engines", "compact", "model-highs", "min-max"])
    wanted = list(bench.cases(options))
    bench.run_missing(options, wanted)
    path = tmp_path / "scale.jsonl"
    before = path.read_text()
    found = {record["engine"]: record for record in map(json.loads, before.splitlines())}
    assert list(found) == ["compact", "model-highs", "min-max"]
    bound = max(found["compact"]["bound"], found["model-highs"]["bound"])
    for record in found.values():
        assert "error" not in record
        assert record["cells"] == 9
        assert record["memory"] > 20
        assert min(record["loading"], record["planning"], record["cpu"]) > 0
        assert record["total"] >= bound - 1e-6 * abs(bound)
        assert record["points"][-1][1] == pytest.approx(record["total"])
        assert {"machine", "versions", "date", "seed", "limit", "target"} <= record.keys()
    assert found["min-max"]["bound"] is None
    assert found["compact"]["gap"] <= 0.01
    assert found["model-highs"]["total"] == pytest.approx(found["compact"]["total"], rel=0.02)

    with path.open("a") as file:
        file.write('{"case": "cut sh')
    bench.run_missing(options, wanted)
    assert path.read_text().startswith(before)
    assert len(path.read_text().splitlines()) == 4
    assert capsys.readouterr().err.count("...") == 3
    text = bench.page(options, [case.name for case in wanted])
    assert "| min-max | 20 |" in text
    assert "Stops at a proven gap of 1.000%" in text


def test_a_peer_that_is_not_installed_is_named_and_not_run(bench, tmp_path, monkeypatch):
    monkeypatch.setitem(bench.NEEDS, "model-scip", "no_such_package")
    options = bench.arguments([str(tmp_path), "--cells", "9", "--engines", "model-scip"])
    bench.run_missing(options, list(bench.cases(options)))
    assert (tmp_path / "scale.jsonl").read_text() == ""
    assert "Not installed, so not run: model-scip (no_such_package)." in bench.page(options, [])


def test_a_run_that_fails_is_a_result_with_its_message(bench, tmp_path):
    task = {"plan": str(tmp_path / "nowhere.json"), "engine": "compact", "limit": 1.0, "target": 0.1, "seed": 0}
    assert "nowhere.json" in bench.run(task)["error"]


def test_values_are_told_at_the_last_point_before_a_time(tables):
    """At 4 s nothing is proven; from 5 s on the gap is 20 %, from 8 s on 5 %."""
    record = line("auto", [(1.0, 130.0, None, None), (5.0, 120.0, 100.0, 0.2), (8.0, 105.0, 100.0, 0.05)])
    assert [tables.gap_at(record, t) for t in (0.5, 4.0, 5.0, 7.9, 9.0)] == [None, None, 0.2, 0.2, 0.05]
    assert [tables.time_to(record, gap) for gap in (0.2, 0.1, 0.01)] == [5.0, 8.0, None]


def test_runs_on_a_busy_machine_are_told(tables):
    runs = [line("auto", [(1.0, 2.0, 1.0, 0.5)], busy=share) for share in (0.0, 0.6, None)]
    text = "\n".join(tables.heading(runs, {}, "the command"))
    assert "1 of 3 runs began while others used more than 10% of the processors" in text
    assert "Made by `the command`" in text


def test_a_bound_above_a_plan_is_called_out(tables):
    good = line("auto", [(1.0, 110.0, 100.0, 0.1)])
    wrong = line("model-cp-sat", [(1.0, 130.0, None, None)], claimed=120.0)
    text = "\n".join(tables.side_by_side("tiny", [good, wrong]))
    assert "the claimed 120 lies above the total 110 that auto found" in text
    assert "lies above" not in "\n".join(tables.side_by_side("tiny", [good]))


def test_who_is_behind_and_when_is_said(tables):
    ours = line("decomposed", [(1.0, 120.0, 99.0, 0.21), (6.0, 101.0, 99.0, 0.02)])
    theirs = line("compact", [(2.0, 110.0, 90.0, 0.2), (6.0, 102.0, 90.0, 0.12)])
    assert tables.behind(ours, theirs, [10.0]) == []
    assert tables.behind(ours, theirs, [5.0]) == [
        "compact is cheaper by 10.000% at 5 s",
        "compact has a gap of 20.000% against 21.000% at 5 s",
    ]


def test_points_close_together_keep_the_first_and_the_last_each_at_its_own_time(bench, monkeypatch):
    import scale_run

    clock = iter([0.0, 1.0, 2.0, 2.01, 2.02, 5.0])
    monkeypatch.setattr(scale_run.time, "monotonic", lambda: next(clock))
    trace = scale_run.Trace()
    for total in (100.0, 90.0, 80.0, 70.0, 60.0):
        trace.see(total, 50.0, 0.5)
    assert [point[:2] for point in trace.points] == [(1.0, 100.0), (2.0, 90.0), (2.02, 70.0), (5.0, 60.0)]
    assert trace.first == 2.0


def test_the_exponent_of_growth(tables):
    """Time 3 * size^1.1 has the exponent 1.1; a run that doesn't reach the gap says so and is left out of the fit."""
    assert tables.exponent([10, 100, 1000], [3 * n**1.1 for n in (10, 100, 1000)]) == pytest.approx(1.1)
    runs = [
        line("decomposed", [(float(n), 101.0, 100.0, 0.01)], cells=n, case=f"{n} cells x 6, lines, seed 1")
        for n in (10, 100)
    ]
    runs.append(line("decomposed", [(9.0, 150.0, 100.0, 0.3)], cells=1000, case="1,000 cells x 6, lines, seed 1"))
    text = "\n".join(tables.growth(runs, 0.02))
    assert "| decomposed | lines | 100 | 100.0 | 100.0 | 0.1 | 100 | 1.00 |" in text
    assert "| decomposed | lines | 1,000 | not in 10 | 9.0 |" in text
    assert "| decomposed | lines | all | items^1.00 |" in text


def test_the_page_keeps_what_stands_outside_the_markers(bench):
    page = bench.placed("# Benchmarks\n\nMine.\n", "first", "scale.py")
    page = bench.placed(page + "After.\n", "second", "scale.py")
    assert page.startswith("# Benchmarks\n\nMine.\n")
    assert "first" not in page
    assert "second" in page
    assert page.endswith("After.\n")
