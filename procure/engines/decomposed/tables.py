"""Units short by level, compiled: E[(D - x)^+] on a whole grid of x costs little more than one value.

For whole-numbered demand the tail is summed up from one unit to the next; see `procure.uncertainty.families` for the
closed forms, against which tests hold these. Values are rounded down, so that what is built on them stays a lower
bound.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from procure.uncertainty.families import Family
from procure.uncertainty.law import Law

Array = Any
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

NORMAL, GAMMA, POISSON, WIDE, SAMPLES = (
    int(f) for f in (Family.NORMAL, Family.GAMMA, Family.POISSON, Family.NEGATIVE_BINOMIAL, Family.SAMPLES)
)
ROUNDING = 1e-15
"""Relative error of a logarithm's terms, with room to spare."""
LEFT = 12.0
"""Standard deviations below the mean where no demand is expected any more."""


def tables_of(
    law: Law, opening: Floats, grain: Floats, levels: Indices, start: Indices, threads: int = 2
) -> tuple[NDArray[np.float32], Indices, Indices]:
    """Units short of the demand up to each period, and up to the period before, by level.

    Rows that are the same are stored once, but in cells that only draws can value: what values them writes there.

    Parameters
    ----------
    law
        The law of demand.
    opening
        Supply without decisions, shape (C, T) [units].
    grain, levels, start
        Units between levels, their number, and the level without decisions, shape (C,).

    Returns
    -------
    short, table, earlier
        All rows; where those of each cell begin, period by period, shape (C,), and where those up to the period before
        begin, shape (C, T).
    """
    n_cells, _periods = opening.shape
    table, earlier, size = _layout(opening, levels, [*law.sampled, *law.sorted_paths])
    short = np.empty(size, dtype=np.float32)
    numbers = (law.family.astype(np.int64), law.known, law.mean, law.variance)

    def fill(piece: Indices) -> None:
        _fill(int(piece[0]), int(piece[-1]) + 1, *numbers, opening, grain, levels, start, table, earlier, short)

    pieces = [p for p in np.array_split(np.arange(n_cells), max(threads * 4, n_cells // 4096)) if len(p)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, pieces))
    for cell in law.sorted_paths:
        where = int(levels[cell]), int(start[cell]), int(table[cell])
        _fill_from_paths(law, cell, opening[cell], grain[cell], *where, short)
    return short, table, earlier


def _layout(opening: Floats, levels: Indices, own: list[int]) -> tuple[Indices, Indices, int]:
    """Where rows begin, as `tables_of` returns it, and the number of values; `own` cells share no rows."""
    n_cells, periods = opening.shape
    apart = np.ones((n_cells, periods), dtype=bool)
    apart[:, 1:] = opening[:, 1:] != opening[:, :-1]
    apart[own] = True
    ends = np.cumsum(levels * (periods + apart.sum(axis=1)))
    table = ends - levels * (periods + apart.sum(axis=1))
    row = np.where(apart, periods + np.cumsum(apart, axis=1) - 1, np.arange(periods) - 1)
    earlier = table[:, None] + row * levels[:, None]
    return table, earlier, int(ends[-1]) if n_cells else 0


def _fill_from_paths(  # type: ignore[no-untyped-def]
    law: Law, cell: int, opening: Floats, grain: float, n: int, start: int, at: int, short
) -> None:
    periods = len(opening)
    supply = opening[:, None] + grain * (np.arange(n) - start)[None, :]
    rows = np.arange(periods)[:, None]
    value = law.shortfall(np.full_like(rows, cell), rows, supply)
    earlier = np.maximum(-supply, 0.0)
    if periods > 1:
        earlier[1:] = law.shortfall(np.full_like(rows[1:], cell), rows[:-1], supply[1:])
    short[at : at + 2 * periods * n] = _down(np.concatenate([value, earlier])).ravel()


def _down(values: Floats) -> NDArray[np.float32]:
    rounded: NDArray[np.float32] = (np.maximum(values, 0.0) * (1.0 - 1.2e-7)).astype(np.float32)
    return rounded


@numba.njit(cache=True, nogil=True)
def _fill(begin, end, family, known, mean, variance, opening, grain, levels, start, table, earlier, short):  # type: ignore[no-untyped-def]
    periods = opening.shape[1]
    for c in range(begin, end):
        n = levels[c]
        for t in range(periods):
            row, other = table[c] + t * n, earlier[c, t]
            first = opening[c, t] - start[c] * grain[c]
            _losses(family[c, t], mean[c, t], variance[c, t], first - known[c, t], grain[c], n, short, row)
            if t == 0:
                _losses(0, 0.0, 0.0, first, grain[c], n, short, other)
            elif other != row - n:
                s = t - 1
                _losses(family[c, s], mean[c, s], variance[c, s], first - known[c, s], grain[c], n, short, other)


@numba.njit(cache=True, nogil=True)
def _losses(family, mean, variance, first, grain, n, out, row):  # type: ignore[no-untyped-def]
    """Losses at first, first + grain, ... into out[row : row + n]."""
    if family in (POISSON, WIDE):
        _whole_losses(family, mean, variance, first, grain, n, out, row)
        return
    lost = 0.0
    if family == GAMMA and variance > 0.0:
        shape = mean * mean / variance
        lost = math.sqrt(variance) * ROUNDING * shape * (1.0 + abs(math.log(shape)))
    # with next to no chance of a demand below, a unit more is a unit less short
    low = mean - LEFT * math.sqrt(max(variance, 0.0))
    for k in range(n):
        x = first + k * grain
        if x <= low or (family != NORMAL and family != GAMMA):
            loss = max(mean - x, 0.0)
        elif family == NORMAL:
            loss = _normal_loss(mean, variance, x)
        else:
            loss = _gamma_loss(mean, variance, x)
        least = _less(loss - lost, mean)
        out[row + k] = np.float32(least)
        if least <= 0.0:
            # the loss only falls
            out[row + k + 1 : row + n] = 0.0
            return


@numba.njit(cache=True, nogil=True)
def _less(loss, mean):  # type: ignore[no-untyped-def]
    """A value that is certainly not above the true one, rounding to single precision included."""
    return max(loss * (1.0 - 1.3e-7) - 1e-11 * max(mean, 1.0), 0.0)


@numba.njit(cache=True, nogil=True)
def _whole_losses(family, mean, variance, first, grain, n, out, row):  # type: ignore[no-untyped-def]
    spread = mean if family == POISSON else variance
    unit = max(math.floor(mean - LEFT * math.sqrt(spread)), 0.0)
    if family == POISSON:
        chance = math.exp(unit * math.log(mean) - mean - math.lgamma(unit + 1.0))
        size, failure = 0.0, 0.0
        terms = unit * abs(math.log(mean)) + mean
    else:
        size, failure = mean * mean / (variance - mean), 1.0 - mean / variance
        chance = math.exp(
            math.lgamma(size + unit) - math.lgamma(size) - math.lgamma(unit + 1.0)
            + size * math.log(mean / variance) + unit * math.log(failure)
        )  # fmt: skip
        terms = (size + unit) * (1.0 + abs(math.log(size + unit))) + unit * abs(math.log(failure))
    # the first chance is off by a factor, and with it every tail up to the right end
    lost = ROUNDING * (terms + 1.0) * 2.0 * LEFT * math.sqrt(spread)
    # demand above `unit` has probability `tail`; `loss` is that of `unit`
    tail, loss = 1.0 - chance, mean - unit
    for k in range(n):
        x = first + k * grain
        if x <= unit:
            value = mean - x if x <= unit - 1.0 or unit == 0.0 else loss + (unit - x)
        else:
            while x >= unit + 1.0:
                loss -= tail
                unit += 1.0
                if family == POISSON:
                    chance *= mean / unit
                else:
                    chance *= failure * (size + unit - 1.0) / unit
                tail -= chance
                if tail < 1e-13:
                    tail = 0.0
            value = loss - tail * (x - unit)
        if x > mean - LEFT * math.sqrt(spread):
            value -= lost
        out[row + k] = np.float32(_less(value, mean))


@numba.njit(cache=True, nogil=True)
def _normal_loss(mean, variance, x):  # type: ignore[no-untyped-def]
    sd = math.sqrt(variance)
    z = (x - mean) / sd
    return sd * (math.exp(-0.5 * z * z) / 2.5066282746310002 - z * 0.5 * math.erfc(z / 1.4142135623730951))


@numba.njit(cache=True, nogil=True)
def _gamma_loss(mean, variance, x):  # type: ignore[no-untyped-def]
    if x <= 0.0:
        return mean - x
    shape, scale = mean * mean / variance, variance / mean
    z = x / scale
    term = math.exp(shape * math.log(z) - z - math.lgamma(shape + 1.0))
    above = _gamma_tail(shape, z, term)
    return mean * (above + term) - x * above


@numba.njit(cache=True, nogil=True)
def _gamma_tail(shape, z, term):  # type: ignore[no-untyped-def]
    """Upper regularised incomplete gamma function; `term` is z^shape e^-z / Gamma(shape + 1)."""
    if z < shape + 1.0:
        # power series of the lower function
        total, part, k = 1.0, 1.0, shape
        while part > 1e-16 * total:
            k += 1.0
            part *= z / k
            total += part
        return max(1.0 - term * total, 0.0)
    # continued fraction by Lentz's method
    b = z + 1.0 - shape
    c, d = 1e300, 1.0 / b
    h = d
    for i in range(1, 500):
        an = -i * (i - shape)
        b += 2.0
        d = 1.0 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return term * shape * h
