"""A changed plan is priced at the values of the plan that it is compared with."""

from __future__ import annotations

import numpy as np
import pytest

import procure
from procure.insight.pricing_at_base import solve_at_base, valued_at_base, valued_to_solve
from procure.plan.network import build_network
from tests.insight.rolling_plans import one_item
from tests.oracle.tiny_plans import tiny_plan

VALUES = ("replacement", "holding", "credit", "owed", "window", "first_served")


def offer(name, price, **terms):
    return {"offer": name, "supplier": "S", "item": "A", "unit_price": price, "lead_time": 7, **terms}


def item_without_holding(**changes):
    """One item whose holding cost follows from r: 50 % a year of r, in periods of 7 days."""
    plan = one_item(**changes).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    plan["items"] = [{"item": "A", "backorder_cost": 10.0}]
    return procure.Plan.from_dict(plan | {"policy": {"holding_rate": 0.5}})


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_a_plan_at_its_own_values_is_itself(seed):
    network = build_network(procure.Plan.from_dict(tiny_plan(seed)))
    for made in (valued_at_base(network, network), valued_to_solve(network, network)):
        for name in VALUES:
            np.testing.assert_array_equal(getattr(made, name), getattr(network, name), err_msg=name)


def test_a_cheaper_offer_leaves_the_worth_of_stock_as_it_was():
    base = build_network(item_without_holding(offers=[offer("dear", 4.0)]))
    changed = build_network(item_without_holding(offers=[offer("dear", 4.0), offer("cheap", 3.0)]))
    priced, solved = valued_at_base(changed, base), valued_to_solve(changed, base)
    assert (base.replacement[0], changed.replacement[0]) == (4.0, 3.0)
    assert (priced.replacement[0], solved.replacement[0]) == (4.0, 3.0)
    assert (priced.credit[0], solved.credit[0]) == (4.0, 3.0)
    assert (priced.owed[0], solved.owed[0]) == (4.0, 4.0)
    assert priced.holding[0] == solved.holding[0] == pytest.approx(0.5 * 4.0 * 7 / 365)


def test_an_offer_less_does_not_make_stock_worth_more():
    base = build_network(one_item(offers=[offer("dear", 4.0), offer("cheap", 3.0)]))
    changed = build_network(one_item(offers=[offer("dear", 4.0)]))
    assert changed.replacement[0] == 4.0
    for made in (valued_at_base(changed, base), valued_to_solve(changed, base)):
        assert made.replacement[0] == made.owed[0] == 3.0


def test_the_window_stays_that_of_the_base_plan():
    base, changed = (build_network(one_item(offers=[offer("o", 4.0, lead_time=days)])) for days in (7, 14))
    assert (base.window[0], changed.window[0]) == (2, 3)
    assert valued_at_base(changed, base).window[0] == 2


def test_a_closure_less_does_not_let_safety_stock_count_earlier():
    closed = [{"first": "2026-01-05", "last": "2026-01-11"}]
    base, changed = (build_network(one_item(supplier={"closures": spells})) for spells in (closed, []))
    assert (base.first_served[0], changed.first_served[0]) == (2, 1)
    assert valued_to_solve(changed, base).first_served[0] == 2


def test_cells_are_found_by_their_names():
    base = build_network(procure.Plan.from_dict(two_items("A", "B")))
    changed = build_network(procure.Plan.from_dict(two_items("B", "C", "A", price=9.0)))
    made = valued_at_base(changed, base)
    names = made.names[0]
    found = dict(zip(names, made.replacement, strict=True))
    assert found == {"A": 1.0, "B": 2.0, "C": 9.0}  # C is new and keeps its own
    assert [found[names[k]] for k in made.cell_item] == made.owed.tolist()


def two_items(*names, price=None):
    prices = {"A": 1.0, "B": 2.0}
    return {
        "format": "procure-plan/1",
        "name": "names",
        "start_date": "2026-01-05",
        "periods": 2,
        "currency": "EUR",
        "items": [{"item": name, "backorder_cost": 5.0} for name in names],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [{"supplier": "S"}],
        "offers": [
            {"supplier": "S", "item": name, "unit_price": price or prices[name], "lead_time": 0} for name in names
        ],
        "demand": [{"item": name, "warehouse": "W", "mean": [1.0, 1.0]} for name in names],
    }


def test_a_cheaper_offer_saves_what_it_saves():
    # 12 asked, 10 there: 2 units are needed, at 4.00 or at 3.00 each, and nothing is left in the end.
    base = one_item(offers=[offer("dear", 4.0)])
    changed = one_item(offers=[offer("dear", 4.0), offer("cheap", 3.0)])
    before = procure.solve(base, gap=1e-9)
    after = solve_at_base(changed, base, start=before, gap=1e-9)
    assert [(line.offer, line.quantity) for line in after.lines] == [("cheap", 2.0)]
    assert before.cost.total - after.cost.total == pytest.approx(2 * (4.0 - 3.0))
    assert (after.bound, after.gap) == (None, None)


def test_the_bound_stays_where_r_stays():
    base = one_item(offer={"minimum_order_quantity": 6})
    before = procure.solve(base, gap=1e-9)
    after = solve_at_base(one_item(), base, start=before, gap=1e-9)
    assert after.bound == pytest.approx(after.cost.total)
    assert after.cost.total <= before.cost.total
