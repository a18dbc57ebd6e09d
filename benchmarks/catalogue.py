"""Plans of any size with every kind of term, for benchmarks.

`python benchmarks/catalogue.py --items 100 --warehouses 3 --periods 13 --seed 1 -o plan.json` writes one.
The numbers have the shape of a wholesaler's catalogue: a few items sell most, packs and minimums come in
round numbers, the cheap suppliers are far away and every limit is somewhat tighter than what one would like
to buy.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

Record = dict[str, Any]
Terms = Literal["all", "plain"]

START = date(2026, 11, 23)
DOLLAR = 0.92


class Article(NamedTuple):
    """An item: cost [plan currency], volume [m3], demand [units a week over all warehouses]."""

    item: str
    cost: float
    volume: float
    weekly: float
    pack: int
    sources: tuple[int, ...]


def catalogue(
    items: int,
    warehouses: int,
    periods: int,
    suppliers: int | None = None,
    seed: int = 0,
    terms: Terms = "all",
) -> Record:
    """Return a plan in the form of `plan.json`.

    Parameters
    ----------
    items, warehouses, periods
        Size; a period is a week.
    suppliers
        Number of suppliers; by default one for eight items, at least three.
    seed
        The same seed and sizes give the same plan.
    terms
        `all`: every kind of term in realistic proportions. `plain`: minimums, multiples, fixed order costs,
        storage and a budget only.
    """
    rng = random.Random(seed)
    count = suppliers or max(3, round(items / 8))
    distances = [supplier_days(rng, k, periods) for k in range(count)]
    articles = [article(rng, k, count) for k in range(items)]
    sites = [f"W{w + 1}" for w in range(warehouses)]
    shares = [1 / (w + 1.5) for w in range(warehouses)]
    shares = [share / sum(shares) for share in shares]
    plan: Record = {
        "format": "procure-plan/1",
        "name": f"Catalogue {items} x {warehouses} x {periods}, seed {seed}, {terms} terms",
        "start_date": START.isoformat(),
        "periods": periods,
        "currency": "EUR",
        "exchange_rates": {"USD": DOLLAR},
        "items": item_rows(rng, articles, periods, terms),
        "suppliers": [supplier_row(rng, k, distances[k], terms) for k in range(count)],
        "offers": [row for a in articles for row in offer_rows(rng, a, distances, sites, periods, terms)],
        "demand": demand_rows(rng, articles, sites, shares, periods),
    }
    plan |= opening_rows(rng, articles, sites, shares, distances)
    plan |= limits(articles, sites, shares, plan, periods, terms)
    if terms == "all":
        plan["promotions"] = promotion_rows(rng, articles, periods)
        if warehouses > 1:
            plan["lanes"] = lane_rows(sites, plan["warehouses"])
    return plan


def supplier_days(rng: random.Random, number: int, periods: int) -> int:
    """Return a supplier's lead time [days]: a third near, a third on the continent, a third overseas."""
    weeks = ((1, 1), (2, 3), (4, max(4, periods // 2)))[number % 3]
    return 7 * rng.randint(*weeks) - rng.randint(0, 4)


def overseas(days: float) -> bool:
    """Tell whether a lead time is that of an overseas supplier, who sells in dollars."""
    return days > 23


def article(rng: random.Random, number: int, suppliers: int) -> Article:
    """Return one item; demand is long-tailed, dear items sell less and have smaller packs."""
    weekly = min(400.0, max(0.3, rng.lognormvariate(2.0, 1.3)))
    cost = min(900.0, max(0.8, rng.lognormvariate(3.2, 1.0) / (1 + weekly / 60)))
    pack = min(rng.choice((1, 2, 4, 6, 10, 12, 24)), max(1, round(weekly)))
    sources = tuple(rng.sample(range(suppliers), min(suppliers, rng.choice((1, 2, 2, 3)))))
    return Article(
        f"SKU-{number + 1:05d}", round(cost, 2), round(0.0006 * cost**0.6, 5), round(weekly, 2), pack, sources
    )


def item_rows(rng: random.Random, articles: list[Article], periods: int, terms: Terms) -> list[Record]:
    """Return the items; a unit that waits a week costs 5 to 20 % of its cost."""
    rows: list[Record] = []
    for a in articles:
        row: Record = {
            "item": a.item,
            "backorder_cost": round(max(0.02, a.cost * rng.uniform(0.05, 0.2)), 3),
            "storage": {"m3": a.volume},
        }
        if terms == "all":
            row |= item_terms(rng, a, periods)
        rows.append(row)
    return rows


def item_terms(rng: random.Random, a: Article, periods: int) -> Record:
    """Return what is special about an item: one in ten has a service level, one in twenty a shelf life."""
    draw = rng.random()
    if draw < 0.10:
        return {"service_level": rng.choice((0.9, 0.95, 0.98))}
    if draw < 0.15:
        return {"max_cover_days": rng.choice((42, 60, 90))}
    if draw < 0.20:
        return {"safety_stock": round(a.weekly * 0.3)}
    if draw < 0.23:
        return {"phase_out": (START + timedelta(weeks=periods * 2 // 3)).isoformat()}
    return {"holding_cost": round(a.cost * 0.25 * 7 / 365, 4)} if draw < 0.30 else {}


def supplier_row(rng: random.Random, number: int, days: int, terms: Terms) -> Record:
    """Return a supplier; the kind of terms follows its distance and, within that, its number."""
    far = overseas(days)
    row: Record = {
        "supplier": f"S{number + 1:03d}",
        "currency": "USD" if far else "EUR",
        "fixed_order_cost": rng.choice((80, 120, 160)) if far else rng.choice((15, 25, 40)),
    }
    if terms == "plain":
        return row
    row["minimum_order_value"] = rng.choice((1500, 2500, 4000)) if far else rng.choice((150, 300, 500))
    row["payment_terms"] = (
        {"deposit": 0.3, "net_days": 0, "from": "receipt"}
        if far
        else {"net_days": rng.choice((0, 14, 30)), "from": "receipt"}
    )
    if number % 2 == 0:
        base = row["minimum_order_value"]
        row["order_discounts"] = [
            {"minimum_order_value": 3 * base, "discount": 0.02},
            {"minimum_order_value": 6 * base, "discount": 0.04},
        ]
    if far and number % 2 == 0:
        row["container"] = {"resource": "m3", "size": 3, "cost": 320, "minimum_fill": 0.6}
    elif far:
        row["order_every"] = 2
    if number % 5 == 1:
        row["closures"] = [{"first": "2026-12-21", "last": "2027-01-03"}]
    if number % 7 == 3:
        row["capacity"] = {"value": 30000}
    return row


def offer_rows(
    rng: random.Random, a: Article, distances: list[int], sites: list[str], periods: int, terms: Terms
) -> list[Record]:
    """Return the offers of an item: the farther its supplier, the cheaper, with larger minimums."""
    rows: list[Record] = []
    for source in a.sources:
        days = distances[source]
        far = overseas(days)
        price = a.cost * (1.15 - 0.05 * min(6, days / 7)) * rng.uniform(0.97, 1.03)
        minimum = a.pack * max(1, round(a.weekly * rng.uniform(0.5, 3.0 if far else 1.0) / a.pack))
        row: Record = {
            "supplier": f"S{source + 1:03d}",
            "item": a.item,
            "unit_price": round(price / (DOLLAR if far else 1.0), 2),
            "minimum_order_quantity": minimum,
            "order_multiple": a.pack,
            "lead_time": days,
        }
        if far:
            row["unit_freight"] = round(0.04 * price, 3)
        if terms == "all":
            row |= offer_terms(rng, row, sites, periods)
        rows.append(row)
    if terms == "all" and rng.random() < 0.08:
        rows.append(pallet(rows[0], a))
    return rows


def offer_terms(rng: random.Random, row: Record, sites: list[str], periods: int) -> Record:
    """Return an offer's breaks, limits, warehouses and validity; most offers have none."""
    extra: Record = {}
    draw, minimum, price = rng.random(), row["minimum_order_quantity"], row["unit_price"]
    if draw < 0.3:
        extra["price_breaks"] = [
            {"minimum_quantity": 3 * minimum, "unit_price": round(price * 0.96, 2)},
            {"minimum_quantity": 8 * minimum, "unit_price": round(price * 0.92, 2)},
        ]
        extra["price_break_type"] = "incremental" if draw < 0.1 else "all_units"
    if rng.random() < 0.05:
        extra["maximum_order_quantity"] = 12 * minimum
    if rng.random() < 0.05:
        extra["capacity"] = 15 * minimum
    if rng.random() < 0.1:
        extra["fixed_line_cost"] = 3
    if rng.random() < 0.04:
        extra["valid_to"] = (START + timedelta(weeks=periods // 2)).isoformat()
    if len(sites) > 1 and overseas(row["lead_time"]):
        extra["warehouses"] = sites[:1]
    return extra


def pallet(row: Record, a: Article) -> Record:
    """Return a second offer of the same supplier for the same item: whole pallets, somewhat cheaper."""
    plain = {key: row[key] for key in ("supplier", "item", "lead_time", "warehouses", "unit_freight") if key in row}
    size = a.pack * max(4, round(4 * a.weekly / a.pack))
    return plain | {"unit_price": round(row["unit_price"] * 0.9, 2), "order_multiple": size}


def demand_rows(
    rng: random.Random, articles: list[Article], sites: list[str], shares: list[float], periods: int
) -> list[Record]:
    """Return the forecasts; slow items are Poisson-like or worse, a third of all has a season."""
    rows: list[Record] = []
    for a in articles:
        swing = rng.choice((0.0, 0.0, 0.4))
        error = rng.uniform(0.2, 0.5)
        for site, share in zip(sites, shares, strict=True):
            level = a.weekly * share * rng.uniform(0.7, 1.3)
            mean = [round(max(0.02, level * (1 + swing * math.sin(0.35 * t))), 2) for t in range(periods)]
            sd = [round(max(math.sqrt(1.05 * m), error * m), 2) for m in mean]
            rows.append({"item": a.item, "warehouse": site, "mean": mean, "sd": sd})
    return rows


def opening_rows(
    rng: random.Random, articles: list[Article], sites: list[str], shares: list[float], distances: list[int]
) -> Record:
    """Return stock, open orders and the queue of waiting customers."""
    stock: list[Record] = []
    orders: list[Record] = []
    queue: list[Record] = []
    for number, a in enumerate(articles):
        weeks_away = min(distances[s] for s in a.sources) / 7
        for site, share in zip(sites, shares, strict=True):
            on_hand = round(a.weekly * share * rng.uniform(0.5, 1.6) * (weeks_away + 1))
            row: Record = {"item": a.item, "warehouse": site, "on_hand": on_hand}
            if rng.random() < 0.05:
                row |= {"on_hand": 0, "backorders": rng.randint(1, 5)}
                queue.append(
                    {
                        "order_id": f"C{number + 1:05d}-{site}",
                        "item": a.item,
                        "warehouse": site,
                        "quantity": row["backorders"],
                        "ordered_at": (START - timedelta(days=rng.randint(1, 14))).isoformat(),
                    }
                )
            stock.append(row)
        if rng.random() < 0.25:
            orders.append(
                {
                    "po_number": f"261109-{number + 1:04d}",
                    "supplier": f"S{a.sources[0] + 1:03d}",
                    "item": a.item,
                    "warehouse": sites[0],
                    "quantity": a.pack * max(1, round(a.weekly / a.pack)),
                    "receipt_date": (START + timedelta(days=rng.randint(1, 20))).isoformat(),
                }
            )
    return {"stock": stock, "open_orders": orders, "backorder_queue": queue}


def limits(
    articles: list[Article], sites: list[str], shares: list[float], plan: Record, periods: int, terms: Terms
) -> Record:
    """Return warehouses and capital: room for some weeks of demand, about as much money."""
    volume = {a.item: a.volume for a in articles}
    start = dict.fromkeys(sites, 0.0)
    for row in plan["stock"]:
        start[row["warehouse"]] += volume[row["item"]] * row["on_hand"]
    for row in plan["open_orders"]:
        start[row["warehouse"]] += volume[row["item"]] * row["quantity"]
    weekly_volume = sum(a.volume * a.weekly for a in articles)
    weekly_value = sum(a.cost * a.weekly for a in articles)
    rows = [
        {
            "warehouse": site,
            "capacity": {"m3": round(max(start[site] * 1.02, 3.2 * share * weekly_volume), 2)},
        }
        for site, share in zip(sites, shares, strict=True)
    ]
    budget = [round(weekly_value * 2.5)] + [round(weekly_value)] * (periods - 1)
    capital: Record = {"order_budget": budget}
    if terms == "all":
        capital["cash"] = {"opening": round(1.5 * weekly_value), "inflow": [round(weekly_value)] * periods}
        capital["inventory_value"] = round(weekly_value * 9)
    return {"warehouses": rows, "capital": capital}


def promotion_rows(rng: random.Random, articles: list[Article], periods: int) -> list[Record]:
    """Return a promotion of one to three weeks for one item in fifteen."""
    rows: list[Record] = []
    for a in articles[::15]:
        first = START + timedelta(weeks=rng.randint(0, periods - 1))
        last = first + timedelta(days=7 * rng.randint(1, 3) - 1)
        rows.append(
            {
                "item": a.item,
                "first": first.isoformat(),
                "last": last.isoformat(),
                "uplift": rng.choice((1.3, 1.6, 2.0)),
                "uplift_sd": 0.2,
            }
        )
    return rows


def lane_rows(sites: list[str], warehouses: list[Record]) -> list[Record]:
    """Return a lane from the first warehouse to each other one, with room for a tenth of the first a week."""
    room = round(warehouses[0]["capacity"]["m3"] * 0.1, 2)
    return [
        {
            "from": sites[0],
            "to": site,
            "lead_time": 2,
            "unit_cost": 0.3,
            "fixed_cost": 40,
            "capacity": {"m3": room},
        }
        for site in sites[1:]
    ]


def main() -> None:
    """Write a plan to a file."""
    parser = argparse.ArgumentParser(description="Write a benchmark plan.")
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--warehouses", type=int, default=3)
    parser.add_argument("--periods", type=int, default=13)
    parser.add_argument("--suppliers", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--terms", choices=("all", "plain"), default="all")
    parser.add_argument("-o", "--out", type=Path, default=Path("plan.json"))
    options = vars(parser.parse_args())
    out: Path = options.pop("out")
    out.write_text(json.dumps(catalogue(**options)), encoding="utf-8")


if __name__ == "__main__":
    main()
