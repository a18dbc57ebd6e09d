"""Supply, and the stock and backorders that it leads to. C cells, T periods; units.

Where supply is certain and customers wait, the functions are analytic. The other cells are valued by draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.table import numbers
from procure.solution.decision import Decision
from procure.uncertainty.deliveries import Deliveries, draw_orders
from procure.uncertainty.law import Law, law_from
from procure.uncertainty.lost import lost_paths

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

BLOCK = 10_000
"""Cells whose targets are worked out at once."""


@dataclass(frozen=True, eq=False)
class Laws:
    """The law that the plan asks for and the one with all surprises counted."""

    planned: Law
    open_loop: Law
    target: Array
    """Safety stock target by cell and period, shape (C, T) [units]."""

    @staticmethod
    def of(network: Network) -> Laws:
        """Make both laws, from the same draws, and the safety stock targets of a plan."""
        draws = draw_orders(network), lost_paths(network)
        planned = law_from(network, *draws)
        return Laws(planned, law_from(network, *draws, cumulative=True), _targets(network, planned))


def _targets(network: Network, law: Law) -> Array:
    """max(safety_stock, service quantile of the window's surprise, 0) where and when supply can answer."""
    periods = np.arange(network.periods)
    stock = numbers(network.items, "safety_stock", 0.0)[network.cell_item]
    level = numbers(network.items, "service_level")[network.cell_item]
    target = np.repeat(stock[:, None], network.periods, axis=1)
    for cells in _blocks(np.flatnonzero(network.has_demand & ~np.isnan(level))):
        wanted = np.broadcast_to(level[cells, None], (len(cells), network.periods))
        surprise = law.quantile(cells[:, None], periods, wanted) - law.expected[cells]
        target[cells] = np.maximum(target[cells], surprise)
    answered = network.has_demand[:, None] & (periods >= network.first_served[:, None])
    return np.where(answered, target, 0.0)


def _blocks(cells: Indices) -> Iterator[Indices]:
    """Parts of many cells, so that what is worked out for them at once stays small."""
    for start in range(0, len(cells), BLOCK):
        yield cells[start : start + BLOCK]


@dataclass(frozen=True, eq=False)
class Stocks:
    """Supply and what it does, each of shape (C, T) [units]."""

    receipts: Array
    supply: Array
    backorders: Array
    on_hand: Array
    peak: Array


def stocks_of(network: Network, law: Law, decision: Decision) -> Stocks:
    """Compute supply, backorders and stock of a decision under a law.

    In cells whose unmet demand is lost, `backorders` are the units lost in each period.
    """
    receipts, supply = supply_of(network, law, decision)
    backorders, on_hand, peak = analytic(network, law, supply)
    for cell, sampled in law.sampled.items():
        found = sampled.stocks(sampled.ordered(decision.orders), supply[cell])
        backorders[cell], on_hand[cell], peak[cell] = found
    return Stocks(receipts, supply, backorders, np.maximum(on_hand, 0.0), np.maximum(peak, 0.0))


def supply_of(network: Network, law: Law, decision: Decision) -> tuple[Array, Array]:
    """Expected receipts in each period (open orders, orders, transfers in) and expected supply, both (C, T) [units]."""
    return supply_from(network, law.deliveries, decision)


def supply_from(network: Network, deliveries: Deliveries, decision: Decision) -> tuple[Array, Array]:
    """Expected receipts and supply as `supply_of` says, by what orders and open orders are expected to bring."""
    opening = deliveries.opening
    receipts = np.diff(opening, axis=1, prepend=network.initial[:, None])
    lines, periods = np.nonzero(decision.orders)
    quantity = decision.orders[lines, periods]
    uncertain = np.isin(lines, list(deliveries.expected))
    for line, period, units in zip(lines[uncertain], periods[uncertain], quantity[uncertain], strict=True):
        share = deliveries.expected[int(line)][period]
        receipts[network.line_cell[line]] += units * np.diff(share, prepend=0.0)
    lines, periods, quantity = lines[~uncertain], periods[~uncertain], quantity[~uncertain]
    delivered = quantity * network.line_fraction[lines]
    _receive(receipts, network.line_cell[lines], periods + network.line_lead[lines], delivered)
    moves, periods = np.nonzero(decision.shipments)
    shipped = decision.shipments[moves, periods]
    _receive(receipts, network.move_to[moves], periods + network.move_lead[moves], shipped)
    departures = np.zeros_like(receipts)
    np.add.at(departures, (network.move_from[moves], periods), shipped)
    supply = network.initial[:, None] + np.cumsum(receipts - departures, axis=1)
    return receipts, supply


def _receive(receipts: Array, cell: Indices, period: Indices, quantity: Array) -> None:
    """Add quantities to the receipts; what arrives after the horizon is left out."""
    inside = period < receipts.shape[1]
    np.add.at(receipts, (cell[inside], period[inside]), quantity[inside])


def analytic(network: Network, law: Law, supply: Array) -> tuple[Array, Array, Array]:
    """Expected backorders, on hand and peak stock of a certain supply under a law, each (C, T) [units]."""
    return analytic_rows(law, np.arange(network.n_cells), supply)


def analytic_rows(law: Law, cell: Indices, supply: Array) -> tuple[Array, Array, Array]:
    """Expected backorders, on hand and peak stock of some cells, one supply a row, each (N, T) [units].

    Parameters
    ----------
    cell
        Cell of each row, shape (N,).
    supply
        Shape (N, T) [units].
    """
    cells, periods = cell[:, None], np.arange(supply.shape[1])[None, :]
    expected = law.expected[cell]
    backorders = law.shortfall(cells, periods, supply)
    on_hand = supply - expected + backorders
    peak = np.maximum(supply, 0.0)
    if supply.shape[1] > 1:
        later = supply[:, 1:]
        peak[:, 1:] = later - expected[:, :-1] + law.shortfall(cells, periods[:, :-1], later)
    return backorders, on_hand, peak
