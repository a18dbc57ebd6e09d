"""Records of what is stocked and asked for: items, warehouses, stock, open orders, demand."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from procure.plan.record import Record
from procure.plan.values import (
    Amounts,
    Capacities,
    Day,
    Days,
    Id,
    Moment,
    NonNegative,
    PerPeriod,
    Positive,
    Text,
    Unit,
    Whole,
)


class Item(Record):
    """Something bought, stocked and sold."""

    item: Id = Field(description="Id of the item.")
    description: Text = Field(default="", description="What it is, for people.")
    unit: Unit = Field(default="EA", description="Unit in which all its quantities count (UN/ECE code).")
    backorder_cost: NonNegative = Field(
        description="Cost of a unit backordered (plan currency per unit and period); with unmet_demand "
        "`lost`: margin "
        "and goodwill of a unit lost (plan currency per unit, once)."
    )
    holding_cost: NonNegative | None = Field(
        default=None,
        description="Cost of a unit on hand (plan currency per unit and period); default: "
        "policy.holding_rate per year "
        "of the replacement cost.",
    )
    storage: Amounts = Field(
        default_factory=dict,
        description='What one unit takes of each storage resource, such as `{"m3": 0.03, "pallet": 0.01}`.',
    )
    safety_stock: NonNegative | None = Field(
        default=None, description="Stock to hold above expected demand (units per warehouse); default: none."
    )
    service_level: float | None = Field(
        default=None,
        strict=True,
        allow_inf_nan=False,
        gt=0,
        lt=1,
        description="Cycle service: chance that no demand waits in a period (between 0 and 1); default: none asked.",
    )
    max_cover_days: Positive | None = Field(
        default=None,
        description="After a receipt, never more stock than the expected demand of so many days; also a shelf life.",
    )
    replacement_cost: NonNegative | None = Field(
        default=None,
        description="What a unit costs to replace (plan currency per unit); default: its cheapest landed cost.",
    )
    phase_out: Day | None = Field(
        default=None, description="Date after which no receipt is wanted and stock is worth nothing."
    )
    priority: NonNegative = Field(default=1.0, description="Weight of its backorders in the objective `backorders`.")
    unmet_demand: Literal["backorder", "lost"] = Field(
        default="backorder",
        description="What customers do when there is no stock: `backorder` (wait) or `lost` (go).",
    )


class Warehouse(Record):
    """A place that holds stock."""

    warehouse: Id = Field(description="Id of the warehouse.")
    name: Text = Field(default="", description="Name of the warehouse, for people.")
    capacity: Capacities = Field(
        default_factory=dict,
        description="Room for stock by resource: `units`, or a storage resource of the items; a number, or "
        "a list with "
        "one number per period. A resource that is not named is unlimited.",
    )


class Stock(Record):
    """What is there at the start."""

    item: Id = Field(description="Id of the item.")
    warehouse: Id = Field(description="Id of the warehouse.")
    on_hand: NonNegative = Field(default=0.0, description="Stock on hand at start_date (units).")
    backorders: NonNegative = Field(default=0.0, description="What customers already wait for (units).")


class OpenOrder(Record):
    """A line ordered before the plan starts and not yet received; a transfer, without a supplier."""

    po_number: Id = Field(description="Number of the purchase order or transfer.")
    supplier: Id | None = Field(default=None, description="Id of the supplier; default: a transfer in transit.")
    item: Id = Field(description="Id of the item.")
    warehouse: Id = Field(description="Id of the warehouse that receives it.")
    quantity: NonNegative = Field(description="Quantity still to be received (units).")
    receipt_date: Day = Field(description="Expected date of receipt.")
    lead_time_sd: Days = Field(default=0.0, description="Standard deviation of the receipt date (days).")
    amount_due: NonNegative | None = Field(
        default=None, description="What is still to be paid for it (plan currency); default: nothing."
    )
    due_date: Day | None = Field(default=None, description="When amount_due is to be paid.")


class Demand(Record):
    """Demand for an item at a warehouse: of one period, of one date, or of all periods as lists."""

    item: Id = Field(description="Id of the item.")
    warehouse: Id = Field(description="Id of the warehouse.")
    period: Whole | None = Field(default=None, description="Period of the demand (0 is the first).")
    date: Day | None = Field(default=None, description="Date of the demand, instead of a period.")
    mean: PerPeriod = Field(
        description="Expected demand (units): a number for the row's period or date, or a list over all "
        "periods in a row "
        "without either."
    )
    sd: PerPeriod | None = Field(
        default=None,
        description="Standard deviation of the error of that forecast (units), number or list as the mean; "
        "absent or 0: "
        "the demand is known.",
    )


class Promotion(Record):
    """What lifts demand for a while: a promotion, a launch, media coverage."""

    item: Id = Field(description="Id of the item.")
    warehouse: Id | None = Field(default=None, description="Id of the warehouse; default: all.")
    first: Day = Field(description="First day.")
    last: Day = Field(description="Last day.")
    uplift: NonNegative = Field(description="Factor on the demand of the days it covers (1.5 is half as much again).")
    uplift_sd: NonNegative = Field(default=0.0, description="Standard deviation of that factor.")


class CustomerOrder(Record):
    """A customer order that waits for stock."""

    order_id: Id = Field(description="Id of the customer order.")
    item: Id = Field(description="Id of the item.")
    warehouse: Id = Field(description="Id of the warehouse that will deliver it.")
    quantity: Positive = Field(description="Quantity that waits (units).")
    ordered_at: Moment = Field(description="Date, or local date and time, of the order.")
    priority: NonNegative = Field(default=1.0, description="Larger is served first; equal ones in order of ordered_at.")
