"""The decisions of a tiny plan, each with its finite list of quantities."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .arithmetic import Oracle
from .dates import day, per_period
from .limits import order_multiple
from .losses import Array
from .offers import Lane, Offer


@dataclass(frozen=True)
class Axis:
    """One decision: an order line (offer, warehouse, period) or a shipment (from, to, item, period)."""

    kind: str
    key: tuple[str, str, int] | tuple[str, str, str, int]
    levels: Array


class Axes:
    """All decisions of a plan; ``cap`` bounds quantities that the plan itself leaves unbounded."""

    def __init__(self, oracle: Oracle, cap: float | None) -> None:
        self.oracle = oracle
        self.cap = cap
        self.axes = [*self._orders(), *self._shipments()]

    def _orders(self) -> Iterator[Axis]:
        for name, offer in self.oracle.network.offers.items():
            levels = self._levels(offer)
            for warehouse in self.oracle.network.warehouses:
                for t in range(self.oracle.periods):
                    if (
                        offer.serves(warehouse)
                        and offer.in_calendar(t)
                        and self._wanted(offer.item, offer, t)
                    ):
                        yield Axis("order", (name, warehouse, t), levels)

    def _wanted(self, item: str, way: Offer | Lane, t: int) -> bool:
        last = self.oracle.network.items[item].get("phase_out")
        return last is None or way.receipt(t) <= day(last)

    def _levels(self, offer: Offer) -> Array:
        """0 and all multiples from the minimum to the maximum order quantity, units."""
        multiple = order_multiple(offer.row)
        first = max(math.ceil((offer.row.get("minimum_order_quantity") or 0.0) / multiple - 1e-9), 1)
        return multiple * np.array(
            [0, *range(first, math.floor(self._top(offer) / multiple + 1e-9) + 1)], float
        )

    def _top(self, offer: Offer) -> float:
        tops = [offer.row.get("maximum_order_quantity"), self.cap]
        if offer.row.get("capacity") is not None:
            tops.append(max(per_period(offer.row["capacity"], t) for t in range(self.oracle.periods)))
        known = [float(top) for top in tops if top is not None]
        if not known:
            raise ValueError(f"offer {offer.id} has no maximum_order_quantity: give a cap")
        return min(known)

    def _shipments(self) -> Iterator[Axis]:
        for ends, lane in self.oracle.network.lanes.items():
            for item in self.oracle.network.items:
                top = self._most_shipped(lane, item) if lane.carries(item) else 0.0
                multiple = order_multiple(lane.row)
                count = math.floor(top / multiple + 1e-9)
                for t in range(self.oracle.periods):
                    if count > 0 and lane.arrives(t) and self._wanted(item, lane, t):
                        yield Axis("transfer", (*ends, item, t), multiple * np.arange(count + 1.0))

    def _most_shipped(self, lane: Lane, item: str) -> float:
        """Lane capacity, or all units that can ever be there, since only stock that is there is shipped."""
        network = self.oracle.network
        tops = [
            max(per_period(limit, t) for t in range(self.oracle.periods)) / network.amount(item, resource)
            for resource, limit in (lane.row.get("capacity") or {}).items()
            if network.amount(item, resource) > 0
        ]
        there = sum(
            max(float(path.max()), 0.0) for cell, path in self.oracle.opening.items() if cell[0] == item
        )
        there += sum(
            float(axis.levels.max()) for axis in self._orders() if network.offers[axis.key[0]].item == item
        )
        return min([*tops, there, *([] if self.cap is None else [self.cap])])
