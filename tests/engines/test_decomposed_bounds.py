"""Whatever the prices, the dual function never lies above the least total."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from procure.engines.decomposed import programs
from tests.engines.decomposed_plans import (
    Priced,
    Wanted,
    best_of_all,
    best_of_compact,
    cost_plan,
    lane_plan,
    loosened,
    priced,
    random_prices,
)

PRICES = 8
"""Sets of prices tried on each plan."""


def assert_bounded(case: Priced, best: float, rng: np.random.Generator, tries: int = PRICES) -> None:
    slack = 2e-6 * max(1.0, abs(best))
    for _ in range(tries):
        duals = random_prices(case.passes, rng)
        assert case.bound(duals) <= best + slack


def many(few: Iterable[int], more: Iterable[int]) -> list[Any]:
    """A few seeds for every run of the tests, more for `pytest -m slow`."""
    return [*few, *(pytest.param(seed, marks=pytest.mark.slow) for seed in more)]


@pytest.mark.parametrize("seed", many(range(0, 60, 2), range(1, 300, 2)))
def test_random_prices_bound_the_best_of_all_combinations(seed):
    plan = cost_plan(seed)
    assert_bounded(priced(plan), best_of_all(plan), np.random.default_rng(seed))


@pytest.mark.parametrize("levels", [3, 6])
@pytest.mark.parametrize("seed", [0, 31, 81, 137, 201, 253, 257, 258, 296])
def test_levels_coarser_than_orders_still_bound(seed, levels, monkeypatch):
    monkeypatch.setattr(programs, "MOST_LEVELS", levels)
    plan = cost_plan(seed)
    assert_bounded(priced(plan), best_of_all(plan), np.random.default_rng(seed))


@pytest.mark.parametrize("seed", many(range(5), range(5, 60)))
def test_orders_without_a_maximum_are_bounded(seed):
    rng = np.random.default_rng([1, seed])
    case = priced(loosened(cost_plan(100 + seed), rng))
    assert_bounded(case, best_of_compact(case), rng)


@pytest.mark.parametrize("levels", [8192, 20])
@pytest.mark.parametrize("seed", many([0, 1, 5], [k for k in range(60) if k not in (0, 1, 5)]))
def test_lanes_are_bounded(seed, levels, monkeypatch):
    monkeypatch.setattr(programs, "MOST_LEVELS", levels)
    rng = np.random.default_rng([2, seed])
    case = priced(lane_plan(rng))
    assert_bounded(case, best_of_compact(case), rng)


def test_stock_that_only_lanes_can_get_rid_of():
    """Four shops without room each order 100 for one unit's sake and pass 99 on: the hub gets more than all can use."""
    shops = [f"W{k}" for k in range(4)]
    case = priced({
        "format": "procure-plan/1", "name": "hub", "start_date": "2026-01-05", "periods": 3, "currency": "EUR",
        "items": [{"item": "A", "backorder_cost": 50, "holding_cost": 0}],
        "warehouses": [{"warehouse": "H"}, *({"warehouse": w, "capacity": {"units": 1}} for w in shops)],
        "suppliers": [{"supplier": "S", "currency": "EUR"}],
        "offers": [{"supplier": "S", "item": "A", "unit_price": 1, "minimum_order_quantity": 100, "lead_time": 0,
                    "warehouses": shops}],
        "lanes": [{"from": w, "to": "H", "lead_time": 0} for w in shops],
        "demand": [{"item": "A", "warehouse": w, "period": 0, "mean": 1} for w in ("H", *shops)],
    })  # fmt: skip
    # all is sold or worth its price at the end: 5 units are paid for
    best = best_of_compact(case)
    assert best == pytest.approx(5.0)
    for stock in (-2.0, -0.5, 0.0, 0.5, 1.0):
        for price in (0.0, 1.0, 10.0):
            assert case.bound(_even(case, price, stock)) <= best + 1e-6


def _even(case: Priced, limits: float, stock: float) -> Wanted:
    """The same price on every limit and the same on all stock that changes hands."""
    passes, periods = case.passes, case.passes.network.periods
    groups = np.zeros((len(passes.network.group_supplier), periods))
    return Wanted(
        np.full((len(passes.limits), periods), limits),
        np.zeros((len(passes.programs.source), periods)),
        groups,
        groups.copy(),
        np.full((passes.network.n_moves, periods), stock),
    )


def test_rules_that_an_order_does_not_have_are_not_priced():
    """A subsidy without a minimum or a discount would be paid by nobody."""
    plan = cost_plan(12)
    case, best = priced(plan), best_of_all(plan)
    duals = _even(case, 0.0, 0.0)
    assert not case.passes.terms.ruled.any()
    for subsidy in (-0.5, 0.5):
        duals.subsidy[:] = subsidy
        assert case.bound(duals) <= best + 1e-6


def test_an_order_may_hold_more_than_cells_can_use_to_reach_its_minimum():
    """Ten units are wanted; the order's minimum asks for a hundred; ninety are worth their price at the end."""
    case = priced({
        "format": "procure-plan/1", "name": "minimum", "start_date": "2026-01-05", "periods": 2, "currency": "EUR",
        "items": [{"item": "A", "backorder_cost": 30, "holding_cost": 0.01}],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [{"supplier": "S", "currency": "EUR", "minimum_order_value": 100}],
        "offers": [{"supplier": "S", "item": "A", "unit_price": 1, "lead_time": 0}],
        "demand": [{"item": "A", "warehouse": "W", "period": 0, "mean": 10}],
    })  # fmt: skip
    best = best_of_compact(case)
    # 100 bought, 90 kept over two periods and credited at the end
    assert best == pytest.approx(100 + 2 * 0.9 - 90)
    for subsidy in (0.0, 0.2, 0.9):
        duals = _even(case, 0.0, 0.0)
        duals.subsidy[:] = subsidy
        bound = case.bound(duals)
        assert np.isfinite(bound)
        assert bound <= best + 1e-6


def test_demand_given_by_samples_is_bounded(tmp_path):
    rng = np.random.default_rng(6)
    rows = ["item,warehouse,sample,period,quantity"]
    rows += [f"A,W,{k},{t},{rng.integers(0, 9)}" for k in range(20) for t in range(3)]
    (tmp_path / "paths.csv").write_text("\n".join(rows), encoding="utf-8")
    case = priced({
        "format": "procure-plan/1", "name": "samples", "start_date": "2026-01-05", "periods": 3, "currency": "EUR",
        "items": [{"item": "A", "backorder_cost": 4, "holding_cost": 0.3, "service_level": 0.8}],
        "warehouses": [{"warehouse": "W", "capacity": {"units": 9}}],
        "suppliers": [{"supplier": "S", "currency": "EUR", "fixed_order_cost": 6}],
        "offers": [{"supplier": "S", "item": "A", "unit_price": 2, "lead_time": 0, "order_multiple": 2}],
        "stock": [{"item": "A", "warehouse": "W", "on_hand": 2.5}],
        "demand_samples": str(tmp_path / "paths.csv"),
    })  # fmt: skip
    assert case.task.laws.planned.sorted_paths
    assert_bounded(case, best_of_compact(case), rng, tries=30)
