"""What a change costs, and what it breaks, is what the whole plan's arithmetic says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import procure
from procure.insight.explanation.breaches import Rules
from procure.insight.explanation.change import Change
from procure.insight.explanation.revaluation import Revaluation
from procure.plan.network import build_network
from procure.solution.check import violations
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, Ledger, keep_ledger
from procure.solution.limits import limits_of, used
from procure.solution.replay import decision_from
from tests.oracle.risks import risky_plan
from tests.oracle.tiny_plans import tiny_plan

PARTS = {
    "price": ("purchase",),
    "freight": ("freight",),
    "ordering": ("ordering", "containers"),
    "transport": ("transfer",),
}


def some_change(rng: np.random.Generator, ledger: Ledger) -> Change:
    """Other quantities for up to three lines and up to two shipments, some of them none at all."""
    network = ledger.network

    def drawn(allowed, quantity, multiple, most):
        places = [tuple(place) for place in np.argwhere(allowed).tolist()]
        chosen = rng.permutation(len(places))[: rng.integers(0, most + 1)]
        return {
            places[k]: float(rng.integers(0, 4) * max(multiple[places[k][0]], 1.0))
            if rng.random() < 0.7
            else float(quantity[places[k]])
            for k in chosen
        }

    multiples = np.array([lane.order_multiple for lane in network.lanes])[network.move_lane]
    return Change(
        orders=drawn(network.line_allowed, ledger.decision.orders, network.fees.lots.multiple, 3),
        shipments=drawn(network.move_allowed, ledger.decision.shipments, multiples, 2) if network.n_moves else {},
    )


def changed(ledger: Ledger, laws: Laws, change: Change) -> Ledger:
    decision = Decision(ledger.decision.orders.copy(), ledger.decision.shipments.copy())
    for (line, period), units in change.orders.items():
        decision.orders[line, period] = units
    for (move, period), units in change.shipments.items():
        decision.shipments[move, period] = units
    return keep_ledger(ledger.network, laws, decision)


def solved(plan: dict) -> tuple[Ledger, Laws, procure.Solution]:
    solution = procure.solve(procure.Plan.from_dict(plan), gap=0.01, time_limit=10)
    network = build_network(solution.plan)
    laws = Laws.of(network)
    return keep_ledger(network, laws, decision_from(network, solution)), laws, solution


PLANS = [*(("tiny", seed) for seed in range(12)), *(("risky", seed) for seed in range(6))]


@pytest.mark.parametrize(("kind", "seed"), PLANS)
def test_a_change_is_valued_and_judged_as_the_whole_plan_is(kind, seed):
    plan = tiny_plan(seed) if kind == "tiny" else risky_plan(seed)
    ledger, laws, _ = solved({**plan, "policy": {**plan.get("policy", {}), "scenarios": 40}})
    rng = np.random.default_rng(seed)
    changes = [some_change(rng, ledger) for _ in range(12)]
    plan_ = Revaluation(ledger, laws)
    limits = limits_of(ledger.network)
    kept = tuple(replace(k, allowed=np.maximum(k.allowed, used(ledger, k))) for k in limits)
    rules = Rules(plan_, limits)
    for change, difference in zip(changes, plan_.differences(changes), strict=True):
        other = changed(ledger, laws, change)
        tolerance = 1e-7 * max(ledger.gross, other.gross)
        assert difference.total == pytest.approx(other.total - ledger.total, abs=tolerance)
        for name, parts in PARTS.items():
            wanted = sum(other.cost[part] - ledger.cost[part] for part in parts)
            assert difference.parts[name] == pytest.approx(wanted, abs=tolerance)
        backorders = other.stocks.backorders.sum() - ledger.stocks.backorders.sum()
        assert difference.backorders == pytest.approx(backorders, abs=1e-7)
        assert bool(rules.broken_by(change)) == bool(violations(other, kept)), (change, violations(other, kept))
