"""One purchase order in the making: its lines, and how goods are added to it or taken out."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.lots import goods_of, least_of_lines, most_of_lines, rounded_up

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Basket:
    """One supplier's order for one warehouse in the making: its lines, those that could be added included."""

    group: int
    lines: Indices
    least: Array
    most: Array
    multiple: Array


def basket_of(desk: Desk, group: int, wished: Array) -> Basket:
    """Lines that are wished for, and those of items usually bought there, which could be added."""
    network = desk.network
    mine = network.line_group == group
    usual = desk.routes.line[network.line_cell] == np.arange(network.n_lines)
    asked = desk.norms.rate[network.line_cell] > 0.0
    lines = np.flatnonzero(mine & ((usual & asked) | (wished > 0.0)))
    most = np.maximum(most_of_lines(desk, lines), wished[lines])
    return Basket(group, lines, least_of_lines(desk, lines), most, network.fees.lots.multiple[lines])


def per_unit_of(amount: Array, quantity: Array) -> Array:
    """Amount per unit, 0 without any."""
    return np.divide(amount, quantity, out=np.zeros_like(amount), where=quantity > 0.0)


def raised(
    desk: Desk,
    basket: Basket,
    quantity: Array,
    per_unit: Array,
    wanted: float,
    *,
    is_goods: bool,
    most: float = np.inf,
) -> Array | None:
    """Add lots to the lines with the least cover until the order reaches `wanted`; None if it can't.

    Parameters
    ----------
    per_unit
        What a unit adds, shape (lines,): goods value at the usual price, or load.
    most
        The order may not go beyond it.
    """
    network, filled = desk.network, quantity.copy()
    cell = network.line_cell[basket.lines]
    rate = np.maximum(desk.norms.rate[cell], 1e-9)
    arrival = np.minimum(desk.period + network.line_lead[basket.lines], desk.outlook.span - 1)
    net = desk.net[cell, arrival]
    total = float(goods_of(desk, basket.lines, filled).sum()) if is_goods else float(per_unit @ filled)
    queue = [((net[k] + filled[k]) / rate[k], k) for k in range(len(filled)) if per_unit[k] > 0.0]
    heapq.heapify(queue)
    while total < wanted * (1.0 - 1e-9) and queue:
        _, k = heapq.heappop(queue)
        more = _next_lot(basket, filled, k, (wanted - total) / per_unit[k])
        if more <= 0.0 or total + more * per_unit[k] > most * (1.0 + 1e-9):
            continue
        before = float(goods_of(desk, basket.lines[k : k + 1], filled[k : k + 1])[0]) if is_goods else 0.0
        filled[k] += more
        after = float(goods_of(desk, basket.lines[k : k + 1], filled[k : k + 1])[0]) if is_goods else 0.0
        total += after - before if is_goods else more * per_unit[k]
        heapq.heappush(queue, ((net[k] + filled[k]) / rate[k], k))
    return filled if total >= wanted * (1.0 - 1e-9) else None


def _next_lot(basket: Basket, filled: Array, k: int, missing: float) -> float:
    """Units by which a line can next be raised, 0 where it is at its most."""
    lot = float((basket.multiple if filled[k] > 0.0 else basket.least)[k]) or missing
    return lot if filled[k] + lot <= basket.most[k] * (1.0 + 1e-9) else 0.0


def lowered(desk: Desk, basket: Basket, quantity: Array, per_unit: Array, wanted: float) -> Array:
    """Take from the lines with the most cover until the order takes no more than `wanted`."""
    cover = desk.cover()[desk.network.line_cell[basket.lines]]
    lower = quantity.copy()
    for k in np.lexsort((np.arange(len(cover)), -cover)):
        over = float(per_unit @ lower) - wanted
        if over <= 1e-9 * max(abs(wanted), 1.0):
            break
        if lower[k] > 0.0 and per_unit[k] > 0.0:
            less = float(rounded_up(np.array([over / per_unit[k]]), basket.multiple[k : k + 1])[0])
            rest = lower[k] - less
            lower[k] = rest if rest >= max(basket.least[k], 1e-6) - 1e-9 else 0.0
    return lower
