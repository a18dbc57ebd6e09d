"""The dynamic program of a cell over levels of supply, compiled.

Level k of cell c means a supply of `opening[c, t] + (k - start[c]) * grain[c]` units in period t. Backwards in time,
each period first lets stock leave (transfers), then lets orders and transfers arrive; an arrival of n steps moves the
level up by n * stride. All tiers of a tariff are affine in n, so the best n from every level is a running minimum
(Wagner and Whitin, Management Science 5, 1958, with quantities on a grid).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

Array = Any
"""A numpy array; shapes stand in the docstrings."""


class Cells(NamedTuple):
    """C programs, T periods.

    `levels`, `start` (C,): number of levels, level without orders. `grain` (C,): units between levels. `opening` (C,
    T): supply without decisions. `short`: units short by level, row by row. `table` (C,): where the rows begin that are
    short of the demand up to t, period by period. `earlier` (C, T): where the row begins that is short of the demand up
    to t - 1; the row of the period before where supply without decisions is the same. `coarse` (C,): whether levels are
    coarser than the steps of orders, so that stage and order costs are rounded down. `cap` (C, T): highest level after
    an arrival. `floor` (C, T): lowest level after a shipment out. `capped` (C,): whether any cap holds.
    """

    levels: Array
    start: Array
    grain: Array
    opening: Array
    short: Array
    table: Array
    earlier: Array
    coarse: Array
    cap: Array
    floor: Array
    capped: Array


def own_rows(cells: Cells, cell: int) -> tuple[slice, slice]:
    """Where a cell that shares no rows has those of the demand up to each period, and up to the period before."""
    at, size = int(cells.table[cell]), int(cells.levels[cell]) * cells.opening.shape[1]
    return slice(at, at + size), slice(at + size, at + 2 * size)


class Ways(NamedTuple):
    """Ways in: order lines and inbound transfers, W, sorted by cell.

    `first` (C + 1,): where the ways of each cell begin. `lead` (W,) periods; `stride` (W,) levels per step; `unit` (W,)
    units ordered per step. `tier` (W + 1,): where the tiers of each way begin; `least`, `most` steps, `price`,
    `intercept`.
    """

    first: Array
    lead: Array
    stride: Array
    unit: Array
    tier: Array
    least: Array
    most: Array
    price: Array
    intercept: Array


class Outs(NamedTuple):
    """Ways out: outbound transfers, sorted by cell.

    `first` (C + 1,): where those of each cell begin. `stride` (O,) levels per step, `unit` (O,) units per step. `small`
    (O,): whether a shipment may be smaller than a level.
    """

    first: Array
    stride: Array
    unit: Array
    small: Array


class Costs(NamedTuple):
    """Prices of one pass.

    `supply`, `short`, `before` (C, T): money per unit of supply, and short of demand up to t and up to t - 1. `target`,
    `missing` (C, T): supply wanted, money per unit under it. `goods`, `unit`, `fixed` (W, T): what a tariff's
    money, a unit and an order cost by order period; `fixed` is infinite where nothing may be ordered. `revenue`, `gate`
    (O, T): money per unit that leaves and per shipment, `gate` infinite where none may. `forced` (O, T): steps that
    must leave, -1 for a free choice. `base` (C,): money per unit at which a coarse cell's stock is handed on, so that
    only what a way differs from it is rounded; no way in may be cheaper.
    """

    supply: Array
    short: Array
    before: Array
    target: Array
    missing: Array
    goods: Array
    unit: Array
    fixed: Array
    revenue: Array
    gate: Array
    forced: Array
    base: Array


IMPOSSIBLE = 1e12
"""Cost of a shipment of what is not there."""


@numba.njit(cache=True, nogil=True)
def solve_cells(these, cells, ways, outs, costs, value, steps, leaving, path):  # type: ignore[no-untyped-def]
    """Solve the programs of `these` cells into `value` (C,), `steps` (W, T), `leaving` (O, T), `path` (C, T)."""
    periods = cells.opening.shape[1]
    most_levels, most_options = 1, 1
    for c in these:
        most_levels = max(most_levels, cells.levels[c])
        count = ways.first[c + 1] - ways.first[c] + outs.first[c + 1] - outs.first[c]
        most_options = max(most_options, count * periods)
    plain = np.empty(most_levels)
    arrived = np.empty(most_levels)
    best_plain = np.empty(most_levels)
    best_arrived = np.empty(most_levels)
    stage = np.empty(most_levels)
    ahead = np.empty(most_levels)
    ahead_at = np.empty(most_levels, np.int32)
    choice = np.empty((most_options, 2, most_levels), np.int32)
    for c in these:
        n = cells.levels[c]
        capped = cells.capped[c]
        base = costs.base[c] * cells.grain[c]
        plain[:n] = 0.0
        option = 0
        for t in range(periods - 1, -1, -1):
            _stage(c, t, n, cells, costs, outs.first[c + 1] == outs.first[c], stage)
            for k in range(n):
                plain[k] += stage[k]
            if capped:
                for k in range(n):
                    arrived[k] = plain[k] if k <= cells.cap[c, t] else np.inf
            for o in range(outs.first[c + 1] - 1, outs.first[c] - 1, -1):
                if costs.forced[o, t] >= 0:
                    drop = costs.forced[o, t] * outs.stride[o]
                    if drop > 0:
                        _must_leave(n, plain, drop, cells.floor[c, t])
                        if capped:
                            _must_leave(n, arrived, drop, cells.floor[c, t])
                    continue
                if costs.gate[o, t] == np.inf:
                    continue
                per_level = costs.revenue[o, t] * outs.unit[o] / outs.stride[o]
                gate, gift = costs.gate[o, t], 0.0
                if cells.coarse[c]:
                    per_level -= costs.base[c] * cells.grain[c]
                    gate -= abs(per_level)
                    gift = max(per_level - costs.gate[o, t], 0.0) if outs.small[o] else 0.0
                floor, stride = cells.floor[c, t], outs.stride[o]
                _leave(n, plain, choice[option, 0], floor, stride, per_level, gate, gift, best_plain)
                if capped:
                    _leave(n, arrived, choice[option, 1], floor, stride, per_level, gate, gift, best_plain)
                option += 1
            for w in range(ways.first[c + 1] - 1, ways.first[c] - 1, -1):
                u = t - ways.lead[w]
                if u < 0 or costs.fixed[w, u] == np.inf:
                    continue
                source = arrived if capped else plain
                for k in range(n):
                    best_plain[k] = plain[k]
                    choice[option, 0, k] = 0
                if capped:
                    for k in range(n):
                        best_arrived[k] = arrived[k]
                        choice[option, 1, k] = 0
                for j in range(ways.tier[w], ways.tier[w + 1]):
                    _order(w, u, j, n, cells.coarse[c], base, ways, costs, source, ahead, ahead_at,
                           best_plain, choice[option, 0])
                    if capped:
                        _order(w, u, j, n, cells.coarse[c], base, ways, costs, source, ahead, ahead_at,
                               best_arrived, choice[option, 1])
                for k in range(n):
                    plain[k] = best_plain[k]
                if capped:
                    for k in range(n):
                        arrived[k] = best_arrived[k]
                option += 1
        level = cells.start[c]
        value[c] = plain[level]
        _trace(c, option, level, periods, cells, ways, outs, costs, choice, steps, leaving, path)


@numba.njit(cache=True, nogil=True)
def _stage(c, t, n, cells, costs, keeps, stage):  # type: ignore[no-untyped-def]
    """Cost of the period's stock by level; where levels are coarse, the least between a level and the one below.

    A coarse cell that `keeps` all it gets is at its level without orders exactly there.
    """
    row = cells.table[c] + t * n
    grain = cells.grain[c]
    base = cells.opening[c, t] - cells.start[c] * grain
    a, b, s = costs.supply[c, t], costs.short[c, t], costs.before[c, t]
    for k in range(n):
        x = base + k * grain
        stage[k] = a * x + b * cells.short[row + k]
    if s != 0.0:
        row = cells.earlier[c, t]
        for k in range(n):
            stage[k] += s * cells.short[row + k]
    if costs.missing[c, t] > 0.0:
        for k in range(n):
            lack = costs.target[c, t] - (base + k * grain)
            if lack > 0.0:
                stage[k] += costs.missing[c, t] * lack
    if cells.coarse[c]:
        if t == cells.opening.shape[1] - 1:
            for k in range(n):
                stage[k] += costs.base[c] * grain * (k - cells.start[c])
        _round_down(n, cells.start[c] if keeps else -1, stage)


@numba.njit(cache=True, nogil=True)
def _round_down(n, start, stage):  # type: ignore[no-untyped-def]
    """Lower bound of a convex function on (k - 1, k] from its values at the levels; exact at `start`."""
    if n < 2:
        return
    below = stage[0]
    before = np.inf
    for k in range(n):
        here = stage[k]
        if k != start and k > 0:
            falling = below - before if k > 1 else -np.inf
            rising = stage[k + 1] - here if k + 1 < n else np.inf
            if falling >= 0.0:
                least = below
            elif rising <= 0.0:
                least = here
            elif falling == -np.inf:
                least = here - rising if rising < np.inf else min(below, here) - abs(below - here)
            elif rising == np.inf:
                least = below + falling
            else:
                # where the two outer secants meet
                x = (here - rising - below) / (falling - rising)
                least = below + falling * min(max(x, 0.0), 1.0)
            stage[k] = min(least, min(below, here))
        before = below
        below = here


@numba.njit(cache=True, nogil=True)
def _leave(n, value, choice, floor, stride, per_level, gate, gift, scratch):  # type: ignore[no-untyped-def]
    """Let stock leave: from each level the best lower one, not below the floor.

    A coarse level may hold a shipment without becoming lower; `gift` is what that can bring at most.
    """
    for k in range(n):
        scratch[k] = value[k] - gift if k >= floor else value[k]
        choice[k] = 0
    for residue in range(min(stride, n)):
        best, at = np.inf, -1
        for k in range(residue, n, stride):
            if at >= 0:
                left = gate + best - per_level * k
                if left < scratch[k]:
                    scratch[k] = left
                    choice[k] = (k - at) // stride
            if k >= floor and value[k] + per_level * k < best:
                best, at = value[k] + per_level * k, k
    for k in range(n):
        value[k] = scratch[k]


@numba.njit(cache=True, nogil=True)
def _must_leave(n, value, drop, floor):  # type: ignore[no-untyped-def]
    """Let a given amount leave from every level, at a prohibitive cost where it is not there."""
    for k in range(n - 1, -1, -1):
        to = k - drop
        value[k] = value[to] if to >= max(floor, 0) else value[max(to, 0)] + IMPOSSIBLE


@numba.njit(cache=True, nogil=True)
def _order(w, u, j, n, coarse, base, ways, costs, source, ahead, ahead_at, best, choice):  # type: ignore[no-untyped-def]
    """Let an order arrive in price tier j: from each level the best higher one."""
    stride = ways.stride[w]
    low = ways.least[j] * stride
    if low > n - 1:
        return
    per_level = (costs.goods[w, u] * ways.price[j] + costs.unit[w, u]) * ways.unit[w] / stride
    fixed = costs.fixed[w, u] + costs.goods[w, u] * ways.intercept[j]
    if coarse:
        per_level -= base
        fixed -= abs(per_level)
    high = ways.most[j] * stride
    if high < n - 1 and ways.most[j] - ways.least[j] < 1e9:
        _order_within(n, low, int(high), stride, per_level, fixed, source, best, choice)
        return
    if stride == 1:
        least, at = np.inf, 0
        for k in range(n - 1, low - 1, -1):
            worth = source[k] + per_level * k
            if worth < least:
                least, at = worth, k
            cost = fixed + least - per_level * (k - low)
            if cost < best[k - low]:
                best[k - low] = cost
                choice[k - low] = at - k + low
        return
    for k in range(n - 1, low - 1, -1):
        worth = source[k] + per_level * k
        if k + stride < n and ahead[k + stride] < worth:
            ahead[k], ahead_at[k] = ahead[k + stride], ahead_at[k + stride]
        else:
            ahead[k], ahead_at[k] = worth, k
        cost = fixed + ahead[k] - per_level * (k - low)
        if cost < best[k - low]:
            best[k - low] = cost
            choice[k - low] = (ahead_at[k] - k + low) // stride


@numba.njit(cache=True, nogil=True)
def _order_within(n, low, high, stride, per_level, fixed, source, best, choice):  # type: ignore[no-untyped-def]
    """The same for a tier that ends: a plain search over its few quantities."""
    for k in range(n - low):
        for to in range(k + low, min(k + high, n - 1) + 1, stride):
            cost = fixed + source[to] + per_level * (to - k)
            if cost < best[k]:
                best[k] = cost
                choice[k] = (to - k) // stride


@numba.njit(cache=True, nogil=True)
def _trace(c, option, level, periods, cells, ways, outs, costs, choice, steps, leaving, path):  # type: ignore[no-untyped-def]
    """Follow the best choices forward in time."""
    for t in range(periods):
        arrived = 0
        for w in range(ways.first[c], ways.first[c + 1]):
            u = t - ways.lead[w]
            if u < 0 or costs.fixed[w, u] == np.inf:
                continue
            option -= 1
            count = choice[option, arrived, level]
            steps[w, u] = count
            if count > 0:
                level += count * ways.stride[w]
                if cells.capped[c]:
                    arrived = 1
        for o in range(outs.first[c], outs.first[c + 1]):
            if costs.forced[o, t] >= 0:
                leaving[o, t] = costs.forced[o, t]
                level = max(level - costs.forced[o, t] * outs.stride[o], 0)
                continue
            if costs.gate[o, t] == np.inf:
                continue
            option -= 1
            count = choice[option, arrived, level]
            leaving[o, t] = count
            level -= count * outs.stride[o]
        path[c, t] = level
