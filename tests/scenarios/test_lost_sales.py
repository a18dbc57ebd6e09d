"""Customers who do not wait: critical ratios, dense grid search on 100,000 worlds, and mixed plans."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import procure
from tests.oracle.cases import plain, weekly
from tests.scenarios.open_loop import Item, gamma, worlds

PRICE, LOSS, HOLDING = 2.0, 6.0, 0.5
ITEM = Item(holding=HOLDING, backorder=LOSS + PRICE, credit=PRICE, stock=25.0, lost=True)
"""Each unit lost costs the margin and the price that it was not bought for; what is left is worth its price."""
ON_TIME, WHOLE = {0: 1.0}, {1: 1.0}


def lost_plan(mean=30.0, sd=9.0, periods=1, stock=0.0, offer=None, item=None, **plan):
    return plain(
        item={"backorder_cost": LOSS, "holding_cost": HOLDING, "unmet_demand": "lost", **(item or {})},
        offer={"unit_price": PRICE, **(offer or {})},
        stock=[{"item": "A", "warehouse": "W", "on_hand": stock}],
        periods=periods,
        demand=[weekly([mean] * periods, [sd] * periods)],
        **{"policy": {"distribution": "gamma"}, **plan},
    )


def solved(plan, gap=1e-4):
    return procure.solve(procure.Plan.from_dict(plan), gap=gap, time_limit=20)


def ordered(solution):
    return {line.period: line.quantity for line in solution.lines}


@pytest.mark.parametrize("terminal", [0, 0.5, 1])
def test_one_period_orders_the_critical_quantile(terminal):
    # a unit too few loses 6 and saves nothing; one too many costs 2 + 0.5 less what it is worth at the end
    solution = solved(lost_plan(100, 30, policy={"distribution": "gamma", "terminal_value": terminal}))
    ratio = LOSS / (LOSS + PRICE + HOLDING - terminal * PRICE)
    quantity = stats.gamma.ppf(ratio, (100 / 30) ** 2, scale=9.0)
    assert ordered(solution)[0] == pytest.approx(quantity, abs=2)


def test_losses_over_several_periods_are_planned_as_the_grid_says():
    # orders take a week; 25 units are there now
    solution = solved(lost_plan(periods=3, stock=25, offer={"lead_time": 7, "order_multiple": 4}), gap=1e-3)
    terms = PRICE, {1: 1.0}, WHOLE
    found = worlds(11, gamma(30, 9), 3, [(terms, 0), (terms, 1)])
    levels = np.arange(0.0, 85, 4)
    costs = found.costs(ITEM, [ordered(solution).get(t, 0.0) for t in range(2)])
    _, least = found.best(ITEM, levels, levels)
    assert costs.mean() <= least + 0.01 * abs(least)
    assert solution.cost.total == pytest.approx(costs.mean(), rel=0.02)


def test_losses_and_a_supplier_who_is_late_or_short():
    leads, shares = {0: 0.5, 1: 0.5}, {1: 0.8, 0.4: 0.2}
    offer = {"lead_time": {"0": 0.5, "7": 0.5}, "delivered_fraction": {"1": 0.8, "0.4": 0.2}, "order_multiple": 6}
    policy = {"distribution": "gamma", "scenarios": 1000}
    solution = solved(lost_plan(periods=3, stock=25, offer=offer, policy=policy), gap=1e-3)
    terms = PRICE, leads, shares
    found = worlds(12, gamma(30, 9), 3, [(terms, 0), (terms, 1)])
    levels = np.arange(0.0, 109, 6)
    costs = found.costs(ITEM, [ordered(solution).get(t, 0.0) for t in range(2)])
    _, least = found.best(ITEM, levels, levels)
    assert costs.mean() <= least + 0.01 * abs(least)


def test_expected_backorders_are_the_units_lost():
    # 6 in stock, 4 wanted a week, nothing can be bought: 2, then 4 lost
    plan = plain(
        item={"unmet_demand": "lost"}, offers=[], periods=3, stock=[{"item": "A", "warehouse": "W", "on_hand": 6}],
        demand=[weekly([4, 4, 4])],
    )  # fmt: skip
    solution = solved(plan)
    assert solution.expected_backorders.unit_periods == pytest.approx(6)
    assert solution.projection()["expected_backorders"].to_list() == pytest.approx([0, 2, 4])
    assert solution.expected_backorders.open_loop.unit_periods == pytest.approx(6)
    assert solution.fill_rate == pytest.approx(0.5)
    # without an offer r is 0: 3 a unit lost, 2 units held one week at 0.5
    assert solution.cost.backorder == pytest.approx(18)
    assert solution.cost.total == pytest.approx(18 + 1)


def mixed(budget=None):
    """Customers of A do not wait, those of B do."""
    plan = lost_plan(
        periods=2,
        stock=10,
        offer={"order_multiple": 5},
        **({} if budget is None else {"capital": {"order_budget": [budget, 0], "carry_over": False}}),
    )
    plan["items"].append({"item": "B", "backorder_cost": 3, "holding_cost": HOLDING})
    plan["offers"].append({"supplier": "S", "item": "B", "unit_price": PRICE, "order_multiple": 5, "lead_time": 0})
    plan["demand"].append({**weekly([30, 30], [9, 9]), "item": "B"})
    plan["policy"]["uncertainty"] = "cumulative"
    return plan


def test_items_that_lose_and_items_that_wait_add_up():
    whole = solved(mixed())
    parts = []
    for item in "AB":
        plan = mixed()
        for table in ("items", "offers", "demand", "stock"):
            plan[table] = [row for row in plan[table] if row["item"] == item]
        parts.append(solved(plan).cost.total)
    assert whole.cost.total == pytest.approx(sum(parts), rel=5e-4, abs=1e-2)


def test_a_budget_is_shared_between_customers_who_wait_and_who_do_not():
    # 100 units can be paid, all at the start
    solution = solved(mixed(200), gap=1e-3)
    bought = {line.item: line.quantity for line in solution.lines}
    assert sum(bought.values()) == pytest.approx(100)
    found = worlds(13, gamma(30, 9), 2, [((PRICE, ON_TIME, WHOLE), 0)])
    lost = Item(holding=HOLDING, backorder=LOSS + PRICE, credit=PRICE, stock=10.0, lost=True)
    waits = Item(holding=HOLDING, backorder=3.0, owed=PRICE, credit=PRICE)
    a = {q: found.costs(lost, [q]).mean() for q in np.arange(0.0, 101, 5)}
    b = {q: found.costs(waits, [q]).mean() for q in np.arange(0.0, 101, 5)}
    least = min(a[p] + b[q] for p in a for q in b if p + q <= 100)
    here = a[bought.get("A", 0.0)] + b[bought.get("B", 0.0)]
    gross = least + PRICE * 100
    assert here <= least + 0.01 * gross
    assert solution.cost.total == pytest.approx(here, abs=0.01 * gross)
