"""What a unit is worth and what it costs to keep: r, r_B, holding cost and end credit [plan currency]."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.order_lines import OrderLines
from procure.plan.positions import Positions
from procure.plan.records import Item, Offer, Plan
from procure.plan.terms import is_valid, landed_cost, order_date, plain_landed_cost

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def landed_costs(plan: Plan, positions: Positions) -> Array:
    """Cheapest landed unit cost of each offer, shape (offers,)."""
    return np.array([landed_cost(plan, plan.suppliers[positions.suppliers[o.supplier]], o) for o in plan.offers])


def replacement_costs(plan: Plan, positions: Positions, landed: Array) -> Array:
    """Replacement cost r of each item: least of `replacement_cost` and all landed costs, 0 with neither."""
    given = [np.inf if i.replacement_cost is None else i.replacement_cost for i in plan.items]
    least = np.array(given, dtype=float)
    for offer, cost in zip(plan.offers, landed, strict=True):
        item = positions.items[offer.item]
        least[item] = min(least[item], cost)
    return np.where(np.isinf(least), 0.0, least)


def holding_costs(plan: Plan, replacement: Array) -> Array:
    """Cost of a unit on hand for a period, by item."""
    default = plan.policy.holding_rate * replacement * plan.period_days / 365.0
    given = [np.nan if i.holding_cost is None else i.holding_cost for i in plan.items]
    return np.where(np.isnan(given), default, given)


def end_credits(plan: Plan, replacement: Array) -> Array:
    """Value of a unit left after the horizon, by item; nothing for one phased out by then."""
    phased = np.array([_phased_out(plan, i) for i in plan.items], dtype=bool)
    return np.where(phased, 0.0, plan.policy.terminal_value * replacement)


def _phased_out(plan: Plan, item: Item) -> bool:
    return item.phase_out is not None and item.phase_out < order_date(plan, plan.periods)


def costs_of_owed(plan: Plan, positions: Positions, lines: OrderLines, line_cell: Indices, replacement: Array) -> Array:
    """Cost r_B of a unit owed at the end, by cell.

    The cheapest plain landed cost of the cell's usable offers that stand at the start of the last period,
    else r.

    Parameters
    ----------
    line_cell
        Cell of each line, shape (L,).
    replacement
        r of each cell's item, shape (C,).
    """
    least = np.full(len(replacement), np.inf)
    last = order_date(plan, plan.periods - 1)
    for k, cell in zip(lines.offer, line_cell, strict=True):
        offer = plan.offers[k]
        if is_valid(offer, last):
            least[cell] = min(least[cell], _plain(plan, positions, offer))
    return np.where(np.isinf(least), replacement, least)


def _plain(plan: Plan, positions: Positions, offer: Offer) -> float:
    return plain_landed_cost(plan, plan.suppliers[positions.suppliers[offer.supplier]], offer)
