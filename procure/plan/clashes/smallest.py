"""The smallest order of every offer: units, goods, and when it can be placed."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.plan.fees import TariffTable
from procure.plan.network import Network, build_network
from procure.plan.order_lines import calendars
from procure.plan.positions import Positions
from procure.plan.records import Plan
from procure.plan.table import coded, numbers
from procure.plan.terms import ROUNDING, exchange_rates

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

SLACK = 1e-6
"""Relative slack within which something still fits."""


class Smallest:
    """The least that an order of each offer comes to; each array has shape (offers,).

    Parameters
    ----------
    plan
        A plan without faults.
    known
        Position of every id.
    """

    def __init__(self, plan: Plan, known: Positions) -> None:
        self.plan, self.known = plan, known

    @cached_property
    def units(self) -> Array:
        """Units of the smallest order line; 0 where any quantity can be ordered."""
        least, multiple = (numbers(self.plan.offers, n) for n in ("minimum_order_quantity", "order_multiple"))
        whole = np.maximum(np.ceil(least / np.where(multiple > 0.0, multiple, 1.0) - ROUNDING), 1.0) * multiple
        units: Array = np.where(multiple > 0.0, whole, least)
        return units

    @cached_property
    def goods(self) -> Array:
        """Least goods value of an order line of at least so many units [supplier's currency].

        A price break may make a larger order cheaper, so its start counts, too.
        """
        tariffs, offers = TariffTable.of(self.plan.offers), np.arange(len(self.plan.offers))
        least: Array = np.where(self.units > 0.0, tariffs.bills(offers, self.units), 0.0)
        for start in tariffs.starts.T[1:]:
            beyond = np.isfinite(start) & (start > self.units)
            bill = tariffs.bills(offers, np.where(beyond, start, 1.0))
            least = np.where(beyond, np.minimum(least, bill), least)
        return least

    @cached_property
    def seller(self) -> Indices:
        """Position of each offer's supplier."""
        return coded(self.plan.offers, "supplier").positions(self.known.suppliers)

    @cached_property
    def item(self) -> Indices:
        """Position of each offer's item."""
        return coded(self.plan.offers, "item").positions(self.known.items)

    @cached_property
    def order_goods(self) -> Array:
        """Least goods value of a purchase order with the offer on it [supplier's currency]."""
        least = np.array([s.minimum_order_value for s in self.plan.suppliers], dtype=float)
        goods: Array = np.maximum(self.goods, least[self.seller])
        return goods

    @cached_property
    def rate(self) -> Array:
        """Plan currency per unit of the supplier's."""
        return exchange_rates(self.plan)[self.seller]

    @cached_property
    def open(self) -> Mask:
        """Periods in which each offer can be ordered, shape (offers, T)."""
        return calendars(self.plan, self.known)

    @cached_property
    def usable(self) -> Mask:
        """Offers that can be ordered at all; of the others another warning tells."""
        return np.asarray(self.open.any(axis=1))

    def names(self, offers: Indices) -> list[str]:
        """Ids of offers."""
        column = coded(self.plan.offers, "offer")
        return [str(column.value(k)) for k in offers.tolist()]

    def usage(self, resource: str) -> Array:
        """Amount of a resource that a unit of each offer takes."""
        default = 1.0 if resource == "units" else 0.0
        amounts = coded(self.plan.items, "storage").each(lambda storage: storage.get(resource, default))
        taken: Array = amounts[self.item]
        return taken

    def load(self, resource: str) -> Array:
        """Least amount of a resource on a purchase order with each offer on it: units, or a container's least fill."""
        fill = np.zeros(len(self.plan.suppliers))
        for s, supplier in enumerate(self.plan.suppliers):
            if supplier.container is not None and supplier.container.resource == resource:
                fill[s] = supplier.container.minimum_fill * supplier.container.size
        usage = self.usage(resource)
        load: Array = np.where(usage > 0.0, np.maximum(self.units * usage, fill[self.seller]), 0.0)
        return load

    def most(self, amount: Array) -> Array:
        """Most of an amount per period in the periods in which each offer can be ordered; 0 where never.

        Parameters
        ----------
        amount
            Shape (T,), or (offers, T).
        """
        most: Array = np.where(self.open, amount, 0.0).max(axis=1, initial=0.0)
        return most

    @cached_property
    def network(self) -> Network:
        """The plan in numbers; made only where something may clash with what is in stock."""
        return build_network(self.plan)
