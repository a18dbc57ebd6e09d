"""A sentence or two for each scenario: cost, who waits, what the present week's release would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from procure.insight.whatif.records import ScenarioOutcome
from procure.plan.records import Plan
from procure.solution.wording import money

NAMED = 2
"""Lines of the release that are named."""


def words_of(outcome: ScenarioOutcome, base: Plan, changed: Plan, total: float, over: Sequence[str]) -> Iterator[str]:
    """Say what a scenario comes to.

    Parameters
    ----------
    base, changed
        The plan as it is, and that of the scenario.
    total
        Total of the plan as it is.
    over
        Limits that the scenario can't keep, with what would do.
    """
    yield f"{_cost(outcome, base.currency, total)}, {_waiting(outcome)}."
    yield _release(outcome, base.currency)
    yield from _still_coming(base, changed)
    if outcome.relaxations:
        yield "It can't keep every limit whatever is ordered."
        yield from (f"{relief[0].upper()}{relief[1:]}." for relief in over)


def _still_coming(base: Plan, changed: Plan) -> Iterator[str]:
    """Say that what is on order at a supplier that drops out still counts."""
    gone = {offer.supplier for offer in base.offers} - {offer.supplier for offer in changed.offers}
    units = sum(row.quantity for row in base.open_orders if row.supplier in gone)
    if units > 0.0:
        yield f"The {units:,.10g} units on order at {', '.join(sorted(gone))} are still taken to arrive."


def _cost(outcome: ScenarioOutcome, currency: str, total: float) -> str:
    apart = outcome.difference
    if abs(apart) < 0.005:
        return "Costs the same"
    share = f" ({100.0 * abs(apart) / abs(total):.1f} %)" if abs(total) >= 1.0 else ""
    text = f"Costs {money(abs(apart))} {currency}{share} {'more' if apart > 0.0 else 'less'}"
    low, high = outcome.least_difference, outcome.most_difference
    if low is not None and high is not None and low <= 0.0 <= high:
        text += " (within what the gaps leave open)"
    return text


def _waiting(outcome: ScenarioOutcome) -> str:
    apart = outcome.backorders_difference
    if abs(apart) < 0.05:
        return "with as many backorders"
    return f"with {abs(apart):,.1f} unit-periods of backorders {'more' if apart > 0.0 else 'fewer'}"


def _release(outcome: ScenarioOutcome, currency: str) -> str:
    """Say what would be ordered otherwise this week."""
    if not outcome.changed_now:
        text = "The orders to release now stay as they are"
    else:
        value = outcome.changed_now_value
        count = f"{outcome.changed_now} line{'' if outcome.changed_now == 1 else 's'}"
        goods = f"{'-' if value < 0.0 else '+'}{money(abs(value))} {currency} of goods"
        text = f"The orders to release now change in {count}, {goods}"
        named = [f"{c.item} from {c.supplier} for {c.warehouse} {c.a:,.10g} to {c.b:,.10g}" for c in outcome.release]
        text += f": {', '.join(named[:NAMED])}" + (f" and {len(named) - NAMED} more" if len(named) > NAMED else "")
    moved = len(outcome.transfers_now)
    if not moved:
        return f"{text}."
    return f"{text}; {moved} transfer{'s' if moved > 1 else ''} to ship now differ{'' if moved > 1 else 's'}."
