"""What an offer's terms come to per unit: bills, landed costs, calendars [plan currency, days, periods]."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.records import Offer, Plan, Supplier

ROUNDING = 1e-9
"""Slack when a quotient is rounded up, so that 14.000000001 days over 7 are 2 periods."""


def whole_periods(days: float, period_days: int) -> int:
    """Periods that `days` take, rounded up."""
    return math.ceil(days / period_days - ROUNDING)


def order_date(plan: Plan, period: int) -> date:
    """First day of a period."""
    return plan.start_date + timedelta(days=period * plan.period_days)


def nominal_days(days: float) -> int:
    """Whole days after which something that takes `days` is there."""
    return math.ceil(days - ROUNDING)


@dataclass(frozen=True)
class Tariff:
    """What a quantity costs under an offer's price breaks [supplier's currency].

    Attributes
    ----------
    starts
        Quantity from which each price holds, the first 0 [units].
    prices
        Price of each tier [money per unit].
    incremental
        Whether a price holds only for the units of its own tier.
    """

    starts: tuple[float, ...]
    prices: tuple[float, ...]
    incremental: bool

    def bill(self, quantity: float) -> float:
        """Goods value of an order line, before order discounts."""
        if quantity <= 0.0:
            return 0.0
        tier = self.tier(quantity)
        return self.intercept(tier) + self.prices[tier] * quantity

    @staticmethod
    def reaches(quantity: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest start that each quantity reaches, rounding included [units]."""
        high: NDArray[np.float64] = quantity + ROUNDING * np.maximum(1.0, quantity)
        return high

    def tier(self, quantity: float) -> int:
        """Tier that the quantity reaches; a break counts from its minimum quantity on."""
        return bisect_right(self.starts, quantity + ROUNDING * max(1.0, quantity)) - 1

    def intercept(self, tier: int) -> float:
        """Money that the bill in a tier lies above price times quantity (0 for all-units breaks)."""
        if not self.incremental:
            return 0.0
        return sum((self.prices[k] - self.prices[k + 1]) * self.starts[k + 1] for k in range(tier))

    @property
    def cheapest(self) -> float:
        """Lowest price of any tier."""
        return min(self.prices)


def tariff_of(offer: Offer) -> Tariff:
    """Read an offer's price and breaks."""
    breaks = offer.price_breaks
    return Tariff(
        (0.0, *(b.minimum_quantity for b in breaks)),
        (offer.unit_price, *(b.unit_price for b in breaks)),
        offer.price_break_type == "incremental",
    )


def exchange_rate(plan: Plan, currency: str) -> float:
    """Plan currency per unit of `currency`."""
    return 1.0 if currency == plan.currency else plan.exchange_rates[currency]


def landed_cost(plan: Plan, supplier: Supplier, offer: Offer) -> float:
    """Cheapest landed unit cost: deepest price break, highest order discount, freight [plan currency]."""
    discount = max((d.discount for d in supplier.order_discounts), default=0.0)
    rate = exchange_rate(plan, supplier.currency or plan.currency)
    return tariff_of(offer).cheapest * (1.0 - discount) * rate + offer.unit_freight


def plain_landed_cost(plan: Plan, supplier: Supplier, offer: Offer) -> float:
    """Landed unit cost at the plain `unit_price`, without breaks and discounts [plan currency]."""
    rate = exchange_rate(plan, supplier.currency or plan.currency)
    return offer.unit_price * rate + offer.unit_freight


def is_valid(offer: Offer, day: date) -> bool:
    """Whether the offer stands on an order date."""
    starts = offer.valid_from is None or offer.valid_from <= day
    return starts and (offer.valid_to is None or day <= offer.valid_to)


def takes_orders(plan: Plan, supplier: Supplier, period: int) -> bool:
    """Whether the supplier's calendar (order days and closures) allows an order in the period."""
    day = order_date(plan, period)
    if any(c.first <= day <= c.last for c in supplier.closures):
        return False
    every = supplier.order_every or 1
    anchor = supplier.order_from or plan.start_date
    first = (anchor - plan.start_date).days // plan.period_days
    return (period - first) % every == 0
