"""What more of a limit is worth: prices by limit and period, and what some more of the dearest ones would save."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.table import numbers
from procure.solution.decision import Decision
from procure.solution.limits import Limit, Limits

Array = NDArray[np.float64]

SHARE = 0.01
"""Least step, as a share of the limit."""
ROUND = (1.0, 2.0, 5.0, 10.0)
"""Steps are these times a power of ten."""


@dataclass(frozen=True)
class Saving:
    """What some more of a limit would save.

    Attributes
    ----------
    limit, period
        Position of the limit, and the period in which there is more of it; None: in every one (inventory value).
    step
        How much more, in the unit of the limit.
    saved
        Cost saved [plan currency].
    avoided
        Expected backorders avoided [unit-periods]; None if not known.
    decision
        A decision with the step, near what the prices promise, if one was asked for.
    """

    limit: int
    period: int | None
    step: float
    saved: float
    avoided: float | None
    decision: Decision | None = field(default=None, compare=False)


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of limits.

    Attributes
    ----------
    values
        What one more unit of every limit and period saves, shape (limits, T) [plan currency per unit of the limit]; NaN
        where it is not known.
    basis
        `orders`: the linear program under the orders of the plan; `relaxation`: the prices of the decomposed engine.
    savings
        What some more of the limits that matter most would save, largest first; one period of each.
    decision
        A decision under the limits as they are, near the prices' program, if one was asked for.
    """

    values: Array
    basis: str
    savings: tuple[Saving, ...] = ()
    decision: Decision | None = None


def counts_onward(network: Network, limit: Limit) -> bool:
    """Whether more of a limit in a period is there in all later periods, too: cash, a budget that carries over."""
    return limit.kind == "cash" or (limit.kind == "order_budget" and network.plan.capital.carry_over)


def onward(network: Network, limits: Limits, totals: Array) -> Array:
    """Turn prices of totals by a period into prices of what comes in in it.

    Parameters
    ----------
    totals
        Dual price of every limit and period as `Limit.allowed` counts, shape (limits, T).
    """
    prices = totals.copy()
    for k, limit in enumerate(limits):
        if counts_onward(network, limit):
            prices[k] = np.cumsum(totals[k, ::-1])[::-1]
    return prices


def totals(network: Network, limits: Limits, prices: Array) -> Array:
    """Turn prices of what comes in in a period back into prices of totals; see `onward`."""
    found = prices.copy()
    for k, limit in enumerate(limits):
        if counts_onward(network, limit):
            found[k, :-1] = prices[k, :-1] - prices[k, 1:]
    return found


def raised(network: Network, limit: Limit, period: int | None, step: float) -> Array:
    """`Limit.allowed` with so much more of the limit in a period, or in every one, shape (T,)."""
    if period is None:
        return limit.allowed + step
    allowed = limit.allowed.copy()
    allowed[period : None if counts_onward(network, limit) else period + 1] += step
    return allowed


def step_of(network: Network, limit: Limit, period: int) -> float:
    """A step that can change something: round, at least a percent of the limit and what an order multiple takes."""
    given = _given(network, limit)
    amount = max(SHARE * (given[period] if math.isfinite(given[period]) else 0.0), _least_use(network, limit), 1e-9)
    ten = 10.0 ** math.floor(math.log10(amount))
    return next(float(f"{k * ten:.6g}") for k in ROUND if k * ten >= amount * (1.0 - 1e-9))


def _given(network: Network, limit: Limit) -> Array:
    """What there is of a limit in each period by itself; of totals the mean."""
    if not counts_onward(network, limit):
        return limit.allowed
    return np.full(len(limit.allowed), limit.allowed[-1] / len(limit.allowed))


def _least_use(network: Network, limit: Limit) -> float:
    """What the smallest order multiple takes of the limit; 0 if nothing uses it."""
    offer, item = network.line_offer, network.cell_item[network.line_cell]
    if limit.kind == "lane_capacity":
        mine = network.move_lane == limit.place
        lot = network.lanes[limit.place or 0].order_multiple
        used = network.usage(limit.resource)[network.cell_item[network.move_from[mine]]] * (lot or 1.0)
        return _least(used)
    lots = np.maximum(network.fees.lots.multiple, 0.0)
    lots = np.where(lots > 0.0, lots, 1.0)
    prices = numbers(network.offers, "unit_price")[offer]
    if limit.kind == "storage":
        here = network.cell_warehouse[network.line_cell] == limit.place
        return _least((network.usage(limit.resource)[item] * lots)[here])
    if limit.kind == "inventory_value":
        return _least(network.replacement[item] * lots)
    if limit.kind in ("cash", "order_budget"):
        return _least(prices * network.line_rate * lots)
    mine = offer == limit.place
    if limit.kind == "supplier_capacity":
        mine = network.group_supplier[network.line_group] == limit.place
        if limit.resource == "value":
            return _least((prices * lots)[mine])
    return _least((network.usage(limit.resource)[item] * lots)[mine])


def _least(used: Array) -> float:
    return float(np.min(used[used > 0.0], initial=np.inf)) if (used > 0.0).any() else 0.0
