"""What a unit is worth and what it costs to keep: r, r_B, holding cost and end credit [plan currency]."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.order_lines import OrderLines
from procure.plan.records import Plan
from procure.plan.table import days, numbers
from procure.plan.terms import EVER, NEVER, order_date

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def replacement_costs(plan: Plan, item: Indices, landed: Array) -> Array:
    """Replacement cost r of each item: least of `replacement_cost` and all landed costs, 0 with neither.

    Parameters
    ----------
    item
        Position of each offer's item, shape (offers,).
    landed
        Cheapest landed unit cost of each offer.
    """
    least = np.array(numbers(plan.items, "replacement_cost", np.inf))
    np.minimum.at(least, item, landed)
    return np.where(np.isinf(least), 0.0, least)


def holding_costs(plan: Plan, replacement: Array) -> Array:
    """Cost of a unit on hand for a period, by item."""
    default = plan.policy.holding_rate * replacement * plan.period_days / 365.0
    given = numbers(plan.items, "holding_cost")
    return np.where(np.isnan(given), default, given)


def end_credits(plan: Plan, replacement: Array) -> Array:
    """Value of a unit left after the horizon, by item; nothing for one phased out by then."""
    phased = days(plan.items, "phase_out", EVER) < order_date(plan, plan.periods).toordinal()
    return np.where(phased, 0.0, plan.policy.terminal_value * replacement)


def costs_of_owed(plan: Plan, lines: OrderLines, line_cell: Indices, plain: Array, replacement: Array) -> Array:
    """Cost r_B of a unit owed at the end, by cell.

    The cheapest plain landed cost of the cell's usable offers that stand at the start of the last period,
    else r.

    Parameters
    ----------
    line_cell
        Cell of each line, shape (L,).
    plain
        Landed unit cost of each offer at its plain price.
    replacement
        r of each cell's item, shape (C,).
    """
    least = np.full(len(replacement), np.inf)
    last = order_date(plan, plan.periods - 1).toordinal()
    valid = (days(plan.offers, "valid_from", NEVER) <= last) & (last <= days(plan.offers, "valid_to", EVER))
    standing = valid[lines.offer]
    np.minimum.at(least, line_cell[standing], plain[lines.offer[standing]])
    return np.where(np.isinf(least), replacement, least)
