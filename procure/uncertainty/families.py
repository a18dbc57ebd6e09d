"""Loss functions, tails and quantiles of the demand families, vectorised over numpy arrays.

Every function takes broadcastable arrays of means, variances [units, units squared] and points x [units]. The
loss function of a demand D is E[(D - x)^+], the units short when x units are there. Closed forms: Zipkin,
Foundations of Inventory Management (2000), appendix C; Axsater, Inventory Control (2015), chapter 5.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
_SQRT_2_PI = float(np.sqrt(2.0 * np.pi))


class Family(IntEnum):
    """The law of one random sum; KNOWN has no variance, SAMPLES is handled by sorted paths."""

    KNOWN = 0
    NORMAL = 1
    GAMMA = 2
    POISSON = 3
    NEGATIVE_BINOMIAL = 4
    SAMPLES = 5


def choose_family(distribution: str, mean: Array, variance: Array) -> NDArray[np.int8]:
    """Return the family of each random sum by the rule of the plan's `distribution`.

    `auto` is Poisson when variance and mean agree within 1 %, else negative binomial when the variance is
    larger, else gamma. A sum with variance 0 is known, except under `poisson`, which looks at the mean only.
    """
    family = np.full(np.broadcast(mean, variance).shape, Family.KNOWN, dtype=np.int8)
    random = variance > 0.0
    positive = mean > 0.0
    poisson_like = np.abs(variance - mean) <= 0.01 * mean
    wide = variance > mean
    if distribution == "normal":
        family[random] = Family.NORMAL
    elif distribution == "gamma":
        family[random & positive] = Family.GAMMA
    elif distribution == "poisson":
        family[positive] = Family.POISSON
    elif distribution == "negative_binomial":
        family[random & positive] = Family.POISSON
        family[random & positive & wide] = Family.NEGATIVE_BINOMIAL
    else:
        family[random & positive] = Family.GAMMA
        family[random & positive & wide] = Family.NEGATIVE_BINOMIAL
        family[random & positive & poisson_like] = Family.POISSON
    return family


def loss(family: NDArray[np.int8], mean: Array, variance: Array, x: Array) -> Array:
    """E[(D - x)^+] of each sum [units]."""
    return _by_family(_LOSS, family, mean, variance, x)


def tail(family: NDArray[np.int8], mean: Array, variance: Array, x: Array) -> Array:
    """P(D > x) of each sum; minus this is the right derivative of the loss."""
    return _by_family(_TAIL, family, mean, variance, x)


def quantile(family: NDArray[np.int8], mean: Array, variance: Array, probability: Array) -> Array:
    """Smallest x with P(D <= x) >= probability [units]; whole units for Poisson and negative binomial."""
    return _by_family(_QUANTILE, family, mean, variance, probability)


def inverse(family: Family, mean: float, variance: float, probability: Array) -> Array:
    """Quantiles of one law at many probabilities, shape (K,) [units]; as `quantile`, but by one table."""
    law = np.array(mean), np.array(variance)
    if family not in (Family.POISSON, Family.NEGATIVE_BINOMIAL):
        return quantile(np.full(probability.shape, family, dtype=np.int8), *law, probability)
    most = float(quantile(np.array(family, dtype=np.int8), *law, probability.max()))
    if most > len(probability):
        return quantile(np.full(probability.shape, family, dtype=np.int8), *law, probability)
    above = tail(np.array(family, dtype=np.int8), *law, np.arange(most + 1.0))
    # the least count whose tail is at most 1 - probability; tails fall
    return np.searchsorted(-above, probability - 1.0).astype(float)


def sample(family: Family, mean: float, variance: float, stream: np.random.Generator, runs: int) -> Array:
    """Draw a sum `runs` times, shape (runs,) [units]."""
    if family == Family.NORMAL:
        return stream.normal(mean, np.sqrt(variance), runs)
    if family == Family.GAMMA:
        return stream.gamma(mean * mean / variance, variance / mean, runs)
    if family == Family.POISSON:
        return stream.poisson(mean, runs).astype(float)
    if family == Family.NEGATIVE_BINOMIAL:
        return stream.negative_binomial(mean * mean / (variance - mean), mean / variance, runs).astype(float)
    return np.full(runs, float(mean))


_Formula = Callable[[Array, Array, Array], Array]


def _by_family(
    formulas: dict[Family, _Formula], family: NDArray[np.int8], mean: Array, variance: Array, x: Array
) -> Array:
    family, mean, variance, x = np.broadcast_arrays(family, mean, variance, x)
    out = np.zeros(family.shape)
    for code, formula in formulas.items():
        chosen = family == code
        if chosen.any():
            out[chosen] = formula(mean[chosen], variance[chosen], x[chosen])
    return out


def _known_loss(mean: Array, variance: Array, x: Array) -> Array:
    return np.maximum(mean - x, 0.0)


def _known_tail(mean: Array, variance: Array, x: Array) -> Array:
    return (mean > x).astype(float)


def _known_quantile(mean: Array, variance: Array, probability: Array) -> Array:
    return mean.copy()


def _normal_loss(mean: Array, variance: Array, x: Array) -> Array:
    sd = np.sqrt(variance)
    z = (x - mean) / sd
    density = np.exp(-0.5 * z * z) / _SQRT_2_PI
    value: Array = np.maximum(sd * (density - z * special.ndtr(-z)), 0.0)
    return value


def _normal_tail(mean: Array, variance: Array, x: Array) -> Array:
    value: Array = special.ndtr((mean - x) / np.sqrt(variance))
    return value


def _normal_quantile(mean: Array, variance: Array, probability: Array) -> Array:
    value: Array = mean + np.sqrt(variance) * special.ndtri(probability)
    return value


def _gamma_loss(mean: Array, variance: Array, x: Array) -> Array:
    shape, scale = mean * mean / variance, variance / mean
    at = np.maximum(x, 0.0) / scale
    above = special.gammaincc(shape, at)
    # Q(a + 1, z) = Q(a, z) + z^a e^-z / Gamma(a + 1): one incomplete gamma function instead of two
    units = mean * (above + np.exp(special.xlogy(shape, at) - at - special.gammaln(shape + 1.0)))
    return np.where(x > 0.0, np.maximum(units - x * above, 0.0), mean - x)


def _gamma_tail(mean: Array, variance: Array, x: Array) -> Array:
    shape, scale = mean * mean / variance, variance / mean
    return np.where(x > 0.0, special.gammaincc(shape, np.maximum(x, 0.0) / scale), 1.0)


def _gamma_quantile(mean: Array, variance: Array, probability: Array) -> Array:
    value: Array = special.gammaincinv(mean * mean / variance, probability) * variance / mean
    return value


def _poisson_at_least(mean: Array, count: Array) -> Array:
    """P(N >= count) for whole counts; 1 at or below 0."""
    return np.where(count > 0.0, special.gammainc(np.maximum(count, 1.0), mean), 1.0)


def _poisson_loss(mean: Array, variance: Array, x: Array) -> Array:
    floor = np.maximum(np.floor(x), 0.0)
    above = _poisson_at_least(mean, floor + 1.0)
    here = np.exp(special.xlogy(floor, mean) - mean - special.gammaln(floor + 1.0))
    return np.where(x > 0.0, np.maximum(mean * (above + here) - x * above, 0.0), mean - x)


def _poisson_tail(mean: Array, variance: Array, x: Array) -> Array:
    return _poisson_at_least(mean, np.floor(x) + 1.0)


def _negative_binomial_at_least(size: Array, success: Array, count: Array) -> Array:
    """P(N >= count), N the failures before `size` successes of probability `success`."""
    return np.where(count > 0.0, special.betainc(np.maximum(count, 1.0), size, 1.0 - success), 1.0)


def _negative_binomial_loss(mean: Array, variance: Array, x: Array) -> Array:
    size, success = mean * mean / (variance - mean), mean / variance
    floor = np.floor(x)
    above = _negative_binomial_at_least(size, success, floor + 1.0)
    units = mean * _one_more_success(size, success, floor, above)
    return np.where(x > 0.0, np.maximum(units - x * above, 0.0), mean - x)


def _one_more_success(size: Array, success: Array, count: Array, above: Array) -> Array:
    """P(N' >= count) with one success more, from `above` = P(N > count).

    Incomplete beta functions at z, with a = count and b = size, of which this needs one instead of two:
    I(a, b + 1) = I(a + 1, b) + z^a (1 - z)^b / B(a, b) * (1 / a + 1 / b).
    """
    a = np.maximum(count, 1.0)
    term = np.exp(a * np.log1p(-success) + size * np.log(success) - special.betaln(a, size))
    return np.where(count > 0.0, above + term / a + term / size, 1.0)


def _negative_binomial_tail(mean: Array, variance: Array, x: Array) -> Array:
    size, success = mean * mean / (variance - mean), mean / variance
    return _negative_binomial_at_least(size, success, np.floor(x) + 1.0)


def _whole_quantile(tail_of: _Formula) -> _Formula:
    """Quantile of a law on whole numbers by bisection on its tail."""

    def search(mean: Array, variance: Array, probability: Array) -> Array:
        low = np.full(mean.shape, -1.0)
        high = np.ceil(mean + 10.0 * np.sqrt(np.maximum(variance, mean)) + 10.0)
        while (short := tail_of(mean, variance, high) > 1.0 - probability).any():
            high = np.where(short, 2.0 * high, high)
        while (high - low > 1.0).any():
            middle = np.floor((low + high) / 2.0)
            enough = tail_of(mean, variance, middle) <= 1.0 - probability
            high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        return high

    return search


_LOSS: dict[Family, _Formula] = {
    Family.KNOWN: _known_loss,
    Family.NORMAL: _normal_loss,
    Family.GAMMA: _gamma_loss,
    Family.POISSON: _poisson_loss,
    Family.NEGATIVE_BINOMIAL: _negative_binomial_loss,
}
_TAIL: dict[Family, _Formula] = {
    Family.KNOWN: _known_tail,
    Family.NORMAL: _normal_tail,
    Family.GAMMA: _gamma_tail,
    Family.POISSON: _poisson_tail,
    Family.NEGATIVE_BINOMIAL: _negative_binomial_tail,
}
_QUANTILE: dict[Family, _Formula] = {
    Family.KNOWN: _known_quantile,
    Family.NORMAL: _normal_quantile,
    Family.GAMMA: _gamma_quantile,
    Family.POISSON: _whole_quantile(_poisson_tail),
    Family.NEGATIVE_BINOMIAL: _whole_quantile(_negative_binomial_tail),
}
