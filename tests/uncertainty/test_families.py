"""Loss, tail and quantile of each family against sums and integrals over scipy's distributions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from procure.uncertainty import families
from procure.uncertainty.families import Family, choose_family

CASES = {
    Family.NORMAL: [(20.0, 9.0), (3.0, 25.0)],
    Family.GAMMA: [(20.0, 9.0), (3.0, 25.0)],
    Family.POISSON: [(4.0, 4.0), (60.0, 60.0), (0.05, 0.05)],
    Family.NEGATIVE_BINOMIAL: [(4.0, 9.0), (0.3, 2.0), (50.0, 60.0)],
}
ALL = [(family, *moments) for family, rows in CASES.items() for moments in rows]
DISCRETE = (Family.POISSON, Family.NEGATIVE_BINOMIAL)


def frozen(family: Family, mean: float, variance: float):
    if family == Family.NORMAL:
        return stats.norm(mean, np.sqrt(variance))
    if family == Family.GAMMA:
        return stats.gamma(mean**2 / variance, scale=variance / mean)
    if family == Family.POISSON:
        return stats.poisson(mean)
    return stats.nbinom(mean**2 / (variance - mean), mean / variance)


def points(mean: float, variance: float) -> list[float]:
    sd = np.sqrt(variance)
    return [-2.0, 0.0, 0.5 * mean, mean, mean + 0.3, mean + sd, mean + 3.5 * sd]


def call(function, family: Family, mean: float, variance: float, x: float) -> float:
    return float(function(np.array(family, dtype=np.int8), np.array(mean), np.array(variance), np.array(x)))


def expected_loss(family: Family, mean: float, variance: float, x: float) -> float:
    law = frozen(family, mean, variance)
    if family in DISCRETE:
        counts = np.arange(2000)
        return float((law.pmf(counts) * np.maximum(counts - x, 0.0)).sum())
    start, end = max(x, 0.0) if family == Family.GAMMA else x, mean + 40.0 * np.sqrt(variance)
    value, _ = integrate.quad(law.sf, start, end, limit=400)
    return value + (start - x)


@pytest.mark.parametrize(("family", "mean", "variance"), ALL)
def test_loss_is_the_expected_shortfall(family, mean, variance):
    for x in points(mean, variance):
        found = call(families.loss, family, mean, variance, x)
        assert found == pytest.approx(expected_loss(family, mean, variance, x), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(("family", "mean", "variance"), ALL)
def test_tail_is_the_chance_of_more(family, mean, variance):
    for x in points(mean, variance):
        expected = float(frozen(family, mean, variance).sf(x))
        assert call(families.tail, family, mean, variance, x) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("family", "mean", "variance"), ALL)
@pytest.mark.parametrize("probability", [0.02, 0.5, 0.9, 0.999])
def test_quantile_is_the_least_point_with_the_probability(family, mean, variance, probability):
    expected = float(frozen(family, mean, variance).ppf(probability))
    assert call(families.quantile, family, mean, variance, probability) == pytest.approx(expected, rel=1e-9)


def test_tail_is_the_slope_of_the_loss():
    x, step = 21.3, 1e-5
    for family, mean, variance in [(Family.NORMAL, 20.0, 9.0), (Family.GAMMA, 20.0, 9.0)]:
        slope = (
            call(families.loss, family, mean, variance, x + step)
            - call(families.loss, family, mean, variance, x - step)
        ) / (2 * step)
        assert -slope == pytest.approx(call(families.tail, family, mean, variance, x), rel=1e-5)


def test_known_demand_is_short_by_what_is_missing():
    assert call(families.loss, Family.KNOWN, 5, 0, 3) == 2
    assert call(families.loss, Family.KNOWN, 5, 0, 7) == 0
    assert call(families.tail, Family.KNOWN, 5, 0, 5) == 0
    assert call(families.tail, Family.KNOWN, 5, 0, 4.9) == 1
    assert call(families.quantile, Family.KNOWN, 5, 0, 0.3) == 5


@pytest.mark.parametrize(
    ("distribution", "mean", "variance", "family"),
    [
        ("auto", 10.0, 10.05, Family.POISSON),
        ("auto", 10.0, 9.95, Family.POISSON),
        ("auto", 10.0, 10.2, Family.NEGATIVE_BINOMIAL),
        ("auto", 10.0, 9.0, Family.GAMMA),
        ("auto", 10.0, 0.0, Family.KNOWN),
        ("normal", 10.0, 9.0, Family.NORMAL),
        ("gamma", 10.0, 90.0, Family.GAMMA),
        ("poisson", 10.0, 0.0, Family.POISSON),
        ("poisson", 0.0, 0.0, Family.KNOWN),
        ("negative_binomial", 10.0, 30.0, Family.NEGATIVE_BINOMIAL),
        ("negative_binomial", 10.0, 10.0, Family.POISSON),
        ("negative_binomial", 10.0, 5.0, Family.POISSON),
        ("negative_binomial", 10.0, 0.0, Family.KNOWN),
    ],
)
def test_the_family_follows_the_moments(distribution, mean, variance, family):
    assert choose_family(distribution, np.array([mean]), np.array([variance])) == [family]


@pytest.mark.parametrize("mean", [0.01, 0.7, 6.0, 240.0])
@pytest.mark.parametrize("ratio", [0.4, 1.0, 3.7])
def test_many_quantiles_of_one_law_are_its_quantiles(mean, ratio):
    probability = np.concatenate([np.random.default_rng(3).random(200), [1e-12, 0.5, 1 - 1e-12]])
    for family in (Family.POISSON, Family.GAMMA, Family.NORMAL, *([Family.NEGATIVE_BINOMIAL] if ratio > 1 else [])):
        kind = np.full(probability.shape, family, dtype=np.int8)
        expected = families.quantile(kind, np.array(mean), np.array(ratio * mean), probability)
        assert np.array_equal(families.inverse(family, mean, ratio * mean, probability), expected)
