"""What is left after a replay, worked out by hand: the fixed costs of orders follow the goods that they brought."""

from __future__ import annotations

import pytest

from procure.insight.rolling import replay
from procure.plan.records import Plan
from tests.insight.rolling_plans import one_item, script

CONTAINER = {"container": {"resource": "m3", "size": 10.0, "cost": 40.0, "minimum_fill": 0.0}}


def boxed(**changes):
    """Return the plan of one item in which a unit takes 1 m3 and orders travel in containers of 10 m3."""
    changes.setdefault("item", {"storage": {"m3": 1.0}})
    return one_item(supplier=CONTAINER, **changes)


def terminal(plan, planner, weeks=None):
    return replay(plan, planner, runs=1, seed=1, weeks=weeks).courses[0].totals["terminal"]


def test_a_container_still_under_way_costs_the_replay_nothing():
    """6 units at 2.5, the container of 40, the order of 5 and the line of 3 serve later weeks; 2 units are owed."""
    plan = boxed(offer={"lead_time": 14})
    assert terminal(plan, script({}, {}, {"S/A": 6})) == pytest.approx(2 * 2.5 - 6 * 2.5 - 40 - 5 - 3)


def test_goods_that_come_as_the_replay_ends_serve_first_who_waits():
    """Of the 6 that are there on the morning after, 2 are for customers of the weeks replayed."""
    assert terminal(boxed(), script({}, {}, {"S/A": 6})) == pytest.approx(-4 * 2.5 - 48 * 4 / 6)


def test_a_container_is_charged_for_the_units_that_were_sold():
    """10 on hand and 6 ordered less 12 sold: the opening stock goes first, so 4 of the 6 are left."""
    assert terminal(boxed(), script({"S/A": 6})) == pytest.approx(-4 * 2.5 - (40 + 5 + 3) * 4 / 6)


def test_the_latest_goods_are_the_ones_left():
    """6 units with 48 of fixed costs, then 12 with two containers, 88: of the 16 left the last 12, and 4 of the 6."""
    left = terminal(boxed(), script({"S/A": 6}, {"S/A": 12}))
    assert left == pytest.approx(-16 * 2.5 - (2 * 40 + 5 + 3) - (40 + 5 + 3) * 4 / 6)


def test_goods_that_are_used_up_give_nothing_back():
    """After five weeks 20 are sold: nothing is left of the 10 and the 6, and 4 are owed."""
    assert terminal(boxed(), script({"S/A": 6}), weeks=5) == pytest.approx(4 * 2.5)


def test_what_was_not_delivered_takes_its_part_of_the_fixed_costs_along():
    """Half of 6 comes; 13 less 12 leave one unit, a sixth of what was ordered."""
    plan = boxed(offer={"delivered_fraction": 0.5})
    assert terminal(plan, script({"S/A": 6})) == pytest.approx(-1 * 2.5 - 48 / 6)


def test_the_plans_terminal_value_counts_for_fixed_costs_too():
    plan = boxed(policy={"terminal_value": 0.5})
    assert terminal(plan, script({"S/A": 6})) == pytest.approx(0.5 * (-4 * 2.5 - 48 * 4 / 6))


def test_an_item_that_is_phased_out_keeps_nothing():
    plan = boxed(item={"storage": {"m3": 1.0}, "phase_out": "2026-01-20"})
    assert terminal(plan, script({"S/A": 6})) == 0


def test_items_share_a_container_by_the_room_they_take():
    """4 A of 1 m3 and 2 B of 3 m3 fill a container of 10 m3: B carries 24 of its 40 and half of the order's fee of 6.

    A is worth 2 and B 4 a unit, so each line is worth 8. A is not sold in the two weeks, of B one unit is.
    """
    plan = Plan.from_dict(
        {
            "format": "procure-plan/1",
            "name": "two items",
            "start_date": "2026-01-05",
            "periods": 3,
            "currency": "EUR",
            "items": [
                {"item": "A", "backorder_cost": 1.0, "storage": {"m3": 1.0}},
                {"item": "B", "backorder_cost": 1.0, "storage": {"m3": 3.0}},
            ],
            "warehouses": [{"warehouse": "W"}],
            "suppliers": [{"supplier": "S", "fixed_order_cost": 6.0, **CONTAINER}],
            "offers": [
                {"supplier": "S", "item": "A", "unit_price": 2.0, "lead_time": 7},
                {"supplier": "S", "item": "B", "unit_price": 4.0, "lead_time": 7},
            ],
            "demand": [{"item": "B", "warehouse": "W", "mean": [0.0, 1.0, 0.0]}],
        }
    )
    found = replay(plan, script({"S/A": 4, "S/B": 2}), runs=1, seed=1, weeks=2).courses[0].totals
    assert found["containers"] == 40
    assert found["terminal"] == pytest.approx(-(4 * 2 + 1 * 4) - (16 + 3) - (24 + 3) / 2)
