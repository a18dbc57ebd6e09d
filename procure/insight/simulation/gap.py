"""How far a plan lies above the best one: replications of sampled plans.

Mak, Morton and Wood, Monte Carlo bounding techniques for determining solution quality in stochastic programs,
Operations Research Letters 24 (1999), 47-56: on each of several samples the decision's cost less the best cost is at
least the true gap in expectation. The best cost is replaced by its proven bound, which errs on the safe side.
"""

from __future__ import annotations

import numpy as np

from procure.engines.run import solve
from procure.errors import NoPlanError
from procure.insight.simulation.intervals import upper_bound
from procure.insight.simulation.records import Gap
from procure.plan.network import Network, build_network
from procure.plan.records import Plan
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger


def stochastic_gap(network: Network, decision: Decision, replications: int, time_limit: float, gap: float) -> Gap:
    """Estimate the gap of a decision under the plan with all surprises counted.

    Parameters
    ----------
    replications
        Samples, each with a seed of its own; without anything sampled one is enough.
    time_limit, gap
        Seconds, about, and relative gap of each solve.
    """
    plan = _cumulative(network.plan, network.plan.policy.seed + 1)
    is_exact = not Laws.of(build_network(plan)).open_loop.sampled
    count = 1 if is_exact else replications
    found = [
        _one(_cumulative(network.plan, network.plan.policy.seed + 1 + k), decision, time_limit, gap)
        for k in range(count)
    ]
    gaps = np.array([apart for apart, _ in found])
    gross = float(np.mean([gross for _, gross in found]))
    upper = float(gaps[0]) if is_exact else upper_bound(gaps)
    return Gap(
        replications=count,
        mean=float(gaps.mean()),
        upper=upper,
        relative=None if upper is None else upper / gross,
        is_exact=is_exact,
    )


def _cumulative(plan: Plan, seed: int) -> Plan:
    policy = plan.policy.model_copy(update={"uncertainty": "cumulative", "seed": seed})
    return plan.model_copy(update={"policy": policy})


def _one(plan: Plan, decision: Decision, time_limit: float, gap: float) -> tuple[float, float]:
    """Gap of the decision on one sample, and the money it refers to [plan currency]."""
    best = solve(plan, objective="cost", time_limit=time_limit, gap=gap, prices=False)
    if best.bound is None:
        raise NoPlanError("no bound was proven in the time given; allow more with --time-limit")
    network = build_network(plan)
    ledger = keep_ledger(network, Laws.of(network), decision)
    return ledger.total - best.bound, ledger.gross
