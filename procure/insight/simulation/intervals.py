"""Confidence intervals over independent runs."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
CONFIDENCE = 0.95
"""Share of intervals that hold what they are for."""

Interval = tuple[float, float | None, float | None]
"""An estimate with its lower and upper end; None for the ends of a single run."""


def mean_interval(values: Array, confidence: float = CONFIDENCE) -> Interval:
    """Mean of independent values with its interval by Student's t.

    Parameters
    ----------
    values
        One value of each run, shape (K,).
    confidence
        Share of such intervals that hold the true mean.
    """
    return _around(float(values.mean()), values, confidence)


def ratio_interval(parts: Array, wholes: Array, confidence: float = CONFIDENCE) -> Interval:
    """Ratio of two means with its interval by the delta method (Cochran, Sampling Techniques, 1977, section 6.3).

    Parameters
    ----------
    parts, wholes
        One value of each run, shape (K,). The ratio is 1 where the wholes are nothing.
    """
    whole = float(wholes.mean())
    if whole <= 0.0:
        return 1.0, 1.0, 1.0
    ratio = float(parts.mean()) / whole
    return _around(ratio, (parts - ratio * wholes) / whole, confidence)


def within(interval: Interval, least: float, most: float) -> Interval:
    """Cut an interval to what is possible."""
    centre, low, high = interval
    if low is None or high is None:
        return interval
    return centre, max(low, least), min(high, most)


def _around(centre: float, values: Array, confidence: float) -> Interval:
    runs = len(values)
    if runs < 2:
        return centre, None, None
    half = half_width(float(values.std(ddof=1)) / math.sqrt(runs), runs, confidence)
    return centre, centre - half, centre + half


def half_width(error: float, count: int, confidence: float = CONFIDENCE) -> float:
    """Half width of the interval of a mean, from its standard error over so many independent values."""
    return float(special.stdtrit(count - 1, 0.5 + confidence / 2.0)) * error


def share_interval(count: int, runs: int, confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """Share of the runs with its interval (Wilson, J. Amer. Statist. Assoc. 22, 1927, 209-212)."""
    z = float(special.ndtri(0.5 + confidence / 2.0))
    share, weight = count / runs, z * z / runs
    centre = (share + weight / 2.0) / (1.0 + weight)
    half = z * math.sqrt(share * (1.0 - share) / runs + weight / (4.0 * runs)) / (1.0 + weight)
    low = 0.0 if count == 0 else max(centre - half, 0.0)
    return share, low, 1.0 if count == runs else min(centre + half, 1.0)


def upper_bound(values: Array, confidence: float = CONFIDENCE) -> float | None:
    """Upper end of a one-sided interval of the mean by Student's t; None for a single value."""
    runs = len(values)
    if runs < 2:
        return None
    half = float(special.stdtrit(runs - 1, confidence)) * float(values.std(ddof=1)) / math.sqrt(runs)
    return float(values.mean()) + half
