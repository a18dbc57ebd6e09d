"""Figures and findings in a reader's words. Where the terminal counts periods, the page names dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from procure.solution.records import Relaxation, ResourceUse, Solution

BINDING = 0.99
"""Share of a limit from which it is called used up."""

PROVEN = 1e-6
"""Gap below which a plan is called the best."""


def counted(count: int, word: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def money(amount: float) -> str:
    """Return an amount with thousands separators; cents only where they matter."""
    if abs(amount) < 0.005:
        return "0.00"
    return f"{amount:,.2f}" if abs(amount) < 10_000 else f"{amount:,.0f}"


def units(quantity: float) -> str:
    """Return a quantity with thousands separators; one decimal where it is not whole and small enough to matter."""
    rounded = round(quantity, 1 if abs(quantity) < 1_000 else 0)
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.1f}"


def limit_title(use: ResourceUse | Relaxation) -> str:
    """Name a limit, to begin a heading with: `Storage of north`, `Order budget`, `Supplier ACME, value`."""
    resource = use.resource.replace("_", " ")
    place: Any = use if isinstance(use, ResourceUse) else None
    if place is not None and place.from_ is not None:
        return _with_resource(f"Lane {place.from_} to {place.to}", resource, use.unit)
    if place is not None and place.offer is not None:
        return _with_resource(f"Offer {place.offer}", resource, use.unit)
    if place is not None and place.supplier is not None:
        return _with_resource(f"Supplier {place.supplier}", resource, use.unit)
    if use.warehouse is not None:
        return _with_resource(f"Storage of {use.warehouse}", resource, use.unit)
    return resource[:1].upper() + resource[1:]


def _with_resource(title: str, resource: str, unit: str) -> str:
    return title if resource == unit else f"{title}, {resource}"


def relaxation_words(solution: Solution, starts: Sequence[date]) -> list[str]:
    """Limits that no plan could keep, one sentence each."""
    return [
        f"{limit_title(slack)} goes {money(slack.amount)} {slack.unit} over its limit of {money(slack.limit)} in the "
        f"period from {starts[slack.period]}."
        for slack in solution.relaxations
    ]


def quality(solution: Solution) -> str:
    """Say how good the plan is, from its proven bound."""
    if solution.engine == "baseline":
        return f"Ordered by the rule {solution.solver}, which proves nothing; procure solve looks for a better plan."
    if solution.bound is None or solution.gap is None:
        return "How far this is from the best plan is not known: the time ran out before anything was proven."
    bound = f"the proven bound is {money(solution.bound)} {solution.plan.currency}"
    if solution.gap <= PROVEN:
        return f"No plan costs less: {bound}."
    stopped = " More time may bring it closer." if solution.status == "feasible" else ""
    return f"At most {share(solution.gap)} above the best possible plan: {bound}.{stopped}"


def share(gap: float) -> str:
    """Percent with two figures that count."""
    percent = 100.0 * gap
    return f"{percent:.0f} %" if percent >= 10.0 else f"{percent:.2g} %" if percent >= 0.01 else "0.01 %"
