"""What the model knows: plain numbers, indexed by position. It never sees a plan.

Quantities are units, money is plan currency, time is periods t = 0..T-1. Letters are those of FORMULATION.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from procure_milp.envelope import Envelope

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Tier:
    """A price tier k of an order line.

    Attributes
    ----------
    price
        Money per unit in the tier. [p]
    intercept
        Money on top when the line is in the tier (incremental breaks). [a]
    least, most
        Fewest and most steps of the order multiple (units if it is 0) in the tier, one pair per order period
        of the line. [n_min, n_max]
    """

    price: float
    intercept: float
    least: tuple[float, ...]
    most: tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """An offer at a warehouse: one possible order line a period.

    Attributes
    ----------
    cell, group
        Where it arrives; which supplier and warehouse it is ordered with.
    lead
        Whole periods from order to the first period served. [L]
    step
        Order multiple; 0 for any quantity. [m]
    fraction
        Expected share that is delivered. [f]
    periods
        Periods in which an order may be placed.
    tiers
        Price tiers, cheapest quantity first.
    freight, fee
        Money per unit ordered and per order line. [g, K]
    has_switch
        Whether a binary says that the line is open.
    deposit, deposit_period, balance_period
        Share of the line's value due at once; by position in `periods`, when deposit and balance are due
        (T or later: never).
    arrivals
        By position in `periods`: periods and the share of an order that is expected to be served from each; empty
        where all of `fraction` comes after `lead`. [m]
    """

    cell: int
    group: int
    lead: int
    step: float
    fraction: float
    periods: tuple[int, ...]
    tiers: tuple[Tier, ...]
    freight: float
    fee: float
    has_switch: bool
    deposit: float
    deposit_period: tuple[int, ...]
    balance_period: tuple[int, ...]
    arrivals: tuple[tuple[tuple[int, float], ...], ...] = ()

    def served(self, position: int) -> tuple[tuple[int, float], ...]:
        """Periods from which an order serves, each with the share expected then, by position in `periods`."""
        return self.arrivals[position] if self.arrivals else ((self.periods[position] + self.lead, self.fraction),)


@dataclass(frozen=True)
class Group:
    """A supplier at a warehouse: one possible purchase order a period.

    Attributes
    ----------
    fixed_cost, minimum, maximum
        Money per purchase order; least and most goods value (0 and inf: none). [F, V_min, V_max]
    discounts
        Tiers of the order discount: goods value from which it holds, rate. [V, d]
    size, container_cost, minimum_fill
        Container: amount it takes (0: none), money each, least share of the last one. [Q, c, e]
    load
        Amount of the container's resource per unit, by line. [a]
    """

    fixed_cost: float = 0.0
    minimum: float = 0.0
    maximum: float = np.inf
    discounts: tuple[tuple[float, float], ...] = ()
    size: float = 0.0
    container_cost: float = 0.0
    minimum_fill: float = 0.0
    load: dict[int, float] = field(default_factory=dict)

    @property
    def has_switch(self) -> bool:
        """Whether a binary says that the order is placed."""
        return self.fixed_cost > 0.0 or self.minimum > 0.0 or bool(self.discounts)

    @property
    def has_containers(self) -> bool:
        """Whether whole containers matter."""
        return self.size > 0.0 and (self.container_cost > 0.0 or self.minimum_fill > 0.0)


@dataclass(frozen=True)
class Move:
    """An item on a lane: one possible transfer a period.

    Attributes
    ----------
    lane, origin, target
        Lane, and cells it leaves and reaches.
    lead, step, unit_cost
        Periods under way, multiple (0: any quantity), money per unit.
    periods, most
        Periods in which it may leave, and most steps in each.
    """

    lane: int
    origin: int
    target: int
    lead: int
    step: float
    unit_cost: float
    periods: tuple[int, ...]
    most: tuple[float, ...]


@dataclass(frozen=True)
class Capacity:
    """A linear limit on orders or moves: sum of weight * (quantity or goods) <= allowed, in one period.

    Attributes
    ----------
    name, period
        Position of the limit and its period.
    weights
        (line or move, amount per unit); with `of` = `goods` the amount multiplies the goods value.
    of
        `quantity`, `goods` or `shipment`.
    allowed
        Right-hand side.
    """

    name: int
    period: int
    weights: tuple[tuple[int, float], ...]
    of: str
    allowed: float


@dataclass(frozen=True)
class StockLimit:
    """Storage or inventory value: sum of weight * peak stock <= allowed (+ slack), in one period."""

    name: int
    period: int
    weights: tuple[tuple[int, float], ...]
    allowed: float
    weight_of_slack: float = 0.0


@dataclass(frozen=True)
class MoneyLimit:
    """Order budget or cash: money of periods `first`..`period` <= allowed (+ slack)."""

    name: int
    kind: str
    first: int
    period: int
    allowed: float
    weight_of_slack: float = 0.0


@dataclass(frozen=True)
class Rise:
    """One inequality: cell, periods s (-1: before the start) and t, levels u and v [units], switches."""

    cell: int
    first: int
    last: int
    low: float
    high: float
    switches: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True)
class PathCut:
    """A subgradient inequality of a sampled cell: U or Y >= constant + slopes * (supply, orders).

    Attributes
    ----------
    cell, period
        Where it holds.
    of
        `unmet` (U) or `stocked` (Y).
    supply
        (period, slope) of expected supply.
    orders
        (line, period, slope per unit) of orders at uncertain terms.
    constant
        Units.
    """

    cell: int
    period: int
    of: str
    supply: tuple[tuple[int, float], ...]
    orders: tuple[tuple[int, int, float], ...]
    constant: float


@dataclass(frozen=True, eq=False)
class Instance:
    """One planning problem. C cells whose supply can change, T periods.

    Attributes
    ----------
    opening
        Supply without any decision, shape (C, T) [units]. [O]
    expected, expected_before
        Expected cumulative demand of periods 0..t and 0..t-1, shape (C, T) [units]. [E D_t, E D_{t-1}]
    supply_cost, backorder_cost
        Objective coefficients of supply X and of expected backorders B, shape (C, T) [money per unit].
        [h', b']
    weight
        Coefficient of B in the objective `backorders`, shape (C, T).
    target, target_cost
        Safety stock target, shape (C, T) [units]; money per unit short, shape (C,).
    cover, supply_cap
        Most supply after a receipt (inf: none) and an upper bound of supply that always holds, shape (C, T)
        [units]. [K, X_cap]
    lowest
        A lower bound of supply that always holds, shape (C, T) [units]. [X_low]
    envelopes, rises
        B and S from below, by cell and period, and valid inequalities. Both grow while solving.
    sampled, lost
        Cells that draws value: their backorders are U, their peak stock Y. Of these, cells whose unmet demand is
        lost: U is lost so far, and peak stock follows from it.
    path_cuts
        Subgradients of U and Y, which grow while solving.
    backorder_limit
        Right-hand side of the second stage of the objective `backorders`; inf without one.
    constant
        Money that no decision changes.
    """

    periods: int
    opening: Array
    expected: Array
    expected_before: Array
    supply_cost: Array
    backorder_cost: Array
    weight: Array
    target: Array
    target_cost: Array
    cover: Array
    supply_cap: Array
    lowest: Array
    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    moves: tuple[Move, ...]
    lane_fee: tuple[float, ...]
    capacities: tuple[Capacity, ...]
    stock_limits: tuple[StockLimit, ...]
    money_limits: tuple[MoneyLimit, ...]
    envelopes: dict[tuple[int, int], Envelope]
    rises: list[Rise] = field(default_factory=list)
    sampled: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()
    path_cuts: list[PathCut] = field(default_factory=list)
    backorder_limit: float = np.inf
    weight_constant: float = 0.0
    constant: float = 0.0

    @property
    def n_cells(self) -> int:
        """C."""
        return len(self.opening)
