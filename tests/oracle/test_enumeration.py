from __future__ import annotations

import numpy as np
import pytest

from .arithmetic import Oracle
from .cases import NOW, oracle, plain, two_places, weekly
from .enumerate import Search, enumerate_best
from .tiny_plans import FEATURES, tiny_plan

TWO_WEEKS = {"periods": 2, "demand": [weekly([4, 4])]}


def order(period: int) -> tuple[str, str, int]:
    return "S/A", "W", period


@pytest.mark.parametrize(
    ("fixed", "orders", "total"),
    [
        # together: 16 + fixed + 4 units held a week at 0.5; apart: 16 + twice fixed
        (3.0, {order(0): 8.0}, 21.0),
        (1.5, {order(0): 4.0, order(1): 4.0}, 19.0),
    ],
)
def test_one_or_two_orders_as_their_fixed_cost_says(fixed, orders, total):
    best = enumerate_best(oracle(supplier={"fixed_order_cost": fixed}, **TWO_WEEKS), cap=10)
    assert best.orders == orders
    assert best.total == pytest.approx(total)


def test_a_break_that_repays_its_stock_is_taken():
    # 8 at 1.50 and 2 of holding beat twice 4 at 2.00
    breaks = [{"minimum_quantity": 8, "unit_price": 1.5}]
    best = enumerate_best(oracle(offer={"price_breaks": breaks}, **TWO_WEEKS), cap=10)
    assert best.orders == {order(0): 8.0}
    assert best.total == pytest.approx(14)


def test_a_budget_leaves_customers_waiting():
    # 6 units a week can be paid; 4 + 4 = 8 need 16; carried over: 3 now, 3 next week
    capital = {"order_budget": 6}
    best = enumerate_best(oracle(capital=capital, **TWO_WEEKS), cap=10)
    assert best.orders == {order(0): 3.0, order(1): 3.0}
    # 12 of purchase, 1 + 2 waiting at 3, 2 owed at 2
    assert best.total == pytest.approx(12 + 9 + 4)


def test_backorders_come_first_and_cost_only_within_the_allowance():
    # least backorders 0; 1 % of nothing and 0.1 % of 8 allow nothing more, so all 8 are bought at any price
    changes = {"offer": {"unit_price": 500}, "policy": {"objective": "backorders"}, **TWO_WEEKS}
    best = enumerate_best(oracle(**changes), cap=8)
    assert best.backorder_bound == 0
    assert best.orders == {order(0): 4.0, order(1): 4.0}


def test_a_lane_relieves_a_store_that_is_too_full():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 9}]
    plan = two_places(stock=stock, demand=[weekly([0, 2], warehouse="V")], periods=2)
    plan["warehouses"][0]["capacity"] = {"units": 4}
    best = enumerate_best(Oracle(plan), cap=3)
    assert best.transfers == {("W", "V", "A", 0): 3.0}
    assert best.relaxations == pytest.approx(
        {("storage", "W", "units", 0): 2.0, ("storage", "W", "units", 1): 2.0}
    )
    assert not best.ambiguous


def test_newsvendor_order_is_the_critical_quantile():
    # one period: a unit short costs 3 now and 2 at the end, one left 0.5 of holding, worth 2 at the end:
    # order up to the 3 / 3.5 = 0.857 quantile of Poisson 4, which is 6 (0.785 at 5, 0.889 at 6)
    case = oracle(periods=1, demand=[weekly([4], [2])])
    assert enumerate_best(case, cap=12).orders == {NOW: 6.0}


def test_unbounded_plans_ask_for_a_cap():
    with pytest.raises(ValueError, match="maximum_order_quantity"):
        enumerate_best(oracle())
    with pytest.raises(ValueError, match="too many"):
        enumerate_best(oracle(), cap=100)


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_grid_and_oracle_agree_on_any_combination(seed):
    case = Oracle(tiny_plan(seed))
    search = Search(case)
    best = search.solve()
    feasible, shape = search.feasible.reshape(-1), search.grid.shape
    rng = np.random.default_rng(seed)
    picks = [int(np.ravel_multi_index([rng.integers(n) for n in shape], shape)) for _ in range(6)]
    keeping = rng.choice(np.flatnonzero(feasible), size=6).tolist()
    for flat in [*picks, *keeping]:
        orders, transfers = search.grid.decisions(flat)
        cost = search.grid.cost.reshape(-1)[flat]
        assert case.costs(orders, transfers)["total"] == pytest.approx(cost, abs=1e-8)
        owed = search.grid.weighted_backorders.reshape(-1)[flat]
        assert case.weighted_backorders(orders, transfers) == pytest.approx(owed, abs=1e-8)
        assert (case.violations(orders, transfers, best.relaxations) == []) == feasible[flat]


def test_best_is_the_cheapest_that_keeps_every_limit():
    case = Oracle(tiny_plan(8))
    search = Search(case)
    best = search.solve()
    assert case.violations(best.orders, best.transfers, best.relaxations) == []
    assert case.costs(best.orders, best.transfers)["total"] == pytest.approx(best.total)
    assert search.least_cost(np.inf) <= best.total


def test_the_same_seed_gives_the_same_plan():
    assert tiny_plan(5) == tiny_plan(5)
    assert tiny_plan(5) != tiny_plan(6)


def test_every_feature_occurs_in_100_seeds():
    plans = [tiny_plan(seed) for seed in range(100)]
    counts = {name: sum(bool(test(plan)) for plan in plans) for name, test in FEATURES.items()}
    assert {name: count for name, count in counts.items() if count < 3} == {}


def test_a_known_start_without_orders_costs_its_backorders():
    case = Oracle(plain(offers=[]))
    best = enumerate_best(case)
    assert best.orders == {}
    assert best.total == pytest.approx(3 * (4 + 8 + 12 + 16))
