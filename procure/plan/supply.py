"""Records of those who deliver: suppliers, their offers, and lanes between warehouses."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from procure.plan.distributions import Fraction, FractionValue, LeadTimeValue
from procure.plan.record import Record
from procure.plan.values import (
    LONGEST,
    Amounts,
    Capacities,
    Currency,
    Day,
    Days,
    Id,
    NonNegative,
    PerPeriod,
    Positive,
    Share,
    Text,
    Whole,
)


class OrderDiscount(Record):
    """A tier of discount on whole purchase orders; the whole order gets the highest tier it reaches."""

    minimum_order_value: NonNegative = Field(
        description="Goods value of a purchase order from which the tier holds (supplier's currency)."
    )
    discount: float = Field(
        strict=True,
        allow_inf_nan=False,
        ge=0,
        lt=1,
        description="Share of the goods value taken off (0 to below 1).",
    )


class Container(Record):
    """How a supplier's purchase orders travel: in whole containers, all full except the last."""

    resource: Id = Field(description="What a container is measured in: `units`, or a storage resource of the items.")
    size: Positive = Field(description="What one container holds (resource).")
    cost: NonNegative = Field(default=0.0, description="Cost of one container (supplier's currency).")
    minimum_fill: Share = Field(default=0.0, description="Least share of the last container that is filled (0 to 1).")


class PaymentTerms(Record):
    """When a purchase order is paid."""

    deposit: Share = Field(
        default=0.0, description="Share of goods after discount and freight due at the order date (0 to 1)."
    )
    net_days: Whole = Field(default=0, ge=0, le=LONGEST, description="Days until the rest is due.")
    from_: Literal["order", "receipt"] = Field(
        default="receipt",
        alias="from",
        description="Where net_days start: the `order` date or the `receipt` date.",
    )


class Closure(Record):
    """Days on which a supplier accepts no order."""

    first: Day = Field(description="First day closed.")
    last: Day = Field(description="Last day closed.")


class Supplier(Record):
    """A supplier, with what holds for its purchase orders (one supplier, one warehouse, one period)."""

    supplier: Id = Field(description="Id of the supplier.")
    name: Text = Field(default="", description="Name of the supplier, for people.")
    currency: Currency | None = Field(
        default=None,
        description="Currency of the supplier's prices (ISO 4217); default: the plan's currency.",
    )
    fixed_order_cost: NonNegative = Field(default=0.0, description="Cost of each purchase order (supplier's currency).")
    minimum_order_value: NonNegative = Field(
        default=0.0,
        description="Least goods value of one purchase order, after price breaks, before order discounts "
        "(supplier's currency).",
    )
    maximum_order_value: Positive | None = Field(
        default=None,
        description="Most goods value of one purchase order, after price breaks, before order discounts "
        "(supplier's currency); default: no limit.",
    )
    order_discounts: tuple[OrderDiscount, ...] = Field(
        default=(), description="Tiers of discount on a whole purchase order, by rising value and discount."
    )
    capacity: Capacities = Field(
        default_factory=dict,
        description="Most of a resource that can be ordered per order period over all warehouses: `units`, "
        "`value` "
        "(goods value, supplier's currency) or a storage resource of the items; a number, or a list with "
        "one number "
        "per period.",
    )
    container: Container | None = Field(default=None, description="Containers in which purchase orders travel.")
    payment_terms: PaymentTerms = Field(
        default_factory=PaymentTerms, description="When orders are paid; default: everything at receipt."
    )
    closures: tuple[Closure, ...] = Field(default=(), description="Spells of days on which no order is accepted.")
    order_every: Whole = Field(default=1, ge=1, le=10_000, description="Periods from one order day to the next.")
    order_from: Day | None = Field(
        default=None,
        description="A date whose period is an order period; default: start_date. Order periods lie "
        "multiples of "
        "order_every from it.",
    )


class PriceBreak(Record):
    """A lower price from a quantity on."""

    minimum_quantity: Positive = Field(description="Quantity of the order line from which the price holds (units).")
    unit_price: NonNegative = Field(description="Price (supplier's currency per unit).")


class Offer(Record):
    """A standing offer of a supplier for an item."""

    offer: Id = Field(
        default="", description="Id of the offer; default: supplier/item, then supplier/item#2 and so on."
    )
    supplier: Id = Field(description="Id of the supplier.")
    item: Id = Field(description="Id of the item.")
    warehouses: tuple[Id, ...] | None = Field(
        default=None, description="Ids of the warehouses the offer serves; default: all."
    )
    supplier_item: Text = Field(default="", description="The supplier's own code of the item.")
    unit_price: NonNegative = Field(description="Price (supplier's currency per unit).")
    price_breaks: tuple[PriceBreak, ...] = Field(
        default=(), description="Prices from larger quantities on, by rising quantity."
    )
    price_break_type: Literal["all_units", "incremental"] = Field(
        default="all_units",
        description="`all_units`: the price reached holds for the whole line. `incremental`: each price "
        "holds for the "
        "units from its minimum quantity on.",
    )
    unit_freight: NonNegative = Field(default=0.0, description="Landed extra (plan currency per unit).")
    minimum_order_quantity: NonNegative = Field(default=0.0, description="Least quantity of an order line (units).")
    order_multiple: NonNegative = Field(
        default=1.0, description="Order lines are whole multiples of it (units); 0: any quantity."
    )
    maximum_order_quantity: Positive | None = Field(
        default=None, description="Largest quantity of an order line (units); default: no limit."
    )
    fixed_line_cost: NonNegative = Field(default=0.0, description="Cost of each order line (plan currency).")
    capacity: PerPeriod | None = Field(
        default=None,
        description="Most that can be ordered per order period over all warehouses (units): a number, or a "
        "list with "
        "one number per period; default: no limit.",
    )
    lead_time: LeadTimeValue = Field(
        description='Days from order to receipt: a number, a distribution such as `{"14": 0.7, "21": 0.2, '
        '"35": 0.1}`, '
        'or `{"mean": 18, "sd": 4}`.'
    )
    delivered_fraction: FractionValue = Field(
        default=Fraction(1.0),
        description="Share of the ordered quantity that is delivered (0 to 1): a number, or a distribution "
        "such as "
        '`{"1": 0.95, "0.5": 0.03, "0": 0.02}`. The rest is not paid and does not come later.',
    )
    valid_from: Day | None = Field(default=None, description="First order date of the offer; default: no limit.")
    valid_to: Day | None = Field(default=None, description="Last order date of the offer; default: no limit.")


class Lane(Record):
    """Transfers from one warehouse to another."""

    from_: Id = Field(alias="from", description="Id of the warehouse that ships.")
    to: Id = Field(description="Id of the warehouse that receives.")
    lead_time: Days = Field(description="Days from shipment to receipt.")
    unit_cost: NonNegative = Field(default=0.0, description="Cost of moving one unit (plan currency per unit).")
    fixed_cost: NonNegative = Field(
        default=0.0, description="Cost of a shipment: one lane, one period, all items (plan currency)."
    )
    items: tuple[Id, ...] | None = Field(default=None, description="Ids of the items it carries; default: all.")
    order_multiple: NonNegative = Field(
        default=1.0, description="Quantities are whole multiples of it (units); 0: any quantity."
    )
    capacity: Amounts = Field(
        default_factory=dict,
        description="Most of a resource that can be shipped per period: `units` or a storage resource of the items.",
    )
