"""Sums that several blocks share, as PuLP expressions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pulp import lpSum

from procure_milp.envelope import Piece
from procure_milp.instance import Instance
from procure_milp.variables import Variables

Expression = Any
"""A `pulp.LpAffineExpression`; PuLP 3 and 4 type it differently."""
Index = tuple[int, ...]
Row = tuple[Index, Any]
"""Indices of a row and its constraint."""


def step_size(step: float) -> float:
    """Units per step; lines without a multiple count single units."""
    return step if step > 0.0 else 1.0


def quantity(inst: Instance, var: Variables, line: int, period: int) -> Expression:
    """Units ordered on a line in a period: q = m * sum_k n."""
    step = step_size(inst.lines[line].step)
    return lpSum(step * var.lots[line, period, i] for i in range(len(inst.lines[line].tiers)))


def goods(inst: Instance, var: Variables, line: int, period: int) -> Expression:
    """Goods value of a line before order discounts: sum_k (p_k m n_k + a_k y_k) [money]."""
    entry = inst.lines[line]
    step = step_size(entry.step)
    terms = [tier.price * step * var.lots[line, period, i] for i, tier in enumerate(entry.tiers)]
    terms += [t.intercept * var.open[line, period, i] for i, t in enumerate(entry.tiers) if t.intercept]
    return lpSum(terms)


def net_goods(inst: Instance, var: Variables, line: int, period: int) -> Expression:
    """Goods value of a line after order discounts: sum_k (1 - d_k) G_k [money]."""
    discounts = inst.groups[inst.lines[line].group].discounts
    if not discounts:
        return goods(inst, var, line, period)
    rates = [0.0, *(rate for _, rate in discounts)]
    return lpSum((1.0 - rate) * var.tier_goods[line, period, i] for i, rate in enumerate(rates))


def line_value(inst: Instance, var: Variables, line: int, period: int) -> Expression:
    """Net goods and freight of the quantity ordered [money]."""
    freight = inst.lines[line].freight
    value = net_goods(inst, var, line, period)
    return value + freight * quantity(inst, var, line, period) if freight else value


def order_fee(inst: Instance, var: Variables, group: int, period: int) -> Expression:
    """Fixed order cost and containers of a purchase order [money]."""
    entry = inst.groups[group]
    terms = []
    if entry.fixed_cost > 0.0:
        terms.append(entry.fixed_cost * var.placed[group, period])
    if entry.has_containers:
        terms.append(entry.container_cost * var.containers[group, period])
    return lpSum(terms)


def order_lines(inst: Instance) -> Iterator[tuple[int, int, int]]:
    """Every (line, period, position of the period in the line)."""
    for k, line in enumerate(inst.lines):
        for j, t in enumerate(line.periods):
            yield k, t, j


def pieces_of(inst: Instance) -> dict[Index, tuple[Piece, ...]]:
    """Pieces of every cell and period, as they stand."""
    return {i: envelope.pieces() for i, envelope in inst.envelopes.items()}


def backorders(inst: Instance, var: Variables, cell: int, period: int) -> Expression:
    """Expected backorders of a cell after a period, from below: B = B_low + sum_k slope_k d_k, or U [units]."""
    if cell in inst.sampled:
        return var.unmet[cell, period]
    return backorder_envelope(inst, var, cell, period)


def backorder_envelope(inst: Instance, var: Variables, cell: int, period: int) -> Expression:
    """The envelope of expected backorders: B_low + sum_k slope_k d_k [units]."""
    envelope = inst.envelopes[cell, period]
    rising = [p.backorder_slope * var.piece[cell, period, k] for k, p in enumerate(envelope.pieces())]
    return lpSum(rising) + envelope.backorders.value(envelope.backorders.start)


def peak_stock(inst: Instance, var: Variables, cell: int, period: int) -> Expression:
    """Peak stock of a cell in a period, from below [units].

    S = S_low + sum_k slope_k d_k; Y in a sampled cell; X_t - E D_{t-1} + U_{t-1} where unmet demand is lost.
    """
    if cell in inst.lost:
        before = var.unmet[cell, period - 1] if period else 0.0
        return var.supply[cell, period] + before - float(inst.expected_before[cell, period])
    return var.stocked[cell, period] if cell in inst.sampled else peak_envelope(inst, var, cell, period)


def peak_envelope(inst: Instance, var: Variables, cell: int, period: int) -> Expression:
    """The envelope of peak stock: S_low + sum_k slope_k d_k [units]."""
    envelope = inst.envelopes[cell, period]
    if envelope.peak is None:
        raise ValueError(f"no limit counts the stock of cell {cell} in period {period}")
    rising = [p.peak_slope * var.piece[cell, period, k] for k, p in enumerate(envelope.pieces()) if p.peak_slope]
    return lpSum(rising) + envelope.peak.value(envelope.peak.start)


@dataclass(frozen=True)
class Reach:
    """What serves a cell from a period on, and what leaves it in the period, by (cell, period).

    Orders come as (line, order period, share expected from this period on).
    """

    orders: dict[Index, list[tuple[int, int, float]]] = field(default_factory=lambda: defaultdict(list))
    moves_in: dict[Index, list[Index]] = field(default_factory=lambda: defaultdict(list))
    moves_out: dict[Index, list[Index]] = field(default_factory=lambda: defaultdict(list))


def reach_of(inst: Instance) -> Reach:
    """Sort orders and moves by the cell and period they reach."""
    found = Reach()
    for k, t, j in order_lines(inst):
        line = inst.lines[k]
        for period, share in line.served(j):
            found.orders[line.cell, period].append((k, t, share))
    for k, move in enumerate(inst.moves):
        for t in move.periods:
            found.moves_in[move.target, t + move.lead].append((k, t))
            found.moves_out[move.origin, t].append((k, t))
    return found


def group_lines(inst: Instance) -> dict[Index, list[int]]:
    """Lines that can be ordered together, by (group, period)."""
    found: dict[Index, list[int]] = defaultdict(list)
    for k, t, _ in order_lines(inst):
        found[inst.lines[k].group, t].append(k)
    return found
