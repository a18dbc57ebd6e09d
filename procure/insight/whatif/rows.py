"""Rows of a plan by id, and rows changed: a record at fault is told with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from procure.errors import UsageError, did_you_mean
from procure.plan.record import Record
from procure.plan.records import Plan

R = TypeVar("R", bound=Record)

KEYS = {"suppliers": "supplier", "items": "item", "offers": "offer", "warehouses": "warehouse"}
"""Column that holds the id, by table."""


def ids(plan: Plan, table: str) -> list[str]:
    """Ids of a table's rows."""
    return [getattr(row, KEYS[table]) for row in getattr(plan, table)]


def owners(plan: Plan, place: str, tables: Sequence[str], key: str) -> str:
    """The table that an id belongs to.

    Raises
    ------
    UsageError
        No table has it, or several do.
    """
    found = [table for table in tables if place in ids(plan, table)]
    if len(found) == 1:
        return found[0]
    names = " or ".join(KEYS[table] for table in tables)
    if not found:
        known = [name for table in tables for name in ids(plan, table)]
        raise UsageError(f"{key}: there is no {names} '{place}'{did_you_mean(place, known)}")
    raise UsageError(
        f"{key}: '{place}' is the id of {' and of '.join(f'a row of {table}' for table in found)}; change columns of "
        f"single rows instead, such as {KEYS[found[0]]}.{place}.COLUMN"
    )


def with_rows(plan: Plan, table: str, change: Callable[[Any], Any]) -> Plan:
    """The plan with every row of a table as `change` returns it; rows for which it returns None are left out."""
    rows = tuple(after for row in getattr(plan, table) if (after := change(row)) is not None)
    return plan.model_copy(update={table: rows})


def with_columns(row: R, key: str, **columns: Any) -> R:
    """The row with other values in some columns.

    Raises
    ------
    UsageError
        A value does not fit its column.
    """
    try:
        return type(row).model_validate({**row.model_dump(by_alias=True), **columns})
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{key}: {message[0].lower()}{message[1:]}, got {first['input']!r}") from None


def times(value: Any, factor: float) -> Any:
    """A number, each of a list, or nothing, times a factor."""
    if value is None:
        return None
    return tuple(entry * factor for entry in value) if isinstance(value, list | tuple) else value * factor


def factor_of(change: Any, what: str) -> float:
    """The factor of a change.

    Raises
    ------
    UsageError
        It is no factor.
    """
    factor: float | None = change.value.factor
    if factor is None:
        raise UsageError(
            f"{change.key}: {what} can only be multiplied; write x1.3, +30% or -20%, not {change.value.text!r}"
        )
    return factor
