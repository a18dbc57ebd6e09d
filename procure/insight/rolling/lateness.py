"""When something under way will come, given that it has not come yet [days]."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from procure.plan.distributions import LeadTime
from procure.plan.terms import ROUNDING

NEGLIGIBLE = 1e-12
"""Chance below which what was thought possible has run out."""


@dataclass(frozen=True)
class Due:
    """What is known of the day on which something comes.

    Attributes
    ----------
    since
        Day from which the time counts, from the start of the replay.
    takes
        Law of the time it takes.
    is_normal
        Whether a law by mean and sd is normal, as the error of an open order is, rather than gamma.
    """

    since: float
    takes: LeadTime
    is_normal: bool = False

    def expected(self, today: float) -> tuple[float, float]:
        """Mean and standard deviation of the days from today on, given that it comes after today."""
        gone = today - self.since
        mean, sd = _given_later(self.takes, gone, self.is_normal)
        return max(mean - gone, 1.0), sd


def _given_later(takes: LeadTime, gone: float, is_normal: bool) -> tuple[float, float]:
    """Mean and sd of a time, given that it is longer than `gone`."""
    if takes.sd <= 0.0 or gone < 0.0:
        return takes.mean, takes.sd
    if takes.points:
        return _of_points(takes.points, gone)
    return _of_normal(takes, gone) if is_normal else _of_gamma(takes, gone)


def _of_points(points: tuple[tuple[float, float], ...], gone: float) -> tuple[float, float]:
    left = [(math.ceil(days - ROUNDING), chance) for days, chance in points]
    left = [(days, chance) for days, chance in left if days > gone]
    total = math.fsum(chance for _, chance in left)
    if total <= NEGLIGIBLE:
        return gone + 1.0, 0.0
    mean = math.fsum(days * chance for days, chance in left) / total
    square = math.fsum((days - mean) ** 2 * chance for days, chance in left) / total
    return mean, math.sqrt(square)


def _of_gamma(takes: LeadTime, gone: float) -> tuple[float, float]:
    """Moments of a truncated gamma law: x g(x; a) is a multiple of g(x; a + 1)."""
    shape, scale = (takes.mean / takes.sd) ** 2, takes.sd**2 / takes.mean
    above = [float(special.gammaincc(shape + k, gone / scale)) for k in range(3)]
    if above[0] <= NEGLIGIBLE:
        return gone + scale, scale
    mean = shape * scale * above[1] / above[0]
    square = shape * (shape + 1.0) * scale**2 * above[2] / above[0]
    return mean, math.sqrt(max(square - mean * mean, 0.0))


def _of_normal(takes: LeadTime, gone: float) -> tuple[float, float]:
    """Moments of a truncated normal law, by the inverse Mills ratio."""
    z = (gone - takes.mean) / takes.sd
    mills = math.exp(-0.5 * z * z - float(special.log_ndtr(-z))) / math.sqrt(2.0 * math.pi)
    share = max(1.0 + z * mills - mills * mills, 0.0)
    return takes.mean + takes.sd * mills, takes.sd * math.sqrt(share)
