"""What comes out: a solution and the records it is made of.

Field names are the keys of `solution.json`. Quantities are units of the item, dates are calendar dates,
periods count from 0. Money is in plan currency, except on purchase orders and their lines: they speak the
supplier's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, computed_field, model_validator

if TYPE_CHECKING:
    from procure.plan.records import Plan

FORMAT = "procure-solution/1"

Status = Literal["optimal", "feasible", "relaxed"]

PROJECTION_COLUMNS = (
    "item",
    "warehouse",
    "period",
    "supply",
    "demand_mean",
    "receipts",
    "expected_on_hand",
    "expected_backorders",
    "peak_stock",
)


class Record(BaseModel):
    """A frozen row of the result; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False)


class PlanReference(Record):
    """The plan a solution belongs to."""

    name: str = Field(description="Name of the plan.")
    start_date: date = Field(description="First day of period 0.")
    periods: int = Field(description="Horizon, number of periods.")
    digest: str = Field(description="SHA-256 of what the plan says, samples included, whatever its form (hexadecimal).")


class CostParts(Record):
    """Total expected cost by part, plan currency over the horizon."""

    purchase: float = Field(0.0, description="Price paid for what is expected to be delivered.")
    freight: float = Field(0.0, description="`unit_freight` on the same units.")
    ordering: float = Field(0.0, description="Fixed cost of purchase orders and of their lines.")
    containers: float = Field(0.0, description="Whole containers of each purchase order.")
    transfer: float = Field(0.0, description="Unit and fixed costs of lanes.")
    holding: float = Field(0.0, description="Expected stock on hand at its holding cost.")
    backorder: float = Field(0.0, description="Expected backorders at their cost.")
    safety_stock: float = Field(0.0, description="Shortfall under the safety target at the backorder cost.")
    terminal: float = Field(0.0, description="Units owed at the end, less the value of the stock left.")

    @model_validator(mode="before")
    @classmethod
    def _without_total(cls, values: Any) -> Any:
        """The total is always the sum of the parts, so a stored one is not read."""
        if isinstance(values, Mapping):
            return {key: value for key, value in values.items() if key != "total"}
        return values

    @computed_field(description="Sum of the parts.")  # type: ignore[prop-decorator]
    @property
    def total(self) -> float:
        """Sum of the parts [plan currency]."""
        return math.fsum(getattr(self, part) for part in type(self).model_fields)


class Backorders(Record):
    """Expected backorders of a plan."""

    unit_periods: float = Field(description="Sum over periods of the units backordered at the period's end.")
    end_units: float = Field(description="Units backordered at the end of the last period.")


class OpenLoop(Backorders):
    """The same with all surprises counted: what a simulation must meet in which nobody reacts until the horizon's end.

    It is not valued on the draws that the plan was made on, but exactly where customers wait, and on draws of its own
    where unmet demand is lost.
    """

    cost: float | None = Field(None, description="Total expected cost, plan currency.")
    on_hand: float | None = Field(None, description="Sum over periods of the units on hand at the period's end.")
    error: float = Field(0.0, description="Standard error of `unit_periods`; 0 where nothing is drawn.")


class ExpectedBackorders(Backorders):
    """Expected backorders, also with all surprises of the horizon counted."""

    open_loop: OpenLoop = Field(description="The same if nobody reacts until the end of the horizon: keys below.")


class OrderLine(Record):
    """One line of a purchase order; prices are in the supplier's currency."""

    po_number: str = Field(description="Purchase order the line belongs to.")
    line_number: int = Field(description="Position on the purchase order, from 1.")
    supplier: str = Field(description="Supplier id.")
    warehouse: str = Field(description="Warehouse that receives the goods.")
    item: str = Field(description="Item id.")
    offer: str = Field(description="Offer that is called off.")
    period: int = Field(description="Period of the order.")
    order_date: date = Field(description="Day on which the order is placed.")
    receipt_date: date = Field(description="Nominal day of receipt: order date plus mean lead time.")
    quantity: float = Field(description="Units ordered.")
    unit_price: float = Field(description="Price of a unit after price breaks, supplier's currency.")
    goods_value: float = Field(description="Value of the line after price breaks, before order discounts.")
    release: bool = Field(description="True for a line to release now (order period 0).")
    reason: str = Field("", description="Why the line is ordered, in a few words.")


