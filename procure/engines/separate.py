"""Find the inequalities `rise_needs_arrival` that a linear relaxation breaks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure_milp.instance import Instance, Rise
from procure_milp.rises import Switch
from procure_milp.solve import HighsSession

Array = NDArray[np.float64]

WINDOW = 4
"""Most periods between the two supplies that an inequality compares."""
LEAST = 0.1
"""Least violation, relative to the height of the inequality."""


def violated_rises(session: HighsSession, values: Array) -> list[Rise]:
    """Return the most violated inequality of each cell and window of periods.

    Parameters
    ----------
    session
        The model with its pieces.
    values
        Columns of the linear relaxation.
    """
    inst = session.model.instance
    found = []
    for c in range(inst.n_cells):
        sides = [_Side(session, values, c, t) for t in range(inst.periods)]
        opened = [_opened(session, values, c, t) for t in range(inst.periods)]
        for t in range(inst.periods):
            best: tuple[float, Rise] | None = None
            switched = 0.0
            switches: tuple[Switch, ...] = ()
            for s in range(t - 1, max(t - 1 - WINDOW, -2), -1):
                switched += opened[s + 1][0]
                switches += opened[s + 1][1]
                if switched >= 1.0 - LEAST:
                    break
                rise = _most_violated(inst, sides, c, s, t, switched, switches)
                if rise is not None and (best is None or rise[0] > best[0]):
                    best = rise
            if best is not None:
                found.append(best[1])
    return found


class _Side:
    """Kinks of one cell and period, what is short below each and what lies above each."""

    def __init__(self, session: HighsSession, values: Array, cell: int, period: int) -> None:
        fill = session.fills(values, cell, period)
        widths = np.array([p.width for p in session.model.instance.envelopes[cell, period].pieces()])
        self.kinks = float(session.model.instance.lowest[cell, period]) + np.cumsum(
            np.concatenate([[0.0], widths[:-1]])
        )
        self.short = np.concatenate([[0.0], np.cumsum(widths[:-1] - fill[:-1])])
        self.above = np.cumsum(fill[::-1])[::-1]


def _opened(session: HighsSession, values: Array, cell: int, period: int) -> tuple[float, tuple[Switch, ...]]:
    """Sum of the switches of all arrivals, each told by the alternative that the relaxation sets lowest."""
    arrivals = session.arrivals[cell, period]
    if arrivals is None:
        return float("inf"), ()
    var = session.model.variables
    total = 0.0
    chosen: list[Switch] = []
    for ways in arrivals:
        sums = [sum(values[session.column(getattr(var, block)[index])] for block, index in way) for way in ways]
        least = min(range(len(ways)), key=sums.__getitem__)
        total += float(sums[least])
        chosen += ways[least]
    return total, tuple(chosen)


def _most_violated(
    inst: Instance,
    sides: list[_Side],
    c: int,
    s: int,
    t: int,
    switched: float,
    switches: tuple[Switch, ...],
) -> tuple[float, Rise] | None:
    """The levels with which the inequality is broken most, and by how much of its height."""
    closed = 1.0 - switched
    gain = sides[t].kinks * closed - sides[t].short
    high = int(np.argmax(gain))
    if s >= 0:
        loss = sides[s].kinks * closed + sides[s].above
        low = int(np.argmin(loss))
        grown = float(inst.opening[c, t] - inst.opening[c, s])
        bottom, left = float(sides[s].kinks[low]), float(loss[low])
    else:
        grown = float(inst.opening[c, t] - inst.opening[c, 0])
        bottom = float(inst.opening[c, 0])
        left = bottom * closed
    height = float(sides[t].kinks[high]) - bottom - grown
    violation = float(gain[high]) - left - grown * closed
    if height <= 1e-6 or violation <= LEAST * height:
        return None
    return violation / height, Rise(c, s, t, bottom, float(sides[t].kinks[high]), switches)
