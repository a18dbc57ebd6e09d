"""A table of a plan as columns, read by column or, slowly, record by record.

A small table is a tuple of records. A large one is a `Columns`: the same rows as arrays, of which a record is made
only when somebody asks for one. The functions `numbers`, `coded` and `series` read a column of either, so what is
computed from them does not depend on the form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, WrapValidator

from procure.plan.record import Record

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Codes = NDArray[np.int32]
R = TypeVar("R", bound=BaseModel)

ABSENT, ONE, LIST = 0, 1, 2
"""Forms of a value per period: nothing, one number, a list."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """One number or nothing a row, shape (n,); nothing is NaN.

    Attributes
    ----------
    values
        The numbers.
    whole
        Whether records hold them as int.
    """

    values: Array
    whole: bool = False

    def __len__(self) -> int:
        return len(self.values)

    def value(self, row: int) -> float | int | None:
        """The value as a record holds it."""
        number = float(self.values[row])
        if number != number:
            return None
        return int(number) if self.whole else number


@dataclass(frozen=True, eq=False)
class Coded:
    """Any kind of value: those that occur, and which of them each row has.

    Attributes
    ----------
    codes
        Position of each row's value, shape (n,).
    values
        What occurs, as records hold it; not necessarily each once.
    """

    codes: Codes | Indices
    values: Sequence[Any]

    def __len__(self) -> int:
        return len(self.codes)

    def value(self, row: int) -> Any:
        """The value as a record holds it."""
        return self.values[self.codes[row]]

    def each(self, function: Callable[[Any], Any], kind: Any = np.float64) -> NDArray[Any]:
        """Apply a function to what occurs, and spread the results over the rows, shape (n,)."""
        found = np.fromiter(map(function, self.values), dtype=kind, count=len(self.values))
        return found[self.codes]

    def positions(self, index: Mapping[Any, int]) -> Indices:
        """Position of each row's value in an index, -1 where it has none."""
        return self.each(lambda value: index.get(value, -1), np.int64)

    def strings(self) -> NDArray[np.object_]:
        """The value of every row, shape (n,)."""
        return self.each(lambda value: value, object)


@dataclass(frozen=True, eq=False)
class Series:
    """A number, a list of numbers or nothing a row.

    Attributes
    ----------
    flat
        All numbers, row after row.
    starts
        Where each row's numbers start in `flat`, and the end of the last, shape (n + 1,).
    form
        `ABSENT`, `ONE` or `LIST`, shape (n,).
    """

    flat: Array
    starts: Indices
    form: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.form)

    def value(self, row: int) -> float | tuple[float, ...] | None:
        """The value as a record holds it."""
        if self.form[row] == ABSENT:
            return None
        numbers = self.flat[self.starts[row] : self.starts[row + 1]].tolist()
        return tuple(numbers) if self.form[row] == LIST else float(numbers[0])

    @property
    def sizes(self) -> Indices:
        """How many numbers each row has, shape (n,)."""
        return np.diff(self.starts)

    def matrix(self, rows: Indices, width: int) -> Array:
        """The first `width` numbers of rows that have as many or more, shape (len(rows), width)."""
        found: Array = self.flat[self.starts[rows][:, None] + np.arange(width)]
        return found

    def single(self) -> Array:
        """The number of each row, NaN where it has a list or nothing, shape (n,)."""
        found = np.full(len(self), np.nan)
        one = np.flatnonzero(self.form == ONE)
        found[one] = self.flat[self.starts[one]]
        return found

    @staticmethod
    def of(values: Sequence[float | tuple[float, ...] | None]) -> Series:
        """Take the values of records."""
        form = [ABSENT if v is None else LIST if isinstance(v, tuple) else ONE for v in values]
        parts = [() if v is None else v if isinstance(v, tuple) else (v,) for v in values]
        starts = np.concatenate([[0], np.cumsum([len(p) for p in parts], dtype=np.int64)]).astype(np.int64)
        flat = np.array([number for part in parts for number in part], dtype=float)
        return Series(flat, starts, np.array(form, dtype=np.int8))


