"""Cost by part, and backorders over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from procure.report.facts import Facts
from procure.report.table import Column, Table, short
from procure.solution.records import CostParts

SMALLEST = 0.005
"""Part of the cost that is worth showing [plan currency]."""

IN_WORDS = {
    "purchase": "Goods, after price breaks and discounts",
    "freight": "Freight on the goods",
    "ordering": "Fixed cost of orders and lines",
    "containers": "Containers",
    "transfer": "Transfers between warehouses",
    "holding": "Holding stock",
    "backorder": "Customers who wait, or go",
    "safety_stock": "Falling short of safety stocks",
    "terminal": "At the end: units still owed, less the worth of stock left",
}


def cost_rows(facts: Facts) -> list[dict[str, Any]]:
    """Parts of the cost that are not zero: name, in words, amount [plan currency]."""
    cost = facts.ledger.cost
    return [
        {"part": name.replace("_", " "), "words": IN_WORDS[name], "amount": cost[name]}
        for name in CostParts.model_fields
        if abs(cost[name]) >= SMALLEST
    ]


def backorders_by_period(facts: Facts) -> dict[str, list[int | float]]:
    """Units owed at the end of each period, units lost in it, and what both cost."""
    stocks, lost = facts.ledger.stocks.backorders, facts.network.lost
    cost = facts.network.unmet_cost @ stocks
    return {
        "owed": [short(value, 6) for value in stocks[~lost].sum(axis=0).tolist()],
        "lost": [short(value, 6) for value in stocks[lost].sum(axis=0).tolist()],
        "cost": [float(value) for value in cost.tolist()],
    }


def backorder_table(facts: Facts, noun: str) -> Table:
    """Backorders of each period."""
    found = backorders_by_period(facts)
    demand = facts.network.mean.sum(axis=0).tolist()
    has_lost = bool(np.any(facts.network.lost))
    values: dict[str, Sequence[Any]] = {"from": facts.starts, "demand": demand, **found}
    columns = [
        Column("from", f"{noun.capitalize()} from", "date"),
        Column("demand", "Demand", "number", "units", 0),
        Column("owed", "Owed at the end", "number", "units", 1),
        *([Column("lost", "Lost", "number", "units", 1, summed=True)] if has_lost else []),
        Column("cost", "Cost", "number", facts.plan.currency, 2, summed=True),
    ]
    return Table("backorders-table", f"Backorders by {noun}", noun, tuple(columns), values)
