"""Sales that are lost when there is no stock: random paths of demand and supply, a hundred thousand of them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from .demand import Cell, Demand
from .losses import Array, Window
from .supply import Flow

#: Random paths of a cell.
RUNS = 100_000


@dataclass(frozen=True)
class Paths:
    """Random paths of a cell that loses sales, each of shape (periods, runs), units."""

    on_hand: Array
    lost: Array
    peak: Array

    def error(self, holding: float, losing: float, credit: float) -> float:
        """Standard error of the cell's cost: stock held, units lost, stock left at the end."""
        cost = holding * self.on_hand.sum(axis=0) + losing * self.lost.sum(axis=0) - credit * self.on_hand[-1]
        return float(cost.std() / np.sqrt(cost.size))


def demand_paths(demand: Demand, cell: Cell, runs: int) -> Array:
    """Random demand of each period, periods independent, shape (periods, runs); whole paths of samples."""
    rng = np.random.default_rng([23, zlib.crc32(repr(cell).encode())])
    if cell in demand.samples:
        paths = demand.samples[cell]
        return paths[rng.integers(len(paths), size=runs)].T
    periods = demand.calendar.periods
    return np.array([_drawn(demand.window(cell, t, 1), rng, runs) for t in range(periods)])


def _drawn(window: Window, rng: np.random.Generator, runs: int) -> Array:
    """Draw the random sum of a window, without its shift."""
    mean, variance = window.mean, window.variance
    if window.family == "known" or mean == 0:
        return np.full(runs, mean)
    if window.family == "normal":
        return rng.normal(mean, variance**0.5, runs)
    if window.family == "gamma":
        return rng.gamma(mean**2 / variance, variance / mean, runs)
    if window.family == "poisson":
        return rng.poisson(mean, runs).astype(float)
    return rng.negative_binomial(mean**2 / (variance - mean), mean / variance, runs).astype(float)


def lost_paths(flow: Flow, demand: Array) -> Paths:
    """Run stock along random paths: what is asked for and not there is lost."""
    supply, total = flow.paths(demand.shape[1]), demand.cumsum(axis=0)
    lost = np.maximum.accumulate(np.maximum(total - supply, 0.0), axis=0)
    before = np.vstack([np.zeros_like(total[:1]), (total - lost)[:-1]])
    return Paths(on_hand=supply - total + lost, lost=np.diff(lost, axis=0, prepend=0.0), peak=supply - before)