class Payment(Record):
    """An amount and the day it is due."""

    due_date: date = Field(description="Day the payment is due.")
    amount: float = Field(description="Amount, purchase order's currency.")


class PurchaseOrder(Record):
    """Header of one supplier's order for one warehouse and period; money is in `currency`, the supplier's.

    `total` is goods - discount + freight + fixed_cost + containers, and also the deposit plus all balances.
    """

    po_number: str = Field(description="`YYMMDD` of the order date, a dash, four digits.")
    supplier: str = Field(description="Supplier id.")
    warehouse: str = Field(description="Warehouse that receives the goods.")
    period: int = Field(description="Period of the order.")
    order_date: date = Field(description="Day on which the order is placed.")
    goods: float = Field(description="Goods value after price breaks, before the order discount.")
    discount: float = Field(0.0, description="Order discount, an amount.")
    freight: float = Field(0.0, description="Landed extra of the lines.")
    fixed_cost: float = Field(0.0, description="Fixed cost of the order.")
    containers: float = Field(0.0, description="Cost of the containers.")
    container_count: int = Field(0, description="Whole containers the order travels in.")
    total: float = Field(description="What the order costs in all.")
    currency: str = Field(description="Currency of the amounts, ISO 4217.")
    exchange_rate: float = Field(1.0, description="Plan currency per unit of `currency`.")
    deposit: float = Field(0.0, description="Deposit on goods after discount and freight.")
    deposit_due_date: date | None = Field(None, description="Day the deposit is due, if there is one.")
    balances: tuple[Payment, ...] = Field((), description="The other payments, one per due date.")


class Transfer(Record):
    """A shipment of one item on a lane."""

    from_: str = Field(alias="from", description="Warehouse that ships.")
    to: str = Field(description="Warehouse that receives.")
    item: str = Field(description="Item id.")
    period: int = Field(description="Period of the shipment.")
    ship_date: date = Field(description="Day the goods leave.")
    receipt_date: date = Field(description="Day the goods arrive.")
    quantity: float = Field(description="Units shipped.")
    reason: str = Field("", description="Why the units are moved, in a few words.")


class LimitPlace(Record):
    """A limit and a period of it. With no place at all it is a limit on capital."""

    resource: str = Field(description="Resource or limit: `m3`, `value`, `order_budget`, `cash`, ...")
    warehouse: str | None = Field(None, description="Warehouse whose limit it is.")
    supplier: str | None = Field(None, description="Supplier whose limit it is.")
    offer: str | None = Field(None, description="Offer whose limit it is.")
    from_: str | None = Field(None, alias="from", description="Origin of the lane whose limit it is.")
    to: str | None = Field(None, description="Destination of the lane whose limit it is.")


class ResourceUse(LimitPlace):
    """How much of a limit is used in a period. With no place at all it is a limit on capital."""

    unit: str = Field(description="Unit of `used` and `limit`; a currency code for money.")
    period: int = Field(description="Period.")
    used: float = Field(description="Amount used.")
    limit: float = Field(description="Amount there is.")
    shadow_price: float | None = Field(
        None,
        description="Cost that one unit more of the limit in this period saves, plan currency per unit: at the margin, "
        "under the orders placed (`limit_savings.basis`). Money that comes in in a period is there in later ones, too: "
        "cash, and a budget that carries over. None where it is not known or the limit was relaxed.",
    )


class LimitSaving(LimitPlace):
    """What some more of a limit would save: the limits that matter most, one period of each, largest saving first."""

    unit: str = Field(description="Unit of `step`; a currency code for money.")
    period: int | None = Field(description="Period in which there is more of it; null: every period.")
    step: float = Field(description="How much more.")
    saved: float = Field(description="Cost saved, plan currency.")
    backorders_avoided: float | None = Field(
        None, description="Expected backorders avoided, unit-periods, if known; below 0 where there would be more."
    )
    basis: Literal["orders", "relaxation"] = Field(
        description="`orders`: the purchase orders placed keep what is decided about each, their quantities change; "
        "`relaxation`: price of the relaxation of a large plan, times the step."
    )


