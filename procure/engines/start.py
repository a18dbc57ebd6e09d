"""A decision as columns of the solver, to start from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.translate import Translation
from procure.solution.ledger import Decision
from procure_milp.expressions import step_size
from procure_milp.solve import Session

Array = NDArray[np.float64]


def start_columns(session: Session, translation: Translation, decision: Decision) -> Array:
    """Values of all whole columns for a decision; other columns are left at 0 for the solver to fill in."""
    inst, var = translation.instance, session.model.variables
    values = np.zeros(session.width)
    orders, shipments = decision.orders[translation.lines], decision.shipments[translation.moves]

    def put(variable: object, value: float) -> None:
        values[session.column(variable)] = value

    goods: dict[tuple[int, int], float] = {}
    load: dict[tuple[int, int], float] = {}
    for k, line in enumerate(inst.lines):
        group = inst.groups[line.group]
        for j, t in enumerate(line.periods):
            steps = float(orders[k, t]) / step_size(line.step)
            if steps <= 0.0:
                continue
            i = max((i for i, tier in enumerate(line.tiers) if tier.least[j] <= steps + 1e-6 and tier.most[j] > 0.0), default=0)
            put(var.lots[k, t, i], steps)
            if line.has_switch:
                put(var.open[k, t, i], 1.0)
            tier = line.tiers[i]
            value = tier.price * float(orders[k, t]) + tier.intercept
            goods[line.group, t] = goods.get((line.group, t), 0.0) + value
            load[line.group, t] = load.get((line.group, t), 0.0) + group.load.get(k, 0.0) * float(orders[k, t])
            if (line.cell, t + line.lead) in var.arrives:
                put(var.arrives[line.cell, t + line.lead], 1.0)
    for (g, t), value in goods.items():
        group = inst.groups[g]
        if (g, t) in var.placed:
            put(var.placed[g, t], 1.0)
        if group.discounts:
            tier_reached = sum(value >= least * (1.0 - 1e-9) for least, _ in group.discounts)
            put(var.in_tier[g, t, tier_reached], 1.0)
        if (g, t) in var.containers:
            put(var.containers[g, t], float(np.ceil(load[g, t] / group.size - 1e-9)))
    for k, move in enumerate(inst.moves):
        for t in move.periods:
            if shipments[k, t] > 0.0:
                put(var.parcels[k, t], float(shipments[k, t]) / step_size(move.step))
                put(var.ships[move.origin, t], 1.0)
                if (move.lane, t) in var.trip:
                    put(var.trip[move.lane, t], 1.0)
                if (move.target, t + move.lead) in var.arrives:
                    put(var.arrives[move.target, t + move.lead], 1.0)
    return values
