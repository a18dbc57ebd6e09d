"""Reads a plan from a folder: one CSV or Parquet file per table, the settings in ``plan.toml``."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from procure.errors import Fault, did_you_mean
from procure.plan.arrow_file import read_large_csv, read_parquet
from procure.plan.cells import read_text
from procure.plan.columns import Column
from procure.plan.records import TABLES, Settings
from procure.plan.sheet import read_table
from procure.plan.source import Source

SETTINGS_FILE = "plan.toml"

_TEXTS = {".csv", ".tsv", ".tab", ".txt", ".toml", ".json"}
_BINARIES = {".xls", ".xlsx", ".xlsm", ".ods", ".parquet", ".gz", ".zip"}
_FILES = {f"{table}{suffix}": table for table in TABLES for suffix in (".csv", ".parquet")}


def read_folder(path: Path) -> Source:
    """Read a folder of CSV and Parquet files.

    Raises
    ------
    OSError
        When a file can't be read.
    """
    source = Source(path.absolute(), settings_label=SETTINGS_FILE)
    names = sorted(entry.name for entry in path.iterdir() if entry.is_file())
    source.labels = {table: _label(table, names) for table in TABLES}
    if SETTINGS_FILE in names:
        _read_settings(path / SETTINGS_FILE, source)
    else:
        source.unread.add("settings")
        source.faults.append(Fault(SETTINGS_FILE, message=_no_settings(names)))
    for table in TABLES:
        _read_file(path, table, names, source)
    samples = source.settings.get("demand_samples")
    expected = {SETTINGS_FILE, *_FILES, Path(samples).name if isinstance(samples, str) else ""}
    source.faults += [_unknown_file(name) for name in names if name not in expected and _may_be_data(name)]
    return source


def _label(table: str, names: list[str]) -> str:
    return f"{table}.parquet" if f"{table}.parquet" in names else f"{table}.csv"


def _read_file(path: Path, table: str, names: list[str], source: Source) -> None:
    """Read a table from the file that holds it."""
    label = source.label(table)
    if label not in names:
        return
    if label.endswith(".csv"):
        _read_csv(path / label, table, source)
        return
    if f"{table}.csv" in names:
        message = f"the folder holds {table}.csv, too; keep one of the two"
        source.faults.append(Fault(label, message=message))
    read_parquet(path / label, table, source)


def _no_settings(names: list[str]) -> str:
    if "plan.json" in names:
        return "is missing; to read the folder's plan.json, name that file"
    return "is missing; it holds format, name, start_date, periods and currency of the plan"


def _may_be_data(name: str) -> bool:
    """Tell whether a file could be meant as a part of the plan."""
    if name.startswith((".", "~")) or name.upper().startswith(("README", "LICENSE")):
        return False
    return Path(name).suffix.lower() in _TEXTS | _BINARIES or Path(name).stem.lower() in TABLES


def _unknown_file(name: str) -> Fault:
    if Path(name).stem.lower() == "demand_samples":
        cure = f'; name it in {SETTINGS_FILE}: demand_samples = "{name}"'
    else:
        cure = did_you_mean(name, [SETTINGS_FILE, *_FILES]) or "; move it out of the plan's folder"
    return Fault(name, message=f"is no file of a plan{cure}")


def _read_settings(path: Path, source: Source) -> None:
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        source.faults.append(Fault(path.name, message="is not UTF-8 text; save the file as UTF-8"))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"\(at line (\d+), column \d+\)", str(error))
        what = str(error)[: at.start()].strip() if at else str(error)
        line = int(at[1]) if at else None
        source.faults.append(
            Fault(path.name, line=line, message=f"can't be read as TOML: {what[:1].lower()}{what[1:]}")
        )
    else:
        for key, value in data.items():
            _take_setting(key, value, source)
        return
    source.unread.add("settings")


def _take_setting(key: str, value: Any, source: Source) -> None:
    if key in Settings.model_fields:
        source.settings[key] = value
        return
    if key in TABLES:
        message = f"is a table; it belongs in {key}.csv"
    else:
        message = f"unknown key{did_you_mean(key, Settings.columns())}"
    source.faults.append(Fault(SETTINGS_FILE, column=key, message=message))


def _read_csv(path: Path, table: str, source: Source) -> None:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8 text; save it as 'CSV UTF-8'"
        source.faults.append(Fault(path.name, line=line, message=message))
        source.unread.add(table)
        return
    if not text.strip():
        source.tables[table] = []
        return
    text, delimiter = _delimiter(text)

    def read(cell: Any, column: Column) -> Any:
        return read_text(cell.strip(), column, delimiter)

    if read_large_csv(text, delimiter, table, read, source):
        return
    try:
        read_table(table, _rows(text, delimiter), read, source)
    except _BrokenCsvError as error:
        source.faults.append(Fault(path.name, line=error.line, message=f"can't be read as CSV: {error}"))
        source.unread.add(table)


class _BrokenCsvError(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _BrokenCsvError(_csv_cure(str(error)), reader.line_num) from error
        yield number, cells


def _csv_cure(message: str) -> str:
    if "unexpected end of data" in message:
        return "a quotation mark is opened and never closed"
    if "expected after" in message:
        return 'text follows a closing quotation mark; a quotation mark inside a cell is doubled ("")'
    return message


def _delimiter(text: str) -> tuple[str, str]:
    """Return the text of the table, and what separates its cells: comma, semicolon or tab, by the header."""
    if named := re.match(r"sep=([,;\t])\r?\n", text):  # a line that Excel understands and hides
        return text[named.end() :], named[1]
    header = re.sub(r'"[^"]*"', "", text.split("\n", 1)[0])
    return text, max(",;\t", key=header.count)
