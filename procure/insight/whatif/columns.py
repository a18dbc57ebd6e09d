"""`supplier.NORD.out=true`, `offer.NORD/BAG.minimum_order_quantity=0`: a column of one row."""

from __future__ import annotations

from typing import Any

from procure.errors import UsageError, did_you_mean
from procure.insight.whatif.grammar import Change
from procure.insight.whatif.rows import KEYS, ids, with_columns, with_rows
from procure.plan.records import TABLES, Plan

OUT = "out"
"""Column of suppliers and offers that no plan has: true leaves them out."""


def column_of_record(plan: Plan, word: str, place: str, change: Change) -> Plan:
    """Change a column of one row, or an entry of a map in it (`capacity.m3`).

    Parameters
    ----------
    word
        `supplier`, `item`, `offer` or `warehouse`.
    place
        Id and column, with a dot between.

    Raises
    ------
    UsageError
        No such row or column, or a value that does not fit.
    """
    table = f"{word}s"
    row_id, column = _row_and_column(plan, table, place, change)
    if column == OUT and table in ("suppliers", "offers"):
        return _without(plan, table, row_id, change)
    name, _, entry = column.partition(".")
    known = [field.alias or key for key, field in TABLES[table].model_fields.items()]
    if name not in known or name == KEYS[table]:
        raise UsageError(f"{change.key}: {word}s have no column '{name}'{did_you_mean(name, [*known, OUT])}")

    def changed(row: Any) -> Any:
        if getattr(row, KEYS[table]) != row_id:
            return row
        return with_columns(row, change.key, **{name: _value(row, name, entry, change)})

    return with_rows(plan, table, changed)


def _row_and_column(plan: Plan, table: str, place: str, change: Change) -> tuple[str, str]:
    """The longest id that the place begins with, and what comes after it."""
    known = ids(plan, table)
    fits = [name for name in known if place.startswith(f"{name}.") and len(place) > len(name) + 1]
    if fits:
        name = max(fits, key=len)
        return name, place[len(name) + 1 :]
    if place in known:
        raise UsageError(f"{change.key}: name the column, too, such as {KEYS[table]}.{place}.COLUMN")
    wanted = place.rpartition(".")[0] or place
    raise UsageError(f"{change.key}: there is no {KEYS[table]} '{wanted}'{did_you_mean(wanted, known)}")


def _value(row: Any, name: str, entry: str, change: Change) -> Any:
    """The new value of a column, or the map in it with one other entry."""
    present = row.model_dump(by_alias=True)[name]
    if not entry:
        return change.value.of(present, change.key)
    if not isinstance(present, dict):
        raise UsageError(f"{change.key}: {name} has no entries; change {name} itself")
    if change.value.factor is not None and entry not in present:
        raise UsageError(f"{change.key}: there is no '{entry}' in {name}{did_you_mean(entry, list(present))}")
    value = change.value.of(present.get(entry), change.key)
    left = {key: kept for key, kept in present.items() if key != entry}
    return left if value is None else {**left, entry: value}


def _without(plan: Plan, table: str, row_id: str, change: Change) -> Plan:
    """The plan without the offers of a supplier, or without one offer; what is on order still arrives.

    Raises
    ------
    UsageError
        The value is not true.
    """
    if change.value.content is not True:
        raise UsageError(f"{change.key} can only be true, got '{change.value.text}'; leave it out otherwise")
    column = KEYS[table]
    return with_rows(plan, "offers", lambda offer: None if getattr(offer, column) == row_id else offer)
