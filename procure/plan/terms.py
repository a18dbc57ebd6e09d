"""What an offer's terms come to per unit: bills, landed costs, calendars [plan currency, days, periods]."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.records import Offer, Plan, Supplier
from procure.plan.table import Columns, coded, numbers

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

NEVER, EVER = 0, 10**7
"""Day numbers before and after every date of a plan."""

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


def order_days(plan: Plan) -> Indices:
    """First day of every period, shape (T,) [day number]."""
    found: Indices = plan.start_date.toordinal() + np.arange(plan.periods) * plan.period_days
    return found


def lead_times(plan: Plan) -> tuple[Indices, Indices]:
    """Nominal lead time of every offer, shape (offers,) each [periods, days]."""
    mean = coded(plan.offers, "lead_time").each(lambda lead: lead.mean)
    periods, whole_days = np.ceil(mean / plan.period_days - ROUNDING), np.ceil(mean - ROUNDING)
    return periods.astype(np.int64), whole_days.astype(np.int64)


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


def tariffs_of(offers: Sequence[Offer]) -> Sequence[Tariff]:
    """Read the prices of all offers; of a large table each when it is asked for."""
    return _Tariffs(offers) if isinstance(offers, Columns) else tuple(tariff_of(offer) for offer in offers)


class _Tariffs(Sequence[Tariff]):
    def __init__(self, offers: Sequence[Offer]) -> None:
        self._offers = offers

    def __len__(self) -> int:
        return len(self._offers)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return tuple(tariff_of(offer) for offer in self._offers[index])
        return tariff_of(self._offers[index])


def exchange_rate(plan: Plan, currency: str) -> float:
    """Plan currency per unit of `currency`."""
    return 1.0 if currency == plan.currency else plan.exchange_rates[currency]


def exchange_rates(plan: Plan) -> Array:
    """Plan currency per unit of each supplier's, shape (suppliers,)."""
    return np.array([exchange_rate(plan, s.currency or plan.currency) for s in plan.suppliers], dtype=float)


def landed_costs(plan: Plan, seller: Indices) -> Array:
    """Cheapest landed unit cost of each offer: deepest price break, highest order discount, freight.

    Parameters
    ----------
    seller
        Position of each offer's supplier, shape (offers,).

    Returns
    -------
    ndarray
        Plan currency per unit, shape (offers,).
    """
    discount = [max((d.discount for d in s.order_discounts), default=0.0) for s in plan.suppliers]
    least = coded(plan.offers, "price_breaks").each(lambda steps: min((s.unit_price for s in steps), default=np.inf))
    cheapest = np.minimum(numbers(plan.offers, "unit_price"), least)
    whole = 1.0 - np.array(discount, dtype=float)[seller]
    landed: Array = cheapest * whole * exchange_rates(plan)[seller] + numbers(plan.offers, "unit_freight")
    return landed


def plain_landed_costs(plan: Plan, seller: Indices) -> Array:
    """The same at the plain `unit_price`, without breaks and discounts, shape (offers,)."""
    rate = exchange_rates(plan)[seller]
    plain: Array = numbers(plan.offers, "unit_price") * rate + numbers(plan.offers, "unit_freight")
    return plain


def takes_orders(plan: Plan, supplier: Supplier, period: int) -> bool:
    """Whether the supplier's calendar (order days and closures) allows an order in the period."""
    day = order_date(plan, period)
    if any(c.first <= day <= c.last for c in supplier.closures):
        return False
    every = supplier.order_every or 1
    anchor = supplier.order_from or plan.start_date
    first = (anchor - plan.start_date).days // plan.period_days
    return (period - first) % every == 0
