"""Stocks of the cells that only draws can value: random supply, and unmet demand that is lost. T periods, K draws.

Where customers wait the demand is integrated exactly in each draw of supply: the mean over draws of the loss
function at that draw's supply. Where unmet demand is lost the paths are of demand and supply together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from procure.uncertainty.deliveries import RandomSupply
from procure.uncertainty.lost import deepest, units_lost

if TYPE_CHECKING:
    from procure.uncertainty.law import Law

Array = NDArray[np.float64]
Index = NDArray[np.integer[Any]]
REMEMBERED = 16
"""Values remembered for each cell: plans that are compared mostly differ in few cells."""


@dataclass(frozen=True, eq=False)
class Slopes:
    """A convex function of a cell's expected supply and uncertain orders, at one point, by period t.

    Attributes
    ----------
    value
        Shape (T,) [units].
    supply
        Subgradient by period of expected supply, shape (T, T): row t, column of the supply.
    orders
        Subgradient by uncertain order, shape (J, T): column t.
    """

    value: Array
    supply: Array
    orders: Array


class SampledCell:
    """One such cell under a law.

    Parameters
    ----------
    law
        Law of demand and deliveries.
    cell
        Position in the network.
    """

    def __init__(self, law: Law, cell: int) -> None:
        self._law, self._cell = law, cell
        self.random: RandomSupply | None = law.deliveries.cells.get(cell)
        self._demand = law.lost_paths.get(cell)
        self._expected = law.expected[cell]
        self._memory: dict[bytes, tuple[Array, Array, Array]] = {}

    @property
    def is_lost(self) -> bool:
        """Whether unmet demand is lost."""
        return self._demand is not None

    def ordered(self, orders: Array) -> Array:
        """Units of the cell's uncertain orders, shape (J,)."""
        return np.zeros(0) if self.random is None else self.random.ordered(orders)

    def stocks(self, ordered: Array, supply: Array) -> tuple[Array, Array, Array]:
        """Expected backorders (or units lost in each period), on hand and peak stock, each (T,) [units].

        Parameters
        ----------
        ordered
            Units of the uncertain orders, shape (J,).
        supply
            Expected supply, shape (T,).
        """
        key = ordered.tobytes() + supply.tobytes()
        if key not in self._memory:
            while len(self._memory) >= REMEMBERED:
                self._memory.pop(next(iter(self._memory)), None)
            self._memory[key] = self._stocks(ordered, supply)
        return self._memory[key]

    def _stocks(self, ordered: Array, supply: Array) -> tuple[Array, Array, Array]:
        paths = self._paths(ordered, supply)
        if self._demand is not None:
            so_far = units_lost(self._demand, paths).mean(axis=1)
            before = np.append(0.0, so_far[:-1])
            peak = supply - np.append(0.0, self._expected[:-1]) + before
            return so_far - before, supply - self._expected + so_far, peak
        backorders = self.short(paths, 0).mean(axis=1)
        peak = np.maximum(paths[:1], 0.0).mean(axis=1)
        if len(supply) > 1:
            later = supply[1:] - self._expected[:-1] + self.short(paths, 1).mean(axis=1)
            peak = np.append(peak, later)
        return backorders, supply - self._expected + backorders, peak

    def unmet(self, ordered: Array, supply: Array) -> Slopes:
        """Expected backorders at the end of t, or units lost so far, with a subgradient."""
        paths = self._paths(ordered, supply)
        if self._demand is not None:
            return self._lost(paths)
        value = self.short(paths, 0).mean(axis=1)
        return self._diagonal(value, -self.exceeds(paths, 0))

    def peak(self, ordered: Array, supply: Array) -> Slopes:
        """Expected peak stock, with a subgradient, where customers wait."""
        paths = self._paths(ordered, supply)
        value = self._stocks(ordered, supply)[2]
        weights = np.concatenate([(paths[:1] > 0.0).astype(float), 1.0 - self.exceeds(paths, 1)])
        return self._diagonal(value, weights)

    def _paths(self, ordered: Array, supply: Array) -> Array:
        if self.random is not None:
            return self.random.supply(ordered, supply)
        return np.repeat(supply[:, None], 1, axis=1)

    def short(self, paths: Array, ahead: int) -> Array:
        """Shortfall of the demand up to `ahead` periods before each period, shape (T - ahead, K).

        Parameters
        ----------
        paths
            Supply of each draw, shape (T, K) [units].
        """
        return self._by_value(self._law.shortfall, paths[ahead:])

    def exceeds(self, paths: Array, ahead: int) -> Array:
        """Chance that the demand up to `ahead` periods before each period exceeds supply, shape (T - ahead, K)."""
        return self._by_value(self._law.exceedance, paths[ahead:])

    def _by_value(self, function: Callable[[Index, Index, Array], Array], rows: Array) -> Array:
        """Work a function out once for each supply that draws share: with few lead times these are few."""
        found = [np.unique(row, return_inverse=True) for row in rows]
        if not found:
            return np.zeros_like(rows)
        sizes = [len(values) for values, _ in found]
        periods = np.repeat(np.arange(len(rows)), sizes)
        values = function(np.full(len(periods), self._cell), periods, np.concatenate([v for v, _ in found]))
        pieces = np.split(values, np.cumsum(sizes)[:-1])
        return np.array([piece[place] for piece, (_, place) in zip(pieces, found, strict=True)])

    def _diagonal(self, value: Array, weights: Array) -> Slopes:
        orders = np.zeros((0, len(value))) if self.random is None else self.random.slopes(weights)
        return Slopes(value, np.diag(weights.mean(axis=1)), orders)

    def _lost(self, paths: Array) -> Slopes:
        assert self._demand is not None
        periods, runs = self._demand.shape
        value = units_lost(self._demand, paths).mean(axis=1)
        when = deepest(self._demand, paths)
        shape = (0 if self.random is None else len(self.random.draws.lines), periods)
        supply, orders = np.zeros((periods, periods)), np.zeros(shape)
        for t in range(periods):
            chosen = (when[t] == np.arange(t + 1)[:, None]).astype(float)
            supply[t, : t + 1] = -chosen.mean(axis=1)
            if self.random is not None:
                weights = np.zeros((periods, runs))
                weights[: t + 1] = -chosen
                orders[:, t] = self.random.slopes(weights).sum(axis=1)
        return Slopes(value, supply, orders)
