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
    engine
        As `procure.solve` has it.
    carry_over
        Whether a replay starts each week from last week's plan, too.
    backorder_factor
        Factor on every item's `backorder_cost` while planning; what a replay charges stays at the plan's rates.
        Above 1 the planner pays for fewer backorders.
    """

    time_limit: float = 10.0
    gap: float = 5e-3
    solver: str = "highs"
    objective: str | None = None
    engine: str = "auto"
    carry_over: bool = True
    backorder_factor: float = 1.0

    @property
    def name(self) -> str:
        """What results call it."""
        return "procure" if self.backorder_factor == 1.0 else f"procure, backorders x {self.backorder_factor:g}"

    def begin(self) -> Planner:
        """Return the planner of one run, which remembers last week's plan."""
        return _Weekly(self) if self.carry_over else self

    def __call__(self, plan: Plan, last: Solution | None = None) -> Solution:
        """Solve the plan, from the best of last week's plan and those that rules of thumb make.

        Little time must not mean a poor plan.
        """
        from procure.engines.run import solve
        from procure.insight.baselines import POLICIES, baseline

        started = time.monotonic()
        plan = dearer_backorders(plan, self.backorder_factor)
        starts = [] if self._needs_no_start(plan) else [baseline(plan, policy) for policy in POLICIES]
        if starts and last is not None:
            starts += [last, *_continued(plan, last)]
        left = max(self.time_limit - (time.monotonic() - started), 1.0)
        return solve(
            plan,
            objective=self.objective,
            engine=self.engine,
            solver=self.solver,
            time_limit=left,
            gap=self.gap,
            start=starts,
            prices=False,
        )

    def _needs_no_start(self, plan: Plan) -> bool:
        """Whether nothing links the cells, whose least costs are then found one by one, without a search."""
        from procure.engines.alone import can_stand_alone
        from procure.engines.polish import MOST_CELLS
        from procure.engines.useful import useful_levels
        from procure.plan.network import build_network
        from procure.solution.ledger import Laws
        from procure.solution.limits import limits_of

        if self.engine == "decomposed" or (self.objective or plan.policy.objective) != "cost":
            return False
        network = build_network(plan)
        if network.n_cells > MOST_CELLS or limits_of(network):
            return False
        laws = Laws.of(network)
        return can_stand_alone(network, laws, useful_levels(network, laws, backorders_only=False))


def _continued(plan: Plan, last: Solution) -> list[Solution]:
    """Last week's plan with its end ordered by rules: the last quarter and the last half of the horizon."""
    from procure.insight.baselines import continued

    ends = (("min-max", max(plan.periods // 4, 1)), ("marginal", max(plan.periods // 2, 1)))
    return [continued(plan, last, policy, periods=periods) for policy, periods in ends]


class _Weekly:
    """A planner in one run of a replay: each week's plan starts from the week before's."""

    def __init__(self, planner: SolvePlanner) -> None:
        self._planner = planner
        self._last: Solution | None = None

    def __call__(self, plan: Plan) -> Solution:
        self._last = self._planner(plan, self._last)
        return self._last


def dearer_backorders(plan: Plan, factor: float) -> Plan:
    """The plan with every item's backorder cost multiplied by a factor."""
    if factor == 1.0:
        return plan
    items = [item.model_copy(update={"backorder_cost": item.backorder_cost * factor}) for item in plan.items]
    return plan.model_copy(update={"items": tuple(items)})


@dataclass(frozen=True)
class BaselinePlanner:
    """A buyer by rule.

    Attributes
    ----------
    policy
        `min-max`, `repair-chain` or `marginal`.
    periods
        Periods that the rule decides each week, None for all; a replay carries out the first only, and that is
        the same however many follow.
    """

    policy: str
    periods: int | None = 1

    @property
    def name(self) -> str:
        """What results call it."""
        return self.policy

    def __call__(self, plan: Plan) -> Solution:
        """Follow the rule."""
        decide: Callable[..., Solution] = importlib.import_module("procure.insight.baselines").baseline
        return decide(plan, self.policy, periods=self.periods)


@dataclass(frozen=True)
class FollowedUp:
    """A planner for some weeks, then a buyer by rule, so that what it ordered shows its worth.

    What a replay credits for goods left is their replacement cost. That is less than they are worth where money is
    short, and the planner that buys little for later looks best. A few more weeks, in which the same rule follows
    whoever planned before, let later customers be served or wait; with as many of them as it takes until what was
    ordered has come and been sold, little of that is left. (A rollout under a base policy: Bertsekas, Dynamic
    Programming and Optimal Control, volume 1, 2017, section 6.4.)

    Attributes
    ----------
    planner
        Who plans first.
    weeks
        Weeks that it plans.
    policy
        The rule that follows, as `BaselinePlanner` has it.
    """

    planner: Planner
    weeks: int
    policy: str = "min-max"

    @property
    def name(self) -> str:
        """What results call it."""
        return name_of(self.planner)

    def begin(self) -> Planner:
        """Return the planner of one run, which counts the weeks."""
        return _Handing(planner_of_run(self.planner), self.weeks, BaselinePlanner(self.policy))

    def __call__(self, plan: Plan) -> Solution:
        """Plan a first week."""
        return self.begin()(plan)


class _Handing:
    """A planner in one run of a replay, and the rule that follows it."""

    def __init__(self, planner: Planner, weeks: int, rule: Planner) -> None:
        self._planner, self._left, self._rule = planner, weeks, rule

    def __call__(self, plan: Plan) -> Solution:
        self._left -= 1
        return self._planner(plan) if self._left >= 0 else self._rule(plan)


def planner_of_run(planner: Planner) -> Planner:
    """Return the planner for one run: what it remembers of it, no other run sees.

    A planner with a method `begin` gives a fresh one for each run; any other is used as it is.
    """
    begin: Callable[[], Planner] | None = getattr(planner, "begin", None)
    return planner if begin is None else begin()


def name_of(planner: Planner) -> str:
    """What results call a planner."""
    return str(getattr(planner, "name", getattr(planner, "__name__", type(planner).__name__)))
