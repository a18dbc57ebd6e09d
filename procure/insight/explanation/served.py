"""Which customer orders that wait each receipt serves, if everything comes as it is expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from procure.insight.explanation.records import Served
from procure.plan.network import Network
from procure.solution.customer_orders import GRAIN, Queue, Receipt, queues, receipts_of
from procure.solution.decision import Decision

Place = tuple[int, int]


def served_by(network: Network, decision: Decision) -> dict[Place, list[Served]]:
    """Customer orders by the line and order period that serves them, first come, first served.

    What is shipped to other warehouses is left out here: a customer order is named with the receipt in which it
    would be served first.
    """
    waiting = queues(network)
    receipts = receipts_of(network, decision, waiting, None)
    found: dict[Place, list[Served]] = defaultdict(list)
    for cell, queue in waiting.items():
        for place, served in _shares(network, queue, receipts.get(cell, [])):
            found[place].append(served)
    return found


def _shares(network: Network, queue: Queue, receipts: list[Receipt]) -> Iterator[tuple[Place, Served]]:
    """Serve the queue from stock, then from one receipt after the other."""
    owed = [row.quantity for row in queue.orders]
    _serve(owed, queue.on_hand)
    for receipt in sorted(receipts, key=lambda r: float(r.day[0])):
        given = _serve(owed, max(float(receipt.units[0]), 0.0))
        day = network.plan.start_date + timedelta(days=int(receipt.day[0]))
        for k, units in given.items():
            if receipt.line is not None:
                yield receipt.line, Served(order_id=queue.orders[k].order_id, quantity=units, on=day)


def _serve(owed: list[float], units: float) -> dict[int, float]:
    """Give units to the first that wait; return what each got."""
    given = {}
    for k, quantity in enumerate(owed):
        part = min(quantity, units)
        if part > GRAIN:
            given[k] = part
            owed[k] -= part
            units -= part
    return given
