"""What is asked of a simulation, open or closed loop: which settings go together, and their defaults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from procure.errors import UsageError
from procure.insight.simulation.records import Simulation
from procure.insight.simulation.run import simulate
from procure.plan.records import Plan
from procure.solution.records import Solution
from procure.solution.replay import ensure_of_plan

if TYPE_CHECKING:
    from procure.insight.rolling import Planner

Watch = Callable[[int, int], None]

OWN = "procure"
"""The policy that is Procure itself."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """Settings of a simulation; None: the default of its kind.

    Attributes
    ----------
    runs, seed, jobs
        Number of worlds, their seed, processes.
    replan
        Whether the plan is made anew every period.
    policy, weeks, follow_up
        Who plans, for how many periods, and for how many more a rule follows, when it is.
    replications
        Sampled plans for the stochastic gap, when it is not.
    time_limit, gap
        Seconds, about, and relative gap of each plan that is solved.
    """

    runs: int | None = None
    seed: int = 0
    jobs: int = 1
    replan: bool = False
    policy: str | None = None
    weeks: int | None = None
    follow_up: int = 0
    replications: int = 0
    time_limit: float | None = None
    gap: float | None = None

    def check(self, *, has_solution: bool) -> None:
        """Refuse settings that don't go together.

        Raises
        ------
        UsageError
            A setting would be without any effect, or the solution is missing.
        """
        if not self.replan:
            if not has_solution:
                raise UsageError("simulate needs PLAN and SOLUTION; only with --replan may the solution be left out")
            if self.policy is not None or self.weeks is not None or self.follow_up:
                raise UsageError("--policy, --weeks and --follow-up are for --replan; add it or leave them out")
        elif self.replications:
            raise UsageError("--replications is for the open loop; leave out --replan or --replications")

    def carry_out(self, plan: Plan, solution: Solution | None, watch: Watch | None = None) -> Simulation:
        """Simulate.

        Parameters
        ----------
        plan
            The plan.
        solution
            Its solution; None only when re-planned.
        watch
            Called with the steps done and all steps.

        Raises
        ------
        UsageError
            The solution belongs to another plan, or settings don't go together.
        """
        self.check(has_solution=solution is not None)
        if solution is not None:
            ensure_of_plan(plan, solution)
        if self.replan or solution is None:
            from procure.insight.simulation.replanned import simulate_replanned

            runs = 30 if self.runs is None else self.runs
            return simulate_replanned(
                plan, self._planner(), runs, self.seed, self.jobs, watch, weeks=self.weeks, follow_up=self.follow_up
            )
        return simulate(
            plan,
            solution,
            1000 if self.runs is None else self.runs,
            self.seed,
            self.jobs,
            watch,
            replications=self.replications,
            time_limit=60.0 if self.time_limit is None else self.time_limit,
            gap=1e-3 if self.gap is None else self.gap,
        )

    def _planner(self) -> Planner:
        from procure.insight.rolling import BaselinePlanner, SolvePlanner

        if self.policy not in (None, OWN):
            return BaselinePlanner(str(self.policy))
        default = SolvePlanner()
        return SolvePlanner(
            time_limit=default.time_limit if self.time_limit is None else self.time_limit,
            gap=default.gap if self.gap is None else self.gap,
        )
