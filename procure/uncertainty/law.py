"""The law of cumulative demand D_t of every cell and period: what is expected, and what is still a surprise.

With a window of P periods the demand of periods 0..t-P counts at its mean and the sum of the last P periods
up to t is random. So D_t is a constant plus one random sum of a known family (section 2 of the plan format).
With samples D_t has the sample mean up to t-P plus each sample's own last P periods.
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
from procure.uncertainty.families import Family

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
    """

    family: NDArray[np.int8]
    known: Array
    mean: Array
    variance: Array
    sorted_paths: dict[int, Array]

    @cached_property
    def expected(self) -> Array:
        """E[D_t], shape (C, T) [units]."""
        return self.known + self.mean

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
            here = cells == known
            result[here] = formula(self.sorted_paths[known][periods[here]], points[here])
        return result


def _sample_loss(paths: Array, x: Array) -> Array:
    """Mean shortfall over the paths of each row, shape (n,); paths (n, samples), x (n,)."""
    value: Array = np.maximum(paths - x[:, None], 0.0).mean(axis=1)
    return value


def _sample_tail(paths: Array, x: Array) -> Array:
    """Share of the paths above x."""
    value: Array = (paths > x[:, None]).mean(axis=1)
    return value


def _sample_quantile(paths: Array, probability: Array) -> Array:
    """Least path with enough paths at or below it."""
    samples = paths.shape[1]
    rank = np.ceil(probability * samples - 1e-9).astype(int)
    value: Array = paths[np.arange(len(paths)), np.clip(rank, 1, samples) - 1]
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
    for cell in network.paths:
        family[cell] = Family.SAMPLES
    return Law(family, known, mean, variance, _sorted_paths(network, start))


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
