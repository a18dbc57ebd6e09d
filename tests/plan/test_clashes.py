"""Terms that a limit never admits: warned of in words, with the smallest change that would do, which does."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import procure
from procure.plan import Plan, check_plan
from procure.plan.clashes.smallest import Smallest
from procure.plan.network import build_network
from procure.plan.positions import Positions
from procure.solution.check import violations
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import eased, limits_of
from tests.oracle.cases import plain, two_places, weekly
from tests.oracle.tiny_plans import tiny_plan

CLASHES = ("can ever be placed", "ever fits", "can never be placed", "is always missing")


def warnings(raw: dict[str, Any]) -> list[str]:
    found = [str(warning) for warning in check_plan(Plan.from_dict(raw))]
    return [text for text in found if any(words in text for words in CLASHES)]


def roomy(capacity: Any, **changes: Any) -> dict[str, Any]:
    """The plain plan (4 units a week for 4 weeks, 2.00 each) with a capacity of its warehouse in m3, 0.5 a unit."""
    changes["item"] = {"storage": {"m3": 0.5}, **changes.get("item", {})}
    raw = plain(**changes)
    raw["warehouses"][0]["capacity"] = {"m3": capacity}
    return raw


def test_a_smallest_order_that_fits_nowhere() -> None:
    # 30 units less the 12 that wait by the last week leave 18 of 0.5 m3
    raw = roomy(8, offer={"minimum_order_quantity": 25, "order_multiple": 10})
    assert warnings(raw) == [
        "offers: no order of S/A ever fits into W: its smallest order takes 9 m3 of storage, and there are 8 at "
        "most; raise capacity.m3 to 9 at least, or lower minimum_order_quantity and order_multiple"
    ]
    assert warnings(roomy(9, offer={"minimum_order_quantity": 25, "order_multiple": 10})) == []


def test_what_waits_takes_its_share_at_once() -> None:
    waiting = [{"item": "A", "warehouse": "W", "backorders": 14}]
    assert warnings(roomy(8, offer={"minimum_order_quantity": 30}, stock=waiting)) == []


def test_stock_that_can_leave_at_once_does_not_clash() -> None:
    raw = two_places(offer={"minimum_order_quantity": 60})
    raw["warehouses"][0]["capacity"] = {"units": 8}
    assert warnings(raw) == []


def test_a_smallest_order_worth_more_than_stock_may_be() -> None:
    raw = plain(offer={"minimum_order_quantity": 30}, capital={"inventory_value": 30})
    assert warnings(raw) == [
        "offers: no order of S/A ever fits under the limit on stock: its smallest order takes 36 EUR at "
        "replacement cost, and capital.inventory_value is 30; raise it to 36 at least, or lower "
        "minimum_order_quantity and order_multiple"
    ]


def test_an_order_minimum_above_the_budget() -> None:
    supplier = {"minimum_order_value": 100, "fixed_order_cost": 5}
    budget = {"order_budget": 20, "carry_over": False}
    assert warnings(plain(supplier=supplier, capital=budget)) == [
        "offers: no order of S/A can ever be placed: its smallest order takes 105 EUR of budget (supplier's "
        "minimums, fees and containers included), and capital.order_budget gives 20 at most in a period; raise it "
        "to 105, or lower minimum_order_quantity or minimum_order_value"
    ]
    assert (
        "gives 80 at most by their last order day"
        in warnings(plain(supplier=supplier, capital={"order_budget": 20}))[0]
    )
    assert warnings(plain(supplier=supplier, capital={"order_budget": 27})) == []


def test_a_discount_may_bring_a_minimum_under_the_budget() -> None:
    tiers = [{"minimum_order_value": 90, "discount": 0.3}]
    supplier = {"minimum_order_value": 100, "order_discounts": tiers}
    assert warnings(plain(supplier=supplier, capital={"order_budget": [70, 0, 0, 0]})) == []


def test_a_price_break_may_make_a_larger_order_cheaper() -> None:
    # 20 at 2.00 are 40.00; 30 at 1.00 are 30.00
    offer = {"minimum_order_quantity": 20, "price_breaks": [{"minimum_quantity": 30, "unit_price": 1}]}
    assert warnings(plain(offer=offer, supplier={"maximum_order_value": 35})) == []
    assert warnings(plain(offer=offer, supplier={"maximum_order_value": 29})) == [
        "offers: no order of S/A can ever be placed: its smallest order takes 30 EUR, and the maximum_order_value "
        "of S is 29; raise it to 30, or lower minimum_order_quantity and order_multiple"
    ]


def test_a_smallest_order_above_what_a_supplier_delivers() -> None:
    raw = plain(offer={"minimum_order_quantity": 12}, supplier={"capacity": {"units": [10, 11, 9, 0]}})
    assert warnings(raw) == [
        "offers: no order of S/A can ever be placed: its smallest order takes 12 units, and the capacity of S is 11 a "
        "period at most; raise capacity.units to 12, or lower what an order takes at least"
    ]
    value = plain(supplier={"capacity": {"value": 30}, "minimum_order_value": 50})
    assert (
        "takes 50 EUR, and the capacity of S is 30 a period at most; raise capacity.value to 50" in warnings(value)[0]
    )


def test_a_container_that_is_never_full_enough() -> None:
    container = {"resource": "units", "size": 40, "minimum_fill": 0.5}
    raw = plain(supplier={"capacity": {"units": 15}, "container": container})
    assert "its smallest order takes 20 units, and the capacity of S is 15" in warnings(raw)[0]


def test_a_container_that_no_warehouse_holds() -> None:
    # at least 15 m3 of 20 come at once; by the last week 12 units wait, which take 6
    container = {"resource": "m3", "size": 20, "minimum_fill": 0.75}
    assert warnings(roomy(8, supplier={"container": container})) == [
        "suppliers: no purchase order of S ever fits into W: its container.minimum_fill takes 9 m3 of storage at "
        "least, and there are 8 at most; raise capacity.m3 to 9 at least, or lower container.minimum_fill"
    ]
    assert warnings(roomy(9, supplier={"container": container})) == []


def test_an_order_minimum_that_no_warehouse_holds() -> None:
    # 60.00 are 30 units of 0.5 m3, less the 12 that wait
    assert warnings(roomy(8, supplier={"minimum_order_value": 60})) == [
        "suppliers: no purchase order of S ever fits into W: its minimum_order_value takes 9 m3 of storage at least, "
        "and there are 8 at most; raise capacity.m3 to 9 at least, or lower minimum_order_value"
    ]
    assert warnings(roomy(9, supplier={"minimum_order_value": 60})) == []
    dearer = {"offer": "B", "supplier": "S", "item": "A", "unit_price": 4, "lead_time": 0}
    raw = roomy(8, supplier={"minimum_order_value": 60})
    raw["offers"].append(dearer)  # 15 units are enough
    assert warnings(raw) == []
    raw["offers"][1]["lead_time"] = 7  # what comes at different times is not judged
    assert warnings(raw) == []


def test_several_offers_under_one_limit_are_one_warning() -> None:
    raw = plain(supplier={"capacity": {"units": 10}}, offer={"minimum_order_quantity": 12})
    raw["offers"].append({**raw["offers"][0], "minimum_order_quantity": 20, "offer": "large"})
    assert warnings(raw) == [
        "offers: no order of S/A, large can ever be placed: their smallest orders take 12 to 20 units, and the "
        "capacity of S is 10 a period at most; raise capacity.units to 12 for the smallest of them and to 20 for "
        "all, or lower what an order takes at least"
    ]


def test_a_smallest_order_beyond_the_cover_allowed() -> None:
    # 4 a week: at the last week's start 14 days cover the 12 of before and 8 more; 21 units ask for 9 / 4 weeks, 15.75
    # days
    raw = plain(item={"max_cover_days": 14}, offer={"minimum_order_quantity": 21})
    assert warnings(raw) == [
        "offers: some smallest orders cover more than max_cover_days whenever they arrive, so they can never be "
        "placed; what would do: S/A at W (max_cover_days 16 or an order of 20 units at most)"
    ]
    assert warnings(plain(item={"max_cover_days": 16}, offer={"minimum_order_quantity": 21})) == []
    assert warnings(plain(item={"max_cover_days": 14}, offer={"minimum_order_quantity": 20})) == []


def test_safety_stock_that_no_room_holds() -> None:
    raw = roomy(8, item={"safety_stock": 20})
    assert warnings(raw) == [
        "items: the safety stocks of W (A) need 10 m3 of storage, and there are 8 at most, so part of them is always "
        "missing; raise capacity.m3 to 10 at least, or lower safety_stock"
    ]
    assert warnings(roomy(10, item={"safety_stock": 20})) == []


def test_offers_that_can_never_be_ordered_are_told_once() -> None:
    raw = plain(offer={"lead_time": 90, "minimum_order_quantity": 12}, supplier={"capacity": {"units": 10}})
    found = [str(warning) for warning in check_plan(Plan.from_dict(raw))]
    assert sum("S/A" in text for text in found) == 1


CASES = {
    "room": (roomy(8, offer={"minimum_order_quantity": 30}), ("warehouses", 0, "capacity"), {"m3": 9}),
    "stock value": (
        plain(offer={"minimum_order_quantity": 30}, capital={"inventory_value": 30}),
        ("capital", "inventory_value"),
        36,
    ),
    "container": (
        roomy(8, supplier={"container": {"resource": "m3", "size": 20, "minimum_fill": 0.75}}),
        ("warehouses", 0, "capacity"),
        {"m3": 9},
    ),
    "order minimum": (roomy(8, supplier={"minimum_order_value": 60}), ("warehouses", 0, "capacity"), {"m3": 9}),
    "budget": (
        plain(supplier={"minimum_order_value": 60}, capital={"order_budget": 50, "carry_over": False}),
        ("capital", "order_budget"),
        60,
    ),
    "capacity": (
        plain(supplier={"capacity": {"units": 10}}, offer={"minimum_order_quantity": 12}),
        ("suppliers", 0, "capacity"),
        {"units": 12},
    ),
    "cover": (
        plain(item={"max_cover_days": 14}, offer={"minimum_order_quantity": 21}),
        ("items", 0, "max_cover_days"),
        16,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_nothing_can_be_ordered_before_the_change_and_something_after(name: str) -> None:
    raw, path, value = CASES[name]
    dear = deepcopy(raw)
    dear["items"][0] |= {"backorder_cost": 500, "holding_cost": 0}  # so that whatever can be ordered is
    assert warnings(dear)
    assert procure.solve(Plan.from_dict(dear), gap=1e-6).lines == ()
    eased = deepcopy(dear)
    place = eased
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert warnings(eased) == []
    assert procure.solve(Plan.from_dict(eased), gap=1e-6).lines != ()


def tight(seed: int) -> dict[str, Any]:
    """A random tiny plan with minimums that are large for its limits."""
    raw, rng = tiny_plan(seed), np.random.default_rng(seed)
    for offer in raw["offers"]:
        offer.pop("maximum_order_quantity", None)
        offer["minimum_order_quantity"] = float(rng.integers(5, 60))
    for item in raw["items"]:
        item["storage"] = {"m3": float(rng.choice([0.25, 0.5]))}
        item |= {"max_cover_days": int(rng.integers(7, 30))} if rng.random() < 0.5 else {}
    for supplier in raw["suppliers"]:
        for rule in ("minimum_order_value", "maximum_order_value", "container"):  # so that only limits are broken
            supplier.pop(rule, None)
        supplier |= {"capacity": {"units": float(rng.integers(10, 60))}} if rng.random() < 0.5 else {}
    for warehouse in raw["warehouses"]:
        warehouse["capacity"] = {"m3": float(rng.integers(2, 20))}
    raw["capital"] = {"order_budget": float(rng.integers(20, 400)), "inventory_value": float(rng.integers(20, 400))}
    return raw


def test_what_is_said_to_clash_breaks_a_limit_whenever_it_is_ordered() -> None:
    told = 0
    for seed in range(0, 200, 4):
        try:
            plan = Plan.from_dict(tight(seed))
        except procure.PlanError:  # a random plan may be at fault for another reason
            continue
        network = build_network(plan)
        laws, nothing = Laws.of(network), Decision.nothing(network)
        kept = eased(limits_of(network), keep_ledger(network, laws, nothing))
        for line, period in zip(*np.nonzero(network.line_allowed), strict=True):
            offer, (_, warehouse) = network.line_offer[line], network.place(int(network.line_cell[line]))
            if not is_told(plan, network.offer_ids[offer], warehouse):
                continue
            told += 1
            orders = nothing.orders.copy()
            orders[line, period] = Smallest(plan, Positions.of(plan)).units[offer]
            assert violations(keep_ledger(network, laws, Decision(orders, nothing.shipments)), kept), (
                seed,
                line,
                period,
            )
    assert told > 100


def is_told(plan: Plan, offer: str, warehouse: str) -> bool:
    """Whether a warning says that no order of the offer can come to the warehouse."""
    texts = [str(w) for w in check_plan(plan)]
    everywhere = [t for t in texts if "can ever be placed" in t or "under the limit on stock" in t]
    here = [t for t in texts if f"ever fits into {warehouse}:" in t]
    cover = any(f"{offer} at {warehouse} (" in t for t in texts)
    return cover or any(
        offer in re.split("no order of | can ever| ever fits", t)[1].split(", ") for t in everywhere + here
    )


def test_a_weekly_row_of_nothing_is_no_clash() -> None:
    assert warnings(plain(demand=[weekly([0, 0, 0, 0])], item={"max_cover_days": 14})) == []
