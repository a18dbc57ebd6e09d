"""Makes plans with something wrong, in each of the forms of a plan."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from procure.plan import Plan
from procure.plan.forms import write_folder, write_workbook
from tests.good_plan import good_plan

GONE: Any = object()
"""Takes a key away."""


@dataclass(frozen=True)
class BadPlan:
    """A plan with something wrong.

    Attributes
    ----------
    name
        What is wrong, for the test's id.
    write
        Writes the plan into a folder; returns its path.
    place
        How the fault's place must begin.
    fragment
        What the fault's message must contain.
    """

    name: str
    write: Callable[[Path], Path]
    place: str
    fragment: str


def put(plan: dict[str, Any], path: str, value: Any) -> None:
    """Set what stands at a path such as ``items/0/storage``; ``+`` as the last step appends."""
    *steps, last = path.split("/")
    inner: Any = plan
    for step in steps:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    if last == "+":
        inner.append(value)
    elif isinstance(inner, list):
        inner[int(last)] = value
    elif value is GONE:
        del inner[last]
    else:
        inner[last] = value


def in_json(name: str, path: str, value: Any, place: str, fragment: str, **more: Any) -> BadPlan:
    """Make a JSON plan with one value changed; `more` holds further changes, ``__`` standing for ``/``."""

    def write(folder: Path) -> Path:
        plan = good_plan()
        put(plan, path, value)
        for key, other in more.items():
            put(plan, key.replace("__", "/"), other)
        file = folder / "plan.json"
        file.write_text(json.dumps(plan), encoding="utf-8")
        return file

    return BadPlan(name, write, place, fragment)


def in_json_text(name: str, text: str | bytes, place: str, fragment: str) -> BadPlan:
    """Make a plan.json of a text as it stands."""

    def write(folder: Path) -> Path:
        file = folder / "plan.json"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return BadPlan(name, write, place, fragment)


def in_folder(
    name: str, file: str, change: Callable[[str], str | bytes | None], place: str, fragment: str
) -> BadPlan:
    """Make a CSV folder with the text of one file changed; None takes the file away."""

    def write(folder: Path) -> Path:
        plan = folder / "plan"
        write_folder(Plan.from_dict(good_plan()), plan)
        path = plan / file
        text = change(path.read_text(encoding="utf-8") if path.exists() else "")
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return plan

    return BadPlan(name, write, place, fragment)


def cell(row: int, column: str, value: str) -> Callable[[str], str]:
    """Change one cell of a CSV file; rows count as in a spreadsheet."""

    def change(text: str) -> str:
        rows = list(csv.reader(text.splitlines()))
        if column not in rows[0]:
            rows = [[*r, column if k == 0 else ""] for k, r in enumerate(rows)]
        rows[row - 1][rows[0].index(column)] = value
        return "\n".join(",".join('"' + c.replace('"', '""') + '"' for c in r) for r in rows) + "\n"

    return change


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replace a text that is there."""

    def change(text: str) -> str:
        assert old in text, text
        return text.replace(old, new, 1)

    return change


def in_workbook(name: str, change: Callable[[Any], None], place: str, fragment: str) -> BadPlan:
    """Make a workbook and change it."""

    def write(folder: Path) -> Path:
        path = folder / "plan.xlsx"
        write_workbook(Plan.from_dict(good_plan()), path)
        book = load_workbook(path)
        change(book)
        book.save(path)
        return path

    return BadPlan(name, write, place, fragment)


def sheet_cell(sheet: str, at: str, value: Any) -> Callable[[Workbook], None]:
    """Set one cell of a workbook, such as ``B3``."""

    def change(book: Workbook) -> None:
        book[sheet][at] = value

    return change


def column_cell(sheet: str, row: int, column: str, value: Any) -> Callable[[Workbook], None]:
    """Set the cell of a column in a row of a workbook."""

    def change(book: Workbook) -> None:
        header = [cell.value for cell in book[sheet][1]]
        book[sheet].cell(row=row, column=header.index(column) + 1, value=value)

    return change


def missing_sheet(book: Workbook) -> None:
    """Take the settings away."""
    del book["plan"]


def strange_sheet(book: Workbook) -> None:
    """Misspell a sheet's name."""
    book["offers"].title = "offer"


def no_workbook(folder: Path) -> Path:
    """Write something else under the name of a workbook."""
    path = folder / "plan.xlsx"
    path.write_bytes(b"PK not a workbook")
    return path
