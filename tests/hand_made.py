"""A small solution made by hand, for tests of what is done with a solution once it is there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from procure.plan.records import Plan
from procure.solution.records import (
    PROJECTION_COLUMNS,
    Backorders,
    CostParts,
    ExpectedBackorders,
    OpenLoop,
    OrderLine,
    Payment,
    PurchaseOrder,
    Relaxation,
    ResourceUse,
    Solution,
    Transfer,
)

PLAN: dict[str, Any] = {
    "format": "procure-plan/1",
    "name": "Schrauben für Köln",
    "start_date": "2026-03-02",
    "periods": 4,
    "currency": "EUR",
    "exchange_rates": {"USD": 0.9},
    "items": [
        {"item": "BOLT-M8", "description": "Bolt, M8 × 40", "backorder_cost": 2.0, "storage": {"m3": 0.01}},
        {"item": "MUTTER-Ø8", "description": 'Nut, "metric"', "unit": "C62", "backorder_cost": 1.0},
    ],
    "warehouses": [{"warehouse": "KÖLN", "capacity": {"m3": 12}}, {"warehouse": "BONN"}],
    "suppliers": [
        {
            "supplier": "ACME",
            "name": "Acme Fasteners Incorporated",
            "currency": "USD",
            "payment_terms": {"deposit": 0.3, "net_days": 30, "from": "order"},
        },
        {"supplier": "NAH"},
    ],
    "offers": [
        {
            "offer": "ACME/BOLT-M8",
            "supplier": "ACME",
            "item": "BOLT-M8",
            "supplier_item": "A-1",
            "unit_price": 0.1,
            "lead_time": 14,
        },
        {
            "offer": "NAH/MUTTER-Ø8",
            "supplier": "NAH",
            "item": "MUTTER-Ø8",
            "unit_price": 0.333333,
            "lead_time": 2,
        },
    ],
    "lanes": [{"from": "KÖLN", "to": "BONN", "lead_time": 1}],
    "demand": [{"item": "BOLT-M8", "warehouse": "KÖLN", "period": 3, "mean": 1000, "sd": 100}],
}

ORDERED = date(2026, 3, 2)


def plan(**changes: Any) -> Plan:
    """Return the plan, with some keys changed."""
    return Plan.from_dict({**PLAN, **changes})


def line(**changes: Any) -> OrderLine:
    """Return a line of the first order, with some fields changed."""
    fields: dict[str, Any] = {
        "po_number": "260302-0001",
        "line_number": 1,
        "supplier": "ACME",
        "warehouse": "KÖLN",
        "item": "BOLT-M8",
        "offer": "ACME/BOLT-M8",
        "period": 0,
        "order_date": ORDERED,
        "receipt_date": date(2026, 3, 16),
        "quantity": 1200.0,
        "unit_price": 0.1,
        "goods_value": 0.1 * 1200.0,
        "release": True,
        "reason": "covers 4 weeks, by the thousand",
    }
    return OrderLine(**{**fields, **changes})


def solution(**changes: Any) -> Solution:
    """Return the solution, with some fields changed."""
    near = {"supplier": "NAH", "item": "MUTTER-Ø8", "offer": "NAH/MUTTER-Ø8", "reason": "cheapest"}
    fields: dict[str, Any] = {
        "plan": plan(),
        "status": "optimal",
        "objective": "cost",
        "engine": "compact",
        "solver": "highs",
        "cost": CostParts(
            purchase=108.0 + 99.9999, ordering=25.0, holding=3.3, backorder=0.1 + 0.2, terminal=-40.5
        ),
        "bound": 195.5,
        "gap": 0.0026,
        "expected_backorders": ExpectedBackorders(
            unit_periods=12.3456, end_units=3.1, open_loop=OpenLoop(unit_periods=20.0, end_units=5.0)
        ),
        "without_orders": Backorders(unit_periods=1234.5, end_units=1000.0),
        "fill_rate": 0.9871,
        "seconds": {"build": 0.1234567, "solve": 1.5},
        "lines": (
            line(),
            line(
                po_number="260302-0002",
                **near,
                quantity=300.0,
                unit_price=0.333333,
                goods_value=99.9999,
                receipt_date=date(2026, 3, 4),
            ),
            line(
                po_number="260309-0001",
                **near,
                quantity=7.5,
                unit_price=1 / 3,
                goods_value=2.5,
                period=1,
                order_date=date(2026, 3, 9),
                receipt_date=date(2026, 3, 11),
                release=False,
            ),
        ),
        "headers": (
            PurchaseOrder(
                po_number="260302-0001",
                supplier="ACME",
                warehouse="KÖLN",
                period=0,
                order_date=ORDERED,
                goods=120.0,
                total=120.0,
                currency="USD",
                exchange_rate=0.9,
                deposit=36.0,
                deposit_due_date=ORDERED,
                balances=(Payment(due_date=date(2026, 4, 1), amount=84.0),),
            ),
            PurchaseOrder(
                po_number="260302-0002",
                supplier="NAH",
                warehouse="KÖLN",
                period=0,
                order_date=ORDERED,
                goods=99.9999,
                fixed_cost=25.0,
                total=124.9999,
                currency="EUR",
                balances=(Payment(due_date=date(2026, 3, 4), amount=124.9999),),
            ),
            PurchaseOrder(
                po_number="260309-0001",
                supplier="NAH",
                warehouse="KÖLN",
                period=1,
                order_date=date(2026, 3, 9),
                goods=2.5,
                total=2.5,
                currency="EUR",
                balances=(Payment(due_date=date(2026, 3, 11), amount=2.5),),
            ),
        ),
        "transfers": (
            Transfer(
                from_="KÖLN",
                to="BONN",
                item="BOLT-M8",
                period=0,
                ship_date=ORDERED,
                receipt_date=date(2026, 3, 3),
                quantity=5.0,
                reason="short at BONN",
            ),
        ),
        "projected": projection(),
        "resources": (
            ResourceUse(resource="m3", warehouse="KÖLN", unit="m3", period=2, used=12.0, limit=12.0),
            ResourceUse(resource="m3", warehouse="KÖLN", unit="m3", period=3, used=11.9999, limit=12.0),
            ResourceUse(resource="order_budget", unit="EUR", period=0, used=100.0, limit=500.0),
        ),
        "warnings": ("demand for BOLT-M8 ends early",),
    }
    return Solution(**{**fields, **changes})


def relaxed() -> Solution:
    """Return a solution that had to relax a limit."""
    slack = Relaxation(resource="m3", warehouse="KÖLN", unit="m3", period=2, limit=12.0, amount=0.5)
    return solution(status="relaxed", relaxations=(slack,))


def projection() -> pd.DataFrame:
    """Return the course of one cell."""
    rows = [
        (
            "BOLT-M8",
            "KÖLN",
            t,
            1200.0 * (t >= 2),
            1000.0 * (t == 3),
            1200.0 * (t == 2),
            0.1 + 0.2,
            0.0,
            1.0 / 3,
        )
        for t in range(4)
    ]
    return pd.DataFrame(rows, columns=list(PROJECTION_COLUMNS))
