from __future__ import annotations

from typing import Any

import pytest

from .arithmetic import Oracle
from .cases import CELL, NOW, oracle, plain, two_places

LATER = ("S/A", "W", 2)


@pytest.mark.parametrize(
    ("changes", "orders", "rule"),
    [
        ({"offer": {"minimum_order_quantity": 5}}, {NOW: 4}, "minimum_order_quantity"),
        ({"offer": {"order_multiple": 3}}, {NOW: 4}, "order_multiple"),
        ({"offer": {"maximum_order_quantity": 3}}, {NOW: 4}, "maximum_order_quantity"),
        ({}, {NOW: 2.5}, "order_multiple"),
        ({"offer": {"warehouses": []}}, {NOW: 4}, "warehouses"),
        ({"offer": {"lead_time": 14}}, {LATER: 4}, "arrives in horizon"),
        ({"offer": {"valid_from": "2026-01-06"}}, {NOW: 4}, "validity"),
        ({"offer": {"valid_to": "2026-01-18"}}, {LATER: 4}, "validity"),
        ({"supplier": {"closures": [{"first": "2026-01-19", "last": "2026-01-19"}]}}, {LATER: 4}, "closures"),
        ({"supplier": {"order_every": 3}}, {LATER: 4}, "order_every"),
        ({"supplier": {"order_every": 2, "order_from": "2025-12-30"}}, {NOW: 4}, "order_every"),
        ({"item": {"phase_out": "2026-01-21"}, "offer": {"lead_time": 3}}, {LATER: 4}, "phase_out"),
        ({"supplier": {"minimum_order_value": 9}}, {NOW: 4}, "minimum_order_value"),
        ({"supplier": {"maximum_order_value": 7}}, {NOW: 4}, "maximum_order_value"),
        (
            {"supplier": {"container": {"resource": "units", "size": 3, "cost": 1, "minimum_fill": 0.5}}},
            {NOW: 4},
            "container minimum_fill",
        ),
        ({"supplier": {"capacity": {"units": 3}}}, {NOW: 4}, "supplier_capacity"),
        ({"supplier": {"capacity": {"value": [9, 9, 7, 9]}}}, {LATER: 4}, "supplier_capacity"),
        ({"offer": {"capacity": [3, 9, 9, 9]}}, {NOW: 4}, "offer_capacity"),
        ({"warehouses": [{"warehouse": "W", "capacity": {"units": 5}}]}, {NOW: 6}, "storage"),
        ({"capital": {"inventory_value": 11}}, {NOW: 6}, "inventory_value"),
        ({"capital": {"cash": {"opening": 5, "inflow": 2}}}, {NOW: 4}, "cash"),
        ({"capital": {"order_budget": 7}}, {NOW: 4}, "order_budget"),
        ({"capital": {"order_budget": 7, "carry_over": False}}, {LATER: 4}, "order_budget"),
        ({"item": {"max_cover_days": 10.5}}, {NOW: 7}, "max_cover_days"),
    ],
)
def test_a_broken_rule_is_named_alone(changes: dict[str, Any], orders: dict[Any, float], rule: str) -> None:
    case = oracle(**changes)
    found = case.violations(orders, {})
    assert found
    assert all(text.startswith(rule) for text in found)
    assert case.violations({}, {}) == []


