"""Which purchase orders and lane trips to make: a local search that the linear relaxation judges.

With the headers fixed the relaxation of order quantities is tight and quick to solve again. Its reduced costs
say which header is worth changing; a change stays if the relaxation gets cheaper.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from procure_milp.solve import HighsSession

Array = NDArray[np.float64]
Columns = NDArray[np.int32]

HEADERS = ("placed", "trip")
"""Blocks of binaries of whole purchase orders and lane trips."""
FAILURES = 25
"""Changes in a row that help nothing before the search ends."""
BATCHES = 20
"""Share of the headers, one in so many, that is flipped together at first; halved whenever that does not help."""
WORTH = 2e-4
"""Least improvement, relative to what the relaxation costs, that counts as help."""


def header_columns(session: HighsSession) -> Columns:
    """Binaries of whole purchase orders and lane trips."""
    var = session.model.variables
    found = [session.column(v) for block in HEADERS for v in getattr(var, block).values()]
    return np.array(sorted(found), dtype=np.int32)


def improve_headers(session: HighsSession, headers: Columns, states: Array, time_left: Callable[[], float]) -> Array:
    """Flip headers while the relaxation gets cheaper; returns the best states found.

    Parameters
    ----------
    headers
        Columns of the headers.
    states
        0 or 1 for each.
    time_left
        Seconds that the search may still take.
    """
    session.fix(headers, states)
    found = session.relax(max(time_left(), 1.0), keep=True)
    if found.values is None or not found.exact:
        return states
    best, gains = found.bound, _gains(session, headers, states)
    tried: set[int] = set()
    failures, batch = 0, max(len(headers) // BATCHES, 1)
    while time_left() > 0.0 and failures < FAILURES:
        order = [int(k) for k in np.argsort(-gains) if int(k) not in tried and gains[k] > 1e-9 * abs(best)]
        if not order:
            break
        chosen = np.array(order[:batch])
        flipped = states.copy()
        flipped[chosen] = 1.0 - flipped[chosen]
        session.fix(headers[chosen], flipped[chosen])
        found = session.relax(max(time_left(), 1.0), keep=True)
        if found.values is not None and found.exact and found.bound < best - 1e-6 * abs(best):
            failures = 0 if best - found.bound > WORTH * abs(best) else failures + 1
            states, best, tried = flipped, found.bound, set(order[:batch])
            gains = _gains(session, headers, states)
            continue
        session.fix(headers[chosen], states[chosen])
        if batch == 1:
            tried.add(order[0])
            failures += 1
        batch = max(batch // 2, 1)
    return states


def _gains(session: HighsSession, headers: Columns, states: Array) -> Array:
    """What the relaxation would save, to first order, by flipping each header."""
    cost = session.reduced_costs()[headers]
    gains: Array = np.where(states > 0.5, cost, -cost)
    return gains
