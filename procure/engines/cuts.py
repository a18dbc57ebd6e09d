"""Tangents of the convex functions: expected backorders B_t(X) and peak stock S_t(X), with exact slopes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.solution.ledger import Laws
from procure.uncertainty.families import Family
from procure_milp.envelope import Envelope, Tangents

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

FIRST_TAILS = (0.6, 0.15, 0.03)
"""Shortage probabilities at which the first tangents are drawn: dense where the slope changes fast."""


@dataclass(frozen=True, eq=False)
class Curves:
    """B and S of the cells in an instance, as functions of their supply.

    Attributes
    ----------
    laws
        Laws of demand of the whole network.
    cells
        Positions in the network of the instance's cells, shape (C,).
    """

    laws: Laws
    cells: Indices

    def backorders(self, cell: Indices, period: Indices, supply: Array) -> tuple[Array, Array]:
        """Value and slope of B_t at a supply, elementwise."""
        law, place = self.laws.planned, self.cells[cell]
        return law.shortfall(place, period, supply), -law.exceedance(place, period, supply)

    def peak(self, cell: Indices, period: Indices, supply: Array) -> tuple[Array, Array]:
        """Value and slope of S_t at a supply, elementwise."""
        law, place = self.laws.planned, self.cells[cell]
        before = np.maximum(period - 1, 0)
        first = period == 0
        value = supply - law.expected[place, before] + law.shortfall(place, before, supply)
        slope = 1.0 - law.exceedance(place, before, supply)
        value = np.where(first, np.maximum(supply, 0.0), np.maximum(value, 0.0))
        return value, np.where(first, (supply > 0.0).astype(float), slope)

    def bends(self, cell: int) -> bool:
        """Whether the functions of expected supply bound the cell's backorders from below (Jensen's inequality).

        Drawn demand that is lost and drawn supply depend on each other in a sample, by chance; there only the
        tangents of no surprise at all hold.
        """
        law, place = self.laws.planned, int(self.cells[cell])
        return not (place in law.lost_paths and place in law.deliveries.cells)

    def envelope(self, cell: int, period: int, start: float, *, counted: bool) -> Envelope:
        """First tangents from a least supply on.

        Parameters
        ----------
        start
            Least supply that is possible [units].
        counted
            Whether a limit counts the stock of the cell and period.
        """
        law, place = self.laws.planned, int(self.cells[cell])
        points = np.append(self._points(place, period), start)
        below = Tangents(start)
        if not self.bends(cell):
            below.add(-1.0, float(law.expected[place, period]), 0.0)
            below.add(0.0, start, 0.0)
            return Envelope(below)
        self._draw(below, self.backorders, cell, period, points)
        below.add(0.0, start, 0.0)
        if not counted or place in law.lost_paths:
            return Envelope(below)
        before = np.append(self._points(place, period - 1), start) if period else np.array([start])
        above = Tangents(start)
        self._draw(above, self.peak, cell, period, before)
        least = float(law.expected[place, period - 1]) if period else 0.0
        above.add(1.0, least, 0.0)
        above.add(0.0, start, 0.0)
        return Envelope(below, above)

    def _points(self, place: int, period: int) -> Array:
        """Points at which to draw the first tangents: the shortage probabilities `FIRST_TAILS`."""
        law = self.laws.planned
        if law.family[place, period] == Family.KNOWN:
            return np.array([law.expected[place, period]])
        tails = np.array(FIRST_TAILS)
        return law.quantile(np.full(len(tails), place), np.full(len(tails), period), 1.0 - tails)

    def _draw(self, lines: Tangents, of: Function, cell: int, period: int, points: Array) -> None:
        inside = points[points >= lines.start]
        value, slope = of(np.full(len(inside), cell), np.full(len(inside), period), inside)
        for x, y, a in zip(inside, value, slope, strict=True):
            lines.add(float(a), float(x), float(y))


Function = Callable[[Indices, Indices, Array], tuple[Array, Array]]


def first_envelopes(curves: Curves, lowest: Array, stocked: set[tuple[int, int]]) -> dict[tuple[int, int], Envelope]:
    """Envelopes of all cells and periods to start from.

    Parameters
    ----------
    lowest
        Least supply of each cell and period, shape (C, T) [units].
    stocked
        Cells and periods whose peak stock some limit counts.
    """
    return {
        (c, t): curves.envelope(c, t, float(lowest[c, t]), counted=(c, t) in stocked)
        for c in range(lowest.shape[0])
        for t in range(lowest.shape[1])
    }
