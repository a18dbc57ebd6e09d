"""Reads a plan from a JSON file, or from data of that form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from procure.errors import Fault, did_you_mean
from procure.plan.records import TABLES, Settings
from procure.plan.source import Source

_TWICE = "stands twice in the same object; keep one"

SCHEMA_KEY = "$schema"
"""Points an editor to the JSON schema; it says nothing about the plan."""


def read_json(path: Path) -> Source:
    """Read a JSON file; its text may start with a byte order mark.

    Raises
    ------
    OSError
        When the file can't be read.
    """
    source = Source(path.absolute().parent)
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        source.faults.append(Fault(path.name, line=line, message="is not UTF-8 text; save the file as UTF-8"))
        return source
    try:
        data: object = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        message = f"can't be read as JSON: {_lower(error.msg)} (character {error.colno} of the line)"
        source.faults.append(Fault(path.name, line=error.lineno, message=message))
        return source
    except RecursionError:
        source.faults.append(Fault(path.name, message="can't be read as JSON: it is nested too deeply"))
        return source
    except ValueError as error:  # a number with thousands of digits
        source.faults.append(Fault(path.name, message=f"can't be read as JSON: {error}"))
        return source
    if not isinstance(data, dict):
        message = "must be an object, with keys such as format, name and items"
        source.faults.append(Fault(path.name, message=message))
        return source
    _sort_out(data, source)
    source.faults += _repeated_keys(data)
    return source


def from_mapping(data: Mapping[str, Any], base: Path) -> Source:
    """Take a plan from data of the form of the JSON file."""
    source = Source(base)
    _sort_out(data, source)
    return source


def _sort_out(data: Mapping[str, Any], source: Source) -> None:
    known = (*Settings.columns(), *TABLES)
    for key, value in data.items():
        if key in TABLES:
            source.tables[key] = value
        elif key in Settings.model_fields:
            source.settings[key] = value
        elif key != SCHEMA_KEY:
            message = f"unknown key{did_you_mean(str(key), known)}"
            source.faults.append(Fault("plan", column=str(key), message=message))


class _Doubled(dict[str, Any]):
    """A JSON object that had keys twice, of which only the last survives."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Take a JSON object as a dict, or as a doubled one."""
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    doubled = _Doubled(plain)
    names = [name for name, _ in pairs]
    doubled.repeated = tuple(name for name in plain if names.count(name) > 1)
    return doubled


def _repeated_keys(data: dict[str, Any]) -> Iterator[Fault]:
    """Find keys that stand twice in an object."""
    for key in _doubles(data):
        yield Fault("plan", column=key, message="stands twice in the file; keep one")
    for key, value in data.items():
        rows = value if key in TABLES and isinstance(value, list) else []
        for index, row in enumerate(rows):
            yield from (Fault(key, index + 2, name, None, _TWICE) for name in _inside(row, ""))
        if not rows:
            yield from (Fault("plan", None, name, None, _TWICE) for name in _inside(value, f"{key}."))


def _doubles(value: object) -> tuple[str, ...]:
    return value.repeated if isinstance(value, _Doubled) else ()


def _inside(value: Any, prefix: str) -> list[str]:
    if isinstance(value, list):
        return [name for entry in value if isinstance(entry, (list, dict)) for name in _inside(entry, prefix)]
    if not isinstance(value, dict):
        return []
    found = [prefix + name for name in _doubles(value)]
    for key, inner in value.items():
        if isinstance(inner, (list, dict)):
            found += _inside(inner, f"{prefix}{key}.")
    return found


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
