"""Validates rows of a table one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from procure.errors import Fault
from procure.plan.columns import columns_of
from procure.plan.draft import Draft
from procure.plan.faults import MISSING, faults_in
from procure.plan.records import TABLES, Record
from procure.plan.source import without_nulls


@cache
def _adapter(record: type[Record]) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[record])  # type: ignore[valid-type]


def validate_rows(table: str, given: Sequence[tuple[int, Any]], draft: Draft) -> list[Fault]:
    """Put rows into the draft, sound or as read, and return what is wrong with each by itself.

    Parameters
    ----------
    given
        Position in the table and content of each row.
    """
    record, label = TABLES[table], draft.source.label(table)
    rows = [without_nulls(row) for _, row in given]
    draft.raw[table] = [(k, row if isinstance(row, dict) else {}) for (k, _), row in zip(given, rows, strict=True)]
    wrong: set[int] = set()
    faults: list[Fault] = []
    try:
        records = _adapter(record).validate_python(rows)
    except ValidationError as error:
        wrong = {int(detail["loc"][0]) for detail in error.errors(include_url=False)}

        def place(location: tuple[Any, ...]) -> tuple[str, int | None]:
            return label, draft.source.row(table, given[location[0]][0])

        faults = faults_in(error, place, columns_of(record))
        records = _adapter(record).validate_python([row for k, row in enumerate(rows) if k not in wrong])
    positions = [position for k, (position, _) in enumerate(given) if k not in wrong]
    draft.sound[table] = list(zip(positions, records, strict=True))
    return faults


def gathered(faults: list[Fault], label: str, gone: Iterable[str]) -> list[Fault]:
    """Say once what is missing in every row of a table.

    Parameters
    ----------
    gone
        Columns that are missing in every row.
    """
    everywhere = list(gone)
    others = [f for f in faults if f.message != MISSING or f.column not in everywhere]
    return [Fault(label, None, c, None, f"{MISSING}; it is missing in all rows") for c in everywhere] + others
