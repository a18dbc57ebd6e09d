"""Why a line is there, in a few words that can be checked against the projection."""

from __future__ import annotations

import numpy as np

from procure.plan.network import Network
from procure.plan.terms import order_date
from procure.solution.ledger import Ledger


def order_reason(ledger: Ledger, line: int, period: int) -> str:
    """Demand that the order is there for, and the stock that it finds on arrival."""
    network = ledger.network
    cell, arrival = int(network.line_cell[line]), period + int(network.line_lead[line])
    quantity = float(ledger.decision.orders[line, period] * network.line_fraction[line])
    return _cover(ledger, cell, arrival, quantity)


def transfer_reason(ledger: Ledger, move: int, period: int) -> str:
    """Demand that the transfer is there for, and the stock that it finds on arrival."""
    network = ledger.network
    arrival = period + int(network.move_lead[move])
    return _cover(ledger, int(network.move_to[move]), arrival, float(ledger.decision.shipments[move, period]))


def _cover(ledger: Ledger, cell: int, arrival: int, quantity: float) -> str:
    network = ledger.network
    later = np.flatnonzero(ledger.stocks.receipts[cell, arrival + 1 :] > 0.0)
    end = arrival + 1 + int(later[0]) if len(later) else network.periods
    demand = float(network.mean[cell, arrival:end].sum())
    before = float(ledger.stocks.supply[cell, arrival] - network.mean[cell, :arrival].sum()) - quantity
    found = f"{before:.0f} in stock" if before >= 0.0 else f"{-before:.0f} backordered"
    first, last = _date(network, arrival), _date(network, end)
    return f"demand {demand:.0f} from {first} to {last}, {found} before it arrives"


def _date(network: Network, period: int) -> str:
    return order_date(network.plan, period).isoformat()
