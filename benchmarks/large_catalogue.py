"""Catalogues of any size, made as whole columns, for benchmarks of loading and of planning at scale.

`python benchmarks/large_catalogue.py --items 333334 --terms all -o big` writes a folder of Parquet files. The numbers
have the shape of a wholesaler's catalogue: a few items sell most, packs and minimums come in round numbers, and the
cheap suppliers are far away. Ordering nothing keeps every limit.

Terms, each with those before it: `plain` has packs, lead times and room in the warehouses; `lines` minimums and fixed
costs per order line; `orders` fixed costs and minimums per purchase order; `all` price breaks, order discounts,
calendars, currencies, service levels, open orders and a budget that binds in some weeks.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from procure.plan.arrow_plan import Form, plan_of_tables, write_plan_folder
from procure.plan.records import Plan

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Terms = Literal["plain", "lines", "orders", "all"]

LEVELS: tuple[Terms, ...] = ("plain", "lines", "orders", "all")
START = date(2026, 11, 23)
DOLLAR = 0.92
ITEMS_PER_SUPPLIER = 50
WEEKS = np.array([1, 2, 3, 13])
PRICES = np.array([1.10, 1.05, 1.00, 0.86])
FAR = 3
"""Position of the farthest kind of supplier, who sells in dollars."""


@dataclass(frozen=True)
class Size:
    """How large a catalogue is; a period is a week."""

    items: int
    warehouses: int = 3
    periods: int = 13
    suppliers: int | None = None

    @property
    def sellers(self) -> int:
        """Number of suppliers: as asked for, or one for so many items and at least four."""
        return self.suppliers or max(4, self.items // ITEMS_PER_SUPPLIER)

    @property
    def leads(self) -> Indices:
        """Weeks of lead time by kind of supplier; the farthest still arrive in the first half of the horizon."""
        return np.minimum(WEEKS, max(1, self.periods // 2))


class Catalogue:
    """A catalogue being made; every column follows from size, terms and seed."""

    def __init__(self, size: Size, terms: Terms = "all", seed: int = 0) -> None:
        self.size, self.terms = size, terms
        self._rng = np.random.default_rng([seed, 2026])
        self._level = LEVELS.index(terms)
        n = size.items
        self.weekly = np.clip(self._rng.lognormal(2.0, 1.3, n), 0.3, 400.0)
        self.cost = np.clip(self._rng.lognormal(3.2, 1.0, n) / (1 + self.weekly / 60), 0.8, 900.0).round(2)
        self.volume = (0.0006 * self.cost**0.6).round(5)
        packs = self._rng.choice([1, 2, 4, 6, 10, 12, 24, 48], n)
        self.pack = np.minimum(packs, np.maximum(1.0, self.weekly.round()))
        shares = 1 / (np.arange(size.warehouses) + 1.5)
        level = self.weekly[:, None] * (shares / shares.sum()) * self._rng.uniform(0.7, 1.3, (n, size.warehouses))
        self.level = level.ravel()
        self.ids = pa.array(np.char.add("SKU-", np.char.zfill(np.arange(1, n + 1).astype(str), 7)))
        self.sites = pa.array([f"W{w + 1}" for w in range(size.warehouses)])

    def has(self, terms: Terms) -> bool:
        """Whether the catalogue has the terms of a level."""
        return self._level >= LEVELS.index(terms)

    @cached_property
    def mean_and_sd(self) -> tuple[Array, Array]:
        """Forecast of each cell and week: a third has a season; a third each is Poisson, wider, and narrower."""
        n, t = len(self.level), np.arange(self.size.periods)
        swing = self._rng.choice([0.0, 0.0, 0.4], n)[:, None]
        phase = self._rng.uniform(0, 2 * np.pi, n)[:, None]
        mean = np.maximum(0.02, self.level[:, None] * (1 + swing * np.sin(0.35 * t + phase))).round(2)
        kind, spread = self._rng.integers(0, 3, n)[:, None], self._rng.uniform(1.1, 3.0, n)[:, None]
        error = self._rng.uniform(0.2, 0.5, n)[:, None]
        sd = np.where(kind == 0, np.sqrt(mean), np.where(kind == 1, np.sqrt(spread * mean), error * mean))
        return mean, np.maximum(0.01, sd).round(2)

    @cached_property
    def offers(self) -> dict[str, Any]:
        """One to three offers an item, the first from a supplier nearby, each of another supplier."""
        n, sellers = self.size.items, self.size.sellers
        count = np.minimum(self._rng.choice([1, 2, 3], n, p=[0.4, 0.35, 0.25]), sellers)
        item = np.repeat(np.arange(n), count)
        rank = np.arange(len(item)) - np.repeat(np.cumsum(count) - count, count)
        first = self._rng.integers(0, sellers, n)
        first = np.where(first % len(WEEKS) == FAR, (first + 1) % sellers, first)
        step = self._rng.integers(1, max(2, sellers // 3), n)
        seller = (first[item] + rank * step[item]) % sellers
        kind = seller % len(WEEKS)
        price = self.cost[item] * PRICES[kind] * self._rng.uniform(0.97, 1.03, len(item))
        rounds = np.maximum(1.0, (self.weekly[item] * self._rng.uniform(0.4, 1.5, len(item)) / self.pack[item]).round())
        least = self.pack[item] * rounds if self.has("lines") else np.zeros(len(item))
        return {"item": item, "seller": seller, "kind": kind, "price": price, "least": least}

    def offer_table(self) -> pa.Table:
        """The offers; half cost something per line, three in ten have price breaks."""
        o, n = self.offers, len(self.offers["item"])
        dollars = (o["kind"] == FAR) & self.has("all")
        price = (o["price"] / np.where(dollars, DOLLAR, 1.0)).round(2)
        columns = {
            "supplier": _names("S", 5, self.size.sellers).take(pa.array(o["seller"])),
            "item": self.ids.take(pa.array(o["item"])),
            "unit_price": price,
            "order_multiple": self.pack[o["item"]],
            "lead_time": (7.0 * self.size.leads[o["kind"]] - self._rng.integers(0, 5, n)),
        }
        if self.has("lines"):
            fee = self._rng.choice([2.0, 3.0, 5.0], n) * (self._rng.random(n) < 0.5)
            columns |= {"minimum_order_quantity": o["least"], "fixed_line_cost": fee}
        if self.has("all"):
            columns["unit_freight"] = np.where(o["kind"] == FAR, 0.04 * o["price"], 0.0).round(3)
            columns |= self._breaks(price, np.maximum(o["least"], self.pack[o["item"]]))
        return pa.table(columns)

    def _breaks(self, price: Array, least: Array) -> dict[str, Any]:
        draw = self._rng.random(len(price))
        units = np.column_stack([3 * least, 8 * least])
        prices = np.column_stack([price * 0.96, price * 0.92]).round(2)
        some = draw < 0.3
        pairs = pa.StructArray.from_arrays(
            [pa.array(units[some].ravel()), pa.array(prices[some].ravel())], ["minimum_quantity", "unit_price"]
        )
        starts = np.concatenate([[0], np.cumsum(np.where(some, 2, 0))])
        breaks = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), pairs, mask=pa.array(~some))
        return {"price_breaks": breaks, "price_break_type": np.where(draw < 0.1, "incremental", "all_units")}

    def item_table(self) -> pa.Table:
        """The items; a unit that waits a week costs 5 to 20 % of its cost, one item in ten has a service level."""
        n = self.size.items
        wait = np.maximum(0.02, self.cost * self._rng.uniform(0.05, 0.2, n)).round(3)
        columns: dict[str, Any] = {"item": self.ids, "backorder_cost": wait, "storage.m3": self.volume}
        if self.has("all"):
            level = self._rng.choice([0.9, 0.95, 0.98], n)
            columns["service_level"] = pa.array(level, mask=self._rng.random(n) >= 0.1)
        return pa.table(columns)

    def suppliers(self) -> list[dict[str, Any]]:
        """The suppliers; what they ask of a purchase order grows with their distance."""
        return [self._supplier(k) for k in range(self.size.sellers)]

    def _supplier(self, number: int) -> dict[str, Any]:
        far = number % len(WEEKS) == FAR
        row: dict[str, Any] = {"supplier": f"S{number + 1:05d}"}
        if self.has("orders"):
            row["fixed_order_cost"] = float(self._rng.choice([80, 120, 160] if far else [15, 25, 40]))
            row["minimum_order_value"] = float(self._rng.choice([1500, 2500, 4000] if far else [150, 300, 500]))
        if self.has("all"):
            row |= {"currency": "USD" if far else "EUR"} | _supplier_terms(number, row["minimum_order_value"])
        return row

    @cached_property
    def opening(self) -> tuple[Array, Array]:
        """On hand and backorders of each cell: cover for the lead time; one cell in twenty has sold out."""
        o = self.offers
        first = np.concatenate([[0], np.flatnonzero(np.diff(o["item"])) + 1])
        weeks = np.repeat(self.size.leads[o["kind"][first]], self.size.warehouses)
        on_hand = (self.level * self._rng.uniform(0.5, 1.6, len(self.level)) * (weeks + 1)).round()
        out = self._rng.random(len(self.level)) < 0.05
        waiting = np.where(out, self._rng.integers(1, 6, len(self.level)), 0).astype(float)
        return np.where(out, 0.0, on_hand), waiting

    @cached_property
    def arriving(self) -> dict[str, Any]:
        """Open orders of one item in four, at its first warehouse, in the first three weeks."""
        item = np.flatnonzero(self._rng.random(self.size.items) < (0.25 if self.has("all") else 0.0))
        units = self.pack[item] * np.maximum(1.0, (self.weekly[item] / self.pack[item]).round())
        return {"item": item, "units": units, "day": self._rng.integers(1, 21, len(item))}

    def open_order_table(self) -> pa.Table:
        """What is on its way."""
        a = self.arriving
        day = np.datetime64(START) + a["day"].astype("timedelta64[D]")
        number = np.char.add("P", np.char.zfill(np.arange(len(a["item"])).astype(str), 7))
        columns = {
            "po_number": number,
            "item": self.ids.take(pa.array(a["item"])),
            "warehouse": self.sites.take(pa.array(np.zeros(len(a["item"]), dtype=np.int64))),
            "quantity": a["units"],
            "receipt_date": pa.array(day, pa.date32()),
        }
        return pa.table(columns)

    def cell_table(self, **columns: Any) -> pa.Table:
        """A table with a row for each item and warehouse."""
        item, site = np.divmod(np.arange(len(self.level)), self.size.warehouses)
        ids, sites = self.ids.take(pa.array(item)), self.sites.take(pa.array(site))
        return pa.table({"item": ids, "warehouse": sites, **columns})

    def room(self) -> Array:
        """Capacity of each warehouse: for what is there, and for most of what one would like to keep [m3]."""
        item, site = np.divmod(np.arange(len(self.level)), self.size.warehouses)
        on_hand, _ = self.opening
        kept = np.maximum(self.pack[item], self._typical_order()[item]) / 2 + 1.5 * self.level + 2 * np.sqrt(self.level)
        start, wanted = (np.bincount(site, self.volume[item] * units) for units in (on_hand, kept))
        start[0] += float(self.volume[self.arriving["item"]] @ self.arriving["units"])
        return np.maximum(1.05 * start, 0.9 * wanted).round(2)

    def _typical_order(self) -> Array:
        typical = np.zeros(self.size.items)
        np.maximum.at(typical, self.offers["item"], self.offers["least"])
        return typical

    def settings(self, seed: int) -> dict[str, Any]:
        """The scalars of the plan."""
        size, weekly = self.size, round(float(self.cost @ self.weekly))
        name = f"Large catalogue {size.items} x {size.warehouses} x {size.periods}, seed {seed}, {self.terms} terms"
        found: dict[str, Any] = {
            "format": "procure-plan/1",
            "name": name,
            "start_date": START,
            "periods": size.periods,
            "currency": "EUR",
        }
        if self.has("all"):
            found["exchange_rates"] = {"USD": DOLLAR}
            found["capital"] = {"order_budget": [2.5 * weekly] + [1.1 * weekly] * (size.periods - 1)}
        return found

    def tables(self) -> dict[str, pa.Table]:
        """The tables of the plan."""
        mean, sd = self.mean_and_sd
        on_hand, waiting = self.opening
        room = self.room().tolist()
        found = {
            "items": self.item_table(),
            "warehouses": pa.table({"warehouse": self.sites, "capacity.m3": room}),
            "suppliers": pa.Table.from_pylist(self.suppliers()),
            "offers": self.offer_table(),
            "stock": self.cell_table(on_hand=on_hand, backorders=waiting),
            "demand": self.cell_table(mean=_lists(mean), sd=_lists(sd)),
        }
        if len(self.arriving["item"]):
            found["open_orders"] = self.open_order_table()
        return found


def _supplier_terms(number: int, least: float) -> dict[str, Any]:
    """Order discounts of every second supplier, order days of every third, a closure of every fifth."""
    terms: dict[str, Any] = {"order_discounts": None, "order_every": 2 if number % 3 == 1 else 1, "closures": None}
    if number % 2 == 0:
        steps = ((3 * least, 0.02), (6 * least, 0.04))
        terms["order_discounts"] = [{"minimum_order_value": value, "discount": share} for value, share in steps]
    if number % 5 == 1:
        first = START + timedelta(weeks=4)
        terms["closures"] = [{"first": first, "last": first + timedelta(days=13)}]
    return terms


def _names(prefix: str, digits: int, count: int) -> pa.Array:
    return pa.array([f"{prefix}{k + 1:0{digits}d}" for k in range(count)])


def _lists(values: Array) -> pa.Array:
    starts = np.arange(len(values) + 1, dtype=np.int64) * values.shape[1]
    return pa.LargeListArray.from_arrays(pa.array(starts), pa.array(values.ravel()))


def large_catalogue(size: Size, terms: Terms = "all", seed: int = 0) -> Plan:
    """Return a plan, with all checks.

    Parameters
    ----------
    size
        How large it is.
    terms
        Which terms it has; see the top of the module.
    seed
        The same seed, size and terms give the same plan.
    """
    catalogue = Catalogue(size, terms, seed)
    return plan_of_tables(catalogue.settings(seed), catalogue.tables())


def main() -> None:
    """Write a catalogue as a folder."""
    parser = argparse.ArgumentParser(description="Write a large benchmark plan.")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--warehouses", type=int, default=3)
    parser.add_argument("--periods", type=int, default=13)
    parser.add_argument("--suppliers", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--terms", choices=LEVELS, default="all")
    parser.add_argument("--form", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("-o", "--out", type=Path, default=Path("large-catalogue"))
    given = parser.parse_args()
    size = Size(given.items, given.warehouses, given.periods, given.suppliers)
    form: Form = given.form
    write_plan_folder(large_catalogue(size, given.terms, given.seed), given.out, form)


if __name__ == "__main__":
    main()
