"""The compact engine: the whole plan as one MILP, in up to three stages."""

from __future__ import annotations

import numpy as np

from procure.engines.interface import Options, Outcome, Task
from procure.engines.opening import better_start, relax_limits
from procure.engines.stage import Best, Goal, Stage
from procure.solution.ledger import Decision, Ledger
from procure.solution.limits import Limits

def solve_compact(task: Task, options: Options) -> Outcome:
    """Relax what the start breaks, minimise weighted backorders if asked, then minimise cost."""
    seconds: dict[str, float] = {}
    start = Decision.nothing(task.network)
    limits, start = relax_limits(task, options, start)
    start = better_start(task, limits, start)
    seconds["relax limits"] = options.seconds
    backorder_limit, backorder_bound = np.inf, None
    if task.network.plan.policy.objective == "backorders":
        first = _least_backorders(task, limits, options, start)
        start, backorder_bound = first.ledger.decision, max(first.bound, 0.0)
        backorder_limit = _backorder_limit(first.ledger)
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
    )


def _least_backorders(task: Task, limits: Limits, options: Options, start: Decision) -> Best:
    goal = Goal(
        name="backorders",
        value=lambda ledger: ledger.weighted_backorders,
        gross=lambda ledger: max(ledger.weighted_backorders, 1e-3 * _weighted_demand(ledger), 1e-6),
        gap=max(options.gap, 1e-3),
        limits=limits,
        kept=limits,
        slack={},
    )
    return Stage(task, goal, _half(options), start).run()


def _half(options: Options) -> Options:
    """The same options with half of the time that is left."""
    return Options(
        solver=options.solver,
        time_limit=options.seconds + options.time_left / 2.0,
        gap=options.gap,
        progress=options.progress,
        stop=options.stop,
        started=options.started,
    )


def _weighted_demand(ledger: Ledger) -> float:
    network = ledger.network
    return float(network.priority[network.cell_item] @ network.mean.sum(axis=1))


def _backorder_limit(first: Ledger) -> float:
    """1.01 times the best found plus 0.1 % of the weighted mean demand."""
    return 1.01 * first.weighted_backorders + 1e-3 * _weighted_demand(first)
