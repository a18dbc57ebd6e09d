"""The replay as a whole: the same world for all, whoever plans and however many processes there are."""

from __future__ import annotations

import json

import numpy as np
import pytest

from procure.errors import UsageError
from procure.insight.rolling import SolvePlanner, replay
from procure.insight.rolling.ground import ground_of
from procure.insight.rolling.world import PURPOSE, World
from procure.uncertainty.draws import Source, demand_draws, order_draws
from tests.insight.rolling_plans import cover_buyer, decided, one_item, script

UNSURE = {"mean": [4.0, 4.0, 4.0], "sd": [2.0, 2.0, 2.0]}


def unsure(**changes):
    return one_item(demand=[{"item": "A", "warehouse": "W", **UNSURE}], **changes)


def nothing(plan):
    return decided(plan, {})


def test_every_planner_meets_the_same_world(example):
    plan = example("quickstart")
    one, other = (replay(plan, planner, runs=3, seed=5) for planner in (nothing, cover_buyer))
    for a, b in zip(one.courses, other.courses, strict=True):
        assert a.series["demand"].tolist() == b.series["demand"].tolist()
    assert (one.totals() != other.totals()).all()


def test_other_seeds_and_other_runs_are_other_worlds():
    one, other = replay(unsure(), nothing, runs=2, seed=5), replay(unsure(), nothing, runs=2, seed=6)
    demands = [tuple(c.series["demand"]) for r in (one, other) for c in r.courses]
    assert len(set(demands)) == 4


def test_more_runs_do_not_change_the_first():
    few, many = (replay(unsure(), nothing, runs=n, seed=5) for n in (2, 4))
    assert few.totals().tolist() == many.totals().tolist()[:2]


def test_processes_change_nothing():
    planner = SolvePlanner(time_limit=20.0, gap=1e-6)
    one, two = (replay(unsure(), planner, runs=2, seed=5, jobs=jobs) for jobs in (1, 2))
    assert one.record() == two.record()


def test_the_world_is_that_of_an_open_loop_simulation():
    plan = unsure(offer={"lead_time": {"7": 0.5, "14": 0.5}, "delivered_fraction": {"1": 0.5, "0.5": 0.5}})
    ground = ground_of(plan, 5)
    world, source = World.of(ground, 3, 8), Source(PURPOSE, 3, 8)
    assert np.array_equal(world.demand[:, 0, :3].T, demand_draws(ground.network, source, 0))
    arrival, share = order_draws(ground.network, source, 0, 1)
    offer = plan.offers[0]
    for run in range(8):
        assert 1 + world.lead_days(offer, "W", 1, run) / 7 == arrival[run]
        assert world.delivered_share(offer, "W", 1, run) == share[run]


def test_demand_beyond_the_horizon_has_the_mean_and_spread_of_the_horizon():
    plan = one_item(demand=[{"item": "A", "warehouse": "W", "mean": [2.0, 4.0, 6.0], "sd": [1.0, 2.0, 3.0]}])
    demand = World.of(ground_of(plan, 43), 3, 500).demand[:, 0, 3:]
    assert demand.mean() == pytest.approx(4.0, abs=0.05)
    assert demand.var() == pytest.approx(14 / 3, rel=0.05)


def test_intervals_are_students():
    """Two runs at a and b: the mean, and half of |a - b| times the t quantile 12.706 over the root of 2, squared."""
    found = replay(unsure(), nothing, runs=2, seed=5)
    a, b = found.totals()
    total = found.cost()["total"]
    assert total.mean == pytest.approx((a + b) / 2)
    assert total.half_width == pytest.approx(12.7062 * abs(a - b) / 2, rel=1e-4)


def test_the_record_says_what_it_is_of(tmp_path):
    plan = unsure()
    found = replay(plan, script({"S/A": 6}), runs=1, seed=5)
    record = json.loads(found.write(tmp_path / "replay.json").read_text())
    assert record["plan"]["digest"] == plan.digest()
    assert (record["kind"], record["planner"], record["seed"], record["runs"]) == ("closed-loop", "script", 5, 1)
    parts = sum(values[0] for part, values in record["cost"].items() if part != "total")
    assert record["cost"]["total"][0] == pytest.approx(parts)
    assert len(record["by_week"]["cost"]) == 3


def test_the_table_has_a_row_for_each_run():
    found = replay(unsure(), cover_buyer, runs=3, seed=5)
    table = found.table()
    assert table["total"].tolist() == found.totals().tolist()
    assert table["backorders"].tolist() == found.backorders.tolist()
    assert [c.series["on_hand"].sum() for c in found.courses] == table["on_hand"].tolist()
    assert list(table.columns)[-5:] == ["total", "backorders", "end_units", "fill_rate", "on_hand"]


def test_chances_of_exceeding_a_limit_are_told_by_week():
    plan = one_item(warehouse={"capacity": {"units": [8.5, 100.0, 1.0]}})
    assert replay(plan, nothing, runs=2, seed=5).exceeded("storage_excess").tolist() == [1, 0, 1]


@pytest.mark.parametrize("wrong", [{"runs": 0}, {"weeks": 0}, {"jobs": 0}])
def test_nothing_to_do_is_refused(wrong):
    with pytest.raises(UsageError, match="must be 1 or more"):
        replay(unsure(), nothing, **wrong)


def test_progress_is_told_after_every_run():
    told = []
    replay(unsure(), nothing, runs=3, seed=5, progress=lambda done, runs: told.append((done, runs)))
    assert told == [(1, 3), (2, 3), (3, 3)]
