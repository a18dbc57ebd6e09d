"""What is expected to be short, why, and the cheapest thing that would help."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.extra_supply import Extra, ExtraSupply
from procure.insight.explanation.records import Help, Shortage
from procure.insight.explanation.revaluation import Revaluation
from procure.insight.explanation.sentences import help_words
from procure.plan.terms import order_date

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Cause = Literal["lead_time", "limit", "too_dear", "open", "no_offer", "no_help"]

MOST = 100
"""Cells that are explained, those where waiting costs most."""
LEAST = 0.5
"""Backorders over the horizon from which a cell counts as short [unit-periods]."""
LEAST_SHARE = 0.02
"""The same as a share of its demand."""
HELPS = 0.5
"""Share of the backorders that could still be answered which something must take away to count as help."""
SMALLEST = 0.005


def short_cells(plan: Revaluation, cells: Indices) -> Indices:
    """Cells that are expected to be short, those where waiting costs most first."""
    network, backorders = plan.network, plan.ledger.stocks.backorders[cells]
    demand = network.mean[cells].sum(axis=1)
    owed = backorders.sum(axis=1)
    short = (owed >= LEAST) & (owed >= LEAST_SHARE * demand)
    cost = _cost(plan, cells)
    order = np.argsort(-cost, kind="stable")
    found: Indices = cells[order[short[order]]]
    return found


def _cost(plan: Revaluation, cells: Indices) -> Array:
    """What backorders or lost units cost, those owed at the end included, shape (cells,) [plan currency]."""
    network, backorders = plan.network, plan.ledger.stocks.backorders[cells]
    cost: Array = network.unmet_cost[cells] * backorders.sum(axis=1) + network.owed[cells] * backorders[:, -1]
    return cost


def shortage_of(plan: Revaluation, extra: ExtraSupply, cell: int) -> Shortage:
    """Say why a cell is short, and what would help."""
    network, backorders = plan.network, plan.ledger.stocks.backorders[cell]
    first = int(network.first_served[cell])
    early, total = float(backorders[:first].sum()), float(backorders.sum())
    helping = [e for e in extra.choices(cell) if -e.difference.backorders >= HELPS * (total - early)]
    kept, barred = extra.kept_and_barred(helping)
    item, warehouse = network.place(cell)
    day = None if first >= network.periods else order_date(network.plan, first)
    why, detail = _why(extra, network.plan.currency, kept, barred, (early, total, day))
    return Shortage(
        item=item,
        warehouse=warehouse,
        lost=bool(network.lost[cell]),
        backorders=total,
        early=early,
        cost=float(_cost(plan, np.array([cell]))[0]),
        first_possible=day,
        why=why,
        detail=detail,
        help=None if kept is None else extra.record(kept),
        barred=None if barred is None else extra.record(*barred),
    )


def _why(
    extra: ExtraSupply,
    currency: str,
    kept: Extra | None,
    barred: tuple[Extra, list[str]] | None,
    times: tuple[float, float, date | None],
) -> tuple[Cause, str]:
    """Why: nothing can come in time; else what the cheapest thing that helps would cost and break."""
    early, total, day = times
    if day is None:
        return "no_offer", "nothing that can be ordered or shipped arrives within the horizon"
    if early >= (1.0 - HELPS) * total:
        rest = _words(extra, currency, kept, barred)
        words = f"; for the rest, {rest}" if rest else ""
        return "lead_time", f"{early:,.1f} of {total:,.1f} fall before {day}, when new supply can first serve{words}"
    if barred is not None and (barred[0].difference.total < -SMALLEST or kept is None):
        words = help_words(extra.record(*barred), currency)
        return ("limit" if barred[0].difference.total < -SMALLEST else "too_dear"), words
    if kept is None:
        return "no_help", "no single order or transfer that was tried takes away half of it"
    found: Help = extra.record(kept)
    if found.more.total < -SMALLEST:
        return "open", f"{help_words(found, currency)}; the plan is not proven to be the best"
    return "too_dear", help_words(found, currency)


def _words(extra: ExtraSupply, currency: str, kept: Extra | None, barred: tuple[Extra, list[str]] | None) -> str:
    """What the cheapest thing that helps would do; empty where nothing does."""
    if kept is not None:
        return help_words(extra.record(kept), currency)
    return "" if barred is None else help_words(extra.record(*barred), currency)
