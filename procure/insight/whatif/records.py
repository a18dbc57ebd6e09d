"""What scenarios came to. Field names are the keys of `whatif.json`; differences are a scenario's less the base plan's.

Money is plan currency, quantities are units of the item.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from procure.insight.comparison.records import OrderChange, TransferChange
from procure.solution.records import CostParts, PlanReference, Record, Relaxation, Status

FORMAT: Literal["procure-whatif/1"] = "procure-whatif/1"


class Outcome(Record):
    """The best plan found for the base plan or a scenario, at the values of the base plan."""

    name: str = Field(description="Name of the scenario; `base` for the plan as it is.")
    changes: tuple[str, ...] = Field((), description="What is changed, as it was written.")
    status: Status = Field(description="As in `solution.json`: `optimal`, `feasible` or `relaxed`.")
    total: float = Field(description="Total expected cost.")
    bound: float | None = Field(
        None, description="Proven lower bound on the least total; none where the scenario changes what a unit is worth."
    )
    gap: float | None = Field(None, description="(total - bound) / max(1, |total|, total - terminal).")
    cost: CostParts = Field(description="The total by part.")
    backorders: float = Field(description="Expected backorders over the horizon, unit-periods.")
    end_units: float = Field(description="Units backordered at the end of the last period.")
    fill_rate: float = Field(description="Share of the mean demand served from stock.")
    spend: float = Field(description="Order spend over the horizon.")
    spend_now: float = Field(description="Order spend of the orders to release now.")
    purchase_orders_now: int = Field(description="Purchase orders to release now.")
    lines_now: int = Field(description="Order lines to release now.")
    relaxations: tuple[Relaxation, ...] = Field((), description="Limits that no plan could keep.")


class ScenarioOutcome(Outcome):
    """A scenario, with what it changes."""

    difference: float = Field(description="Total less that of the base plan.")
    least_difference: float | None = Field(
        None, description="Least that the best plans of both can differ by, as far as is proven; none if unknown."
    )
    most_difference: float | None = Field(None, description="Most, likewise.")
    backorders_difference: float = Field(description="Backorders less those of the base plan, unit-periods.")
    changed_now: int = Field(description="Order lines to release now that differ (supplier, warehouse and item).")
    changed_now_value: float = Field(
        description="Goods value of the lines to release now less that of the base plan's."
    )
    release: tuple[OrderChange, ...] = Field(description="Lines to release now that differ, the largest first.")
    transfers_now: tuple[TransferChange, ...] = Field((), description="Transfers to ship now that differ.")
    changed_later: int = Field(description="Lines of later periods that differ.")
    words: tuple[str, ...] = Field((), description="What it comes to, one sentence each.")


class WhatIf(Record):
    """Scenarios side by side."""

    format: Literal["procure-whatif/1"] = FORMAT
    plan: PlanReference = Field(description="The base plan.")
    currency: str = Field(description="Currency of all money.")
    objective: Literal["cost", "backorders"] = Field(description="What the base plan minimises.")
    base: Outcome = Field(description="The plan as it is.")
    scenarios: tuple[ScenarioOutcome, ...] = Field(description="The scenarios, in the order in which they were asked.")
    notes: tuple[str, ...] = Field((), description="What the reader should know, one sentence each.")
    seconds: float = Field(0.0, description="Time taken, s.")

    def write(self, directory: str | Path) -> tuple[Path, ...]:
        """Write `whatif.csv` and `whatif.json`; return their paths.

        Raises
        ------
        procure.errors.UsageError
            The directory can't be made or written to.
        """
        from procure.insight.whatif.document import write_whatif

        return write_whatif(self, directory)