@pytest.mark.parametrize(
    ("changes", "orders"),
    [
        (
            {"offer": {"minimum_order_quantity": 4, "order_multiple": 2, "maximum_order_quantity": 4}},
            {NOW: 4},
        ),
        ({"offer": {"order_multiple": 0}}, {NOW: 2.5}),
        ({"offer": {"lead_time": 7}}, {LATER: 4}),
        ({"offer": {"valid_from": "2026-01-05", "valid_to": "2026-01-05"}}, {NOW: 4}),
        ({"supplier": {"order_every": 2, "order_from": "2025-12-24"}}, {NOW: 4}),
        ({"item": {"phase_out": "2026-01-22"}, "offer": {"lead_time": 3}}, {LATER: 4}),
        ({"supplier": {"minimum_order_value": 8, "maximum_order_value": 8}}, {NOW: 4}),
        ({"supplier": {"container": {"resource": "units", "size": 3, "minimum_fill": 0.33}}}, {NOW: 4}),
        ({"supplier": {"container": {"resource": "units", "size": 4, "minimum_fill": 1}}}, {NOW: 8}),
        ({"capital": {"cash": {"opening": 4, "inflow": 4}}}, {NOW: 4}),
        ({"capital": {"order_budget": [2, 2, 4, 0]}}, {LATER: 4}),
        ({"item": {"max_cover_days": 10.5}}, {NOW: 6}),
    ],
)
def test_a_rule_is_kept_at_its_edge(changes: dict[str, Any], orders: dict[Any, float]) -> None:
    assert oracle(**changes).violations(orders, {}) == []


def test_cover_looks_at_least_one_period_ahead_and_past_the_horizon_at_the_mean():
    case = oracle(
        item={"max_cover_days": 10.5}, demand=[{"item": "A", "warehouse": "W", "mean": [1, 2, 3, 6]}]
    )
    assert case.cover_limit(CELL, 1) == 1 + 2 + 0.5 * 3
    assert case.cover_limit(CELL, 3) == 6 + 6 + 0.5 * 3
    assert oracle(item={"max_cover_days": 1}).cover_limit(CELL, 1) == 4 + 4


def test_cover_is_asked_only_in_periods_that_something_first_serves():
    # 7 units on hand break the cover of 1 week, but only a period with a receipt is asked
    stock = [{"item": "A", "warehouse": "W", "on_hand": 7}]
    case = oracle(item={"max_cover_days": 7}, stock=stock)
    assert case.violations({}, {}) == []
    assert case.violations({NOW: 1}, {}) != []
    assert case.violations({("S/A", "W", 1): 1}, {}) == []


@pytest.mark.parametrize(
    ("lane", "orders", "transfers", "rule"),
    [
        ({"order_multiple": 2}, {NOW: 9}, {("W", "V", "A", 0): 3}, "lane order_multiple"),
        ({"capacity": {"units": 3}}, {NOW: 9}, {("W", "V", "A", 0): 4}, "lane_capacity"),
        ({"items": []}, {NOW: 9}, {("W", "V", "A", 0): 4}, "lane items"),
        ({"lead_time": 21}, {NOW: 9}, {("W", "V", "A", 1): 4}, "lane arrives in horizon"),
        ({}, {NOW: 9}, {("W", "V", "A", 0): 10}, "transfer not expected there"),
        ({}, {NOW: 9}, {("W", "V", "A", 1): 6}, "transfer not expected there"),
    ],
)
def test_a_broken_rule_of_a_lane_is_named_alone(
    lane: dict[str, Any], orders: dict[Any, float], transfers: dict[Any, float], rule: str
) -> None:
    found = Oracle(two_places(lane=lane)).violations(orders, transfers)
    assert found
    assert all(text.startswith(rule) for text in found)


def test_a_transfer_may_ship_all_that_is_expected_there():
    assert Oracle(two_places()).violations({NOW: 9}, {("W", "V", "A", 1): 5}) == []


def test_only_limits_that_doing_nothing_breaks_are_relaxable():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 7}]
    plan = plain(stock=stock, warehouses=[{"warehouse": "W", "capacity": {"units": 5}}])
    case = Oracle(plan)
    slack = {("storage", "W", "units", 0): 2.0}
    assert case.relaxable() == pytest.approx(slack)
    assert case.violations({}, {}) == ["storage W units period 0: 7 > 5"]
    assert case.violations({}, {}, slack) == []
    assert case.violations({("S/A", "W", 1): 5}, {}, slack) == ["storage W units period 1: 8 > 5"]
