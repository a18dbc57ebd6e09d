"""What a simulation found. Field names are the keys of `simulation.json`; money is plan currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from procure.solution.records import CostParts, PlanReference, Record

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "procure-simulation/1"

Kind = Literal["open-loop", "closed-loop"]

RUN_COLUMNS = (*CostParts.model_fields, "total", "backorders", "end_units", "fill_rate", "on_hand")
"""Columns of the table of runs, of both kinds: cost parts and total, backorders and units lost [unit-periods], units
backordered in the end, share of the demand served from stock, stock on hand [unit-periods]."""


class Figure(Record):
    """A figure as promised and as simulated."""

    figure: str = Field(description="Cost part, `total`, `backorders`, `end_units`, `fill_rate` or `on_hand`.")
    unit: str = Field(description="Currency code, `unit-periods`, `units` or `share`.")
    promised: float | None = Field(None, description="What the plan expects with all surprises counted.")
    promised_error: float = Field(0.0, description="Standard error of the promise; 0 where nothing of it is drawn.")
    mean: float = Field(description="Mean over the runs.")
    low: float | None = Field(None, description="Lower end of the 95 % confidence interval.")
    high: float | None = Field(None, description="Upper end of the interval.")
    difference: float | None = Field(None, description="Mean less promised.")
    inside: bool | None = Field(None, description="Whether the promise lies in the interval, widened by its own error.")


class ItemFigure(Record):
    """Service of one item over all warehouses."""

    item: str = Field(description="Item id.")
    demand: float = Field(description="Mean demand over the horizon [units].")
    promised_fill_rate: float | None = Field(None, description="Share of the demand served, as promised.")
    fill_rate: float = Field(description="Share of the demand served from stock.")
    low: float | None = Field(None, description="Lower end of the 95 % confidence interval.")
    high: float | None = Field(None, description="Upper end of the interval.")
    promised_backorders: float | None = Field(None, description="Backorders and units lost, promised [unit-periods].")
    backorders: float | None = Field(None, description="Mean backorders and units lost [unit-periods].")
    backorders_low: float | None = Field(None, description="Lower end of the 95 % confidence interval.")
    backorders_high: float | None = Field(None, description="Upper end of the interval.")


class LimitFigure(Record):
    """How likely a limit is exceeded in a period, or in any (no period)."""

    resource: str = Field(description="Storage resource, `order_budget`, `cash` or `inventory_value`.")
    warehouse: str | None = Field(None, description="Warehouse of a storage limit.")
    period: int | None = Field(None, description="Period; none: any period of the horizon.")
    limit: float | None = Field(None, description="The limit; cash and a budget that carries over: so far.")
    used: float | None = Field(None, description="Mean use, likewise.")
    probability: float = Field(description="Share of the runs in which it is exceeded.")
    low: float = Field(description="Lower end of its 95 % confidence interval (Wilson).")
    high: float = Field(description="Upper end of the interval.")


class Gap(Record):
    """How far the plan may lie above the best one, by replications (Mak, Morton and Wood, 1999)."""

    replications: int = Field(description="Sampled plans solved.")
    mean: float = Field(description="Mean of the plan's total less the proven bound of the best total.")
    upper: float | None = Field(None, description="Upper end of its one-sided 95 % confidence interval.")
    relative: float | None = Field(None, description="Upper end over the plan's total without the terminal part.")
    is_exact: bool = Field(description="Whether nothing is sampled, so that one replication settles it.")


@dataclass(frozen=True, eq=False)
class Simulation:
    """A simulated plan.

    Attributes
    ----------
    reference
        The plan simulated.
    kind
        `open-loop`, the plan as it stands, or `closed-loop`, re-planned every period.
    planner
        Who planned.
    weeks
        Periods simulated.
    seed, runs
        Seed of the worlds and their number.
    figures
        Cost by part and in all, backorders, fill rate, stock.
    items, limits, limits_ever
        Service by item, chances by limit and period, and of any period.
    gap
        Stochastic optimality gap, if asked for.
    notes
        What the reader should know, one sentence each.
    table
        One row per run, columns `RUN_COLUMNS`. Row k of two simulations of one seed saw the same world.
    """

    reference: PlanReference
    currency: str
    uncertainty: str
    kind: Kind
    planner: str
    seed: int
    runs: int
    weeks: int
    figures: tuple[Figure, ...]
    items: tuple[ItemFigure, ...]
    limits: tuple[LimitFigure, ...]
    limits_ever: tuple[LimitFigure, ...]
    gap: Gap | None
    notes: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)

    def figure(self, name: str) -> Figure:
        """Return the figure of a name.

        Raises
        ------
        KeyError
            There is none.
        """
        return {figure.figure: figure for figure in self.figures}[name]

    def summary(self) -> dict[str, Any]:
        """Everything but the single runs, as JSON values."""
        from procure.insight.simulation.document import head

        return head(self)

    def write(self, directory: str | Path) -> tuple[Path, ...]:
        """Write `simulation.json`, `items.csv`, `limits.csv` and `runs.csv` as a set; return their paths.

        Raises
        ------
        procure.errors.UsageError
            The directory can't be written to.
        """
        from procure.insight.simulation.document import write_simulation

        return write_simulation(self, directory)
