"""Says in a buyer's words what is wrong with a value, from what the records' validation reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from procure.errors import Fault, did_you_mean
from procure.plan.cells import Misread
from procure.plan.columns import Column
from procure.plan.values import CURRENCY, ID, LIST, NUMBER, TEXT, UNIT, plain

SHOWN = 60
"""Longest value that a message shows [characters]."""

MISSING = "must be given"

Detail = Mapping[str, Any]

_PATTERNS = {
    CURRENCY: "must be a currency code of three capital letters such as EUR (ISO 4217)",
    UNIT: "must be a UN/ECE unit code of two or three capitals or digits such as EA, KGM or C62",
    ID: "must not begin or end with a blank or contain a line break",
    TEXT: "must not contain control characters",
}

_SIMPLE = {
    "missing": MISSING,
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a whole number of reasonable size",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_unicode": "must be valid Unicode text",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "invalid_key": "must have text as its name",
    "dict_type": 'must be a map such as {"m3": 0.03}',
}

_BOUNDS = {
    "greater_than_equal": ("ge", "must be {} or more"),
    "greater_than": ("gt", "must be more than {}"),
    "less_than_equal": ("le", "must be {} or less"),
    "less_than": ("lt", "must be less than {}"),
}


def show(value: Any) -> str:
    """Write a value as the user would recognise it."""
    if isinstance(value, str):
        text = f"'{value}'"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        text = plain(value)
    elif isinstance(value, (dict, list, tuple)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    elif isinstance(value, int) and abs(value) > 10**SHOWN:
        text = "a number of very many digits"
    else:
        text = str(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 4]} ..."


def faults_in(
    error: ValidationError,
    place: Callable[[tuple[Any, ...]], tuple[str, int | None]],
    columns: Mapping[str, Column],
) -> list[Fault]:
    """Turn what validation reports into faults.

    Parameters
    ----------
    error
        What pydantic raised.
    place
        Returns label and row for the location of a detail.
    columns
        Columns of the record, by name.

    Returns
    -------
    list of Fault
        In the order of the rows; an unknown column is named once.
    """
    found: list[Fault] = []
    unknown: set[tuple[Any, ...]] = set()
    for detail in error.errors(include_url=False):
        table, row = place(detail["loc"])
        location = [part for part in detail["loc"] if not _is_tag(part)]
        if row is not None and location and isinstance(location[0], int):
            location = location[1:]
        if detail["type"] == "extra_forbidden":
            key = (table, *(part for part in location if not isinstance(part, int)))
            if key in unknown:
                continue
            unknown.add(key)
        column, entry = _column(location)
        found.append(Fault(table, row, column or None, _found(detail), entry + message_of(detail, location, columns)))
    return found


def _is_tag(part: Any) -> bool:
    return part in (NUMBER, LIST)


def _column(location: Iterable[Any]) -> tuple[str, str]:
    """Write a location as a dotted column, and the entry of a list as words before the message."""
    column, entry = "", ""
    for part in location:
        if isinstance(part, int):
            entry += f"entry {part + 1}: " if not entry else f"number {part + 1}: "
        elif part == "[key]":
            continue
        elif entry:
            entry = f"{entry[:-2]}, {part}: "
        else:
            column = f"{column}.{part}" if column else str(part)
    return column, entry


def _found(detail: Detail) -> Any:
    value = detail["input"]
    if detail["type"] == "missing":
        return None
    return value.value if isinstance(value, Misread) else value


def message_of(detail: Detail, location: list[Any], columns: Mapping[str, Column]) -> str:
    """Say what is wrong with a value and what was found."""
    kind, value = detail["type"], detail["input"]
    if isinstance(value, Misread):
        return value.message
    if kind == "missing":
        return _SIMPLE[kind]
    if kind == "extra_forbidden":
        what = "column" if len(location) == 1 else "key"
        return f"unknown {what}{did_you_mean(str(location[-1]), _siblings(location, columns))}"
    if kind == "literal_error":
        return _one_of(detail)
    text = _words(detail)
    return text if ", got " in text else f"{text}, got {show(value)}"


def _words(detail: Detail) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return words.format(f"{float(context[bound]):,.15g}".replace(",", ""))
    if kind == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]]
    if kind == "procure":
        return str(context["text"])
    if kind in ("model_type", "model_attributes_type"):
        return "must be a record of names and values"
    return str(detail["msg"])


def _one_of(detail: Detail) -> str:
    expected = str(detail["ctx"]["expected"])
    known = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    text = f"must be {'' if len(known) == 1 else 'one of '}{', '.join(repr(word) for word in known)}"
    value = detail["input"]
    near = did_you_mean(value, known) if isinstance(value, str) and len(known) > 1 else ""
    return f"{text}, got {show(value)}{near}"


def _siblings(location: list[Any], columns: Mapping[str, Column]) -> list[str]:
    """Names that are known where an unknown one stands."""
    names = [part for part in location[:-1] if isinstance(part, str)]
    for name in names:
        column = columns[name]
        columns = column.parts or (column.entry.parts if column.entry else {})
    return list(columns)
