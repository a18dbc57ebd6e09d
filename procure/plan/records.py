"""The plan: all tables and settings, as frozen records.

Field names are the names in the file. Fields of what is absent hold None, or the default that turns the
feature off.
Records check the kind and range of each value; what needs more than one value (ids, list lengths, breaks in
order) is
checked by `procure.plan.checks`. Make a plan with `procure.read_plan` or `Plan.from_dict`: both do both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr

from procure.plan.distributions import Fraction, LeadTime
from procure.plan.record import Record
from procure.plan.stocking import CustomerOrder, Demand, Item, OpenOrder, Promotion, Stock, Warehouse
from procure.plan.supply import (
    Closure,
    Container,
    Lane,
    Offer,
    OrderDiscount,
    PaymentTerms,
    PriceBreak,
    Supplier,
)
from procure.plan.table import Table
from procure.plan.values import (
    Currency,
    Day,
    Days,
    FilePath,
    Flag,
    Name,
    NonNegative,
    Number,
    PerPeriod,
    Rates,
    Share,
    SignedPerPeriod,
    Whole,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Capital",
    "Cash",
    "Closure",
    "Container",
    "CustomerOrder",
    "Demand",
    "Fraction",
    "Item",
    "Lane",
    "LeadTime",
    "Offer",
    "OpenOrder",
    "OrderDiscount",
    "PaymentTerms",
    "Plan",
    "Policy",
    "PriceBreak",
    "Promotion",
    "Record",
    "Settings",
    "Stock",
    "Supplier",
    "Warehouse",
]


class Cash(Record):
    """Money for payments: those due so far may never exceed opening plus inflow so far."""

    opening: Number = Field(default=0.0, description="Cash at the start (plan currency); negative when overdrawn.")
    inflow: SignedPerPeriod = Field(
        default=0.0,
        description="Cash that comes in per period, net of what else is paid from it (plan currency): a "
        "number, or a "
        "list with one number per period.",
    )


class Capital(Record):
    """Limits on money."""

    order_budget: PerPeriod | None = Field(
        default=None,
        description="Most money committed by the orders placed in a period (plan currency): a number, or a "
        "list with "
        "one number per period; default: no limit.",
    )
    carry_over: Flag = Field(default=True, description="Whether unspent budget rolls on to later periods.")
    cash: Cash | None = Field(default=None, description="Cash for payments; default: no limit.")
    inventory_value: NonNegative | None = Field(
        default=None,
        description="Most money tied up in stock at any time, at replacement cost (plan currency); default: no limit.",
    )


class Policy(Record):
    """How to plan."""

    objective: Literal["cost", "backorders"] = Field(
        default="cost", description="What is least: total expected `cost`, or first `backorders`, then cost."
    )
    uncertainty: Literal["protection", "cumulative"] = Field(
        default="protection",
        description="`protection`: only surprises that later orders can't answer count. `cumulative`: all count.",
    )
    distribution: Literal["auto", "normal", "gamma", "poisson", "negative_binomial"] = Field(
        default="auto", description="Family of random demand; `auto` chooses by mean and variance."
    )
    holding_rate: NonNegative = Field(
        default=0.25, description="Cost of holding stock per year, as a share of its replacement cost."
    )
    terminal_value: Share = Field(
        default=1.0, description="Share of its replacement cost that stock is worth at the end (0 to 1)."
    )
    overdue_days: Days = Field(
        default=7.0, description="Days after start_date at which overdue open orders are taken to arrive."
    )
    scenarios: Whole = Field(default=500, ge=1, le=1_000_000, description="Draws of random supply and of lost sales.")
    seed: Whole = Field(default=0, ge=0, le=2**63 - 1, description="Seed of all random draws.")


class Settings(Record):
    """The scalars of a plan."""

    format: Literal["procure-plan/1"] = Field(description="Format of the plan: always `procure-plan/1`.")
    name: Name = Field(description="Name of the plan, for people.")
    start_date: Day = Field(description="First day of period 0.")
    periods: Whole = Field(ge=1, le=2_000, description="Horizon (number of periods).")
    period_days: Whole = Field(default=7, ge=1, le=366, description="Length of one period (days).")
    currency: Currency = Field(description="Currency of all costs of the result (ISO 4217).")
    exchange_rates: Rates = Field(
        default_factory=dict,
        description='Plan currency per unit of a foreign currency, such as `{"USD": 0.92}`.',
    )
    demand_samples: FilePath | None = Field(
        default=None,
        description="Parquet or CSV file with joint sample paths of demand, columns item, warehouse, "
        "sample, period, "
        "quantity; its path starts at the plan's folder.",
    )
    capital: Capital = Field(default_factory=Capital, description="Limits on money.")
    policy: Policy = Field(default_factory=Policy, description="How to plan.")


class Plan(Settings):
    """Everything a plan says. Tables that were left out are empty."""

    items: Table[Item] = Field(default=(), description="What is bought, stocked and sold.")
    warehouses: Table[Warehouse] = Field(default=(), description="Where it is stocked.")
    suppliers: Table[Supplier] = Field(default=(), description="Who delivers it.")
    offers: Table[Offer] = Field(default=(), description="What suppliers deliver at which terms.")
    lanes: Table[Lane] = Field(default=(), description="Transfers between warehouses.")
    stock: Table[Stock] = Field(default=(), description="What is there at the start.")
    open_orders: Table[OpenOrder] = Field(default=(), description="What has been ordered and not yet received.")
    demand: Table[Demand] = Field(default=(), description="What is expected to be sold.")
    promotions: Table[Promotion] = Field(default=(), description="What lifts demand for a while.")
    backorder_queue: Table[CustomerOrder] = Field(
        default=(), description="The single customer orders behind the backorders in stock."
    )

    _samples: Any = PrivateAttr(default=None)

    @property
    def samples(self) -> pd.DataFrame | None:
        """Sample paths of demand: columns item, warehouse, sample, period, quantity (units), or None."""
        samples: pd.DataFrame | None = self._samples
        return samples

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], base: Path | str | None = None) -> Plan:
        """Make a plan from the content of a JSON plan, with all checks.

        Parameters
        ----------
        data
            Scalars and tables by name; a table is a list of records (dicts).
        base
            Folder that `demand_samples` is relative to; default: the current folder.

        Raises
        ------
        PlanError
            With every fault in the data.
        """
        from procure.plan.reading import plan_from_dict

        return plan_from_dict(data, base)

    def to_json(self) -> str:
        """Return the plan as normalised JSON: same plan, same text. Reading it again gives an equal plan."""
        from procure.plan.writing import plan_json

        return plan_json(self)

    def digest(self) -> str:
        """Return a fingerprint of everything the plan says, samples included (SHA-256, hexadecimal)."""
        from procure.plan.digest import plan_digest

        return plan_digest(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Plan):
            return NotImplemented
        return self is other or self.digest() == other.digest()

    def __hash__(self) -> int:
        return hash(self.digest())


TABLES: dict[str, type[Record]] = {
    "items": Item,
    "warehouses": Warehouse,
    "suppliers": Supplier,
    "offers": Offer,
    "lanes": Lane,
    "stock": Stock,
    "open_orders": OpenOrder,
    "demand": Demand,
    "promotions": Promotion,
    "backorder_queue": CustomerOrder,
}
"""Every table with the record of its rows."""
