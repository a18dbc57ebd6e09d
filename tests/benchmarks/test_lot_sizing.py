"""Lot-sizing files are read as they circulate, and their plans cost what the instance costs."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import procure

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

TWO_ITEMS = """2\t3\t
1\t\t
9\t\t
1\t1\t0\t10
1\t2\t0\t20
5\t0
5\t4
5\t4
Bi\thi\tsu\tsu
\t\ttime\tcost
"""
"""Two items, three periods, 9 hours a period.

Alone, item 1 costs 25 (two set-ups, 5 units kept once) and item 2 costs 28 (all 8 units in period 1, 4 kept once). With
9 hours item 1 cannot make 10 units in period 0; beside 8 units of item 2 it makes 9, 1 and 5: three set-ups and 4 units
kept once, 34. Two set-ups of item 2 cost 40, and item 1 at least 30 then. So the optimum is 34 + 28 = 62.
"""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import lot_sizing

    return lot_sizing


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import lot_sizing_files

    return lot_sizing_files


@pytest.fixture
def instance(files, tmp_path):
    path = tmp_path / "two.dat"
    path.write_text(TWO_ITEMS)
    return files.read_instance(path)


def test_a_file_is_read(instance):
    assert (instance.items, instance.periods, instance.capacity) == (2, 3, 9.0)
    assert (instance.holding, instance.set_up_cost) == ((1.0, 2.0), (10.0, 20.0))
    assert instance.demand == ((5.0, 0.0), (5.0, 4.0), (5.0, 4.0))
    assert instance.whole


def test_a_file_without_the_line_with_a_1_says_the_same(files, instance, tmp_path):
    path = tmp_path / "two.txt"
    path.write_text(TWO_ITEMS.replace("1\t\t\n", "", 1))
    assert files.read_instance(path).demand == instance.demand
    assert files.read_instance(path).capacity == 9.0


def test_more_than_15_items_stand_in_blocks_and_a_stray_number_is_left_out(files, tmp_path):
    made = files.generate(17, 4, 0.9, seed=1)
    path = tmp_path / "many.dat"
    files.write_instance(made, path)
    lines = path.read_text().splitlines()
    assert len(lines) == 3 + 17 + 2 * 4
    lines[3 + 17 + 4] += "\t1"
    path.write_text("\n".join(lines))
    read = files.read_instance(path)
    assert (read.demand, read.holding, read.set_up_cost) == (made.demand, made.holding, made.set_up_cost)


def test_a_file_that_is_cut_short_is_refused(files, tmp_path):
    path = tmp_path / "short.dat"
    path.write_text("\n".join(TWO_ITEMS.splitlines()[:6]))
    with pytest.raises(ValueError, match=r"short\.dat: 6 lines of numbers are too few for 2 items, 3 periods"):
        files.read_instance(path)


@pytest.mark.parametrize("engine", ["compact", "textbook"])
def test_the_total_is_the_optimum_by_hand(bench, instance, engine):
    found = bench.measure(instance, engine, 20.0, 1e-6)
    assert found["total"] == pytest.approx(62.0)
    assert found["bound"] == pytest.approx(62.0, rel=1e-4)
    assert found["late"] == 0.0


def test_bounds_of_the_decomposed_engine_hold(bench, instance):
    found = bench.measure(instance, "decomposed", 5.0, 1e-6)
    assert found["bound"] <= 62.0 + 1e-6
    assert found["total"] >= 62.0 - 1e-6


def test_a_lot_is_within_the_time_of_the_machine(bench, instance):
    solution = procure.solve(bench.plan_of(instance), engine="compact", time_limit=20.0, gap=1e-6)
    lots = pd.concat([solution.purchase_orders(), solution.supplier_schedule()])
    made = lots.groupby("order_date")["quantity"].sum()
    assert made.sum() == 15 + 8
    assert made.max() <= 9.0


def test_instances_made_can_be_kept_without_waiting(files):
    """In every first stretch of periods there is time enough for all demand so far."""
    for seed in range(5):
        made = files.generate(12, 15, 0.95, seed)
        loads = itertools.accumulate(sum(row) for row in made.demand)
        assert all(load <= made.capacity * (t + 1) for t, load in enumerate(loads))
        assert made == files.generate(12, 15, 0.95, seed)


def test_the_table_marks_instances_without_their_set_up_times(bench, instance):
    from dataclasses import replace

    row = bench.measure(replace(instance, set_up_time=(1.0, 0.0)), "textbook", 10.0, 1e-6)
    lines = bench.table([row], {"two": (60.0, 64.0)})
    assert lines[2].startswith("| two * | textbook | 10 |")
    assert lines[2].endswith("| 60.0 to 64.0 |")
    assert "set-up times left out" in lines[-1]
