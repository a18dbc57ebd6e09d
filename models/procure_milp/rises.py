"""Valid inequalities: supply rises only when something arrives.

Over periods s+1..t without an arrival supply grows by open orders alone, so for any levels u < v

    (v - X_t)^+ + (X_s - u)^+ >= (v - u - O_t + O_s) (1 - sum of the switches of all arrivals in s+1..t).

With u and v at kinks of the envelopes both positive parts are sums of pieces. This is the (l, S) inequality
of lot sizing with backlogging (Pochet and Wolsey, Production Planning by Mixed Integer Programming, 2006,
chapter 10) at every level of a convex cost instead of at one known demand. It holds for every plan whose
pieces are filled in order, and an optimal plan is one; the linear relaxation, which opens an order by a
fraction, breaks it.
"""

from __future__ import annotations

import math

from procure_milp.expressions import Reach
from procure_milp.instance import Instance, Rise

Index = tuple[int, ...]
Term = tuple[str, Index, float]
"""Block of variables, index, coefficient."""


Switch = tuple[str, Index]
"""Block and index of a variable that is at least 1 when something arrives."""
Arrival = tuple[tuple[Switch, ...], ...]
"""The ways to tell that one thing arrives: alternatives, each a sum of switches."""
Arrivals = dict[tuple[int, int], list[Arrival] | None]
"""By cell and period: everything that can arrive; None if something can without any switch."""


def possible_arrivals(inst: Instance, reach: Reach) -> Arrivals:
    """Find what must be switched on for anything to arrive in a cell and period."""
    return {(c, t): _arrivals(inst, reach, c, t) for c in range(inst.n_cells) for t in range(inst.periods)}


def _arrivals(inst: Instance, reach: Reach, cell: int, period: int) -> list[Arrival] | None:
    found = [_line_switches(inst, k, u) for k, u, _ in reach.orders.get((cell, period), ())]
    found += [_move_switches(inst, k, u) for k, u in reach.moves_in.get((cell, period), ())]
    return found if all(found) else None


def _line_switches(inst: Instance, line: int, period: int) -> Arrival:
    entry = inst.lines[line]
    tiers = range(len(entry.tiers))
    ways: list[tuple[Switch, ...]] = []
    if entry.has_switch:
        ways.append(tuple(("open", (line, period, i)) for i in tiers))
    elif inst.groups[entry.group].has_switch:
        ways.append((("placed", (entry.group, period)),))
    if entry.step > 0.0:
        ways.append(tuple(("lots", (line, period, i)) for i in tiers))
    return tuple(ways)


def _move_switches(inst: Instance, move: int, period: int) -> Arrival:
    entry = inst.moves[move]
    fee = inst.lane_fee[entry.lane] > 0.0
    ways: list[tuple[Switch, ...]] = [
        (("trip", (entry.lane, period)),) if fee else (("ships", (entry.origin, period)),)
    ]
    if entry.step > 0.0:
        ways.append((("parcels", (move, period)),))
    return tuple(ways)


def rise_terms(inst: Instance, rise: Rise) -> tuple[list[Term], float] | None:
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
    terms += [(block, index, height) for block, index in rise.switches]
    return terms, height - short
