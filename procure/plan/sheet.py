"""Turns the rows of a sheet, from a CSV file or a workbook, into records of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from procure.errors import Fault, did_you_mean
from procure.plan.cells import Misread
from procure.plan.columns import RECORD, Column, columns_of, setting_column, setting_columns
from procure.plan.records import TABLES
from procure.plan.source import Source

_TWICE = "is given here and in a dotted column, too; keep one of them"

Reader = Callable[[Any, Column], Any]
"""Returns what a cell that is not empty means."""


@dataclass(frozen=True)
class Heading:
    """A column of a sheet: what it fills, and what it may hold."""

    name: str
    inside: str | None
    column: Column


def read_table(table: str, rows: Iterable[tuple[int, Sequence[Any]]], read: Reader, source: Source) -> None:
    """Add the records of a sheet to the source, and what is wrong with its form.

    Parameters
    ----------
    table
        Table that the sheet holds.
    rows
        Row number and cells of each row, the header first; empty cells are None or empty text.
    read
        Returns what a cell means.
    source
        Where records and faults go.
    """
    label = source.label(table)
    numbered = iter(rows)
    header_row, header = next(numbered, (1, ()))
    if not any(filled(cell) for cell in header):
        source.faults.append(Fault(label, row=header_row, message="has no header; name the columns in row 1"))
        source.unread.add(table)
        return
    headings = headings_of(table, header_row, header, source)
    records, numbers = [], []
    for number, cells in numbered:
        record = record_of(headings, cells, read)
        if any(filled(cell) for cell in cells[len(headings) :]):
            message = f"has more cells than the header, which names {len(headings)} columns"
            source.faults.append(Fault(label, row=number, message=message))
        if record or any(filled(cell) for cell in cells):
            records.append(record)
            numbers.append(number)
    source.tables[table] = records
    source.rows[table] = numbers


def filled(cell: Any) -> bool:
    """Tell whether a cell holds anything."""
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def headings_of(table: str, row: int, header: Sequence[Any], source: Source) -> list[Heading | None]:
    """Return what each column of a sheet fills, None for those that the source now blames."""
    columns = columns_of(TABLES[table])
    found: list[Heading | None] = []
    seen: set[str] = set()
    for position, cell in enumerate(_without_tail(header), start=1):
        name = str(cell).strip() if filled(cell) else ""
        heading = _heading(name, columns)
        if not name:
            message = f"column {position} has no name; name it or leave it out"
        elif name in seen:
            message, heading = "this column stands twice; keep one", None
        else:
            message = f"unknown column{did_you_mean(name, _names(columns))}"
        if heading is None:
            source.faults.append(Fault(source.label(table), row, name or None, name or None, message))
        seen.add(name)
        found.append(heading)
    return found


def _without_tail(header: Sequence[Any]) -> Sequence[Any]:
    """Drop the empty cells that spreadsheets leave behind the last column."""
    end = len(header)
    while end and not filled(header[end - 1]):
        end -= 1
    return header[:end]


def _heading(name: str, columns: Mapping[str, Column]) -> Heading | None:
    if name in columns:
        return Heading(name, None, columns[name])
    base, dot, inside = name.partition(".")
    if not (dot and inside and base in columns and columns[base].is_nested):
        return None
    part = columns[base].part(inside)
    return Heading(base, inside, part) if part else None


def _names(columns: Mapping[str, Column]) -> list[str]:
    nested = [f"{name}.{part}" for name, c in columns.items() if RECORD in c.kinds for part in c.parts]
    return [*columns, *nested]


def record_of(headings: Sequence[Heading | None], cells: Sequence[Any], read: Reader) -> dict[str, Any]:
    """Return what the cells of a row say, by column; what is empty is left out."""
    record: dict[str, Any] = {}
    for heading, cell in zip(headings, cells, strict=False):
        if heading is None or not filled(cell):
            continue
        value = read(cell, heading.column)
        if heading.inside is not None:
            _put_inside(record, heading.name, heading.inside, value)
        elif heading.name in record:
            record[heading.name] = Misread(value, _TWICE)
        else:
            record[heading.name] = value
    return record


def _put_inside(record: dict[str, Any], name: str, inside: str, value: Any) -> None:
    outer = record.setdefault(name, {})
    if isinstance(outer, dict) and inside not in outer:
        outer[inside] = value
    else:
        record[name] = Misread(outer, _TWICE)


def read_settings(group: str, rows: Iterable[tuple[int, Sequence[Any]]], read: Reader, source: Source) -> None:
    """Add the settings of a sheet of keys and values to the source.

    Parameters
    ----------
    group
        Sheet: `plan`, or `capital` or `policy`, whose keys are inside that group.
    rows
        Row number and cells of each row; a header `key, value` may lead.
    read
        Returns what a cell means.
    source
        Where settings and faults go.
    """
    prefix = "" if group == "plan" else f"{group}."
    seen: set[str] = set()
    for number, cells in rows:
        key = str(cells[0]).strip() if cells and filled(cells[0]) else ""
        if number == 1 and key.casefold() == "key":
            continue
        if not key:
            if any(filled(cell) for cell in cells):
                source.faults.append(Fault(group, number, message="has a value but no key in the first column"))
            continue
        if any(filled(cell) for cell in cells[2:]):
            message = "has more than a key and a value; a list is written in one cell, such as 100 | 100 | 80"
            source.faults.append(Fault(group, number, key, message=message))
        name = prefix + key
        column = setting_column(name)
        value = read(cells[1], column) if column and len(cells) > 1 and filled(cells[1]) else None
        message = _setting_message(name, prefix, column, name in seen)
        seen.add(name)
        if not message and (source.has_setting(name) or not source.put_setting(name, value)):
            message = "is given in part here and as a whole elsewhere; keep one of them"
        if message:
            source.faults.append(Fault(group, number, key, message=message))
        source.setting_places[name] = (group, number)


def _setting_message(name: str, prefix: str, column: Column | None, repeated: bool) -> str:
    if repeated:
        return "stands twice; keep one"
    if column is None:
        known = [key.removeprefix(prefix) for key in setting_columns() if key.startswith(prefix)]
        return f"unknown key{did_you_mean(name.removeprefix(prefix), known)}"
    return ""
