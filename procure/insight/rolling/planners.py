"""Who decides each week: Procure, or a buyer by rule. A planner is a plan in, a solution out."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from procure.plan.records import Plan
from procure.solution.records import Solution

Planner = Callable[[Plan], Solution]
"""Decides what to order; for more than one process it must be picklable."""


@dataclass(frozen=True)
class SolvePlanner:
    """Procure itself.

    Attributes
    ----------
    time_limit
        Seconds for each week's plan, about.
    gap
        Relative gap at which to stop.
    solver
        MILP solver.
    objective
        `cost` or `backorders`; None: as the plan says.
    """

    time_limit: float = 10.0
    gap: float = 5e-3
    solver: str = "highs"
    objective: str | None = None

    @property
    def name(self) -> str:
        """What results call it."""
        return "procure"

    def __call__(self, plan: Plan) -> Solution:
        """Solve the plan, from the best plan that rules of thumb make: little time must not mean a poor plan."""
        from procure.engines.run import solve
        from procure.insight.baselines import POLICIES, baseline

        started = time.monotonic()
        start = min((baseline(plan, policy) for policy in POLICIES), key=lambda solution: solution.cost.total)
        left = max(self.time_limit - (time.monotonic() - started), 1.0)
        return solve(plan, objective=self.objective, solver=self.solver, time_limit=left, gap=self.gap, start=start)


@dataclass(frozen=True)
class BaselinePlanner:
    """A buyer by rule.

    Attributes
    ----------
    policy
        `min-max`, `repair-chain` or `marginal`.
    """

    policy: str

    @property
    def name(self) -> str:
        """What results call it."""
        return self.policy

    def __call__(self, plan: Plan) -> Solution:
        """Follow the rule."""
        decide: Callable[[Plan, str], Solution] = importlib.import_module("procure.insight.baselines").baseline
        return decide(plan, self.policy)


def name_of(planner: Planner) -> str:
    """What results call a planner."""
    return str(getattr(planner, "name", getattr(planner, "__name__", type(planner).__name__)))
