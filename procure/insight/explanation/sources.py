"""Where each item and warehouse is usually supplied from, and what is asked of it. C cells, L lines, M moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.table import coded
from procure.solution.decision import Decision

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sources:
    """The usual source of each cell that is asked for something and has a source, shape (C,) each.

    Attributes
    ----------
    cell
        Position of the cell.
    mean, variance
        What is asked of it in each period, shape (C, T): its own demand and what the plan ships to other warehouses,
        with the variance of the demand that they have it for [units, units squared].
    supplier
        Position of the supplier; -1 for another warehouse.
    lead_days, lead_sd, review_days
        Mean and standard deviation of the lead time, time between order days [days].
    usual
        Mean quantity of the plan's orders or transfers; 0 without any [units].
    least, most, multiple
        Least and most units of an order, and its multiple.
    order_cost
        Fixed cost of an order line, and of the purchase order shared by the cells that the supplier serves there.
    """

    cell: Indices
    mean: Array
    variance: Array
    supplier: Indices
    lead_days: Array
    lead_sd: Array
    review_days: Array
    usual: Array
    least: Array
    most: Array
    multiple: Array
    order_cost: Array


def sources_of(network: Network, decision: Decision) -> Sources:
    """Choose each cell's usual source: where the plan gets most from, else its cheapest usable offer, else a lane.

    A cell whose largest amount comes by transfer has another warehouse as its source.
    """
    line, ordered = _best_line(network, decision.orders.sum(axis=1))
    move, moved = _best_move(network, decision.shipments.sum(axis=1))
    by_lane = (moved > ordered) | ((line < 0) & (move >= 0))
    mean, variance = _asked(network, decision, np.where(by_lane, move, -1))
    chosen = np.flatnonzero((mean > 0.0).any(axis=1) & ((line >= 0) | (move >= 0)))
    bought, shipped = _bought(network, decision, line), _shipped(network, decision, move)
    found = [np.where(by_lane, ship, buy)[chosen] for buy, ship in zip(bought, shipped, strict=True)]
    supplier = np.where(by_lane, -1, _suppliers(network, line))
    return Sources(chosen, mean[chosen], variance[chosen], supplier[chosen].astype(np.int64), *found)


def _asked(network: Network, decision: Decision, move: Indices) -> tuple[Array, Array]:
    """Mean and variance of what is asked of each cell in each period, shape (C, T).

    Parameters
    ----------
    move
        Move that each cell is usually supplied by; -1 where it is none.
    """
    if not network.n_moves:
        return network.mean, network.variance
    mean, variance = network.mean.copy(), network.variance.copy()
    np.add.at(mean, network.move_from, decision.shipments)
    fed = np.flatnonzero(move >= 0)
    np.add.at(variance, network.move_from[move[fed]], network.variance[fed])
    return mean, variance


def _best_line(network: Network, units: Array) -> tuple[Indices, Array]:
    """Line of each cell that orders most, else can be ordered at all, else the cheapest; -1 without; and its units."""
    fees, offer = network.fees, network.line_offer
    deepest = np.where(np.isfinite(fees.tariffs.starts), fees.tariffs.prices, np.inf).min(axis=1)
    landed = deepest[offer] * network.line_rate + fees.unit_freight[:, 0]
    closed = ~network.line_allowed.any(axis=1)
    return _first(network, network.line_cell, (landed, closed, -units), units)


def _best_move(network: Network, units: Array) -> tuple[Indices, Array]:
    """Move into each cell that brings most, else the fastest; -1 without; and its units."""
    return _first(network, network.move_to, (network.move_lead, -units), units)


def _first(network: Network, cell: Indices, keys: tuple[Any, ...], units: Array) -> tuple[Indices, Array]:
    """The first row of each cell by keys, the last key first."""
    order = np.lexsort((*keys, cell))
    cells, first = np.unique(cell[order], return_index=True)
    best, amount = np.full(network.n_cells, -1, dtype=np.int64), np.zeros(network.n_cells)
    best[cells] = order[first]
    amount[cells] = units[order[first]]
    return best, amount


def _suppliers(network: Network, line: Indices) -> Indices:
    if not network.n_lines:
        return np.full(len(line), -1, dtype=np.int64)
    found: Indices = network.group_supplier[network.line_group[np.maximum(line, 0)]]
    return found


def _bought(network: Network, decision: Decision, line: Indices) -> tuple[Array, ...]:
    """Lead time, its deviation, review, usual, least, most, multiple and order cost of each cell's line."""
    if not network.n_lines:
        return tuple(np.zeros(len(line)) for _ in range(8))
    at = np.maximum(line, 0)
    offer, group = network.line_offer[at], network.line_group[at]
    mean = coded(network.offers, "lead_time").each(lambda lead: lead.mean)[offer]
    spread = coded(network.offers, "lead_time").each(lambda lead: lead.sd)[offer]
    every = np.array([supplier.order_every for supplier in network.suppliers], dtype=float)
    lots, fees = network.fees.lots, network.fees
    sharing = np.bincount(network.line_group, minlength=len(network.group_supplier))[group]
    cost = fees.line_fee[at, 0] + fees.order_fee[group, 0] / np.maximum(sharing, 1)
    return (
        mean,
        spread,
        every[network.group_supplier[group]] * network.plan.period_days,
        _usual(decision.orders[at]),
        lots.least[at],
        lots.most[at],
        lots.multiple[at],
        cost,
    )


def _shipped(network: Network, decision: Decision, move: Indices) -> tuple[Array, ...]:
    """The same of each cell's move."""
    if not network.n_moves:
        return tuple(np.zeros(len(move)) for _ in range(8))
    at = np.maximum(move, 0)
    lane = network.move_lane[at]
    multiple = np.array([row.order_multiple for row in network.lanes], dtype=float)[lane]
    days = np.array([row.lead_time for row in network.lanes], dtype=float)[lane]
    nothing = np.zeros(len(move))
    return (
        days,
        nothing,
        np.full(len(move), float(network.plan.period_days)),
        _usual(decision.shipments[at]),
        nothing,
        np.full(len(move), np.inf),
        multiple,
        nothing,
    )


def _usual(orders: Array) -> Array:
    """Mean of the quantities that are ordered, shape (C,); 0 where none is."""
    count = (orders > 0.0).sum(axis=1)
    value: Array = orders.sum(axis=1) / np.maximum(count, 1)
    return value
