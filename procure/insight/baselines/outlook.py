"""What a buyer sees ahead: demand beyond the horizon too, and when each supplier takes orders.

C cells, L lines; E periods ahead, longer than the horizon T, so that an order of the last period still looks at the
whole time it has to last. Units, periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.records import Plan
from procure.plan.terms import order_date, takes_orders

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Outlook:
    """Demand and calendars ahead.

    Attributes
    ----------
    span
        E, periods looked ahead.
    demand, variance
        Mean and variance of the demand of periods 0..e-1, shape (C, E + 1).
    rate
        Mean demand per period, shape (C,).
    noise
        Mean variance of a period's demand, shape (C,).
    next_order
        First order period after each one, shape (L, E).
    last_order
        Last order period of each line, shape (L,); -1 if there is none.
    review
        Periods from one order day to the next, shape (L,).
    """

    span: int
    demand: Array
    variance: Array
    rate: Array
    noise: Array
    next_order: Indices
    last_order: Indices
    review: Array

    @staticmethod
    def of(network: Network) -> Outlook:
        """Look ahead from a plan: beyond the horizon demand goes on at its mean, unless the item is phased out."""
        span = 3 * network.periods + 1
        goes_on = np.array([not _ends(network, int(i)) for i in network.cell_item], dtype=bool)
        opens = _open_periods(network, span)
        supplier = network.group_supplier[network.line_group]
        review = np.array([network.suppliers[s].order_every for s in supplier], dtype=float)
        later = span - 1 - np.argmax(opens[:, ::-1], axis=1)
        return Outlook(
            span=span,
            demand=_running(network.mean, goes_on, span),
            variance=_running(network.variance, goes_on, span),
            rate=network.mean.mean(axis=1),
            noise=network.variance.mean(axis=1),
            next_order=_next(opens, review),
            last_order=np.where(opens.any(axis=1), later, -1) if span else later,
            review=review,
        )


def _ends(network: Network, item: int) -> bool:
    end = network.items[item].phase_out
    return end is not None and end < order_date(network.plan, network.periods)


def _running(values: Array, goes_on: Mask, span: int) -> Array:
    """Sums over periods 0..e-1 with a leading 0, at the mean beyond the horizon, shape (C, E + 1)."""
    beyond = np.where(goes_on, values.mean(axis=1), 0.0)[:, None]
    longer = np.hstack([values, np.repeat(beyond, span - values.shape[1], axis=1)])
    return np.hstack([np.zeros((len(values), 1)), np.cumsum(longer, axis=1)])


def _open_periods(network: Network, span: int) -> Mask:
    """Periods in which each line may be ordered by its calendar, the horizon not asked, shape (L, E)."""
    plan = network.plan
    taking = np.array([[takes_orders(plan, s, t) for t in range(span)] for s in network.suppliers], dtype=bool)
    taking = taking.reshape(len(network.suppliers), span)
    day = np.arange(span) * plan.period_days
    opens = taking[network.group_supplier[network.line_group]]
    for line in range(network.n_lines):
        offer = network.offers[network.line_offer[line]]
        item = network.items[network.cell_item[network.line_cell[line]]]
        days = int(network.line_days[line])
        first, last = _ordinal(plan, offer.valid_from, -1), _ordinal(plan, offer.valid_to, None)
        timely = _ordinal(plan, item.phase_out, None)
        opens[line] &= (day >= first) & (day <= last) & (day + days <= timely)
    return opens


def _ordinal(plan: Plan, day: date | None, default: int | None) -> float:
    """Days from the start to a date; without one `default`, or infinity."""
    if day is not None:
        return float((day - plan.start_date).days)
    return np.inf if default is None else float(default)


def _next(opens: Mask, review: Array) -> Indices:
    """First open period after each one; without one, as if the usual rhythm went on."""
    lines, span = opens.shape
    found = np.zeros((lines, span), dtype=np.int64)
    following = np.full(lines, -1, dtype=np.int64)
    for t in range(span - 1, -1, -1):
        found[:, t] = np.where(following >= 0, following, t + review.astype(np.int64))
        following = np.where(opens[:, t], t, following)
    return found
