"""Why a line is there, in a few words that can be checked against the projection."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.terms import order_date
from procure.solution.ledger import Ledger

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

CHUNK = 100_000
"""Reasons worked out at a time, which bounds the memory they take."""


def order_reasons(ledger: Ledger, lines: Indices, periods: Indices) -> list[str]:
    """Demand that each order line is there for, and the stock that it finds on arrival."""
    network = ledger.network
    return _covers(ledger, network.line_cell[lines], periods + network.line_lead[lines])


def transfer_reasons(ledger: Ledger, moves: Indices, periods: Indices) -> list[str]:
    """Demand that each transfer is there for, and the stock that it finds on arrival."""
    network = ledger.network
    return _covers(ledger, network.move_to[moves], periods + network.move_lead[moves])


def _covers(ledger: Ledger, cells: Indices, arrivals: Indices) -> list[str]:
    said: list[str] = []
    for start in range(0, len(cells), CHUNK):
        part = slice(start, start + CHUNK)
        said += _words(ledger, cells[part], arrivals[part])
    return said


def _words(ledger: Ledger, cells: Indices, arrivals: Indices) -> list[str]:
    """Mean demand, and transfers out, until the next receipt, and the stock that the arrival finds."""
    network, stocks = ledger.network, ledger.stocks
    period, arrival = np.arange(network.periods), arrivals[:, None]
    mean, receipts = network.mean[cells], stocks.receipts[cells]
    later = (receipts > 0.0) & (period > arrival)
    end = np.where(later.any(axis=1), later.argmax(axis=1), network.periods)
    before = np.where(arrivals > 0, stocks.supply[cells, arrivals - 1], network.initial[cells])
    there = before - np.where(period < arrival, mean, 0.0).sum(axis=1)
    until = (period >= arrival) & (period < end[:, None])
    wanted, received = (np.where(until, amounts, 0.0).sum(axis=1) for amounts in (mean, receipts))
    shipped = before + received - stocks.supply[cells, end - 1]
    last = [f"{order_date(network.plan, t) - timedelta(days=1):%m-%d}" for t in range(network.periods + 1)]
    # rounded, so that a half does not depend on the order of a sum
    rounded = (figure.round(6).tolist() for figure in (wanted, shipped, there))
    figures = zip(*rounded, end.tolist(), strict=True)
    return [f"demand {w:.0f}{_out(s)} to {last[e]}, {_found(x)}" for w, s, x, e in figures]


def _out(shipped: float) -> str:
    return f" + {shipped:.0f} out" if shipped > 0.5 else ""


def _found(there: float) -> str:
    return f"{max(there, 0.0):.0f} in stock" if there > -0.5 else f"{-there:.0f} owed"
