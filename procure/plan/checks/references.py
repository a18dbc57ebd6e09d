"""Ids: those named must exist, and each stands once."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from procure.errors import Fault, did_you_mean
from procure.plan.draft import Draft
from procure.plan.records import (
    CustomerOrder,
    Demand,
    Item,
    Lane,
    Offer,
    OpenOrder,
    Promotion,
    Record,
    Stock,
    Supplier,
    Warehouse,
)

Keys = list[tuple[int, tuple[Any, ...]]]
"""Position and key of rows."""

_SUGGESTIONS, _FEW_SUGGESTIONS, _MANY = 20, 5, 50_000
"""Unknown ids of a column for which the nearest id is looked up; fewer among very many, where each takes a second."""

REFERENCES: tuple[tuple[type[Record], str, type[Record], str], ...] = (
    (Offer, "supplier", Supplier, "supplier"),
    (Offer, "item", Item, "item"),
    (Offer, "warehouses", Warehouse, "warehouse"),
    (Lane, "from", Warehouse, "warehouse"),
    (Lane, "to", Warehouse, "warehouse"),
    (Lane, "items", Item, "item"),
    (Stock, "item", Item, "item"),
    (Stock, "warehouse", Warehouse, "warehouse"),
    (OpenOrder, "supplier", Supplier, "supplier"),
    (OpenOrder, "item", Item, "item"),
    (OpenOrder, "warehouse", Warehouse, "warehouse"),
    (Demand, "item", Item, "item"),
    (Demand, "warehouse", Warehouse, "warehouse"),
    (Promotion, "item", Item, "item"),
    (Promotion, "warehouse", Warehouse, "warehouse"),
    (CustomerOrder, "item", Item, "item"),
    (CustomerOrder, "warehouse", Warehouse, "warehouse"),
)

KEYS: tuple[tuple[type[Record], tuple[str, ...]], ...] = (
    (Item, ("item",)),
    (Warehouse, ("warehouse",)),
    (Supplier, ("supplier",)),
    (Lane, ("from", "to")),
    (Stock, ("item", "warehouse")),
    (CustomerOrder, ("order_id", "item", "warehouse")),
)


def references(draft: Draft) -> Iterator[Fault]:
    """Every id that a row names exists; an unknown one is reported once per column, with a count."""
    for record, column, target, noun in REFERENCES:
        known = draft.ids(target, noun)
        if known is None:
            continue
        names = list(known)
        most = _SUGGESTIONS if len(names) < _MANY else _FEW_SUGGESTIONS
        for count, (name, (index, more)) in enumerate(_unknown(draft, record, column, known).items()):
            near = did_you_mean(name, names) if count < most else ""
            rows = f"; {more} more row{'s' if more > 1 else ''} of this table too" if more else ""
            yield draft.fault(record, index, column, name, f"no {noun} '{name}'{near}{rows}")


def _unknown(draft: Draft, record: type[Record], column: str, known: Container[str]) -> dict[str, tuple[int, int]]:
    """Unknown ids with the position of the first row that names them and the number of further rows."""
    found: dict[str, tuple[int, int]] = {}
    for index, row in draft.raw_rows(record):
        value = row.get(column)
        for name in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(name, str) and name not in known and name.strip():
                first, more = found.get(name, (index, -1))
                found[name] = (first, more + 1)
    return found


def duplicates(draft: Draft) -> Iterator[Fault]:
    """No id and no pair of ids stands twice."""
    for record, columns in KEYS:
        keys = [(index, tuple(row.get(column) for column in columns)) for index, row in draft.raw_rows(record)]
        yield from _repeated(draft, record, columns, keys)
    offers = [(index, (name,)) for index, name in draft.offer_names]
    yield from _repeated(draft, Offer, ("offer",), offers)


def _repeated(draft: Draft, record: type[Record], columns: tuple[str, ...], keys: Keys) -> Iterator[Fault]:
    seen: dict[tuple[str, ...], int] = {}
    for index, key in keys:
        if not all(isinstance(part, str) and part for part in key):
            continue
        if key in seen:
            first = draft.row(record, seen[key])
            what = " and ".join(f"{column} '{part}'" for column, part in zip(columns, key, strict=True))
            cure = "each id stands once" if len(columns) == 1 else "keep one row"
            yield draft.fault(record, index, columns[0], key[0], f"{what} stands already in row {first}; {cure}")
        else:
            seen[key] = index
