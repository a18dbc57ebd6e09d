"""Plans whose best order into a warehouse that ships on is large: the useful quantity must hold it."""

from __future__ import annotations

from typing import Any

import procure
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.check import violations
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import limits_of

HUB: dict[str, Any] = {
    "format": "procure-plan/1",
    "name": "hub",
    "start_date": "2026-03-02",
    "currency": "EUR",
    "warehouses": [{"warehouse": "HUB"}, {"warehouse": "SHOP"}],
    "suppliers": [{"supplier": "S"}],
}


def total_by_hand(plan: Plan, ordered: float, shipped: float, ship_period: int) -> float:
    """Total of one order into the hub in period 0 and one shipment out of it; both keep every rule."""
    network = build_network(plan)
    decision = Decision.nothing(network)
    decision.orders[0, 0], decision.shipments[0, ship_period] = ordered, shipped
    ledger = keep_ledger(network, Laws.of(network), decision)
    assert violations(ledger, limits_of(network)) == []
    return ledger.total


def test_a_hub_without_room_orders_what_both_multiples_divide():
    """In tens, out in sevens, nothing may stay: 70 is the least order, though 7 are wanted."""
    plan = Plan.from_dict(
        {
            **HUB,
            "periods": 2,
            "items": [{"item": "A", "backorder_cost": 500.0, "holding_cost": 0.01}],
            "warehouses": [{"warehouse": "HUB", "capacity": {"units": 0.5}}, {"warehouse": "SHOP"}],
            "offers": [
                {
                    "supplier": "S",
                    "item": "A",
                    "unit_price": 1.0,
                    "lead_time": 0,
                    "warehouses": ["HUB"],
                    "order_multiple": 10,
                }
            ],
            "lanes": [{"from": "HUB", "to": "SHOP", "lead_time": 0, "order_multiple": 7}],
            "demand": [{"item": "A", "warehouse": "SHOP", "period": 0, "mean": 7}],
        }
    )
    assert procure.solve(plan, time_limit=20).bound <= total_by_hand(plan, 70.0, 70.0, 0) + 1e-6


def test_a_hub_must_hold_its_expected_demand_before_it_ships():
    """Its own demand is mostly 0, rarely huge: no stock pays for itself, but 100 must be there to send 30."""
    plan = Plan.from_dict(
        {
            **HUB,
            "periods": 4,
            "policy": {"uncertainty": "cumulative"},
            "items": [{"item": "A", "backorder_cost": 9.0, "holding_cost": 1.0}],
            "suppliers": [{"supplier": "S", "order_every": 10}],
            "offers": [
                {"supplier": "S", "item": "A", "unit_price": 1.0, "lead_time": 7, "warehouses": ["HUB"]}
            ],
            "lanes": [{"from": "HUB", "to": "SHOP", "lead_time": 0}],
            "demand": [
                {"item": "A", "warehouse": "HUB", "period": 0, "mean": 100, "sd": 3000},
                {"item": "A", "warehouse": "SHOP", "period": 1, "mean": 30},
            ],
        }
    )
    assert procure.solve(plan, time_limit=20).bound <= total_by_hand(plan, 130.0, 30.0, 1) + 1e-6
