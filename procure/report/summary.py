"""The first screen: few numbers, each with what it means, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from procure.report.course import Course
from procure.report.facts import Facts
from procure.report.limits import LimitCourse
from procure.report.wording import quality, relaxation_words, saving_words, units
from procure.solution.wording import counted, money

STATUS = {
    "optimal": ("Proven good", "within the gap asked for", "good"),
    "feasible": ("Stopped early", "before the gap asked for was reached", "fair"),
    "relaxed": ("Over a limit", "no plan keeps every limit", "bad"),
}
RULE = ("By a rule", "ordered by a rule of thumb, nothing is proven", "fair")

MOST_NAMED = 3


@dataclass(frozen=True)
class Card:
    """A figure, its unit, and what it means in a sentence."""

    title: str
    figure: str
    unit: str
    note: str
    target: str


@dataclass(frozen=True)
class Action:
    """What to do, why, and where in the page to look."""

    what: str
    why: str
    target: str


def status_of(facts: Facts) -> tuple[str, str, str]:
    """Status in two words, what it means, and whether that is good, fair or bad."""
    solution = facts.solution
    by_rule = solution.engine == "baseline" and solution.status != "relaxed"
    return RULE if by_rule else STATUS[solution.status]


def period_noun(facts: Facts) -> str:
    """What a buyer calls a period."""
    return {1: "day", 7: "week"}.get(facts.plan.period_days, "period")


def spend(facts: Facts, *, release: bool) -> float:
    """Total of the orders to release now, or of all later ones [plan currency]."""
    chosen = [order for order in facts.solution.headers if (order.period == 0) is release]
    return sum(order.total * order.exchange_rate for order in chosen)


def headline(facts: Facts) -> str:
    """Say what to release now."""
    now = sum(order.period == 0 for order in facts.solution.headers)
    if not now:
        return "Nothing to order now."
    lines = sum(line.release for line in facts.solution.lines)
    amount = f"{money(spend(facts, release=True))} {facts.plan.currency}"
    return f"Release {counted(now, 'purchase order')} now: {counted(lines, 'line')}, {amount}."


def cards(facts: Facts) -> Iterator[Card]:
    """Yield the figures of the first screen."""
    solution, currency, noun = facts.solution, facts.plan.currency, period_noun(facts)
    later = sum(order.period > 0 for order in solution.headers)
    yield Card(
        "To release now",
        money(spend(facts, release=True)),
        currency,
        f"Later: {counted(later, 'order')}, {money(spend(facts, release=False))} {currency}, a forecast.",
        "release",
    )
    yield Card(
        "Expected cost",
        money(facts.ledger.total),
        currency,
        f"Over {counted(facts.plan.periods, noun)}, less the worth of the stock left. {quality(solution)}",
        "cost",
    )
    owed = float(facts.ledger.stocks.backorders.sum())
    promised = solution.expected_backorders.open_loop.unit_periods
    yield Card(
        "Expected backorders",
        units(owed),
        f"unit-{noun}s",
        f"{owed / facts.plan.periods:,.0f} units at the end of an average {noun}. Without the orders "
        f"{units(solution.without_orders.unit_periods)}; if nobody plans again {units(promised)}.",
        "backorders",
    )
    yield Card(
        "Served from stock",
        f"{100.0 * solution.fill_rate:.1f}",
        "% of demand",
        "Promised even if nobody plans again until the end.",
        "stock",
    )


def actions(facts: Facts, course: Course, limits: list[LimitCourse]) -> Iterator[Action]:
    """Yield what to do, most urgent first."""
    solution, noun = facts.solution, period_noun(facts)
    for words in relaxation_words(solution, facts.starts):
        yield Action("Make room, or agree to go over a limit", f"{words} No plan avoids it.", "limits")
    if any(order.period == 0 for order in solution.headers):
        yield Action("Release the purchase orders", headline(facts), "release")
    shipped = [move for move in solution.transfers if move.period == 0]
    if shipped:
        what = f"{units(sum(move.quantity for move in shipped))} units between warehouses."
        yield Action(f"Ship {counted(len(shipped), 'transfer')} now", what, "moves")
    yield from _short(facts, course, noun)
    yield from _tight(facts, limits, noun)
    if solution.warnings:
        yield Action(f"Read {counted(len(solution.warnings), 'warning')}", solution.warnings[0], "warnings")


def _short(facts: Facts, course: Course, noun: str) -> Iterator[Action]:
    short = np.flatnonzero(facts.runs_out.any(axis=1))
    if not len(short):
        return
    those = set(short.tolist())
    places = [
        f"{item} at {warehouse} ({money(float(facts.backorder_cost[cell]))} {facts.plan.currency})"
        for cell, (item, warehouse) in zip(course.cells.tolist(), course.places, strict=True)
        if cell in those
    ][:MOST_NAMED]
    items = len(set(facts.network.cell_item[short].tolist()))
    where = f"In some {noun} expected demand exceeds what will be there. Dearest: {', '.join(places)}."
    yield Action(f"Look at {counted(items, 'item')} expected to run out", where, "stock")


def _tight(facts: Facts, limits: list[LimitCourse], noun: str) -> Iterator[Action]:
    full = [limit for limit in limits if limit.full]
    if not full:
        return
    savings = saving_words(facts.solution, facts.starts, noun)
    priced = [limit for limit in full if limit.price is not None]
    names = ", ".join(f"{limit.title} ({counted(len(limit.full), noun)})" for limit in full[:MOST_NAMED])
    why = f"Used up: {names}."
    if savings:
        why = " ".join(savings)
    elif priced:
        best = max(priced, key=lambda limit: (limit.price and limit.price.shadow_price) or 0.0)
        why = f"{why} {_price(facts, best, noun)}"
    yield Action(f"See what {counted(len(full), 'limit')} hold back", why, "limits")


def _price(facts: Facts, limit: LimitCourse, noun: str) -> str:
    """What one unit more of a limit saves where it saves most."""
    use = limit.price
    if use is None or use.shadow_price is None:
        return ""
    when = f"in the {noun} from {facts.starts[use.period]}"
    saved = f"{money(use.shadow_price)} {facts.plan.currency}"
    return f"{limit.title}: one {limit.unit} more {when} saves about {saved}."
