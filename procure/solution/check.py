"""The independent check: every rule of the plan held against a decision by plain arithmetic.

It knows nothing of the model or the solver. A solution that fails it is an internal fault, never an output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from procure.plan.network import Network
from procure.plan.terms import order_date
from procure.solution.ledger import Ledger
from procure.solution.limits import TOLERANCE, Limits, excess

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


def _is_multiple(quantity: float, multiple: float) -> bool:
    if multiple <= 0.0:
        return True
    return abs(quantity / multiple - round(quantity / multiple)) <= _GRAIN


def _order_lines(ledger: Ledger) -> Iterator[Violation]:
    network, orders = ledger.network, ledger.decision.orders
    for line, period in zip(*np.nonzero(orders), strict=True):
        offer, quantity = network.offers[network.line_offer[line]], float(orders[line, period])
        place = f"offer {offer.offer}, period {period}, quantity {quantity:g}"
        for message in _line_faults(network, int(line), int(period), quantity):
            yield Violation("order_line", f"{place}: {message}", int(period), line=int(line))


def _line_faults(network: Network, line: int, period: int, quantity: float) -> Iterator[str]:
    offer = network.offers[network.line_offer[line]]
    if quantity < 0.0:
        yield "negative"
    if not network.line_allowed[line, period]:
        yield f"no order may be placed on {order_date(network.plan, period)}"
    if quantity < offer.minimum_order_quantity * (1.0 - TOLERANCE):
        yield f"below the minimum order quantity {offer.minimum_order_quantity:g}"
    most = offer.maximum_order_quantity
    if most is not None and quantity > most * (1.0 + TOLERANCE):
        yield f"above the maximum order quantity {most:g}"
    if not _is_multiple(quantity, offer.order_multiple):
        yield f"not a multiple of {offer.order_multiple:g}"


def _purchase_orders(ledger: Ledger) -> Iterator[Violation]:
    network, bills = ledger.network, ledger.bills
    for group, period in zip(*np.nonzero(bills.placed), strict=True):
        supplier = network.suppliers[network.group_supplier[group]]
        goods = float(bills.order_goods[group, period])
        warehouse = network.warehouses[network.group_warehouse[group]].warehouse
        place = f"order at {supplier.supplier} for {warehouse}, period {period}, goods {goods:g}"
        least, most = supplier.minimum_order_value, supplier.maximum_order_value
        if least is not None and goods < least * (1.0 - TOLERANCE):
            yield Violation("order_minimum", f"{place}: below the minimum {least:g}", int(period), group=int(group))
        if most is not None and goods > most * (1.0 + TOLERANCE):
            yield Violation("order_maximum", f"{place}: above the maximum {most:g}", int(period), group=int(group))
        yield from _container_fill(ledger, int(group), int(period), place)


def _container_fill(ledger: Ledger, group: int, period: int, place: str) -> Iterator[Violation]:
    network = ledger.network
    container = network.suppliers[network.group_supplier[group]].container
    if container is None:
        return
    mine = network.line_group == group
    amount = network.usage(container.resource)[network.cell_item[network.line_cell[mine]]]
    load = float(amount @ ledger.decision.orders[mine, period])
    count = ledger.bills.containers[group, period]
    least = (count - 1.0 + container.minimum_fill) * container.size
    if count > 0.0 and load < least - TOLERANCE * max(container.size, least):
        message = f"{place}: the last of {count:g} containers is not filled to {container.minimum_fill:.0%}"
        yield Violation("container_fill", message, period, group=group)


def _shipments(ledger: Ledger) -> Iterator[Violation]:
    network, shipments = ledger.network, ledger.decision.shipments
    for move, period in zip(*np.nonzero(shipments), strict=True):
        lane = network.lanes[network.move_lane[move]]
        item, origin = network.place(network.move_from[move])
        place = f"transfer of {item} from {origin} to {lane.to}, period {period}"
        for message in _shipment_faults(ledger, int(move), int(period)):
            yield Violation("transfer", f"{place}: {message}", int(period), move=int(move))


def _shipment_faults(ledger: Ledger, move: int, period: int) -> Iterator[str]:
    network, quantity = ledger.network, float(ledger.decision.shipments[move, period])
    lane, origin = network.lanes[network.move_lane[move]], network.move_from[move]
    if quantity < 0.0:
        yield "negative"
    if not network.move_allowed[move, period]:
        yield "would arrive after the horizon or the phase-out"
    if not _is_multiple(quantity, lane.order_multiple):
        yield f"not a multiple of {lane.order_multiple:g}"
    supply = float(ledger.stocks.supply[origin, period])
    left = supply - float(network.mean[origin, :period].sum())
    if left < -TOLERANCE * max(1.0, abs(supply)):
        yield f"{-left:g} units more than are expected to be there"


def cover_caps(network: Network) -> dict[int, np.ndarray]:
    """Most supply after a receipt, by cell with `max_cover_days`, each of shape (T,) [units]."""
    caps = {}
    for cell in range(network.n_cells):
        days = network.items[network.cell_item[cell]].max_cover_days
        if days is not None:
            ahead = max(1.0, days / network.plan.period_days)
            caps[cell] = _covered(network.mean[cell], ahead)
    return caps


def _covered(mean: np.ndarray, ahead: float) -> np.ndarray:
    """Demand before each period plus that of the next `ahead` periods; the mean rate beyond the horizon."""
    periods = len(mean)
    running = np.concatenate([[0.0], np.cumsum(mean)])
    end = np.arange(periods) + ahead
    inside = np.interp(np.minimum(end, periods), np.arange(periods + 1), running)
    return inside + np.maximum(end - periods, 0.0) * mean.mean()


def _cover(ledger: Ledger) -> Iterator[Violation]:
    network, decision = ledger.network, ledger.decision
    arrives = np.zeros((network.n_cells, network.periods), dtype=bool)
    for line, period in zip(*np.nonzero(decision.orders), strict=True):
        arrives[network.line_cell[line], period + network.line_lead[line]] = True
    for move, period in zip(*np.nonzero(decision.shipments), strict=True):
        arrives[network.move_to[move], period + network.move_lead[move]] = True
    for cell, cap in cover_caps(network).items():
        over = ledger.stocks.supply[cell] - cap
        for period in np.flatnonzero(arrives[cell] & (over > TOLERANCE * np.maximum(cap, 1.0))):
            item, warehouse = network.place(cell)
            message = f"{item} at {warehouse}, period {period}: {over[period]:g} units beyond max_cover_days"
            yield Violation("maximum_cover", message, int(period), cell=int(cell))


def _shared(ledger: Ledger, limits: Limits) -> Iterator[Violation]:
    for k, limit in enumerate(limits):
        over = excess(ledger, limit)
        for period in np.flatnonzero(over):
            message = f"{limit.resource} at {limit.place}, period {period}: {over[period]:g} too much"
            yield Violation(limit.kind, message, int(period), limit=k)
