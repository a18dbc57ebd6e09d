"""Single purchase orders in money, so that one can be billed again without all the others. T periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.bills import REACHED
from procure.solution.ledger import Ledger

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class OrderBill:
    """One purchase order in money; plan currency unless said otherwise.

    Attributes
    ----------
    lines, quantity
        Its lines and their units, shape (N,).
    goods
        Goods value of each line after price breaks, shape (N,) [supplier's currency].
    discount
        Rate of the tier that it reaches.
    net_goods, freight
        Of each line, for the quantity ordered, shape (N,).
    line_fees
        Fixed cost of each line, shape (N,).
    order_fee, container_cost
        Fixed cost of the order, cost of its containers.
    load, containers
        Amount of its container that it takes, whole containers.
    """

    lines: Indices
    quantity: Array
    goods: Array
    discount: float
    net_goods: Array
    freight: Array
    line_fees: Array
    order_fee: float
    container_cost: float
    load: float
    containers: float

    @property
    def spend(self) -> float:
        """Order spend [plan currency]."""
        return float((self.net_goods + self.freight).sum()) + self.order_fee + self.container_cost

    def costs(self, network: Network) -> dict[str, float]:
        """Its parts of the expected cost: only what is expected to be delivered is paid."""
        fraction = network.line_fraction[self.lines]
        return {
            "price": float(fraction @ self.net_goods),
            "freight": float(fraction @ self.freight),
            "ordering": float(self.line_fees.sum()) + self.order_fee + self.container_cost,
        }

    def payments(self, network: Network, period: int) -> Array:
        """Payments due in each period, shape (T,)."""
        fees, due = network.fees, np.zeros(network.periods)
        due[period] += self.order_fee + self.container_cost
        value = (self.net_goods + self.freight) * network.line_fraction[self.lines]
        deposit = fees.deposit[self.lines]
        due[period] += float(deposit @ value)
        when = period + fees.balance_delay[self.lines]
        inside = when < network.periods
        np.add.at(due, when[inside], ((1.0 - deposit) * value)[inside])
        return due


class Orders:
    """Purchase orders of a plan by group and period, each billed again when it changes.

    Parameters
    ----------
    ledger
        The plan's own decision in numbers.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._network = ledger.network
        self._planned: dict[tuple[int, int], OrderBill] = {}
        self._lines: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        found, periods = np.nonzero(ledger.decision.orders)
        groups = ledger.network.line_group[found]
        quantity = ledger.decision.orders[found, periods]
        rows = (found.tolist(), periods.tolist(), groups.tolist(), quantity.tolist())
        for line, period, group, units in zip(*rows, strict=True):
            self._lines[group, period][line] = units

    def bill(self, group: int, period: int, changed: Mapping[int, float] | None = None) -> OrderBill:
        """Bill a purchase order, with other quantities for some of its lines.

        Parameters
        ----------
        changed
            Units by line; 0 takes a line off the order.
        """
        if not changed:
            if (group, period) not in self._planned:
                self._planned[group, period] = self._bill(group, period, {})
            return self._planned[group, period]
        return self._bill(group, period, changed)

    def _bill(self, group: int, period: int, changed: Mapping[int, float]) -> OrderBill:
        units = {**self._lines.get((group, period), {}), **changed}
        placed = {line: amount for line, amount in units.items() if amount > 0.0}
        lines = np.array(list(placed), dtype=np.int64)
        return bill_of(self._network, group, lines, np.array(list(placed.values()), dtype=float))


def bill_of(network: Network, group: int, lines: Indices, quantity: Array) -> OrderBill:
    """Bill the lines of one purchase order by its supplier's terms."""
    fees = network.fees
    goods = fees.tariffs.bills(network.line_offer[lines], quantity)
    order_goods, load = float(goods.sum()), float(quantity @ fees.load[lines])
    discount = 0.0
    for least, rate in fees.tiers:
        discount = float(rate[group, 0]) if order_goods >= least[group, 0] * REACHED else discount
    containers = max(float(np.ceil(load / fees.container_size[group, 0] - 1e-9)), 0.0)
    return OrderBill(
        lines=lines,
        quantity=quantity,
        goods=goods,
        discount=discount,
        net_goods=goods * (1.0 - discount) * network.line_rate[lines],
        freight=quantity * fees.unit_freight[lines, 0],
        line_fees=fees.line_fee[lines, 0],
        order_fee=float(fees.order_fee[group, 0]) if len(lines) else 0.0,
        container_cost=float(fees.container_cost[group, 0]) * containers,
        load=load,
        containers=containers,
    )