class Relaxation(Record):
    """A limit that no plan could keep, and by how much it is exceeded."""

    resource: str = Field(description="Storage resource, `cash` or `inventory_value`.")
    warehouse: str | None = Field(None, description="Warehouse of a storage limit.")
    unit: str = Field(description="Unit of `limit` and `amount`; a currency code for money.")
    period: int = Field(description="Period.")
    limit: float = Field(description="The limit as the plan gives it.")
    amount: float = Field(description="Least excess over the limit.")


class CustomerPromise(Record):
    """What a customer who waits can be told."""

    order_id: str = Field(description="Customer order.")
    item: str = Field(description="Item id.")
    warehouse: str = Field(description="Warehouse that will deliver it.")
    quantity: float = Field(description="Units that wait.")
    promised_date_50: date | None = Field(
        None, description="Day by which all of it is there with a probability of 50 %; empty: not within the horizon."
    )
    promised_date_90: date | None = Field(None, description="The same with 90 %.")


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A plan's purchase orders, transfers and what they are expected to lead to.

    Attributes
    ----------
    plan
        The plan solved; the files hold it beside the solution, not in it.
    status
        `optimal` within the gap asked for, `feasible`, or `relaxed` when a limit could not be kept.
    objective, engine, solver
        What was minimised, and by what.
    cost
        Expected cost by part, recomputed from the orders [plan currency].
    bound, gap
        Proven lower bound on the least total [plan currency];
        (total - bound) / max(1, |total|, total - terminal).
    backorder_bound
        Bound of the first stage of the objective `backorders` [weighted unit periods]; else None.
    expected_backorders, without_orders
        Expected backorders of this plan, and when nothing is ordered or moved.
    fill_rate
        Share of the mean demand served from stock.
    seconds
        Time taken by phase [s].
    lines, headers, transfers
        Order lines of every period, purchase orders they form, and stock moved between warehouses.
    projected
        Expected course of every cell, one row per item, warehouse and period: `PROJECTION_COLUMNS`.
    resources, limit_savings, relaxations
        Use of every limit by period; what some more of those that matter most would save; limits that no plan could
        keep.
    warnings
        What the reader should know, one sentence each.
    promises
        What the customers of the plan's backorder queue can be told, in the order in which they are served.
    """

    plan: Plan = field(repr=False, compare=False)
    status: Status
    objective: str
    engine: str
    solver: str
    cost: CostParts
    bound: float | None
    gap: float | None
    expected_backorders: ExpectedBackorders
    without_orders: Backorders
    fill_rate: float
    seconds: Mapping[str, float]
    lines: Sequence[OrderLine]
    headers: tuple[PurchaseOrder, ...]
    transfers: tuple[Transfer, ...]
    projected: pd.DataFrame = field(repr=False, compare=False)
    resources: tuple[ResourceUse, ...] = ()
    limit_savings: tuple[LimitSaving, ...] = ()
    relaxations: tuple[Relaxation, ...] = ()
    warnings: tuple[str, ...] = ()
    promises: tuple[CustomerPromise, ...] = ()
    backorder_bound: float | None = None

    @property
    def plan_reference(self) -> PlanReference:
        """Name, start, horizon and digest of the plan."""
        plan = self.plan
        return PlanReference(name=plan.name, start_date=plan.start_date, periods=plan.periods, digest=plan.digest())

    def purchase_orders(self) -> pd.DataFrame:
        """Lines to release now, with the columns of `purchase_orders.csv`."""
        from procure.solution.tables import order_frame

        return order_frame(self, release=True)

    def supplier_schedule(self) -> pd.DataFrame:
        """Lines of all later periods, a forecast, with the columns of `supplier_schedule.csv`."""
        from procure.solution.tables import order_frame

        return order_frame(self, release=False)

    def transfer_orders(self) -> pd.DataFrame:
        """Stock moved between warehouses, with the columns of `transfers.csv`."""
        from procure.solution.tables import transfer_frame

        return transfer_frame(self)

    def projection(self) -> pd.DataFrame:
        """Expected course of every cell: supply, demand, receipts, stock and backorders by period [units]."""
        return self.projected.copy()

    def write(self, directory: str | Path) -> tuple[Path, ...]:
        """Write the files of the result into `directory`, which is made if need be.

        Returns
        -------
        tuple of Path
            The files written.

        Raises
        ------
        procure.errors.UsageError
            The directory can't be written to.
        """
        from procure.solution.write import write_solution

        return write_solution(self, directory)
