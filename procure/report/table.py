"""A table of the page: its columns, and its values by column, as compact as JSON allows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Kind = Literal["text", "code", "item", "date", "number", "why"]

ENOUGH_REPEATED = 2
"""Rows for each different text from which texts are coded by their position among the different ones."""

SIGNIFICANT = 12
"""Digits that are kept of what is added up; fewer would make sums differ from their parts."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    key, title, unit
        Name in the data, heading, and unit under the heading.
    kind
        How a value is shown; an `item` shows its description, too.
    digits, most
        Decimals that a number always has, and has at most.
    summed
        Whether a total stands at the foot.
    dash
        Show a dash in place of 0.
    """

    key: str
    title: str
    kind: Kind = "text"
    unit: str = ""
    digits: int = 0
    most: int = 0
    summed: bool = False
    dash: bool = False

    def document(self) -> dict[str, Any]:
        """Return what the page's script needs."""
        title = f"{self.title} {self.unit}".strip()
        shown = {"digits": self.digits, "most": max(self.digits, self.most), "sum": self.summed, "dash": self.dash}
        return {"key": self.key, "title": title, "kind": self.kind, **shown}


@dataclass(frozen=True)
class Group:
    """What stands above the rows of a group, an order say."""

    title: str
    detail: str
    amount: str


@dataclass(frozen=True)
class Table:
    """A table as the page shows it, sortable and searchable.

    Attributes
    ----------
    name, title, noun
        Id in the page, caption, and what a row is called.
    values
        By column key, a value for each row.
    grouped_by, groups
        Column whose equal values stand together, and their headings.
    filtered_by
        Column with a choice of its values beside the search.
    chooses
        Whether a row can be chosen, which draws its chart.
    first
        Rows shown before all are asked for.
    note
        What the reader must know of it, such as rows left out.
    """

    name: str
    title: str
    noun: str
    columns: tuple[Column, ...]
    values: Mapping[str, Sequence[Any]]
    grouped_by: str | None = None
    groups: Mapping[str, Group] = field(default_factory=dict)
    filtered_by: str | None = None
    chooses: bool = False
    first: int = 15
    note: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.values.values()), ()))

    @property
    def totals(self) -> dict[str, float]:
        """Sum of every column that has one."""
        return {column.key: math.fsum(self.values[column.key]) for column in self.columns if column.summed}

    def document(self) -> dict[str, Any]:
        """Return what the page's script needs."""
        kinds = {column.key: column.kind for column in self.columns}
        return {
            "noun": self.noun,
            "columns": [column.document() for column in self.columns],
            "values": {key: packed(column, kinds.get(key, "text")) for key, column in self.values.items()},
            "group": self.grouped_by,
            "groups": {key: [g.title, g.detail, g.amount] for key, g in self.groups.items()},
            "filter": self.filtered_by,
            "choose": self.chooses,
            "first": self.first,
        }


def packed(column: Sequence[Any], kind: str) -> Any:
    """Return a column as JSON takes it: texts that repeat as positions among the different ones."""
    if kind == "number":
        return [None if value is None else short(value, SIGNIFICANT) for value in column]
    texts = [value.isoformat() if isinstance(value, date) else str(value or "") for value in column]
    names = list(dict.fromkeys(texts))
    if len(names) * ENOUGH_REPEATED > len(texts):
        return texts
    place = {name: k for k, name in enumerate(names)}
    return {"names": names, "codes": [place[text] for text in texts]}


def short(number: float, digits: int = 4) -> int | float:
    """Return a number with so many digits that count; whole ones as int.

    Examples
    --------
    >>> short(1234.5678), short(0.00012345), short(3.0), short(-0.0)
    (1235, 0.0001234, 3, 0)
    """
    rounded = float(f"{number:.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded


def digits_of(values: Sequence[float], most: int = 2) -> int:
    """Return the decimals that show every value, at most so many."""
    for digits in range(most):
        if all(abs(value - round(value, digits)) < 0.5 * 10.0**-most for value in values):
            return digits
    return most
