"""The independent check: every rule of the plan held against a decision by plain arithmetic.

It knows nothing of the model or the solver. A solution that fails it is an internal fault, never an output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.terms import order_date
from procure.solution.ledger import Ledger
from procure.solution.limits import TOLERANCE, Limits, excess

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_GRAIN = 1e-6


@dataclass(frozen=True)
class Violation:
    """A rule that a decision breaks.

    Attributes
    ----------
    rule, message
        Which rule, and where by how much in words.
    period
        Period in which it is broken.
    line, group, move, cell, limit
        Position of what breaks it, where it is one of these.
    """

    rule: str
    message: str
    period: int
    line: int | None = None
    group: int | None = None
    move: int | None = None
    cell: int | None = None
    limit: int | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


def violations(ledger: Ledger, limits: Limits) -> list[Violation]:
    """Name every rule that the decision breaks; empty when it keeps them all.

    Parameters
    ----------
    ledger
        The decision in numbers.
    limits
        The shared limits, relaxed where the start itself breaks them.
    """
    return [
        *_order_lines(ledger),
        *_purchase_orders(ledger),
        *_shipments(ledger),
        *_cover(ledger),
        *_shared(ledger, limits),
    ]


def _off_grid(quantity: Array, multiple: Array) -> Mask:
    """Whether each quantity is no whole multiple; a multiple of 0 allows any."""
    steps = quantity / np.where(multiple > 0.0, multiple, 1.0)
    off: Mask = (multiple > 0.0) & (np.abs(steps - np.round(steps)) > _GRAIN)
    return off


def _order_lines(ledger: Ledger) -> Iterator[Violation]:
    network, orders = ledger.network, ledger.decision.orders
    lines, periods = np.nonzero(orders)
    quantity, terms = orders[lines, periods], network.fees.lots
    least, most, multiple = (a[lines] for a in (terms.least, terms.most, terms.multiple))
    faults: list[tuple[Mask, str]] = [
        (quantity < 0.0, "negative"),
        (~network.line_allowed[lines, periods], "no order may be placed on {day}"),
        (quantity < least * (1.0 - TOLERANCE), "below the minimum order quantity {least:g}"),
        (quantity > most * (1.0 + TOLERANCE), "above the maximum order quantity {most:g}"),
        (_off_grid(quantity, multiple), "not a multiple of {multiple:g}"),
    ]
    for k in np.flatnonzero(np.any([mask for mask, _ in faults], axis=0)):
        line, period = int(lines[k]), int(periods[k])
        offer = network.offer_ids[network.line_offer[line]]
        said = {
            "day": order_date(network.plan, period),
            "least": least[k],
            "most": most[k],
            "multiple": multiple[k],
        }
        for message in (text.format(**said) for mask, text in faults if mask[k]):
            place = f"offer {offer}, period {period}, quantity {quantity[k]:g}"
            yield Violation("order_line", f"{place}: {message}", period, line=line)


def _purchase_orders(ledger: Ledger) -> Iterator[Violation]:
    network, bills, fees = ledger.network, ledger.bills, ledger.network.fees
    low = bills.order_goods < fees.least_goods * (1.0 - TOLERANCE)
    high = bills.order_goods > fees.most_goods * (1.0 + TOLERANCE)
    empty = _underfilled(ledger)
    for group, period in np.argwhere(bills.placed & (low | high | empty)).tolist():
        supplier = network.suppliers[network.group_supplier[group]]
        warehouse = network.warehouses[network.group_warehouse[group]].warehouse
        goods, count = bills.order_goods[group, period], bills.containers[group, period]
        place = f"order at {supplier.supplier} for {warehouse}, period {period}, goods {goods:g}"
        fill = f"the last of {count:g} containers is not filled to {fees.minimum_fill[group, 0]:.0%}"
        for mask, rule, message in (
            (low, "order_minimum", f"below the minimum {fees.least_goods[group, 0]:g}"),
            (high, "order_maximum", f"above the maximum {fees.most_goods[group, 0]:g}"),
            (empty, "container_fill", fill),
        ):
            if mask[group, period]:
                yield Violation(rule, f"{place}: {message}", period, group=group)


def _underfilled(ledger: Ledger) -> Mask:
    """Purchase orders whose last container holds less than its minimum fill, shape (G, T)."""
    fees, bills = ledger.network.fees, ledger.bills
    size = np.where(np.isinf(fees.container_size), 0.0, fees.container_size)
    least = (bills.containers - 1.0 + fees.minimum_fill) * size
    short: Mask = (bills.containers > 0.0) & (bills.load < least - TOLERANCE * np.maximum(size, least))
    return short


def _shipments(ledger: Ledger) -> Iterator[Violation]:
    network, shipments = ledger.network, ledger.decision.shipments
    moves, periods = np.nonzero(shipments)
    quantity, origin = shipments[moves, periods], network.move_from[moves]
    multiples = np.array([lane.order_multiple for lane in network.lanes], dtype=float)
    multiple = multiples[network.move_lane[moves]]
    supply = ledger.stocks.supply[origin, periods]
    left = supply - network.demand_before()[origin, periods]
    over = left < -TOLERANCE * np.maximum(1.0, np.abs(supply))
    faults: list[tuple[Mask, str]] = [
        (quantity < 0.0, "negative"),
        (~network.move_allowed[moves, periods], "would arrive after the horizon or the phase-out"),
        (_off_grid(quantity, multiple), "not a multiple of {multiple:g}"),
        (over, "{over:g} units more than are expected to be there"),
    ]
    for k in np.flatnonzero(np.any([mask for mask, _ in faults], axis=0)):
        move, period = int(moves[k]), int(periods[k])
        item, warehouse = network.place(int(origin[k]))
        lane = network.lanes[network.move_lane[move]]
        place = f"transfer of {item} from {warehouse} to {lane.to}, period {period}"
        for message in (t.format(multiple=multiple[k], over=-left[k]) for mask, t in faults if mask[k]):
            yield Violation("transfer", f"{place}: {message}", period, move=move)


def cover_caps(network: Network) -> dict[int, Array]:
    """Most supply after a receipt, by cell with `max_cover_days`, each of shape (T,) [units]."""
    return network.cover_caps


def _cover(ledger: Ledger) -> Iterator[Violation]:
    network, decision = ledger.network, ledger.decision
    if not network.cover_caps:
        return
    last = network.periods - 1
    arrives = np.zeros((network.n_cells, network.periods), dtype=bool)
    lines, periods = np.nonzero(decision.orders)
    arrives[network.line_cell[lines], np.minimum(periods + network.line_lead[lines], last)] = True
    moves, periods = np.nonzero(decision.shipments)
    arrives[network.move_to[moves], np.minimum(periods + network.move_lead[moves], last)] = True
    cells = np.array(list(network.cover_caps), dtype=np.int64)
    caps = np.array(list(network.cover_caps.values()))
    over = ledger.stocks.supply[cells] - caps
    for k, period in np.argwhere(arrives[cells] & (over > TOLERANCE * np.maximum(caps, 1.0))).tolist():
        item, warehouse = network.place(int(cells[k]))
        message = f"{item} at {warehouse}, period {period}: {over[k, period]:g} units beyond max_cover_days"
        yield Violation("maximum_cover", message, period, cell=int(cells[k]))


def _shared(ledger: Ledger, limits: Limits) -> Iterator[Violation]:
    for k, limit in enumerate(limits):
        over = excess(ledger, limit)
        for period in np.flatnonzero(over):
            message = f"{limit.resource} at {limit.place}, period {period}: {over[period]:g} too much"
            yield Violation(limit.kind, message, int(period), limit=k)
