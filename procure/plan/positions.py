"""Where each id of a plan stands in its table, and where each cell stands among the cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.records import Plan
from procure.plan.table import coded, positions

Indices = NDArray[np.int64]

CellKey = tuple[int, int]
"""Positions of an item and a warehouse."""


@dataclass(frozen=True)
class Positions:
    """Position of every id in its table."""

    items: dict[str, int]
    warehouses: dict[str, int]
    suppliers: dict[str, int]

    @staticmethod
    def of(plan: Plan) -> Positions:
        """Number the rows of a plan."""
        return Positions(
            items=positions(plan.items, "item"),
            warehouses=positions(plan.warehouses, "warehouse"),
            suppliers=positions(plan.suppliers, "supplier"),
        )

    def cell(self, item: str, warehouse: str) -> CellKey:
        """Positions of an item at a warehouse."""
        return self.items[item], self.warehouses[warehouse]

    def place(self, item: str, warehouse: str) -> int:
        """Number of an item at a warehouse, as `keys` gives."""
        return self.items[item] * max(len(self.warehouses), 1) + self.warehouses[warehouse]

    def keys(self, item: Indices, warehouse: Indices) -> Indices:
        """One number for each pair of positions, in the order of items, then warehouses."""
        found: Indices = item * max(len(self.warehouses), 1) + warehouse
        return found

    def pair(self, keys: Indices) -> tuple[Indices, Indices]:
        """Positions of item and warehouse of such numbers."""
        item, warehouse = np.divmod(keys, max(len(self.warehouses), 1))
        return item, warehouse

    def places(self, rows: Sequence[Any]) -> Indices:
        """Number of the item and warehouse of each row of a table, shape (rows,)."""
        item = coded(rows, "item").positions(self.items)
        return self.keys(item, coded(rows, "warehouse").positions(self.warehouses))


class CellIndex(Mapping[CellKey, int]):
    """Position of every cell by the positions of its item and warehouse.

    Parameters
    ----------
    keys
        Numbers of the cells (`Positions.keys`), rising.
    """

    def __init__(self, known: Positions, keys: Indices) -> None:
        self._known, self._keys = known, keys

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[CellKey]:
        item, warehouse = self._known.pair(self._keys)
        return zip(item.tolist(), warehouse.tolist(), strict=True)

    def __getitem__(self, cell: CellKey) -> int:
        item, warehouse = cell
        if not 0 <= warehouse < max(len(self._known.warehouses), 1):
            raise KeyError(cell)
        key = int(item) * max(len(self._known.warehouses), 1) + int(warehouse)
        found = int(np.searchsorted(self._keys, key))
        if found == len(self._keys) or self._keys[found] != key:
            raise KeyError(cell)
        return found

    @property
    def keys_in_order(self) -> Indices:
        """Numbers of the cells, shape (C,)."""
        return self._keys

    def of(self, keys: Indices) -> Indices:
        """Positions of cells that are there, by their numbers, shape of `keys`."""
        return np.searchsorted(self._keys, keys).astype(np.int64)
