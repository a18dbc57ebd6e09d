"""From order lines to purchase orders that suppliers accept: minimum value, discounts, containers, maximum.

The order of the steps is the one that SAP F&R and Netstock publish: multiples and minimum quantities first, then the
supplier's minimum, then the container. What has to be added goes to the items with the least cover.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.lots import goods_of, least_of_lines, most_of_lines, rounded_up
from procure.insight.baselines.worth import cost_of_early, saved_by

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

NEAR = 0.7
"""Share of a discount's goods value from which a buyer asks whether to fill up to it."""


@dataclass(frozen=True, eq=False)
class Basket:
    """One supplier's order for one warehouse in the making: its lines, those that could be added included."""

    group: int
    lines: Indices
    least: Array
    most: Array
    multiple: Array


def settle(desk: Desk, wished: Array, *, smart: bool) -> Array:
    """Make every purchase order acceptable, or give it up where what it saves is not worth what it takes.

    Parameters
    ----------
    wished
        Quantity of each line, legal by itself, shape (L,) [units].
    smart
        Whether the buyer also fills up to discounts and containers that pay.
    """
    settled = wished.copy()
    for group in np.unique(desk.network.line_group[np.flatnonzero(wished > 0.0)]).tolist():
        basket = _basket(desk, group, wished)
        quantity = _acceptable(desk, basket, wished[basket.lines], smart=smart)
        settled[basket.lines] = quantity
    return settled


def _basket(desk: Desk, group: int, wished: Array) -> Basket:
    network = desk.network
    mine = network.line_group == group
    usual = desk.routes.line[network.line_cell] == np.arange(network.n_lines)
    asked = desk.norms.rate[network.line_cell] > 0.0
    lines = np.flatnonzero(mine & ((usual & asked) | (wished > 0.0)))
    most = np.maximum(most_of_lines(desk, lines), wished[lines])
    return Basket(group, lines, least_of_lines(desk, lines), most, network.fees.lots.multiple[lines])


def _acceptable(desk: Desk, basket: Basket, quantity: Array, *, smart: bool) -> Array:
    fees, group = desk.network.fees, basket.group
    filled = _with_minimum(desk, basket, quantity, float(fees.least_goods[group, 0]))
    if filled is None:
        return np.zeros_like(quantity)
    if smart:
        filled = _with_discount(desk, basket, filled)
    if np.isfinite(fees.container_size[group, 0]):
        filled = _in_containers(desk, basket, filled, smart=smart)
    most = float(fees.most_goods[group, 0])
    goods = goods_of(desk, basket.lines, filled)
    return _lowered(desk, basket, filled, _per_unit(goods, filled), most) if goods.sum() > most else filled


def _with_minimum(desk: Desk, basket: Basket, quantity: Array, minimum: float) -> Array | None:
    """Top up to the minimum order value; None where that costs more than waiting."""
    goods = float(goods_of(desk, basket.lines, quantity).sum())
    if goods >= minimum:
        return quantity
    filled = _raised(desk, basket, quantity, desk.routes.price[basket.lines], minimum, is_goods=True)
    if filled is None:
        return None
    saved = float(saved_by(desk, basket.lines, filled).sum())
    early = float(cost_of_early(desk, basket.lines, quantity, filled - quantity).sum())
    return filled if saved >= early else None


def _with_discount(desk: Desk, basket: Basket, quantity: Array) -> Array:
    """Fill up to the next order discount where it saves more than the goods cost to hold."""
    network, group = desk.network, basket.group
    goods = float(goods_of(desk, basket.lines, quantity).sum())
    rate = float(network.line_rate[basket.lines[0]])
    tiers = [(float(least[group, 0]), float(discount[group, 0])) for least, discount in network.fees.tiers]
    reached = max((d for least, d in tiers if goods >= least), default=0.0)
    for least, discount in tiers:
        if NEAR * least <= goods < least and discount > reached:
            filled = _raised(desk, basket, quantity, desk.routes.price[basket.lines], least, is_goods=True)
            if filled is None:
                continue
            early = float(cost_of_early(desk, basket.lines, quantity, filled - quantity).sum())
            if (discount - reached) * least * rate > early:
                return filled
    return quantity


def _in_containers(desk: Desk, basket: Basket, quantity: Array, *, smart: bool) -> Array:
    """Fill the last container or leave it behind."""
    fees, group = desk.network.fees, basket.group
    size, load = float(fees.container_size[group, 0]), fees.load[basket.lines]
    taken = float(load @ quantity)
    count = np.ceil(taken / size - 1e-9)
    least = (count - 1.0 + float(fees.minimum_fill[group, 0])) * size
    if count < 1.0:
        return quantity
    if smart and (full := _worthwhile(desk, basket, quantity, count * size)) is not None:
        return full
    if taken >= least * (1.0 - 1e-9):
        return quantity
    down = _lowered(desk, basket, quantity, load, (count - 1.0) * size)
    up = _raised(desk, basket, quantity, load, least, is_goods=False)
    if up is None:
        return down
    saved = float((saved_by(desk, basket.lines, up) - saved_by(desk, basket.lines, down)).sum())
    early = float(cost_of_early(desk, basket.lines, quantity, up - quantity).sum())
    return up if saved >= early + float(fees.container_cost[group, 0]) * (count > 1.0) else down


def _worthwhile(desk: Desk, basket: Basket, quantity: Array, load: float) -> Array | None:
    """Fill the last container to the brim if the room in it is worth more than the goods cost to hold."""
    fees = desk.network.fees
    size = float(fees.container_size[basket.group, 0])
    missing = load - float(fees.load[basket.lines] @ quantity)
    step = float((fees.load[basket.lines] * np.maximum(basket.multiple, 1.0)).max(initial=0.0))
    full = _raised(desk, basket, quantity, fees.load[basket.lines], load - step, is_goods=False, most=load)
    if full is None or missing <= step:
        return None
    early = float(cost_of_early(desk, basket.lines, quantity, full - quantity).sum())
    return full if float(fees.container_cost[basket.group, 0]) * missing / size > early else None


def _per_unit(amount: Array, quantity: Array) -> Array:
    return np.divide(amount, quantity, out=np.zeros_like(amount), where=quantity > 0.0)


def _raised(
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


def _lowered(desk: Desk, basket: Basket, quantity: Array, per_unit: Array, wanted: float) -> Array:
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
