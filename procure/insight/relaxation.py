"""Limits that clash with what is there already: the smallest changes that would make them fit, in words.

A limit on storage, cash or inventory value that no order can help to keep is exceeded by the least possible amount
(FORMULATION.md, stage 1); the solution lists it by period. Here the periods of a limit that follow on each other make
one change, with what a buyer can do about it. Raising each limit by these amounts, and nothing less for the same sum of
excess over limit, makes the plan fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import Field

from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.plan.table import coded
from procure.plan.terms import order_date
from procure.solution.records import Record, Relaxation, Solution
from procure.solution.wording import money

NAMED = 3
"""Items that are named."""


class Relief(Record):
    """The smallest change of one limit over periods that follow on each other."""

    resource: str = Field(description="Storage resource, `cash` or `inventory_value`.")
    warehouse: str | None = Field(None, description="Warehouse of a storage limit.")
    unit: str = Field(description="Unit of the amounts; a currency code for money.")
    first_period: int = Field(description="First period that is over the limit.")
    last_period: int = Field(description="Last period, without a gap.")
    first_date: date = Field(description="First day of the first period.")
    last_date: date = Field(description="Last day of the last period.")
    limit: float = Field(description="The limit in the period that needs most.")
    amount: float = Field(description="Most that it has to be raised by in any of the periods.")
    peak_period: int = Field(description="The period that needs most.")
    amounts: tuple[float, ...] = Field(description="What is needed in each of the periods.")
    items: tuple[tuple[str, float], ...] = Field(
        (), description="Items that take most of it in the period that needs most, with what they take."
    )
    words: str = Field("", description="What is over, and what would do.")


def reliefs(solution: Solution) -> tuple[Relief, ...]:
    """The smallest changes that would make the limits fit; none where all are kept.

    Returns
    -------
    tuple of Relief
        By limit and period, one for each run of periods.
    """
    takers = _Takers(solution)
    return tuple(_relief(solution.plan, run, takers) for run in _runs(solution.relaxations))


def _runs(relaxations: Sequence[Relaxation]) -> Iterator[list[Relaxation]]:
    """Relaxations of one limit in periods that follow on each other."""
    limits: dict[tuple[str, str | None], list[Relaxation]] = {}
    for slack in relaxations:
        limits.setdefault((slack.resource, slack.warehouse), []).append(slack)
    for slacks in limits.values():
        run: list[Relaxation] = []
        for slack in sorted(slacks, key=lambda slack: slack.period):
            if run and slack.period > run[-1].period + 1:
                yield run
                run = []
            run.append(slack)
        yield run


def _relief(plan: Plan, run: Sequence[Relaxation], takers: _Takers) -> Relief:
    peak = max(run, key=lambda slack: slack.amount)
    relief = Relief(
        resource=peak.resource,
        warehouse=peak.warehouse,
        unit=peak.unit,
        first_period=run[0].period,
        last_period=run[-1].period,
        first_date=order_date(plan, run[0].period),
        last_date=order_date(plan, run[-1].period + 1) - timedelta(days=1),
        limit=peak.limit,
        amount=peak.amount,
        peak_period=peak.period,
        amounts=tuple(slack.amount for slack in run),
        items=takers.most(peak),
    )
    advice = _pay(relief, plan) if relief.resource == "cash" and relief.warehouse is None else _make_room(relief, plan)
    return relief.model_copy(update={"words": f"{_over(relief)}; {advice}"})


def _over(relief: Relief) -> str:
    """Say which limit is exceeded, when and by how much."""
    name = relief.resource.replace("_", " ")
    place = name if relief.warehouse is None else f"storage of {relief.warehouse}, {name}"
    first, last = relief.first_period, relief.last_period
    when = f"period {first}" if first == last else f"periods {first}-{last}"
    upto = "" if _is_steady(relief) else "up to "
    most = "" if _is_steady(relief) else f" (in period {relief.peak_period})"
    limit, amount = money(relief.limit), money(relief.amount)
    return f"{place}, {when}: over the limit of {limit} {relief.unit} by {upto}{amount}{most}"


def _make_room(relief: Relief, plan: Plan) -> str:
    """Say what would do for stock: a higher limit, or less stock (about as much, since demand is uncertain)."""
    upto = "" if _is_steady(relief) else "up to "
    total = money(relief.limit + relief.amount)
    what = "room" if relief.warehouse is not None else "allowance"
    text = (
        f"{upto}{money(relief.amount)} {relief.unit} more {what} {_when(relief, plan)} would do ({total} in all), or "
        "about as much less stock: moved away, sold, or on order and put off"
    )
    if relief.items:
        named = ", ".join(f"{item} {money(taken)}" for item, taken in relief.items)
        text += f"; most of it is {named}"
    return text


def _pay(relief: Relief, plan: Plan) -> str:
    """Say what would do for cash: money by the first day of need, or payments put off."""
    first = relief.amounts[0]
    if relief.amount <= first * (1.0 + 1e-9):
        text = f"{money(first)} {relief.unit} more cash by {relief.first_date} would do"
    else:
        day = order_date(plan, relief.peak_period)
        text = (
            f"{money(first)} {relief.unit} more cash by {relief.first_date} would do, {money(relief.amount)} in all by "
            f"{day}"
        )
    back = "" if relief.last_period == plan.periods - 1 else f", needed until {relief.last_date}"
    return f"{text}{back}, or as much paid later"


def _when(relief: Relief, plan: Plan) -> str:
    if relief.last_period == plan.periods - 1:
        return f"from {relief.first_date} to the end"
    return f"from {relief.first_date} to {relief.last_date}"


def _is_steady(relief: Relief) -> bool:
    return min(relief.amounts) >= relief.amount * (1.0 - 1e-6)


class _Takers:
    """What takes room or money in stock, by item, from the expected peak stock of a solution."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution

    def most(self, slack: Relaxation) -> tuple[tuple[str, float], ...]:
        """Items that take most of a limit in a period, with what they take; nothing for cash."""
        if slack.resource == "cash" and slack.warehouse is None:
            return ()
        rows = self.solution.projected
        rows = rows[rows["period"] == slack.period]
        if slack.warehouse is not None:
            rows = rows[rows["warehouse"] == slack.warehouse]
        rates = self._rates(slack)
        taken = rows["peak_stock"] * rows["item"].map(rates)
        by_item = taken.groupby(rows["item"]).sum().sort_values(ascending=False, kind="stable")
        return tuple((str(item), float(amount)) for item, amount in by_item.head(NAMED).items() if amount > 0.0)

    def _rates(self, slack: Relaxation) -> dict[str, Any]:
        """What one unit of each item takes: of a resource, or its replacement cost."""
        plan = self.solution.plan
        ids = coded(plan.items, "item").strings().tolist()
        if slack.warehouse is None:
            return dict(zip(ids, build_network(plan).replacement.tolist(), strict=True))
        default = 1.0 if slack.resource == "units" else 0.0
        usage = coded(plan.items, "storage").each(lambda amounts: amounts.get(slack.resource, default))
        return dict(zip(ids, usage.tolist(), strict=True))
