"""Demand of several periods together where it is of no family: its loss function by Fourier series.

Plans take the sum of periods to have the family of its moments. That is exact for normal and Poisson periods, and for
gamma and negative binomial ones whose ratio of variance to mean stays the same. Where it changes the sum is of no
family. Its characteristic function is still the product of those of the periods, and E[(D - x)^+] a series in it: over
whole numbers by the discrete transform, else by cosines (Fang and Oosterlee, A novel pricing method for European
options based on Fourier-cosine series expansions, SIAM Journal on Scientific Computing 31, 2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from procure.plan.network import Network
from procure.uncertainty import families
from procure.uncertainty.families import Family

Array = NDArray[np.float64]
Families = NDArray[np.int8]
Mask = NDArray[np.bool_]

SKEWNESS, VARIANCE = 0.01, 0.005
"""How far skewness, and variance relative to its own, may lie from those of the family before it is not used."""

TERMS = 1024
"""Most terms of a series; past them the characteristic function of what is not one period alone has died away."""

POINTS = 4096
"""Points of a table by cosines, between which it is straight."""


@dataclass(frozen=True, eq=False)
class DemandSum:
    """Loss function of the demand of periods 0..t of one cell, all surprises counted.

    Attributes
    ----------
    known
        Demand of periods without any variance, cumulative, shape (T,) [units].
    mean
        Cumulative mean of the others, shape (T,) [units].
    step
        Distance of the points of the table [units].
    table
        E[(D - x)^+] at x = 0, step, 2 step, ..., shape (T, points) [units].
    """

    known: Array
    mean: Array
    step: float
    table: Array

    def loss(self, period: int, supply: Array) -> Array:
        """E[(D_t - x)^+] for supplies of any shape [units]."""
        x = supply - self.known[period]
        place = x / self.step
        row = self.table[period]
        value: Array = np.interp(place, np.arange(len(row)), row, right=0.0)
        return np.where(x > 0.0, value, self.mean[period] - x)


def no_family(network: Network, family: Families, mean: Array, variance: Array) -> Mask:
    """Tell which cumulative demands are not of the family of their moments, shape (C, T).

    Judged by variance and skewness of the periods' own laws, which add up as cumulants.

    Parameters
    ----------
    family, mean, variance
        Family and moments of the sums with all surprises counted, shape (C, T).
    """
    own = families.choose_family(network.plan.policy.distribution, network.mean, network.variance)
    second, third = _cumulants(own, network.mean, network.variance)
    wanted, skewed = np.cumsum(second, axis=1), np.cumsum(third, axis=1)
    taken, taken_third = _cumulants(family, mean, variance)
    random = (family != Family.KNOWN) & (family != Family.SAMPLES) & (wanted > 0.0)
    spread = np.where(random, wanted, 1.0)
    wrong: Mask = np.abs(taken - wanted) > VARIANCE * spread
    wrong |= np.abs(taken_third - skewed) > SKEWNESS * spread**1.5
    wrong &= random
    return wrong


def _cumulants(family: Families, mean: Array, variance: Array) -> tuple[Array, Array]:
    """Second and third cumulant of each law."""
    positive = np.where(mean > 0.0, mean, 1.0)
    second = np.where(family == Family.POISSON, mean, np.where(family == Family.KNOWN, 0.0, variance))
    third = np.zeros_like(second)
    third = np.where(family == Family.POISSON, mean, third)
    third = np.where(family == Family.GAMMA, 2.0 * variance**2 / positive, third)
    third = np.where(family == Family.NEGATIVE_BINOMIAL, variance * (2.0 * variance / positive - 1.0), third)
    return second, third


def demand_sum(network: Network, cell: int) -> DemandSum:
    """Tabulate the loss function of a cell's cumulative demand, no periods of which are normal."""
    mean, variance = network.mean[cell], network.variance[cell]
    family = families.choose_family(network.plan.policy.distribution, mean, variance)
    random = family != Family.KNOWN
    known, running = np.cumsum(np.where(random, 0.0, mean)), np.cumsum(np.where(random, mean, 0.0))
    spread = float(np.sqrt(_cumulants(family, mean, variance)[0].sum()))
    longest = float(np.max(np.where(random, np.maximum(variance, mean) / np.where(random, mean, 1.0), 0.0)))
    reach = float(running[-1]) + 12.0 * spread + 24.0 * longest
    if (family == Family.GAMMA).any():
        return DemandSum(known, running, reach / POINTS, _by_cosines(family, mean, variance, running, reach))
    points = fft.next_fast_len(int(np.ceil(reach)) + 2, real=True)
    return DemandSum(known, running, 1.0, _on_whole_numbers(family, mean, variance, running, points))


