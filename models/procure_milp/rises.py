"""Valid inequalities: supply rises only when something arrives.

Over periods s+1..t without an arrival supply grows by open orders alone, so for any levels u < v

    (v - X_t)^+ + (X_s - u)^+ >= (v - u - O_t + O_s) (1 - sum of the switches of all arrivals in s+1..t).

With u and v at kinks of the envelopes both positive parts are sums of pieces. This is the (l, S) inequality of lot sizing
with backlogging (Pochet and Wolsey, Production Planning by Mixed Integer Programming, 2006, chapter 10) at every level
of a convex cost instead of at one known demand. It holds for every plan whose pieces are filled in order, and an optimal
plan is one; the linear relaxation, which opens an order by a fraction, breaks it.
"""

from __future__ import annotations

import math

from procure_milp.expressions import Arrivals
from procure_milp.instance import Instance, Rise

Index = tuple[int, ...]
Term = tuple[str, Index, float]
"""Block of variables, index, coefficient."""


Switches = dict[tuple[int, int], list[tuple[str, Index]] | None]
"""By cell and period: variables of which one is at least 1 when something arrives; None if something may without."""


def arrival_switches(inst: Instance, reach: Arrivals) -> Switches:
    """Find what must be switched on for anything to arrive in a cell and period."""
    return {
        (c, t): _switches(inst, reach, c, t) for c in range(inst.n_cells) for t in range(inst.periods)
    }


def _switches(inst: Instance, reach: Arrivals, cell: int, period: int) -> list[tuple[str, Index]] | None:
    found: list[tuple[str, Index]] = []
    for k, u in reach.orders.get((cell, period), ()):
        line = inst.lines[k]
        if line.has_switch:
            found += [("open", (k, u, i)) for i in range(len(line.tiers))]
        elif line.step > 0.0:
            found.append(("lots", (k, u, 0)))
        elif inst.groups[line.group].has_switch:
            found.append(("placed", (line.group, u)))
        else:
            return None
    for k, u in reach.moves_in.get((cell, period), ()):
        move = inst.moves[k]
        if inst.lane_fee[move.lane] > 0.0:
            found.append(("trip", (move.lane, u)))
        elif move.step > 0.0:
            found.append(("parcels", (k, u)))
        else:
            found.append(("ships", (move.origin, u)))
    return found


def rise_terms(inst: Instance, switches: Switches, rise: Rise) -> tuple[list[Term], float] | None:
    """Terms and right-hand side of the row (terms >= side); None if it says nothing.

    The levels are moved outward to kinks of the envelopes as they stand, which keeps the row valid.
    """
    c, s, t = rise.cell, rise.first, rise.last
    terms: list[Term] = []
    high = start = float(inst.lowest[c, t])
    for k, piece in enumerate(inst.envelopes[c, t].pieces()):
        if start >= rise.high - 1e-9:
            break
        terms.append(("piece", (c, t, k), -1.0))
        start = high = start + piece.width
    if math.isinf(high):
        return None
    short = high - float(inst.lowest[c, t])
    low = float(inst.opening[c, 0])
    grown = float(inst.opening[c, t] - inst.opening[c, 0])
    if s >= 0:
        low = rise.low
        grown = float(inst.opening[c, t] - inst.opening[c, s])
        start = float(inst.lowest[c, s])
        for k, piece in enumerate(inst.envelopes[c, s].pieces()):
            if start + piece.width > rise.low + 1e-9:
                terms.append(("piece", (c, s, k), 1.0))
                low = min(low, start)
            start += piece.width
    height = high - low - grown
    if height <= 1e-6:
        return None
    for period in range(s + 1, t + 1):
        needed = switches[c, period]
        if needed is None:
            return None
        terms += [(block, index, height) for block, index in needed]
    return terms, height - short
