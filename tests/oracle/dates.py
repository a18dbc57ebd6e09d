"""Days and periods of a plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

#: Slack before a number of periods or days is rounded up.
CEIL_SLACK = 1e-9


def day(text: str | date) -> date:
    """Read an ISO date."""
    return text if isinstance(text, date) else date.fromisoformat(text)


def rounded_up(number: float) -> int:
    """Round up, but not for a speck of floating point dust."""
    return math.ceil(number - CEIL_SLACK)


@dataclass(frozen=True)
class Calendar:
    """The horizon: ``periods`` periods of ``length`` days from ``start``."""

    start: date
    periods: int
    length: float

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> Calendar:
        """Read the calendar of a plan."""
        return cls(day(plan["start_date"]), int(plan["periods"]), plan.get("period_days", 7))

    def date_of(self, period: int) -> date:
        """First day of a period."""
        return self.start + timedelta(days=period * self.length)

    def offset(self, when: date) -> int:
        """Days from the start of the horizon; negative before it."""
        return (when - self.start).days

    def period_containing(self, when: date) -> int:
        """Period that contains a date; negative before the start, T or more after the horizon."""
        return math.floor(self.offset(when) / self.length)

    def periods_in(self, days: float) -> int:
        """Whole periods that so many days take."""
        return rounded_up(days / self.length)

    def receipt_date(self, period: int, days: float) -> date:
        """Date of a receipt so many days after the start of a period; a part of a day is rounded up."""
        return self.date_of(period) + timedelta(days=rounded_up(days))

    def share_covered(self, period: int, first: date, last: date) -> float:
        """Share of a period's days from ``first`` to ``last``, both included."""
        begin = self.offset(self.date_of(period))
        overlap = min(self.offset(last) + 1, begin + self.length) - max(self.offset(first), begin)
        return max(overlap, 0) / self.length


def per_period(value: Any, period: int) -> float:
    """Value of a number or of a list over the periods."""
    return float(value[period]) if isinstance(value, list | tuple) else float(value)
