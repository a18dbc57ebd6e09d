r"""What each order line would bring without any rule of lots: the best quantity against surprises in its own cover.

With one unit more now and one less in the next order, only the periods of the cover change. So the best quantity is
where the cost of holding and waiting in the cover, and the difference between the price now and then, is least:

.. math:: \min_q \sum_{t=a}^{e-1} (h H_t + b B_t + \text{safety}_t) + (p - p_e) f q

with the worth of the stock at the end of the horizon in place of p_e where no receipt follows. It is the newsvendor's
order-up-to level (Zipkin, Foundations of Inventory Management, 2000, chapter 6) on the plan's own law of demand and
supply. N lines, T periods; units, plan currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.change import Change
from procure.insight.explanation.revaluation import Revaluation
from procure.solution.covers import Covers
from procure.solution.ledger import Ledger

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

HALVINGS = 50
DECIMALS = 9
"""Of a quantity; anything finer is noise of the halving."""
CHUNK, FEW = 20_000, 16
"""Lines worked out at once, and with sample paths of demand."""
FLAT = 1e-6
"""Slope below which, relative to the cost of waiting, more units are of no use any more."""
GOLDEN = 0.5 * (5.0**0.5 - 1.0)


@dataclass(frozen=True, eq=False)
class BestQuantities:
    """Best quantities of order lines given all others, without lots and limits, shape (N,) each.

    They are below 0 where too much is there already; where only draws value a cell, they are 0 then.

    Attributes
    ----------
    own
        If the next receipt costs as much as this one.
    priced
        With the price of the order that comes next: no less than nothing, and at most as much more as it brings.
    """

    own: Array
    priced: Array


def best_quantities(plan: Revaluation, lines: Indices, periods: Indices, cover: Covers) -> BestQuantities:
    """Work out the best quantities of order lines.

    Parameters
    ----------
    lines, periods
        Line and order period, shape (N,).
    cover
        Their covers.
    """
    ledger, network = plan.ledger, plan.network
    price, (next_price, next_units) = marginal_prices(ledger, lines, periods), next_orders(ledger, lines, cover.end)
    own = _best(plan, lines, periods, cover, np.where(cover.end < network.periods, 0.0, price))
    priced, apart = own.copy(), np.flatnonzero(np.abs(price - next_price) > FLAT * np.maximum(price, 1.0))
    if len(apart):
        difference = (price - next_price)[apart]
        found = _best(plan, lines[apart], periods[apart], cover.rows(apart), difference)
        most = own[apart] + next_units[apart] / np.maximum(network.line_fraction[lines[apart]], FLAT)
        priced[apart] = np.clip(found, np.minimum(own[apart], 0.0), most).round(DECIMALS)
    return BestQuantities(own, priced)


def _best(plan: Revaluation, lines: Indices, periods: Indices, cover: Covers, price: Array) -> Array:
    """Quantity of least cost in each cover at a price of a unit, shape (N,)."""
    drawn = np.isin(plan.network.line_cell[lines], list(plan.laws.planned.sampled))
    best = np.zeros(len(lines))
    for part in _parts(plan, lines, ~drawn):
        spans = cover.arrival[part], cover.end[part]
        best[part] = _analytic(plan, lines[part], periods[part], spans, price[part])
    for k in np.flatnonzero(drawn).tolist():
        span = slice(int(cover.arrival[k]), int(cover.end[k]))
        best[k] = _drawn(plan, int(lines[k]), int(periods[k]), span, float(price[k]))
    return best.round(DECIMALS)


def _parts(plan: Revaluation, lines: Indices, chosen: NDArray[np.bool_]) -> Iterator[Indices]:
    """Positions of lines to be worked out at once; few where demand has sample paths, looked up one by one."""
    samples = np.isin(plan.network.line_cell[lines], list(plan.network.paths))
    for rows, size in ((np.flatnonzero(chosen & ~samples), CHUNK), (np.flatnonzero(chosen & samples), FEW)):
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def marginal_prices(ledger: Ledger, lines: Indices, periods: Indices) -> Array:
    """Price of one unit more of each order line, discount and freight included, shape (N,)."""
    network, quantity = ledger.network, ledger.decision.orders[lines, periods]
    fees, offer = network.fees, network.line_offer[lines]
    tier = (quantity[:, None] * (1.0 + 1e-9) >= fees.tariffs.starts[offer]).sum(axis=1) - 1
    kept = 1.0 - ledger.bills.discount_rate[network.line_group[lines], periods]
    goods = fees.tariffs.prices[offer, tier] * kept * network.line_rate[lines]
    price: Array = goods + fees.unit_freight[lines, 0]
    return price


def next_orders(ledger: Ledger, lines: Indices, end: Indices) -> tuple[Array, Array]:
    """Price of a unit in the order that ends each cover, the cheapest if there are several, and the units they bring.

    Where no order follows, or only a transfer, whose stock has its worth elsewhere, the price is NaN.
    """
    network, decision = ledger.network, ledger.decision
    shape = network.n_cells, network.periods + 1
    cheapest, units = np.full(shape, np.inf), np.zeros(shape)
    placed, period = np.nonzero(decision.orders)
    at = network.line_cell[placed], np.minimum(period + network.line_lead[placed], network.periods)
    np.minimum.at(cheapest, at, marginal_prices(ledger, placed, period))
    np.add.at(units, at, decision.orders[placed, period] * network.line_fraction[placed])
    cell = network.line_cell[lines]
    found = np.where(end < network.periods, cheapest[cell, end], np.inf)
    return np.where(np.isfinite(found), found, np.nan), units[cell, end]


def _analytic(
    plan: Revaluation, lines: Indices, periods: Indices, spans: tuple[Indices, Indices], price: Array
) -> Array:
    """Find where the slope of the convex cost turns upwards, by halving."""
    ledger, network, laws = plan.ledger, plan.network, plan.laws
    law, (arrival, end) = laws.planned, spans
    cell, share = network.line_cell[lines], np.maximum(network.line_fraction[lines], FLAT)
    item, period = network.cell_item[cell], np.arange(network.periods)
    inside = (period >= arrival[:, None]) & (period < end[:, None])
    others = ledger.stocks.supply[cell] - (share * ledger.decision.orders[lines, periods])[:, None] * (
        period >= arrival[:, None]
    )
    row, column = np.nonzero(inside)
    rows_cell, at, target = cell[row], others[row, column], laws.target[cell[row], column]
    final = column == network.periods - 1
    holding = network.holding[item[row]] - np.where(final, network.credit[item[row]], 0.0)
    waiting = network.unmet_cost[rows_cell] + np.where(final, network.owed[rows_cell], 0.0)
    safety, expected = network.backorder_cost[item[row]], law.expected[rows_cell, column]

    def slope(quantity: Array) -> Array:
        supply = at + (share * quantity)[row]
        short = law.exceedance(rows_cell, column, supply)
        here = holding * (1.0 - short) - waiting * short
        here -= np.where((target > 0.0) & (supply - expected < target), safety, 0.0)
        total: Array = np.bincount(row, here, len(lines)) + price
        return total

    flat = -FLAT * np.maximum(network.unmet_cost[cell], 1e-9)
    room = np.abs(others).max(axis=1) + network.mean[cell].sum(axis=1)
    reach = 10.0 * np.sqrt(network.variance[cell].sum(axis=1)) + laws.target[cell].max(axis=1) + 1.0
    high: Array = (room + reach) / share
    low = -high
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        up = slope(middle) >= flat
        low, high = np.where(up, low, middle), np.where(up, middle, high)
    return high


def _drawn(plan: Revaluation, line: int, period: int, span: slice, price: float) -> float:
    """Find the least of the convex cost of a cell that only draws value, by golden section, from 0 up."""
    network, cell = plan.network, int(plan.network.line_cell[line])
    share = max(float(network.line_fraction[line]), FLAT)
    price *= share

    def cost(quantity: float) -> float:
        found = plan.stocks_of([(cell, Change(orders={(line, period): quantity}))])[0]
        return sum(plan.stock_costs(cell, found, span)) + price * quantity

    room = float(np.abs(plan.ledger.stocks.supply[cell]).max() + network.mean[cell].sum())
    low, high = 0.0, (room + 10.0 * float(np.sqrt(network.variance[cell].sum())) + 1.0) / share
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = cost(left), cost(right)
    while high - low > 1e-3 * max(1.0, 0.01 * high):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = cost(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = cost(right)
    return 0.0 if cost(0.0) <= at_left else 0.5 * (low + high)
