"""Cells that stand alone, solved exactly: a dynamic program over supply levels.

Where nothing but shared limits links the cells, the sum of their own least costs is a lower bound on the total,
and their orders together are the best plan if they keep every limit. A plan is made once, so all that matters of
earlier orders of a cell is the supply they add up to (Wagner and Whitin, 1958; Sobel, 1969).
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from procure.engines.useful import Levels, rational
from procure.plan.network import Network
from procure.solution.ledger import Decision, Laws

Array = NDArray[np.float64]

MOST_LEVELS = 20_000
"""Supply levels of a cell above which its program would take too long."""


@dataclass(frozen=True, eq=False)
class Alone:
    """The best orders of every cell on its own.

    Attributes
    ----------
    decision
        All their orders; it may break shared limits.
    bound
        Lower bound on the total cost, less what the useful levels could lose [plan currency].
    """

    decision: Decision
    bound: float


@dataclass(frozen=True, eq=False)
class _Tier:
    """One price of a line: from `least` to `most` steps, at a fixed cost and a cost per step."""

    least: int
    most: float
    fixed: float
    slope: float


@dataclass(frozen=True, eq=False)
class _Arrival:
    """An order that may arrive: its line, order period, levels per step and prices."""

    line: int
    period: int
    stride: int
    tiers: tuple[_Tier, ...]


def stand_alone(network: Network, laws: Laws, levels: Levels) -> Alone | None:
    """Solve every cell on its own; None where more than shared limits links cells, or one has too many levels.

    Parameters
    ----------
    levels
        Supply from which more is of no use.
    """
    if not separable(network, laws):
        return None
    orders = Decision.nothing(network).orders
    cost = 0.0
    for cell in range(network.n_cells):
        program = _Program.of(network, laws, levels, cell, _lines_of(network, cell))
        if program is None:
            return None
        cost += program.solve()
        for line, period, quantity in program.orders():
            orders[line, period] = quantity
    return Alone(Decision(orders, Decision.nothing(network).shipments), cost - levels.money)


def separable(network: Network, laws: Laws) -> bool:
    """Whether purchase orders carry nothing that lines share, stock stays where it is, and supply is certain."""
    fees = network.fees
    alone = np.bincount(network.line_group, minlength=len(network.group_supplier)) == 1
    shared = (fees.order_fee[:, 0] > 0.0) & ~alone
    ruled = (fees.least_goods > 0.0) | (fees.most_goods < np.inf) | (fees.container_size < np.inf)
    plain = not (shared.any() or ruled.any() or fees.tiers or network.n_moves or network.cover_caps)
    whole = bool((fees.lots.multiple > 0.0).all() and (network.line_fraction > 0.0).all())
    return plain and whole and not laws.planned.sampled


def can_stand_alone(network: Network, laws: Laws, levels: Levels) -> bool:
    """Whether `stand_alone` solves the plan: only shared limits link its cells, and none has too many levels."""
    return separable(network, laws) and all(
        _scale(network, levels, cell, _lines_of(network, cell)).count <= MOST_LEVELS for cell in range(network.n_cells)
    )


def _lines_of(network: Network, cell: int) -> list[int]:
    """Lines that may be ordered for a cell."""
    lines: list[int] = np.flatnonzero((network.line_cell == cell) & network.line_allowed.any(axis=1)).tolist()
    return lines


@dataclass(frozen=True)
class _Scale:
    """The supply levels of a cell: how many, how far apart, and what a step of each line brings [units]."""

    count: int
    grain: Fraction
    brought: list[Fraction]


def _scale(network: Network, levels: Levels, cell: int, lines: list[int]) -> _Scale:
    lots, fraction = network.fees.lots, network.line_fraction
    brought = [rational(float(lots.multiple[k])) * rational(float(fraction[k])) for k in lines]
    grain = reduce(_common_divisor, brought) if brought else Fraction(1)
    beyond = max((_least_useful(network, k) * float(fraction[k]) for k in lines), default=0.0)
    height = max(float((levels.onward[cell] - network.opening[cell]).max()), 0.0) + beyond
    return _Scale(math.ceil(height / float(grain)) + 2 if lines else 1, grain, brought)


class _Program:
    """The program of one cell; level k is the supply without orders plus k grains.

    Parameters
    ----------
    cost
        Cost of each period's stock by level, shape (T, levels) [plan currency].
    arrivals
        Orders that may arrive, by period of arrival.
    steps
        Units ordered in a step of each line.
    """

    def __init__(self, cost: Array, arrivals: dict[int, list[_Arrival]], steps: dict[int, float]) -> None:
        self._cost, self._arrivals, self._steps = cost, arrivals, steps
        self._stages: dict[int, list[Array]] = {}

    @staticmethod
    def of(network: Network, laws: Laws, levels: Levels, cell: int, lines: list[int]) -> _Program | None:
        """Set up the program of a cell; None if it has too many levels."""
        scale = _scale(network, levels, cell, lines)
        if scale.count > MOST_LEVELS:
            return None
        steps = {k: float(network.fees.lots.multiple[k]) for k in lines}
        supply = network.opening[cell][:, None] + float(scale.grain) * np.arange(scale.count)[None, :]
        arrivals: dict[int, list[_Arrival]] = defaultdict(list)
        for k, units in zip(lines, scale.brought, strict=True):
            tiers = _tiers(network, k)
            for period in np.flatnonzero(network.line_allowed[k]).tolist():
                at = period + int(network.line_lead[k])
                arrivals[at].append(_Arrival(k, period, int(units / scale.grain), tiers))
        return _Program(_stock_cost(network, laws, cell, supply), arrivals, steps)

    def solve(self) -> float:
        """Least cost of the cell [plan currency]."""
        value = np.zeros(self._cost.shape[1])
        for t in range(len(self._cost) - 1, -1, -1):
            value = value + self._cost[t]
            stages = [value]
            for arrival in self._arrivals.get(t, ()):
                value = np.minimum(value, _with_order(value, arrival))
                stages.append(value)
            self._stages[t] = stages
        return float(value[0])

    def orders(self) -> list[tuple[int, int, float]]:
        """Line, order period and quantity of the best orders; call `solve` first."""
        found, level = [], 0
        for t in range(len(self._cost)):
            stages = self._stages[t]
            for j in range(len(stages) - 1, 0, -1):
                before, after = stages[j - 1], stages[j]
                if after[level] < before[level]:
                    arrival = self._arrivals[t][j - 1]
                    steps = _best_steps(before, arrival, level)
                    found.append((arrival.line, arrival.period, steps * self._steps[arrival.line]))
                    level += steps * arrival.stride
        return found


def _common_divisor(a: Fraction, b: Fraction) -> Fraction:
    """Largest fraction of which both are whole multiples."""
    scale = math.lcm(a.denominator, b.denominator)
    return Fraction(math.gcd(int(a * scale), int(b * scale)), scale)


def _least_useful(network: Network, line: int) -> float:
    """Units that a line may need for its own sake, to reach its minimum or its last price break, and a step more."""
    starts = network.tariffs[network.line_offer[line]].starts
    lots = network.fees.lots
    return max(float(lots.least[line]), float(starts[-1])) + 2.0 * float(lots.multiple[line])


def _stock_cost(network: Network, laws: Laws, cell: int, supply: Array) -> Array:
    """Cost of stock and of what is short by period, the worth of the last stock included, shape as `supply`."""
    law, item = laws.planned, network.cell_item[cell]
    periods = np.arange(len(supply))[:, None]
    short = law.shortfall(np.full_like(periods, cell), periods, supply)
    on_hand = np.maximum(supply - law.expected[cell][:, None] + short, 0.0)
    cost = network.holding[item] * on_hand + network.backorder_cost[item] * short
    target = laws.target[cell][:, None]
    missing = np.maximum(target - (supply - law.expected[cell][:, None]), 0.0)
    cost += network.backorder_cost[item] * np.where(target > 0.0, missing, 0.0)
    cost[-1] += network.owed[cell] * short[-1] - network.credit[item] * on_hand[-1]
    whole: Array = cost
    return whole


def _tiers(network: Network, line: int) -> tuple[_Tier, ...]:
    """Prices of a line in steps; what is not delivered is not paid."""
    fees, tariff = network.fees, network.tariffs[network.line_offer[line]]
    step, rate = float(fees.lots.multiple[line]), float(network.line_rate[line])
    fraction = float(network.line_fraction[line])
    fixed = float(fees.line_fee[line, 0] + fees.order_fee[network.line_group[line], 0])
    least = max(float(fees.lots.least[line]), step)
    found = []
    for k, (start, price) in enumerate(zip(tariff.starts, tariff.prices, strict=True)):
        end = tariff.starts[k + 1] if k + 1 < len(tariff.starts) else np.inf
        low = math.ceil(max(start, least) / step - 1e-9)
        high = np.floor(float(fees.lots.most[line]) / step + 1e-9)
        high = min(high, np.ceil(end / step - 1e-9) - 1.0)
        if low <= high:
            found.append(
                _Tier(
                    least=low,
                    most=high,
                    fixed=fixed + tariff.intercept(k) * rate * fraction,
                    slope=(price * rate + float(fees.unit_freight[line, 0])) * fraction * step,
                )
            )
    return tuple(found)


def _with_order(value: Array, arrival: _Arrival) -> Array:
    """Least cost from each level on if the order is placed."""
    stride, count = arrival.stride, len(value)
    rows = -(-count // stride)
    padded = np.full(rows * stride, np.inf)
    padded[:count] = value
    table = padded.reshape(rows, stride)
    best = np.full_like(table, np.inf)
    level = np.arange(rows)[:, None]
    for tier in arrival.tiers:
        ahead = _least_ahead(table + tier.slope * level, tier.least, tier.most)
        best = np.minimum(best, ahead + tier.fixed - tier.slope * level)
    return best.ravel()[:count]


def _least_ahead(table: Array, least: int, most: float) -> Array:
    """Least value between `least` and `most` rows further on, inf where there is none."""
    rows = len(table)
    if least >= rows:
        return np.full_like(table, np.inf)
    if most >= rows - 1:
        return _shifted(np.minimum.accumulate(table[::-1])[::-1], least)
    width, found = int(most) - least + 1, table
    span = 1
    while 2 * span <= width:
        found = np.minimum(found, _shifted(found, span))
        span *= 2
    return np.minimum(_shifted(found, least), _shifted(found, least + width - span))


def _shifted(table: Array, rows: int) -> Array:
    """Rows from further on, inf beyond the end."""
    moved = np.full_like(table, np.inf)
    moved[: len(table) - rows] = table[rows:]
    return moved


def _best_steps(value: Array, arrival: _Arrival, level: int) -> int:
    """Steps of the best order from a level on, given what each level is worth after it."""
    best, found = np.inf, 0
    for tier in arrival.tiers:
        most = int(min(tier.most, (len(value) - 1 - level) // arrival.stride))
        steps = np.arange(tier.least, most + 1)
        if len(steps):
            cost = value[level + steps * arrival.stride] + tier.fixed + tier.slope * steps
            k = int(cost.argmin())
            if cost[k] < best:
                best, found = float(cost[k]), int(steps[k])
    return found
