"""Expected stock and backorders of one random sum, by summing the probabilities themselves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Array = NDArray[np.float64]

#: Two moments count as equal for ``auto`` when they differ by no more than this share of the mean.
POISSON_BAND = 0.01


def choose_family(distribution: str, mean: float, variance: float) -> str:
    """Name the family that a random sum of this mean and variance has, or ``known``."""
    if distribution == "poisson":
        return "poisson"
    if variance <= 0:
        return "known"
    if distribution == "auto":
        return _automatic(mean, variance)
    if distribution == "negative_binomial" and variance <= mean:
        return "poisson"
    return distribution


def _automatic(mean: float, variance: float) -> str:
    if abs(variance - mean) <= POISSON_BAND * mean:
        return "poisson"
    return "negative_binomial" if variance > mean else "gamma"


@dataclass(frozen=True)
class Window:
    """Cumulative demand: ``shift`` units that are certain and a random sum on top.

    ``draws`` (family ``samples``) are the equally likely values of the random sum.
    """

    shift: float
    family: str
    mean: float
    variance: float
    draws: Array | None = None

    @property
    def total_mean(self) -> float:
        """Expected cumulative demand, units."""
        return self.shift + self.mean

    def on_hand(self, supply: ArrayLike) -> Array:
        """E[(supply - demand)^+], element by element, units."""
        return self._by_value(supply, self._on_hand)

    def backorders(self, supply: ArrayLike) -> Array:
        """E[(demand - supply)^+], element by element, units."""
        return self._by_value(supply, self._backorders)

    def _by_value(self, supply: ArrayLike, function: Callable[[Array], Array]) -> Array:
        values = np.asarray(supply, dtype=float) - self.shift
        unique, place = np.unique(np.round(values, 10), return_inverse=True)
        return np.asarray(function(unique)[place].reshape(values.shape), dtype=float)

    def _on_hand(self, y: Array) -> Array:
        if self.draws is not None:
            return _mean_of_excess(y[:, None] - self.draws[None, :])
        if self.family == "known":
            return np.maximum(y - self.mean, 0.0)
        if self.family == "normal":
            return _normal_excess(y - self.mean, math.sqrt(self.variance))
        if self.family == "gamma":
            return _gamma_excess(y, self.mean, self.variance)
        counts = np.arange(0, max(math.floor(y.max()), 0) + 1)
        return np.asarray(np.maximum(y[:, None] - counts[None, :], 0.0) @ self._discrete.pmf(counts))

    def _backorders(self, y: Array) -> Array:
        if self.draws is not None:
            return _mean_of_excess(self.draws[None, :] - y[:, None])
        if self.family == "known":
            return np.maximum(self.mean - y, 0.0)
        if self.family == "normal":
            return _normal_excess(self.mean - y, math.sqrt(self.variance))
        if self.family == "gamma":
            return _gamma_loss(y, self.mean, self.variance)
        law = self._discrete
        top = max(int(law.isf(1e-15)), math.ceil(y.max())) + 60
        counts = np.arange(0, top + 1)
        return np.asarray(np.maximum(counts[None, :] - y[:, None], 0.0) @ law.pmf(counts))

    @cached_property
    def _discrete(self) -> Any:
        """The law of a discrete random sum."""
        if self.family == "poisson":
            return stats.poisson(self.mean)
        return stats.nbinom(self.mean**2 / (self.variance - self.mean), self.mean / self.variance)

    def quantile(self, level: float) -> float:
        """Least value of the random sum (without ``shift``) whose probability reaches ``level``."""
        if self.draws is not None:
            ordered = np.sort(self.draws)
            return float(ordered[max(math.ceil(level * len(ordered) - 1e-9), 1) - 1])
        if self.family == "known":
            return self.mean
        if self.family == "normal":
            return float(stats.norm.ppf(level, self.mean, math.sqrt(self.variance)))
        if self.family == "gamma":
            shape = self.mean**2 / self.variance
            return float(stats.gamma.ppf(level, shape, scale=self.variance / self.mean))
        return float(self._discrete.ppf(level))


def _mean_of_excess(difference: Array) -> Array:
    return np.asarray(np.maximum(difference, 0.0).mean(axis=1))


def _normal_excess(distance: Array, sd: float) -> Array:
    """E[(distance + sd Z)^+] for a standard normal Z."""
    z = distance / sd
    return np.asarray(distance * stats.norm.cdf(z) + sd * stats.norm.pdf(z))


def _gamma_loss(y: Array, mean: float, variance: float) -> Array:
    """E[(D - y)^+] for a gamma D: its partial mean is the mean times the tail with one more in the shape."""
    shape, scale = mean**2 / variance, variance / mean
    loss = mean * stats.gamma.sf(y, shape + 1, scale=scale) - y * stats.gamma.sf(y, shape, scale=scale)
    return np.asarray(np.where(y <= 0, mean - y, loss))


def _gamma_excess(y: Array, mean: float, variance: float) -> Array:
    shape, scale = mean**2 / variance, variance / mean
    excess = y * stats.gamma.cdf(y, shape, scale=scale) - mean * stats.gamma.cdf(y, shape + 1, scale=scale)
    return np.asarray(np.where(y <= 0, 0.0, excess))
