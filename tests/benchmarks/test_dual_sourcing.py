"""The decision process of two suppliers against what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import dual_sourcing

    return dual_sourcing


def base_stock_cost(mean: float, weeks: int, holding: float, backorder: float) -> float:
    """Least cost a week of a base stock with demand of so many weeks at risk: a newsvendor."""
    law = stats.poisson(mean * weeks)
    demand = np.arange(200)
    costs = [
        float((holding * np.maximum(s - demand, 0) + backorder * np.maximum(demand - s, 0)) @ law.pmf(demand))
        for s in range(60)
    ]
    return min(costs)


@pytest.mark.parametrize("lead", [1, 2, 3])
def test_with_express_too_dear_the_optimum_is_a_base_stock(bench, lead):
    case = bench.Case("dear", mean=1.0, holding=1.0, backorder=4.0, premium=1e4, lead=lead)
    gain, _, express = bench.process_of(case).solve()
    assert gain == pytest.approx(base_stock_cost(1.0, lead + 1, 1.0, 4.0), rel=1e-3)
    usual = bench.process_of(case).shape[0] // 2 + 2
    assert not express[usual:].any()


def test_with_express_free_the_optimum_is_its_base_stock(bench):
    case = bench.Case("free", mean=1.0, holding=1.0, backorder=4.0, premium=0.0, lead=2)
    gain, _, _ = bench.process_of(case).solve()
    assert gain == pytest.approx(base_stock_cost(1.0, 1, 1.0, 4.0), rel=1e-3)


def test_following_the_optimum_costs_what_it_promises(bench):
    process = bench.process_of(bench.CASES[0])
    gain, regular, express = process.solve()
    demand = stats.poisson(2.0).rvs((200, 400), random_state=7).astype(float)
    cost, share = bench.follow(process, regular, express, demand)
    error = 1.96 * cost.std(ddof=1) / np.sqrt(len(cost))
    assert abs(cost.mean() - gain) < 2 * error
    assert 0.0 < share < 0.5


def test_the_replay_of_the_regular_supplier_alone_is_a_base_stock(bench):
    """Re-planned without fixed cost, the cost a week is that of the best base stock, within its error."""
    case = bench.Case("alone", mean=2.0, holding=1.0, backorder=9.0, premium=3.0, lead=1)
    cost, share, _ = bench.replanned(case, bench.plan_of(case, 20, 6, express=False), 30, 3)
    error = 2.1 * cost.std(ddof=1) / np.sqrt(len(cost))
    assert share == 0.0
    assert abs(cost.mean() - base_stock_cost(2.0, 2, 1.0, 9.0)) < 2 * error
