"""When something will come, given that it has not come yet."""

from __future__ import annotations

import math

import pytest
from scipy import integrate, stats

from procure.insight.rolling.lateness import Due
from procure.plan.distributions import LeadTime, read_lead_time


def test_points_that_are_past_are_struck_out():
    """7 days with 1/2, 14 and 28 with 1/4 each: after day 7 it is 14 or 28, so 21 on average, 14 from then."""
    due = Due(0.0, read_lead_time({"7": 0.5, "14": 0.25, "28": 0.25}))
    assert due.expected(7.0) == pytest.approx((14.0, 7.0))


def test_the_last_point_is_certain():
    due = Due(14.0, read_lead_time({"7": 0.9, "35": 0.1}))
    assert due.expected(21.0) == pytest.approx((28.0, 0.0))


def test_a_certain_lead_time_counts_from_the_order():
    assert Due(14.0, LeadTime(17.0)).expected(21.0) == (10.0, 0.0)


@pytest.mark.parametrize("gone", [7.0, 21.0, 35.0])
def test_gamma_lead_times_by_numerical_integration(gone):
    mean, sd = 18.0, 6.0
    law = stats.gamma((mean / sd) ** 2, scale=sd * sd / mean)
    expected = _truncated(law, gone, 300.0)
    assert Due(0.0, LeadTime(mean, sd)).expected(gone) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("gone", [7.0, 21.0, 28.0])
def test_normal_receipt_dates_by_numerical_integration(gone):
    law = stats.norm(18.0, 4.0)
    due = Due(0.0, LeadTime(18.0, 4.0), is_normal=True)
    assert due.expected(gone) == pytest.approx(_truncated(law, gone, gone + 100.0), rel=1e-5)


def _truncated(law, gone, end):
    """Mean from `gone` on and sd of a law above `gone`."""
    total = law.sf(gone)
    mean = integrate.quad(lambda x: x * law.pdf(x), gone, end, limit=200)[0] / total
    square = integrate.quad(lambda x: (x - mean) ** 2 * law.pdf(x), gone, end, limit=200)[0] / total
    return mean - gone, math.sqrt(square)


def test_what_should_long_be_there_is_expected_soon():
    """A normal error of 2 days that is 60 days late: the inverse Mills ratio leaves about sd^2 / 60, a day at least."""
    days, sd = Due(0.0, LeadTime(10.0, 2.0), is_normal=True).expected(70.0)
    assert days == 1.0
    assert 0.0 <= sd < 0.1
    assert Due(0.0, read_lead_time({"7": 0.5, "14": 0.5})).expected(70.0) == (1.0, 0.0)
    days, _ = Due(0.0, LeadTime(10.0, 1.0)).expected(700.0)
    assert days == pytest.approx(1.0)
