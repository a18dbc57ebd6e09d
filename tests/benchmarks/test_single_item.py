"""The (s, S) simulation by hand, its search, and the copies of an item that nothing links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from procure.engines.run import solve
from procure.plan.network import build_network

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import single_item

    monkeypatch.setattr(single_item, "WARM_UP", 0)
    return single_item


def test_an_s_s_policy_by_hand(bench):
    """Stock 6, lead 1, (2, 8), demand 3, 3, 3, 3: orders 8 in week 2 (position 0), which comes in week 3.

    Net stock at the ends of the weeks: 3, 0, -3, 2, so holding 3 + 2, backorders 3 at 9, one order at 5.
    """
    case = bench.Case("by hand", line_cost=5.0, mean=3.0, sd=0.0, holding=2.0, backorder=9.0, lead_time=7.0)
    start = round(3.0 * (2 + case.cycle / 2))
    demand = np.array([[start - 6 + 3.0, 3.0, 3.0, 3.0]])  # brings the stock to 3 at the end of the first week
    cost = bench.policy_cost(case, demand, np.array([2]), np.array([8]))
    assert cost.shape == (1, 1)
    assert cost[0, 0] == pytest.approx((2.0 * (3 + 0 + 0 + 2) + 9.0 * 3 + 5.0) / 4)


def test_the_search_finds_what_a_full_grid_finds(bench):
    case = bench.Case("small", line_cost=10.0, mean=4.0, sd=2.0, holding=1.0, backorder=9.0, lead_time=7.0)
    s, big = bench.best_policy(case, seed=3, items=5, weeks=60)
    demand = bench.demand_of(case, 5, 60, 1003)
    grid = [(a, b) for a in range(-4, 25) for b in range(a + 1, a + 31)]
    reorder, up_to = (np.array(column) for column in zip(*grid, strict=True))
    every = bench.policy_cost(case, demand, reorder, up_to).mean(axis=1)
    found = bench.policy_cost(case, demand, np.array([s]), np.array([big])).mean()
    assert found <= every.min() * 1.005


def test_copies_get_the_orders_of_one_alone(bench):
    case = bench.Case("short", line_cost=40.0)
    one, three = (solve(bench.plan_of(case, n, 8), gap=1e-6, time_limit=30.0) for n in (1, 3))
    assert three.cost.total == pytest.approx(3 * one.cost.total, rel=1e-6)


def test_the_replay_meets_the_demand_of_the_policy(bench):
    case = bench.Case("short", line_cost=40.0)
    demand = bench.demand_of(case, 2, 6, 1)
    assert demand.shape == (2, 6)
    assert demand.mean() == pytest.approx(20.0, rel=0.3)
    assert build_network(bench.plan_of(case, 2, 13)).n_cells == 2


def test_cost_of_the_replay_is_that_of_its_stock_and_orders(bench):
    """A planner that never orders: holding 70 - 20 t while it lasts, then backorders, with known demand."""
    case = bench.Case("idle", line_cost=40.0, sd=0.0)
    start = round(20 * (3 + 2 / 2))
    plan = bench.plan_of(case, 1, 13)

    def idle(plan: Any) -> Any:
        from tests.insight.rolling_plans import decided

        return decided(plan, {})

    cost, _ = bench.replanned(case, 1, 6, 13, 1, idle)
    net = start - 20 * np.arange(1, 7)
    assert cost[0] == pytest.approx((np.maximum(net, 0) + 9 * np.maximum(-net, 0)).mean())
    assert plan.stock[0].on_hand == start
