"""Why a line is there, in a few words that can be checked against the projection."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from procure.plan.terms import order_date
from procure.solution.ledger import Ledger


def order_reason(ledger: Ledger, line: int, period: int) -> str:
    """Demand that the order is there for, and the stock that it finds on arrival."""
    network = ledger.network
    cell, arrival = int(network.line_cell[line]), period + int(network.line_lead[line])
    return _cover(ledger, cell, arrival)


def transfer_reason(ledger: Ledger, move: int, period: int) -> str:
    """Demand that the transfer is there for, and the stock that it finds on arrival."""
    network = ledger.network
    return _cover(ledger, int(network.move_to[move]), period + int(network.move_lead[move]))


def _cover(ledger: Ledger, cell: int, arrival: int) -> str:
    """Mean demand, and transfers out, until the next receipt, and the stock that the arrival finds."""
    network, stocks = ledger.network, ledger.stocks
    later = np.flatnonzero(stocks.receipts[cell, arrival + 1 :] > 0.0)
    end = arrival + 1 + int(later[0]) if len(later) else network.periods
    before = stocks.supply[cell, arrival - 1] if arrival else network.initial[cell]
    there = float(before - network.mean[cell, :arrival].sum())
    received = float(stocks.receipts[cell, arrival:end].sum())
    shipped = float(before) + received - float(stocks.supply[cell, end - 1])
    demand = f"demand {network.mean[cell, arrival:end].sum():.0f}"
    out = f" + {shipped:.0f} out" if shipped > 0.5 else ""
    found = f"{max(there, 0.0):.0f} in stock" if there > -0.5 else f"{-there:.0f} owed"
    last = order_date(network.plan, end) - timedelta(days=1)
    return f"{demand}{out} to {last:%m-%d}, {found}"
