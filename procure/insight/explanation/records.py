"""What an explanation is made of. Field names are the keys of its JSON.

Quantities are units of the item, money is plan currency, dates are calendar dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from procure.solution.records import CustomerPromise, PlanReference, Record

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
    "next_price",
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


Why = Literal["later", "enough", "no_offer", "calendar", "phase_out", "limit", "not_worth", "open", "not_searched"]


class NotOrdered(Record):
    """An item at a warehouse of which nothing is ordered or shipped now, although it is asked for."""

    item: str = Field(description="Item id.")
    warehouse: str = Field(description="Warehouse id.")
    why: Why = Field(
        description="`later`: ordered later; `enough`: stock and open orders last; `no_offer`, `calendar`, "
        "`phase_out`: nothing can be ordered; `limit`: an order would save money but break a limit; `not_worth`: it "
        "would cost more than it saves; `open`: it would save money, the plan is not proven best; `not_searched`: not "
        "looked into."
    )
    detail: str = Field(description="The reason in words.")
    lasts_until: date | None = Field(
        None, description="Last day that stock and open orders are expected to last; none: beyond the horizon."
    )
    more: CostDifference | None = Field(None, description="What the best order tried would cost more.")


class Help(Record):
    """Something that would leave fewer customers waiting."""

    kind: Literal["order", "transfer"] = Field(description="Another order, or stock of another warehouse.")
    source: str = Field(description="Supplier or warehouse it comes from.")
    via: str | None = Field(None, description="Warehouse that an order goes to, to be shipped on from there.")
    quantity: float = Field(description="Units more.")
    on: date = Field(description="Day of the order or shipment.")
    receipt_date: date = Field(description="Nominal day of receipt.")
    more: CostDifference = Field(description="What the plan would cost more; below 0 it would save.")
    breaks: tuple[str, ...] = Field((), description="Rules and limits that it would break; empty if none.")


class Shortage(Record):
    """An item at a warehouse that is expected to be short."""

    item: str = Field(description="Item id.")
    warehouse: str = Field(description="Warehouse id.")
    lost: bool = Field(description="Whether unmet demand is lost; else customers wait.")
    backorders: float = Field(description="Expected backorders over the horizon (unit-periods), or units lost.")
    early: float = Field(description="Those of the periods before anything new can arrive.")
    cost: float = Field(description="What they cost, plan currency: what waiting costs if nothing is done.")
    first_possible: date | None = Field(None, description="Day on which the first new order or transfer can serve.")
    why: Literal["lead_time", "limit", "too_dear", "open", "no_offer", "no_help"] = Field(
        description="`lead_time`: nothing arrives sooner; `limit`: what would help saves money but breaks a limit; "
        "`too_dear`: it costs more than waiting; `open`: it would save money, the plan is not proven best; "
        "`no_offer`: there is none; `no_help`: no single order or transfer takes away half of it."
    )
    detail: str = Field(description="The reason in words.")
    help: Help | None = Field(None, description="The cheapest thing that would help and keeps every rule.")
    barred: Help | None = Field(None, description="A cheaper one that would break a rule or limit.")


class Counts(Record):
    """How much there is to explain in all."""

    lines_now: int = Field(description="Order lines to release now.")
    lines_later: int = Field(description="Order lines of later periods.")
    not_ordered: int = Field(description="Items at warehouses that are asked for and not ordered now.")
    shortages: int = Field(description="Items at warehouses that are expected to be short.")


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Why a plan orders what it orders.

    Attributes
    ----------
    plan, currency, last_day
        The plan, the currency of all money, the last day of the horizon.
    lines
        Order lines, as the solution has them: those to release now first.
    not_ordered
        What is asked for and not ordered now, with a reason each.
    shortages
        What is expected to be short, dearest first.
    counts
        How many of these there are in all.
    promises
        What customers who wait can be told, of the whole plan.
    parameters
        Reorder points and safety stocks of the whole plan, columns `PARAMETER_COLUMNS` [units].
    item, warehouse
        What alone is explained; None: everything.
    """

    plan: PlanReference
    currency: str
    last_day: date
    lines: tuple[LineExplanation, ...]
    not_ordered: tuple[NotOrdered, ...]
    shortages: tuple[Shortage, ...]
    counts: Counts
    promises: tuple[CustomerPromise, ...]
    parameters: pd.DataFrame = field(repr=False, compare=False)
    item: str | None = None
    warehouse: str | None = None

    def concerns(self, record: Any) -> bool:
        """Whether something with an item and a warehouse is among what is explained."""
        return self.item in (None, record.item) and self.warehouse in (None, record.warehouse)

    @property
    def promises_shown(self) -> tuple[CustomerPromise, ...]:
        """Promises of what is explained."""
        return tuple(promise for promise in self.promises if self.concerns(promise))

    def summary(self) -> dict[str, Any]:
        """Everything but the parameters, as JSON values."""
        lists = {name: getattr(self, name) for name in ("lines", "not_ordered", "shortages")}
        lists["promises"] = self.promises_shown
        return {
            "plan": self.plan.model_dump(mode="json"),
            "currency": self.currency,
            "last_day": self.last_day.isoformat(),
            "counts": self.counts.model_dump(mode="json"),
            **{name: [record.model_dump(mode="json") for record in records] for name, records in lists.items()},
        }

    def write(self, directory: str | Path) -> tuple[Path, ...]:
        """Write `parameters.csv`, and `promises.csv` where customers wait, as a set; return their paths.

        Raises
        ------
        procure.errors.UsageError
            The directory can't be written to.
        """
        from procure.insight.explanation.files import write_explanation

        return write_explanation(self, directory)