Column = Numbers | Coded | Series


class Columns(Sequence[R]):
    """A table as columns. Length, iteration and positions work as with a tuple of records.

    Parameters
    ----------
    record
        What a row is.
    columns
        Column of every field, by the field's name.

    Attributes
    ----------
    digest
        Fingerprint of the rows, once it has been taken (`procure.plan.digest`).
    """

    digest: str = ""

    def __init__(self, record: type[R], columns: Mapping[str, Column]) -> None:
        assert set(columns) == set(record.model_fields), "every field has its column"
        self.record = record
        self.columns = dict(columns)
        self._length = len(next(iter(columns.values())))

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> R: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[R, ...]: ...

    def __getitem__(self, index: int | slice) -> R | tuple[R, ...]:
        if isinstance(index, slice):
            return tuple(self._row(k) for k in range(*index.indices(self._length)))
        position = index + self._length if index < 0 else index
        if not 0 <= position < self._length:
            raise IndexError(f"row {index} of {self._length}")
        return self._row(int(position))

    def __iter__(self) -> Iterator[R]:
        return map(self._row, range(self._length))

    def __repr__(self) -> str:
        return f"<{self._length:,} rows of {self.record.__name__} as columns>"

    def _row(self, row: int) -> R:
        values: dict[str, Any] = {name: column.value(row) for name, column in self.columns.items()}
        return self.record.model_construct(None, **values)

    def replaced(self, **columns: Column) -> Columns[R]:
        """Return the table with other columns in the place of some."""
        return Columns(self.record, {**self.columns, **columns})


def _as_it_is(value: Any, make: Callable[[Any], Any]) -> Any:
    """Take a table of columns as it is, since its rows are checked by column; a list of records becomes a tuple."""
    return value if isinstance(value, Columns) else tuple(make(value))


Table: TypeAlias = Annotated[Sequence[R], WrapValidator(_as_it_is)]
"""A table of a plan: a tuple of records, or columns."""


def column(rows: Sequence[Record], name: str) -> Column | None:
    """Return a column of a table of columns, None for a tuple of records."""
    return rows.columns[name] if isinstance(rows, Columns) else None


def numbers(rows: Sequence[Record], name: str, missing: float = np.nan) -> Array:
    """Return a column of numbers, shape (rows,).

    Parameters
    ----------
    missing
        What stands where there is none.
    """
    found = column(rows, name)
    if found is None:
        given = [getattr(row, name) for row in rows]
        return np.array([missing if v is None else v for v in given], dtype=float)
    assert isinstance(found, Numbers)
    return found.values if missing != missing else np.where(np.isnan(found.values), missing, found.values)


def coded(rows: Sequence[Record], name: str) -> Coded:
    """Return a column of any other kind."""
    found = column(rows, name)
    if found is None:
        return Coded(np.arange(len(rows)), [getattr(row, name) for row in rows])
    assert isinstance(found, Coded)
    return found


def series(rows: Sequence[Record], name: str) -> Series:
    """Return a column of values per period."""
    found = column(rows, name)
    if found is None:
        return Series.of([getattr(row, name) for row in rows])
    assert isinstance(found, Series)
    return found


def days(rows: Sequence[Record], name: str, missing: int) -> Indices:
    """Return a column of dates as day numbers (`date.toordinal`), shape (rows,).

    Parameters
    ----------
    missing
        What stands where there is none.
    """

    def number(day: dt.date | None) -> int:
        return missing if day is None else day.toordinal()

    return coded(rows, name).each(number, np.int64)


def positions(rows: Sequence[Record], name: str) -> dict[str, int]:
    """Return the position of every id of a table, in its order."""
    return {value: k for k, value in enumerate(coded(rows, name).strings().tolist())}
