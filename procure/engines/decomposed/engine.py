"""The decomposed engine on one page: prices, plans of cells, a mixture of them, a certificate.

FORMULATION.md, "Prices", has the mathematics; docs/decomposed.md tells it in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from procure.engines.backorders import backorder_limit
from procure.engines.decomposed.aims import as_limit, least_backorders, least_cost
from procure.engines.decomposed.compiled import compiled_ahead
from procure.engines.decomposed.crew import Hands, Threads
from procure.engines.decomposed.run import Decomposed
from procure.engines.interface import Options, Outcome, Task
from procure.engines.opening import better_start, relax_limits
from procure.engines.polish import polished
from procure.solution.ledger import Decision
from procure.solution.limits import Limits

SHARE_FOR_BACKORDERS = 0.5
"""Share of the time that the first stage of the objective `backorders` may take."""
GAP_OF_BACKORDERS = 1e-3
"""Least relative gap that the first stage asks for."""


def solve_decomposed(task: Task, options: Options) -> Outcome:
    """Minimise by prices, and let the whole MILP polish a small plan that they can't better any more.

    Parameters
    ----------
    task
        The plan in numbers.
    """
    options = compiled_ahead(options)
    return replace(polished(task, solve_by_prices(task, options), options), engine="decomposed")


def solve_by_prices(task: Task, options: Options) -> Outcome:
    """Minimise cost, or first weighted backorders, by prices on what cells share.

    Parameters
    ----------
    task
        The plan in numbers.
    """
    hands = _hands(options)
    limits, safe = relax_limits(task, options, Decision.nothing(task.network))
    start = better_start(task, limits, safe)
    seconds = {"relax limits": options.seconds}
    kept, most, backorder_bound = limits, task.backorder_limit, None
    if most < np.inf:  # the first stage is done already
        kept, safe = (*limits, as_limit(task.network, most)), start
    elif task.network.plan.policy.objective == "backorders":
        first = _least_backorders(task, limits, options, start, safe, hands)
        backorder_bound = max(first.bound, 0.0)
        most = backorder_limit(first.best)
        kept = (*limits, as_limit(task.network, most))
        start = safe = first.best.decision
        seconds["backorders"] = options.seconds - sum(seconds.values())
    run = Decomposed(task, kept, least_cost(task), options, start, safe, hands)
    run.run()
    seconds["cost"] = options.seconds - sum(seconds.values())
    return Outcome(
        decision=run.best.decision,
        limits=limits,
        bound=run.bound,
        backorder_bound=backorder_bound,
        seconds=seconds,
        engine="decomposed",
        solver=options.solver,
        backorder_limit=most,
        prices=None if run.prices is None else run.prices[: len(limits)],
    )


def _least_backorders(
    task: Task, limits: Limits, options: Options, start: Decision, safe: Decision, hands: Callable[[], Hands]
) -> Decomposed:
    half = options.part(SHARE_FOR_BACKORDERS, max(options.gap, GAP_OF_BACKORDERS))
    run = Decomposed(task, limits, least_backorders(task), half, start, safe, hands)
    run.run()
    return run


def _hands(options: Options) -> Callable[[], Hands]:
    """What carries out the commands of blocks: threads of this process, or a cluster."""
    if options.cluster is None:
        return Threads
    from procure.engines.decomposed.cluster import hands_at

    return hands_at(options.cluster)
