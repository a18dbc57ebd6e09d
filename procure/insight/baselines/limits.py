"""Cutting back what the limits forbid: what is needed last goes first.

As Netstock and SAP F&R publish: scale down to the budget and to the space there is, largest cover first.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.lots import GRAIN, least_of_lines
from procure.solution.limits import Limit, excess

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
ROUNDS = 16
"""Most attempts to keep a limit by reducing quantities, before everything that touches it is given up."""

FEES = 1e-6
"""Money per unit that stands for fees, so that an order is cut where only they are too much."""
PARTS = 10
"""Parts in which a quantity is taken back."""


@dataclass(frozen=True)
class Entry:
    """One order line or shipment of a period that may be reduced."""

    index: int
    period: int
    is_line: bool


def quantity_of(desk: Desk, entry: Entry) -> float:
    """Units of an entry."""
    return float((desk.orders if entry.is_line else desk.shipments)[entry.index, entry.period])


def reduce_to(desk: Desk, entry: Entry, quantity: float) -> None:
    """Change the quantity of an entry."""
    (desk.orders if entry.is_line else desk.shipments)[entry.index, entry.period] = quantity


Rank = Callable[[Entry, float, float], float]
"""How willingly a quantity of an entry is reduced, given what a unit takes of the limit: the most willing first."""


def runs_out(desk: Desk) -> Rank:
    """Rank entries by when their cell would run out with the quantity ordered [periods from the start]."""
    network, last = desk.network, desk.outlook.span - 1

    def rank(entry: Entry, quantity: float, _: float) -> float:
        cell = int((network.line_cell if entry.is_line else network.move_to)[entry.index])
        lead = int((network.line_lead if entry.is_line else network.move_lead)[entry.index])
        share = float(network.line_fraction[entry.index]) if entry.is_line else 1.0
        arrival = min(entry.period + lead, last)
        there = float(desk.net[cell, arrival]) + quantity * share
        return arrival + there / max(float(desk.norms.rate[cell]), 1e-9)

    return rank


def keep_limits(desk: Desk, entries: list[Entry], rank: Rank) -> bool:
    """Reduce entries until every shared limit is kept; tell whether anything was cut.

    Always a part of the one that ranks highest is taken, so that what is left lasts equally long. Limits that
    something else breaks are left alone.
    """
    cut = False
    for round_ in range(ROUNDS + 1):
        found = list(_broken_limits(desk))
        if not found:
            break
        entries = [e for e in entries if quantity_of(desk, e) > 0.0]
        changed = [_relieve(desk, entries, rank, limit, over, whole=round_ == ROUNDS) for limit, over in found]
        if not any(changed):
            break
        cut = True
    return cut


def _broken_limits(desk: Desk) -> Iterator[tuple[Limit, Array]]:
    ledger = desk.ledger()
    for limit in desk.limits:
        over = excess(ledger, limit)
        if over.any():
            yield limit, over


def _relieve(desk: Desk, entries: list[Entry], rank: Rank, limit: Limit, over: Array, *, whole: bool) -> bool:
    """Take from the entries, by rank, as much as the excess asks for."""
    changed, broken = False, np.flatnonzero(over > 0.0)
    uses = [use_of(desk, entry, limit) for entry in entries]
    most = [float(use.max()) for use in uses]
    # plain numbers: there are few periods, and an array would cost more than its arithmetic
    left, takes = over[broken].tolist(), [use[broken].tolist() for use in uses]
    parts = [max(quantity_of(desk, entry) / PARTS, 1e-6) for entry in entries]
    lots = _lots(desk, entries)
    queue = [(-rank(e, quantity_of(desk, e), most[k]), k) for k, e in enumerate(entries) if most[k] > 0.0]
    heapq.heapify(queue)
    while queue and any(x > 0.0 for x in left):
        _, k = heapq.heappop(queue)
        before = quantity_of(desk, entries[k])
        units = [x / use for x, use in zip(left, takes[k], strict=True) if x > 0.0 and use > 0.0]
        if not units or before <= 0.0:
            continue
        needed = max(units) * (1.0 + 1e-9)
        after = _less(lots[k], before, before if whole else min(needed, parts[k]))
        reduce_to(desk, entries[k], after)
        left = [x - use * (before - after) for x, use in zip(left, takes[k], strict=True)]
        changed = True
        heapq.heappush(queue, (-rank(entries[k], after, most[k]), k))
    return changed


def _lots(desk: Desk, entries: list[Entry]) -> list[tuple[float, float]]:
    """Multiple and least quantity of each entry [units]."""
    lines = np.array([entry.index for entry in entries if entry.is_line], dtype=np.int64)
    multiples = desk.network.fees.lots.multiple[lines].tolist()
    of_line = dict(zip(lines.tolist(), zip(multiples, least_of_lines(desk, lines).tolist(), strict=True), strict=True))
    of_move = [float(desk.network.lanes[lane].order_multiple) for lane in desk.network.move_lane]
    return [of_line[e.index] if e.is_line else (of_move[e.index], of_move[e.index]) for e in entries]


def _less(lot: tuple[float, float], before: float, needed: float) -> float:
    """Quantity after at least `needed` units are taken off, in whole multiples; 0 where below the minimum."""
    multiple, least = lot
    after = before - (math.ceil(needed / multiple - GRAIN) * multiple if multiple > 0.0 else needed)
    return after if after >= max(least, 1e-6) - 1e-9 else 0.0


def use_of(desk: Desk, entry: Entry, limit: Limit) -> Array:
    """What a unit of an entry takes of a limit in each period, shape (T,)."""
    return _line_use(desk, entry, limit) if entry.is_line else _move_use(desk, entry, limit)


def _from(desk: Desk, period: int) -> Array:
    """1 from a period on, shape (T,)."""
    return (np.arange(desk.network.periods) >= period).astype(np.float64)


def _in(desk: Desk, period: int) -> Array:
    """1 in a period, shape (T,)."""
    now: Array = np.equal(np.arange(desk.network.periods), period).astype(np.float64)
    return now


def _move_use(desk: Desk, entry: Entry, limit: Limit) -> Array:
    network = desk.network
    target = network.move_to[entry.index]
    item = int(network.cell_item[target])
    arrived = _from(desk, entry.period + int(network.move_lead[entry.index]))
    per_unit = 0.0
    if limit.kind == "storage" and network.cell_warehouse[target] == limit.place:
        per_unit = float(network.usage(limit.resource)[item])
    elif limit.kind == "inventory_value":
        per_unit = float(network.replacement[item])
    elif limit.kind == "lane_capacity" and network.move_lane[entry.index] == limit.place:
        return _in(desk, entry.period) * float(network.usage(limit.resource)[item])
    return arrived * per_unit


def _line_use(desk: Desk, entry: Entry, limit: Limit) -> Array:
    network, line = desk.network, entry.index
    cell = int(network.line_cell[line])
    item = int(network.cell_item[cell])
    arrived = _from(desk, entry.period + int(network.line_lead[line])) * float(network.line_fraction[line])
    if limit.kind == "storage":
        here = network.cell_warehouse[cell] == limit.place
        return arrived * float(here) * float(network.usage(limit.resource)[item])
    if limit.kind == "inventory_value":
        return arrived * float(network.replacement[item])
    if limit.kind in ("cash", "order_budget"):
        return _money_use(desk, entry, limit)
    return _in(desk, entry.period) * _capacity_use(desk, line, item, limit)


def _capacity_use(desk: Desk, line: int, item: int, limit: Limit) -> float:
    """What a unit of a line takes of a supplier's or an offer's capacity."""
    network = desk.network
    if limit.kind == "offer_capacity":
        return float(network.line_offer[line] == limit.place)
    if limit.kind != "supplier_capacity" or network.group_supplier[network.line_group[line]] != limit.place:
        return 0.0
    return float(desk.routes.price[line] if limit.resource == "value" else network.usage(limit.resource)[item])


def _money_use(desk: Desk, entry: Entry, limit: Limit) -> Array:
    network, line = desk.network, entry.index
    value, placed = float(desk.routes.landed[line]) + FEES, _from(desk, entry.period)
    if limit.kind == "order_budget":
        return value * (placed if network.plan.capital.carry_over else _in(desk, entry.period))
    deposit, delay = float(network.fees.deposit[line]), int(network.fees.balance_delay[line])
    due = deposit * placed + (1.0 - deposit) * _from(desk, entry.period + delay)
    return value * float(network.line_fraction[line]) * due + FEES * placed
