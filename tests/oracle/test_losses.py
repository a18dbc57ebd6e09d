from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from .arithmetic import Oracle
from .cases import CELL, oracle, plain, weekly
from .losses import Window, choose_family


def test_normal_loss_is_the_newsvendor_table_value():
    # z = 0.5: unit loss 0.19780, times sd 4
    window = Window(0.0, "normal", 10.0, 16.0)
    assert float(window.backorders(12.0)) == pytest.approx(4 * 0.1977966, abs=1e-6)
    assert float(window.on_hand(12.0)) == pytest.approx(2 + 4 * 0.1977966, abs=1e-6)
    assert window.quantile(0.975) == pytest.approx(10 + 4 * 1.959964, abs=1e-5)


def test_poisson_loss_is_summed_by_hand():
    # mean 2, supply 3: 3 p0 + 2 p1 + 1 p2 = (3 + 2*2 + 2) / e^2
    window = Window(0.0, "poisson", 2.0, 2.0)
    assert float(window.on_hand(3.0)) == pytest.approx(9 * math.exp(-2))
    assert float(window.backorders(3.0)) == pytest.approx(9 * math.exp(-2) - 1)
    assert float(window.backorders(-1.5)) == pytest.approx(3.5)
    assert window.quantile(0.67) == 2  # P(D <= 2) = 5/e^2 = 0.6767
    assert window.quantile(0.68) == 3


def test_negative_binomial_loss_is_summed_by_hand():
    # mean 2, variance 4: two failures at 1/2, p0 = p1 = 1/4
    window = Window(0.0, "negative_binomial", 2.0, 4.0)
    assert float(window.on_hand(2.0)) == pytest.approx(2 / 4 + 1 / 4)
    assert float(window.backorders(2.0)) == pytest.approx(3 / 4)


def test_gamma_loss_with_shape_1_is_exponential():
    window = Window(0.0, "gamma", 2.0, 4.0)
    assert float(window.backorders(2.0)) == pytest.approx(2 * math.exp(-1))
    assert float(window.on_hand(2.0)) == pytest.approx(2 * math.exp(-1))
    assert float(window.on_hand(-1.0)) == 0


@pytest.mark.parametrize("supply", [0.5, 3.0, 7.25])
def test_gamma_loss_is_the_integral_of_the_tail(supply):
    window = Window(0.0, "gamma", 3.0, 1.7)
    law = stats.gamma(9 / 1.7, scale=1.7 / 3)
    loss, _ = integrate.quad(law.sf, supply, 60, epsabs=1e-12)
    excess, _ = integrate.quad(law.cdf, 0, supply, epsabs=1e-12)
    assert float(window.backorders(supply)) == pytest.approx(loss, abs=1e-9)
    assert float(window.on_hand(supply)) == pytest.approx(excess, abs=1e-9)


@pytest.mark.parametrize("family", ["known", "normal", "gamma", "poisson", "negative_binomial"])
def test_stock_less_backorders_is_supply_less_mean_demand(family):
    window = Window(2.5, family, 6.0, 9.0)
    supply = np.array([[-3.0, 0.0, 2.0], [7.3, 9.0, 40.0]])
    balance = window.on_hand(supply) - window.backorders(supply)
    np.testing.assert_allclose(balance, supply - 8.5, atol=1e-9)


def test_samples_are_averaged():
    window = Window(1.0, "samples", 2.0, 0.0, np.array([0.0, 2.0, 4.0]))
    assert float(window.on_hand(4.0)) == pytest.approx((3 + 1 + 0) / 3)
    assert float(window.backorders(4.0)) == pytest.approx(1 / 3)
    assert [window.quantile(level) for level in (0.3, 0.34, 2 / 3, 0.9)] == [0, 2, 2, 4]


