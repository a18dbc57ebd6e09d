"""Supply of a cell: what is sure, and receipts that may be late, early or short.

Periods are independent of each other once the order is placed, so the supply of one period is a sum of independent
receipts, and its law is found exactly by adding them up one after the other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy import stats

from .dates import Calendar, rounded_up
from .losses import Array

#: A law of supply: values in rising order, and their probabilities.
Law = tuple[Array, Array]

#: Supply counts as equal within this many digits after the point.
DIGITS = 9


def points_of(value: Any, absent: float) -> list[tuple[float, float]]:
    """Values and probabilities of a number or a map; of ``{"mean", "sd"}`` the mean alone."""
    if value is None:
        return [(absent, 1.0)]
    if not isinstance(value, Mapping):
        return [(float(value), 1.0)]
    if "mean" in value:
        return [(float(value["mean"]), 1.0)]
    return sorted((float(point), float(chance)) for point, chance in value.items() if chance > 0)


def arrival_chances(calendar: Calendar, lead_time: Any, period: int) -> Array:
    """Probability that an order of a period serves by each period, shape (periods,)."""
    horizon = np.arange(calendar.periods)
    if isinstance(lead_time, Mapping) and lead_time.get("sd"):
        mean, variance = float(lead_time["mean"]), float(lead_time["sd"]) ** 2
        days = np.maximum(horizon - period, 0) * calendar.length
        return np.asarray(stats.gamma.cdf(days, mean**2 / variance, scale=variance / mean))
    chances = np.zeros(calendar.periods)
    for days, chance in points_of(lead_time, 0.0):
        chances += chance * (horizon >= period + calendar.periods_in(rounded_up(days)))
    return chances


def receipt_chances(calendar: Calendar, days: float, sd: float) -> Array:
    """Probability that an open order, expected after so many days, serves by each period; never before the start."""
    ends = np.arange(calendar.periods) * calendar.length
    if sd <= 0:
        return np.asarray(np.arange(calendar.periods) >= calendar.periods_in(days), dtype=float)
    return np.asarray(stats.norm.cdf((ends - days) / sd))


@dataclass(frozen=True)
class Receipt:
    """An order on its way.

    ``quantity`` is what was ordered, ``nominal`` the period that it serves from when on time, ``chances`` the
    probability that it has come by each period, ``shares`` the shares delivered with their probabilities.
    """

    key: tuple[str | int, ...]
    quantity: float
    nominal: int
    chances: Array
    shares: tuple[tuple[float, float], ...] = ((1.0, 1.0),)

    @cached_property
    def mean_share(self) -> float:
        """Mean share delivered."""
        return sum(share * chance for share, chance in self.shares)

    def weight(self, t: int, protection: int) -> float:
        """Part of the quantity expected to be there in period t."""
        if self.nominal < t - protection + 1:
            return self.mean_share
        return self.mean_share * float(self.chances[t])

    def outcomes(self, t: int, protection: int) -> list[tuple[float, float]]:
        """Part of the quantity that is there in period t, with its probability."""
        if self.nominal < t - protection + 1:
            return [(self.mean_share, 1.0)]
        here = float(self.chances[t])
        found = [(0.0, 1.0 - here), *((share, here * chance) for share, chance in self.shares)]
        return [(part, chance) for part, chance in found if chance > 0]

    def path(self, runs: int) -> Array:
        """Units that have come by each period on random paths, shape (periods, runs); the same for every quantity."""
        rng = np.random.default_rng([17, zlib.crc32(repr(self.key).encode())])
        arrival = np.searchsorted(self.chances, rng.random(runs))
        shares, chances = np.array(self.shares).T
        share = rng.choice(shares, size=runs, p=chances / chances.sum())
        periods = np.arange(len(self.chances))[:, None]
        return np.where(periods >= arrival, self.quantity * share, 0.0)


@dataclass(frozen=True)
class Flow:
    """Supply of a cell; ``sure`` is stock less backorders and all transfers, by period."""

    sure: Array
    protection: int
    receipts: list[Receipt] = field(default_factory=list)

    def expected(self) -> Array:
        """E[X_t], shape (periods,)."""
        return self.sure + sum(
            np.array([r.quantity * r.weight(t, self.protection) for t in range(len(self.sure))]) for r in self.receipts
        )

    def law(self, t: int, protection: int | None = None) -> Law:
        """Law of X_t, with the flow's own P or another one."""
        window = self.protection if protection is None else protection
        law = np.array([self.sure[t]]), np.array([1.0])
        for receipt in self.receipts:
            law = _added(law, receipt.quantity, receipt.outcomes(t, window))
        return law

    def paths(self, runs: int) -> Array:
        """Random paths of X_t with all of it random, shape (periods, runs)."""
        return self.sure[:, None] + sum(receipt.path(runs) for receipt in self.receipts)


def _added(law: Law, quantity: float, outcomes: Iterable[tuple[float, float]]) -> Law:
    parts, chances = np.array(list(outcomes)).T
    values = np.round(law[0][:, None] + quantity * parts[None, :], DIGITS).reshape(-1)
    weights = (law[1][:, None] * chances[None, :]).reshape(-1)
    unique, place = np.unique(values, return_inverse=True)
    return unique, np.bincount(place.reshape(-1), weights)
