"""Figures and findings in a reader's words. Where the terminal counts periods, the page names dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from procure.solution.records import Solution
from procure.solution.wording import EXACT, money


def units(quantity: float) -> str:
    """Return a quantity with thousands separators; one decimal where it is not whole and small enough to matter."""
    rounded = round(quantity, 1 if abs(quantity) < 1_000 else 0)
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.1f}"


def limit_title(use: Any) -> str:
    """Name the limit of a use, relaxation or saving, to begin a heading with: `Storage of north`, `Order budget`."""
    resource: str = use.resource.replace("_", " ")
    place = _place(use)
    if not place:
        return resource[:1].upper() + resource[1:]
    return place if resource == use.unit else f"{place}, {resource}"


def _place(limit: Any) -> str:
    """Where a limit holds; empty for one on capital. A relaxation has no place but a warehouse."""
    if getattr(limit, "from_", None) is not None:
        return f"Lane {limit.from_} to {limit.to}"
    if getattr(limit, "offer", None) is not None:
        return f"Offer {limit.offer}"
    if getattr(limit, "supplier", None) is not None:
        return f"Supplier {limit.supplier}"
    return "" if limit.warehouse is None else f"Storage of {limit.warehouse}"


def relaxation_words(solution: Solution, starts: Sequence[date]) -> list[str]:
    """Limits that no plan could keep, one sentence each."""
    return [
        f"{limit_title(slack)} goes {money(slack.amount)} {slack.unit} over its limit of {money(slack.limit)} in the "
        f"period from {starts[slack.period]}."
        for slack in solution.relaxations
    ]


def saving_words(solution: Solution, starts: Sequence[date], noun: str) -> list[str]:
    """What some more of the limits that matter most would save, one sentence each."""
    return [_saving(saving, starts, noun, solution.plan.currency) for saving in solution.limit_savings]


def _saving(saving: Any, starts: Sequence[date], noun: str, currency: str) -> str:
    when = f"in every {noun}" if saving.period is None else f"in the {noun} from {starts[saving.period]}"
    avoided = saving.backorders_avoided or 0.0
    effect = f" and {'avoids' if avoided > 0.0 else 'adds'} {units(abs(avoided))} unit-{noun}s of backorders"
    more = f"{saving.step:,g} {saving.unit} more {when}"
    saved = f"saves about {money(saving.saved)} {currency}{effect if abs(avoided) >= 0.05 else ''}"
    return f"{limit_title(saving)}: {more} {saved}."


def quality(solution: Solution) -> str:
    """Say how good the plan is, from its proven bound."""
    if solution.engine == "baseline":
        return f"Ordered by the rule {solution.solver}, which proves nothing; procure solve looks for a better plan."
    if solution.bound is None or solution.gap is None:
        return "How far this is from the best plan is not known: the time ran out before anything was proven."
    bound = f"the proven bound is {money(solution.bound)} {solution.plan.currency}"
    if solution.gap <= EXACT:
        return f"No plan costs less: {bound}."
    stopped = " More time may bring it closer." if solution.status == "feasible" else ""
    return f"At most {share(solution.gap)} above the best possible plan: {bound}.{stopped}"


def share(gap: float) -> str:
    """Percent with two figures that count."""
    percent = 100.0 * gap
    return f"{percent:.0f} %" if percent >= 10.0 else f"{percent:.2g} %" if percent >= 0.01 else "0.01 %"
