"""The customer orders that wait: in which order they are served, by what, and what they can be promised.

The queue of a cell is served before new demand, higher priority first, then in order of arrival: what is asked for
later never delays a customer who waits already. So a customer order is served in full once stock on hand and receipts,
less what has been shipped to other warehouses, reach the sum of the queue up to it. Units, days from the start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import special

from procure.plan.network import Network
from procure.plan.records import CustomerOrder
from procure.plan.table import numbers
from procure.plan.terms import ROUNDING
from procure.solution.decision import Decision
from procure.solution.records import CustomerPromise
from procure.uncertainty.draws import Source, nominal_receipt_days, order_day_draws, receipt_day_draws

Array = NDArray[np.float64]

PURPOSE = "customer orders"
"""Key of the draws; neither plans nor simulations draw under it."""

DRAWS = 2_000
CONFIDENCE = 0.95
"""Confidence with which a promised date is late enough."""

GRAIN = 1e-6


@dataclass(frozen=True, eq=False)
class Queue:
    """The customer orders that wait at one cell, in the order in which they are served.

    Attributes
    ----------
    orders
        The customer orders.
    so_far
        Units of each and all before it, shape (J,).
    on_hand
        Stock at the start [units].
    """

    orders: tuple[CustomerOrder, ...]
    so_far: Array
    on_hand: float


@dataclass(frozen=True, eq=False)
class Receipt:
    """Something that comes to a cell, or leaves it for another warehouse: K draws.

    Attributes
    ----------
    day, units
        Day and units of each draw, shape (K,); units below 0 leave.
    line
        Line and period of an order of the plan; None for anything else.
    """

    day: Array
    units: Array
    line: tuple[int, int] | None = None


def queues(network: Network) -> dict[int, Queue]:
    """Customer orders that wait, by cell."""
    found: dict[int, list[CustomerOrder]] = defaultdict(list)
    rows = network.plan.backorder_queue
    for row in rows:
        found[network.cell_at(row.item, row.warehouse)].append(row)
    on_hand = np.zeros(network.n_cells)
    if rows:
        np.add.at(on_hand, network.cells_of(network.plan.stock), numbers(network.plan.stock, "on_hand"))
    return {cell: _queue(orders, float(on_hand[cell])) for cell, orders in sorted(found.items())}


def _queue(orders: list[CustomerOrder], on_hand: float) -> Queue:
    served = sorted(orders, key=lambda row: (-row.priority, str(row.ordered_at), row.order_id))
    return Queue(tuple(served), np.cumsum([row.quantity for row in served]), on_hand)


def receipts_of(
    network: Network, decision: Decision, cells: Iterable[int], source: Source | None
) -> dict[int, list[Receipt]]:
    """What comes to and leaves some cells.

    Parameters
    ----------
    cells
        Cells that are looked at.
    source
        Where late and short deliveries are drawn from; None: everything comes when and as it is expected.
    """
    wanted = np.zeros(network.n_cells, dtype=bool)
    wanted[list(cells)] = True
    found: dict[int, list[Receipt]] = defaultdict(list)
    awaited = network.cells_of(network.plan.open_orders)
    for k in np.flatnonzero(wanted[awaited]).tolist():
        found[int(awaited[k])].append(_open_order(network, source, k))
    lines, periods = np.nonzero(decision.orders)
    for line, period in _pairs(lines, periods, wanted[network.line_cell[lines]]):
        units = float(decision.orders[line, period])
        found[int(network.line_cell[line])].append(_order(network, source, line, period, units))
    moves, shipped = np.nonzero(decision.shipments)
    for move, period in _pairs(moves, shipped, wanted[network.move_to[moves]]):
        day = period * network.plan.period_days + int(network.move_days[move])
        found[int(network.move_to[move])].append(_moved(day, float(decision.shipments[move, period])))
    for move, period in _pairs(moves, shipped, wanted[network.move_from[moves]]):
        day = period * network.plan.period_days
        found[int(network.move_from[move])].append(_moved(day, -float(decision.shipments[move, period])))
    return found


def _pairs(index: NDArray[np.int64], period: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    return zip(index[chosen].tolist(), period[chosen].tolist(), strict=True)


def _moved(day: int, units: float) -> Receipt:
    return Receipt(np.array([float(day)]), np.array([units]))


def _open_order(network: Network, source: Source | None, k: int) -> Receipt:
    row = network.plan.open_orders[k]
    day = np.array([float(nominal_receipt_days(network, row))])
    if source is not None and row.lead_time_sd > 0.0:
        day = np.ceil(receipt_day_draws(network, source, k) - ROUNDING)
    return Receipt(day, np.array([row.quantity]))


def _order(network: Network, source: Source | None, line: int, period: int, units: float) -> Receipt:
    offer = network.offers[network.line_offer[line]]
    if source is None or not (offer.lead_time.is_random or offer.delivered_fraction.is_random):
        day = float(period * network.plan.period_days + network.line_days[line])
        return Receipt(np.array([day]), np.array([units * float(network.line_fraction[line])]), (line, period))
    day_drawn, share = order_day_draws(network, source, line, period)
    return Receipt(day_drawn, units * share, (line, period))


def served_days(queue: Queue, receipts: list[Receipt]) -> Array:
    """Day on which each customer order is served in full, in each draw, shape (J, K); infinite where it never is."""
    runs = max((len(receipt.day) for receipt in receipts), default=1)
    day = np.array([np.zeros(runs), *(np.broadcast_to(receipt.day, runs) for receipt in receipts)])
    units = np.array([np.full(runs, queue.on_hand), *(np.broadcast_to(receipt.units, runs) for receipt in receipts)])
    # what comes on a day is there before what leaves on it
    order = np.lexsort((units < 0.0, day), axis=0)
    day, units = np.take_along_axis(day, order, axis=0), np.take_along_axis(units, order, axis=0)
    there = np.maximum.accumulate(np.cumsum(units, axis=0), axis=0)
    enough = there[None] >= queue.so_far[:, None, None] - GRAIN
    first = np.take_along_axis(day, enough.argmax(axis=1), axis=0)
    return np.where(enough.any(axis=1), first, np.inf)


def promises(network: Network, decision: Decision) -> Iterator[CustomerPromise]:
    """Promise a date to every customer order that waits, by cell and in the order in which they are served."""
    waiting = queues(network)
    receipts = receipts_of(network, decision, waiting, Source(PURPOSE, network.plan.policy.seed, DRAWS))
    for cell, queue in waiting.items():
        days = np.sort(served_days(queue, receipts.get(cell, [])), axis=1)
        for row, own in zip(queue.orders, days, strict=True):
            yield CustomerPromise(
                order_id=row.order_id,
                item=row.item,
                warehouse=row.warehouse,
                quantity=row.quantity,
                promised_date_50=_date(network, own, 0.5),
                promised_date_90=_date(network, own, 0.9),
            )


def _date(network: Network, days: Array, probability: float) -> date | None:
    """The earliest day that is late enough; None beyond the horizon."""
    plan = network.plan
    rank = 1 if len(days) == 1 else safe_rank(len(days), probability)
    day = float(days[rank - 1]) if rank <= len(days) else np.inf
    inside = day <= plan.periods * plan.period_days - 1 + GRAIN
    return plan.start_date + timedelta(days=round(day)) if inside else None


def safe_rank(draws: int, probability: float) -> int:
    """Rank, from 1, of the draw that is no less than the quantile with `CONFIDENCE`; above `draws` if none is.

    So that a promise keeps its probability although it is made on draws: a one-sided tolerance bound by order
    statistics, which holds for every distribution (Hahn and Meeker, Statistical Intervals, 1991, chapter 5).
    """
    ranks = np.arange(1, draws + 1)
    safe = special.bdtr(ranks - 1, draws, probability) >= CONFIDENCE
    return int(ranks[safe][0]) if safe.any() else draws + 1
