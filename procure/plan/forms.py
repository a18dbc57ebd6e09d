"""Writes a plan in the forms that are kept by hand: a folder of CSV files, and a workbook."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from procure.plan.columns import columns_of, setting_columns
from procure.plan.csv_folder import SETTINGS_FILE
from procure.plan.records import TABLES, Plan
from procure.plan.values import plain
from procure.plan.writing import setting_values, table_rows

SAMPLES_FILE = "demand_samples.csv"


def write_folder(plan: Plan, folder: Path) -> None:
    """Write a plan as one CSV file per table and a ``plan.toml``, with the demand samples beside them.

    Parameters
    ----------
    plan
        The plan.
    folder
        Where to; created when it is not there. Files of the same names are replaced, others stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan = with_samples_in(plan, folder)
    (folder / SETTINGS_FILE).write_text(toml(setting_values(plan)), encoding="utf-8")
    for table in TABLES:
        header, rows = _sheet(plan, table)
        if rows:
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(header)
                writer.writerows([_text(cell) for cell in row] for row in rows)


def write_workbook(plan: Plan, path: Path) -> None:
    """Write a plan as an .xlsx workbook with one sheet per table, and the demand samples beside it.

    Parameters
    ----------
    plan
        The plan.
    path
        The file; replaced when it is there.
    """
    from openpyxl import Workbook

    plan = with_samples_in(plan, path.parent)
    book = Workbook()
    del book[book.sheetnames[0]]
    _fill(book.create_sheet("plan"), [["key", "value"], *map(list, _flat(setting_values(plan)))])
    for table in TABLES:
        header, rows = _sheet(plan, table)
        if rows:
            _fill(book.create_sheet(table), [header, *rows])
    book.save(path)


def with_samples_in(plan: Plan, folder: Path) -> Plan:
    """Put the demand samples into the folder; return the plan that names them there."""
    if plan.samples is None:
        return plan
    plan.samples.to_csv(folder / SAMPLES_FILE, index=False, lineterminator="\n")
    return plan.model_copy(update={"demand_samples": SAMPLES_FILE})


def _sheet(plan: Plan, table: str) -> tuple[list[str], list[list[Any]]]:
    """Return header and cells of a table; columns that hold their default throughout are left out."""
    changed = {name for record in table_rows(plan, table, exclude_defaults=True) for name in record}
    header = [name for name in columns_of(TABLES[table]) if name in changed]
    return header, [[_cell(record.get(name)) for name in header] for record in table_rows(plan, table)]


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False) if value else None
    return None if value == "" else value


def _text(cell: Any) -> Any:
    return plain(cell) if isinstance(cell, float) else cell


def _flat(settings: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the settings by dotted name, as cells."""
    known = setting_columns()

    def walk(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, value in values.items():
            key = prefix + name
            if isinstance(value, dict) and (key not in known or known[key].parts):
                yield from walk(f"{key}.", value)
            elif _cell(value) is not None:
                yield key, _cell(value)

    yield from walk("", settings)


def _fill(sheet: Any, rows: list[list[Any]]) -> None:
    """Write cells; a text that begins with = stays a text, and a number of 17 digits is written as one."""
    for number, row in enumerate(rows, start=1):
        for position, value in enumerate(row, start=1):
            if value is not None:
                cell = sheet.cell(number, position)
                cell.value = value if _survives(value) else repr(value)
                if isinstance(cell.value, str):
                    cell.data_type = "s"


def _survives(value: Any) -> bool:
    """Tell whether a value keeps all its digits in a workbook, where numbers have 16."""
    return not isinstance(value, float) or float(f"{value:.16g}") == value


def toml(settings: dict[str, Any]) -> str:
    """Write settings as TOML: scalars first, then a section for each group."""
    lines, sections = [], []
    for key, value in settings.items():
        if isinstance(value, dict):
            sections += ["", f"[{key}]", *_section(value)] if value else []
        else:
            lines.append(f"{key} = {_toml_value(key, value)}")
    return "\n".join([*lines, *sections]) + "\n"


def _section(values: dict[str, Any]) -> list[str]:
    return [f"{key} = {_toml_value(key, value)}" for key, value in values.items()]


def _toml_value(key: str, value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {_toml_value(k, v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(key, entry) for entry in value) + "]"
    if isinstance(value, float):
        return plain(value)
    return str(date.fromisoformat(value)) if key == "start_date" else json.dumps(value, ensure_ascii=False)
