"""The plan of examples/outdoor-shop: an outdoor retailer in the weeks around Christmas.

Names, prices, pack sizes and lead times are written by hand, in outdoor_assortment.py. What a shop would
read off its systems on the day (stock, open orders, forecasts) is drawn from a seeded generator, so the
same plan comes out every time.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from outdoor_assortment import (
    EXTRAS,
    LANES,
    PROMOTIONS,
    SEASON,
    SHARE,
    SUPPLIERS,
    TERMS,
    USD,
    WAREHOUSES,
    Record,
    articles,
    landed,
)

START = date(2026, 11, 23)
PERIODS = 13
ORDER_BUDGET = [175, 90, 120, 20, 90, 80, 180, 40, 180, 40, 90, 40, 30]  # thousand EUR a week
LAUNCH = date(2027, 1, 18)


def items(rng: random.Random) -> list[Record]:
    """Return the items: a customer who waits a week costs 5 to 18 % of the unit's cost."""
    return [
        {
            "item": a.item,
            "description": a.description,
            "backorder_cost": round(landed(a) * rng.uniform(0.05, 0.18), 2),
            "storage": {"m3": a.volume},
            **EXTRAS.get(a.item, {}),
        }
        for a in articles()
    ]


def offers(rng: random.Random) -> list[Record]:
    """Return every article's own supplier and, for two in three, the wholesaler: dearer, but in two days."""
    found: list[Record] = []
    for number, a in enumerate(articles()):
        days, freight, served = TERMS[a.supplier]
        own: Record = {
            "supplier": a.supplier,
            "item": a.item,
            "supplier_item": f"{a.supplier[:2]}{1000 + 7 * number}",
            "warehouses": list(served),
            "unit_price": a.price,
            "minimum_order_quantity": a.minimum,
            "order_multiple": a.pack,
            "lead_time": days,
        }
        if freight:
            own["unit_freight"] = round(landed(a) * freight / (1 + freight), 2)
        if number % 4 == 1:
            own["price_breaks"] = [{"minimum_quantity": 4 * a.minimum, "unit_price": round(a.price * 0.95, 2)}]
        if a.item == "JACKET-DOWN-25":
            own["valid_to"] = "2026-11-30"
        if a.item == "TENT-AURORA-2":
            own["valid_from"] = "2026-12-14"
        found.append(own)
        if number % 3 and a.supplier != "HOFGUT" and a.item != "TENT-AURORA-2":
            price = round(landed(a) * rng.uniform(1.10, 1.22), 1)
            found.append(
                {
                    "supplier": "TREK",
                    "item": a.item,
                    "supplier_item": f"{60000 + 13 * number}",
                    "unit_price": price,
                    "order_multiple": 1 if a.price > 30 else max(2, a.pack // 4),
                    "lead_time": 2,
                }
            )
    return found


def demand(rng: random.Random) -> list[Record]:
    """Return the weekly forecasts; the launch sells nothing before its day."""
    rows: list[Record] = []
    for a in articles():
        for warehouse, share in SHARE.items():
            level = a.weekly * share * rng.uniform(0.85, 1.15)
            error = rng.uniform(0.2, 0.4) + 0.2 * (level < 3)
            for period in range(PERIODS):
                day = START + timedelta(weeks=period)
                mean = round(level * SEASON[a.season][period], 1)
                if mean <= 0 or (a.item == "TENT-AURORA-2" and day < LAUNCH):
                    continue
                sd = round(max(0.1, mean * error), 1)
                rows.append({"item": a.item, "warehouse": warehouse, "date": day.isoformat(), "mean": mean, "sd": sd})
    return rows


def opening(rng: random.Random) -> tuple[list[Record], list[Record], list[Record]]:
    """Return stock, open orders and the queue of waiting customers on the first morning."""
    stock: list[Record] = []
    orders: list[Record] = []
    queue: list[Record] = []
    for a in articles():
        if a.item == "TENT-AURORA-2":
            continue
        weeks_away = TERMS[a.supplier][0] / 7
        for warehouse, share in SHARE.items():
            central = warehouse == "KASSEL"
            weekly = a.weekly * (1.0 if central else share)
            cover = rng.uniform(0.7, 1.2) * (weeks_away + 1) if central else rng.uniform(1.0, 2.4)
            cover *= 1.4 if a.season == "gift" and central else 1.0
            row: Record = {"item": a.item, "warehouse": warehouse, "on_hand": round(weekly * cover)}
            if rng.random() < 0.06:
                waiting = [rng.randint(1, 3) for _ in range(rng.randint(1, 3))]
                row |= {"on_hand": 0, "backorders": sum(waiting)}
                queue += [customer_order(rng, a.item, warehouse, quantity) for quantity in waiting]
            stock.append(row)
        if weeks_away > 4 and rng.random() < 0.75:
            quantity = a.pack * max(1, round(a.weekly * rng.uniform(1.5, 3.0) / a.pack))
            receipt = START + timedelta(days=7 * rng.randint(0, 3) + 2)
            ordered = receipt - timedelta(days=TERMS[a.supplier][0])
            orders.append(
                {
                    "po_number": f"{ordered:%y%m%d}-{1 if a.supplier == 'KINSEI' else 2:04d}",
                    "supplier": a.supplier,
                    "item": a.item,
                    "warehouse": "KASSEL",
                    "quantity": quantity,
                    "receipt_date": receipt.isoformat(),
                }
            )
    return stock, orders, queue


def customer_order(rng: random.Random, item: str, warehouse: str, quantity: int) -> Record:
    """Return one waiting customer's order, one to twelve days old."""
    return {
        "order_id": f"W{rng.randint(40000, 49999)}",
        "item": item,
        "warehouse": warehouse,
        "quantity": quantity,
        "ordered_at": (START - timedelta(days=rng.randint(1, 12))).isoformat(),
        "priority": rng.choice((1, 1, 1, 2)),
    }


def plan() -> Record:
    """Return the whole plan."""
    rng = random.Random(2026)
    stock, orders, queue = opening(rng)
    return {
        "format": "procure-plan/1",
        "name": "Outdoor shop: Black Friday to February",
        "start_date": START.isoformat(),
        "periods": PERIODS,
        "currency": "EUR",
        "exchange_rates": {"USD": USD},
        "capital": {"order_budget": [1000 * amount for amount in ORDER_BUDGET]},
        "policy": {"holding_rate": 0.25, "uncertainty": "protection"},
        "items": items(rng),
        "warehouses": WAREHOUSES,
        "suppliers": SUPPLIERS,
        "offers": offers(rng),
        "lanes": LANES,
        "stock": stock,
        "open_orders": orders,
        "demand": demand(rng),
        "promotions": PROMOTIONS,
        "backorder_queue": queue,
    }
