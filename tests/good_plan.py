"""A sound plan that uses every table, for tests that change one thing and look at what happens."""

from __future__ import annotations

import copy
from typing import Any

_GOOD: dict[str, Any] = {
    "format": "procure-plan/1",
    "name": "Bolts and nuts, Köln",
    "start_date": "2026-03-02",
    "periods": 8,
    "currency": "EUR",
    "exchange_rates": {"USD": 0.92},
    "capital": {
        "order_budget": [9000, 9000, 9000, 9000, 9000, 9000, 9000, 9000],
        "cash": {"opening": 20000, "inflow": 500},
        "inventory_value": 50000,
    },
    "policy": {"objective": "cost", "seed": 1},
    "items": [
        {
            "item": "BOLT-M8",
            "description": "Bolt, M8 × 40",
            "backorder_cost": 0.4,
            "storage": {"m3": 0.03, "pallet": 0.01},
            "safety_stock": 20,
            "max_cover_days": 60,
        },
        {
            "item": "NUT-M8",
            "unit": "C62",
            "backorder_cost": 0.2,
            "service_level": 0.95,
            "phase_out": "2026-12-31",
        },
        {"item": "WASHER", "backorder_cost": 0.1, "holding_cost": 0.01, "unmet_demand": "lost"},
    ],
    "warehouses": [
        {"warehouse": "MAIN", "name": "Main hall", "capacity": {"m3": 120, "units": 5000}},
        {"warehouse": "SHOP", "capacity": {"pallet": [5, 5, 5, 5, 8, 8, 8, 8]}},
    ],
    "suppliers": [
        {
            "supplier": "FAR",
            "name": "Far East Fasteners",
            "currency": "USD",
            "fixed_order_cost": 80,
            "minimum_order_value": 100,
            "maximum_order_value": 9000,
            "order_discounts": [
                {"minimum_order_value": 1000, "discount": 0.02},
                {"minimum_order_value": 5000, "discount": 0.05},
            ],
            "capacity": {"value": 20000, "m3": 60},
            "container": {"resource": "m3", "size": 30, "cost": 900, "minimum_fill": 0.5},
            "payment_terms": {"deposit": 0.3, "net_days": 30, "from": "order"},
            "closures": [{"first": "2026-04-03", "last": "2026-04-06"}],
            "order_every": 2,
            "order_from": "2026-02-23",
        },
        {"supplier": "NEAR"},
    ],
    "offers": [
        {
            "supplier": "FAR",
            "item": "BOLT-M8",
            "supplier_item": "FE-0815",
            "unit_price": 0.8,
            "price_breaks": [
                {"minimum_quantity": 500, "unit_price": 0.7},
                {"minimum_quantity": 2000, "unit_price": 0.65},
            ],
            "minimum_order_quantity": 100,
            "order_multiple": 50,
            "maximum_order_quantity": 4000,
            "unit_freight": 0.02,
            "lead_time": {"14": 0.7, "21": 0.2, "35": 0.1},
            "delivered_fraction": {"1": 0.95, "0.5": 0.05},
            "valid_from": "2026-01-01",
            "valid_to": "2026-12-31",
        },
        {"supplier": "NEAR", "item": "BOLT-M8", "warehouses": ["MAIN"], "unit_price": 1.1, "lead_time": 2},
        {
            "offer": "NUTS",
            "supplier": "NEAR",
            "item": "NUT-M8",
            "unit_price": 0.3,
            "fixed_line_cost": 2,
            "capacity": 900,
            "lead_time": {"mean": 5, "sd": 1},
        },
        {
            "supplier": "NEAR",
            "item": "WASHER",
            "unit_price": 0.05,
            "lead_time": 2,
            "delivered_fraction": 0.98,
        },
    ],
    "lanes": [
        {
            "from": "MAIN",
            "to": "SHOP",
            "lead_time": 1,
            "unit_cost": 0.01,
            "fixed_cost": 15,
            "items": ["BOLT-M8", "NUT-M8"],
            "capacity": {"units": 2000},
        }
    ],
    "stock": [
        {"item": "BOLT-M8", "warehouse": "MAIN", "on_hand": 300},
        {"item": "NUT-M8", "warehouse": "SHOP", "on_hand": 0, "backorders": 7},
    ],
    "open_orders": [
        {
            "po_number": "260215-0001",
            "supplier": "NEAR",
            "item": "NUT-M8",
            "warehouse": "SHOP",
            "quantity": 50,
            "receipt_date": "2026-03-04",
            "amount_due": 15,
            "due_date": "2026-03-18",
        }
    ],
    "demand": [
        {"item": "BOLT-M8", "warehouse": "MAIN", "period": 0, "mean": 100, "sd": 20},
        {"item": "BOLT-M8", "warehouse": "MAIN", "period": 3, "mean": 140, "sd": 25},
        {"item": "BOLT-M8", "warehouse": "SHOP", "date": "2026-03-05", "mean": 10},
        {"item": "BOLT-M8", "warehouse": "SHOP", "date": "2026-03-06", "mean": 12, "sd": 3},
        {
            "item": "NUT-M8",
            "warehouse": "SHOP",
            "mean": [50, 50, 60, 60, 50, 50, 0, 50],
            "sd": [9, 9, 9, 9, 9, 9, 0, 9],
        },
        {"item": "WASHER", "warehouse": "MAIN", "period": 1, "mean": 500, "sd": 100},
    ],
    "promotions": [
        {"item": "NUT-M8", "first": "2026-03-09", "last": "2026-03-15", "uplift": 1.5, "uplift_sd": 0.1}
    ],
    "backorder_queue": [
        {"order_id": "W-1", "item": "NUT-M8", "warehouse": "SHOP", "quantity": 4, "ordered_at": "2026-02-20"},
        {
            "order_id": "W-2",
            "item": "NUT-M8",
            "warehouse": "SHOP",
            "quantity": 3,
            "ordered_at": "2026-02-21T09:30:00",
            "priority": 2,
        },
    ],
}


def good_plan() -> dict[str, Any]:
    """Return the plan, to be changed at will."""
    return copy.deepcopy(_GOOD)
