"""One run of the closed loop, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from procure.insight.rolling import replay
from procure.insight.rolling.ground import ground_of
from procure.insight.rolling.rolled import plan_at
from procure.insight.rolling.week import carry_out, first_state
from procure.insight.rolling.world import World
from tests.insight.rolling_plans import cover_buyer, decided, one_item, script, two_places


def run_of(plan, planner, weeks=None, seed=1):
    return replay(plan, planner, runs=1, seed=seed, weeks=weeks).courses[0]


def test_cost_of_three_weeks_by_hand():
    """Six units ordered in week 0 come in week 1: stock 6, 8, 4 at the ends of the weeks.

    The four units left are worth 2.50 each, and four sixths of the order's fixed costs of 8 serve later weeks.
    """
    cost = run_of(one_item(), script({"S/A": 6})).totals
    assert cost["purchase"] == pytest.approx(6 * 2.0)
    assert cost["freight"] == pytest.approx(6 * 0.5)
    assert cost["ordering"] == pytest.approx(5 + 3)
    assert cost["holding"] == pytest.approx(6 + 8 + 4)
    assert cost["backorder"] == 0
    assert cost["terminal"] == pytest.approx(-4 * 2.5 - 8 * 4 / 6)
    assert cost["total"] == pytest.approx(12 + 3 + 8 + 18 - 10 - 16 / 3)


def test_customers_wait_and_what_is_owed_in_the_end_is_charged():
    """Nothing ordered: 6 and 2 on hand, then 2 owed at the cost of replacing them."""
    course = run_of(one_item(), script())
    assert course.totals["backorder"] == pytest.approx(2 * 10.0)
    assert course.totals["terminal"] == pytest.approx(2 * 2.5)
    assert course.series["on_hand"].tolist() == [6, 2, 0]
    assert course.series["backorders"].tolist() == [0, 0, 2]
    assert course.fill_rate == pytest.approx(10 / 12)


def test_goods_under_way_in_the_end_are_credited():
    late = run_of(one_item(), script({}, {}, {"S/A": 6}))
    # two of the six are for customers who wait, so they keep their part of the fixed costs of 8
    assert late.totals["terminal"] == pytest.approx(2 * 2.5 - 6 * 2.5 - 8 * 4 / 6)


def test_lost_customers_do_not_come_back():
    """3 on hand, 5 asked for: 2 lost, then 5 and 5, each at its cost and the replacement cost of 2.5."""
    plan = one_item(
        item={"unmet_demand": "lost"},
        stock=[{"item": "A", "warehouse": "W", "on_hand": 3}],
        demand=[{"item": "A", "warehouse": "W", "mean": [5.0, 5.0, 5.0]}],
    )
    course = run_of(plan, script())
    assert course.series["lost"].tolist() == [2, 5, 5]
    assert course.series["backorders"].tolist() == [0, 0, 0]
    assert course.totals["backorder"] == pytest.approx(12 * (10.0 + 2.5))
    assert course.totals["terminal"] == 0
    assert course.backorder_unit_periods == 12


def test_what_is_not_delivered_is_not_paid_and_does_not_come():
    course = run_of(one_item(offer={"delivered_fraction": 0.5}), script({"S/A": 6}))
    assert course.totals["purchase"] == pytest.approx(3 * 2.0)
    assert course.totals["freight"] == pytest.approx(3 * 0.5)
    assert course.series["on_hand"].tolist() == [6, 5, 1]
    assert course.series["spend"].tolist() == [6 * 2.5 + 5, 0, 0]


def test_the_plan_counts_on_the_expected_share_until_the_goods_are_there():
    plan = one_item(periods=4, demand=[], offer={"lead_time": 14, "delivered_fraction": {"1": 0.5, "0": 0.5}})
    planner = script({"S/A": 6})
    course = run_of(plan, planner)
    assert [[o.quantity for o in seen.open_orders] for seen in planner.seen] == [[], [3], [], []]
    assert course.series["on_hand"][2] in (10, 16)
    assert course.totals["purchase"] in (0, 12)


def test_an_order_without_lead_time_serves_its_own_week():
    course = run_of(one_item(offer={"lead_time": 0}), script({"S/A": 6}))
    assert course.series["on_hand"].tolist() == [12, 8, 4]


def test_open_orders_come_on_their_day():
    order = {"po_number": "P", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 5}
    plan = one_item(open_orders=[order | {"receipt_date": "2026-01-13"}])  # 8 days: serves week 2
    planner = script()
    course = run_of(plan, planner)
    assert course.series["on_hand"].tolist() == [6, 2, 3]
    assert [len(seen.open_orders) for seen in planner.seen] == [1, 1, 0]


def test_an_overdue_open_order_is_not_put_off_every_week():
    order = {"po_number": "P", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 5}
    plan = one_item(open_orders=[order | {"receipt_date": "2026-01-01"}], policy={"overdue_days": 10})
    planner = script()
    course = run_of(plan, planner)
    assert str(planner.seen[1].open_orders[0].receipt_date) == "2026-01-15"
    assert course.series["on_hand"].tolist() == [6, 2, 3]


def test_a_transfer_ships_only_what_is_there():
    """Ten are asked for and four are there, in steps of three: three go, and seven are missing."""
    course = run_of(two_places(order_multiple=3), script({"W>V": 10}))
    assert course.series["missing"].tolist() == [7, 0, 0]
    assert course.totals["transfer"] == pytest.approx(3 * 0.5 + 8)
    assert course.series["on_hand"].tolist() == [1, 1 + 1, 1 + 0]
    assert course.series["backorders"].tolist() == [1, 0, 0]


def test_a_transfer_under_way_is_known_to_the_next_plan():
    planner = script({"W>V": 4})
    run_of(two_places(lead_time=14), planner)
    (moving,) = planner.seen[1].open_orders
    assert (moving.warehouse, moving.supplier, moving.quantity) == ("V", None, 4)
    assert str(moving.receipt_date) == "2026-01-19"
    assert not planner.seen[2].open_orders


def test_peak_stock_above_a_storage_limit_is_told():
    """Ten on hand before demand and room for eight and a half; in week 1 it is 6 + 6."""
    plan = one_item(warehouse={"capacity": {"units": [8.5, 100.0, 1.0]}})
    course = run_of(plan, script({"S/A": 6}))
    assert course.series["storage_excess"].tolist() == pytest.approx([1.5, 0, 7])


def test_deposit_balance_and_net_days_fall_in_their_weeks():
    """15 of goods and freight: 30 % now with the order cost of 5, the rest 10 days after the receipt on day 7."""
    terms = {"deposit": 0.3, "net_days": 10, "from": "receipt"}
    plan = one_item(supplier={"payment_terms": terms}, capital={"cash": {"opening": 9.0, "inflow": 1.0}})
    planner = script({"S/A": 6})
    course = run_of(plan, planner)
    assert course.series["payments"].tolist() == pytest.approx([4.5 + 5, 0, 10.5])
    assert course.series["cash_excess"].tolist() == pytest.approx([0, 0, 20 - 12])
    assert planner.seen[1].capital.cash.opening == pytest.approx(9 + 1 - 9.5)
    due = [(o.amount_due, str(o.due_date)) for o in planner.seen[2].open_orders]
    assert due == [(pytest.approx(10.5), "2026-01-22")]


def test_units_are_conserved_whatever_happens(example):
    plan = example("outdoor-shop")
    ground = ground_of(plan, 6)
    world = World.of(ground, 3, 1)
    state = first_state(ground, world, 0)
    held = state.net.sum() + sum(s.delivered for s in state.under_way)
    for _ in range(6):
        solution = cover_buyer(plan_at(ground, state))
        ordered = sum(line.quantity for line in solution.lines if line.period == 0)
        state, entry = carry_out(ground, world, 0, state, solution)
        held += ordered - entry.demand.sum()
        assert state.net.sum() + sum(s.delivered for s in state.under_way) == pytest.approx(held)
        assert np.allclose(entry.on_hand * entry.backorders, 0)


def test_order_discounts_and_exchange_rates_are_paid(example):
    """The spend of a week is the sum of its purchase orders' totals in plan currency."""
    plan = example("spare-parts")
    ground = ground_of(plan, 2)
    world = World.of(ground, 3, 1)
    state = first_state(ground, world, 0)
    solution = cover_buyer(plan)
    _, entry = carry_out(ground, world, 0, state, solution)
    now = [header for header in solution.headers if header.period == 0]
    assert now
    assert entry.spend == pytest.approx(math.fsum(header.total * header.exchange_rate for header in now))


def test_nothing_ordered_pays_only_what_was_due(example):
    plan = example("spare-parts")
    ground = ground_of(plan, 2)
    world = World.of(ground, 3, 1)
    _, entry = carry_out(ground, world, 0, first_state(ground, world, 0), decided(plan, {}))
    assert entry.payments == pytest.approx(ground.network.committed[0])
