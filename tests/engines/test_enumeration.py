"""The whole engine against every combination of quantities, priced by arithmetic that knows nothing of it."""

from __future__ import annotations

import math

import pytest

import procure
from tests.oracle import Best, Oracle, Search
from tests.oracle.tiny_plans import tiny_plan

SEEDS = range(100)


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_found_is_the_best_of_all(seed):
    written = tiny_plan(seed)
    oracle = Oracle(written)
    search = Search(oracle)
    best = search.solve()
    solution = procure.solve(procure.Plan.from_dict(written), gap=1e-6)
    orders = {(r.offer, r.warehouse, r.period): r.quantity for r in solution.lines}
    transfers = {(r.from_, r.to, r.item, r.period): r.quantity for r in solution.transfers}

    priced = oracle.costs(orders, transfers)
    parts = {part: getattr(solution.cost, part) for part in priced}
    assert parts == pytest.approx(priced, rel=1e-9, abs=1e-6)
    assert_limits_are_kept(oracle, solution, best, orders, transfers)
    assert (solution.status == "relaxed") == bool(best.relaxations)
    assert solution.gap <= 1e-5
    if written["policy"].get("objective") == "backorders":
        assert_backorders_come_first(oracle, solution, best, search, orders, transfers)
    else:
        assert close(solution.cost.total, best.total)
        assert solution.bound <= best.total + 1e-6 * max(1.0, abs(best.total))


def assert_limits_are_kept(oracle: Oracle, solution, best: Best, orders, transfers) -> None:
    if not best.relaxations:
        assert oracle.violations(orders, transfers) == []
    found = {r.period: r.amount for r in solution.relaxations}
    wanted = {key[-1]: amount for key, amount in best.relaxations.items()}
    assert found.keys() == wanted.keys()
    assert sum(found.values()) == pytest.approx(sum(wanted.values()), rel=1e-4, abs=1e-6)


def assert_backorders_come_first(oracle: Oracle, solution, best: Best, search, orders, transfers) -> None:
    """Judge the second stage by the engine's own first one, whose gap may differ from none."""
    plan = procure.Plan.from_dict(oracle.plan)
    assert solution.backorder_bound <= best.backorder_bound + 1e-6
    weight = {item.item: item.priority for item in plan.items}
    frame = solution.projection()
    found = float((frame["expected_backorders"] * frame["item"].map(weight)).sum())
    most = oracle.backorder_allowance(best.backorder_bound * (1.0 + 2e-3))
    assert found <= most * (1.0 + 1e-6) + 1e-9
    assert solution.cost.total >= search.least_cost(most) - 1e-5 * max(1.0, abs(best.total))
    assert solution.cost.total <= best.total + 1e-5 * max(1.0, abs(best.total))
