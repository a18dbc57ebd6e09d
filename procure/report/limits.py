"""Use of every limit over time, and what one unit more of it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from procure.report.table import Column, Table, short
from procure.report.wording import limit_title
from procure.solution.records import ResourceUse, Solution
from procure.solution.wording import BINDING

MOST_CHARTS = 12


@dataclass(frozen=True)
class LimitCourse:
    """One limit over all periods.

    Attributes
    ----------
    title, unit
        Which limit it is, and the unit of its amounts.
    is_capital, is_storage
        A limit on capital, or on the storage of a warehouse.
    uses
        Its use by period.
    """

    title: str
    unit: str
    is_capital: bool
    is_storage: bool
    uses: tuple[ResourceUse, ...]

    @property
    def peak(self) -> float:
        """Largest share of the limit that is used."""
        return max((use.used / use.limit for use in self.uses if use.limit > 0.0), default=0.0)

    @property
    def full(self) -> list[int]:
        """Periods in which it is used up."""
        return [use.period for use in self.uses if use.limit > 0.0 and use.used >= BINDING * use.limit]

    @property
    def price(self) -> ResourceUse | None:
        """The period in which one unit more saves most, if prices are known and one is above 0."""
        priced = [use for use in self.uses if use.shadow_price is not None and use.shadow_price > 0.0]
        return max(priced, key=lambda use: use.shadow_price or 0.0, default=None)

    def document(self) -> dict[str, Any]:
        """Return what the page's chart needs."""
        return {
            "name": self.title,
            "unit": self.unit,
            "used": [short(use.used, 5) for use in self.uses],
            "limit": [short(use.limit, 5) for use in self.uses],
        }


def limit_courses(solution: Solution) -> list[LimitCourse]:
    """Every limit, those that bind longest and are used most first."""
    found: dict[tuple[str, str], list[ResourceUse]] = {}
    for use in solution.resources:
        found.setdefault((limit_title(use), use.unit), []).append(use)
    courses = [
        LimitCourse(
            title=title,
            unit=unit,
            is_capital=_is_capital(uses[0]),
            is_storage=uses[0].warehouse is not None,
            uses=tuple(sorted(uses, key=lambda use: use.period)),
        )
        for (title, unit), uses in found.items()
    ]
    return sorted(courses, key=lambda course: (-len(course.full), -course.peak, course.title))


def _is_capital(use: ResourceUse) -> bool:
    return use.warehouse is None and use.supplier is None and use.offer is None and use.from_ is None


def charted(courses: Sequence[LimitCourse]) -> list[LimitCourse]:
    """Return the limits on capital and storage that get a chart, capital first."""
    ours = [course for course in courses if course.is_capital or course.is_storage]
    return sorted(ours, key=lambda course: not course.is_capital)[:MOST_CHARTS]


def limit_table(solution: Solution, courses: Sequence[LimitCourse], starts: Sequence[Any], noun: str) -> Table:
    """Every limit: how much of it is used, how often it binds, what more of it is worth."""
    peaks = [max(course.uses, key=lambda use: use.used / use.limit if use.limit > 0.0 else 0.0) for course in courses]
    values: dict[str, Sequence[Any]] = {
        "limit": [course.title for course in courses],
        "unit": [course.unit for course in courses],
        "share": [100.0 * course.peak for course in courses],
        "used": [use.used for use in peaks],
        "most": [use.limit for use in peaks],
        "when": [starts[use.period] for use in peaks],
        "full": [len(course.full) for course in courses],
    }
    columns = [
        Column("limit", "Limit"),
        Column("unit", "Unit"),
        Column("share", "Peak use", "number", "%", 0),
        Column("used", "Used", "number", "at the peak", 1),
        Column("most", "Limit", "number", "at the peak", 1),
        Column("when", f"Peak in {noun} from", "date"),
        Column("full", f"{noun.capitalize()}s used up", "number"),
    ]
    prices = [course.price for course in courses]
    if any(prices):
        values["price"] = [None if use is None else use.shadow_price for use in prices]
        values["dearest"] = ["" if use is None else starts[use.period] for use in prices]
        columns += [
            Column("price", "One unit more saves", "number", solution.plan.currency, 2),
            Column("dearest", f"in {noun} from", "date"),
        ]
    return Table("limits-table", "Every limit, those that bind longest first", "limit", tuple(columns), values)
