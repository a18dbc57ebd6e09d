"""What a comparison found. Field names are the keys of its JSON; a difference is always B less A.

Money is plan currency, quantities are units of the item.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from procure.solution.records import PlanReference, Record

Better = Literal["A", "B"]


class Side(Record):
    """One of the two that are compared."""

    source: str = Field("", description="Where it was read from.")
    label: str = Field(description="Who planned: engine and solver, policy, or planner.")


class Difference(Record):
    """One figure of both."""

    figure: str = Field(description="Cost part, `total`, or another figure by its name in the result.")
    unit: str = Field(description="Currency code, `unit-periods`, `units` or `share`.")
    a: float | None = Field(None, description="Of A.")
    b: float | None = Field(None, description="Of B.")
    difference: float | None = Field(None, description="B less A.")


class OrderChange(Record):
    """An order that differs: a supplier, warehouse, item and order period."""

    change: Literal["added", "dropped", "changed"] = Field(description="What B does that A does not.")
    supplier: str = Field(description="Supplier id.")
    warehouse: str = Field(description="Warehouse that receives the goods.")
    item: str = Field(description="Item id.")
    period: int = Field(description="Period of the order.")
    order_date: date = Field(description="Day on which the order is placed.")
    release: bool = Field(description="True for an order to release now (period 0).")
    a: float = Field(description="Units ordered by A.")
    b: float = Field(description="Units ordered by B.")
    difference: float = Field(description="B less A.")
    value: float = Field(description="Goods value of B less that of A, plan currency.")


class TransferChange(Record):
    """A transfer that differs: a lane, item and ship period."""

    change: Literal["added", "dropped", "changed"] = Field(description="What B does that A does not.")
    from_: str = Field(alias="from", description="Warehouse that ships.")
    to: str = Field(description="Warehouse that receives.")
    item: str = Field(description="Item id.")
    period: int = Field(description="Period of the shipment.")
    ship_date: date = Field(description="Day the goods leave.")
    a: float = Field(description="Units shipped by A.")
    b: float = Field(description="Units shipped by B.")
    difference: float = Field(description="B less A.")


class SolutionComparison(Record):
    """Two solutions of one plan."""

    kind: Literal["solutions"] = "solutions"
    plan: PlanReference = Field(description="The plan of both.")
    currency: str = Field(description="Currency of all money.")
    a: Side = Field(description="The first solution.")
    b: Side = Field(description="The second solution.")
    cost: tuple[Difference, ...] = Field(description="Cost by part, and in all.")
    figures: tuple[Difference, ...] = Field(description="Backorders, fill rate, bound, spend, counts.")
    orders: tuple[OrderChange, ...] = Field(description="Orders that differ, those to release now first.")
    same_orders: int = Field(description="Orders that both place alike.")
    transfers: tuple[TransferChange, ...] = Field(description="Transfers that differ, those to ship now first.")
    same_transfers: int = Field(description="Transfers that both make alike.")
    better: Better | None = Field(None, description="Which is expected to cost less; none if neither.")


class SimulatedDifference(Difference):
    """One figure of both, as means over runs, with the 95 % confidence interval of the difference."""

    low: float | None = Field(None, description="Lower end of the interval of the difference.")
    high: float | None = Field(None, description="Upper end of the interval.")
    better: Better | None = Field(None, description="Which is better with 95 % confidence; none if open.")


class SimulationComparison(Record):
    """Two simulations of one plan."""

    kind: Literal["simulations"] = "simulations"
    plan: PlanReference = Field(description="The plan of both.")
    currency: str = Field(description="Currency of all money.")
    a: Side = Field(description="The first simulation.")
    b: Side = Field(description="The second simulation.")
    loop: str = Field(description="`open-loop` or `closed-loop`.")
    paired: bool = Field(description="Whether run by run in the same world.")
    runs: tuple[int, int] = Field(description="Runs of A and of B.")
    seeds: tuple[int, int] = Field(description="Seeds of A and of B.")
    figures: tuple[SimulatedDifference, ...] = Field(description="Cost by part and in all, backorders, fill rate.")
    won: float | None = Field(None, description="Share of the runs in which B costs less, where paired.")
    warnings: tuple[str, ...] = Field((), description="What the reader should know, one sentence each.")

    def figure(self, name: str) -> SimulatedDifference:
        """Return the difference of a figure.

        Raises
        ------
        KeyError
            There is none of that name.
        """
        return {row.figure: row for row in self.figures}[name]


Comparison = SolutionComparison | SimulationComparison