@pytest.mark.parametrize(
    ("distribution", "mean", "variance", "family"),
    [
        ("auto", 4.0, 4.03, "poisson"),
        ("auto", 4.0, 4.05, "negative_binomial"),
        ("auto", 4.0, 3.97, "poisson"),
        ("auto", 4.0, 3.9, "gamma"),
        ("auto", 4.0, 0.0, "known"),
        ("poisson", 4.0, 9.0, "poisson"),
        ("poisson", 4.0, 0.0, "poisson"),
        ("negative_binomial", 4.0, 9.0, "negative_binomial"),
        ("negative_binomial", 4.0, 4.0, "poisson"),
        ("negative_binomial", 4.0, 0.0, "known"),
        ("gamma", 4.0, 9.0, "gamma"),
        ("normal", 4.0, 0.0, "known"),
    ],
)
def test_families(distribution, mean, variance, family):
    assert choose_family(distribution, mean, variance) == family


def test_only_the_last_p_periods_are_random():
    # a lead time of 10 days is 2 periods, so P = 3
    case = oracle(offer={"lead_time": 10}, demand=[weekly([1, 2, 3, 4], [1, 1, 2, 2])])
    assert case.protection(CELL) == 3
    last = case.window(CELL, 3)
    assert (last.shift, last.mean, last.variance) == (1, 9, 9)
    first = case.window(CELL, 0)
    assert (first.shift, first.mean, first.variance) == (0, 1, 1)
    open_loop = case.window(CELL, 3, case.periods)
    assert (open_loop.shift, open_loop.mean, open_loop.variance) == (0, 10, 10)


def test_cumulative_counts_all_periods():
    assert oracle(policy={"uncertainty": "cumulative"}).protection(CELL) == 4


def test_promotion_covers_three_of_seven_days():
    # u = 1 + 3/7; variance u^2 * 4 + (3/7 * 0.5)^2 * (100 + 4)
    launch = {"item": "A", "first": "2026-01-12", "last": "2026-01-14", "uplift": 2, "uplift_sd": 0.5}
    case = oracle(demand=[weekly([10, 10, 10, 10], [2, 2, 2, 2])], promotions=[launch])
    factor = 10 / 7
    np.testing.assert_allclose(case.demand.mean[CELL], [10, 10 * factor, 10, 10])
    np.testing.assert_allclose(case.demand.variance[CELL], [4, factor**2 * 4 + (3 / 14) ** 2 * 104, 4, 4])


def test_overlapping_promotions_multiply_and_a_foreign_warehouse_is_left_alone():
    rows = [
        {"item": "A", "warehouse": "W", "first": "2026-01-01", "last": "2026-01-11", "uplift": 2},
        {"item": "A", "first": "2026-01-05", "last": "2026-01-11", "uplift": 1.5},
        {"item": "A", "warehouse": "V", "first": "2026-01-05", "last": "2026-02-11", "uplift": 9},
    ]
    assert list(oracle(promotions=rows).demand.mean[CELL]) == [12, 4, 4, 4]


def test_demand_by_date_falls_in_its_period_and_adds_up():
    days = [("2026-01-05", 1, 3), ("2026-01-11", 2, 4), ("2026-01-12", 5, 0), ("2026-03-01", 9, 1)]
    rows = [{"item": "A", "warehouse": "W", "date": day, "mean": m, "sd": s} for day, m, s in days]
    case = oracle(demand=rows)
    assert list(case.demand.mean[CELL]) == [3, 5, 0, 0]
    assert list(case.demand.variance[CELL]) == [25, 0, 0, 0]


def test_samples_take_their_mean_before_the_window_and_are_lifted_by_promotions():
    paths = np.array([[1.0, 2, 3, 0], [3, 4, 5, 0]])
    lift = {"item": "A", "first": "2026-01-12", "last": "2026-01-18", "uplift": 2, "uplift_sd": 1}
    case = Oracle(plain(offer={"lead_time": 7}, demand=[], promotions=[lift]), {CELL: paths})
    window = case.window(CELL, 2)
    assert window.shift == 2
    assert window.draws is not None
    assert list(window.draws) == [4 + 3, 8 + 5]
    assert list(paths[0]) == [1, 2, 3, 0]
