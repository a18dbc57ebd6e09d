"""A decision as columns of the solver, to start from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.engines.translate import Translation
from procure.solution.ledger import Decision
from procure_milp.expressions import step_size
from procure_milp.instance import Instance, Line
from procure_milp.solve import Session
from procure_milp.variables import Variables

Array = NDArray[np.float64]
Value = tuple[Any, float]
"""A variable and its value."""


def start_columns(session: Session, translation: Translation, decision: Decision) -> Array:
    """Values of all whole columns for a decision; other columns are left at 0 for the solver to fill in."""
    inst, var = translation.instance, session.model.variables
    orders, shipments = decision.orders[translation.lines], decision.shipments[translation.moves]
    values = np.zeros(session.width)
    for variable, value in (
        *_order_lines(inst, var, orders),
        *_purchase_orders(inst, var, orders),
        *_shipments(inst, var, shipments),
    ):
        values[session.column(variable)] = value
    return values


def _tier(line: Line, position: int, steps: float) -> int:
    """The price tier that so many steps reach."""
    reached = (i for i, t in enumerate(line.tiers) if t.least[position] <= steps + 1e-6 and t.most[position] > 0.0)
    return max(reached, default=0)


def _ordered(inst: Instance, orders: Array) -> Iterator[tuple[int, int, int, float]]:
    """Line, period, price tier and quantity of every order line."""
    for k, line in enumerate(inst.lines):
        for j, t in enumerate(line.periods):
            quantity = float(orders[k, t])
            if quantity > 0.0:
                yield k, t, _tier(line, j, quantity / step_size(line.step)), quantity


def _order_lines(inst: Instance, var: Variables, orders: Array) -> Iterator[Value]:
    for k, t, i, quantity in _ordered(inst, orders):
        line = inst.lines[k]
        yield var.lots[k, t, i], quantity / step_size(line.step)
        if line.has_switch:
            yield var.open[k, t, i], 1.0
        if (line.cell, t + line.lead) in var.arrives:
            yield var.arrives[line.cell, t + line.lead], 1.0


def _purchase_orders(inst: Instance, var: Variables, orders: Array) -> Iterator[Value]:
    goods: dict[tuple[int, int], float] = defaultdict(float)
    load: dict[tuple[int, int], float] = defaultdict(float)
    for k, t, i, quantity in _ordered(inst, orders):
        line = inst.lines[k]
        goods[line.group, t] += line.tiers[i].price * quantity + line.tiers[i].intercept
        load[line.group, t] += inst.groups[line.group].load.get(k, 0.0) * quantity
    for (g, t), value in goods.items():
        group = inst.groups[g]
        if (g, t) in var.placed:
            yield var.placed[g, t], 1.0
        if group.discounts:
            reached = sum(value >= least * (1.0 - 1e-9) for least, _ in group.discounts)
            yield var.in_tier[g, t, reached], 1.0
        if (g, t) in var.containers:
            yield var.containers[g, t], float(np.ceil(load[g, t] / group.size - 1e-9))


def _shipments(inst: Instance, var: Variables, shipments: Array) -> Iterator[Value]:
    for k, move in enumerate(inst.moves):
        for t in (t for t in move.periods if shipments[k, t] > 0.0):
            yield var.parcels[k, t], float(shipments[k, t]) / step_size(move.step)
            yield var.ships[move.origin, t], 1.0
            if (move.lane, t) in var.trip:
                yield var.trip[move.lane, t], 1.0
            if (move.target, t + move.lead) in var.arrives:
                yield var.arrives[move.target, t + move.lead], 1.0
