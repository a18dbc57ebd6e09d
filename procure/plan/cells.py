"""What the cell of a CSV file or of a workbook means, given what its column may hold.

Maps are written ``m3=0.03; pallet=0.01``, lists ``5 | 5 | 8``, tiers ``100=2.50; 500=2.30``, spells of days
``2026-08-03..2026-08-21``; all of them as JSON, too. What can't be read becomes a `Misread`, which the
validation turns into a fault at its place, so that one bad cell hides no other.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Any

from procure.plan.columns import FLAG, LIST, MAP, NUMBER, RECORD, WHOLE, Column
from procure.plan.values import plain

_DIGITS = re.compile(r"[+-]?\d{1,15}")
_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?")
_POINT_GROUPS = re.compile(r"[+-]?\d{1,3}((\.\d{3})+,\d+|(\.\d{3}){2,})")
_COMMA_GROUPS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_TRUE, _FALSE = {"true", "yes"}, {"false", "no"}
_ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"}


@dataclass(frozen=True)
class Misread:
    """A cell that can't be read.

    Parameters
    ----------
    value
        The cell as it stands.
    message
        What is wrong with it, and the cure.
    """

    value: Any
    message: str


def read_text(text: str, column: Column, delimiter: str = ",") -> Any:
    """Return what the text of a cell means.

    Parameters
    ----------
    text
        The cell, not empty, without blanks at its ends.
    column
        What its column may hold.
    delimiter
        What separates the cells of the file; with ``;`` and tab, decimal commas are read.
    """
    if column.is_text:
        return text
    if text[0] in "{[":
        return _read_json(text)
    if LIST in column.kinds and (found := _read_list(text, column, delimiter)) is not None:
        return found
    if column.is_nested and "=" in text:
        return _read_map(text, column, delimiter)
    if FLAG in column.kinds:
        word = text.casefold()
        return True if word in _TRUE else False if word in _FALSE else text
    return _read_number(text, delimiter) if column.kinds & {NUMBER, WHOLE} else text


def read_cell(value: Any, column: Column) -> Any:
    """Return what the typed cell of a workbook means; the value is not None and not an empty text."""
    if isinstance(value, str):
        if value in _ERRORS:
            return Misread(value, f"the cell holds the error {value}; mend its formula")
        return read_text(value.strip(), column)
    words = column.is_text or (column.entry is not None and column.entry.is_text)
    if words and not isinstance(value, bool):
        text = _as_text(value)
        return text if column.is_text else [text]
    return value


def _as_text(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return plain(value)
    return value.date().isoformat() if isinstance(value, dt.datetime) and value.time() == dt.time() else str(value)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unrepeated)
    except _RepeatedKeyError as error:
        return Misread(text, f"names '{error}' twice")
    except json.JSONDecodeError as error:
        return Misread(text, f"can't be read as JSON: {error.msg.lower()} (character {error.colno} of the cell)")
    except (ValueError, RecursionError):
        return Misread(text, "can't be read as JSON: too long or nested too deeply")


class _RepeatedKeyError(Exception):
    pass


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _RepeatedKeyError(key)
        found[key] = value
    return found


def _read_list(text: str, column: Column, delimiter: str) -> Any:
    """Read ``a | b``, and tiers; None when the text is no list and the column may hold something else."""
    assert column.entry is not None
    if RECORD in column.entry.kinds:
        return _read_tiers(text, column.entry, delimiter)
    if "|" in text or not column.kinds & {NUMBER, MAP}:
        parts = [part.strip() for part in text.split("|")]
        if not all(parts):
            return Misread(text, f"has an empty entry, got '{text}'")
        return [read_text(part, column.entry, delimiter) for part in parts]
    return None


def _read_tiers(text: str, entry: Column, delimiter: str) -> Any:
    """Read records of two columns: ``100=2.50; 500=2.30``, or ``2026-08-03..2026-08-21``."""
    names = list(entry.parts)
    found = []
    for part in filter(None, re.split(r"\s*[;\n]\s*", text)):
        pair = [word.strip() for word in re.split(r"=|\.\.", part)]
        if len(pair) != 2 or not all(pair) or len(names) != 2:
            return Misread(text, f"must be pairs of {' and '.join(names)} such as {_example(names)}")
        values = [read_text(w, entry.parts[n], delimiter) for n, w in zip(names, pair, strict=True)]
        found.append(dict(zip(names, values, strict=True)))
    return found


def _example(names: list[str]) -> str:
    if names == ["first", "last"]:
        return "2026-08-03..2026-08-21; 2026-12-24..2027-01-01"
    return "1000=0.02; 5000=0.05" if "discount" in names else "100=2.5; 500=2.3"


def _read_map(text: str, column: Column, delimiter: str) -> Any:
    """Read ``m3=0.03; pallet=0.01``; values of a map may be lists ``5 | 8``."""
    found: dict[str, Any] = {}
    for part in filter(None, re.split(r"\s*[;\n]\s*", text)):
        key, equals, word = (piece.strip() for piece in part.partition("="))
        if not (key and equals and word):
            return Misread(text, "must be pairs such as m3=0.03; pallet=0.01")
        if key in found:
            return Misread(text, f"names '{key}' twice")
        inner = column.part(key)
        found[key] = word if inner is None else read_text(word, inner, delimiter)
    return found


def _read_number(text: str, delimiter: str) -> Any:
    """Read a number, or leave the text for the column to refuse."""
    if delimiter == ",":
        if _COMMA_GROUPS.fullmatch(text):
            return Misread(text, f"must be a number with a decimal point and no thousands separators, got '{text}'")
        return _number(text) if _POINT.fullmatch(text) else text
    return _read_european(text, delimiter)


def _read_european(text: str, delimiter: str) -> Any:
    """Read a number of a file that may have decimal commas; refuse what may mean two numbers."""
    unclear = _UNCLEAR.fullmatch(text)
    if unclear and (unclear[1] == "." or delimiter == "\t"):
        digits = re.sub("[.,]", "", text)
        decimal = text.replace(".", ",")
        return Misread(text, f"may mean {digits} or {decimal}; write {digits} or {decimal}0, got '{text}'")
    if _POINT_GROUPS.fullmatch(text):
        return _number(text.replace(".", "").replace(",", "."))
    if _COMMA.fullmatch(text):
        return _number(text.replace(",", "."))
    return _number(text) if _POINT.fullmatch(text) else text


def _number(text: str) -> int | float:
    number = float(text)
    return int(text) if _DIGITS.fullmatch(text) else number
