"""Convex functions of supply from below: the upper envelope of their tangents, cut into pieces.

Expected backorders B(X) and peak stock S(X) are convex. The largest of their tangents is a polyline below
each; between its kinks both have one slope. Supply is the sum of pieces of those lengths, filled in order
of rising slope by themselves, since slopes rise and both functions only ever cost. So a cell and period
take one row and a few bounded columns, and a new tangent splits pieces instead of adding a row.
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass, field, replace

FLAT = 1e-6
"""Slopes closer than this count as one, and slopes of peak stock below it as none."""
NARROW = 1e-4
"""Pieces narrower than this join the one before [units]; its slopes are lower, so the envelope only sinks."""


@dataclass(frozen=True)
class Piece:
    """A stretch of supply over which both functions are straight.

    Attributes
    ----------
    width
        Length [units]; inf for the last.
    backorder_slope, peak_slope
        Slopes of B and S.
    """

    width: float
    backorder_slope: float
    peak_slope: float


@dataclass
class Tangents:
    """Tangents of one convex function on [start, inf), by rising slope.

    Attributes
    ----------
    start
        Least supply.
    lines
        (slope, value at `start`) of each tangent.
    """

    start: float
    lines: list[tuple[float, float]] = field(default_factory=list)

    def add(self, slope: float, point: float, value: float) -> bool:
        """Add the tangent through (point, value); False if one with its slope is there already."""
        if any(abs(slope - known) < FLAT for known, _ in self.lines):
            return False
        insort(self.lines, (slope, value + slope * (self.start - point)))
        return True

    def value(self, supply: float) -> float:
        """Value of the envelope at a supply."""
        return max(height + slope * (supply - self.start) for slope, height in self.lines)

    def kinks(self) -> list[tuple[float, float]]:
        """(supply from which it holds, slope) of each stretch of the envelope, from `start` on."""
        hull: list[tuple[float, float, float]] = []
        for slope, height in self.lines:
            begin = 0.0
            while hull:
                last_begin, last_slope, last_height = hull[-1]
                begin = (last_height - height) / (slope - last_slope)
                if begin > last_begin:
                    break
                hull.pop()
                begin = 0.0
            hull.append((begin, slope, height))
        return [(self.start + begin, slope) for begin, slope, _ in hull]


@dataclass
class Envelope:
    """Both functions of one cell and period; `peak` is None where no limit counts the stock."""

    backorders: Tangents
    peak: Tangents | None = None
    _known: tuple[int, tuple[Piece, ...]] = (-1, ())

    def pieces(self) -> tuple[Piece, ...]:
        """Cut [start, inf) where either function bends."""
        lines = len(self.backorders.lines) + (len(self.peak.lines) if self.peak is not None else 0)
        if self._known[0] != lines:
            self._known = (lines, self._cut())
        return self._known[1]

    def _cut(self) -> tuple[Piece, ...]:
        below = self.backorders.kinks()
        above = self.peak.kinks() if self.peak is not None else [(self.backorders.start, 0.0)]
        starts = sorted({x for x, _ in below} | {x for x, _ in above})
        pieces = []
        i = j = 0
        for x, end in zip(starts, [*starts[1:], math.inf], strict=True):
            while i + 1 < len(below) and below[i + 1][0] <= x:
                i += 1
            while j + 1 < len(above) and above[j + 1][0] <= x:
                j += 1
            pieces.append(Piece(end - x, below[i][1], above[j][1] if above[j][1] > FLAT else 0.0))
        return tuple(_joined(pieces))


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined = [pieces[0]]
    for piece in pieces[1:]:
        last = joined[-1]
        same = (piece.backorder_slope, piece.peak_slope) == (last.backorder_slope, last.peak_slope)
        if same or piece.width < NARROW:
            joined[-1] = replace(last, width=last.width + piece.width)
        else:
            joined.append(piece)
    return joined
