"""What a frontier says, in a buyer's words: today, without the limit, the knee, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from procure.insight.frontier.records import Frontier, FrontierPoint
from procure.insight.frontier.search import Found
from procure.solution.wording import money


def words_of(curve: Frontier, free: Found, doubt: float) -> Iterator[str]:
    """Say what the curve shows, one sentence each.

    Parameters
    ----------
    free
        The plan without the limit.
    doubt
        Most that a total may lie above the best possible one, as far as is proven [plan currency].
    """
    today = next((p for p in curve.points if p.is_present), None)
    if today is not None:
        yield (
            f"At today's {amount(curve, today.limit)} the plan costs {money(today.total)} {curve.currency} with "
            f"{today.backorders:,.0f} unit-periods of backorders."
        )
    yield from _without(curve, today, free)
    yield from _knee(curve, doubt)


def _without(curve: Frontier, today: FrontierPoint | None, free: Found) -> Iterator[str]:
    waiting = free.solution.expected_backorders.unit_periods
    less = "" if today is None else _apart(today.total - free.total, curve.currency)
    yield (
        f"Without the limit it would cost {money(free.total)} {curve.currency}{less}, with {waiting:,.0f} unit-periods "
        "of backorders."
    )
    if curve.unlimited is not None and free.solution.status != "relaxed":
        yield f"From {amount(curve, curve.unlimited)} on the limit no longer binds that plan."


def _apart(saved: float, currency: str) -> str:
    if abs(saved) < 0.005:
        return ", as much"
    return f", {money(abs(saved))} {currency} {'less' if saved > 0.0 else 'more'}"


def _knee(curve: Frontier, doubt: float) -> Iterator[str]:
    knee = curve.knee
    if knee is None:
        yield from _no_knee(curve, doubt)
        return
    step = step_of(curve)
    what = amount(curve, step)
    before, beyond = knee.saves_before * step, knee.saves_beyond * step
    if curve.objective == "cost":
        yield (
            f"The knee is at {amount(curve, knee.limit)}: up to there another {what} saves at least {money(before)} "
            f"{curve.currency}, beyond it at most {money(beyond)} {curve.currency}."
        )
        return
    yield (
        f"The knee is at {amount(curve, knee.limit)}: up to there another {what} avoids at least {before:,.1f} "
        f"unit-periods of backorders, beyond it at most {beyond:,.1f}."
    )


def _no_knee(curve: Frontier, doubt: float) -> Iterator[str]:
    if len(curve.points) < 3:
        return
    fall = max(curve.heights) - min(curve.heights)
    if fall <= 1e-9 * abs(curve.heights[0]):
        yield "Over this range the limit makes no difference."
    elif curve.objective == "cost" and fall <= doubt:
        yield (
            f"From end to end the cost falls by {money(fall)} {curve.currency}, less than what the gaps leave open, so "
            "no knee is named."
        )
    else:
        yield "The curve has no knee: no point stands out from which more of the limit brings much less."


def notes_of(curve: Frontier, *, asked: int, doubt: float) -> Iterator[str]:
    """Say what the reader should know.

    Parameters
    ----------
    asked
        Points that there should be.
    doubt
        Most that a total may lie above the best possible one, as far as is proven [plan currency].
    """
    if len(curve.points) < asked:
        found = f"{len(curve.points)} of {asked} points were found by then"
        yield f"Stopped early: {found}, and the last search was cut short."
    slack = [p for p in curve.points if p.status == "relaxed"]
    if slack:
        yield (
            f"{len(slack)} of the {len(curve.points)} points, the last at {amount(curve, slack[-1].limit)}, had to "
            "exceed a limit whatever was ordered; the knee leaves them out."
        )
    if curve.present is not None and curve.unlimited is None:
        yield "Some periods allow nothing at all and stay so, so the limit binds at every size."
    unproven = sum(p.bound is None for p in curve.points)
    if unproven:
        yield f"Of {unproven} points nothing is proven: their time ran out first; more --time-limit helps."
    if curve.objective == "cost" and doubt > 0.005:
        yield (
            f"Each total is at most {money(doubt)} {curve.currency} above the best possible one; smaller differences "
            "say nothing."
        )


def step_of(curve: Frontier) -> float:
    """A round amount of the limit, about a tenth of the range or less."""
    width = curve.points[-1].limit - curve.points[0].limit if len(curve.points) > 1 else 0.0
    return 10.0 ** math.floor(math.log10(width / 10.0)) if width > 0.0 else 1.0


def amount(curve: Frontier, value: float) -> str:
    """Write a value of the limit with its unit."""
    if curve.unit == "share":
        return f"{figures(100.0 * value)} % of today's capacities"
    return f"{figures(value)} {curve.unit}"


def figures(value: float) -> str:
    """Four figures that count, whole where that is enough."""
    if value == 0.0:
        return "0"
    places = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
