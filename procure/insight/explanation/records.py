"""What an explanation is made of. Field names are the keys of its JSON.

Quantities are units of the item, money is plan currency, dates are calendar dates.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from procure.solution.records import PlanReference, Record

PartName = Literal[
    "demand",
    "demand_before",
    "moved_out",
    "waiting",
    "on_hand",
    "open_orders",
    "own_orders",
    "transfers_in",
    "gone",
    "buffer",
    "surplus",
    "transfers",
    "short_delivery",
    "order_multiple",
    "minimum_order_quantity",
    "maximum_order_quantity",
    "price_break",
    "order_minimum",
    "order_discount",
    "container",
    "objective",
    "held_back",
    "together",
]


class Part(Record):
    """A part of a quantity; the parts of a line add up to what is ordered."""

    part: PartName = Field(description="What it is for.")
    units: float = Field(description="Units; below 0 it lessens the order.")
    detail: str = Field("", description="Which rule, limit or date, in words.")


class MoneyPart(Record):
    """A part of what a line costs; the parts add up to its cost."""

    part: str = Field(description="`goods`, `price_break`, `order_discount`, `freight`, `line`, `order`, `containers`.")
    amount: float = Field(description="Amount, plan currency; below 0 it is saved.")


class CostDifference(Record):
    """What another choice would cost more, by part; below 0 it would cost less."""

    price: float = Field(description="Goods after price breaks and order discounts.")
    freight: float = Field(description="Freight per unit.")
    ordering: float = Field(description="Fixed costs of orders and lines, containers.")
    transport: float = Field(description="Transfers.")
    waiting: float = Field(description="Backorders or lost sales, safety stock, units owed at the end.")
    holding: float = Field(description="Stock kept, less the worth of stock left at the end.")
    total: float = Field(description="Sum of the parts.")
    backorders: float = Field(
        description="Change of expected backorders (unit-periods; of units where sales are lost)."
    )


class Alternative(Record):
    """Another offer for the same line, and what the plan would cost more with it."""

    supplier: str = Field(description="Supplier id.")
    offer: str = Field(description="Offer id.")
    order_date: date = Field(description="Best day to order there.")
    receipt_date: date = Field(description="Nominal day of receipt.")
    quantity: float = Field(description="Units ordered there instead, by that offer's multiple and minimum.")
    landed_cost: float = Field(description="Price with discount and freight of a unit in that order, plan currency.")
    lead_time_sd: float = Field(0.0, description="Standard deviation of its lead time (days).")
    delivered_fraction: float = Field(1.0, description="Mean share of an order that it delivers.")
    more: CostDifference = Field(description="What the plan would cost more, all other orders as they are.")
    breaks: tuple[str, ...] = Field((), description="Rules and limits that it would break; empty if none.")


class Served(Record):
    """Units of a customer order that a receipt serves, if everything comes as expected."""

    order_id: str = Field(description="Customer order.")
    quantity: float = Field(description="Units of it served.")
    on: date = Field(description="Day on which they are there.")


class LineExplanation(Record):
    """Why an order line is there."""

    po_number: str = Field(description="Purchase order.")
    line_number: int = Field(description="Position on it.")
    item: str = Field(description="Item id.")
    warehouse: str = Field(description="Warehouse id.")
    supplier: str = Field(description="Supplier id.")
    offer: str = Field(description="Offer id.")
    release: bool = Field(description="True for a line to release now.")
    order_date: date = Field(description="Day of the order.")
    receipt_date: date = Field(description="Nominal day of receipt.")
    quantity: float = Field(description="Units ordered.")
    cover_until: date = Field(description="Last day before the next receipt, or of the horizon.")
    parts: tuple[Part, ...] = Field(description="Parts that add up to the quantity.")
    landed_cost: float = Field(description="Price after breaks and discount, and freight, of a unit, plan currency.")
    cost: float = Field(description="What the line costs if all is delivered, plan currency.")
    money: tuple[MoneyPart, ...] = Field(description="Parts that add up to the cost.")
    worth: CostDifference = Field(description="What the plan would cost more without the line, nothing in its place.")
    next_best: Alternative | None = Field(None, description="The cheapest other offer that keeps every rule.")
    barred: Alternative | None = Field(None, description="A cheaper one that would break a rule or limit.")
    serves: tuple[Served, ...] = Field((), description="Customer orders that wait, and are served by this receipt.")
    sentence: str = Field(description="All of it in words.")


class Explanation(Record):
    """Why a plan orders what it orders."""

    plan: PlanReference = Field(description="The plan.")
    currency: str = Field(description="Currency of all money.")
    lines: tuple[LineExplanation, ...] = Field(description="Order lines, those to release now first.")
