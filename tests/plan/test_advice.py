"""Warnings: what is allowed and probably not meant."""

from __future__ import annotations

from typing import Any

import pytest

from procure.plan import Plan, check_plan

QUIET: dict[str, Any] = {
    "format": "procure-plan/1",
    "name": "quiet",
    "start_date": "2026-03-02",
    "periods": 8,
    "currency": "EUR",
    "items": [{"item": "BOLT", "backorder_cost": 1}],
    "warehouses": [{"warehouse": "MAIN"}, {"warehouse": "SHOP"}],
    "suppliers": [{"supplier": "NEAR"}],
    "offers": [{"supplier": "NEAR", "item": "BOLT", "warehouses": ["MAIN"], "unit_price": 2, "lead_time": 7}],
    "demand": [{"item": "BOLT", "warehouse": "MAIN", "period": t, "mean": 10, "sd": 2} for t in range(8)],
}


def warnings(**changes: Any) -> list[str]:
    return [str(warning) for warning in check_plan(Plan.from_dict({**QUIET, **changes}))]


def offer(**changes: Any) -> list[dict[str, Any]]:
    return [{**QUIET["offers"][0], **changes}]


def test_a_quiet_plan() -> None:
    assert warnings() == []


def test_demand_that_nobody_delivers() -> None:
    demand = [*QUIET["demand"], {"item": "BOLT", "warehouse": "SHOP", "period": 0, "mean": 1}]
    assert warnings(demand=demand) == [
        "demand: nobody delivers BOLT at SHOP, where there is demand: no offer serves the warehouse and no "
        "lane leads "
        "there; add an offer or a lane, or take the demand out"
    ]
    assert warnings(demand=demand, lanes=[{"from": "MAIN", "to": "SHOP", "lead_time": 1}]) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"lead_time": 56},
        {"valid_from": "2026-05-01"},
        {"valid_to": "2026-03-01"},
        {"minimum_order_quantity": 100, "capacity": 50, "unit_price": 0},
        {"capacity": 0},
    ],
    ids=str,
)
def test_offers_that_never_arrive(changes: dict[str, Any]) -> None:
    found = warnings(offers=offer(**changes))
    assert any(text.startswith("offers: no order of NEAR/BOLT can be placed and arrive") for text in found), (
        found
    )


def test_lead_time_of_the_whole_horizon_less_one_period_arrives() -> None:
    assert warnings(offers=offer(lead_time=49)) == []


def test_closures_count_for_what_can_be_ordered() -> None:
    suppliers = [{"supplier": "NEAR", "closures": [{"first": "2026-03-01", "last": "2026-12-31"}]}]
    assert "can be placed and arrive" in warnings(suppliers=suppliers)[0]


def order(receipt_date: str, **changes: Any) -> list[dict[str, Any]]:
    row = {
        "po_number": "P-1",
        "item": "BOLT",
        "warehouse": "MAIN",
        "quantity": 1,
        "receipt_date": receipt_date,
    }
    return [{**row, **changes}]


def test_open_orders_overdue() -> None:
    assert warnings(open_orders=order("2026-03-01"), policy={"overdue_days": 5}) == [
        "open_orders: 1 line is overdue at 2026-03-02 (P-1) and taken to arrive 5 days later "
        "(policy.overdue_days); ask "
        "the supplier and give the new receipt_date"
    ]
    assert warnings(open_orders=order("2026-03-02")) == []


def test_open_orders_too_late() -> None:
    """The last period begins on 20 April; what comes on the 21st serves none."""
    assert warnings(open_orders=order("2026-04-20")) == []
    assert "1 line arrives after 2026-04-20 (P-1)" in warnings(open_orders=order("2026-04-21"))[0]


def test_demand_outside_the_horizon_is_ignored() -> None:
    rows = [
        {"item": "BOLT", "warehouse": "SHOP", "date": day, "mean": 2.5}
        for day in ("2026-03-01", "2026-04-27")
    ]
    assert warnings(demand=[*QUIET["demand"], *rows]) == [
        "demand: 2 rows with 5 units lie outside the horizon 2026-03-02 to 2026-04-26 and are ignored (BOLT "
        "at SHOP on "
        "2026-03-01, BOLT at SHOP on 2026-04-27); check their dates"
    ]


def test_promotions_that_lift_nothing() -> None:
    row = {"item": "BOLT", "first": "2026-03-02", "last": "2026-03-08", "uplift": 2}
    assert warnings(promotions=[row]) == []
    assert "no demand to lift for BOLT at SHOP" in warnings(promotions=[{**row, "warehouse": "SHOP"}])[0]
    assert (
        "1 row lies outside the horizon"
        in warnings(promotions=[{**row, "first": "2026-02-01", "last": "2026-03-01"}])[0]
    )


def test_prices_that_rise() -> None:
    breaks = [{"minimum_quantity": 10, "unit_price": 2.5}]
    assert warnings(offers=offer(price_breaks=breaks)) == [
        "offers: the price of NEAR/BOLT rises with the quantity; check price_breaks"
    ]


def test_items_without_anything_and_stock_without_demand() -> None:
    items = [*QUIET["items"], {"item": "A", "backorder_cost": 1}, {"item": "B", "backorder_cost": 1}]
    stock = [{"item": "B", "warehouse": "MAIN", "on_hand": 3}]
    assert warnings(items=items, stock=stock) == [
        "items: A have no offer, no stock and no demand; nothing is planned for them",
        "stock: nobody asks for B, of which there is stock; check the ids, or add their demand",
    ]


def test_order_cycles_longer_than_half_the_horizon() -> None:
    """K = 12, D = 10 a week, h = 0.25 * 2 * 7 / 365: sqrt(2 K D / h) / D = 15.8 weeks."""
    found = warnings(offers=offer(fixed_line_cost=12))
    assert found == [
        "items: 1 order cycle covers more than half the horizon of 8 periods: BOLT at MAIN (16 periods); "
        "plan more "
        "periods if demand is known further ahead"
    ]
    assert warnings(offers=offer(fixed_line_cost=0.7)) == []
    assert "BOLT at MAIN (5 periods)" in warnings(offers=offer(minimum_order_quantity=50))[0]


def test_a_fixed_order_cost_is_shared_by_the_items_ordered_together() -> None:
    """Four items share 2.80, so each bears 0.70, as in the test before."""
    names = ["A", "B", "C", "D"]
    items = [{"item": name, "backorder_cost": 1} for name in names]
    offers = [{**QUIET["offers"][0], "item": name} for name in names]
    demand = [{**row, "item": name} for name in names for row in QUIET["demand"]]
    suppliers = [{"supplier": "NEAR", "fixed_order_cost": 2.8}]
    assert warnings(items=items, offers=offers, demand=demand, suppliers=suppliers) == []
    assert warnings(suppliers=suppliers) != []


def test_many_places_are_counted() -> None:
    names = [f"I{n}" for n in range(9)]
    items = [{"item": name, "backorder_cost": 1} for name in names]
    demand = [{"item": name, "warehouse": "MAIN", "period": 0, "mean": 1} for name in names]
    found = warnings(items=items, demand=demand, offers=[])
    assert found[0].startswith("demand: nobody delivers I0 at MAIN, I1 at MAIN, I2 at MAIN and 6 more, where")
