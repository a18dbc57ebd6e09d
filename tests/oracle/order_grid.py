"""Purchase orders over the whole grid: value, spend, payments, and the rules they keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .losses import Array
from .offers import REACHED, Offer, Row

if TYPE_CHECKING:
    from .grid import Grid, Mask


def at_least(amount: Array, threshold: float) -> Mask:
    """Tell where an amount reaches a threshold, dust aside."""
    return np.asarray(amount >= threshold - REACHED * max(abs(threshold), 1.0))


@dataclass(frozen=True)
class GridLine:
    """One order line: units and goods value along its axis."""

    offer: Offer
    units: Array
    goods: Array


@dataclass
class GridOrder:
    """One purchase order in all its variants; money in the supplier's currency unless said otherwise."""

    grid: Grid
    supplier: Row
    period: int
    lines: list[GridLine] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Plan currency per unit of the supplier's currency."""
        return self.lines[0].offer.rate

    @cached_property
    def goods(self) -> Array:
        """Goods value before order discounts."""
        return np.asarray(sum(line.goods for line in self.lines))

    @cached_property
    def placed(self) -> Mask:
        """Where the order has a line at all."""
        return np.asarray(sum(line.units for line in self.lines)) > 0

    @cached_property
    def paid_share(self) -> Array:
        """Share of the goods value that is left after the order discount."""
        share = np.ones_like(self.goods)
        tiers = self.supplier.get("order_discounts") or []
        for tier in sorted(tiers, key=lambda row: float(row["minimum_order_value"])):
            reached = self.placed & at_least(self.goods, tier["minimum_order_value"])
            share = np.where(reached, 1 - tier["discount"], share)
        return share

    def amount(self, resource: str) -> Array:
        """Amount of a resource over all lines, for quantities ordered."""
        if resource == "value":
            return self.goods
        network = self.grid.oracle.network
        return np.asarray(sum(network.amount(line.offer.item, resource) * line.units for line in self.lines))

    @cached_property
    def containers(self) -> Array:
        """Containers needed."""
        container = self.supplier.get("container")
        if container is None:
            return np.zeros_like(self.goods)
        return np.asarray(np.ceil(self.amount(container["resource"]) / container["size"] - 1e-9))

    @cached_property
    def overhead(self) -> Array:
        """Fixed order cost and containers, plan currency."""
        each = float((self.supplier.get("container") or {}).get("cost") or 0.0)
        fixed = float(self.supplier.get("fixed_order_cost") or 0.0)
        return (fixed * self.placed + each * self.containers) * self.rate

    @cached_property
    def expected_goods(self) -> Array:
        """What expected deliveries cost after discounts, plan currency."""
        delivered = sum(line.offer.fraction * line.goods for line in self.lines)
        return np.asarray(delivered * self.paid_share * self.rate)

    @cached_property
    def spend(self) -> Array:
        """Money committed, plan currency."""
        freight = sum(line.offer.freight * line.units for line in self.lines)
        return np.asarray(self.goods * self.paid_share * self.rate + freight + self.overhead)

    def costs(self) -> Iterator[Array]:
        """Purchase, freight, ordering and containers, plan currency."""
        yield self.overhead + self.expected_goods
        for line in self.lines:
            yield line.offer.freight * line.offer.fraction * line.units
            each = float(line.offer.row.get("fixed_line_cost") or 0.0)
            yield np.where(line.units > 0, each, 0.0)

    def payments(self) -> Iterator[tuple[date, Array]]:
        """Due dates and amounts, plan currency."""
        ordered = self.grid.oracle.calendar.date_of(self.period)
        terms = self.supplier.get("payment_terms") or {}
        deposit, wait = float(terms.get("deposit") or 0.0), timedelta(days=int(terms.get("net_days") or 0))
        yield ordered, self.overhead
        for line in self.lines:
            offer = line.offer
            price = line.goods * self.paid_share * self.rate + offer.freight * line.units
            received = ordered if terms.get("from") == "order" else offer.receipt(self.period)
            yield ordered, deposit * offer.fraction * price
            yield received + wait, (1 - deposit) * offer.fraction * price

    def kept(self) -> Iterator[Mask]:
        """Where order minimum, order maximum and the fill of the last container are kept."""
        low, high = self.supplier.get("minimum_order_value"), self.supplier.get("maximum_order_value")
        if low is not None:
            yield ~self.placed | (self.goods >= low * (1 - 1e-6) - REACHED)
        if high is not None:
            yield self.goods <= high * (1 + 1e-6) + REACHED
        container = self.supplier.get("container")
        if container is not None:
            last = self.amount(container["resource"]) / container["size"] - (self.containers - 1)
            yield (self.containers == 0) | (last >= (container.get("minimum_fill") or 0.0) - 1e-6)


class OrderGrid:
    """All purchase orders of a grid."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.orders: dict[tuple[str, str, int], GridOrder] = {}
        for place, axis in enumerate(grid.axes):
            if axis.kind == "order":
                self._add(place)

    def _add(self, place: int) -> None:
        axis = self.grid.axes[place]
        offer = self.grid.oracle.network.offers[str(axis.key[0])]
        period = int(axis.key[-1])
        key = str(offer.row["supplier"]), str(axis.key[1]), period
        order = self.orders.setdefault(key, GridOrder(self.grid, offer.supplier, period))
        bills = np.array([offer.bill(float(units)) for units in axis.levels])
        order.lines.append(
            GridLine(offer, self.grid.along(place, axis.levels), self.grid.along(place, bills))
        )

    def costs(self) -> Iterator[Array]:
        """Cost arrays of every order."""
        for order in self.orders.values():
            yield from order.costs()

    def in_period(self, period: int, supplier: str | None = None) -> list[GridOrder]:
        """Orders of one period, of one supplier or all."""
        return [
            order for (name, _, t), order in self.orders.items() if t == period and supplier in (None, name)
        ]
