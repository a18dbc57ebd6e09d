"""Quantities that may be ordered: whole multiples, minimums, maximums and cover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.desk import Desk

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
GRAIN = 1e-9


def rounded_up(quantity: Array, multiple: Array) -> Array:
    """Next whole multiples; a multiple of 0 allows any quantity."""
    steps = np.ceil(quantity / np.where(multiple > 0.0, multiple, 1.0) - GRAIN)
    return np.where(multiple > 0.0, steps * np.where(multiple > 0.0, multiple, 1.0), quantity)


def rounded_down(quantity: Array, multiple: Array) -> Array:
    """Last whole multiples; a multiple of 0 allows any quantity."""
    steps = np.floor(quantity / np.where(multiple > 0.0, multiple, 1.0) + GRAIN)
    return np.where(multiple > 0.0, steps * np.where(multiple > 0.0, multiple, 1.0), quantity)


def cover_room(desk: Desk, cell: Indices, arrival: Indices) -> Array:
    """Units that may still arrive before `max_cover_days` is broken, then or at a later receipt, by place."""
    network = desk.network
    room = np.full(len(cell), np.inf)
    if not network.cover_caps:
        return room
    receipts = _receipt_periods(desk)
    for k, (c, first) in enumerate(zip(cell.tolist(), arrival.tolist(), strict=True)):
        caps = network.cover_caps.get(c)
        if caps is not None and first < network.periods:
            counts = receipts[c].copy()
            counts[first] = True
            counts[:first] = False
            room[k] = max(float((caps - desk.supply[c])[counts].min()), 0.0)
    return room


def _receipt_periods(desk: Desk) -> NDArray[np.bool_]:
    """Periods in which something decided so far arrives, shape (C, T)."""
    network, last = desk.network, desk.network.periods - 1
    arrives = np.zeros((network.n_cells, network.periods), dtype=bool)
    lines, periods = np.nonzero(desk.orders)
    arrives[network.line_cell[lines], np.minimum(periods + network.line_lead[lines], last)] = True
    moves, periods = np.nonzero(desk.shipments)
    arrives[network.move_to[moves], np.minimum(periods + network.move_lead[moves], last)] = True
    return arrives


def most_of_lines(desk: Desk, lines: Indices) -> Array:
    """Most that each line may be ordered for now, in whole multiples; 0 where that is below its minimum."""
    network = desk.network
    lots = network.fees.lots
    share = np.maximum(network.line_fraction[lines], 1e-9)
    room = cover_room(desk, network.line_cell[lines], desk.period + network.line_lead[lines]) / share
    most = rounded_down(np.minimum(lots.most[lines], room), lots.multiple[lines])
    open_now = network.line_allowed[lines, desk.period] & (network.line_fraction[lines] > 0.0)
    return np.where(open_now & (most >= least_of_lines(desk, lines) - GRAIN), most, 0.0)


def least_of_lines(desk: Desk, lines: Indices) -> Array:
    """Least quantity of an order line: its minimum, in whole multiples."""
    lots = desk.network.fees.lots
    least = rounded_up(lots.least[lines], lots.multiple[lines])
    return np.maximum(least, lots.multiple[lines])


def legal(desk: Desk, lines: Indices, wanted: Array) -> Array:
    """Order quantities for what is wanted to be received: for short deliveries, multiple, minimum, maximum.

    Parameters
    ----------
    lines
        Lines to order from, each once.
    wanted
        Units wanted to arrive; 0 or less for none.
    """
    share = np.maximum(desk.network.line_fraction[lines], 1e-9)
    quantity = rounded_up(np.maximum(wanted, 0.0) / share, desk.network.fees.lots.multiple[lines])
    quantity = np.maximum(quantity, least_of_lines(desk, lines))
    return np.where(wanted > 1e-6, np.minimum(quantity, most_of_lines(desk, lines)), 0.0)


def goods_of(desk: Desk, lines: Indices, quantity: Array) -> Array:
    """Goods value of each quantity [supplier's currency]."""
    value = np.zeros(len(lines))
    placed = quantity > 0.0
    value[placed] = desk.network.fees.tariffs.bills(desk.network.line_offer[lines[placed]], quantity[placed])
    return value
