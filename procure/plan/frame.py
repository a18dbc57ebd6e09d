"""A large table as it was read: cells by column, not yet understood. Its rows are never made into Python objects."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.sheet import Heading, Reader, record_of

LARGE = 20_000
"""From so many rows on, a table is read by column."""

TABLES_BY_COLUMN = ("items", "offers", "stock", "open_orders", "demand")
"""Tables that grow with the catalogue. The others are always read record by record."""


def has_arrow() -> bool:
    """Tell whether pyarrow is there, which reads tables by column."""
    return importlib.util.find_spec("pyarrow") is not None


@dataclass(frozen=True, eq=False)
class Frame:
    """Cells of a table.

    Attributes
    ----------
    headings
        What each column fills.
    cells
        A pyarrow array for each heading, null where a cell is empty; text without blanks at its ends.
    read
        Returns what a cell that is not empty means.
    delimiter
        What separates the cells of a text file.
    """

    headings: tuple[Heading, ...]
    cells: tuple[Any, ...]
    read: Reader
    delimiter: str = ","

    def __len__(self) -> int:
        return len(self.cells[0]) if self.cells else 0

    def rows(self, positions: Sequence[int] | NDArray[np.int64]) -> list[dict[str, Any]]:
        """What some rows hold, as the reader of single rows would have it."""
        taken = [column.take(_indices(positions)).to_pylist() for column in self.cells]
        return [record_of(self.headings, row, self.read) for row in zip(*taken, strict=True)]


def _indices(positions: Sequence[int] | NDArray[np.int64]) -> Any:
    import pyarrow as pa

    return pa.array(np.asarray(positions, dtype=np.int64))
