"""What every engine begins with: the least excess over limits that the start breaks, and the better of two starts."""

from __future__ import annotations

import numpy as np

from procure.engines.interface import Options, Task
from procure.engines.stage import Goal, Stage
from procure.solution.check import violations
from procure.solution.ledger import Decision, Ledger, keep_ledger
from procure.solution.limits import Limits, broken_by_start, excess, relaxed

FINE = 1e-6
"""Relative gap of the relaxation stage, whose result becomes a limit."""


def better_start(task: Task, limits: Limits, start: Decision) -> Decision:
    """Take the start that the caller gives if it keeps every limit and is cheaper than doing nothing.

    One that a first stage leaves is taken as it is: doing nothing would not keep its backorders.
    """
    if task.start is None or np.isfinite(task.backorder_limit):
        return start if task.start is None else task.start
    ours, theirs = (keep_ledger(task.network, task.laws, decision) for decision in (start, task.start))
    return task.start if theirs.total < ours.total and not violations(theirs, limits) else start


def relax_limits(task: Task, options: Options, start: Decision) -> tuple[Limits, Decision]:
    """Give the limits that the start itself breaks the least excess that is possible."""
    nothing = keep_ledger(task.network, task.laws, start)
    slack = broken_by_start(task.limits, nothing)
    if not slack:
        return task.limits, start

    def total_excess(ledger: Ledger) -> float:
        return sum(
            float((excess(ledger, limit) / np.maximum(limit.allowed, 1.0))[slack[k]].sum())
            for k, limit in enumerate(task.limits)
            if k in slack
        )

    best = nothing
    if task.network.n_moves:
        loose = relaxed(task.limits, {k: np.where(mask, np.inf, 0.0) for k, mask in slack.items()})
        goal = Goal(
            "relaxation",
            total_excess,
            lambda ledger: max(total_excess(ledger), 1e-3),
            FINE,
            task.limits,
            loose,
            slack,
        )
        best = Stage(task, goal, options, start).run().ledger
    found = {k: np.where(mask, excess(best, task.limits[k]), 0.0) for k, mask in slack.items()}
    return relaxed(task.limits, found), best.decision
