"""What a replay found, with 95 % confidence intervals over its runs."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from procure.insight.rolling.course import PARTS, SERIES, Course
from procure.plan.records import Plan
from procure.solution.records import PlanReference

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

KIND = "closed-loop"


@dataclass(frozen=True)
class Estimate:
    """A mean over runs and the half width of its 95 % confidence interval; infinite for a single run."""

    mean: float
    half_width: float


def estimate(values: Array) -> Estimate:
    """Mean of independent values with its 95 % interval by Student's t."""
    runs = len(values)
    if runs < 2:
        return Estimate(float(values.mean()), math.inf)
    spread = float(values.std(ddof=1)) / math.sqrt(runs)
    return Estimate(float(values.mean()), float(stats.t.ppf(0.975, runs - 1)) * spread)


@dataclass(frozen=True, eq=False)
class Replay:
    """All runs of a replay.

    Attributes
    ----------
    plan
        The plan replayed.
    planner
        Who planned.
    seed
        Seed of the world.
    weeks
        Periods replayed.
    courses
        The runs.
    """

    plan: Plan = field(repr=False)
    planner: str
    seed: int
    weeks: int
    courses: tuple[Course, ...] = field(repr=False)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.courses)

    def totals(self, part: str = "total") -> Array:
        """Cost of a part, or in all, by run, shape (runs,) [plan currency]."""
        return np.array([course.totals[part] for course in self.courses])

    @property
    def backorders(self) -> Array:
        """Backorders summed over weeks, and units lost, by run, shape (runs,) [unit-periods]."""
        return np.array([course.backorder_unit_periods for course in self.courses])

    @property
    def fill_rates(self) -> Array:
        """Share of the demand served from stock, by run, shape (runs,)."""
        return np.array([course.fill_rate for course in self.courses])

    @property
    def seconds(self) -> float:
        """Mean time of one week's planning [s]."""
        return float(np.mean([course.seconds.mean() for course in self.courses]))

    def cost(self) -> dict[str, Estimate]:
        """Cost by part, and in all [plan currency]."""
        return {part: estimate(self.totals(part)) for part in (*PARTS, "total")}

    def exceeded(self, series: str) -> Array:
        """Share of the runs with an excess in each week, shape (W,), for `storage_excess` or `cash_excess`."""
        found = np.array([course.series[series] for course in self.courses]) > 1e-6
        share: Array = found.mean(axis=0)
        return share

    def fill_by_item(self) -> dict[str, float]:
        """Share of each item's demand served from stock, over all runs; items without demand are left out."""
        demand = np.sum([course.item_demand for course in self.courses], axis=0)
        served = np.sum([course.item_served for course in self.courses], axis=0)
        return {item.item: float(served[k] / demand[k]) for k, item in enumerate(self.plan.items) if demand[k] > 0.0}

    def table(self) -> pd.DataFrame:
        """One row per run: cost parts, total, backorders, end_units, fill_rate, on_hand.

        The columns are those of an open-loop simulation; backorders and stock are summed over weeks [unit-periods],
        end_units are backorders at the end [units].
        """
        import pandas as pd

        frame = pd.DataFrame([course.totals for course in self.courses])
        return frame.assign(
            backorders=self.backorders,
            end_units=[float(course.series["backorders"][-1]) for course in self.courses],
            fill_rate=self.fill_rates,
            on_hand=[float(course.series["on_hand"].sum()) for course in self.courses],
        )

    def record(self) -> dict[str, Any]:
        """Return everything as JSON values: totals by run, the course of each week as a mean over runs."""
        plan = self.plan
        reference = PlanReference(
            name=plan.name, start_date=plan.start_date, periods=plan.periods, digest=plan.digest()
        )
        return {
            "format": "procure-simulation/1",
            "kind": KIND,
            "plan": reference.model_dump(mode="json"),
            "planner": self.planner,
            "seed": self.seed,
            "runs": self.runs,
            "weeks": self.weeks,
            "cost": {part: self.totals(part).tolist() for part in (*PARTS, "total")},
            "backorders": self.backorders.tolist(),
            "fill_rate": self.fill_rates.tolist(),
            "fill_rate_by_item": self.fill_by_item(),
            "by_week": self._by_week(),
        }

    def _by_week(self) -> dict[str, list[float]]:
        means = {name: np.mean([course.series[name] for course in self.courses], axis=0).tolist() for name in SERIES}
        cost = np.mean([course.cost.sum(axis=0) for course in self.courses], axis=0)
        chance = {
            "storage_exceeded": self.exceeded("storage_excess").tolist(),
            "cash_exceeded": self.exceeded("cash_excess").tolist(),
        }
        return {"cost": cost.tolist(), **means, **chance}

    def write(self, path: str | Path) -> Path:
        """Write the record as JSON."""
        place = Path(path)
        place.write_text(json.dumps(self.record(), indent=1) + "\n", encoding="utf-8")
        return place
