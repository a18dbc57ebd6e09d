"""What a frontier found. Field names are the keys of `frontier.json`.

Money is plan currency, quantities are units of the item; the limit is in the frontier's `unit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from procure.solution.records import CostParts, PlanReference, Record, Status

FORMAT: Literal["procure-frontier/1"] = "procure-frontier/1"


class FrontierPoint(Record):
    """The best plan found under one value of the limit."""

    limit: float = Field(description="Value of the limit, in the frontier's `unit`.")
    share: float | None = Field(None, description="The same as a share of today's limit, if there is one above 0.")
    is_present: bool = Field(False, description="True for today's limit, as the plan gives it.")
    status: Status = Field(description="As in `solution.json`: `optimal`, `feasible` or `relaxed`.")
    total: float = Field(description="Total expected cost.")
    bound: float | None = Field(None, description="Proven lower bound on the least total under this limit.")
    gap: float | None = Field(None, description="(total - bound) / max(1, |total|, total - terminal).")
    cost: CostParts = Field(description="The total by part.")
    backorders: float = Field(description="Expected backorders over the horizon, unit-periods.")
    end_units: float = Field(description="Units backordered at the end of the last period.")
    fill_rate: float = Field(description="Share of the mean demand served from stock.")
    spend: float = Field(description="Order spend over the horizon.")
    spend_now: float = Field(description="Order spend of the orders to release now.")
    purchase_orders_now: int = Field(description="Purchase orders to release now.")


class Knee(Record):
    """Where more of the limit begins to bring little."""

    limit: float = Field(description="Value of the limit at the knee.")
    distance: float = Field(description="Distance from the chord of the normalised curve, 0 to 1.")
    saves_before: float = Field(description="Least saved per unit of the limit on the way up to the knee.")
    saves_beyond: float = Field(description="Most saved per unit of the limit beyond it.")


class Frontier(Record):
    """Cost and expected backorders against one limit."""

    format: Literal["procure-frontier/1"] = FORMAT
    plan: PlanReference = Field(description="The plan with today's limit.")
    currency: str = Field(description="Currency of all money.")
    limit: str = Field(description="Name of the limit, such as `capital.order_budget`.")
    title: str = Field(description="The same in words.")
    unit: str = Field(description="Unit of the limit: a currency code, a resource, or `share` of today's capacities.")
    objective: Literal["cost", "backorders"] = Field(description="What each plan minimises.")
    gap_asked: float = Field(description="Relative gap at which each solve was to stop.")
    present: float | None = Field(None, description="Today's limit; none if the plan has none.")
    unlimited: float | None = Field(
        None, description="Value from which the limit no longer binds the plan that is best without it; none if never."
    )
    points: tuple[FrontierPoint, ...] = Field(description="Points by rising limit.")
    knee: Knee | None = Field(None, description="The knee of the curve, if it has one.")
    words: tuple[str, ...] = Field((), description="What the curve says, one sentence each.")
    notes: tuple[str, ...] = Field((), description="What the reader should know, one sentence each.")
    seconds: float = Field(0.0, description="Time taken, s.")

    def write(self, directory: str | Path) -> tuple[Path, ...]:
        """Write `frontier.json`, `frontier.csv` and `frontier.svg`; return their paths.

        Raises
        ------
        procure.errors.UsageError
            The directory can't be made or written to.
        """
        from procure.insight.frontier.document import write_frontier

        return write_frontier(self, directory)

    @property
    def heights(self) -> Sequence[float]:
        """What the objective minimises, by point: total cost, or expected backorders."""
        return [p.total if self.objective == "cost" else p.backorders for p in self.points]
