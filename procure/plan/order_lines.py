"""Order lines of a plan: every offer at every warehouse that it serves, as arrays.

Lines of one supplier and warehouse form a group; its lines of one period make one purchase order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.positions import Positions
from procure.plan.records import Plan
from procure.plan.table import coded, days
from procure.plan.terms import EVER, NEVER, exchange_rates, lead_times, order_days, takes_orders

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
    places
        Number of item and warehouse of each line (`Positions.keys`), shape (L,).
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
    places: Indices
    group: Indices
    group_supplier: Indices
    group_warehouse: Indices
    lead: Indices
    days: Indices
    fraction: Array
    rate: Array
    calendar: Mask
    allowed: Mask


def order_lines(plan: Plan, known: Positions) -> OrderLines:
    """Make the lines of a plan; an offer that is usable in no period has none."""
    item, seller = (coded(plan.offers, name) for name in ("item", "supplier"))
    item_of, seller_of = item.positions(known.items), seller.positions(known.suppliers)
    lead, arrival = lead_times(plan)
    usable = _usable(plan, lead)
    offer, warehouse = served(plan, known, np.asarray(usable.any(axis=1)))
    groups = known.keys(seller_of[offer], warehouse)
    group_keys, group = np.unique(groups, return_inverse=True)
    group_supplier, group_warehouse = known.pair(group_keys)
    calendar = (usable & _open(plan)[seller_of])[offer]
    phase_out = days(plan.items, "phase_out", EVER)[item_of[offer]]
    return OrderLines(
        offer=offer,
        places=known.keys(item_of[offer], warehouse),
        group=group.astype(np.int64),
        group_supplier=group_supplier,
        group_warehouse=group_warehouse,
        lead=lead[offer],
        days=arrival[offer],
        fraction=coded(plan.offers, "delivered_fraction").each(lambda share: share.mean)[offer],
        rate=exchange_rates(plan)[seller_of[offer]],
        calendar=calendar,
        allowed=calendar & before_phase_out(plan, phase_out, arrival[offer]),
    )


def calendars(plan: Plan, known: Positions) -> Mask:
    """Periods in which validity, order days, closures and the horizon allow an order, shape (offers, T)."""
    seller = coded(plan.offers, "supplier").positions(known.suppliers)
    found: Mask = _usable(plan, lead_times(plan)[0]) & _open(plan)[seller]
    return found


def _usable(plan: Plan, lead: Indices) -> Mask:
    """Periods whose start lies in each offer's validity and whose order arrives in time, shape (offers, T)."""
    day = order_days(plan)
    first, last = days(plan.offers, "valid_from", NEVER), days(plan.offers, "valid_to", EVER)
    in_time = np.arange(plan.periods) + lead[:, None] < plan.periods
    usable: Mask = in_time & (first[:, None] <= day) & (day <= last[:, None])
    return usable


def _open(plan: Plan) -> Mask:
    """Periods in which each supplier takes orders, shape (suppliers, T)."""
    found = [[takes_orders(plan, supplier, t) for t in range(plan.periods)] for supplier in plan.suppliers]
    return np.array(found, dtype=bool).reshape(-1, plan.periods)


def served(plan: Plan, known: Positions, wanted: Mask) -> tuple[Indices, Indices]:
    """Return offer and warehouse of each line: the warehouses that the wanted offers serve."""
    named = coded(plan.offers, "warehouses")
    every = list(range(len(known.warehouses)))
    lists = [every if names is None else [known.warehouses[w] for w in names] for names in named.values]
    size = np.array([len(served) for served in lists], dtype=np.int64)
    start = np.cumsum(size) - size
    flat = np.array([w for served in lists for w in served], dtype=np.int64)
    offers = np.flatnonzero(wanted)
    code = named.codes[offers]
    count = size[code]
    within = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(offers, count), flat[np.repeat(start[code], count) + within]


def before_phase_out(plan: Plan, phase_out: Indices, arrival: Indices) -> Mask:
    """Periods in which something is received on or before its item's phase-out, shape (n, T).

    Parameters
    ----------
    phase_out
        Last day on which each is wanted, shape (n,) [day number].
    arrival
        Days that each takes, shape (n,).
    """
    receipt = order_days(plan) + arrival[:, None]
    allowed: Mask = receipt <= phase_out[:, None]
    return allowed
