"""The three objectives: expected cost, weighted backorders, excess over limits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pulp import lpSum

from procure_milp.expressions import (
    group_lines,
    line_value,
    order_fee,
    order_lines,
    pieces_of,
    step_size,
)
from procure_milp.instance import Instance
from procure_milp.variables import Variables


def expected_cost(inst: Instance, var: Variables) -> Any:
    r"""Z1. Total expected cost, less the constant [money].

    .. math:: \sum_{l,t} f_l (net_{lt} + g_l q_{lt}) + \sum_{l,t} K_l \sum_k y_{ltk}
              + \sum_{g,t} (F_g p_{gt} + c_g N_{gt})
              + \sum_{m,t} u_m z_{mt} + \sum_{k,t} U_k v_{kt}
              + \sum_{c,t} (h'_{ct} X_{ct} + b'_{ct} B_{ct} + b_c s_{ct})
    """
    terms: list[Any] = []
    for k, t, _ in order_lines(inst):
        line = inst.lines[k]
        terms.append(line.fraction * line_value(inst, var, k, t))
        if line.fee > 0.0:
            terms += [line.fee * var.open[k, t, i] for i in range(len(line.tiers))]
    terms += [order_fee(inst, var, g, t) for g, t in group_lines(inst)]
    for (k, _), parcels in var.parcels.items():
        terms.append(inst.moves[k].unit_cost * step_size(inst.moves[k].step) * parcels)
    terms += [inst.lane_fee[lane] * trip for (lane, _), trip in var.trip.items()]
    terms += [float(inst.supply_cost[i]) * x for i, x in var.supply.items()]
    terms += _backorders(inst, var, inst.backorder_cost)
    terms += [float(inst.target_cost[c]) * s for (c, _), s in var.short.items()]
    return lpSum(terms)


def weighted_backorders(inst: Instance, var: Variables) -> Any:
    r"""Z2. First stage of the objective `backorders` [weighted unit-periods].

    .. math:: \sum_{c,t} \omega_{ct} B_{ct}
    """
    return lpSum(_backorders(inst, var, inst.weight))


def _backorders(inst: Instance, var: Variables, rates: NDArray[np.float64]) -> list[Any]:
    """Backorders at a rate per cell and period, less what they are at the least supply."""
    terms = [float(rates[i]) * unmet for i, unmet in var.unmet.items()]
    for (c, t), pieces in pieces_of(inst).items():
        if c not in inst.sampled:
            rate = float(rates[c, t])
            terms += [rate * p.backorder_slope * var.piece[c, t, k] for k, p in enumerate(pieces)]
    return terms


def total_excess(inst: Instance, var: Variables) -> Any:
    r"""Z3. Excess over limits that the start itself breaks, relative to each limit.

    .. math:: \sum_k x_k / \max(A_k, 1)
    """
    limits = (inst.stock_limits, inst.money_limits)
    return lpSum(limits[kind][k].weight_of_slack * slack for (kind, k), slack in var.slack.items())


OBJECTIVES = {
    "cost": expected_cost,
    "backorders": weighted_backorders,
    "relaxation": total_excess,
}
