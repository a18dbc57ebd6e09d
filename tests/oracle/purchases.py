"""Purchase orders: lines of one supplier, warehouse and period, their value, spend and payments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .dates import rounded_up
from .network import Network
from .offers import Offer, Row, reaches

#: Orders: (offer, warehouse, period) -> units.
Orders = Mapping[tuple[str, str, int], float]
#: Transfers: (from, to, item, period) -> units.
Transfers = Mapping[tuple[str, str, str, int], float]


@dataclass(frozen=True)
class Line:
    """One line of a purchase order."""

    offer: Offer
    quantity: float

    @property
    def goods(self) -> float:
        """Goods value before order discounts, supplier's currency."""
        return self.offer.bill(self.quantity)

    @property
    def freight(self) -> float:
        """Freight for the quantity ordered, plan currency."""
        return self.offer.freight * self.quantity


@dataclass(frozen=True)
class PurchaseOrder:
    """All lines of one supplier, one warehouse and one period."""

    network: Network
    supplier: Row
    warehouse: str
    period: int
    lines: tuple[Line, ...]

    @property
    def rate(self) -> float:
        """Plan currency per unit of the supplier's currency."""
        return self.lines[0].offer.rate

    @property
    def goods(self) -> float:
        """Goods value before order discounts, supplier's currency."""
        return sum(line.goods for line in self.lines)

    @property
    def discount_rate(self) -> float:
        """Discount of the highest tier reached."""
        tiers = self.supplier.get("order_discounts") or []
        reached = [tier for tier in tiers if reaches(self.goods, tier["minimum_order_value"])]
        best = max(reached, key=lambda tier: tier["minimum_order_value"], default=None)
        return 0.0 if best is None else float(best["discount"])

    @property
    def discount(self) -> float:
        """Order discount, supplier's currency."""
        return self.goods * self.discount_rate

    @property
    def freight(self) -> float:
        """Freight for the quantities ordered, plan currency."""
        return sum(line.freight for line in self.lines)

    @property
    def fixed_cost(self) -> float:
        """Cost of placing the order, supplier's currency."""
        return float(self.supplier.get("fixed_order_cost") or 0.0)

    @property
    def load(self) -> float:
        """Amount that goes into containers."""
        container = self.supplier.get("container")
        if container is None:
            return 0.0
        resource = container["resource"]
        return sum(self.network.amount(line.offer.item, resource) * line.quantity for line in self.lines)

    @property
    def containers(self) -> int:
        """Whole containers needed."""
        container = self.supplier.get("container")
        return 0 if container is None else rounded_up(self.load / container["size"])

    @property
    def container_cost(self) -> float:
        """Cost of the containers, supplier's currency."""
        container = self.supplier.get("container") or {}
        return self.containers * float(container.get("cost") or 0.0)

    @property
    def last_fill(self) -> float:
        """Share of the last container that is filled; 1 without a container."""
        if self.containers == 0:
            return 1.0
        return float(self.load / self.supplier["container"]["size"] - (self.containers - 1))

    def line_cost(self, line: Line) -> float:
        """Price of what a line is expected to deliver, after discounts, without freight, plan currency."""
        return line.offer.fraction * line.goods * (1 - self.discount_rate) * self.rate

    @property
    def purchase(self) -> float:
        """Price of what is expected to be delivered, plan currency."""
        return sum(self.line_cost(line) for line in self.lines)

    @property
    def freight_paid(self) -> float:
        """Freight on what is expected to be delivered, plan currency."""
        return sum(line.offer.fraction * line.freight for line in self.lines)

    @property
    def placing(self) -> float:
        """Fixed order cost and line costs, plan currency."""
        lines = sum(float(line.offer.row.get("fixed_line_cost") or 0.0) for line in self.lines)
        return self.fixed_cost * self.rate + lines

    @property
    def spend(self) -> float:
        """Money the order commits, plan currency: for the quantities ordered, line costs left out."""
        money = self.goods - self.discount + self.fixed_cost + self.container_cost
        return money * self.rate + self.freight

    @property
    def terms(self) -> tuple[float, int, str]:
        """Deposit share, net days, and what the days count from."""
        terms = self.supplier.get("payment_terms") or {}
        return (
            float(terms.get("deposit") or 0.0),
            int(terms.get("net_days") or 0),
            terms.get("from", "receipt"),
        )

    def payments(self) -> Iterator[tuple[date, float]]:
        """Due dates and amounts for what is expected to be delivered, plan currency."""
        ordered = self.network.calendar.date_of(self.period)
        deposit, net_days, begin = self.terms
        yield ordered, (self.fixed_cost + self.container_cost) * self.rate
        for line in self.lines:
            amount = self.line_cost(line) + line.offer.fraction * line.freight
            counted = ordered if begin == "order" else line.offer.receipt(self.period)
            yield ordered, deposit * amount
            yield counted + timedelta(days=net_days), (1 - deposit) * amount


def purchase_orders(network: Network, orders: Orders) -> list[PurchaseOrder]:
    """Gather order lines into purchase orders, sorted by period, supplier and warehouse."""
    gathered: dict[tuple[int, str, str], list[Line]] = {}
    for (name, warehouse, period), quantity in sorted(orders.items()):
        if quantity > 0:
            offer = network.offers[name]
            key = period, str(offer.row["supplier"]), warehouse
            gathered.setdefault(key, []).append(Line(offer, quantity))
    return [
        PurchaseOrder(network, network.suppliers[supplier], warehouse, period, tuple(lines))
        for (period, supplier, warehouse), lines in sorted(gathered.items())
    ]
