"""What a unit of an order line or transfer takes of a shared limit, to first order. N entries, T periods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.decision import Decision
from procure.solution.ledger import Ledger
from procure.solution.limits import Limit

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Entries:
    """All order lines and transfers of a decision, side by side, shape (N,) each.

    Attributes
    ----------
    is_line
        Whether it is an order line; else a transfer.
    index, period
        Position of the line or move, and the period of the order or shipment.
    cell, arrival, share
        Cell that receives it, the first period it serves, the share expected to be delivered.
    least, multiple
        Smallest quantity and order multiple [units].
    """

    is_line: Mask
    index: Indices
    period: Indices
    cell: Indices
    arrival: Indices
    share: Array
    least: Array
    multiple: Array

    def quantity(self, decision: Decision) -> Array:
        """Units of every entry, shape (N,)."""
        return np.array([self.quantity_at(decision, k) for k in range(len(self.index))])

    def quantity_at(self, decision: Decision, k: int) -> float:
        """Units of an entry."""
        return float((decision.orders if self.is_line[k] else decision.shipments)[self.index[k], self.period[k]])

    def put(self, decision: Decision, k: int, quantity: float) -> None:
        """Change the units of an entry."""
        (decision.orders if self.is_line[k] else decision.shipments)[self.index[k], self.period[k]] = quantity


def entries_of(decision: Decision, network: Network) -> Entries:
    """List what a decision orders and ships."""
    lines, ordered = np.nonzero(decision.orders)
    moves, shipped = np.nonzero(decision.shipments)
    multiples = np.array([lane.order_multiple for lane in network.lanes], dtype=float)[network.move_lane[moves]]
    lots = network.fees.lots
    return Entries(
        is_line=np.repeat([True, False], [len(lines), len(moves)]),
        index=np.concatenate([lines, moves]),
        period=np.concatenate([ordered, shipped]),
        cell=np.concatenate([network.line_cell[lines], network.move_to[moves]]),
        arrival=np.concatenate([ordered + network.line_lead[lines], shipped + network.move_lead[moves]]),
        share=np.concatenate([network.line_fraction[lines], np.ones(len(moves))]),
        least=np.concatenate([lots.least[lines], multiples]),
        multiple=np.concatenate([lots.multiple[lines], multiples]),
    )


def unit_use(ledger: Ledger, entries: Entries, limit: Limit, period: int) -> Array:
    """What a unit of each entry takes of a limit in a period, shape (N,); 0 where it has nothing to do with it."""
    use = np.zeros(len(entries.index))
    if limit.kind in ("storage", "inventory_value"):
        k = np.flatnonzero(entries.arrival <= period)
        use[k] = entries.share[k] * _room(ledger.network, entries.cell[k], limit)
    elif limit.kind == "lane_capacity":
        k = np.flatnonzero(~entries.is_line & (entries.period == period))
        here = ledger.network.move_lane[entries.index[k]] == limit.place
        use[k] = np.where(here, _size(ledger.network, entries.cell[k], limit), 0.0)
    else:
        k = np.flatnonzero(entries.is_line)
        use[k] = _line_use(ledger, entries.index[k], entries.period[k], limit, period)
    return use


def _size(network: Network, cell: Indices, limit: Limit) -> Array:
    """Amount of the limit's resource that a unit at each cell takes."""
    size: Array = network.usage(limit.resource)[network.cell_item[cell]]
    return size


def _room(network: Network, cell: Indices, limit: Limit) -> Array:
    """What a unit on hand at each cell takes of a limit on stock."""
    if limit.kind == "inventory_value":
        worth: Array = network.replacement[network.cell_item[cell]]
        return worth
    return np.where(network.cell_warehouse[cell] == limit.place, _size(network, cell, limit), 0.0)


def _line_use(ledger: Ledger, line: Indices, placed: Indices, limit: Limit, period: int) -> Array:
    """What a unit of an order line takes of money or of a supplier's or an offer's capacity."""
    network = ledger.network
    # a line that was given up since the ledger was kept is none of these any more
    quantity = np.maximum(ledger.decision.orders[line, placed], 1e-9)
    if limit.kind in ("cash", "order_budget"):
        value = (ledger.bills.net_goods + ledger.bills.freight)[line, placed] / quantity
        return _money(ledger, line, placed, limit, period) * np.maximum(value, 1e-6)
    size = np.ones(len(line))
    mine = network.line_offer[line] == limit.place
    if limit.kind == "supplier_capacity":
        mine = network.group_supplier[network.line_group[line]] == limit.place
        size = _size(network, network.line_cell[line], limit)
        if limit.resource == "value":
            size = ledger.bills.goods[line, placed] / quantity
    return np.where(mine & (placed == period), size, 0.0)


def _money(ledger: Ledger, line: Indices, placed: Indices, limit: Limit, period: int) -> Array:
    """Share of an order line's value that counts in a period."""
    network = ledger.network
    if limit.kind == "order_budget":
        so_far = placed <= period if network.plan.capital.carry_over else placed == period
        return so_far.astype(float)
    fees = network.fees
    deposit, balance = fees.deposit[line], placed + fees.balance_delay[line] <= period
    due: Array = deposit * (placed <= period) + (1.0 - deposit) * balance
    return due * network.line_fraction[line]
