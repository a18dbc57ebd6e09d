"""Small distributions: lead times and delivered fractions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from procure.plan.values import LONGEST, TOLERANCE, is_number, plain, wrong


@dataclass(frozen=True)
class LeadTime:
    """Time from order to receipt.

    Parameters
    ----------
    mean
        Expected lead time [days].
    sd
        Standard deviation [days]; 0 when the lead time is certain.
    points
        Possible lead times with their probabilities, (days, probability), by days. Empty when the lead time
        is certain or given by mean and sd.
    """

    mean: float
    sd: float = 0.0
    points: tuple[tuple[float, float], ...] = ()

    @property
    def is_random(self) -> bool:
        """Whether it varies at all."""
        return self.sd > 0


@dataclass(frozen=True)
class Fraction:
    """Share of an ordered quantity that is delivered.

    Parameters
    ----------
    mean
        Expected share (0 to 1).
    points
        Possible shares with their probabilities, (share, probability), by share. Empty when the share is
        certain.
    """

    mean: float
    points: tuple[tuple[float, float], ...] = ()

    @property
    def is_random(self) -> bool:
        """Whether it varies at all."""
        return bool(self.points)


def _points(value: Mapping[Any, Any], what: str, most: float) -> tuple[tuple[float, float], ...]:
    """Read ``{"14": 0.7, "21": 0.3}`` as points in ascending order."""
    if not value:
        raise wrong("is an empty distribution; name values with their probabilities")
    points: dict[float, float] = {}
    for key, probability in value.items():
        point = _key(key, what)
        if not 0 <= point <= most:
            raise wrong(f"the {what} {key} must be from 0 to {plain(most)}")
        if point in points:
            raise wrong(f"names the {what} {plain(point)} twice")
        if not is_number(probability):
            raise wrong(f"the probability of {key} {what} must be a number, got {probability!r}")
        if probability < 0:
            raise wrong(f"the probability of {key} {what} must be 0 or more, got {plain(probability)}")
        points[point] = float(probability)
    total = math.fsum(points.values())
    if abs(total - 1) > TOLERANCE:
        raise wrong(f"the probabilities must add up to 1, they add up to {total:.6g}")
    return tuple(sorted((point, probability) for point, probability in points.items() if probability > 0))


def _key(key: Any, what: str) -> float:
    try:
        point = float(key) if isinstance(key, (str, int, float)) and not isinstance(key, bool) else math.nan
    except (ValueError, OverflowError):
        point = math.nan
    if not math.isfinite(point):
        raise wrong(f"the keys of a distribution must be numbers ({what}), got {key!r}")
    return point


def _moments(points: tuple[tuple[float, float], ...]) -> tuple[float, float]:
    mean = math.fsum(x * p for x, p in points)
    return mean, math.sqrt(math.fsum(p * (x - mean) ** 2 for x, p in points))


def _mean_and_sd(value: Mapping[str, Any]) -> LeadTime:
    for key in ("mean", "sd"):
        if key not in value:
            raise wrong(f"needs both mean and sd; {key} is missing")
        if not is_number(value[key]) or not 0 <= value[key] <= LONGEST:
            raise wrong(f"{key} must be a number of days from 0 to {LONGEST}, got {value[key]!r}")
    if odd := sorted(map(str, set(value) - {"mean", "sd"})):
        raise wrong(f"takes mean and sd, not '{odd[0]}'")
    if value["sd"] > 0 and value["mean"] == 0:
        raise wrong("has an sd but its mean is 0; set the sd to 0 or the mean above 0")
    return LeadTime(value["mean"] + 0.0, value["sd"] + 0.0)


def read_lead_time(value: Any) -> Any:
    """Read a lead time: a number, ``{"14": 0.7, "21": 0.3}``, or ``{"mean": 18, "sd": 4}`` [days]."""
    if isinstance(value, LeadTime):
        return value
    if isinstance(value, Mapping):
        if "mean" in value or "sd" in value:
            return _mean_and_sd(value)
        points = _points(value, "days", LONGEST)
        return LeadTime(*_moments(points), points) if len(points) > 1 else LeadTime(points[0][0])
    if not is_number(value):
        raise wrong('must be a number of days, a distribution such as {"14": 0.7, "21": 0.3}, or mean and sd')
    if not 0 <= value <= LONGEST:
        raise wrong(f"must be from 0 to {LONGEST} days")
    return LeadTime(value + 0.0)


def write_lead_time(value: LeadTime) -> Any:
    """Write a lead time in the form it was given."""
    if value.points:
        return {plain(days): probability for days, probability in value.points}
    return {"mean": value.mean, "sd": value.sd} if value.sd else value.mean


def read_fraction(value: Any) -> Any:
    """Read a delivered fraction: a number, or ``{"1": 0.95, "0.5": 0.05}``."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, Mapping):
        points = _points(value, "fraction", 1)
        return Fraction(_moments(points)[0], points) if len(points) > 1 else Fraction(points[0][0])
    if not is_number(value):
        raise wrong('must be a number from 0 to 1, or a distribution such as {"1": 0.95, "0.5": 0.05}')
    if not 0 <= value <= 1:
        raise wrong("must be from 0 to 1")
    return Fraction(value + 0.0)


def write_fraction(value: Fraction) -> Any:
    """Write a delivered fraction in the form it was given."""
    return {plain(share): probability for share, probability in value.points} if value.points else value.mean


_PROBABILITIES = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": r"^[0-9.]+([eE][+-]?[0-9]+)?$"},
    "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
}

LeadTimeValue = Annotated[
    LeadTime,
    BeforeValidator(read_lead_time),
    PlainSerializer(write_lead_time),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": LONGEST},
                {
                    "type": "object",
                    "properties": {
                        "mean": {"type": "number", "minimum": 0},
                        "sd": {"type": "number", "minimum": 0},
                    },
                    "required": ["mean", "sd"],
                    "additionalProperties": False,
                },
                _PROBABILITIES,
            ]
        }
    ),
]

FractionValue = Annotated[
    Fraction,
    BeforeValidator(read_fraction),
    PlainSerializer(write_fraction),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, _PROBABILITIES]}),
]
