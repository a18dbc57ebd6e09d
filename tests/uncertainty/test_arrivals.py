"""The law of uncertain supply: by hand, and against draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from procure.plan.network import build_network
from procure.uncertainty.arrivals import VALUES, arrivals, supply_law
from procure.uncertainty.draws import Source, order_draws, receipt_draws
from tests.insight.rolling_plans import one_item


def plan_over(periods, **changes):
    demand = [{"item": "A", "warehouse": "W", "mean": [4.0] * periods}]
    return one_item(periods=periods, demand=demand, **changes)


def ordering(**quantities):
    """Return a plan's network and orders of its one line: `t0=10.0`."""
    plan = quantities.pop("plan")
    network = build_network(plan)
    orders = np.zeros((network.n_lines, network.periods))
    for period, units in quantities.items():
        orders[0, int(period[1:])] = units
    return network, orders


def merged(values, chances):
    found = {}
    for value, chance in zip(values, chances, strict=True):
        if chance > 0:
            found[round(float(value), 9)] = found.get(round(float(value), 9), 0.0) + float(chance)
    return found


def test_an_order_that_is_late_and_short_by_hand():
    # 10 units for period 1 or 2, each half of the time; all of them (0.8) or half (0.2); 3 are there for sure.
    plan = one_item(offer={"lead_time": {"7": 0.5, "14": 0.5}, "delivered_fraction": {"1": 0.8, "0.5": 0.2}})
    network, orders = ordering(plan=plan, t0=10.0)
    (mine,) = arrivals(network, orders).values()
    assert mine[0].expected == pytest.approx([0.0, 4.5, 9.0])
    values, chances = supply_law(np.full(3, 3.0), mine)
    assert merged(values[0], chances[0]) == pytest.approx({3.0: 1.0})
    assert merged(values[1], chances[1]) == pytest.approx({3.0: 0.5, 13.0: 0.4, 8.0: 0.1})
    assert merged(values[2], chances[2]) == pytest.approx({13.0: 0.8, 8.0: 0.2})


def test_two_orders_are_independent():
    plan = one_item(offer={"lead_time": 0, "delivered_fraction": {"1": 0.5, "0": 0.5}})
    network, orders = ordering(plan=plan, t0=4.0, t1=4.0)
    (mine,) = arrivals(network, orders).values()
    values, chances = supply_law(np.zeros(3), mine)
    assert merged(values[1], chances[1]) == pytest.approx({0.0: 0.25, 4.0: 0.5, 8.0: 0.25})


@pytest.mark.parametrize("lead", [{"mean": 9, "sd": 6}, {"3": 0.2, "7": 0.3, "8": 0.5}, {"0": 0.4, "20": 0.6}])
def test_chances_of_arrival_are_those_of_the_draws(lead):
    plan = plan_over(5, offer={"lead_time": lead})
    network, orders = ordering(plan=plan, t1=4.0)
    (mine,) = arrivals(network, orders).values()
    drawn, _ = order_draws(network, Source("test", 1, 100_000, stratified=True), 0, 1)
    assert mine[0].there == pytest.approx((drawn <= np.arange(5)[:, None]).mean(axis=1), abs=3e-5)


def test_an_open_order_may_come_early_but_never_before_the_start():
    row = {"po_number": "P", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 6}
    plan = plan_over(4, open_orders=[{**row, "receipt_date": "2026-01-10", "lead_time_sd": 8}])
    network, orders = ordering(plan=plan)
    (mine,) = arrivals(network, orders).values()
    # 5 days after the start, with an sd of 8: at the start with P(error <= -5), by day 7 with P(error <= 2)
    expected = stats.norm.cdf([(0 - 5) / 8, (7 - 5) / 8, (14 - 5) / 8, (21 - 5) / 8])
    assert mine[0].there == pytest.approx(expected)
    assert mine[0].counted.tolist() == [0.0, 6.0, 6.0, 6.0]
    drawn = receipt_draws(network, Source("test", 2, 100_000, stratified=True), 0)
    assert (drawn <= np.arange(4)[:, None]).mean(axis=1) == pytest.approx(expected, abs=3e-5)


def test_many_values_are_put_together_without_changing_the_mean():
    shares = {"1": 0.4, "0.83": 0.3, "0.41": 0.2, "0.07": 0.1}
    plan = plan_over(9, offer={"lead_time": 0, "delivered_fraction": shares})
    network, orders = ordering(plan=plan, **{f"t{t}": 7.0 + 0.3 * t for t in range(9)})
    (mine,) = arrivals(network, orders).values()
    values, chances = supply_law(np.zeros(9), mine)
    points, chance = np.array([[float(k), p] for k, p in shares.items()]).T
    spread = (points**2) @ chance - (points @ chance) ** 2
    units = 7.0 + 0.3 * np.arange(9)
    assert values.shape[1] <= VALUES
    assert chances.sum(axis=1) == pytest.approx(np.ones(9))
    means = (values * chances).sum(axis=1)
    assert means == pytest.approx(np.cumsum(units) * (points @ chance))
    variances = (values**2 * chances).sum(axis=1) - means**2
    assert variances == pytest.approx(np.cumsum(units**2) * spread, rel=1e-4)
