"""What is left after the last week: what it is worth, and what is still owed.

A unit on hand or under way is worth its replacement cost r (times `terminal_value`; nothing once its item is phased
out), whatever was paid for it: a buyer who paid more, express freight or a small lot's price, gets no more back, and
one who paid less, below r with a discount, is never there, since r is the cheapest way to buy.

r knows nothing of what orders cost however much they bring: fixed costs of purchase orders and lines, containers.
They were charged whole when the order was placed, as if all it brought had served the weeks replayed. What is left of
it will serve later ones. So the part of them that falls on the units left, pro rata of what was ordered, is given back,
too; else a replay would reward whoever orders nothing in its last weeks. First in is first out: stock from before the
replay, whose orders were charged to nobody, goes first. What was not delivered takes its part along.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling.ground import Ground
from procure.insight.rolling.state import Batch, State

Array = NDArray[np.float64]


def worth_left(ground: Ground, state: State) -> float:
    """Cost of what is owed less the worth of what is there and under way after the last week [plan currency]."""
    there = np.maximum(state.net, 0.0)
    for shipment in state.under_way:
        there[shipment.place] += shipment.delivered
    owed = float(ground.owed @ np.maximum(-state.net, 0.0))
    return owed - float(ground.credit @ there) - fixed_costs_left(ground, state)


def fixed_costs_left(ground: Ground, state: State) -> float:
    """Fixed costs of orders of the replay that fall on units left on hand or under way [plan currency]."""
    coming = [Batch(s.place, s.delivered, s.fixed) for s in state.under_way if s.supplier is not None]
    batches = (*_on_hand(ground, state), *coming)
    return sum(float(ground.kept[ground.item[b.place]]) * b.units * b.fixed for b in batches)


def with_batches_on_hand(ground: Ground, state: State) -> State:
    """The state without the batches that have been used up, so that a long replay does not keep them all."""
    return replace(state, batches=tuple(_on_hand(ground, state))) if state.batches else state


def _on_hand(ground: Ground, state: State) -> Iterator[Batch]:
    """Parts of the batches that are still there, first in, first out: the latest cover what is left of an item.

    Warehouses share it, and transfers under way count as there.
    """
    left = np.zeros(len(ground.plan.items))
    np.add.at(left, ground.item, np.maximum(state.net, 0.0))
    for shipment in state.under_way:
        if shipment.supplier is None:
            left[ground.item[shipment.place]] += shipment.delivered
    found = []
    for batch in reversed(state.batches):
        item = ground.item[batch.place]
        units = min(batch.units, float(left[item]))
        if units > 0.0:
            left[item] -= units
            found.append(replace(batch, units=units))
    yield from reversed(found)
