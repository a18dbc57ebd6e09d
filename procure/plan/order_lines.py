"""Order lines of a plan: every offer at every warehouse that it serves, as arrays.

Lines of one supplier and warehouse form a group; its lines of one period make one purchase order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.positions import CellKey, Positions
from procure.plan.records import Item, Offer, Plan
from procure.plan.terms import (
    exchange_rate,
    is_valid,
    nominal_days,
    order_date,
    takes_orders,
    whole_periods,
)

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class OrderLines:
    """L lines in G groups over T periods.

    Attributes
    ----------
    offer
        Position of each line's offer, shape (L,).
    cells
        Item and warehouse of each line.
    group
        Group of each line, shape (L,).
    group_supplier, group_warehouse
        Supplier and warehouse of each group, shape (G,).
    lead, days
        Nominal lead time, shape (L,) [periods, days].
    fraction
        Mean delivered fraction, shape (L,).
    rate
        Plan currency per unit of the supplier's, shape (L,).
    calendar
        Periods in which validity, order days, closures and the horizon allow an order, shape (L, T).
    allowed
        The same, less orders that arrive after a phase-out, shape (L, T).
    """

    offer: Indices
    cells: tuple[CellKey, ...]
    group: Indices
    group_supplier: Indices
    group_warehouse: Indices
    lead: Indices
    days: Indices
    fraction: Array
    rate: Array
    calendar: Mask
    allowed: Mask


def order_lines(plan: Plan, positions: Positions) -> OrderLines:
    """Make the lines of a plan; an offer that is usable in no period has none."""
    placed = [(k, w) for k, offer in enumerate(plan.offers) for w in _served(plan, offer, positions)]
    offers = [plan.offers[k] for k, _ in placed]
    seller = [positions.suppliers[o.supplier] for o in offers]
    pairs = [(s, w) for s, (_, w) in zip(seller, placed, strict=True)]
    groups = {pair: g for g, pair in enumerate(sorted(set(pairs)))}
    used = dict.fromkeys(k for k, _ in placed)
    calendars = {k: _calendar(plan, plan.offers[k], positions) for k in used}
    timely = {k: _timely(plan, plan.offers[k], positions) for k in used}
    return OrderLines(
        offer=np.array([k for k, _ in placed], dtype=np.int64),
        cells=tuple((positions.items[plan.offers[k].item], w) for k, w in placed),
        group=np.array([groups[pair] for pair in pairs], dtype=np.int64),
        group_supplier=np.array([s for s, _ in groups], dtype=np.int64),
        group_warehouse=np.array([w for _, w in groups], dtype=np.int64),
        lead=np.array([whole_periods(o.lead_time.mean, plan.period_days) for o in offers], dtype=np.int64),
        days=np.array([nominal_days(o.lead_time.mean) for o in offers], dtype=np.int64),
        fraction=np.array([o.delivered_fraction.mean for o in offers], dtype=float),
        rate=np.array([exchange_rate(plan, plan.suppliers[s].currency or plan.currency) for s in seller], dtype=float),
        calendar=_rows(plan, [calendars[k] for k, _ in placed]),
        allowed=_rows(plan, [calendars[k] & timely[k] for k, _ in placed]),
    )


def _rows(plan: Plan, rows: list[Mask]) -> Mask:
    return np.array(rows, dtype=bool).reshape(-1, plan.periods)


def _served(plan: Plan, offer: Offer, positions: Positions) -> list[int]:
    """Warehouses that the offer serves, none if it is usable in no period."""
    if not _usable(plan, offer).any():
        return []
    served = positions.warehouses if offer.warehouses is None else offer.warehouses
    return [positions.warehouses[w] for w in served]


def _usable(plan: Plan, offer: Offer) -> Mask:
    """Periods whose start lies in the offer's validity and whose order arrives within the horizon."""
    lead = whole_periods(offer.lead_time.mean, plan.period_days)
    return np.array(
        [t + lead < plan.periods and is_valid(offer, order_date(plan, t)) for t in range(plan.periods)],
        dtype=bool,
    )


def _calendar(plan: Plan, offer: Offer, positions: Positions) -> Mask:
    """Usable periods in which the supplier takes orders."""
    supplier = plan.suppliers[positions.suppliers[offer.supplier]]
    open_ = np.array([takes_orders(plan, supplier, t) for t in range(plan.periods)], dtype=bool)
    calendar: Mask = _usable(plan, offer) & open_
    return calendar


def _timely(plan: Plan, offer: Offer, positions: Positions) -> Mask:
    item = plan.items[positions.items[offer.item]]
    return before_phase_out(plan, item, nominal_days(offer.lead_time.mean))


def before_phase_out(plan: Plan, item: Item, days: int) -> Mask:
    """Periods in which something that takes `days` is received on or before the item's phase-out."""
    if item.phase_out is None:
        return np.ones(plan.periods, dtype=bool)
    receipt = [order_date(plan, t) + timedelta(days=days) for t in range(plan.periods)]
    return np.array([day <= item.phase_out for day in receipt], dtype=bool)