def _characteristic(family: Families, mean: Array, variance: Array, angles: Array) -> tuple[Array, Array]:
    """Modulus and argument of the characteristic function of periods 0..t, known ones aside, shape (T, angles) each."""
    modulus, argument = np.zeros((len(mean), len(angles))), np.zeros((len(mean), len(angles)))
    sine, less = np.sin(angles), 1.0 - np.cos(angles)
    for t in np.flatnonzero(family != Family.KNOWN):
        m, v = float(mean[t]), float(variance[t])
        if family[t] == Family.POISSON:
            modulus[t], argument[t] = -m * less, m * sine
            continue
        # z^-shape with z = 1 - i scale u (gamma), or 1 - odds (e^iu - 1) (negative binomial)
        if family[t] == Family.GAMMA:
            shape, real, imaginary = m * m / v, np.ones_like(angles), -v / m * angles
        else:
            shape, real, imaginary = m * m / (v - m), 1.0 + (v / m - 1.0) * less, -(v / m - 1.0) * sine
        modulus[t] = -0.5 * shape * np.log(real * real + imaginary * imaginary)
        argument[t] = -shape * np.arctan2(imaginary, real)
    return np.exp(np.cumsum(modulus, axis=0)), np.cumsum(argument, axis=0)


def _by_cosines(family: Families, mean: Array, variance: Array, running: Array, reach: float) -> Array:
    """Loss at `POINTS` + 1 points between 0 and `reach`; what lies beyond is taken to be nothing."""
    k = np.arange(1, TERMS)
    angles: Array = np.arange(1, TERMS, dtype=np.float64) * (np.pi / reach)
    modulus, argument = _characteristic(family, mean, variance, angles)
    weight = modulus * np.cos(argument) * (2.0 / reach) / angles**2
    # sum over k of weight_k ((-1)^k - cos(u_k x)), by a cosine transform that leaves out the terms beyond
    padded = np.zeros((len(mean), POINTS + 1))
    padded[:, 1:TERMS] = weight / 2.0
    waves = fft.dct(padded, type=1, axis=1)
    even = (weight * np.where(k % 2 == 0, 1.0, -1.0)).sum(axis=1)
    points = np.linspace(0.0, reach, POINTS + 1)
    table: Array = even[:, None] - waves + (reach - points) ** 2 / (2.0 * reach)
    table[:, 0] = running
    return np.maximum(table, 0.0)


def _on_whole_numbers(family: Families, mean: Array, variance: Array, running: Array, points: int) -> Array:
    """Loss at 0, 1, ..., points - 1, from the chances of each."""
    terms = min(points // 2 + 1, TERMS)
    spectrum = np.zeros((len(mean), points // 2 + 1), dtype=np.complex128)
    angles: Array = np.arange(terms, dtype=np.float64) * (2.0 * np.pi / points)
    modulus, argument = _characteristic(family, mean, variance, angles)
    spectrum[:, :terms] = modulus * np.exp(-1j * argument)
    chances = fft.irfft(spectrum, points, axis=1)
    # loss(x + 1) = loss(x) - P(D > x)
    above = 1.0 - np.cumsum(chances, axis=1)
    table = np.empty_like(chances)
    table[:, 0] = running
    table[:, 1:] = running[:, None] - np.cumsum(above[:, :-1], axis=1)
    return np.maximum(table, 0.0)
