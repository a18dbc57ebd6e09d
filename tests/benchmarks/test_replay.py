"""The replay of the examples can be taken up again, and compares run by run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import replay

    return replay


def options_of(bench: Any, folder: Path, *given: str) -> Any:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    bench.arguments(parser)
    return parser.parse_args([str(folder), *given])


def line(example: str, planner: str, run: int, total: float, backorders: float = 1.0) -> dict[str, Any]:
    figures = {"fill_rate": 0.9, "storage_weeks": 1, "cash_weeks": 0, "seconds": 0.5}
    return {"key": [example, planner, run], "cost": {"total": total}, "backorders": backorders, **figures}


def test_savings_are_paired_by_run(bench):
    """Ours 10, 20, 60; theirs 11, 23, 62: the differences 1, 3, 2 have mean 2 and standard deviation 1."""
    lines = [line("quickstart", "procure", k, t) for k, t in enumerate((10.0, 20.0, 60.0))]
    lines += [line("quickstart", "min-max", k, t, 3.0) for k, t in enumerate((11.0, 23.0, 62.0))]
    ours, theirs = bench.compare(lines, {"quickstart": ["procure"]}, ["min-max"])
    assert (ours["planner"], ours["cost"], ours["runs"]) == ("procure", 30.0, 3)
    assert theirs["saved"].mean == pytest.approx(2.0)
    assert theirs["saved"].half_width == pytest.approx(4.30265 / np.sqrt(3), rel=1e-4)
    assert theirs["fewer"].mean == 2.0
    assert "+2 ± 2" in bench.table([theirs])[2]


def test_what_is_there_is_not_done_again(bench, tmp_path, monkeypatch):
    given = ("--examples", "quickstart", "--baselines", "--backorders", "--runs", "2", "--weeks", "1")
    options = options_of(bench, tmp_path, *given)
    wanted = list(bench.tasks(options))
    path = tmp_path / "replay.jsonl"
    done = [{"key": list(task.key), "cost": {"total": 1.0 + task.run}} for task in wanted]
    path.write_text("".join(json.dumps(row) + "\n" for row in done) + '{"key": ["cut sh')
    monkeypatch.setattr(bench, "carry_through", None)
    found = bench.replay_all(options)
    assert [found[task.key]["cost"]["total"] for task in wanted] == [1.0, 2.0]


def test_other_limits_are_other_runs(bench, tmp_path):
    keys = set()
    for limit in ("1", "2"):
        options = options_of(bench, tmp_path, "--examples", "quickstart", "--runs", "1", "--time-limit", limit)
        keys |= {task.key for task in bench.tasks(options)}
    planners = sorted(key[1] for key in keys)
    ours = ["procure"] * 2 + ["procure, backorders x 4"] * 2
    assert planners == ["marginal", "min-max", *ours, "repair-chain"]


def test_dearer_backorders_are_runs_of_their_own(bench, tmp_path):
    given = ("--examples", "spare-parts", "--baselines", "--backorders", "1.5", "2", "--runs", "1", "--weeks", "26")
    wanted = list(bench.tasks(options_of(bench, tmp_path, *given, "--engine", "compact")))
    assert [task.planner for task in wanted] == ["procure", "procure, backorders x 1.5", "procure, backorders x 2"]
    assert {task.weeks for task in wanted} == {26}
    planners = [task.planner_itself().planner for task in wanted]
    assert [planner.backorder_factor for planner in planners] == [1.0, 1.5, 2.0]
    assert [planner.name for planner in planners] == [task.planner for task in wanted]
    assert {planner.engine for planner in planners} == {"compact"}
    other = list(bench.tasks(options_of(bench, tmp_path, *given)))
    assert not {task.key for task in wanted} & {task.key for task in other}


def test_a_follow_up_is_a_run_of_its_own_and_its_weeks_are_not_ours(bench, tmp_path):
    given = ("--examples", "quickstart", "--runs", "1", "--weeks", "2")
    plain, followed = (list(bench.tasks(options_of(bench, tmp_path, *given, *f))) for f in (("--no-follow-up",), ()))
    assert not {task.key for task in plain} & {task.key for task in followed}
    assert {(task.weeks, task.after) for task in followed} == {(2, 8)}
    found = bench.carry_through(followed[0], runs=1)
    assert found["cost"]["total"] > bench.carry_through(plain[0], runs=1)["cost"]["total"]


def test_each_of_our_planners_is_set_beside_each_baseline(bench):
    """Dearer backorders: 1 more a run than the cheaper plan, and 2 unit-weeks fewer."""
    lines = [line("quickstart", "procure", k, 10.0 + k, 5.0) for k in range(3)]
    lines += [line("quickstart", "procure, backorders x 2", k, 11.0 + k, 3.0) for k in range(3)]
    lines += [line("quickstart", "min-max", k, 12.0 + k, 4.0) for k in range(3)]
    own = ["procure", "procure, backorders x 2"]
    rows = bench.compare(lines, {"quickstart": own}, ["min-max"])
    assert [(r["planner"], r.get("against")) for r in rows] == [(o, None) for o in own] + [("min-max", o) for o in own]
    assert [(r["saved"].mean, r["fewer"].mean) for r in rows[2:]] == [(2.0, -1.0), (1.0, 1.0)]


def test_gaps_are_means_over_the_plans_that_have_a_bound(bench):
    """Run 0: half its plans with a mean gap of 2 %; run 1: all, at 5 %; run 2: none. 0.5 * 2 % + 5 %, over 1.5."""
    lines = [line("quickstart", "procure", k, 10.0) for k in range(3)]
    for row, gap, proven in zip(lines, (0.02, 0.05, None), (0.5, 1.0, 0.0), strict=True):
        row |= {"gap": gap, "proven": proven}
    (ours,) = bench.compare(lines, {"quickstart": ["procure"]}, [])
    assert ours["gap"] == pytest.approx(0.04)
    assert ours["proven"] == pytest.approx(0.5)
    assert "4.0% (50%)" in bench.table([ours])[2]


def test_a_run_of_the_quickstart_comes_out_as_in_the_library(bench):
    from procure.insight.rolling import SolvePlanner, replay
    from procure.plan import read_plan

    task = bench.Task("quickstart", "procure", 1, 1, 3, 20.0, 0.01)
    found = bench.carry_through(task, runs=2)
    plan = read_plan(bench.EXAMPLES / "quickstart" / "plan.json")
    course = replay(plan, SolvePlanner(20.0, 0.01), runs=2, seed=3, weeks=1).courses[1]
    assert found["cost"] == pytest.approx(course.totals)
    assert found["backorders"] == course.backorder_unit_periods


def test_the_page_keeps_what_stands_outside_the_markers(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import uncertainty

    first = uncertainty.placed("# Page\n\nBefore.\n", "one")
    again = uncertainty.placed(first + "\nAfter.\n", "two")
    assert again.startswith("# Page\n\nBefore.\n")
    assert again.endswith("\nAfter.\n")
    assert "two" in again
    assert "one" not in again.replace("# Page", "")
