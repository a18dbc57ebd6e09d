"""Demand rows say when, fit the horizon and stand once."""

from __future__ import annotations

from collections.abc import Iterator

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.records import Demand
from procure.plan.values import plain

Cell = tuple[str, str]


def demand_rows(draft: Draft) -> Iterator[Fault]:
    """A row is of one period, of one date, or a list over all periods; a forecast error needs a forecast."""
    periods = draft.periods
    for index, row in draft.rows(Demand):
        if wrong := _time(row, periods) or _form(row):
            column, value, message = wrong
            yield draft.fault(Demand, index, column, value, message)


Wrong = tuple[str, object, str]


def _time(row: Demand, periods: int | None) -> Wrong | None:
    """Say what is wrong with when a row is."""
    if isinstance(row.mean, tuple):
        if row.period is None and row.date is None:
            return None
        column = "period" if row.period is not None else "date"
        return column, getattr(row, column), "must be empty where mean is a list: the list covers all periods"
    if row.period is None and row.date is None:
        return "period", None, "must be given, or a date, or a list over all periods as mean"
    if row.period is not None and row.date is not None:
        return "date", row.date, "must be empty where there is a period; keep one of them"
    if row.period is not None and row.period < 0:
        return "period", row.period, f"must be 0 or more, got {row.period}"
    if row.period is not None and periods is not None and row.period >= periods:
        return (
            "period",
            row.period,
            f"must be from 0 to {periods - 1} (the first period is 0), got {row.period}",
        )
    return None


def _form(row: Demand) -> Wrong | None:
    """Say what is wrong between mean and sd."""
    mean, sd = row.mean, row.sd
    if sd is None:
        return None
    if isinstance(mean, tuple) != isinstance(sd, tuple):
        one, other = ("a list", "a number") if isinstance(mean, tuple) else ("a number", "a list")
        return "sd", sd, f"must be {one} as the mean is, got {other}"
    if not isinstance(mean, tuple) or not isinstance(sd, tuple):
        wrong = mean == 0 and sd != 0
        return ("sd", sd, f"must be 0 where the mean is 0, got {plain(float(str(sd)))}") if wrong else None
    for number, (m, s) in enumerate(zip(mean, sd, strict=False), start=1):
        if m == 0 and s > 0:
            return "sd", sd, f"entry {number}: must be 0 where the mean is 0, got {plain(s)}"
    return None


def demand_periods(draft: Draft) -> Iterator[Fault]:
    """No period of an item and warehouse is given twice, or both by period and by date."""
    if not draft.knows("periods", "start_date", "period_days"):
        return
    given: dict[Cell, dict[int, int]] = {}
    dated: dict[Cell, dict[int, int]] = {}
    for index, row in draft.rows(Demand):
        if row.date is not None and row.period is None:
            period = (row.date - draft.settings.start_date).days // draft.settings.period_days
            dated.setdefault((row.item, row.warehouse), {}).setdefault(period, index)
            continue
        before = given.setdefault((row.item, row.warehouse), {})
        for period in _periods(row, draft.settings.periods):
            if period in before:
                first = draft.row(Demand, before[period])
                column = "mean" if isinstance(row.mean, tuple) else "period"
                where = f"period {period} of {row.item} at {row.warehouse}"
                message = f"{where} stands already in row {first}; keep one row"
                yield draft.fault(Demand, index, column, period, message)
                break
            before[period] = index
    yield from _mixed(draft, given, dated)


def _periods(row: Demand, periods: int) -> range:
    if isinstance(row.mean, tuple):
        return range(periods)
    return range(row.period, row.period + 1) if row.period is not None else range(0)


def _mixed(draft: Draft, given: dict[Cell, dict[int, int]], dated: dict[Cell, dict[int, int]]) -> Iterator[Fault]:
    for cell, dates in dated.items():
        for period, index in dates.items():
            if period in given.get(cell, {}):
                first = draft.row(Demand, given[cell][period])
                message = (
                    f"this date is in period {period} of {cell[0]} at {cell[1]}, which row {first} gives as "
                    "a whole; "
                    "use periods or dates, not both"
                )
                yield draft.fault(Demand, index, "date", None, message)
