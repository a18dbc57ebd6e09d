"""The course of one run, week by week, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling.ground import Ground
from procure.insight.rolling.week import Entry
from procure.solution.records import CostParts

Array = NDArray[np.float64]

PARTS = tuple(CostParts.model_fields)
"""Cost parts; what is left in the end stands in the last week, the safety stock's penalty is no money and 0."""

SERIES = (
    "demand",
    "served",
    "on_hand",
    "backorders",
    "lost",
    "spend",
    "payments",
    "storage_excess",
    "cash_excess",
    "missing",
)
"""What is kept of each week besides cost: sums over places, over storage limits."""


@dataclass(frozen=True, eq=False)
class Course:
    """One run over W weeks.

    Attributes
    ----------
    cost
        By part and week, shape (parts, W) [plan currency].
    series
        Shape (W,) each, by name: `SERIES`.
    item_demand, item_served
        Units asked for and served from stock, by item, shape (I,).
    seconds
        Time that the planner took in each week, shape (W,) [s].
    gaps
        Relative gap of each week's plan, NaN where none is proven, shape (W,).
    """

    cost: Array
    series: dict[str, Array]
    item_demand: Array
    item_served: Array
    seconds: Array
    gaps: Array

    @property
    def totals(self) -> dict[str, float]:
        """Cost by part, and in all [plan currency]."""
        sums = dict(zip(PARTS, self.cost.sum(axis=1).tolist(), strict=True))
        return {**sums, "total": float(self.cost.sum())}

    @property
    def backorder_unit_periods(self) -> float:
        """Backorders at the end of each week, summed, and units lost [unit-periods]."""
        return float(self.series["backorders"].sum() + self.series["lost"].sum())

    @property
    def fill_rate(self) -> float:
        """Share of the demand served from stock; 1 without demand."""
        demand = float(self.series["demand"].sum())
        return float(self.series["served"].sum()) / demand if demand > 0.0 else 1.0


def course_of(
    ground: Ground, entries: Sequence[Entry], left: float, seconds: Sequence[float], gaps: Sequence[float]
) -> Course:
    """Sum up the weeks of a run.

    Parameters
    ----------
    left
        Cost of what is owed less the worth of what is left in the end [plan currency].
    """
    cost = np.array([[entry.cost.get(part, 0.0) for entry in entries] for part in PARTS])
    cost[PARTS.index("terminal"), -1] = left
    return Course(
        cost=cost,
        series={name: np.array([np.sum(getattr(entry, name)) for entry in entries]) for name in SERIES},
        item_demand=_by_item(ground, [entry.demand for entry in entries]),
        item_served=_by_item(ground, [entry.served for entry in entries]),
        seconds=np.array(seconds),
        gaps=np.array(gaps),
    )


def _by_item(ground: Ground, weeks: list[Array]) -> Array:
    total = np.zeros(len(ground.plan.items))
    np.add.at(total, ground.item, np.sum(weeks, axis=0))
    return total
