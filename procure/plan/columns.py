"""What a column may hold, read off the records, so that cells of files are understood rightly."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from procure.plan.distributions import Fraction, LeadTime
from procure.plan.record import Record
from procure.plan.records import Settings

TEXT, NUMBER, WHOLE, FLAG, DAY = "text", "number", "whole", "flag", "day"
LIST, MAP, RECORD = "list", "map", "record"


@dataclass(frozen=True)
class Column:
    """What a column may hold.

    Parameters
    ----------
    kinds
        Forms of its value: text, number, whole, flag, day, list, map, record.
    entry
        What an entry of a list is.
    value
        What a value of a map is.
    parts
        Columns of a nested record.
    """

    kinds: frozenset[str]
    entry: Column | None = None
    value: Column | None = None
    parts: Mapping[str, Column] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        """Whether it holds nothing but text."""
        return self.kinds == {TEXT}

    @property
    def is_nested(self) -> bool:
        """Whether dotted columns may fill it."""
        return bool(self.kinds & {MAP, RECORD})

    def part(self, name: str) -> Column | None:
        """Return what stands under a name inside, None when there is no such name."""
        return self.parts.get(name) if RECORD in self.kinds else self.value


_LEAVES = {str: TEXT, float: NUMBER, int: WHOLE, bool: FLAG, dt.date: DAY, dt.datetime: DAY}
_NUMBER = Column(frozenset({NUMBER}))


@cache
def columns_of(record: type[Record]) -> Mapping[str, Column]:
    """Columns of a record by their name in a file."""
    return {f.alias or name: _column(_annotation(f)) for name, f in record.model_fields.items()}


@cache
def setting_columns() -> Mapping[str, Column]:
    """All settings by dotted name: ``periods``, ``capital.order_budget``, ``capital.cash.opening``."""
    found: dict[str, Column] = {}

    def add(prefix: str, columns: Mapping[str, Column]) -> None:
        for name, column in columns.items():
            found[prefix + name] = column
            add(f"{prefix}{name}.", column.parts)

    add("", columns_of(Settings))
    return found


def setting_column(key: str) -> Column | None:
    """Return what the setting of a dotted name holds; None when there is no such setting."""
    known = setting_columns()
    if key in known:
        return known[key]
    head, _, name = key.rpartition(".")
    return known[head].value if name and head in known else None


def _annotation(info: FieldInfo) -> Any:
    return info.annotation


def _column(annotation: Any) -> Column:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _column(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _either([_column(a) for a in get_args(annotation) if a is not type(None)])
    if origin is Literal:
        return Column(frozenset({TEXT}))
    if origin is tuple:
        return Column(frozenset({LIST}), entry=_column(get_args(annotation)[0]))
    if origin is dict:
        return Column(frozenset({MAP}), value=_column(get_args(annotation)[1]))
    return _plain_column(annotation)


def _plain_column(kind: type) -> Column:
    if kind in (LeadTime, Fraction):
        return Column(frozenset({NUMBER, MAP}), value=_NUMBER)
    if kind in _LEAVES:
        return Column(frozenset({_LEAVES[kind]}))
    assert issubclass(kind, Record)
    return Column(frozenset({RECORD}), parts=columns_of(kind))


def _either(columns: list[Column]) -> Column:
    return Column(
        frozenset().union(*(c.kinds for c in columns)),
        next((c.entry for c in columns if c.entry), None),
        next((c.value for c in columns if c.value), None),
        next((c.parts for c in columns if c.parts), {}),
    )
