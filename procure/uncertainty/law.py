"""The law of cumulative demand D_t of every cell and period: what is expected, and what is still a surprise.

With a window of P periods the demand of periods 0..t-P counts at its mean and the sum of the last P periods
up to t is random. So D_t is a constant plus one random sum of a known family (section 2 of the plan format).
With samples D_t has the sample mean up to t-P plus each sample's own last P periods. Where unmet demand is lost all
of D_t is random, on drawn paths (`lost.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.uncertainty import families
from procure.uncertainty.deliveries import Deliveries, OrderDraws, deliveries_of, draw_orders
from procure.uncertainty.families import Family
from procure.uncertainty.lost import lost_paths
from procure.uncertainty.sampled import SampledCell

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Index = NDArray[np.integer[Any]] | np.integer[Any] | int
"""Positions of cells or periods, to be broadcast."""


@dataclass(frozen=True, eq=False)
class Law:
    """Laws of D_t for all cells (C) and periods (T).

    Attributes
    ----------
    family
        Family of the random sum, shape (C, T).
    known
        Demand that counts at its mean, shape (C, T) [units].
    mean, variance
        Moments of the random sum, shape (C, T) [units, units squared].
    sorted_paths
        By cell: values of D_t over the samples in rising order, shape (T, samples) [units].
    deliveries
        What orders and open orders bring under the same window.
    lost_paths
        By cell whose unmet demand is lost: drawn paths of D_t, shape (T, K) [units].
    """

    family: NDArray[np.int8]
    known: Array
    mean: Array
    variance: Array
    sorted_paths: dict[int, Array]
    deliveries: Deliveries
    lost_paths: dict[int, Array]

    @cached_property
    def expected(self) -> Array:
        """E[D_t], shape (C, T) [units]."""
        return self.known + self.mean

    @cached_property
    def sampled(self) -> dict[int, SampledCell]:
        """Cells that only draws can value: random supply, or unmet demand that is lost."""
        return {cell: SampledCell(self, cell) for cell in sorted({*self.deliveries.cells, *self.lost_paths})}

    def shortfall(self, cell: Index, period: Index, supply: Array) -> Array:
        """E[(D_t - x)^+] for a supply of x units, elementwise over broadcast indices."""
        random = supply - self.known[cell, period]
        value = families.loss(self.family[cell, period], self.mean[cell, period], self.variance[cell, period], random)
        return self._with_samples(value, cell, period, supply, _sample_loss)

    def exceedance(self, cell: Index, period: Index, supply: Array) -> Array:
        """P(D_t > x), minus the right derivative of `shortfall`."""
        random = supply - self.known[cell, period]
        value = families.tail(self.family[cell, period], self.mean[cell, period], self.variance[cell, period], random)
        return self._with_samples(value, cell, period, supply, _sample_tail)

    def quantile(self, cell: Index, period: Index, probability: Array) -> Array:
        """Smallest x with P(D_t <= x) >= probability [units]."""
        value = self.known[cell, period] + families.quantile(
            self.family[cell, period], self.mean[cell, period], self.variance[cell, period], probability
        )
        return self._with_samples(value, cell, period, probability, _sample_quantile)

    def _with_samples(
        self, value: Array, cell: Index, period: Index, x: Array, formula: Callable[[Array, Array], Array]
    ) -> Array:
        """Put values over sample paths where cells have them."""
        if not self.sorted_paths:
            return value
        cells, periods, points = (np.broadcast_to(a, value.shape) for a in (cell, period, x))
        result = np.array(value)
        for known in set(np.unique(cells).tolist()) & set(self.sorted_paths):
            for t in np.unique(periods[cells == known]).tolist():
                here = (cells == known) & (periods == t)
                result[here] = formula(self.sorted_paths[known][t], points[here])
        return result


def _sample_loss(paths: Array, x: Array) -> Array:
    """Mean shortfall over sorted paths, shape (n,); paths (samples,), x (n,)."""
    above = np.append(np.cumsum(paths[::-1])[::-1], 0.0)
    rank = np.searchsorted(paths, x, side="right")
    value: Array = np.maximum(above[rank] - (len(paths) - rank) * x, 0.0) / len(paths)
    return value


def _sample_tail(paths: Array, x: Array) -> Array:
    """Share of the sorted paths above x."""
    return 1.0 - np.searchsorted(paths, x, side="right") / len(paths)


def _sample_quantile(paths: Array, probability: Array) -> Array:
    """Least path with enough paths at or below it."""
    rank = np.ceil(probability * len(paths) - 1e-9).astype(int)
    value: Array = paths[np.clip(rank, 1, len(paths)) - 1]
    return value


def law_of(network: Network, *, cumulative: bool = False) -> Law:
    """Return the law of D_t under the plan's `uncertainty`, or with all surprises counted.

    Parameters
    ----------
    network
        The plan in numbers.
    cumulative
        Count every surprise (P = T), whatever the plan says.
    """
    return law_from(network, draw_orders(network), lost_paths(network), cumulative=cumulative)


def law_from(
    network: Network, orders: dict[int, OrderDraws], lost: dict[int, Array], *, cumulative: bool = False
) -> Law:
    """Return the law with draws that are there already.

    Parameters
    ----------
    orders
        What may become of orders, by cell with anything random.
    lost
        Paths of D_t by cell whose unmet demand is lost, shape (T, K) [units].
    """
    periods = np.arange(network.periods)
    window = np.full_like(network.window, network.periods) if cumulative else network.window
    start = np.maximum(periods[None, :] - window[:, None], -1)
    total_mean = _running(network.mean)
    total_variance = _running(network.variance)
    rows = np.arange(network.n_cells)[:, None]
    known = total_mean[rows, start + 1]
    mean = total_mean[:, 1:] - known
    variance = np.maximum(total_variance[:, 1:] - total_variance[rows, start + 1], 0.0)
    variance[variance < 1e-12 * np.maximum(total_variance[:, 1:], 1e-300)] = 0.0
    family = families.choose_family(network.plan.policy.distribution, mean, variance)
    for cell in {*network.paths, *lost}:
        family[cell] = Family.SAMPLES
    paths = _sorted_paths(network, start)
    paths.update({cell: np.sort(drawn, axis=1) for cell, drawn in lost.items()})
    return Law(family, known, mean, variance, paths, deliveries_of(network, orders, window), lost)


def _running(values: Array) -> Array:
    """Sums over periods 0..t-1, with a leading 0, shape (C, T + 1)."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _sorted_paths(network: Network, start: Indices) -> dict[int, Array]:
    laws: dict[int, Array] = {}
    for cell, paths in network.paths.items():
        running = _running(paths)
        own = running[:, 1:] - running[:, start[cell] + 1]
        laws[cell] = np.sort((own + running.mean(axis=0)[start[cell] + 1]).T, axis=1)
    return laws
