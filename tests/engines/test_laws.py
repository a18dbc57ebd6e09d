"""Laws that hold for every plan, tried on small random ones."""

from __future__ import annotations

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import procure
from tests.oracle import Oracle

few = settings(max_examples=10, deadline=None, derandomize=True)
GAP = 1e-6


@st.composite
def items(draw, name="A"):
    """One item with an offer, stock and demand; r and the holding cost are given, so nothing moves them."""
    price = draw(st.integers(2, 9))
    periods = 4
    means = draw(st.lists(st.integers(0, 12), min_size=periods, max_size=periods))
    ratio = draw(st.sampled_from([0, 0.3, 1.0]))
    return {
        "item": {
            "item": name,
            "backorder_cost": draw(st.integers(1, 12)),
            "holding_cost": draw(st.sampled_from([0.1, 0.5])),
            "replacement_cost": 1,
        },
        "offer": {
            "supplier": "S",
            "item": name,
            "unit_price": price,
            "lead_time": draw(st.sampled_from([0, 7])),
            "minimum_order_quantity": draw(st.sampled_from([1, 6, 10])),
            "order_multiple": draw(st.sampled_from([1, 2, 4])),
            "maximum_order_quantity": draw(st.sampled_from([12, 24])),
            "fixed_line_cost": draw(st.sampled_from([0, 5])),
        },
        "stock": {"item": name, "warehouse": "W", "on_hand": draw(st.integers(0, 5))},
        "demand": {"item": name, "warehouse": "W", "mean": means, "sd": [ratio * m for m in means]},
    }


@st.composite
def plans(draw):
    """Two items of one supplier, with a budget, a store and a calendar."""
    parts = [draw(items("A")), draw(items("B"))]
    plan = joined(parts)
    plan["suppliers"][0] |= {"fixed_order_cost": draw(st.sampled_from([0, 8])), "order_every": 2}
    plan["warehouses"][0]["capacity"] = {"units": draw(st.integers(15, 40))}
    plan["capital"] = {"order_budget": draw(st.integers(40, 120))}
    return plan


def joined(parts):
    return {
        "format": "procure-plan/1",
        "name": "law",
        "start_date": "2026-01-05",
        "periods": 4,
        "currency": "EUR",
        "items": [p["item"] for p in parts],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [{"supplier": "S", "currency": "EUR"}],
        "offers": [p["offer"] for p in parts],
        "stock": [p["stock"] for p in parts],
        "demand": [p["demand"] for p in parts],
    }


def solved(plan):
    return procure.solve(procure.Plan.from_dict(plan), gap=GAP, time_limit=30)


def without(plan, table, key):
    relaxed = deepcopy(plan)
    rows = relaxed[table] if isinstance(relaxed[table], list) else [relaxed[table]]
    for row in rows:
        row.pop(key, None)
    return relaxed


RELAXATIONS = {
    "minimum order quantity": ("offers", "minimum_order_quantity"),
    "order multiple": ("offers", "order_multiple"),
    "maximum order quantity": ("offers", "maximum_order_quantity"),
    "calendar": ("suppliers", "order_every"),
    "storage": ("warehouses", "capacity"),
    "budget": ("capital", "order_budget"),
}


@pytest.mark.parametrize("rule", RELAXATIONS)
@few
@given(plan=plans())
def test_relaxing_a_rule_never_costs_more(rule, plan):
    tight, loose = solved(plan), solved(without(plan, *RELAXATIONS[rule]))
    slack = 2 * GAP * max(1.0, abs(tight.cost.total), tight.cost.total - tight.cost.terminal)
    assert loose.cost.total <= tight.cost.total + slack
    assert loose.bound <= tight.cost.total + slack


@few
@given(first=items("A"), second=items("B"))
def test_items_that_share_nothing_add_up(first, second):
    together, a, b = solved(joined([first, second])), solved(joined([first])), solved(joined([second]))
    assert together.cost.total == pytest.approx(a.cost.total + b.cost.total, rel=1e-5, abs=1e-4)


@settings(few, max_examples=25)
@given(plan=plans())
def test_no_plan_breaks_a_rule(plan):
    solution = solved(plan)
    oracle = Oracle(plan)
    orders = {(r.offer, r.warehouse, r.period): r.quantity for r in solution.lines}
    assert oracle.violations(orders, {}) == []
    assert solution.bound <= solution.cost.total * (1 + 1e-9) + 1e-6


@few
@given(plan=plans(), factor=st.sampled_from([0.25, 8.0]))
def test_a_currency_of_another_size_scales_the_costs(plan, factor):
    scaled = deepcopy(plan)
    for row in scaled["items"]:
        for key in ("backorder_cost", "holding_cost", "replacement_cost"):
            row[key] *= factor
    for row in scaled["offers"]:
        row["unit_price"] *= factor
        row["fixed_line_cost"] *= factor
    scaled["suppliers"][0]["fixed_order_cost"] *= factor
    scaled["capital"]["order_budget"] *= factor
    assert solved(scaled).cost.total == pytest.approx(factor * solved(plan).cost.total, rel=1e-5, abs=1e-4)
