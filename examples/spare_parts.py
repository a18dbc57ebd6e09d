"""The plan of examples/spare-parts: a dealer who keeps parts for forklifts.

Most parts are asked for now and then: the variance of a week's demand is well above its mean. The cheap
source is ten weeks away and ships in containers; a European house delivers in five days at a third more.
Parts and terms are written by hand, in forklift_parts.py; stock, orders on the way and forecasts are drawn
from a seeded generator.
"""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

from forklift_parts import SUPPLIERS, TERMS, USD, WAREHOUSE, WAREHOUSES, Part, Record, landed, parts

START = date(2026, 11, 23)
PERIODS = 26
CASH_OPENING = 6000.0
CASH_INFLOW = 5700.0


def items(rng: random.Random) -> list[Record]:
    """Return the items: a forklift that stands a week for a part costs its dealer 6 to 20 % of the part."""
    critical = {
        "CONTACTOR-80": 0.9,
        "POTI-ACCEL": 0.9,
        "KEY-SWITCH": 0.95,
        "HOSE-HP-2M": 0.95,
        "BRAKE-SHOE": 0.9,
    }
    return [
        {
            "item": p.item,
            "description": p.description,
            "backorder_cost": round(landed(p) * rng.uniform(0.06, 0.2), 2),
            "storage": {"m3": p.volume},
            **({"service_level": critical[p.item]} if p.item in critical else {}),
            **({"safety_stock": 1} if p.item in ("CONTROLLER-AC", "VALVE-MAIN") else {}),
        }
        for p in parts()
    ]


def offers(rng: random.Random) -> list[Record]:
    """Return every part's own supplier, with breaks for some, and the express house."""
    found: list[Record] = []
    for number, p in enumerate(parts()):
        days, freight = TERMS[p.supplier]
        own: Record = {
            "supplier": p.supplier,
            "item": p.item,
            "supplier_item": f"{p.supplier[:1]}-{4000 + 11 * number}",
            "unit_price": p.price,
            "minimum_order_quantity": p.minimum,
            "order_multiple": p.pack,
            "lead_time": days,
        }
        if freight:
            own["unit_freight"] = round(landed(p) * freight / (1 + freight), 2)
        if p.supplier == "HESSEN" and number % 4 == 0:
            own["price_break_type"] = "incremental"
            own["price_breaks"] = [
                {"minimum_quantity": 2 * p.minimum + 1, "unit_price": round(p.price * 0.97, 2)},
                {"minimum_quantity": 5 * p.minimum + 1, "unit_price": round(p.price * 0.95, 2)},
            ]
        elif number % 5 == 1:
            own["price_breaks"] = [{"minimum_quantity": 3 * p.minimum, "unit_price": round(p.price * 0.96, 2)}]
        found.append(own)
        found.append(
            {
                "supplier": "EXPRESS",
                "item": p.item,
                "supplier_item": f"LX{70000 + 37 * number}",
                "unit_price": round(landed(p) * rng.uniform(1.28, 1.45), 1),
                "unit_freight": round(0.5 + 12 * p.volume, 2),
                "lead_time": 5,
            }
        )
    return found


def demand(rng: random.Random) -> list[Record]:
    """Return one row per part: a flat mean, a variance of 1.3 to 2.6 times the mean."""
    rows: list[Record] = []
    for p in parts():
        mean = round(p.weekly * rng.uniform(0.9, 1.1), 2)
        sd = round(math.sqrt(rng.uniform(1.3, 2.6) * mean), 2)
        rows.append({"item": p.item, "warehouse": WAREHOUSE, "mean": [mean] * PERIODS, "sd": [sd] * PERIODS})
    return rows


def opening(rng: random.Random) -> tuple[list[Record], list[Record], list[Record]]:
    """Return stock, open orders and the queue of waiting workshops on the first morning."""
    stock: list[Record] = []
    queue: list[Record] = []
    orders: list[Record] = []
    for p in parts():
        weeks_away = TERMS[p.supplier][0] / 7
        row: Record = {"item": p.item, "warehouse": WAREHOUSE}
        row["on_hand"] = round(p.weekly * rng.uniform(0.4, 1.0) * (weeks_away + 4))
        if rng.random() < 0.12:
            row |= {"on_hand": 0, "backorders": rng.randint(1, 3)}
            queue.append(workshop_order(rng, p.item, row["backorders"]))
        stock.append(row)
        if p.supplier == "SHANDONG" or (p.supplier == "NAGOYA" and rng.random() < 0.6):
            orders.append(open_order(p, rng.uniform(3.0, 6.0)))
    return stock, orders, queue


def open_order(part: Part, weeks: float) -> Record:
    """Return a line of the container that is at sea, or of the freight that arrives next week."""
    quantity = part.pack * max(1, round(part.weekly * weeks / part.pack))
    by_sea = part.supplier == "SHANDONG"
    receipt = START + timedelta(days=25 if by_sea else 11)
    unpaid = 0.7 if by_sea else 0.8
    return {
        "po_number": "261008-0001" if by_sea else "261011-0002",
        "supplier": part.supplier,
        "item": part.item,
        "warehouse": WAREHOUSE,
        "quantity": quantity,
        "receipt_date": receipt.isoformat(),
        "amount_due": round(unpaid * quantity * part.price * USD, 2),
        "due_date": (receipt + timedelta(days=0 if by_sea else 30)).isoformat(),
    }


def workshop_order(rng: random.Random, item: str, quantity: int) -> Record:
    """Return one waiting workshop's order; a standing forklift has priority 3."""
    return {
        "order_id": f"S{rng.randint(81000, 81999)}",
        "item": item,
        "warehouse": WAREHOUSE,
        "quantity": quantity,
        "ordered_at": (START - timedelta(days=rng.randint(1, 20))).isoformat(),
        "priority": rng.choice((1, 1, 3)),
    }


def plan() -> Record:
    """Return the whole plan."""
    rng = random.Random(4711)
    stock, orders, queue = opening(rng)
    return {
        "format": "procure-plan/1",
        "name": "Spare parts for forklifts: half a year",
        "start_date": START.isoformat(),
        "periods": PERIODS,
        "currency": "EUR",
        "exchange_rates": {"USD": USD},
        "capital": {"cash": {"opening": CASH_OPENING, "inflow": [CASH_INFLOW] * PERIODS}},
        "policy": {"holding_rate": 0.22, "distribution": "auto"},
        "items": items(rng),
        "warehouses": WAREHOUSES,
        "suppliers": SUPPLIERS,
        "offers": offers(rng),
        "stock": stock,
        "open_orders": orders,
        "demand": demand(rng),
        "backorder_queue": queue,
    }
