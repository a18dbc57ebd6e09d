"""Rules that the quantity of an order line lies exactly on: its minimum, a price break, its maximum. N lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.solution.ledger import Ledger

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
EXACT = 1e-6
"""Relative difference below which two quantities are the same."""


def lot_marks(ledger: Ledger, lines: Indices, periods: Indices) -> list[str]:
    """Words for the rule that a quantity lies on: the least that the rule and the multiple allow; else nothing."""
    network, quantity = ledger.network, ledger.decision.orders[lines, periods]
    lots = network.fees.lots
    least, most, multiple = lots.least[lines], lots.most[lines], lots.multiple[lines]
    marks = np.full(len(lines), "", dtype=object)
    step = np.where(multiple > 0.0, multiple, 1.0)
    highest = np.where(multiple > 0.0, np.floor(most / step + EXACT) * step, most)
    _mark(marks, same(quantity, highest), " (maximum %g)", most)
    starts = network.fees.tariffs.starts[network.line_offer[lines]]
    for tier in range(1, starts.shape[1]):
        start = starts[:, tier]
        _mark(marks, same(quantity, raised(start, multiple)), " (price break %g)", start)
    _mark(marks, (least > 0.0) & same(quantity, raised(least, multiple)), " (minimum %g)", least)
    words: list[str] = marks.tolist()
    return words


def _mark(marks: NDArray[np.object_], here: Mask, words: str, value: Array) -> None:
    for k in np.flatnonzero(here).tolist():
        marks[k] = words % value[k]


def same(a: Array, b: Array) -> Mask:
    """Whether quantities are equal but for rounding."""
    with np.errstate(invalid="ignore"):
        equal: Mask = np.abs(a - b) <= EXACT * np.maximum(np.abs(a), 1.0)
    return equal & np.isfinite(b)


def raised(quantity: Array, multiple: Array) -> Array:
    """The least multiple that is not below a quantity; the quantity itself where any is allowed."""
    step = np.where(multiple > 0.0, multiple, 1.0)
    value: Array = np.where(multiple > 0.0, np.ceil(quantity / step - EXACT) * step, quantity)
    return value
