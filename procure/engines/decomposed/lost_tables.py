"""Lost sales as sums of functions of one period's supply, so that a dynamic program can bear them.

The units lost by t on path k, C_tk = max over s <= t of (D_sk - X_s)^+, are at least (D_sk - X_s)^+ for any s, and so
at least any mean of these over s. With weights chosen where a known supply has its deepest shortfall the bound is exact
there. FORMULATION.md, "Prices: lost sales, random supply, backorders first". C cells, T periods, K paths.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.kernel import Cells

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

QUANTILE = 0.9
"""Share of the paths whose demand the supply meets at which the first weights are chosen."""
STEP_TO_KNOWN = 0.3
"""Weight of a known decision."""
LEAST_STEP = 0.03
"""Least weight of the latest plan in the running mean of weights."""


class LostTables:
    """The tables of one cell whose unmet demand is lost.

    Parameters
    ----------
    cell
        Position of the cell.
    demand
        Paths of cumulative demand, shape (T, K) [units].
    """

    def __init__(self, cell: int, demand: Array) -> None:
        self.cell, self._demand = cell, demand
        self._shift = np.zeros((1, 1))
        self._weight = np.zeros(demand.shape)
        self._mean = np.quantile(demand, QUANTILE, axis=1)
        self._count = 0
        self._choose(self._mean, 1.0)

    def assume(self, surprise: Array) -> None:
        """Take supply as expected supply plus a surprise, shape (T, K) [units]."""
        self._shift = surprise

    def learn(self, supply: Array) -> None:
        """Move the weights towards those at a supply, shape (T,) [units]."""
        self._count += 1
        step = max(2.0 / (self._count + 2.0), LEAST_STEP)
        self._mean = (1.0 - step) * self._mean + step * supply
        self._choose(supply, step)

    def know(self, supply: Array) -> None:
        """Move the weights a good way towards those at the supply of a known decision, shape (T,) [units]."""
        self._mean = (1.0 - STEP_TO_KNOWN) * self._mean + STEP_TO_KNOWN * supply
        self._choose(supply, STEP_TO_KNOWN)

    def _choose(self, supply: Array, step: float) -> None:
        deepest = np.argmax(self._demand - self._shift - supply[:, None], axis=0)
        self._weight *= 1.0 - step
        self._weight[deepest, np.arange(len(deepest))] += step
        self._when = _deepest_so_far(self._demand - self._shift - self._mean[:, None])

    def lost(self, supply: Array) -> Array:
        """Units lost so far at a supply, shape (T,)."""
        short = np.maximum(self._demand - self._shift - supply[:, None], 0.0)
        value: Array = np.maximum.accumulate(short, axis=0).mean(axis=1)
        return value

    def fill(self, cells: Cells, costs: Array) -> None:
        """Write what units lost cost at least by level into the cell's rows of `short`.

        Parameters
        ----------
        costs
            Cost of a unit lost so far by period, 0 or more, shape (T,).
        """
        first = cells.opening[self.cell] - cells.start[self.cell] * cells.grain[self.cell]
        at, n = int(cells.table[self.cell]), int(cells.levels[self.cell])
        demand = self._demand - self._shift
        _fill(demand, self._weight, self._when, costs, first, float(cells.grain[self.cell]), n, cells.short, at)


def _deepest_so_far(short: Array) -> Indices:
    """Period s <= t of the deepest shortfall, of each path, shape (T, K)."""
    deepest = np.maximum.accumulate(short, axis=0)
    new = np.where(short >= deepest, np.arange(len(short))[:, None], 0)
    found: Indices = np.maximum.accumulate(new, axis=0)
    return found


@numba.njit(cache=True, nogil=True)
def _fill(demand, weight, when, costs, first, grain, n, out, at):  # type: ignore[no-untyped-def]
    """Weights by period and path, then sums over the paths above each level; rounded down."""
    periods, paths = demand.shape
    total = costs[periods - 1] * weight
    for t in range(periods - 1):
        if costs[t] != 0.0:
            for k in range(paths):
                total[when[t, k], k] += costs[t]
    mass, moment = np.zeros(n + 1), np.zeros(n + 1)
    for s in range(periods):
        mass[:] = 0.0
        moment[:] = 0.0
        for k in range(paths):
            if total[s, k] > 0.0:
                above = min(max(int(np.ceil((demand[s, k] - first[s]) / grain)), 0), n)
                mass[above] += total[s, k]
                moment[above] += total[s, k] * (demand[s, k] - first[s])
        row = at + s * n
        more, sum_ = 0.0, 0.0
        for j in range(n - 1, -1, -1):
            more += mass[j + 1]
            sum_ += moment[j + 1]
            value = max(sum_ - more * (j * grain), 0.0) / paths
            out[row + j] = np.float32(value * (1.0 - 2e-7))


def lost_tables(paths: dict[int, Any]) -> dict[int, LostTables]:
    """Tables of all such cells."""
    return {cell: LostTables(cell, demand) for cell, demand in paths.items()}
