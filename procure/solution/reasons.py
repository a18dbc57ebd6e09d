"""Why a line is there, in a few words that can be checked against the projection and add up to the quantity.

The long form is that of `procure explain`.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.terms import order_date
from procure.solution.covers import covers_of
from procure.solution.ledger import Ledger
from procure.solution.lot_marks import lot_marks

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

CHUNK = 100_000
"""Reasons worked out at a time, which bounds the memory they take."""


def order_reasons(ledger: Ledger, lines: Indices, periods: Indices) -> list[str]:
    """Demand that each order line is there for, what is there for it already, and what a rule of the offer adds."""
    network = ledger.network
    brought = ledger.decision.orders[lines, periods] * network.line_fraction[lines]
    said = _covers(ledger, network.line_cell[lines], periods + network.line_lead[lines], brought)
    return [reason + mark for reason, mark in zip(said, lot_marks(ledger, lines, periods), strict=True)]


def transfer_reasons(ledger: Ledger, moves: Indices, periods: Indices) -> list[str]:
    """Demand that each transfer is there for, and what is there for it already."""
    network = ledger.network
    brought = ledger.decision.shipments[moves, periods]
    return _covers(ledger, network.move_to[moves], periods + network.move_lead[moves], brought)


def _covers(ledger: Ledger, cells: Indices, arrivals: Indices, brought: Array) -> list[str]:
    said: list[str] = []
    for start in range(0, len(cells), CHUNK):
        part = slice(start, start + CHUNK)
        said += _words(ledger, cells[part], arrivals[part], brought[part])
    return said


def _words(ledger: Ledger, cells: Indices, arrivals: Indices, brought: Array) -> list[str]:
    """Mean demand, and transfers out, until the next receipt; what the arrival finds, what joins it, what is over."""
    plan, cover = ledger.network.plan, covers_of(ledger, cells, arrivals)
    joined = cover.joined - brought
    spare = cover.found + cover.joined - cover.demand - cover.out
    last = [f"{order_date(plan, t) - timedelta(days=1):%m-%d}" for t in range(plan.periods + 1)]
    # rounded, so that a half does not depend on the order of a sum
    figures = (cover.demand, cover.out, cover.found, joined, spare)
    rows = zip(*(figure.round(6).tolist() for figure in figures), cover.end.tolist(), strict=True)
    return [
        f"demand {w:.0f}{_more(s, 'out')} to {last[e]}, {_found(x)}{_also(j)}{_over(v)}" for w, s, x, j, v, e in rows
    ]


def _more(units: float, word: str) -> str:
    return f" + {units:.0f} {word}" if units > 0.5 else ""


def _found(there: float) -> str:
    return f"{max(there, 0.0):.0f} in stock" if there > -0.5 else f"{-there:.0f} owed"


def _also(joined: float) -> str:
    return f", {joined:.0f} on order" if joined > 0.5 else ""


def _over(spare: float) -> str:
    if abs(spare) <= 0.5:
        return ""
    return f", {spare:.0f} spare" if spare > 0.0 else f", {-spare:.0f} short"
