"""Reads a plan from a workbook: one sheet per table, the settings as keys and values in the sheet `plan`."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from procure.errors import Fault, did_you_mean
from procure.plan.cells import Misread, read_cell
from procure.plan.columns import Column
from procure.plan.records import TABLES
from procure.plan.sheet import filled, read_settings, read_table
from procure.plan.source import Source

SETTINGS_SHEETS = ("plan", "capital", "policy")


Rows = list[Sequence[Any]]


def read_workbook(path: Path) -> Source:
    """Read an .xlsx workbook: values as last calculated.

    Raises
    ------
    OSError
        When the file can't be read.
    """
    source = Source(path.absolute().parent)
    try:
        sheets = _sheets(path)
    except OSError:
        raise
    except Exception as error:  # a broken file makes the reader raise almost anything
        message = f"can't be read as an .xlsx workbook ({error}); save it again as .xlsx"
        source.faults.append(Fault(path.name, message=message))
        return source
    for name, rows in sheets.items():
        _read_sheet(name, rows, source)
    if "plan" not in sheets:
        message = "has no sheet 'plan' with format, name, start_date, periods and currency of the plan"
        source.faults.append(Fault(path.name, message=message))
        source.unread.add("settings")
    return source


def _sheets(path: Path) -> dict[str, Rows]:
    """Values of all sheets, row by row."""
    from openpyxl import load_workbook  # slow to import, and only needed here

    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and other things that no plan needs
        book = load_workbook(file, read_only=True, data_only=True)
        formulas = load_workbook(file, read_only=True) if _has_formulas(path) else None
        return {name: _rows(book[name], formulas[name] if formulas else None) for name in book.sheetnames}


def _has_formulas(path: Path) -> bool:
    """Tell whether any sheet has formulas, whose values may never have been calculated."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in content or b"<f " in content for content in map(archive.read, sheets))


def _rows(sheet: Any, formulas: Any) -> Rows:
    if not hasattr(sheet, "reset_dimensions"):  # a sheet that is a chart
        return []
    sheet.reset_dimensions()  # what some programs note there is wrong
    rows = list(sheet.iter_rows(values_only=True))
    if formulas is None:
        return rows
    formulas.reset_dimensions()
    both = zip(rows, formulas.iter_rows(values_only=True), strict=True)
    return [[_calculated(v, f) for v, f in zip(values, texts, strict=True)] for values, texts in both]


def _calculated(value: Any, formula: Any) -> Any:
    if value is None and formula is not None:
        return Misread(str(formula), "holds a formula without a value; open the file in a spreadsheet and save it")
    return value


def _read_sheet(name: str, rows: Rows, source: Source) -> None:
    numbered = enumerate(rows, start=1)
    if name in TABLES and not rows:
        source.tables[name] = []
    elif name in TABLES:
        read_table(name, numbered, _read, source)
    elif name in SETTINGS_SHEETS:
        read_settings(name, numbered, _read, source)
    elif not name.upper().startswith("README") and any(filled(cell) for cells in rows for cell in cells):
        cure = did_you_mean(name, [*SETTINGS_SHEETS, *TABLES]) or "; remove it, or begin its name with README"
        source.faults.append(Fault(f"sheet '{name}'", message=f"is no sheet of a plan{cure}"))


def _read(cell: Any, column: Column) -> Any:
    return cell if isinstance(cell, Misread) else read_cell(cell, column)
