"""A field of a record by itself: validates values of one column, each that occurs once, with the record's own rules."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from procure.plan.columns import LIST, NUMBER, WHOLE, Column, columns_of
from procure.plan.record import Record
from procure.plan.table import Column as TableColumn
from procure.plan.table import Columns, Numbers, coded, numbers, series

Mask = NDArray[np.bool_]

_BLOCK = 10_000


class Field:
    """The rules of one field.

    Attributes
    ----------
    name, heading
        Its name, and the name of its column in a file.
    column
        What its column may hold.
    required
        Whether every row must have a value.
    is_number, is_whole, is_series
        Whether it is a number, a whole one, or a number or list per period.
    """

    def __init__(self, record: type[Record], name: str) -> None:
        info = record.model_fields[name]
        self.name, self.heading = name, info.alias or name
        self.column: Column = columns_of(record)[self.heading]
        self.required = info.is_required()
        self.is_whole = WHOLE in self.column.kinds
        self.is_number = self.column.kinds <= {NUMBER, WHOLE}
        self.is_series = self.column.kinds == {NUMBER, LIST}
        self._info = info
        kind: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        self._adapter: TypeAdapter[list[Any]] = TypeAdapter(list[kind])

    @property
    def default(self) -> Any:
        """The value of a row that has none; None where it must have one."""
        return None if self.required else self._info.get_default(call_default_factory=True)

    def check(self, values: Sequence[Any]) -> tuple[list[Any], Mask]:
        """Return the values as records hold them, None where one is refused, and which are refused."""
        found: list[Any] = []
        wrong = np.zeros(len(values), dtype=bool)
        for start in range(0, len(values), _BLOCK):
            block = list(values[start : start + _BLOCK])
            try:
                found += self._adapter.validate_python(block)
            except ValidationError as error:
                refused = {int(detail["loc"][0]) for detail in error.errors(include_url=False)}
                wrong[start + np.array(sorted(refused))] = True
                sound = iter(self._adapter.validate_python([v for k, v in enumerate(block) if k not in refused]))
                found += [None if k in refused else next(sound) for k in range(len(block))]
        return found, wrong

    def written(self, values: Sequence[Any]) -> list[Any]:
        """Return values of records as JSON values, without what is absent."""
        return list(self._adapter.dump_python(list(values), mode="json", by_alias=True, exclude_none=True))

    def accepts(self, numbers: NDArray[np.float64]) -> Mask:
        """Tell which numbers lie in the field's range, which is an interval, shape (n,)."""
        if not len(numbers):
            return np.zeros(0, dtype=bool)
        ends = [float(numbers.min()), float(numbers.max())]
        if not self.check(ends)[1].any():
            return np.ones(len(numbers), dtype=bool)
        occurring, inverse = np.unique(numbers, return_inverse=True)
        return ~self.check(occurring.tolist())[1][inverse]


@cache
def fields_of(record: type[Record]) -> dict[str, Field]:
    """The fields of a record by name."""
    return {name: Field(record, name) for name in record.model_fields}


def as_columns(record: type[Record], rows: Sequence[Record]) -> Columns[Any]:
    """Return a table as columns, whatever its form."""
    if isinstance(rows, Columns):
        return rows
    return Columns(record, {name: _column(field, rows) for name, field in fields_of(record).items()})


def _column(field: Field, rows: Sequence[Record]) -> TableColumn:
    if field.is_number:
        return Numbers(numbers(rows, field.name), field.is_whole)
    return series(rows, field.name) if field.is_series else coded(rows, field.name)
