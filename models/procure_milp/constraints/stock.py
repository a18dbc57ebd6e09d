"""Supply and its pieces, safety stock, storage, cover."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pulp import lpSum

from procure_milp.expressions import Row, peak_stock, pieces_of, quantity, reach_of, step_size
from procure_milp.instance import Instance
from procure_milp.rises import rise_terms
from procure_milp.variables import Variables


def supply_balance(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C1. Supply is that of the period before, plus what arrives, less what is shipped away [units].

    .. math:: X_{ct} - X_{c,t-1} = O_{ct} - O_{c,t-1} + \sum_{l,u} m_{lut} q_{lu}
              + \sum_{m,u: u + L_m = t} z_{mu} - \sum_m z_{mt}
    """
    reach = reach_of(inst)
    change = np.diff(inst.opening, axis=1, prepend=0.0)
    for c in range(inst.n_cells):
        for t in range(inst.periods):
            ordered = [share * quantity(inst, var, k, u) for k, u, share in reach.orders[c, t]]
            moved_in = [step_size(inst.moves[k].step) * var.parcels[k, u] for k, u in reach.moves_in[c, t]]
            moved_out = [step_size(inst.moves[k].step) * var.parcels[k, u] for k, u in reach.moves_out[c, t]]
            before = var.supply[c, t - 1] if t > 0 else 0.0
            flow = lpSum(ordered) + lpSum(moved_in) - lpSum(moved_out)
            yield (c, t), var.supply[c, t] - before - flow == float(change[c, t])


def supply_pieces(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C2. Supply is the sum of its pieces, over each of which B and S are straight [units].

    .. math:: X_{ct} = \underline X_{ct} + \sum_k \delta_{ctk}
    """
    for (c, t), pieces in pieces_of(inst).items():
        total = lpSum(var.piece[c, t, k] for k in range(len(pieces)))
        yield (c, t), var.supply[c, t] - total == float(inst.lowest[c, t])


def safety_shortfall(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C3. What expected net stock lacks of the safety stock target [units].

    .. math:: s_{ct} \ge \tau_{ct} - (X_{ct} - E D_{ct})
    """
    for c, t in var.short:
        wanted = float(inst.target[c, t] + inst.expected[c, t])
        yield (c, t), var.short[c, t] + var.supply[c, t] >= wanted


def storage(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C4. Peak stock fits the storage of a warehouse, or the inventory value allowed [resource, money].

    .. math:: \sum_c a_c S_{ct} \le A_t + x_t
    """
    for k, row in enumerate(inst.stock_limits):
        used = lpSum(weight * peak_stock(inst, var, c, row.period) for c, weight in row.weights)
        slack = var.slack.get((0, k), 0.0)
        yield (row.name, row.period), used - slack <= row.allowed


def maximum_cover(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C5. After a receipt, supply is at most the demand that it may cover [units].

    .. math:: X_{ct} \le \bar X_{ct} - (\bar X_{ct} - K_{ct}) w_{ct}
    """
    for c, t in var.arrives:
        bound, cap = float(inst.supply_cap[c, t]), float(inst.cover[c, t])
        yield (c, t), var.supply[c, t] + (bound - cap) * var.arrives[c, t] <= bound


def rise_needs_arrival(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C27. Supply rises only when something arrives; every whole plan keeps it, found while solving [units].

    .. math:: (v - X_{ct})^+ + (X_{cs} - u)^+
              \ge (v - u - O_{ct} + O_{cs}) (1 - \textstyle\sum switches_{s+1..t})
    """
    for k, rise in enumerate(inst.rises):
        found = rise_terms(inst, rise)
        if found is not None:
            terms, side = found
            total = lpSum(a * getattr(var, block)[index] for block, index, a in terms)
            yield (rise.cell, rise.first + 1, rise.last, k), total >= side
