"""Where things stand at the start of a week."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling.lateness import Due

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Payment:
    """Something still to be paid.

    Attributes
    ----------
    place
        Place of the goods.
    expected, amount
        What the buyer counts on until receipt, and what is truly paid [plan currency].
    due, net_days
        What the buyer knows of the day of receipt until then, and the days after it until payment. None: the
        day of payment is known, since it counts from the order.
    received
        Week in which the goods are truly there; from then on `amount` and `day` are known.
    day
        Day on which it is truly due [days from the start of the replay].
    """

    place: int
    expected: float
    amount: float
    due: Due | None
    net_days: int
    received: int
    day: float

    def seen(self, week: int, today: float) -> tuple[float, float]:
        """What the buyer counts on at the start of a week: amount, and days from today until it is due."""
        amount = self.amount if self.received <= week else self.expected
        if self.received <= week or self.due is None:
            return amount, self.day - today
        return amount, self.due.expected(today)[0] + self.net_days


@dataclass(frozen=True)
class Shipment:
    """Something under way.

    Attributes
    ----------
    number, supplier
        Purchase order or transfer; no supplier: a transfer.
    place
        Place that receives it.
    expected, delivered
        Units the buyer counts on and units that truly come.
    due
        What the buyer knows of the day.
    period
        Week that it truly serves first.
    fixed
        Fixed costs of its order per unit ordered: of purchase order, line and containers [plan currency].
    """

    number: str
    supplier: str | None
    place: int
    expected: float
    delivered: float
    due: Due
    period: int
    fixed: float = 0.0


@dataclass(frozen=True)
class Batch:
    """Units received of an order of the replay, and its fixed costs per unit [plan currency]."""

    place: int
    units: float
    fixed: float


@dataclass(frozen=True, eq=False)
class State:
    """The start of a week, before anything is decided.

    Attributes
    ----------
    week
        Number of the week, from 0.
    net
        On hand less backorders, shape (C,) [units].
    under_way
        Orders and transfers not yet received.
    payments
        Payments still to be made.
    spent, paid
        Order spend and payments of all weeks so far [plan currency].
    batches
        What orders of the replay brought and may still be there, in the order of receipt.
    """

    week: int
    net: Array
    under_way: tuple[Shipment, ...]
    payments: tuple[Payment, ...]
    spent: float = 0.0
    paid: float = 0.0
    batches: tuple[Batch, ...] = ()

    def received(self) -> State:
        """The state after receipt of what serves this week or an earlier one."""
        come = [s for s in self.under_way if s.period <= self.week]
        if not come:
            return self
        net = self.net.copy()
        for shipment in come:
            net[shipment.place] += shipment.delivered
        bought = [Batch(s.place, s.delivered, s.fixed) for s in come if s.fixed > 0.0]
        left = tuple(s for s in self.under_way if s.period > self.week)
        return replace(self, net=net, under_way=left, batches=(*self.batches, *bought))
