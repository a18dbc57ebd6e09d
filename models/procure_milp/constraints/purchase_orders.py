"""Whole purchase orders: minimum and maximum value, order discounts, containers."""

from __future__ import annotations

from collections.abc import Iterator

from pulp import lpSum

from procure_milp.expressions import Expression, Row, goods, group_lines, order_lines, quantity
from procure_milp.instance import Instance
from procure_milp.variables import Variables


def order_minimum(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C11. A placed order reaches the supplier's minimum order value [money].

    .. math:: \sum_{l \in g} goods_{lt} \ge V^{min}_g p_{gt}
    """
    for (g, t), lines in group_lines(inst).items():
        if inst.groups[g].minimum > 0.0:
            value = lpSum(goods(inst, var, k, t) for k in lines)
            yield (g, t), value - inst.groups[g].minimum * var.placed[g, t] >= 0.0


def order_maximum(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C12. A purchase order stays within the supplier's maximum order value [money].

    .. math:: \sum_{l \in g} goods_{lt} \le V^{max}_g
    """
    for (g, t), lines in group_lines(inst).items():
        if inst.groups[g].maximum < float("inf"):
            yield (g, t), lpSum(goods(inst, var, k, t) for k in lines) <= inst.groups[g].maximum


def discount_split(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C13. The goods of a line lie under one tier of the order discount [money].

    .. math:: \sum_k G_{ltk} = goods_{lt}
    """
    for k, t, _ in order_lines(inst):
        tiers = inst.groups[inst.lines[k].group].discounts
        if tiers:
            split = lpSum(var.tier_goods[k, t, i] for i in range(len(tiers) + 1))
            yield (k, t), split - goods(inst, var, k, t) == 0.0


def discount_tier(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C14. The whole order is in one tier of the discount, if it is placed.

    .. math:: \sum_k e_{gtk} = p_{gt}
    """
    for g, t in group_lines(inst):
        tiers = inst.groups[g].discounts
        if tiers:
            chosen = lpSum(var.in_tier[g, t, i] for i in range(len(tiers) + 1))
            yield (g, t), chosen - var.placed[g, t] == 0.0


def discount_goods(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C15. A line has goods only under the tier that its order is in [money].

    .. math:: G_{ltk} \le G^{max}_{lt} e_{gtk}
    """
    for k, t, j in order_lines(inst):
        line = inst.lines[k]
        tiers = inst.groups[line.group].discounts
        for i in range(len(tiers) + 1 if tiers else 0):
            most = most_goods(inst, k, j)
            yield (k, t, i), var.tier_goods[k, t, i] - most * var.in_tier[line.group, t, i] <= 0.0


def most_goods(inst: Instance, line: int, position: int) -> float:
    """Largest goods value that the line can have in the period at that position [money]."""
    entry = inst.lines[line]
    step = entry.step if entry.step > 0.0 else 1.0
    return max(t.price * step * t.most[position] + t.intercept for t in entry.tiers)


def discount_reached(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C16. A tier of the discount needs the goods value from which it holds [money].

    .. math:: \sum_{l \in g} G_{ltk} \ge V_k e_{gtk}
    """
    for (g, t), lines in group_lines(inst).items():
        for i, (least, _) in enumerate(inst.groups[g].discounts, start=1):
            value = lpSum(var.tier_goods[k, t, i] for k in lines)
            yield (g, t, i), value - least * var.in_tier[g, t, i] >= 0.0


def container_room(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C17. The load of a purchase order fits its containers [container resource].

    .. math:: \sum_{l \in g} a_l q_{lt} \le Q_g N_{gt}
    """
    for (g, t), lines in group_lines(inst).items():
        if inst.groups[g].has_containers:
            load = _load(inst, var, g, t, lines)
            yield (g, t), load - inst.groups[g].size * var.containers[g, t] <= 0.0


def container_fill(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C18. All containers but the last are full, and the last holds at least its share [container resource].

    .. math:: \sum_{l \in g} a_l q_{lt} \ge Q_g (N_{gt} - 1 + e_g)
    """
    for (g, t), lines in group_lines(inst).items():
        group = inst.groups[g]
        if group.has_containers:
            load = _load(inst, var, g, t, lines)
            slackest = group.size * (group.minimum_fill - 1.0)
            yield (g, t), load - group.size * var.containers[g, t] >= slackest


def _load(inst: Instance, var: Variables, group: int, period: int, lines: list[int]) -> Expression:
    load = inst.groups[group].load
    return lpSum(load[k] * quantity(inst, var, k, period) for k in lines if load.get(k))
