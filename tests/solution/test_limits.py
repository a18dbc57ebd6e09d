"""Shared limits: what a decision uses of them, and what the start already breaks."""

from __future__ import annotations

import numpy as np
import pytest

import procure
from procure.plan.network import build_network
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import broken_by_start, excess, limits_of, relaxed, used
from tests.oracle.cases import plain, two_places, weekly


def kept(plan, orders=None):
    network = build_network(procure.Plan.from_dict(plan))
    nothing = Decision.nothing(network)
    decision = nothing if orders is None else Decision(np.array(orders, dtype=float), nothing.shipments)
    return keep_ledger(network, Laws.of(network), decision), limits_of(network)


def test_every_limit_of_a_plan_is_there_once():
    plan = two_places(
        supplier={"capacity": {"units": 9, "value": 9}},
        offer={"capacity": [9, 8, 7, 6]},
        lane={"capacity": {"units": 5}},
        capital={"order_budget": 9, "cash": {"opening": 3, "inflow": [1, 2, 3, 4]}, "inventory_value": 9},
    )
    plan["warehouses"][0]["capacity"] = {"units": 5}
    _, limits = kept(plan)
    assert [(limit.kind, limit.resource) for limit in limits] == [
        ("storage", "units"),
        ("inventory_value", "inventory_value"),
        ("cash", "cash"),
        ("order_budget", "order_budget"),
        ("supplier_capacity", "units"),
        ("supplier_capacity", "value"),
        ("offer_capacity", "units"),
        ("lane_capacity", "units"),
    ]
    allowed = {limit.kind: limit.allowed.tolist() for limit in limits}
    assert allowed["cash"] == [4, 6, 9, 13]
    assert allowed["order_budget"] == [9, 18, 27, 36]
    assert allowed["offer_capacity"] == [9, 8, 7, 6]
    assert [limit.can_be_relaxed for limit in limits] == [True, True, True, False, False, False, False, False]


@pytest.mark.parametrize(("carry_over", "spent"), [(True, [6, 6, 10, 10]), (False, [6, 0, 4, 0])])
def test_budget_used_is_summed_up_only_if_it_carries_over(carry_over, spent):
    capital = {"order_budget": 9, "carry_over": carry_over}
    ledger, (budget,) = kept(plain(capital=capital), [[3, 0, 2, 0]])
    assert used(ledger, budget).tolist() == spent


def test_storage_counts_stock_after_receipts_and_before_demand():
    plan = plain(
        item={"storage": {"m3": 0.5}}, warehouses=[{"warehouse": "W", "capacity": {"m3": 3, "units": 9}}]
    )
    ledger, (volume, units) = kept(plan, [[6, 4, 0, 0]])
    assert used(ledger, units).tolist() == [6, 6, 2, 0]
    assert used(ledger, volume).tolist() == [3, 3, 1, 0]


def test_inventory_value_is_at_replacement_cost():
    plan = plain(capital={"inventory_value": 9}, item={"replacement_cost": 1.5})
    ledger, (value,) = kept(plan, [[6, 0, 0, 0]])
    assert used(ledger, value).tolist() == [9, 3, 0, 0]


def test_only_periods_that_ordering_nothing_breaks_get_slack():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 9}]
    plan = plain(stock=stock, warehouses=[{"warehouse": "W", "capacity": {"units": 4}}])
    ledger, limits = kept(plan)
    assert excess(ledger, limits[0]).tolist() == [5, 1, 0, 0]
    slack = broken_by_start(limits, ledger)
    assert {k: mask.tolist() for k, mask in slack.items()} == {0: [True, True, False, False]}
    loose = relaxed(limits, {0: np.array([5.0, 1.0, 0.0, 0.0])})
    assert loose[0].allowed.tolist() == [9, 5, 4, 4]
    assert broken_by_start(loose, ledger) == {}


def test_a_limit_of_nothing_is_kept_by_nothing():
    plan = plain(warehouses=[{"warehouse": "W", "capacity": {"units": 0}}], demand=[weekly([4, 4, 4, 4])])
    ledger, limits = kept(plan)
    assert excess(ledger, limits[0]).tolist() == [0, 0, 0, 0]
