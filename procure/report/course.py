"""The projected course of stock of each item at each warehouse, worst first. N cells shown, T periods."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.report.band import bands
from procure.report.facts import Facts
from procure.report.table import Column, Table

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

MOST_POINTS = 160_000
"""Cells times periods up to which all cells are shown: 6,000 cells of 26 periods. Keeps the page under 15 MB."""

SERIES = ("stock", "low", "high", "demand", "receipts", "owed")
"""What the page holds of each cell and period [units]."""


@dataclass(frozen=True, eq=False)
class Course:
    """Projected stock of the cells shown.

    Attributes
    ----------
    cells
        Positions of the N cells, worst first.
    of_all
        How many there are.
    series
        By name in `SERIES`, shape (N, T) [units]: expected stock less backorders at the end of the period, the band
        it lies in, expected demand and receipts, expected backorders (units lost where customers don't wait).
    """

    facts: Facts
    cells: Indices
    of_all: int
    series: dict[str, Array]

    @property
    def places(self) -> list[tuple[str, str]]:
        """Item and warehouse of each cell."""
        return [self.facts.network.place(cell) for cell in self.cells.tolist()]

    def text(self) -> str:
        """Return the series as a JSON object of flat lists, rounded to what can be seen."""
        return "{" + ",".join(f'"{name}":{_flat(values)}' for name, values in self.series.items()) + "}"

    def table(self) -> Table:
        """One row per cell, to choose from."""
        owed, cost = self.series["owed"], self.facts.backorder_cost[self.cells]
        most = owed.max(axis=1) if owed.size else np.zeros(0)
        places = self.places
        values: dict[str, Sequence[Any]] = {
            "item": [item for item, _ in places],
            "warehouse": [warehouse for _, warehouse in places],
            "cost": cost.tolist(),
            "owed": np.round(most, 1).tolist(),
        }
        columns = (
            Column("item", "Item", "item"),
            Column("warehouse", "Warehouse"),
            Column("cost", "Backorder cost", "number", self.facts.plan.currency, 2, summed=self.of_all == len(places)),
            Column("owed", "Most short", "number", "units", 1),
        )
        title = "Items at warehouses, dearest backorders first"
        return Table("cells", title, "item-warehouse", columns, values, chooses=True, first=60)


def course_of(facts: Facts, most_points: int = MOST_POINTS) -> Course:
    """Pick the cells to show and work out their course."""
    found = facts.worst_first
    cells = found[: max(1, most_points // facts.plan.periods)]
    ledger, law, network = facts.ledger, facts.laws.planned, facts.network
    low, high = bands(ledger, law, cells)
    stocks = ledger.stocks
    owed = stocks.backorders[cells]
    # units lost are gone for good: what is left is the stock on hand
    stock = np.where(network.lost[cells, None], stocks.on_hand[cells], stocks.on_hand[cells] - owed)
    series = {
        "stock": stock,
        "low": low,
        "high": high,
        "demand": network.mean[cells],
        "receipts": stocks.receipts[cells],
        "owed": owed,
    }
    return Course(facts, cells, len(found), {name: series[name] for name in SERIES})


def _flat(values: Array) -> str:
    """A flat JSON list: whole units from 100 on, tenths from 10 on, else hundredths."""
    size = np.abs(values)
    rounded = np.where(size >= 100.0, values.round(), np.where(size >= 10.0, values.round(1), values.round(2))) + 0.0
    return re.sub(r"\.0(?=[,\]])", "", json.dumps(rounded.ravel().tolist(), separators=(",", ":")))
