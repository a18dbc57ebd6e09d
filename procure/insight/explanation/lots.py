"""From the quantity that is best without rules to the one that is ordered: what each rule adds, one after the other.

Order multiple, minimum order quantity, maximum, price break; then what the whole purchase order asks for: its minimum,
its discount, its container. What is left after these is named by `remainder`. Units.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from procure.insight.explanation.orders import OrderBill
from procure.insight.explanation.records import Part, PartName
from procure.plan.network import Network

EXACT = 1e-6


@dataclass(frozen=True, eq=False)
class Lot:
    """An order line and the purchase order it stands on.

    Attributes
    ----------
    line, group
        Positions of the line and of its purchase orders.
    quantity
        Units ordered.
    multiple
        Order multiple; 0 where any quantity is allowed.
    bill
        The purchase order.
    """

    network: Network
    line: int
    group: int
    quantity: float
    bill: OrderBill

    @property
    def multiple(self) -> float:
        """Order multiple [units]; 0: any quantity."""
        return float(self.network.fees.lots.multiple[self.line])

    def up(self, units: float) -> float:
        """The least multiple not below some units."""
        m = self.multiple
        return math.ceil(units / m - EXACT) * m if m > 0.0 else units

    def down(self, units: float) -> float:
        """The greatest multiple not above some units."""
        m = self.multiple
        return math.floor(units / m + EXACT) * m if m > 0.0 else units

    def goods(self, units: float) -> float:
        """Goods value of the whole purchase order with so many units of the line [supplier's currency]."""
        tariff = self.network.tariffs[self.network.line_offer[self.line]]
        value: float = float(self.bill.goods.sum()) - tariff.bill(self.quantity) + tariff.bill(units)
        return value

    def load(self, units: float) -> float:
        """What the whole purchase order takes of its container."""
        return self.bill.load + (units - self.quantity) * float(self.network.fees.load[self.line])


def rule_parts(lot: Lot, start: float) -> Iterator[Part]:
    """Yield what each rule adds on the way from `start` to the quantity.

    Parameters
    ----------
    start
        Best quantity without rules, 0 or more [units].
    """
    at = start
    for name, step in STEPS:
        reached, detail = step(lot, at)
        if abs(reached - at) > EXACT:
            yield Part(part=name, units=reached - at, detail=detail)
            at = reached


def _multiple(lot: Lot, at: float) -> tuple[float, str]:
    """The multiple next to the best quantity, on the side of what is ordered."""
    if lot.multiple <= 0.0:
        return at, ""
    detail = "whole units" if lot.multiple == 1.0 else f"whole multiples of {lot.multiple:g}"
    up, down = lot.up(at), lot.down(at)
    return (up, detail) if lot.quantity >= up - EXACT else (down, detail)


def _minimum(lot: Lot, at: float) -> tuple[float, str]:
    least = float(lot.network.fees.lots.least[lot.line])
    return max(at, min(lot.up(least), lot.quantity)), f"minimum order quantity {least:g}"


def _maximum(lot: Lot, at: float) -> tuple[float, str]:
    most = float(lot.network.fees.lots.most[lot.line])
    if math.isinf(most):
        return at, ""
    return min(at, max(lot.down(most), lot.quantity)), f"maximum order quantity {most:g}"


def _price_break(lot: Lot, at: float) -> tuple[float, str]:
    """Up to the highest break that the quantity reaches and the best quantity does not."""
    starts = lot.network.tariffs[lot.network.line_offer[lot.line]].starts
    reached = [start for start in starts if at < start - EXACT and lot.quantity >= start - EXACT]
    if not reached:
        return at, ""
    return min(lot.up(reached[-1]), lot.quantity), f"price break at {reached[-1]:g}"


def _order_minimum(lot: Lot, at: float) -> tuple[float, str]:
    least = float(lot.network.fees.least_goods[lot.group, 0])
    return _to_goods(lot, at, least), f"order minimum {least:,.0f}"


def _order_discount(lot: Lot, at: float) -> tuple[float, str]:
    """As many units as the order's discount can't spare."""
    found = [(float(low[lot.group, 0]), float(rate[lot.group, 0])) for low, rate in lot.network.fees.tiers]
    reached = [(low, rate) for low, rate in found if math.isclose(rate, lot.bill.discount) and rate > 0.0]
    if not reached:
        return at, ""
    least, rate = reached[0]
    return _to_goods(lot, at, least), f"{100.0 * rate:g} % off from {least:,.0f}"


def _to_goods(lot: Lot, at: float, least: float) -> float:
    """The least multiple between `at` and the quantity with which the order's goods reach a value."""
    if at >= lot.quantity - EXACT or lot.goods(at) >= least * (1.0 - EXACT):
        return at
    price = lot.goods(lot.quantity) - lot.goods(at)
    unit = price / (lot.quantity - at)
    spare = (lot.goods(lot.quantity) - least) / unit if unit > 0.0 else 0.0
    return max(at, lot.up(lot.quantity - max(spare, 0.0)))


def _container(lot: Lot, at: float) -> tuple[float, str]:
    """Units that fill the last container: to its least fill, or until one multiple more would not fit."""
    fees, unit = lot.network.fees, float(lot.network.fees.load[lot.line])
    size, count = float(fees.container_size[lot.group, 0]), lot.bill.containers
    if math.isinf(size) or at >= lot.quantity - EXACT or unit <= 0.0:
        return at, ""
    if math.ceil(lot.load(at) / size - EXACT) < count:  # the rest takes a container of its own
        return at, ""
    least = (count - 1.0 + float(fees.minimum_fill[lot.group, 0])) * size
    if lot.load(at) < least * (1.0 - EXACT):
        needed = lot.up(lot.quantity - (lot.bill.load - least) / unit)
        return min(max(at, needed), lot.quantity), f"a container must be filled to {least:g}"
    if lot.bill.load + max(lot.multiple, EXACT) * unit > count * size * (1.0 + EXACT):
        return lot.quantity, f"fills {count:g} container{'' if count == 1.0 else 's'} of {size:g}"
    return at, ""


STEPS: tuple[tuple[PartName, Callable[[Lot, float], tuple[float, str]]], ...] = (
    ("order_multiple", _multiple),
    ("minimum_order_quantity", _minimum),
    ("maximum_order_quantity", _maximum),
    ("price_break", _price_break),
    ("order_minimum", _order_minimum),
    ("order_discount", _order_discount),
    ("container", _container),
)
