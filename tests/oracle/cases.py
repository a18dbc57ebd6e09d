"""One plain plan, which each test of the oracle changes where it looks."""

from __future__ import annotations

from typing import Any

from .arithmetic import Oracle
from .draft import Record

#: The only line of the plain plan, ordered in period 0.
NOW = ("S/A", "W", 0)

CELL = ("A", "W")


def plain(
    item: Record | None = None,
    supplier: Record | None = None,
    offer: Record | None = None,
    demand: list[Record] | None = None,
    **plan: Any,
) -> Record:
    """Item A, warehouse W, supplier S at 2.00 a unit, no lead time, 4 weeks from Monday 5 January 2026."""
    return {
        "format": "procure-plan/1",
        "name": "plain",
        "start_date": "2026-01-05",
        "periods": 4,
        "currency": "EUR",
        "items": [{"item": "A", "backorder_cost": 3, "holding_cost": 0.5, **(item or {})}],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [{"supplier": "S", "currency": "EUR", **(supplier or {})}],
        "offers": [{"supplier": "S", "item": "A", "unit_price": 2, "lead_time": 0, **(offer or {})}],
        "demand": demand if demand is not None else [weekly([4, 4, 4, 4])],
        **plan,
    }


def weekly(mean: list[float], sd: list[float] | None = None, **row: Any) -> Record:
    """Demand of item A in warehouse W, one number per period."""
    return {"item": "A", "warehouse": "W", "mean": mean, **({"sd": sd} if sd else {}), **row}


def oracle(**changes: Any) -> Oracle:
    """Oracle of the plain plan with changes."""
    return Oracle(plain(**changes))


def two_places(**changes: Any) -> Record:
    """The plain plan with a second warehouse V, which only a lane of 7 days from W serves."""
    lane = {"from": "W", "to": "V", "lead_time": 7, **changes.pop("lane", {})}
    offer = {"warehouses": ["W"], **changes.pop("offer", {})}
    return plain(warehouses=[{"warehouse": "W"}, {"warehouse": "V"}], lanes=[lane], offer=offer, **changes)
