"""Order lines: multiples, minimum quantities, price tiers, what a receipt switches on."""

from __future__ import annotations

from collections.abc import Iterator

from pulp import lpSum

from procure_milp.expressions import Row, goods, order_lines, quantity, step_size
from procure_milp.instance import Instance
from procure_milp.variables import Variables


def line_least(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C6. An open line orders at least its MOQ and the start of its price tier [steps].

    .. math:: n_{ltk} \ge n^{min}_{lk} y_{ltk}
    """
    for k, t, j in order_lines(inst):
        for i, tier in enumerate(inst.lines[k].tiers):
            if inst.lines[k].has_switch and tier.least[j] > 0.0:
                yield (k, t, i), var.lots[k, t, i] - tier.least[j] * var.open[k, t, i] >= 0.0


def line_most(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C7. A closed line orders nothing; an open one at most what can still pay, or its tier's end [steps].

    .. math:: n_{ltk} \le n^{max}_{ltk} y_{ltk}
    """
    for k, t, j in order_lines(inst):
        for i, tier in enumerate(inst.lines[k].tiers):
            if inst.lines[k].has_switch:
                yield (k, t, i), var.lots[k, t, i] - tier.most[j] * var.open[k, t, i] <= 0.0


def one_tier(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C8. An order line is in one price tier at most, and only on a purchase order that is placed.

    .. math:: \sum_k y_{ltk} \le p_{gt} \ (\le 1)
    """
    for k, t, j in order_lines(inst):
        line = inst.lines[k]
        placed = var.placed.get((line.group, t))
        if line.has_switch:
            if placed is not None or len(line.tiers) > 1:
                opened = lpSum(var.open[k, t, i] for i in range(len(line.tiers)))
                yield (k, t), opened - (placed if placed is not None else 1.0) <= 0.0
        elif placed is not None:
            yield (k, t), var.lots[k, t, 0] - line.tiers[0].most[j] * placed <= 0.0


def order_arrives(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C9. An order that first serves a covered cell switches its cover limit on.

    .. math:: y_{luk} \le w_{c,u + L_l}
    """
    for k, t, _ in order_lines(inst):
        line = inst.lines[k]
        arrives = var.arrives.get((line.cell, t + line.lead))
        if arrives is not None:
            opened = lpSum(var.open[k, t, i] for i in range(len(line.tiers)))
            yield (k, t), opened - arrives <= 0.0


def order_capacity(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C10. Orders of a period fit the capacity of a supplier, an offer or a lane [resource or money].

    .. math:: \sum_l a_l q_{lt} \le A_t
    """
    for row in inst.capacities:
        t = row.period
        if row.of == "shipment":
            terms = [w * step_size(inst.moves[k].step) * var.parcels[k, t] for k, w in row.weights]
        else:
            amount = goods if row.of == "goods" else quantity
            terms = [w * amount(inst, var, k, t) for k, w in row.weights]
        yield (row.name, t), lpSum(terms) <= row.allowed
