"""The independent check names every rule that a decision breaks."""

from __future__ import annotations

import numpy as np
import pytest

import procure
from procure.plan.network import build_network
from procure.solution.check import violations
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import limits_of
from tests.oracle.cases import plain, two_places, weekly


def broken(plan, orders=None, shipments=None):
    network = build_network(procure.Plan.from_dict(plan))
    nothing = Decision.nothing(network)
    decision = Decision(
        nothing.orders if orders is None else np.array([orders], dtype=float),
        nothing.shipments if shipments is None else np.array([shipments], dtype=float),
    )
    return violations(keep_ledger(network, Laws.of(network), decision), limits_of(network))


FULL = {"warehouses": [{"warehouse": "W", "capacity": {"units": 5}}]}
CASH = {"capital": {"cash": {"opening": 5, "inflow": 0}}}
CONTAINER = {"resource": "units", "size": 10, "cost": 1, "minimum_fill": 0.5}
CASES = {
    "negative": ({}, [-1, 0, 0, 0], "order_line", "negative"),
    "closed": (
        {"supplier": {"closures": [{"first": "2026-01-05", "last": "2026-01-06"}]}},
        [1, 0, 0, 0],
        "order_line",
        "no order may be placed on 2026-01-05",
    ),
    "order day": ({"supplier": {"order_every": 2}}, [0, 1, 0, 0], "order_line", "2026-01-12"),
    "expired": ({"offer": {"valid_to": "2026-01-05"}}, [0, 1, 0, 0], "order_line", "2026-01-12"),
    "too late": ({"offer": {"lead_time": 7}}, [0, 0, 0, 1], "order_line", "2026-01-26"),
    "phased out": (
        {"offer": {"lead_time": 7}, "item": {"phase_out": "2026-01-13"}},
        [0, 1, 0, 0],
        "order_line",
        "2026-01-12",
    ),
    "minimum": ({"offer": {"minimum_order_quantity": 5}}, [3, 0, 0, 0], "order_line", "minimum order"),
    "maximum": ({"offer": {"maximum_order_quantity": 5}}, [8, 0, 0, 0], "order_line", "maximum order"),
    "multiple": ({"offer": {"order_multiple": 6}}, [8, 0, 0, 0], "order_line", "not a multiple of 6"),
    "half a unit": ({}, [1.5, 0, 0, 0], "order_line", "not a multiple of 1"),
    "order minimum": ({"supplier": {"minimum_order_value": 9}}, [3, 0, 0, 0], "order_minimum", "minimum 9"),
    "order maximum": ({"supplier": {"maximum_order_value": 9}}, [5, 0, 0, 0], "order_maximum", "maximum 9"),
    "container": ({"supplier": {"container": CONTAINER}}, [12, 0, 0, 0], "container_fill", "2 containers"),
    "cover": ({"item": {"max_cover_days": 14}}, [9, 0, 0, 0], "maximum_cover", "1 units beyond"),
    "storage": (FULL, [6, 0, 0, 0], "storage", "1 too much"),
    "budget": ({"capital": {"order_budget": 5}}, [3, 0, 0, 0], "order_budget", "1 too much"),
    "cash": (CASH, [3, 0, 0, 0], "cash", "1 too much"),
    "inventory value": ({"capital": {"inventory_value": 9}}, [5, 0, 0, 0], "inventory_value", "1 too much"),
    "supplier units": ({"supplier": {"capacity": {"units": 3}}}, [5, 0, 0, 0], "supplier_capacity", "2 too"),
    "supplier value": ({"supplier": {"capacity": {"value": 3}}}, [2, 0, 0, 0], "supplier_capacity", "1 too"),
    "offer capacity": ({"offer": {"capacity": 3}}, [5, 0, 0, 0], "offer_capacity", "2 too much"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_rule_is_named(name):
    changes, orders, rule, words = CASES[name]
    found = broken(plain(**changes), orders)
    assert {v.rule for v in found} == {rule}
    assert words in found[0].message
    assert found[0].period == int(np.flatnonzero(orders)[0])
    assert str(found[0]).startswith(f"{rule}: ")


@pytest.mark.parametrize(
    ("lane", "shipments", "words"),
    [
        ({}, [-1, 0, 0, 0], "negative"),
        ({}, [0, 0, 0, 1], "after the horizon"),
        ({"order_multiple": 2}, [3, 0, 0, 0], "not a multiple of 2"),
        ({}, [6, 0, 0, 0], "1 units more than are expected to be there"),
        ({"capacity": {"units": 3}}, [4, 0, 0, 0], "1 too much"),
    ],
)
def test_a_bad_transfer_is_named(lane, shipments, words):
    stock = [{"item": "A", "warehouse": "W", "on_hand": 5}]
    plan = two_places(stock=stock, lane=lane, demand=[weekly([0, 1, 1, 1], warehouse="V")])
    found = broken(plan, shipments=shipments)
    assert words in found[0].message
    assert found[0].rule in ("transfer", "lane_capacity")


def test_ordering_nothing_breaks_nothing():
    assert broken(plain()) == []


def test_a_hair_beyond_a_limit_counts_as_kept():
    assert broken(plain(capital={"order_budget": 6.0 - 3e-6}), [3, 0, 0, 0]) == []
    assert broken(plain(capital={"order_budget": 6.0 - 3e-5}), [3, 0, 0, 0]) != []
