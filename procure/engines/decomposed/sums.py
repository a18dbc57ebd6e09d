"""What goes out to blocks of cells and what comes back: prices and fees, values and sums.

K limits, G groups, T periods, H headers (groups, then lanes, times T).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import reduce
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Sum = TypeVar("Sum", bound="Opening | Use | Tally")


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices of what blocks share.

    Attributes
    ----------
    limits
        Price of each limit by period, shape (K, T) [money per unit of the limit]. [lambda]
    subsidy
        Share of the goods value by which orders are made cheaper, shape (G, T).
    load
        Price of a unit of each group's container, shape (G, T).
    """

    limits: Array
    subsidy: Array
    load: Array


@dataclass(frozen=True, eq=False)
class Borne:
    """What lines and moves pay for being on a purchase order or a trip.

    Attributes
    ----------
    orders, trips
        Fee of each purchase order, shape (G, T), infinite where there is none, and of each trip, shape (lanes, T).
    shared
        Whether it is shared by the weights of the lines; else every line pays all of it.
    """

    orders: Array
    trips: Array
    shared: bool


@dataclass(frozen=True, eq=False)
class Bounds:
    """What a block says of purchase orders before they are priced, each of shape (G, T).

    Attributes
    ----------
    most
        Highest subsidy at which no unit beyond the useful levels pays.
    low, high
        Least and most that a unit of goods and freight money costs over the block's lines, infinite and 0 without.
    """

    most: Array
    low: Array
    high: Array

    @staticmethod
    def over(parts: list[Bounds]) -> Bounds:
        """The bounds over all blocks."""
        return Bounds(
            reduce(np.minimum, (p.most for p in parts)),
            reduce(np.minimum, (p.low for p in parts)),
            reduce(np.maximum, (p.high for p in parts)),
        )


@dataclass(frozen=True, eq=False)
class Opening:
    """What blocks know at the start.

    Attributes
    ----------
    parts
        Number of components.
    money, backorders
        What supply beyond the useful levels could save.
    most_goods, most_load
        Most goods value and load of each group's orders, shape (G,).
    weightless
        How many lines of the group take no room in its container, shape (G,).
    lines, moves
        How many lines may be on each purchase order, shape (G, T), and moves on each trip, shape (lanes, T).
    """

    parts: int
    money: float
    backorders: float
    most_goods: Array
    most_load: Array
    weightless: Array
    lines: Array
    moves: Array


@dataclass(frozen=True, eq=False)
class Use:
    """Sums of a pass.

    Attributes
    ----------
    value
        Least cost of all cells at the prices [money].
    orders_borne, trips_borne
        Shares of fees that lines and moves bear together, shape (G, T) and (lanes, T).
    limits
        Use of each limit by period, without fees of purchase orders, shape (K, T).
    goods, load
        Goods value [supplier's currency] and container room of each purchase order, shape (G, T).
    placed
        How many lines are on each purchase order, shape (G, T).
    """

    value: float
    orders_borne: Array
    trips_borne: Array
    limits: Array
    goods: Array
    load: Array
    placed: Array


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums of a decision.

    Attributes
    ----------
    own
        Objective without purchase orders and trips.
    limits
        Use of each limit by period, without fees and order discounts, shape (K, T).
    count, goods, load
        Components on each header, their goods value [money] and load, shape (H,).
    """

    own: float
    limits: Array
    count: Array
    goods: Array
    load: Array


def added(parts: list[Sum]) -> Sum:
    """Add up field by field, in the order of the blocks."""
    kind = type(parts[0])
    total = {f.name: reduce(lambda a, b: a + b, (getattr(p, f.name) for p in parts)) for f in fields(kind)}
    return kind(**total)
