"""What a decision is worth in all, from the sums of its blocks: purchase orders, trips and limits put to them.

K limits, G groups, H headers (groups, then lanes, times T), T periods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.mixing import Columns, Headers, State, apply
from procure.engines.decomposed.sums import Tally

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

TOO_MUCH = 1e-6
"""Relative excess of a limit that counts as none before a decision is checked in full."""


@dataclass(frozen=True, eq=False)
class Account:
    """A decision in sums.

    Attributes
    ----------
    value
        Its objective.
    use
        Use of each limit by period, shape (K, T), without what is due anyway.
    count
        Components on each header, shape (H,).
    saving
        Share of its goods value that each header's discount saves, shape (H,).
    keeps
        Whether purchase orders keep their rules and limits are kept.
    over
        What each limit is overdrawn by, shape (K, T).
    """

    value: float
    use: Array
    count: Array
    saving: Array
    keeps: bool
    over: Array


def account(tally: Tally, headers: Headers, allowed: Array) -> Account:
    """Put purchase orders, trips and limits to the sums of all blocks.

    Parameters
    ----------
    allowed
        Most use of each row of the limits, without what is due anyway, shape (K * T,).
    """
    value, use = _summed(tally, headers, allowed, 0.0)
    punished, _ = _summed(tally, headers, allowed, 1.0)
    over = np.maximum(use - allowed, 0.0)
    kept = bool((over <= TOO_MUCH * np.maximum(np.abs(allowed), 1.0)).all())
    gross = max(abs(value), 1.0)
    shape = tally.limits.shape
    return Account(
        value=value,
        use=use.reshape(shape),
        count=tally.count,
        saving=_savings(tally, headers),
        keeps=kept and punished <= value + 1e-6 * gross,
        over=over.reshape(shape),
    )


def _summed(tally: Tally, headers: Headers, allowed: Array, penalty: float) -> tuple[float, Array]:
    """Objective with what broken rules cost at a penalty, and use of all rows: the decision as one plan."""
    there = np.flatnonzero(tally.count > 0.0)
    rows = tally.limits.size
    whole = Columns(
        part=np.array([0, 1]),
        cost=np.array([tally.own]),
        row_at=np.array([0, rows]),
        row=np.arange(rows, dtype=np.int32),
        amount=tally.limits.ravel(),
        order_at=np.array([0, len(there)]),
        header=there,
        goods=tally.goods[there],
        load=tally.load[there],
    )
    n = len(tally.count)
    state = State(np.zeros(1, dtype=np.int64), np.zeros(rows), np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n))
    value = apply(0, 1, whole, headers, state, allowed, np.zeros(rows), penalty)
    return float(value), state.use


def _savings(tally: Tally, headers: Headers) -> Array:
    """Share of goods value that each header's discount saves, of what is expected to be paid, shape (H,)."""
    there = np.flatnonzero((tally.count > 0.0) & (tally.goods > 0.0))
    owner, goods = there // headers.periods, tally.goods[there]
    rate = np.zeros(len(there))
    for k in range(int(np.diff(headers.tier_at).max(initial=0))):
        tier = headers.tier_at[owner] + k
        inside = tier < headers.tier_at[owner + 1]
        at = np.where(inside, tier, 0)
        rate = np.where(inside & (goods >= headers.start[at] * (1.0 - 1e-9)), headers.saving[at], rate)
    saving = np.zeros(len(tally.count))
    saving[there] = rate * headers.scale[owner]
    return saving
