"""Offers and lanes as a buyer reads them: prices, bills, lead times, when they can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .dates import Calendar, day
from .supply import Receipt, arrival_chances, points_of

#: Slack, relative, with which a quantity or value reaches a break, a tier or a minimum.
REACHED = 1e-9

Row = Mapping[str, Any]


def reaches(amount: float, threshold: float) -> bool:
    """Tell whether an amount is at least a threshold, dust aside."""
    return bool(amount >= threshold - REACHED * max(abs(threshold), 1.0))


def mean_of(value: Any, absent: float) -> float:
    """Mean of a number, of a map value -> probability, or of ``{"mean", "sd"}``."""
    if value is None:
        return absent
    if not isinstance(value, Mapping):
        return float(value)
    if "mean" in value:
        return float(value["mean"])
    return float(sum(float(point) * probability for point, probability in value.items()))


@dataclass(frozen=True)
class Offer:
    """One standing offer with its supplier; money in the supplier's currency unless said otherwise."""

    id: str
    row: Row
    supplier: Row
    rate: float
    calendar: Calendar

    @property
    def item(self) -> str:
        """Item offered."""
        return str(self.row["item"])

    @property
    def lead_days(self) -> float:
        """Mean lead time, days."""
        return mean_of(self.row.get("lead_time"), 0.0)

    @property
    def lead(self) -> int:
        """Mean lead time, whole periods."""
        return self.calendar.periods_in(self.lead_days)

    @property
    def fraction(self) -> float:
        """Mean share of an order that is delivered."""
        return mean_of(self.row.get("delivered_fraction"), 1.0)

    @property
    def freight(self) -> float:
        """Landed extra per unit, plan currency."""
        return float(self.row.get("unit_freight") or 0.0)

    @property
    def breaks(self) -> list[tuple[float, float]]:
        """Price breaks, smallest quantity first."""
        rows = self.row.get("price_breaks") or []
        return sorted((row["minimum_quantity"], row["unit_price"]) for row in rows)

    def bill(self, quantity: float) -> float:
        """Goods value of one order line, before order discounts."""
        if self.row.get("price_break_type", "all_units") == "incremental":
            return self._incremental(quantity)
        price = self.row["unit_price"]
        for minimum, lower in self.breaks:
            if reaches(quantity, minimum):
                price = lower
        return float(price * quantity)

    def _incremental(self, quantity: float) -> float:
        total, begin, price = 0.0, 0.0, float(self.row["unit_price"])
        for minimum, lower in self.breaks:
            total += price * max(min(quantity, minimum) - begin, 0.0)
            begin, price = minimum, lower
        return total + price * max(quantity - begin, 0.0)

    def landed(self, *, plain: bool = False) -> float:
        """Cheapest landed cost of a unit in plan currency; ``plain``: no breaks and no discounts."""
        price, discount = float(self.row["unit_price"]), 0.0
        if not plain:
            price = min([price, *(lower for _, lower in self.breaks)])
            tiers = self.supplier.get("order_discounts") or []
            discount = max((tier["discount"] for tier in tiers), default=0.0)
        return price * self.rate * (1 - discount) + self.freight

    def serves(self, warehouse: str) -> bool:
        """Tell whether the offer delivers to a warehouse."""
        places = self.row.get("warehouses")
        return places is None or warehouse in places

    def valid(self, period: int) -> bool:
        """Tell whether orders dated at the start of a period are within the offer's validity."""
        first, last = self.row.get("valid_from"), self.row.get("valid_to")
        when = self.calendar.date_of(period)
        return (first is None or when >= day(first)) and (last is None or when <= day(last))

    def arrives(self, period: int) -> bool:
        """Tell whether an order of a period arrives within the horizon."""
        return period + self.lead < self.calendar.periods

    def usable(self, warehouse: str) -> bool:
        """Tell whether the offer is usable for a cell (closures and order days are not asked)."""
        periods = range(self.calendar.periods)
        return self.serves(warehouse) and any(self.arrives(t) and self.valid(t) for t in periods)

    def closed(self, period: int) -> bool:
        """Tell whether the supplier takes no order at the start of a period."""
        when = self.calendar.date_of(period)
        return any(
            day(row["first"]) <= when <= day(row["last"]) for row in self.supplier.get("closures") or []
        )

    def order_day(self, period: int) -> bool:
        """Tell whether a period lies in the supplier's order rhythm."""
        every = self.supplier.get("order_every") or 1
        begin = self.supplier.get("order_from")
        anchor = 0 if begin is None else self.calendar.period_containing(day(begin))
        return (period - anchor) % int(every) == 0

    def in_calendar(self, period: int) -> bool:
        """Tell whether calendar and validity allow an order, and whether it arrives."""
        return (
            self.arrives(period) and self.valid(period) and not self.closed(period) and self.order_day(period)
        )

    def receipt(self, period: int) -> date:
        """Nominal receipt date of an order of a period."""
        return self.calendar.receipt_date(period, self.lead_days)

    def receipt_of(self, warehouse: str, period: int, quantity: float) -> Receipt:
        """What may become of an order."""
        return Receipt(
            key=(self.id, warehouse, period),
            quantity=quantity,
            nominal=period + self.lead,
            chances=arrival_chances(self.calendar, self.row.get("lead_time"), period),
            shares=tuple(points_of(self.row.get("delivered_fraction"), 1.0)),
        )


@dataclass(frozen=True)
class Lane:
    """One lane between two warehouses; money in plan currency."""

    row: Row
    calendar: Calendar

    @property
    def ends(self) -> tuple[str, str]:
        """Origin and destination."""
        return str(self.row["from"]), str(self.row["to"])

    @property
    def lead(self) -> int:
        """Lead time, whole periods."""
        return self.calendar.periods_in(self.row.get("lead_time") or 0.0)

    def carries(self, item: str) -> bool:
        """Tell whether the lane is open to an item."""
        items = self.row.get("items")
        return items is None or item in items

    def arrives(self, period: int) -> bool:
        """Tell whether a shipment of a period arrives within the horizon."""
        return period + self.lead < self.calendar.periods

    def receipt(self, period: int) -> date:
        """Receipt date of a shipment of a period."""
        return self.calendar.receipt_date(period, self.row.get("lead_time") or 0.0)


def read_offers(plan: Row) -> dict[str, Offer]:
    """Offers by id; the default id is ``supplier/item``, then ``supplier/item#2`` and so on."""
    calendar = Calendar.of(plan)
    suppliers = {row["supplier"]: row for row in plan.get("suppliers", [])}
    seen: dict[tuple[str, str], int] = {}
    offers = {}
    for row in plan.get("offers", []):
        pair = row["supplier"], row["item"]
        seen[pair] = seen.get(pair, 0) + 1
        number = f"#{seen[pair]}" if seen[pair] > 1 else ""
        name = row.get("offer") or f"{pair[0]}/{pair[1]}{number}"
        supplier = suppliers[row["supplier"]]
        offers[name] = Offer(name, row, supplier, rate_of(plan, supplier), calendar)
    return offers


def rate_of(plan: Row, supplier: Row) -> float:
    """Plan currency per unit of the supplier's currency."""
    currency = supplier.get("currency") or plan["currency"]
    if currency == plan["currency"]:
        return 1.0
    return float(plan["exchange_rates"][currency])
