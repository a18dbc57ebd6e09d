"""Last week's plan carried over to today's: places found by date, and cut back until every limit is kept."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from procure.errors import UsageError
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.carry_over import carried_over
from procure.solution.check import violations
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import limits_of
from procure.solution.mending import mended
from tests.insight.rolling_plans import solution_of
from tests.oracle.cases import plain, two_places, weekly

WEEK = timedelta(days=7)
MONDAY = date(2026, 1, 5)


def plan_of(weeks=0, **changes):
    """Return the plain plan, whose 4 weeks begin so many weeks after 5 January."""
    return Plan.from_dict(plain(**changes) | {"start_date": str(MONDAY + weeks * WEEK)})


def solved(plan, orders=(), shipments=()):
    """Return the solution with these orders and shipments: line or move, period, units."""
    network = build_network(plan)
    decision = Decision.nothing(network)
    for line, period, units in orders:
        decision.orders[line, period] = units
    for move, period, units in shipments:
        decision.shipments[move, period] = units
    return solution_of(network, decision)


def carried(plan, solution):
    return carried_over(build_network(plan), solution)


def mend(plan, decision):
    network = build_network(plan)
    laws, limits = Laws.of(network), limits_of(network)
    found = mended(network, laws, limits, decision)
    assert not violations(keep_ledger(network, laws, found), limits)
    assert (found.orders.cumsum(axis=1) <= decision.orders.cumsum(axis=1) + 1e-9).all()  # nothing more, nor earlier
    assert (found.shipments <= decision.shipments).all()
    return found


def test_orders_move_to_the_period_of_their_date_and_released_ones_are_left_out():
    last = solved(plan_of(), [(0, 0, 5), (0, 1, 6), (0, 3, 7)])
    assert carried(plan_of(1), last).orders.tolist() == [[6, 0, 7, 0]]
    assert carried(plan_of(2), last).orders.tolist() == [[0, 7, 0, 0]]
    assert not carried(plan_of(4), last).orders.any()


def test_another_version_of_the_same_week_keeps_every_period():
    last = solved(plan_of(), [(0, 0, 5), (0, 3, 7)])
    assert carried(plan_of(demand=[weekly([9, 9, 9, 9])]), last).orders.tolist() == [[5, 0, 0, 7]]


def test_offers_are_found_by_name_wherever_they_stand_now():
    other = {"supplier": "S", "item": "A", "offer": "other", "unit_price": 3, "lead_time": 0}
    last = solved(plan_of(), [(0, 1, 6)])
    today = plain() | {"start_date": "2026-01-12"}
    today["offers"] = [other, today["offers"][0] | {"offer": "S/A"}]
    assert carried(Plan.from_dict(today), last).orders.tolist() == [[0, 0, 0, 0], [6, 0, 0, 0]]
    gone = plain() | {"start_date": "2026-01-12", "offers": [other]}
    assert not carried(Plan.from_dict(gone), last).orders.any()


def test_days_on_which_no_order_is_accepted_any_more_are_left_out():
    last = solved(plan_of(), [(0, 1, 6), (0, 2, 7)])
    closed = {"closures": [{"first": "2026-01-12", "last": "2026-01-13"}]}
    assert carried(plan_of(1, supplier=closed), last).orders.tolist() == [[0, 7, 0, 0]]


def test_quantities_are_cut_to_what_the_offer_takes_now():
    last = solved(plan_of(), [(0, 1, 17), (0, 2, 7)])
    terms = {"order_multiple": 4, "minimum_order_quantity": 8, "maximum_order_quantity": 12}
    assert carried(plan_of(1, offer=terms), last).orders.tolist() == [[12, 0, 0, 0]]


def test_transfers_move_too():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 20}]
    old = Plan.from_dict(two_places(stock=stock))
    last = solved(old, shipments=[(0, 0, 2), (0, 2, 5)])
    today = Plan.from_dict(two_places(stock=stock) | {"start_date": "2026-01-12"})
    assert carried(today, last).shipments.tolist() == [[0, 5, 0, 0]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start_date": "2025-12-29"}, "whole periods"),
        ({"start_date": "2026-01-07"}, "whole periods"),
        ({"start_date": "2026-01-12", "period_days": 14}, "periods of 7 days"),
    ],
)
def test_a_start_of_other_periods_is_refused(changes, said):
    with pytest.raises(UsageError, match=said):
        carried(Plan.from_dict(plain() | changes), solved(plan_of(), [(0, 1, 6)]))


def test_what_keeps_every_limit_is_left_as_it_is():
    decision = Decision(np.array([[4.0, 4.0, 4.0, 4.0]]), np.zeros((0, 4)))
    assert mend(plan_of(), decision).orders.tolist() == [[4, 4, 4, 4]]


def test_an_order_below_its_minimum_value_is_given_up():
    plan = plan_of(supplier={"minimum_order_value": 10})  # 2.00 a unit: 5 units
    decision = Decision(np.array([[4.0, 5.0, 0.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan, decision).orders.tolist() == [[0, 5, 0, 0]]


def test_a_container_that_is_not_full_enough_is_sent_away():
    """12 units are a container of 10 and one with a fifth in it; half is asked for."""
    container = {"container": {"resource": "units", "size": 10, "cost": 1, "minimum_fill": 0.5}}
    decision = Decision(np.array([[12.0, 4.0, 16.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan_of(supplier=container), decision).orders.tolist() == [[10, 0, 16, 0]]


def test_an_order_above_its_maximum_value_is_cut():
    decision = Decision(np.array([[9.0, 4.0, 0.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan_of(supplier={"maximum_order_value": 10}), decision).orders.tolist() == [[5, 4, 0, 0]]


def test_money_that_is_short_is_taken_from_the_orders_until_it_lasts():
    """20 a week come in, what is left rolls on: by week 2 there are 40 for 24 units at 2.00."""
    plan = plan_of(capital={"order_budget": 20, "carry_over": True})
    decision = Decision(np.array([[8.0, 16.0, 0.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan, decision).orders.sum() == 20


def test_storage_is_kept():
    """8 there and 4 asked for a week: there is room for 10, so 6 may come in week 1, and no more."""
    plan = plan_of(
        warehouses=[{"warehouse": "W", "capacity": {"units": 10}}],
        stock=[{"item": "A", "warehouse": "W", "on_hand": 8}],
    )
    decision = Decision(np.array([[0.0, 9.0, 0.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan, decision).orders.tolist() == [[0, 6, 0, 0]]


def test_what_there_is_no_room_for_waits_for_the_next_order_that_comes_when_there_is():
    """No room for 3 of 9 in week 1, as above; in week 2 there are 10 - 4 and 1 comes, in week 3 another 4 may."""
    plan = plan_of(
        warehouses=[{"warehouse": "W", "capacity": {"units": 10}}],
        stock=[{"item": "A", "warehouse": "W", "on_hand": 8}],
    )
    decision = Decision(np.array([[0.0, 9.0, 0.0, 1.0]]), np.zeros((0, 4)))
    found = mend(plan, decision).orders
    assert found[0, 1] == 6
    assert found[0, 3] > 1
    alone = Decision(np.array([[0.0, 9.0, 0.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan, alone).orders.tolist() == [[0, 6, 0, 0]]  # nobody places an order for it


def test_supplier_offer_and_lane_capacity_are_kept():
    decision = Decision(np.array([[9.0, 0.0, 0.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan_of(offer={"capacity": 7}), decision).orders[0, 0] == 7
    assert mend(plan_of(supplier={"capacity": {"units": 6}}), decision).orders[0, 0] == 6
    assert mend(plan_of(supplier={"capacity": {"value": 10}}), decision).orders[0, 0] == 5
    stock = [{"item": "A", "warehouse": "W", "on_hand": 20}]
    plan = Plan.from_dict(two_places(stock=stock, lane={"capacity": {"units": 3}}))
    shipped = Decision(np.zeros((1, 4)), np.array([[5.0, 0.0, 0.0, 0.0]]))
    assert mend(plan, shipped).shipments[0, 0] == 3


def test_cover_and_cash_are_kept():
    decision = Decision(np.array([[9.0, 0.0, 0.0, 0.0]]), np.zeros((0, 4)))
    assert mend(plan_of(item={"max_cover_days": 14}), decision).orders[0, 0] == 8
    plan = plan_of(capital={"cash": {"opening": 10, "inflow": 0}})
    assert mend(plan, decision).orders[0, 0] == 5


def test_stock_that_was_sold_is_not_shipped():
    """Six were to be shipped from a warehouse that has four by now."""
    plan = Plan.from_dict(
        two_places(
            stock=[{"item": "A", "warehouse": "W", "on_hand": 4}], demand=[weekly([1, 1, 1, 1], warehouse="V")]
        )
    )
    assert mend(plan, Decision(np.zeros((1, 4)), np.array([[6.0, 0, 0, 0]]))).shipments[0, 0] == 4
