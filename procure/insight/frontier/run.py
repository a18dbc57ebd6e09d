"""The frontier on one page: the plan without the limit, the range, the steps, the knee, the words."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence

from procure.errors import UsageError
from procure.insight.frontier.axis import Axis
from procure.insight.frontier.grid import default_ends, grid, snapped, value_of
from procure.insight.frontier.knee import knee_of
from procure.insight.frontier.naming import axis_of
from procure.insight.frontier.records import Frontier, FrontierPoint
from procure.insight.frontier.search import Found, How, Search
from procure.insight.frontier.words import notes_of, words_of
from procure.plan.records import Plan
from procure.solution.ledger import Decision, keep_ledger
from procure.solution.records import PlanReference, Solution
from procure.solution.replay import ensure_of_plan

STEPS = 9


def frontier(
    plan: Plan,
    limit: str = "capital",
    steps: int = STEPS,
    *,
    low: float | str | None = None,
    high: float | str | None = None,
    start: Solution | None = None,
    engine: str = "auto",
    solver: str = "highs",
    time_limit: float = 30.0,
    gap: float = 2e-3,
    progress: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> Frontier:
    """Follow cost and expected backorders while one limit is moved.

    Parameters
    ----------
    plan
        The plan with today's limit.
    limit
        `capital` (the first that the plan has of the next three), `capital.order_budget` (all budgets of the horizon
        together), `capital.cash` (cash at the start), `capital.inventory_value`, `storage` (the capacities of all
        warehouses, scaled alike), `storage.WAREHOUSE`, `supplier` (those of all suppliers) or `supplier.SUPPLIER`.
    steps
        Number of points, 2 or more.
    low, high
        First and last value of the limit, in its unit or as a share of today's such as `50%`; default: from well below
        today's to where it no longer binds.
    start
        A solution of the plan, which then counts at today's limit, with what it proves.
    engine, solver, time_limit, gap
        As in `solve`, for each step; `time_limit` in seconds.
    progress
        Called with the steps done and all steps.
    stop
        Set it from another thread to end with the points found so far.

    Returns
    -------
    Frontier
        The points, what they say, and the knee if there is one. Limits change no price, so all are valued alike.

    Raises
    ------
    UsageError
        There is no limit of that name, the plan does not have it, or the range is empty; `start` is of another plan.
    """
    began, stop = time.monotonic(), stop or threading.Event()
    if steps < 2:
        raise UsageError(f"a curve needs 2 steps or more, got {steps}")
    axis = axis_of(plan, limit, ranged=low is not None and high is not None)
    first, last = value_of(axis, low, "from"), value_of(axis, high, "to")
    search = Search(axis, How(engine, solver, time_limit, gap), stop)
    if start is not None:
        ensure_of_plan(plan, start)
        search.take(start)
    tell = progress or (lambda done, of_all: None)
    tell(0, steps + 1)
    free = search.solve_free()
    ends = _ends(axis, search, free, first, last)
    values = snapped(grid(*ends, steps, axis.present if low is None and high is None else None), axis.present)
    done = _solve_all(search, values, tell)
    return _assembled(axis, search, sorted(done), len(values), time.monotonic() - began)


def _solve_all(search: Search, values: Sequence[float], tell: Callable[[int, int], None]) -> list[float]:
    """Solve at each value from the loosest on, which the one before is nearest to, then again where a tighter one won.

    Returns
    -------
    list of float
        Values that were solved before somebody wished to stop.
    """
    done: list[float] = []
    for value in reversed(values):
        tell(len(done) + 1, len(values) + 1)
        if search.stop.is_set():
            return done
        search.solve_at(value)
        done.append(value)
    for value in values:
        if search.stop.is_set():
            break
        if search.borrows(value):
            search.solve_at(value)
    tell(len(values) + 1, len(values) + 1)
    return done


def _ends(axis: Axis, search: Search, free: Found, low: float | None, high: float | None) -> tuple[float, float]:
    """First and last value of the limit."""
    if low is None or high is None:
        nothing = keep_ledger(search.network, search.laws, Decision.nothing(search.network))
        first, last = default_ends(axis.present or 0.0, axis.least(nothing), free.least)
        low, high = first if low is None else low, last if high is None else high
    if low < 0.0 and axis.name != "capital.cash":
        raise UsageError(f"the {axis.title} can't be below 0, got {low:g}")
    if not low < high:
        raise UsageError(
            f"the curve would begin at {low:g} and end at {high:g}: {axis.title} must rise; give other --from and --to"
        )
    return low, high


def _assembled(axis: Axis, search: Search, values: Sequence[float], asked: int, seconds: float) -> Frontier:
    free = search.best_free()
    best = [found for value in values if (found := search.best_at(value)) is not None]
    points = tuple(_point(axis, found, search.how.gap) for found in best)
    plan = axis.plan
    curve = Frontier(
        plan=PlanReference(name=plan.name, start_date=plan.start_date, periods=plan.periods, digest=plan.digest()),
        currency=plan.currency,
        limit=axis.name,
        title=axis.title,
        unit=axis.unit,
        objective=plan.policy.objective,
        gap_asked=search.how.gap,
        present=axis.present,
        unlimited=free.least if math.isfinite(free.least) else None,
        points=points,
        seconds=round(seconds, 3),
    )
    kept = [k for k, p in enumerate(points) if p.status != "relaxed"]
    heights = [curve.heights[k] for k in kept]
    doubt = max((points[k].total - (points[k].bound or points[k].total) for k in kept), default=0.0)
    knee = knee_of([points[k].limit for k in kept], heights, doubt if plan.policy.objective == "cost" else 0.0)
    curve = curve.model_copy(update={"knee": knee})
    notes = notes_of(curve, asked=asked, doubt=doubt)
    return curve.model_copy(update={"words": tuple(words_of(curve, free, doubt)), "notes": tuple(notes)})


def _point(axis: Axis, found: Found, asked: float) -> FrontierPoint:
    solution, gap = found.solution, found.gap
    now = [header for header in solution.headers if header.period == 0]
    close = gap is not None and gap <= asked + 1e-9
    status = "relaxed" if solution.relaxations else "optimal" if close else "feasible"
    return FrontierPoint(
        limit=found.value,
        share=found.value / axis.present if axis.present is not None and axis.present > 0.0 else None,
        is_present=found.value == axis.present,
        status=status,
        total=found.total,
        bound=found.bound,
        gap=gap,
        cost=solution.cost,
        backorders=solution.expected_backorders.unit_periods,
        end_units=solution.expected_backorders.end_units,
        fill_rate=solution.fill_rate,
        spend=sum(header.total * header.exchange_rate for header in solution.headers),
        spend_now=sum(header.total * header.exchange_rate for header in now),
        purchase_orders_now=len(now),
    )
