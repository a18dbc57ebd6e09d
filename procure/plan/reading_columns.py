"""From the cells of a large table to its columns, and the rows that its records would refuse.

Numbers and lists of numbers are read and checked as whole arrays. Of every other column each value that occurs is
read and checked once, by the same code as a single cell. A row is named wrong if any of its values by itself would
be refused; what is wrong with it is then said by the validation of records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.field import Field, fields_of
from procure.plan.frame import Frame
from procure.plan.occurring import first_rows, numbered
from procure.plan.plain_numbers import filled, is_list, plain_numbers, split
from procure.plan.record import Record
from procure.plan.sheet import Heading, record_of
from procure.plan.source import without_nulls
from procure.plan.table import ABSENT, LIST, ONE, Coded, Column, Columns, Numbers, Series

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

_NOTHING: Any = object()
"""Stands for an empty cell, which is not the same as a value that is None."""


@dataclass(frozen=True)
class Examined:
    """What a large table holds.

    Attributes
    ----------
    columns
        The table; values that are refused are replaced by nothing, ids excepted.
    wrong
        Rows with a value that is refused or missing, shape (n,).
    gone
        Columns that must have values and have none at all.
    """

    columns: Columns[Any]
    wrong: Mask
    gone: tuple[str, ...]


def examine_frame(record: type[Record], frame: Frame) -> Examined:
    """Read the columns of a large table."""
    wrong = np.zeros(len(frame), dtype=bool)
    columns: dict[str, Column] = {}
    gone = []
    for name, field in fields_of(record).items():
        cells = [k for k, heading in enumerate(frame.headings) if heading.name == field.heading]
        part = _Part(field, frame, [frame.headings[k] for k in cells], [frame.cells[k] for k in cells])
        if part.filled.any():
            columns[name] = part.read(wrong)
        else:
            columns[name] = _constant(field, len(frame))
            if field.required:
                wrong[:1] = True  # one row stands for all of them
                gone += [field.heading] if len(frame) > 1 else []
    return Examined(Columns(record, columns), wrong, tuple(gone))


def _constant(field: Field, length: int) -> Column:
    """A column in which no row has a value."""
    value = field.default
    if field.is_number:
        number = np.nan if value is None else float(value)
        return Numbers(np.broadcast_to(np.float64(number), length), field.is_whole)
    if field.is_series:
        return Series(np.zeros(0), np.zeros(length + 1, dtype=np.int64), np.zeros(length, dtype=np.int8))
    return Coded(np.broadcast_to(np.int32(0), length), [value])


@dataclass(frozen=True, eq=False)
class _Part:
    """The cells of one field: one column, or several dotted ones."""

    field: Field
    frame: Frame
    headings: list[Heading]
    cells: list[Any]

    @property
    def filled(self) -> Mask:
        """Rows in which any of the cells holds something, shape (n,)."""
        found = np.zeros(len(self.frame), dtype=bool)
        for cells in self.cells:
            found |= filled(cells)
        return found

    def read(self, wrong: Mask) -> Column:
        """Return the column; rows at fault are marked in `wrong`."""
        if self.field.required:
            wrong |= ~self.filled
        if self.field.is_number:
            return self._numbers(wrong)
        return self._series(wrong) if self.field.is_series else self._coded(wrong)

    def _coded(self, wrong: Mask) -> Coded:
        """Read each combination of cells that occurs once."""
        codes, raw = self._occurring(np.arange(len(self.frame)))
        values, refused = self._checked(raw)
        wrong |= refused[codes]
        kept = [raw[k] if refused[k] and self._is_name(raw[k]) else value for k, value in enumerate(values)]
        return Coded(codes.astype(np.int32), kept)

    def _is_name(self, value: Any) -> bool:
        """Whether a value at fault may still be an id, to which other rows refer."""
        return self.field.column.is_text and isinstance(value, str)

    def _checked(self, raw: list[Any]) -> tuple[list[Any], Mask]:
        given = [k for k, value in enumerate(raw) if value is not _NOTHING]
        checked, wrong = self.field.check([raw[k] for k in given])
        values = [self.field.default] * len(raw)
        refused = np.zeros(len(raw), dtype=bool)
        refused[given] = wrong
        for k, value in zip(given, checked, strict=True):
            values[k] = value
        return values, refused

    def _occurring(self, rows: Indices) -> tuple[Indices, list[Any]]:
        """Return codes of the rows and the value of each code, _NOTHING for empty cells."""
        coded = [_occurring(cells if len(rows) == len(self.frame) else _taken(cells, rows)) for cells in self.cells]
        if len(coded) == 1 and self.headings[0].inside is None and self.field.column.is_text:
            return coded[0][0], self._words(coded[0][1])
        key = np.zeros(len(rows), dtype=np.int64)
        for codes, values in coded:
            key = numbered(key * len(values) + codes)
        first = first_rows(key)
        places = [codes[first] for codes, _ in coded]
        parts = [[values[k] for k in at] for at, (_, values) in zip(places, coded, strict=True)]
        return key, [self._meaning(cells) for cells in zip(*parts, strict=True)]

    def _words(self, cells: list[Any]) -> list[Any]:
        """What cells of a column of words mean: what they say, but for numbers, and for errors of a spreadsheet."""
        return [
            _NOTHING if cell is None else cell if isinstance(cell, str) and cell[0] != "#" else self._meaning([cell])
            for cell in cells
        ]

    def _meaning(self, cells: Sequence[Any]) -> Any:
        row = without_nulls(record_of(self.headings, cells, self.frame.read))
        return row.get(self.field.heading, _NOTHING)

    def _plain(self, read: Callable[[Any], tuple[Array, Mask]]) -> tuple[Array, Mask]:
        """Read what is written plainly; nothing of dotted columns is."""
        if len(self.cells) == 1 and self.headings[0].inside is None:
            return read(self.cells[0])
        return np.full(len(self.frame), np.nan), np.zeros(len(self.frame), dtype=bool)

    def _numbers(self, wrong: Mask) -> Numbers:
        whole = self.field.is_whole
        values, plain = self._plain(lambda cells: plain_numbers(cells, self.frame.delimiter))
        values = values + 0.0
        given = self.filled
        sound = self.field.accepts(np.trunc(values[plain]) if whole else values[plain])
        if whole:
            sound &= values[plain] % 1 == 0
        wrong[np.flatnonzero(plain)[~sound]] = True
        if not given.all():
            values[~given] = np.nan if self.field.default is None else self.field.default
        for row, value in self._cell_by_cell(np.flatnonzero(given & ~plain), wrong):
            values[row] = np.nan if value is None else value
        return Numbers(values, whole)

    def _series(self, wrong: Mask) -> Series:
        cells, delimiter = self.cells[0], self.frame.delimiter
        parts = split(cells)
        entries, sizes = (cells.drop_null(), self.filled.astype(np.int64)) if parts is None else parts
        flat, plain = plain_numbers(entries, delimiter)
        flat = flat + 0.0
        row_of = np.repeat(np.arange(len(sizes)), sizes)
        understood = self.filled
        understood[row_of[~plain]] = False
        wrong[row_of[plain][~self.field.accepts(flat[plain])]] = True
        form = np.where(understood, np.where(_is_list(cells, sizes), LIST, ONE), ABSENT).astype(np.int8)
        others = list(self._cell_by_cell(np.flatnonzero(self.filled & ~understood), wrong))
        return _joined(flat, sizes, form, others)

    def _cell_by_cell(self, rows: Indices, wrong: Mask) -> Sequence[tuple[int, Any]]:
        """Read rows that are not written plainly, each kind of cell once."""
        if not len(rows):
            return []
        codes, raw = self._occurring(rows)
        values, refused = self._checked(raw)
        wrong[rows[refused[codes]]] = True
        return [(int(row), values[code]) for row, code in zip(rows, codes, strict=True)]


def _is_list(cells: Any, sizes: Indices) -> Mask:
    """Tell which rows hold a list: text with bars, and whatever a list column holds."""
    import pyarrow as pa

    if pa.types.is_large_string(cells.type):
        return sizes > 1
    return np.full(len(sizes), is_list(cells.type))


def _joined(flat: Array, sizes: Indices, form: NDArray[np.int8], others: Sequence[tuple[int, Any]]) -> Series:
    """Put the rows that were read one by one among the others."""
    kept = np.repeat(form != ABSENT, sizes)
    sizes = np.where(form != ABSENT, sizes, 0)
    values = {row: value for row, value in others if value is not None}
    for row, value in values.items():
        sizes[row] = len(value) if isinstance(value, tuple) else 1
        form[row] = LIST if isinstance(value, tuple) else ONE
    starts = np.concatenate([[0], np.cumsum(sizes)])
    if not values:
        return Series(flat if kept.all() else flat[kept], starts, form)
    by_column = np.ones(int(starts[-1]), dtype=bool)
    joined = np.empty(int(starts[-1]))
    for row, value in values.items():
        by_column[starts[row] : starts[row + 1]] = False
        joined[starts[row] : starts[row + 1]] = value
    joined[by_column] = flat[kept]
    return Series(joined, starts, form)


def _occurring(cells: Any) -> tuple[Indices, list[Any]]:
    """Return codes of an array's cells, shape (n,), and what they stand for; an empty cell stands for None."""
    import pyarrow as pa

    if pa.types.is_nested(cells.type):
        values = cells.to_pylist()
        codes = numbered([repr(value) for value in values])
        return codes, [values[k] for k in first_rows(codes).tolist()]
    encoded = cells.dictionary_encode(null_encoding="encode")
    return encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64), encoded.dictionary.to_pylist()


def _taken(cells: Any, rows: Indices) -> Any:
    import pyarrow as pa

    return cells.take(pa.array(rows))
