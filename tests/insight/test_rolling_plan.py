"""The plan as it stands in a later week."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from procure.insight.rolling.ground import ground_of
from procure.insight.rolling.rolled import plan_at, rolled
from procure.insight.rolling.week import carry_out, first_state
from procure.insight.rolling.world import World
from procure.plan.network import build_network
from procure.plan.records import Plan
from tests.insight.rolling_plans import cover_buyer, one_item

EXAMPLES = ("quickstart", "outdoor-shop", "spare-parts")
ARRAYS = (
    "cell_item",
    "cell_warehouse",
    "has_demand",
    "opening",
    "mean",
    "variance",
    "window",
    "replacement",
    "holding",
    "credit",
    "backorder_cost",
    "priority",
    "owed",
    "line_offer",
    "line_cell",
    "line_group",
    "line_lead",
    "line_days",
    "line_fraction",
    "line_rate",
    "line_allowed",
    "group_supplier",
    "group_warehouse",
    "move_lane",
    "move_from",
    "move_to",
    "move_lead",
    "move_allowed",
    "first_served",
    "initial",
    "committed",
)


def later(plan, week, **changes):
    """Return the plan of a week in which nothing has been ordered so far, with some of the state changed."""
    ground = ground_of(plan, week + 1)
    state = first_state(ground, World.of(ground, 1, 1), 0)
    return plan_at(ground, replace(state, week=week, **changes))


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_plan_rolled_by_no_week_is_the_plan(example, name):
    plan = example(name)
    ground = ground_of(plan, 1)
    before, after = build_network(plan), build_network(rolled(ground, first_state(ground, World.of(ground, 1, 1), 0)))
    for field in ARRAYS:
        assert np.allclose(getattr(before, field), getattr(after, field), rtol=1e-12, atol=1e-12), field


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_rolled_plan_passes_every_check_of_a_plan(example, name):
    ground = ground_of(example(name), 5)
    world = World.of(ground, 1, 1)
    state, under_way = first_state(ground, world, 0), 0
    for _ in range(4):
        plan = plan_at(ground, state)
        under_way += len(plan.open_orders)
        assert Plan.from_dict(json.loads(plan.to_json())).digest() == plan.digest()
        state, _ = carry_out(ground, world, 0, state, cover_buyer(plan))
    assert under_way


def test_demand_moves_up_and_goes_on_at_its_mean():
    plan = one_item(demand=[{"item": "A", "warehouse": "W", "mean": [3.0, 6.0, 9.0], "sd": [0.0, 3.0, 3.0]}])
    network = build_network(later(plan, 2))
    assert network.mean[0].tolist() == pytest.approx([9, 6, 6])
    assert network.variance[0].tolist() == pytest.approx([9, 6, 6])


def test_promotions_stay_where_they_are_in_the_calendar():
    promotion = {"item": "A", "first": "2026-01-12", "last": "2026-01-18", "uplift": 2.0}
    network = build_network(later(one_item(promotions=[promotion]), 1))
    assert network.mean[0].tolist() == pytest.approx([8, 4, 16 / 3])


def test_order_days_keep_their_rhythm():
    plan = one_item(periods=8, demand=[], supplier={"order_every": 3}, offer={"lead_time": 0})
    allowed = build_network(later(plan, 1)).line_allowed[0]
    assert np.flatnonzero(allowed).tolist() == [2, 5]


def test_lists_move_up_and_their_last_value_holds():
    plan = one_item(
        warehouse={"capacity": {"units": [9.0, 8.0, 7.0]}},
        supplier={"capacity": {"units": [5.0, 4.0, 3.0]}},
        offer={"capacity": [2.0, 1.0, 0.0]},
    )
    moved = later(plan, 1)
    assert moved.warehouses[0].capacity == {"units": (8.0, 7.0, 7.0)}
    assert moved.suppliers[0].capacity == {"units": (4.0, 3.0, 3.0)}
    assert moved.offers[0].capacity == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("carry_over", "spent", "expected"),
    [(True, 30.0, (120.0, 21.0, 57.0)), (False, 30.0, (50.0, 21.0, 57.0)), (True, 160.0, (0.0, 11.0, 57.0))],
)
def test_unspent_budget_rolls_on(carry_over, spent, expected):
    """100, 50, 21: a week later 100 less what was spent comes on top of 50; an overdraft of 60 eats into 50 and 21.

    Beyond the plan the budget goes on at its mean, 57, as demand does.
    """
    plan = one_item(capital={"order_budget": [100.0, 50.0, 21.0], "carry_over": carry_over})
    assert later(plan, 1, spent=spent).capital.order_budget == pytest.approx(expected)


def test_cash_moves_up_and_its_inflow_goes_on_at_its_mean():
    plan = one_item(capital={"cash": {"opening": 10.0, "inflow": [5.0, 7.0, 0.0]}})
    cash = later(plan, 2).capital.cash
    assert cash.opening == pytest.approx(22.0)
    assert cash.inflow == pytest.approx((0.0, 4.0, 4.0))


def test_backorders_and_stock_are_what_they_have_become():
    (row,) = later(one_item(), 1, net=np.array([-3.0])).stock
    assert (row.on_hand, row.backorders) == (0.0, 3.0)


def test_an_offer_that_is_valid_later_is_there_later():
    plan = one_item(offer={"valid_from": "2026-02-02"})
    assert build_network(plan).n_lines == 0
    assert build_network(later(plan, 3)).n_lines == 1


def test_sample_paths_move_up_and_go_on(tmp_path):
    """Two paths of three weeks; the fourth week has the mean of the three and both paths' own spread."""
    frame = pd.DataFrame(
        {"item": "A", "warehouse": "W", "sample": [0, 0, 0, 1, 1, 1], "period": [0, 1, 2] * 2, "quantity": 2.0}
    )
    frame["quantity"] = [1.0, 2.0, 6.0, 3.0, 4.0, 8.0]
    frame.to_csv(tmp_path / "samples.csv", index=False)
    base = one_item(demand=[])
    plan = Plan.from_dict(json.loads(base.to_json()) | {"demand_samples": "samples.csv"}, tmp_path)
    moved = build_network(later(plan, 1))
    (cell,) = moved.paths
    paths = moved.paths[cell]
    assert paths[:, :2].tolist() == [[2, 6], [4, 8]]
    assert sorted(paths[:, 2].tolist()) == pytest.approx([1 * 4 / 2, 3 * 4 / 2])
    assert paths[:, 2].mean() == pytest.approx((2 + 3 + 7) / 3)
