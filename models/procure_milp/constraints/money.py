"""Money: what orders commit, what falls due, and the limits on both; the second stage of `backorders`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pulp import lpSum

from procure_milp.expressions import Row, backorders, group_lines, line_value, order_fee, order_lines
from procure_milp.instance import Instance
from procure_milp.variables import Variables


def order_spend(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C23. What the orders of a period commit [money].

    .. math:: u_t = \sum_l (net_{lt} + g_l q_{lt}) + \sum_g (F_g p_{gt} + c_g N_{gt})
    """
    terms: dict[int, list[Any]] = defaultdict(list)
    if var.spend:
        for k, t, _ in order_lines(inst):
            terms[t].append(line_value(inst, var, k, t))
        for g, t in group_lines(inst):
            terms[t].append(order_fee(inst, var, g, t))
    for (t,) in var.spend:
        yield (t,), lpSum(terms[t]) - var.spend[(t,)] == 0.0


def payment_due(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C24. What falls due in a period for orders of this plan [money].

    .. math:: c_t = \sum_{l,u} f_l (net_{lu} + g_l q_{lu}) share_{lu,t} + \sum_g (F_g p_{gt} + c_g N_{gt})
    """
    terms: dict[int, list[Any]] = defaultdict(list)
    if var.payment:
        for k, t, j in order_lines(inst):
            line = inst.lines[k]
            value = line.fraction * line_value(inst, var, k, t)
            if line.deposit > 0.0:
                terms[line.deposit_period[j]].append(line.deposit * value)
            if line.deposit < 1.0:
                terms[line.balance_period[j]].append((1.0 - line.deposit) * value)
        for g, t in group_lines(inst):
            terms[t].append(order_fee(inst, var, g, t))
    for (t,) in var.payment:
        yield (t,), lpSum(terms[t]) - var.payment[(t,)] == 0.0


def money_limit(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C25. Order budget and cash: money of the periods counted stays within the limit [money].

    .. math:: \sum_{u=first}^{t} u_u \le A_t \qquad \sum_{u=0}^{t} c_u \le A_t + x_t
    """
    for k, row in enumerate(inst.money_limits):
        money = var.spend if row.kind == "order_budget" else var.payment
        total = lpSum(money[(t,)] for t in range(row.first, row.period + 1))
        slack = var.slack.get((1, k), 0.0)
        yield (row.name, row.period), total - slack <= row.allowed


def backorder_limit(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C26. Second stage of `backorders`: no more than the first stage allows [weighted unit-periods].

    .. math:: \sum_{c,t} \omega_{ct} B_{ct} \le \bar B
    """
    if inst.backorder_limit < float("inf"):
        total = lpSum(float(inst.weight[c, t]) * backorders(inst, var, c, t) for c, t in inst.envelopes)
        yield (0,), total <= inst.backorder_limit - inst.weight_constant
