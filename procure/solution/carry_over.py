"""Last week's plan carried over to today's: its later orders and transfers, by their dates.

What was released, lies in the past, is no longer offered or may no longer be ordered on its day is left out, and
quantities are cut to what the offer now takes. Nothing is added. The result may break limits; `mending` sees to it.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from procure.errors import UsageError
from procure.plan.network import Network
from procure.plan.records import Plan
from procure.plan.terms import ROUNDING
from procure.solution.decision import Decision
from procure.solution.records import Solution
from procure.solution.replay import line_positions, move_positions


def ensure_carries_over(plan: Plan, solution: Solution) -> None:
    """Refuse a solution whose periods are not those of the plan, some whole periods later.

    Raises
    ------
    UsageError
        The solution's plan begins later, has other periods, or its periods begin on other days.
    """
    old, days = solution.plan, (plan.start_date - solution.plan.start_date).days
    if old.period_days != plan.period_days:
        raise UsageError(
            f"the start has periods of {old.period_days} days and the plan of {plan.period_days}; "
            "start from a solution with the same periods"
        )
    if days < 0 or days % plan.period_days:
        raise UsageError(
            f"the start belongs to a plan from {old.start_date}, which is not some whole periods of "
            f"{plan.period_days} days before {plan.start_date}; start from an older solution of the same rhythm"
        )


def carried_over(network: Network, solution: Solution) -> Decision:
    """Find the places of a solution's orders and transfers in a later plan of the same business.

    Parameters
    ----------
    network
        Today's plan in numbers.
    solution
        A solution of an older plan, or of another version of today's. Lines are found by offer, warehouse and
        order date, transfers by lane, item and ship date.

    Returns
    -------
    Decision
        What is left of it; it keeps the terms of every single order line, other limits perhaps not.

    Raises
    ------
    UsageError
        The two plans have no periods in common; see `ensure_carries_over`.
    """
    ensure_carries_over(network.plan, solution)
    decision = Decision.nothing(network)
    lines, moves = line_positions(network), move_positions(network)
    for row in solution.lines:
        line, period = lines.get((row.offer, row.warehouse)), _period(network, row.order_date)
        if line is not None and period is not None and _is_open(network, line, period, row.item):
            decision.orders[line, period] = _fitting(network, line, row.quantity)
    multiples = np.array([lane.order_multiple for lane in network.lanes], dtype=float)
    for moved in solution.transfers:
        move, period = moves.get((moved.from_, moved.to, moved.item)), _period(network, moved.ship_date)
        if move is not None and period is not None and network.move_allowed[move, period]:
            multiple = float(multiples[network.move_lane[move]])
            decision.shipments[move, period] = whole_multiples(moved.quantity, multiple)
    return decision


def whole_multiples(quantity: float, multiple: float) -> float:
    """The most whole multiples that a quantity holds; a multiple of 0 allows any quantity."""
    if multiple <= 0.0:
        return quantity
    return math.floor(quantity / multiple * (1.0 + ROUNDING) + ROUNDING) * multiple


def _period(network: Network, day: date) -> int | None:
    """Period of the plan that begins on a day."""
    period, rest = divmod((day - network.plan.start_date).days, network.plan.period_days)
    return period if not rest and 0 <= period < network.periods else None


def _is_open(network: Network, line: int, period: int, item: str) -> bool:
    offer = network.offers[network.line_offer[line]]
    return offer.item == item and bool(network.line_allowed[line, period])


def _fitting(network: Network, line: int, quantity: float) -> float:
    """The quantity, cut to what the offer takes; 0 where that is less than its minimum."""
    lots = network.fees.lots
    fitting = whole_multiples(min(quantity, float(lots.most[line])), float(lots.multiple[line]))
    return fitting if fitting >= float(lots.least[line]) * (1.0 - ROUNDING) else 0.0
