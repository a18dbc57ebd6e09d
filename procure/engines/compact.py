"""The compact engine: the whole plan as one MILP, in up to three stages."""

from __future__ import annotations

import numpy as np

from procure.engines.backorders import backorder_limit as limit_of_second_stage
from procure.engines.backorders import gross_backorders
from procure.engines.interface import Options, Outcome, Task
from procure.engines.opening import better_start, relax_limits
from procure.engines.stage import Best, Goal, Stage
from procure.solution.ledger import Decision
from procure.solution.limits import Limits


def solve_compact(task: Task, options: Options) -> Outcome:
    """Relax what the start breaks, minimise weighted backorders if asked, then minimise cost."""
    seconds: dict[str, float] = {}
    start = Decision.nothing(task.network)
    limits, start = relax_limits(task, options, start)
    start = better_start(task, limits, start)
    seconds["relax limits"] = options.seconds
    backorder_limit, backorder_bound = task.backorder_limit, None
    if backorder_limit == np.inf and task.network.plan.policy.objective == "backorders":
        first = _least_backorders(task, limits, options, start)
        start, backorder_bound = first.ledger.decision, max(first.bound, 0.0)
        backorder_limit = limit_of_second_stage(first.ledger)
        seconds["backorders"] = options.seconds - sum(seconds.values())
    goal = Goal(
        name="cost",
        value=lambda ledger: ledger.total,
        gross=lambda ledger: ledger.gross,
        gap=options.gap,
        limits=limits,
        kept=limits,
        slack={},
        backorder_limit=backorder_limit,
    )
    best = Stage(task, goal, options, start, bound=task.bound).run()
    seconds["cost"] = options.seconds - sum(seconds.values())
    return Outcome(
        decision=best.ledger.decision,
        limits=limits,
        bound=best.bound,
        backorder_bound=backorder_bound,
        seconds=seconds,
        engine="compact",
        solver=options.solver,
        backorder_limit=backorder_limit,
    )


def _least_backorders(task: Task, limits: Limits, options: Options, start: Decision) -> Best:
    goal = Goal(
        name="backorders",
        value=lambda ledger: ledger.weighted_backorders,
        gross=gross_backorders,
        gap=max(options.gap, 1e-3),
        limits=limits,
        kept=limits,
        slack={},
    )
    return Stage(task, goal, options.part(0.5), start).run()
