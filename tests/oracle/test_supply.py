"""Random supply and lost sales of the oracle, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from .arithmetic import Oracle
from .cases import CELL, NOW, oracle, plain, weekly
from .enumerate import enumerate_best

#: One week with 0.7, two with 0.2, three with 0.1: 1.4 weeks on average, so nominally two.
LATE = {"7": 0.7, "14": 0.2, "21": 0.1}


def law(case, orders, t, protection=None):
    values, chances = case.flows(orders, {})[CELL].law(t, protection)
    return dict(zip(values.tolist(), chances.tolist(), strict=True))


def test_an_order_within_the_window_comes_early_late_or_not_yet():
    # nominally period 2; P = 3, so in period 4 the order is within the window (2 >= 4 - 3 + 1) and not in period 5
    case = oracle(offer={"lead_time": LATE}, periods=6, demand=[weekly([4] * 6)])
    assert case.protection(CELL) == 3
    assert law(case, {NOW: 10}, 0) == {0: 1}
    assert law(case, {NOW: 10}, 1) == pytest.approx({0: 0.3, 10: 0.7})
    assert law(case, {NOW: 10}, 2) == pytest.approx({0: 0.1, 10: 0.9})
    assert case.supply({NOW: 10}, {})[CELL].tolist() == pytest.approx([0, 7, 9, 10, 10, 10])


def test_an_order_before_the_window_counts_as_on_time():
    # mean 9 days: nominally period 2, P = 3; late by three weeks with 0.1
    late = {"7": 0.9, "27": 0.1}
    case = oracle(offer={"lead_time": late}, periods=6, demand=[weekly([4] * 6)])
    at_once = oracle(offer={"lead_time": {"0": 0.8, "28": 0.2}}, periods=6, demand=[weekly([4] * 6)])
    assert case.protection(CELL) == 3
    assert case.supply({NOW: 10}, {})[CELL].tolist() == pytest.approx([0, 9, 9, 9, 10, 10])
    # mean 5.6 days: nominally period 1, P = 2; without the window it would be 8 until period 3
    assert at_once.supply({NOW: 10}, {})[CELL].tolist() == pytest.approx([8, 8, 8, 10, 10, 10])
    assert law(at_once, {NOW: 10}, 3) == {10: 1}
    assert law(at_once, {NOW: 10}, 3, 6) == pytest.approx({0: 0.2, 10: 0.8})


def test_backorders_are_the_mean_over_what_comes():
    # 4 wanted: 4 units short when nothing comes (0.2), 2 when half (0.3), none and 2 left when 6 come... of 8: 0.5 * 8
    share = {"1": 0.5, "0.5": 0.3, "0": 0.2}
    case = oracle(offer={"delivered_fraction": share}, periods=1, demand=[weekly([5])])
    path = case.projection({NOW: 8}, {})[CELL]
    assert path.supply.tolist() == pytest.approx([8 * 0.65])
    assert path.backorders.tolist() == pytest.approx([0.2 * 5 + 0.3 * 1])
    assert path.on_hand.tolist() == pytest.approx([0.5 * 3])
    assert path.peak.tolist() == pytest.approx([8 * 0.65])
    assert case.costs({NOW: 8}, {})["purchase"] == pytest.approx(8 * 2 * 0.65)


def test_two_orders_are_late_independently_of_each_other():
    case = oracle(offer={"lead_time": {"0": 0.5, "7": 0.5}}, periods=3, demand=[weekly([4] * 3)])
    orders = {NOW: 3, ("S/A", "W", 1): 5}
    # nominally periods 1 and 2; P = 2: in period 1 both are open, in period 2 the first counts as there
    assert law(case, orders, 1) == pytest.approx({3: 0.5, 8: 0.5})
    assert law(case, orders, 0) == pytest.approx({0: 0.5, 3: 0.5})
    assert case.projection(orders, {})[CELL].peak.tolist() == pytest.approx([1.5, 0.5 * 0 + 0.5 * 4, 0])


def test_a_gamma_lead_time_is_rounded_up_to_days():
    case = oracle(offer={"lead_time": {"mean": 9, "sd": 3}}, demand=[weekly([4] * 4)])
    chances = stats.gamma.cdf([0, 7, 14, 21], 9, scale=1)
    assert case.supply({NOW: 1}, {})[CELL].tolist() == pytest.approx(chances)


def test_an_open_order_errs_by_a_normal_and_never_before_the_start():
    row = {"item": "A", "warehouse": "W", "quantity": 10, "receipt_date": "2026-01-08", "lead_time_sd": 5}
    case = oracle(offer={"lead_time": 21}, open_orders=[row])
    chances = stats.norm.cdf([-3 / 5, 4 / 5, 11 / 5, 18 / 5])
    assert case.opening[CELL].tolist() == pytest.approx(10 * chances)


def test_units_lost_are_lost_once():
    # stock 6 of known demand 4 a week: 2 lost in week 1, 4 lost in week 2 of which an order of 3 serves 3
    stock = [{"item": "A", "warehouse": "W", "on_hand": 6}]
    case = oracle(item={"unmet_demand": "lost"}, stock=stock, periods=3, demand=[weekly([4] * 3)])
    path = case.projection({("S/A", "W", 2): 3}, {})[CELL]
    assert path.backorders.tolist() == pytest.approx([0, 2, 1])
    assert path.on_hand.tolist() == pytest.approx([2, 0, 0])
    assert path.peak.tolist() == pytest.approx([6, 2, 3])
    costs = case.costs({("S/A", "W", 2): 3}, {})
    assert costs["backorder"] == pytest.approx((3 + 2) * 3)
    assert costs["terminal"] == pytest.approx(0)
    assert case.fill_rate({("S/A", "W", 2): 3}, {}) == pytest.approx(9 / 12)


def exact_lost(mean: float, orders: list[int], stock: int) -> np.ndarray:
    """Expected units lost in each period of Poisson demand, by the law of the stock on hand."""
    counts = np.arange(0, 80)
    law, lost = np.eye(60)[stock], []
    for arrives in orders:
        law = np.roll(law, arrives)
        chances = stats.poisson.pmf(counts, mean)
        short = np.maximum(counts[None, :] - np.arange(60)[:, None], 0)
        lost.append(float(law @ short @ chances))
        after = np.zeros(60)
        for units, chance in enumerate(law):
            np.add.at(after, np.maximum(units - counts, 0), chance * chances)
        law = after
    return np.array(lost)


def test_lost_sales_of_poisson_demand_agree_with_the_law_of_the_stock():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 7}]
    demand = [weekly([4] * 4, [2] * 4)]
    case = oracle(item={"unmet_demand": "lost"}, stock=stock, demand=demand)
    orders = {("S/A", "W", 1): 3, ("S/A", "W", 3): 6}
    path = case.projection(orders, {})[CELL]
    exact = exact_lost(4, [0, 3, 0, 6], 7)
    assert np.all(np.abs(path.backorders - exact) <= 4 * path.errors()["backorders"])


def test_lost_sales_with_an_order_that_may_be_late_mix_the_two_worlds():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 5}]
    demand = [weekly([4] * 3, [2] * 3)]
    case = oracle(item={"unmet_demand": "lost"}, offer={"lead_time": {"7": 0.6, "14": 0.4}}, stock=stock,
                  periods=3, demand=demand)  # fmt: skip
    path = case.projection({NOW: 6}, {})[CELL]
    exact = 0.6 * exact_lost(4, [0, 6, 0], 5) + 0.4 * exact_lost(4, [0, 0, 6], 5)
    assert np.all(np.abs(path.backorders - exact) <= 4 * path.errors()["backorders"])


def test_known_demand_without_losses_is_the_same_lost_or_owed():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 20}]
    owed, lost = Oracle(plain(stock=stock)), oracle(stock=stock, item={"unmet_demand": "lost"})
    assert lost.costs({}, {}) == pytest.approx(owed.costs({}, {}))
    assert lost.cost_error({}, {}) == 0


@pytest.mark.parametrize("offer", [{"lead_time": LATE}, {"delivered_fraction": {"1": 0.5, "0": 0.5}}])
def test_the_grid_refuses_what_it_does_not_know(offer):
    with pytest.raises(ValueError, match="random supply"):
        enumerate_best(oracle(offer=offer), cap=3)
