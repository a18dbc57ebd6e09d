"""Demand of several periods that is of no family: against convolutions, closed forms and moments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from procure.plan.network import build_network
from procure.uncertainty.law import law_of
from procure.uncertainty.sums import demand_sum, no_family
from tests.insight.rolling_plans import one_item


def network_of(mean, sd, distribution="auto"):
    demand = {"item": "A", "warehouse": "W", "mean": list(mean), "sd": list(sd)}
    policy = {"uncertainty": "cumulative", "distribution": distribution}
    return build_network(one_item(periods=len(mean), demand=[demand], policy=policy))


def judged(*arguments):
    network = network_of(*arguments)
    law = law_of(network, cumulative=True)
    return no_family(network, law.family, law.mean, law.variance)[0].tolist()


def test_what_is_of_a_family_is_left_alone():
    assert judged([5, 9, 2], [3, 1, 4], "normal") == [False] * 3
    assert judged([5, 9, 2], [3, 1, 4], "poisson") == [False] * 3
    # variance is twice the mean in every period; half of it in the next
    assert judged([5, 9, 2], np.sqrt([10, 18, 4]), "negative_binomial") == [False] * 3
    assert judged([5, 9, 2], np.sqrt([2.5, 4.5, 1]), "gamma") == [False] * 3
    assert judged([5, 9, 2], [0, 0, 0]) == [False] * 3


def test_what_is_of_none_is_found_from_the_period_that_breaks_it():
    assert judged([5, 5, 5], np.sqrt([10, 10, 40]), "negative_binomial") == [False, False, True]
    assert judged([5, 5, 5], [1, 4, 4], "gamma") == [False, True, True]
    # a negative binomial period whose variance is below its mean is Poisson, and varies more than it says
    assert judged([5, 5], np.sqrt([1, 20]), "negative_binomial")[1]


def convolved(mean, variance, most=4000):
    """Chances of 0, 1, ... for the sum of negative binomial periods."""
    chances = np.ones(1)
    for m, v in zip(mean, variance, strict=True):
        own = stats.nbinom.pmf(np.arange(most), m * m / (v - m), m / v)
        chances = np.convolve(chances, own)[:most]
    return chances


def test_negative_binomial_periods_add_up_to_their_convolution():
    mean, sd = [5.0, 20.0, 0.3], [3.0, 15.0, 2.0]
    network = network_of(mean, sd, "negative_binomial")
    chances = convolved(mean, np.square(sd))
    found = demand_sum(network, 0)
    x = np.array([-3.0, 0.0, 0.5, 10.0, 25.3, 40.0, 80.0, 150.25])
    units = np.arange(len(chances))
    expected = [(np.maximum(units - point, 0.0) * chances).sum() for point in x]
    assert found.loss(2, x) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_exponential_periods_add_up_to_their_closed_form():
    # sd = mean: exponential; of two with means 4 and 9: E[(D - x)^+] = (9^2 e^(-x/9) - 4^2 e^(-x/4)) / (9 - 4)
    network = network_of([4.0, 9.0], [4.0, 9.0], "gamma")
    found = demand_sum(network, 0)
    x = np.array([0.0, 1.0, 7.7, 13.0, 30.0, 60.0])
    expected = (81 * np.exp(-x / 9) - 16 * np.exp(-x / 4)) / 5
    assert found.loss(1, x) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_families_that_differ_and_known_periods_add_up():
    # gamma, known, negative binomial, Poisson: against a million draws of numpy's own
    mean, sd = [6.0, 5.0, 8.0, 4.0], [2.0, 0.0, 6.0, 2.0]
    rng = np.random.default_rng(5)
    drawn = rng.gamma(9.0, 6.0 / 9.0, 1_000_000) + 5.0 + rng.poisson(4.0, 1_000_000)
    drawn += rng.negative_binomial(64 / 28, 8 / 36, 1_000_000)
    found = demand_sum(network_of(mean, sd), 0)
    for x in (3.0, 18.0, 23.4, 35.0):
        short = np.maximum(drawn - x, 0.0)
        assert float(found.loss(3, np.array(x))) == pytest.approx(short.mean(), abs=4.5 * short.std() / 1000)
