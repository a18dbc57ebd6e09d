"""What receipts are there for: the demand that each covers until the next one, and what is there already.

Everything counts nominally: receipts on their expected day, at their mean delivered fraction. A cover ends where the
next order or transfer of the plan arrives, since until then nothing can be made good. N receipts, T periods; units.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.table import numbers
from procure.solution.decision import Decision
from procure.solution.ledger import Ledger

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Covers:
    """Receipts and what they cover, shape (N,) each.

    From today to the cover's end, need = demand_before + demand + moved_out + waiting - on_hand - open_orders -
    ordered - moved_in - gone; what the receipt itself brings is part of `ordered` or `moved_in`.

    Attributes
    ----------
    arrival, end
        First period served and the first one that the next receipt serves; T where there is none.
    demand_before, demand
        Mean demand of the periods before the arrival, and of the cover.
    waiting, on_hand
        Backorders and stock at the start.
    open_orders, ordered, moved_in
        Brought by the end of the cover by open orders, by orders of the plan, and by transfers of the plan.
    moved_out
        Shipped to other warehouses by the end of the cover.
    gone
        Expected to be lost before the arrival, where customers do not wait.
    found, joined, out
        Stock that the arrival finds, below 0 what is owed; what arrives in the cover, the receipt included; what
        is shipped out in the cover.
    """

    arrival: Indices
    end: Indices
    demand_before: Array
    demand: Array
    waiting: Array
    on_hand: Array
    open_orders: Array
    ordered: Array
    moved_in: Array
    moved_out: Array
    gone: Array
    found: Array
    joined: Array
    out: Array

    def rows(self, chosen: Indices) -> Covers:
        """Some of the receipts."""
        return Covers(**{field.name: getattr(self, field.name)[chosen] for field in fields(self)})

    @property
    def need(self) -> Array:
        """Units that are missing at the end of the cover with the receipt, below 0 what is left over, shape (N,)."""
        wanted = self.demand_before + self.demand + self.moved_out + self.waiting
        value: Array = wanted - self.on_hand - self.open_orders - self.ordered - self.moved_in - self.gone
        return value


def covers_of(ledger: Ledger, cells: Indices, arrivals: Indices) -> Covers:
    """Work out what receipts cover.

    Parameters
    ----------
    cells, arrivals
        Cell that receives and first period served, shape (N,) each.
    """
    network = ledger.network
    here, row = np.unique(cells, return_inverse=True)
    ordered, moved_in, moved_out = flows(network, ledger.decision, here)
    period, arrival = np.arange(network.periods), arrivals[:, None]
    later = ((ordered + moved_in) > 0.0)[row] & (period > arrival)
    end = np.where(later.any(axis=1), later.argmax(axis=1), network.periods)
    demand, opening = network.cumulative_mean()[here], network.opening[here]
    lost = np.where(network.lost[here, None], np.cumsum(ledger.stocks.backorders[here], axis=1), 0.0)
    initial = network.initial[here]
    net = opening + np.cumsum(ordered + moved_in - moved_out, axis=1) - demand + lost
    on_hand, waiting = _at_the_start(network, here)

    def by(values: Array, until: Indices, start: Array | float = 0.0) -> Array:
        """Running values at the end of the period before `until`."""
        before = np.column_stack([np.broadcast_to(start, len(here)), values])
        found: Array = before[row, until]
        return found

    running = [np.cumsum(flow, axis=1) for flow in (ordered, moved_in, moved_out)]
    return Covers(
        arrival=arrivals,
        end=end,
        demand_before=by(demand, arrivals),
        demand=by(demand, end) - by(demand, arrivals),
        waiting=waiting[row],
        on_hand=on_hand[row],
        open_orders=by(opening - initial[:, None], end),
        ordered=by(running[0], end),
        moved_in=by(running[1], end),
        moved_out=by(running[2], end),
        gone=by(lost, arrivals),
        found=by(net, arrivals, initial),
        joined=by(opening + running[0] + running[1], end, initial)
        - by(opening + running[0] + running[1], arrivals, initial),
        out=by(running[2], end) - by(running[2], arrivals),
    )


def flows(network: Network, decision: Decision, cells: Indices) -> tuple[Array, Array, Array]:
    """Units that orders and transfers bring and transfers take, by period first served or shipped, shape (cells, T).

    Parameters
    ----------
    cells
        Cells that are looked at, each once.
    """
    row = np.full(network.n_cells, -1, dtype=np.int64)
    row[cells] = np.arange(len(cells))
    shape = len(cells), network.periods
    lines, periods = np.nonzero(decision.orders)
    brought = decision.orders[lines, periods] * network.line_fraction[lines]
    moves, shipped = np.nonzero(decision.shipments)
    units = decision.shipments[moves, shipped]
    return (
        _added(shape, row[network.line_cell[lines]], periods + network.line_lead[lines], brought),
        _added(shape, row[network.move_to[moves]], shipped + network.move_lead[moves], units),
        _added(shape, row[network.move_from[moves]], shipped, units),
    )


def _added(shape: tuple[int, int], row: Indices, period: Indices, units: Array) -> Array:
    """Sum units into a table; rows below 0 and periods beyond it are left out."""
    table = np.zeros(shape)
    inside = (row >= 0) & (period < shape[1])
    np.add.at(table, (row[inside], period[inside]), units[inside])
    return table


def _at_the_start(network: Network, cells: Indices) -> tuple[Array, Array]:
    """Stock on hand and backorders of cells, shape (cells,) each."""
    rows = network.plan.stock
    found = []
    for column in ("on_hand", "backorders"):
        total = np.zeros(network.n_cells)
        np.add.at(total, network.cells_of(rows), numbers(rows, column))
        found.append(total[cells])
    return found[0], found[1]
