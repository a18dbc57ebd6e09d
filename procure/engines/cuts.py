"""Tangents of the convex functions: expected backorders B_t(X) and peak stock S_t(X), with exact slopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

    def envelopes(self, lowest: Array, stocked: set[tuple[int, int]]) -> dict[tuple[int, int], Envelope]:
        """First tangents of all cells and periods, from a least supply on.

        Parameters
        ----------
        lowest
            Least supply of each cell and period, shape (C, T) [units].
        stocked
            Cells and periods whose peak stock some limit counts.
        """
        bends = [self.bends(c) for c in range(len(self.cells))]
        below = {(c, t): Tangents(float(lowest[c, t])) for c, t in np.ndindex(lowest.shape)}
        above = {
            (c, t): Tangents(float(lowest[c, t]))
            for c, t in below
            if (c, t) in stocked and bends[c] and int(self.cells[c]) not in self.laws.planned.lost_paths
        }
        points = self._points([place for place in below if bends[place[0]]])
        self._draw({place: below[place] for place in points}, self.backorders, points)
        before = self._points([(c, t - 1) for c, t in above if t])
        self._draw(above, self.peak, {(c, t): before.get((c, t - 1), np.zeros(0)) for c, t in above})
        return {
            place: self._ended(place, lines, above.get(place), bends=bends[place[0]]) for place, lines in below.items()
        }

    def _ended(self, place: tuple[int, int], below: Tangents, above: Tangents | None, *, bends: bool) -> Envelope:
        """Add the tangents at either end, where nothing is a surprise any more."""
        expected, t = self.laws.planned.expected[self.cells[place[0]]], place[1]
        if not bends:
            below.add(-1.0, float(expected[t]), 0.0)
        below.add(0.0, below.start, 0.0)
        if above is not None:
            above.add(1.0, float(expected[t - 1]) if t else 0.0, 0.0)
            above.add(0.0, above.start, 0.0)
        return Envelope(below, above)

    def _points(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Array]:
        """Points at which to draw the first tangents: the shortage probabilities `FIRST_TAILS`, by cell and period."""
        law = self.laws.planned
        if not places:
            return {}
        cell, period = (np.array(part, dtype=np.int64) for part in zip(*places, strict=True))
        place = self.cells[cell]
        known = law.family[place, period] == Family.KNOWN
        found = np.repeat(law.expected[place, period][:, None], len(FIRST_TAILS), axis=1)
        tails = np.broadcast_to(1.0 - np.array(FIRST_TAILS), ((~known).sum(), len(FIRST_TAILS)))
        found[~known] = law.quantile(place[~known, None], period[~known, None], tails)
        return {at: found[k, : 1 if known[k] else None] for k, at in enumerate(places)}

    def _draw(self, lines: dict[tuple[int, int], Tangents], of: Function, points: dict[tuple[int, int], Array]) -> None:
        """Add tangents at the points above the least supply, and at it."""
        inside = {at: np.append(x[x >= lines[at].start], lines[at].start) for at, x in points.items()}
        if not inside:
            return
        sizes = [len(x) for x in inside.values()]
        cell, period = (np.repeat(np.array(part, dtype=np.int64), sizes) for part in zip(*inside, strict=True))
        supply = np.concatenate(list(inside.values()))
        value, slope = of(cell, period, supply)
        for c, t, x, y, a in zip(cell.tolist(), period.tolist(), supply, value, slope, strict=True):
            lines[c, t].add(float(a), float(x), float(y))


Function = Callable[[Indices, Indices, Array], tuple[Array, Array]]
