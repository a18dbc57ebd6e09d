"""At which values of the limit a frontier looks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from procure.errors import UsageError
from procure.insight.frontier.axis import Axis

LOWEST = 0.4
"""Where a curve begins by default: this share of today's limit, or of where it no longer binds, if that is less."""


def grid(low: float, high: float, steps: int, present: float | None) -> list[float]:
    """Values from low to high in equal steps; of the inner ones the nearest becomes today's, if that lies between."""
    values: list[float] = np.linspace(low, high, steps).tolist()
    if present is not None and low < present < high and steps > 2:
        inner = range(1, steps - 1)
        values[min(inner, key=lambda k: abs(values[k] - present))] = present
    return values


def snapped(values: Sequence[float], present: float | None) -> list[float]:
    """The values, today's exactly where one is today's but for rounding."""
    if present is None:
        return list(values)
    return [present if math.isclose(value, present, rel_tol=1e-9) else value for value in values]


def default_ends(present: float, start: float, unlimited: float) -> tuple[float, float]:
    """Where the curve begins and ends.

    Parameters
    ----------
    present
        Today's limit.
    start
        What ordering nothing needs already: under a lower limit nobody can stay.
    unlimited
        Where the limit no longer binds; inf if nowhere.
    """
    high = unlimited if math.isfinite(unlimited) else 2.0 * present
    inner = min(present, high)
    low = LOWEST * inner if inner > 0.0 else inner - max(high - inner, 1.0)
    return (max(low, start) if start < inner else low), high


def value_of(axis: Axis, given: float | str | None, end: str) -> float | None:
    """Read an end of the range: a number in the unit of the limit, or a share of today's such as `50%`.

    Parameters
    ----------
    end
        `from` or `to`.

    Raises
    ------
    UsageError
        It is no finite number, or a share where there is no limit today.
    """
    if given is None:
        return None
    text = str(given).strip()
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"--{end} needs a number, or a share of today's limit such as 50%, got {text!r}")
    if not text.endswith("%"):
        return value
    if not axis.present:
        raise UsageError(f"--{end} {text} is a share of today's limit, and the plan has no {axis.name}; give an amount")
    return value / 100.0 * axis.present
