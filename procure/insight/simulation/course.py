"""The open loop of single cells: supply and demand of each run, and what they lead to.

T periods, K runs; units and plan currency. What is summed over cells is a `Tally`; tallies of blocks of cells add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.terms import whole_periods
from procure.solution.decision import Decision
from procure.solution.limits import Limit, limits_of
from procure.uncertainty.draws import Source, demand_draws, nominal_receipt_days, order_draws, receipt_draws
from procure.uncertainty.lost import stocks_where_lost

Array = NDArray[np.float64]

SUMS = ("holding", "backorder", "terminal", "backorders", "end_units", "on_hand")
"""Sums over cells kept of each run: cost parts, backorders and units lost, those of the last period, stock on hand."""

PURPOSE = "simulate"
"""Key of the draws; those that plans are made with have another one."""


@dataclass(frozen=True, eq=False)
class Tally:
    """What some cells come to in each run.

    Attributes
    ----------
    sums
        By name as in `SUMS`, shape (6, K).
    items
        By item: demand, units served from stock, backorders and units lost, shape (3, K).
    use
        Use of each limit on stock, shape (limits, T, K).
    """

    sums: Array
    items: dict[int, Array]
    use: Array

    def __add__(self, other: Tally) -> Tally:
        """Tally of both together."""
        items = dict(self.items)
        for item, rows in other.items.items():
            items[item] = items[item] + rows if item in items else rows
        return Tally(self.sums + other.sums, items, self.use + other.use)


@dataclass(frozen=True, eq=False)
class OpenLoop:
    """A decision as it stands, to be met by the worlds of a source.

    Attributes
    ----------
    lines
        Order lines by cell: line, period and units.
    shipped
        Transfers in less transfers out so far, shape (C, T) [units].
    open_orders
        Positions of the plan's open orders by cell.
    limits
        Limits on stock: storage and inventory value.
    weights
        What a unit of each cell takes of them, shape (limits, C).
    """

    network: Network
    source: Source
    lines: dict[int, list[tuple[int, int, float]]]
    shipped: Array
    open_orders: dict[int, list[int]]
    limits: tuple[Limit, ...]
    weights: Array

    @staticmethod
    def of(network: Network, decision: Decision, source: Source) -> OpenLoop:
        """Sort a decision by cell."""
        lines: dict[int, list[tuple[int, int, float]]] = {}
        for line, period in np.argwhere(decision.orders > 0.0).tolist():
            cell = int(network.line_cell[line])
            lines.setdefault(cell, []).append((line, period, float(decision.orders[line, period])))
        waiting: dict[int, list[int]] = {}
        for k, row in enumerate(network.plan.open_orders):
            waiting.setdefault(network.cell_at(row.item, row.warehouse), []).append(k)
        limits = tuple(limit for limit in limits_of(network) if limit.kind in ("storage", "inventory_value"))
        weights = np.array([_weights(network, limit) for limit in limits]).reshape(len(limits), network.n_cells)
        return OpenLoop(network, source, lines, _shipped(network, decision), waiting, limits, weights)

    def supply(self, cell: int) -> Array:
        """X_t by what truly arrives, shape (T, K) [units]."""
        network, runs = self.network, self.source.runs
        arrivals = np.zeros((network.periods, runs))
        for k in self.open_orders.get(cell, []):
            row = network.plan.open_orders[k]
            if row.lead_time_sd > 0.0:
                _arrive(arrivals, receipt_draws(network, self.source, k), np.full(runs, row.quantity))
            else:
                due = whole_periods(nominal_receipt_days(network, row), network.plan.period_days)
                arrivals[due : due + 1] += row.quantity
        for line, period, units in self.lines.get(cell, []):
            if is_random(network, line):
                arrival, share = order_draws(network, self.source, line, period)
                _arrive(arrivals, arrival, units * share)
            else:
                first = period + int(network.line_lead[line])
                arrivals[first : first + 1] += units * network.line_fraction[line]
        fixed = network.initial[cell] + self.shipped[cell]
        supply: Array = fixed[:, None] + np.cumsum(arrivals, axis=0)
        return supply

    def tally(self, cells: Iterable[int]) -> Tally:
        """Let the worlds meet some cells, one after the other."""
        network, runs = self.network, self.source.runs
        total = Tally(np.zeros((len(SUMS), runs)), {}, np.zeros((len(self.limits), network.periods, runs)))
        for cell in cells:
            self._add(total, cell)
        return total

    def _add(self, total: Tally, cell: int) -> None:
        network, item = self.network, int(self.network.cell_item[cell])
        asked = demand_draws(network, self.source, cell)
        unmet, on_hand, peak = stocks(self.supply(cell), np.cumsum(asked, axis=0), bool(network.lost[cell]))
        total.sums[:] += (
            network.holding[item] * on_hand.sum(axis=0),
            network.unmet_cost[cell] * unmet.sum(axis=0),
            network.owed[cell] * unmet[-1] - network.credit[item] * on_hand[-1],
            unmet.sum(axis=0),
            unmet[-1],
            on_hand.sum(axis=0),
        )
        rows = np.array([asked.sum(axis=0), (peak - on_hand).sum(axis=0), unmet.sum(axis=0)])
        total.items[item] = total.items[item] + rows if item in total.items else rows
        for k in np.flatnonzero(self.weights[:, cell]):
            total.use[k] += self.weights[k, cell] * peak


def stocks(supply: Array, demand: Array, lost: bool) -> tuple[Array, Array, Array]:
    """Backorders or units lost in each period, stock on hand, and peak stock, shape (T, K) each [units].

    Parameters
    ----------
    supply, demand
        Cumulative supply X_t and demand D_t, shape (T, K) [units].
    lost
        Whether unmet demand is lost.
    """
    if lost:
        return stocks_where_lost(demand, supply)
    before = np.concatenate([np.zeros_like(demand[:1]), demand[:-1]])
    gap = demand - supply
    return np.maximum(gap, 0.0), np.maximum(-gap, 0.0), np.maximum(supply - before, 0.0)


def is_random(network: Network, line: int) -> bool:
    """Whether lead time or delivered fraction of a line is random."""
    offer = network.offers[network.line_offer[line]]
    return bool(offer.lead_time.is_random or offer.delivered_fraction.is_random)


def _arrive(arrivals: Array, period: NDArray[np.int64], units: Array) -> None:
    inside = np.flatnonzero(period < len(arrivals))
    arrivals[period[inside], inside] += units[inside]


def _shipped(network: Network, decision: Decision) -> Array:
    change = np.zeros((network.n_cells, network.periods))
    for move, period in np.argwhere(decision.shipments > 0.0).tolist():
        units, arrival = decision.shipments[move, period], period + network.move_lead[move]
        change[network.move_from[move], period] -= units
        if arrival < network.periods:
            change[network.move_to[move], arrival] += units
    total: Array = np.cumsum(change, axis=1)
    return total


def _weights(network: Network, limit: Limit) -> Array:
    """What a unit in each cell takes of a limit on stock, shape (C,)."""
    if limit.kind == "inventory_value":
        worth: Array = network.replacement[network.cell_item]
        return worth
    return np.where(network.cell_warehouse == limit.place, network.usage(limit.resource)[network.cell_item], 0.0)
