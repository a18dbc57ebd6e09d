"""How much of anything can still be useful: tight big-M, with the argument why no optimum is lost.

Take a plan and an order line with more than `most`. Ordering one step less keeps every limit. It keeps the MOQ,
the price tier, the order's minimum, discount and containers, because `most` lies a step above all of them. And it
costs no more, because supply stays above the level from which the cost of every later period rises
(FORMULATION.md, "Useful levels").
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.records import Supplier
from procure.plan.terms import Tariff
from procure.solution.ledger import Laws

Array = NDArray[np.float64]

TAIL = 1e-12
"""Probability of a shortage that counts as none; what is lost by it is taken off the bound."""


@dataclass(frozen=True, eq=False)
class Levels:
    """Supply from which more is of no use, by cell and period.

    Attributes
    ----------
    level
        Level for the period alone, shape (C, T) [units].
    onward
        Largest level of the period and all later ones, shape (C, T) [units].
    money, backorders
        Upper bounds on what supply beyond the levels could still save [money; weighted unit-periods].
    """

    level: Array
    onward: Array
    money: float
    backorders: float


def useful_levels(network: Network, laws: Laws, *, backorders_only: bool) -> Levels:
    """Return the levels of all cells.

    Parameters
    ----------
    backorders_only
        Count only backorders, as the objective `backorders` does, where more supply always helps.
    """
    law, item = laws.planned, network.cell_item
    holding = np.repeat(network.holding[item][:, None], network.periods, axis=1)
    short = np.repeat(network.unmet_cost[:, None], network.periods, axis=1)
    price = network.replacement[item]
    rise = holding.copy()
    rise[:, -1] += price - network.credit[item]
    range_ = holding + short
    range_[:, -1] += network.owed + price - network.credit[item]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(range_ > 0.0, rise / range_, 1.0)
    free = ratio < TAIL
    if backorders_only:
        ratio = np.zeros_like(ratio)
    cells, periods = np.indices(ratio.shape)
    level = law.quantile(cells, periods, 1.0 - np.clip(ratio, TAIL, 1.0 - TAIL))
    for cell, paths in law.lost_paths.items():
        # a unit may be wanted until supply has met all demand of every path
        level[cell] = paths.max(axis=1)
    level = np.maximum(level, np.where(laws.target > 0.0, law.expected + laws.target, -np.inf))
    left = law.shortfall(cells, periods, level)
    money = float(np.where(free, range_ * left, 0.0).sum())
    backorders = float((network.priority[item] @ left).sum()) if backorders_only else 0.0
    onward = np.maximum.accumulate(level[:, ::-1], axis=1)[:, ::-1]
    return Levels(level, onward, money, backorders)


def threshold(supplier: Supplier, tariff: Tariff) -> float:
    """Quantity with which a line alone reaches the order's minimum value and its highest discount [units]."""
    values = [supplier.minimum_order_value or 0.0, *(d.minimum_order_value for d in supplier.order_discounts)]
    prices = [p for p in tariff.prices if p > 0.0]
    if max(values) <= 0.0 or not prices:
        return 0.0
    return max(values) / min(prices) + tariff.starts[-1]


def container_steps(supplier: Supplier, amount: float, step: float) -> float:
    """Units by which a line may have to shrink so that the last container is filled enough again."""
    container = supplier.container
    if container is None or container.minimum_fill <= 0.0 or amount <= 0.0:
        return 0.0
    room = (1.0 - container.minimum_fill) * container.size
    if step * amount <= room:
        return container.minimum_fill * container.size / amount + 2.0 * step
    if step <= 0.0:
        return container.size / amount
    exact = rational(container.size) / (rational(step) * rational(amount))
    return exact.numerator * step


def rational(number: float) -> Fraction:
    """Read a decimal number as the fraction that it stands for."""
    return Fraction(number).limit_denominator(10**9)


def has_order_rule(supplier: Supplier) -> bool:
    """Whether a larger line can help the purchase order that it is on."""
    container = supplier.container
    fills = container is not None and container.minimum_fill > 0.0
    return bool(supplier.minimum_order_value or supplier.order_discounts or fills)


def steps_up(quantity: float, step: float) -> float:
    """Whole steps that hold at least `quantity`; units if the step is 0."""
    return float(math.ceil(quantity / step - 1e-9)) if step > 0.0 else quantity


def steps_down(quantity: float, step: float) -> float:
    """Whole steps that hold at most `quantity`; units if the step is 0."""
    return float(math.floor(quantity / step + 1e-9)) if step > 0.0 else quantity
