"""What some more of a limit saves: stated, and found by trying every combination of quantities."""

from __future__ import annotations

import numpy as np
import pytest

import procure
from tests.limit_steps import with_more
from tests.oracle import Oracle, Search
from tests.oracle.tiny_plans import tiny_plan

GAP = 1e-7


def truly_least(plan, most_backorders):
    """Cost of the best of all combinations; of those with at most so many backorders, if the plan puts them first."""
    search = Search(Oracle(plan))
    if plan["policy"].get("objective") == "backorders":
        return search.least_cost(most_backorders * (1.0 + 2e-6))
    return search.solve().total


def weighted_backorders(solution):
    weight = {item.item: item.priority for item in solution.plan.items}
    frame = solution.projection()
    return float((frame["expected_backorders"] * frame["item"].map(weight)).sum())


def confirmed(seed):
    """Hold what is stated of every limit of a random plan against the truth; returns how many limits there are."""
    plan = tiny_plan(seed)
    solution = procure.solve(procure.Plan.from_dict(plan), gap=GAP, prices=False)
    if solution.relaxations:
        return 0
    found = procure.limit_prices(solution, most=2, gap=GAP)
    held = weighted_backorders(solution)
    before = truly_least(plan, held)
    room = 3.0 * GAP * max(1.0, solution.cost.total, solution.cost.total - solution.cost.terminal) + 1e-5
    for price in found.limits:
        saved = before - truly_least(with_more(plan, price), held)
        assert price.saved == pytest.approx(saved, abs=10.0 * room)
        assert price.least - 10.0 * room <= saved <= price.most + 10.0 * room
    return len(found.limits)


@pytest.mark.parametrize("seed", [8, 9, 29])
def test_the_stated_saving_of_a_step_is_that_of_the_best_plan_with_it(seed):
    assert confirmed(seed) >= 1


@pytest.mark.slow
def test_it_is_on_fifty_random_plans():
    assert np.count_nonzero([confirmed(seed) for seed in range(150)]) >= 50
