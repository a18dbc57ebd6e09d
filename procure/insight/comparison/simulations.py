"""Two simulations of one plan: differences run by run in the same worlds, with confidence intervals.

Common random numbers and the paired t interval: Law, Simulation Modeling and Analysis (5th ed. 2015), sections 10.2
and 11.2; without common worlds, Welch's interval (section 10.2.2).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from procure.errors import UsageError
from procure.insight.comparison.records import Better, Side, SimulatedDifference, SimulationComparison
from procure.insight.simulation.records import Simulation
from procure.solution.records import CostParts

Array = NDArray[np.float64]

CONFIDENCE = 0.95
UNITS = {"backorders": "unit-periods", "end_units": "units", "fill_rate": "share", "on_hand": "unit-periods"}
"""Figures that are not money."""
NEITHER = ("on_hand",)
"""Figures of which neither more nor less is better."""


def compare_simulations(a: Simulation, b: Simulation, sides: tuple[Side, Side]) -> SimulationComparison:
    """Compare two simulations of the same plan.

    Raises
    ------
    UsageError
        They simulate different things: one the plan as it stands and one re-planned, or other numbers of periods.
    """
    if a.kind != b.kind:
        raise UsageError(f"A is {a.kind}, B is {b.kind}; simulate both with --replan, or both without")
    if a.weeks != b.weeks:
        raise UsageError(f"A covers {a.weeks} periods, B {b.weeks}; simulate both over the same number of periods")
    paired = (a.seed, a.runs) == (b.seed, b.runs)
    return SimulationComparison(
        plan=a.reference,
        currency=a.currency,
        a=sides[0],
        b=sides[1],
        loop=a.kind,
        paired=paired,
        runs=(a.runs, b.runs),
        seeds=(a.seed, b.seed),
        figures=tuple(_figures(a, b, paired=paired)),
        won=_won(a, b) if paired else None,
        warnings=tuple(_warnings(a, b, paired=paired)),
    )


def _figures(a: Simulation, b: Simulation, *, paired: bool) -> Iterator[SimulatedDifference]:
    for name in (*CostParts.model_fields, "total", *UNITS):
        first, second = (s.table[name].to_numpy(dtype=float) for s in (a, b))
        mean = float(second.mean() - first.mean())
        width = paired_half_width(second - first) if paired else welch_half_width(first, second)
        known = math.isfinite(width)
        yield SimulatedDifference(
            figure=name,
            unit=UNITS.get(name, a.currency),
            a=float(first.mean()),
            b=float(second.mean()),
            difference=mean,
            low=mean - width if known else None,
            high=mean + width if known else None,
            better=_better(name, mean, width),
        )


def paired_half_width(differences: Array) -> float:
    """Half width of the 95 % interval of a mean by Student's t; infinite for a single run."""
    runs = len(differences)
    if runs < 2:
        return math.inf
    error = float(differences.std(ddof=1)) / math.sqrt(runs)
    return float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, runs - 1)) * error


def welch_half_width(a: Array, b: Array) -> float:
    """Half width of the 95 % interval of the difference of two independent means (Welch, 1947)."""
    if min(len(a), len(b)) < 2:
        return math.inf
    parts = np.array([float(x.var(ddof=1)) / len(x) for x in (a, b)])
    variance = float(parts.sum())
    if variance == 0.0:
        return 0.0
    freedom = variance**2 / float((parts**2 / (np.array([len(a), len(b)]) - 1.0)).sum())
    return float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, freedom)) * math.sqrt(variance)


def _better(name: str, mean: float, width: float) -> Better | None:
    """Which of the two is better, if the interval leaves 0 out; a higher fill rate is, a higher cost is not."""
    if name in NEITHER or abs(mean) <= width or abs(mean) < 1e-9:
        return None
    less = mean < 0.0
    return "B" if less != (name == "fill_rate") else "A"


def _won(a: Simulation, b: Simulation) -> float:
    """Share of the worlds in which B costs less than A."""
    return float(np.mean(b.table["total"].to_numpy() < a.table["total"].to_numpy()))


def _warnings(a: Simulation, b: Simulation, *, paired: bool) -> Iterator[str]:
    if not paired:
        what = f"seeds {a.seed} and {b.seed}" if a.seed != b.seed else f"{a.runs} and {b.runs} runs"
        yield (
            f"the simulations have {what}, so their runs are not the same worlds: compared as independent samples, "
            "with wider intervals; simulate with the same --seed and --runs to pair them"
        )
    if min(a.runs, b.runs) < 2:
        yield "a single run has no confidence interval; simulate with more --runs"
