"""From order lines to purchase orders that suppliers accept: minimum value, discounts, containers, maximum.

The order of the steps is the one that SAP F&R and Netstock publish: multiples and minimum quantities first, then the
supplier's minimum, then the container. What has to be added goes to the items with the least cover.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.basket import Basket, basket_of, lowered, per_unit_of, raised
from procure.insight.baselines.desk import Desk
from procure.insight.baselines.lots import goods_of
from procure.insight.baselines.price_breaks import with_breaks
from procure.insight.baselines.worth import cost_of_early, saved_by
from procure.plan.fees import Fees

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

NEAR = 0.7
"""Share of a discount's goods value from which a buyer asks whether to fill up to it."""


def settle(desk: Desk, wished: Array, *, smart: bool) -> Array:
    """Make every purchase order acceptable, or give it up where what it saves is not worth what it takes.

    Parameters
    ----------
    wished
        Quantity of each line, legal by itself, shape (L,) [units].
    smart
        Whether the buyer also fills up to price breaks, discounts and containers that pay.
    """
    settled = wished.copy()
    if smart:
        lines = np.flatnonzero(wished > 0.0)
        settled[lines] = with_breaks(desk, lines, wished[lines])
    for group in np.unique(desk.network.line_group[np.flatnonzero(wished > 0.0)]).tolist():
        basket = basket_of(desk, group, settled)
        quantity = _acceptable(desk, basket, settled[basket.lines], smart=smart)
        settled[basket.lines] = quantity
    return settled


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
    if goods.sum() > most:
        filled = lowered(desk, basket, filled, per_unit_of(goods, filled), most)
    return filled if _is_accepted(desk, basket, filled) else _thinned(desk, basket, filled)


def _thinned(desk: Desk, basket: Basket, quantity: Array) -> Array:
    """Leave out lines, the most cover first, until the supplier accepts the rest, if ever."""
    cover, thinned = desk.cover()[desk.network.line_cell[basket.lines]], quantity.copy()
    for k in np.argsort(-cover, kind="stable"):
        thinned[k] = 0.0
        if not thinned.any() or _is_accepted(desk, basket, thinned):
            break
    return thinned


def _is_accepted(desk: Desk, basket: Basket, quantity: Array) -> bool:
    """Whether the order keeps the supplier's minimum and maximum and fills its last container."""
    fees, group = desk.network.fees, basket.group
    goods = float(goods_of(desk, basket.lines, quantity).sum())
    least, most = float(fees.least_goods[group, 0]), float(fees.most_goods[group, 0])
    inside = least * (1.0 - 1e-9) <= goods <= most * (1.0 + 1e-9)
    return inside and _is_filled(fees, group, float(fees.load[basket.lines] @ quantity))


def _with_minimum(desk: Desk, basket: Basket, quantity: Array, minimum: float) -> Array | None:
    """Top up to the minimum order value; None where that costs more than waiting."""
    goods = float(goods_of(desk, basket.lines, quantity).sum())
    if goods >= minimum:
        return quantity
    filled = raised(desk, basket, quantity, desk.routes.price[basket.lines], minimum, is_goods=True)
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
            filled = raised(desk, basket, quantity, desk.routes.price[basket.lines], least, is_goods=True)
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
    if _is_filled(fees, group, taken):
        return quantity
    down = _full_containers(desk, basket, quantity, count - 1.0)
    up = raised(desk, basket, quantity, load, least, is_goods=False)
    if up is None or not _is_filled(fees, group, float(load @ up)):
        return down
    saved = float((saved_by(desk, basket.lines, up) - saved_by(desk, basket.lines, down)).sum())
    early = float(cost_of_early(desk, basket.lines, quantity, up - quantity).sum())
    return up if saved >= early + float(fees.container_cost[group, 0]) * (count > 1.0) else down


def _is_filled(fees: Fees, group: int, load: float) -> bool:
    """Whether the last container of a load holds its minimum."""
    size, least = float(fees.container_size[group, 0]), float(fees.minimum_fill[group, 0])
    count = float(np.ceil(load / size - 1e-9)) if np.isfinite(size) else 0.0
    return count < 1.0 or load >= (count - 1.0 + least) * size * (1.0 - 1e-9)


def _full_containers(desk: Desk, basket: Basket, quantity: Array, count: float) -> Array:
    """Take goods out until at most `count` containers are left and the last of them is filled enough."""
    fees, load = desk.network.fees, desk.network.fees.load[basket.lines]
    size = float(fees.container_size[basket.group, 0])
    while count >= 1.0:
        lower = lowered(desk, basket, quantity, load, count * size)
        if _is_filled(fees, basket.group, float(load @ lower)):
            return lower
        count -= 1.0
    return np.zeros_like(quantity)


def _worthwhile(desk: Desk, basket: Basket, quantity: Array, load: float) -> Array | None:
    """Fill the last container to the brim if the room in it is worth more than the goods cost to hold."""
    fees = desk.network.fees
    size = float(fees.container_size[basket.group, 0])
    missing = load - float(fees.load[basket.lines] @ quantity)
    step = float((fees.load[basket.lines] * np.maximum(basket.multiple, 1.0)).max(initial=0.0))
    full = raised(desk, basket, quantity, fees.load[basket.lines], load - step, is_goods=False, most=load)
    if full is None or missing <= step:
        return None
    early = float(cost_of_early(desk, basket.lines, quantity, full - quantity).sum())
    return full if float(fees.container_cost[basket.group, 0]) * missing / size > early else None
