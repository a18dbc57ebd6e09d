"""Plans with a known answer: newsvendor, base stock, Wagner-Whitin, quantity discounts."""

from __future__ import annotations

import math

import pytest
from scipy import stats
from stockpyl.newsvendor import newsvendor_normal
from stockpyl.wagner_whitin import wagner_whitin

import procure
from tests.oracle.cases import plain, weekly

KNOWN = {"terminal_value": 0}
"""Leftovers are worth nothing, as in a textbook."""


def solved(**changes):
    return procure.solve(procure.Plan.from_dict(plain(**changes)), gap=1e-7, time_limit=30)


def quantities(solution):
    return {line.period: line.quantity for line in solution.lines}


def law(distribution: str, mean: float, variance: float):
    """Quantile function of a sum with this mean and variance."""
    if distribution == "normal":
        return stats.norm(mean, math.sqrt(variance)).ppf
    if distribution == "gamma":
        return stats.gamma(mean**2 / variance, scale=variance / mean).ppf
    if distribution == "poisson":
        return stats.poisson(mean).ppf
    return stats.nbinom(mean**2 / (variance - mean), mean / variance).ppf


@pytest.mark.parametrize("days", [0, 14])
@pytest.mark.parametrize("multiple", [1, 5])
@pytest.mark.parametrize("distribution", ["normal", "gamma", "poisson", "negative_binomial"])
def test_order_up_to_the_critical_quantile_of_lead_time_and_review(distribution, multiple, days):
    # units left are worth what they cost and units owed cost as much, so b / (b + h) is the whole of it
    b, h, mean, sd, periods = 9.0, 0.5, 20.0, 6.0, 6
    solution = solved(
        item={"backorder_cost": b, "holding_cost": h},
        offer={"lead_time": days, "order_multiple": multiple},
        periods=periods,
        demand=[weekly([mean] * periods, [sd] * periods)],
        policy={"distribution": distribution},
    )
    lead = days // 7
    window = 1 + lead
    variance = window * mean if distribution == "poisson" else window * sd**2
    quantile = law(distribution, window * mean, variance)(b / (b + h))
    supply = solution.projection()["supply"].to_numpy()
    for period in range(lead, periods):
        level = supply[period] - (period - lead) * mean
        assert abs(level - quantile) <= multiple


@pytest.mark.parametrize("days", [0, 7, 21])
def test_base_stock_under_a_lead_time_costs_what_the_newsvendor_says(days):
    b, h, mean, sd, periods = 4.0, 1.0, 50.0, 10.0, 5
    level, cost = newsvendor_normal(h, b, mean, sd, lead_time=days // 7)
    solution = solved(
        item={"backorder_cost": b, "holding_cost": h},
        offer={"lead_time": days, "order_multiple": 0},
        periods=periods,
        demand=[weekly([mean] * periods, [sd] * periods)],
        policy={"distribution": "normal"},
    )
    frame = solution.projection().iloc[days // 7 :]
    assert frame["supply"].iloc[0] == pytest.approx(level, abs=0.1)
    each = h * frame["expected_on_hand"] + b * frame["expected_backorders"]
    assert each.to_list() == pytest.approx([cost] * len(each), rel=1e-4)


@pytest.mark.parametrize(
    ("fixed", "holding", "demand"),
    [
        (500.0, 2.0, [90, 120, 80, 70]),
        (132.0, 0.6, [100, 100, 50, 50, 210]),
        (54.0, 0.4, [10, 62, 12, 130, 154, 129, 88, 52, 124, 160, 238, 41]),
    ],
)
def test_wagner_whitin(fixed, holding, demand):
    orders, cost, _, _ = wagner_whitin(len(demand), holding, fixed, demand)
    solution = solved(
        item={"backorder_cost": 10_000, "holding_cost": holding},
        offer={"unit_price": 1, "fixed_line_cost": fixed},
        periods=len(demand),
        demand=[weekly(demand)],
        policy=KNOWN,
    )
    assert solution.cost.total == pytest.approx(cost + sum(demand))
    assert solution.bound <= cost + sum(demand) + 1e-6
    if fixed != 132.0:  # the second has two best plans
        assert quantities(solution) == {t: q for t, q in enumerate(orders[1:]) if q}


@pytest.mark.parametrize(
    ("holding", "orders", "total"),
    [
        # 40 at 1.75, one order at 20, 30 + 20 + 10 units held
        (0.5, {0: 40}, 70 + 20 + 30),
        # twice 20 at 1.80, two orders at 20, 10 + 10 units held; one order would cost 126
        (0.6, {0: 20, 2: 20}, 72 + 40 + 12),
        # four times 10 at 2.00 and 80 of orders would cost 160 at any rate: too dear to split further
        (1.5, {0: 20, 2: 20}, 72 + 40 + 30),
    ],
)
def test_all_units_discount_against_order_cost_and_stock(holding, orders, total):
    breaks = [{"minimum_quantity": 20, "unit_price": 1.8}, {"minimum_quantity": 40, "unit_price": 1.75}]
    solution = solved(
        item={"backorder_cost": 100, "holding_cost": holding},
        supplier={"fixed_order_cost": 20},
        offer={"price_breaks": breaks},
        demand=[weekly([10, 10, 10, 10])],
        policy=KNOWN,
    )
    assert solution.cost.total == pytest.approx(total)
    assert quantities(solution) == orders


def test_more_than_needed_is_bought_where_the_discount_pays_for_it():
    # 18 at 2.00 cost 36; 20 at 1.70 and two left over at 0.50 cost 35
    solution = solved(
        item={"backorder_cost": 100},
        offer={"price_breaks": [{"minimum_quantity": 20, "unit_price": 1.7}]},
        periods=1,
        demand=[weekly([18])],
        policy=KNOWN,
    )
    assert quantities(solution) == {0: 20}
    assert solution.cost.total == pytest.approx(35)


@pytest.mark.parametrize(
    ("holding", "total"),
    [
        # all 30 at once: 10 * 3 + 20 * 2, 20 + 10 units held
        (0.4, 70 + 12),
        # 20 and 10: 50 + 30, 10 units held
        (0.6, 80 + 6),
        # three times 10 at 3.00
        (1.2, 90),
    ],
)
def test_incremental_breaks_leave_the_first_units_dear(holding, total):
    breaks = [{"minimum_quantity": 10, "unit_price": 2}]
    solution = solved(
        item={"backorder_cost": 100, "holding_cost": holding},
        offer={"unit_price": 3, "price_breaks": breaks, "price_break_type": "incremental"},
        periods=3,
        demand=[weekly([10, 10, 10])],
        policy=KNOWN,
    )
    assert solution.cost.total == pytest.approx(total)
    assert solution.bound <= total + 1e-6
