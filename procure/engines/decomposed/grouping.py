"""Sums and extremes over the rows that share an owner: lines of a purchase order, moves of a lane."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


class Grouping:
    """Rows by owner.

    Parameters
    ----------
    owner
        Owner of each row, shape (n,).
    count
        Number of owners.
    """

    def __init__(self, owner: Indices, count: int) -> None:
        self.owner, self.count = owner, count

    @cached_property
    def _matrix(self) -> csr_array:
        rows = np.arange(len(self.owner))
        return csr_array((np.ones(len(rows)), (self.owner, rows)), shape=(self.count, len(rows)))

    @cached_property
    def _runs(self) -> tuple[Indices, Indices, Indices]:
        """Rows sorted by owner, where each owner with rows begins, and these owners."""
        order = np.argsort(self.owner, kind="stable").astype(np.int64)
        owners, first = np.unique(self.owner[order], return_index=True)
        return order, first.astype(np.int64), owners.astype(np.int64)

    def sum(self, values: Array) -> Array:
        """Sum by owner, shape (count, T), of values of shape (n, T)."""
        if not len(self.owner):
            return np.zeros((self.count, values.shape[1]))
        total: Array = self._matrix @ values
        return total

    def least(self, values: Array) -> Array:
        """Minimum by owner, infinite without rows, shape (count, T)."""
        return self._extreme(np.minimum, values, np.inf)

    def most(self, values: Array, empty: float = 0.0) -> Array:
        """Maximum by owner, `empty` without rows, shape (count, T)."""
        return self._extreme(np.maximum, values, empty)

    def _extreme(self, of: np.ufunc, values: Array, empty: float) -> Array:
        order, first, owners = self._runs
        found = np.full((self.count, values.shape[1]), empty)
        if len(order):
            found[owners] = of.reduceat(values[order], first, axis=0)
        return found
