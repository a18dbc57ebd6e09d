"""Prices at which stock may change hands on lanes, so that no cell gains by handling stock without end.

C cells, L lines, M moves, T periods. FORMULATION.md, "Levels of linked cells", has the argument.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network

Array = NDArray[np.float64]


def within_worth(
    network: Network, stock: Array, delivered: Array, moved: Array, slopes: Array, onward: Array
) -> Array:
    """Cut prices of stock to what a unit costs at least, fees apart, at the origin and at the target, shape (M, T).

    Parameters
    ----------
    network
        With the leads by which the programs count orders.
    stock
        Prices wanted, shape (M, T) [money per unit].
    delivered
        Least that a unit of supply costs on each line by order period, infinite where none may be placed, shape (L, T).
    moved
        What a unit moved costs beside its price, shape (M, T).
    slopes
        Least that a unit above the useful levels costs in each cell and period, shape (C, T).
    onward
        Least that it costs from each period on, wherever lanes take it, shape (C, T).
    """
    worth = _cheapest(network, delivered, moved, slopes, onward)
    origin, target, lead = network.move_from, network.move_to, network.move_lead
    arrival = np.arange(network.periods)[None, :] + lead[:, None]
    inside = network.move_allowed & (arrival < network.periods)
    least = worth[target[:, None], np.minimum(arrival, network.periods - 1)] - moved
    cut = np.minimum(np.maximum(stock, least), worth[origin])
    value: Array = np.where(inside, cut, stock)
    return value


def _cheapest(network: Network, delivered: Array, moved: Array, slopes: Array, onward: Array) -> Array:
    """Least that a unit in each cell costs by each period, shape (C, T): bought, kept from earlier, or moved in.

    A cell that nothing can reach counts its stock at the replacement cost, or at what a unit is worth to the end.
    """
    worth = np.maximum(network.replacement[network.cell_item][:, None], -onward)
    lines, periods = np.nonzero(np.isfinite(delivered))
    arrival = periods + network.line_lead[lines]
    inside = arrival < network.periods
    np.minimum.at(worth, (network.line_cell[lines][inside], arrival[inside]), delivered[lines, periods][inside])
    for t in range(network.periods):
        if t:
            worth[:, t] = np.minimum(worth[:, t], worth[:, t - 1] + slopes[:, t - 1])
        _move_in(network, worth, moved, t)
    return worth


def _move_in(network: Network, worth: Array, moved: Array, period: int) -> None:
    """Let units come over lanes; within a period as often as that makes any cheaper."""
    sent = period - network.move_lead
    moves = np.flatnonzero(sent >= 0)
    moves = moves[network.move_allowed[moves, sent[moves]]]
    for _ in range(network.n_cells):
        before = worth[:, period].copy()
        landed = worth[network.move_from[moves], sent[moves]] + moved[moves, sent[moves]]
        now = before.copy()
        np.minimum.at(now, network.move_to[moves], landed)
        worth[:, period] = now
        if np.array_equal(before, now):
            return
