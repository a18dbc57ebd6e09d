"""A tiny plan that uses every block of the model."""

from __future__ import annotations

from typing import Any

from procure.plan.records import Plan

PLAN: dict[str, Any] = {
    "format": "procure-plan/1",
    "name": "everything once",
    "start_date": "2026-03-02",
    "periods": 3,
    "currency": "EUR",
    "exchange_rates": {"USD": 0.5},
    "items": [
        {
            "item": "A",
            "backorder_cost": 9.0,
            "holding_cost": 1.0,
            "storage": {"m3": 0.5},
            "safety_stock": 2.0,
            "max_cover_days": 14,
        },
        {"item": "B", "backorder_cost": 4.0, "holding_cost": 1.0, "storage": {"m3": 0.25}, "priority": 2.0},
        {"item": "C", "backorder_cost": 4.0, "holding_cost": 1.0, "unmet_demand": "lost"},
    ],
    "warehouses": [{"warehouse": "NEAR", "capacity": {"m3": 12.0}}, {"warehouse": "FAR"}],
    "suppliers": [
        {
            "supplier": "S",
            "currency": "USD",
            "fixed_order_cost": 10.0,
            "minimum_order_value": 40.0,
            "maximum_order_value": 400.0,
            "order_discounts": [
                {"minimum_order_value": 80.0, "discount": 0.05},
                {"minimum_order_value": 160.0, "discount": 0.1},
            ],
            "capacity": {"value": 500.0},
            "container": {"resource": "m3", "size": 4.0, "cost": 20.0, "minimum_fill": 0.5},
            "payment_terms": {"deposit": 0.25, "net_days": 7, "from": "order"},
        },
        {"supplier": "Q"},
    ],
    "offers": [
        {
            "supplier": "S",
            "item": "A",
            "warehouses": ["NEAR"],
            "unit_price": 8.0,
            "price_breaks": [{"minimum_quantity": 12, "unit_price": 7.0}],
            "unit_freight": 0.25,
            "minimum_order_quantity": 4,
            "order_multiple": 2,
            "lead_time": 7,
            "fixed_line_cost": 1.5,
        },
        {
            "supplier": "S",
            "item": "B",
            "warehouses": ["NEAR"],
            "unit_price": 6.0,
            "price_breaks": [{"minimum_quantity": 10, "unit_price": 5.0}],
            "price_break_type": "incremental",
            "lead_time": 0,
            "capacity": 30,
        },
        {
            "supplier": "Q",
            "item": "A",
            "warehouses": ["FAR"],
            "unit_price": 6.0,
            "order_multiple": 0,
            "delivered_fraction": {"1": 0.5, "0.5": 0.5},
            "lead_time": 0,
        },
        {"supplier": "Q", "item": "C", "warehouses": ["NEAR"], "unit_price": 2.0, "lead_time": {"0": 0.5, "7": 0.5}},
    ],
    "lanes": [
        {
            "from": "NEAR",
            "to": "FAR",
            "lead_time": 7,
            "unit_cost": 0.5,
            "fixed_cost": 3.0,
            "items": ["A", "B"],
            "capacity": {"m3": 5.0},
        }
    ],
    "stock": [{"item": "A", "warehouse": "NEAR", "on_hand": 3, "backorders": 0}],
    "open_orders": [
        {"po_number": "1", "item": "A", "warehouse": "NEAR", "quantity": 9, "receipt_date": "2026-03-16"},
        {"po_number": "2", "item": "A", "warehouse": "FAR", "quantity": 4, "receipt_date": "2026-03-16"},
    ],
    "demand": [
        {"item": "A", "warehouse": "NEAR", "mean": [4, 6, 5], "sd": [2, 3, 2]},
        {"item": "A", "warehouse": "FAR", "mean": [0, 3, 3], "sd": [0, 1, 1]},
        {"item": "B", "warehouse": "NEAR", "mean": [5, 5, 5]},
        {"item": "C", "warehouse": "NEAR", "mean": [2, 2, 2], "sd": [1, 1, 1]},
    ],
    "policy": {"scenarios": 4},
    "capital": {
        "order_budget": 150.0,
        "cash": {"opening": 200.0, "inflow": 50.0},
        "inventory_value": 300.0,
    },
}


def whole_plan(**changes: Any) -> Plan:
    """Return the plan, with some keys changed."""
    return Plan.from_dict({**PLAN, **changes})
