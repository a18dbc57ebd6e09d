"""The bare bones of a random tiny plan: items, places, suppliers, offers, stock and demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

Record = dict[str, Any]

ITEMS = ("I1", "I2")
PLACES = ("W1", "W2")
SUPPLIERS = ("S1", "S2")


class Draft:
    """A plan in the making, with the random numbers that make it."""

    def __init__(self, rng: np.random.Generator, features: frozenset[str]) -> None:
        self.rng = rng
        self.features = features
        self.periods = self.pick([2, 3, 3] if "lanes" in features else [2, 3, 3, 4, 4])
        self.length = int(rng.choice([7, 7, 7, 7, 5, 10, 14]))
        self.start = date(2026, 1, 5) + timedelta(days=int(rng.integers(0, 300)))
        self.plan: Record = {
            "format": "procure-plan/1",
            "name": "tiny",
            "start_date": self.start.isoformat(),
            "periods": self.periods,
            "period_days": self.length,
            "currency": "EUR",
        }
        self.policy: Record = {"distribution": "auto"}
        self.capital: Record = {}
        self._bones()

    # --- random picks -------------------------------------------------------------------------

    def pick(self, choices: Sequence[Any]) -> Any:
        """Pick one of a few values."""
        return choices[int(self.rng.integers(len(choices)))]

    def money(self, low: float, high: float) -> float:
        """Pick an amount with two decimals."""
        return round(float(self.rng.uniform(low, high)), 2)

    def chance(self, probability: float) -> bool:
        """Toss a coin."""
        return bool(self.rng.random() < probability)

    def has(self, feature: str) -> bool:
        """Tell whether a feature is switched on."""
        return feature in self.features

    def date(self, period: float) -> str:
        """ISO date of so many periods after the start."""
        return (self.start + timedelta(days=round(period * self.length))).isoformat()

    # --- bones --------------------------------------------------------------------------------

    def _bones(self) -> None:
        two_items = self.has("two_items") or self.chance(0.3)
        two_places = self.has("lanes") or self.has("two_warehouses")
        items, places = ITEMS[: 1 + two_items], PLACES[: 1 + two_places]
        suppliers = SUPPLIERS[: 1 + self.has("two_suppliers")]
        self.plan["items"] = [self._item(item) for item in items]
        self.plan["warehouses"] = [{"warehouse": place} for place in places]
        self.plan["suppliers"] = [{"supplier": supplier, "currency": "EUR"} for supplier in suppliers]
        self.plan["offers"] = self._offers(items, suppliers)
        self.plan["stock"] = [
            {"item": item, "warehouse": place, "on_hand": int(self.rng.integers(0, 5))}
            for item in items
            for place in places
            if self.chance(0.7)
        ]
        self.plan["demand"] = [row for item in items for place in places for row in self._demand(item, place)]

    def _item(self, item: str) -> Record:
        row: Record = {"item": item, "backorder_cost": self.money(0.8, 6)}
        if self.chance(0.8):
            row["holding_cost"] = self.money(0.05, 0.9)
        return row

    def _offers(self, items: Sequence[str], suppliers: Sequence[str]) -> list[Record]:
        pairs = [("S1", item) for item in items] + [("S2", item) for item in items if "S2" in suppliers]
        if self.has("several_offers"):
            pairs.append(("S1", items[0]))
        offers = [self._offer(supplier, item) for supplier, item in pairs]
        if self.has("offer_ids"):
            for number, offer in enumerate(offers):
                offer["offer"] = f"offer-{number}"
        return offers

    def _offer(self, supplier: str, item: str) -> Record:
        multiple, levels = self.pick([1, 2, 2, 3, 4]), self.pick([2, 3, 3, 4])
        longest = (self.periods - 1) * self.length
        leads = [0, 0, 2, self.length, self.length, self.length + 3]
        return {
            "supplier": supplier,
            "item": item,
            "unit_price": self.money(1, 6),
            "order_multiple": multiple,
            "maximum_order_quantity": multiple * levels,
            "lead_time": self.pick([lead for lead in leads if lead <= longest]),
        }

    # --- demand -------------------------------------------------------------------------------

    def _demand(self, item: str, place: str) -> list[Record]:
        means = [self.pick([0, 1, 2, 2.5, 3, 4, 6]) for _ in range(self.periods)]
        sds = [self._sd(mean) for mean in means]
        cell = {"item": item, "warehouse": place}
        if self.has("demand_lists"):
            return [{**cell, "mean": means, "sd": sds}]
        rows = [self._row(cell, t, mean, sd) for t, (mean, sd) in enumerate(zip(means, sds, strict=True))]
        return [part for row in rows if row["mean"] > 0 for part in self._dated(row)]

    def _sd(self, mean: float) -> float:
        """Standard deviation: near Poisson, above it or below it, so that each family occurs."""
        if mean == 0 or self.has("known_demand"):
            return 0.0
        scale = self.pick([0.4, 0.6, 1.0, 1.3, 1.7]) if self.chance(0.8) else 0.0
        return round(float(scale * mean**0.5), 3)

    def _row(self, cell: Mapping[str, str], t: int, mean: float, sd: float) -> Record:
        row: Record = {**cell, "period": t, "mean": mean}
        return {**row, "sd": sd} if sd > 0 else row

    def _dated(self, row: Record) -> list[Record]:
        """Turn a row by period into two rows by date, when dates are asked for."""
        if not self.has("demand_dates"):
            return [row]
        t = row.pop("period")
        later = {**row, "date": (self.start + timedelta(days=(t + 1) * self.length - 1)).isoformat()}
        return [{**row, "date": self.date(t)}, {**later, "mean": 0.5}]

    def finished(self) -> Record:
        """The plan with its policy and capital."""
        extra = {"policy": self.policy, "capital": self.capital}
        return {**self.plan, **{key: value for key, value in extra.items() if value}}
