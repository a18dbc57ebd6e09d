"""What other commands left beside a solution: the customers' promises and a frontier.

Both are shown only if they belong to the solution; what does not is left out, and the page says so.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from procure.report.facts import Facts
from procure.report.table import Column, Table, digits_of, short
from procure.report.wording import units
from procure.solution.wording import money

PROMISES_FILE, FRONTIER_FILE = "promises.csv", "frontier.json"

PROMISED = ("promised_date_50", "promised_date_90")

LATER = "not within the horizon"


class _Read(BaseModel):
    """Part of a file of another command: what is not needed here is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Plan(_Read):
    digest: str


class _Point(_Read):
    limit: float
    total: float
    bound: float | None = None
    backorders: float
    is_present: bool = False
    status: str = "optimal"


class _Knee(_Read):
    limit: float


class Frontier(_Read):
    """Cost and backorders against a limit: `frontier.json`."""

    format: Literal["procure-frontier/1"]
    plan: _Plan
    title: str
    unit: str
    points: tuple[_Point, ...]
    knee: _Knee | None = None
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def is_knee(self, point: _Point) -> bool:
        """Whether the curve bends there."""
        return self.knee is not None and point.limit == self.knee.limit

    def document(self) -> list[dict[str, Any]]:
        """Return what the page's charts need."""
        return [
            {
                "limit": short(point.limit, 6),
                "total": short(point.total, 7),
                "backorders": short(point.backorders, 6),
                "knee": self.is_knee(point),
                "now": point.is_present,
            }
            for point in self.points
        ]

    def table(self, currency: str, noun: str) -> Table:
        """One row per point."""
        limits = [point.limit for point in self.points]
        values: dict[str, Sequence[Any]] = {
            "limit": limits,
            "total": [point.total for point in self.points],
            "bound": [point.bound for point in self.points],
            "backorders": [point.backorders for point in self.points],
            "what": [", ".join(self._said(point)) for point in self.points],
        }
        columns = (
            Column("limit", "Limit", "number", self.unit, digits_of(limits, 3)),
            Column("total", "Expected cost", "number", currency, 0),
            Column("bound", "Proven bound", "number", currency, 0),
            Column("backorders", "Backorders", "number", f"unit-{noun}s", 1),
            Column("what", "What it is", "why"),
        )
        return Table("frontier-table", f"{self.title}: points of the curves", "point", columns, values, first=60)

    def _said(self, point: _Point) -> list[str]:
        said = ["today's limit"] if point.is_present else []
        said += ["the knee: beyond it more brings little"] if self.is_knee(point) else []
        return said + (["a limit had to be exceeded"] if point.status == "relaxed" else [])


@dataclass(frozen=True)
class Beside:
    """What was found.

    Attributes
    ----------
    promises
        Table of the customers who wait.
    frontier
        Cost and backorders against a limit.
    notes
        What was left out, and why.
    """

    promises: Table | None = None
    frontier: Frontier | None = None
    notes: tuple[str, ...] = ()


def found_beside(facts: Facts, folder: Path | None) -> Beside:
    """Read what lies beside a solution."""
    if folder is None:
        return Beside()
    notes: list[str] = []
    return Beside(_promises(facts, folder, notes), _frontier(facts, folder, notes), tuple(notes))


def _promises(facts: Facts, folder: Path, notes: list[str]) -> Table | None:
    file = folder / PROMISES_FILE
    if not file.is_file():
        return None
    try:
        with file.open(encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        there = {(row["order_id"], row["item"], row["warehouse"], float(row["quantity"])) for row in rows}
        dates = {name: [row[name] or LATER for row in rows] for name in PROMISED}
    except (OSError, ValueError, KeyError, TypeError):
        notes.append(f"{PROMISES_FILE} beside the solution can't be read and is left out.")
        return None
    queue = {(o.order_id, o.item, o.warehouse, o.quantity) for o in facts.plan.backorder_queue}
    if there != queue:
        notes.append(f"{PROMISES_FILE} beside the solution tells of other customer orders than the plan: left out.")
        return None
    return _promise_table(rows, dates)


def _promise_table(rows: list[dict[str, str]], dates: dict[str, list[str]]) -> Table:
    quantity = [float(row["quantity"]) for row in rows]
    values: dict[str, Sequence[Any]] = {
        "order_id": [row["order_id"] for row in rows],
        "item": [row["item"] for row in rows],
        "warehouse": [row["warehouse"] for row in rows],
        "quantity": quantity,
        "half": dates["promised_date_50"],
        "sure": dates["promised_date_90"],
    }
    columns = (
        Column("order_id", "Customer order", "code"),
        Column("item", "Item", "item"),
        Column("warehouse", "From"),
        Column("quantity", "Quantity", "number", digits=digits_of(quantity, 3)),
        Column("half", "As likely as not by", "date"),
        Column("sure", "Promise (9 in 10 kept)", "date"),
    )
    return Table("promises", "Customers who wait, in the order they are served", "order", columns, values)


def _frontier(facts: Facts, folder: Path, notes: list[str]) -> Frontier | None:
    file = folder / FRONTIER_FILE
    if not file.is_file():
        return None
    try:
        found = Frontier.model_validate(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError):
        notes.append(f"{FRONTIER_FILE} beside the solution can't be read and is left out.")
        return None
    if found.plan.digest != facts.plan.digest():
        notes.append(f"{FRONTIER_FILE} beside the solution belongs to another plan and is left out.")
        return None
    return found if found.points else None


def described(frontier: Frontier, currency: str) -> str:
    """A sentence that stands for the charts of a frontier."""
    first, last = frontier.points[0], frontier.points[-1]
    return (
        f"From {units(first.limit)} to {units(last.limit)} {frontier.unit} the cost goes from {money(first.total)} to "
        f"{money(last.total)} {currency}, backorders from {units(first.backorders)} to {units(last.backorders)}."
    )
