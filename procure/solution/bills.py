"""Purchase orders in money: goods, discounts, freight, fees, and when they are paid.

L lines, G groups, T periods; plan currency unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.decision import Decision

Array = NDArray[np.float64]
REACHED = 1.0 - 1e-9
"""Share of a discount's goods value from which the discount counts as reached."""


@dataclass(frozen=True, eq=False)
class Bills:
    """Purchase orders in money.

    Attributes
    ----------
    goods
        Goods value by line and period, after price breaks, before order discounts, shape (L, T)
        [supplier's currency].
    order_goods, discount_rate, containers, placed
        By group and period, shape (G, T): goods value [supplier's currency], rate of the tier reached, whole
        containers, whether a purchase order is placed.
    load
        Amount of its container that each purchase order takes, shape (G, T).
    net_goods, freight
        Goods after order discounts and freight of the quantity ordered, by line and period, shape (L, T).
    order_fees, container_costs
        Fixed cost and container cost of each purchase order, shape (G, T).
    """

    goods: Array
    order_goods: Array
    discount_rate: Array
    containers: Array
    placed: NDArray[np.bool_]
    load: Array
    net_goods: Array
    freight: Array
    order_fees: Array
    container_costs: Array


def bills_of(network: Network, decision: Decision) -> Bills:
    """Bill every order line and purchase order of a decision."""
    fees, orders = network.fees, decision.orders
    size = len(network.group_supplier), network.periods
    lines, periods = np.nonzero(orders > 0.0)
    quantity, group = orders[lines, periods], network.line_group[lines]
    goods = np.zeros_like(orders)
    goods[lines, periods] = fees.tariffs.bills(network.line_offer[lines], quantity)
    order_goods, load, placed = np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool)
    np.add.at(order_goods, (group, periods), goods[lines, periods])
    np.add.at(load, (group, periods), quantity * fees.load[lines])
    placed[group, periods] = True
    rate = _discounts(network, order_goods) * placed
    containers = np.maximum(np.ceil(load / fees.container_size - 1e-9), 0.0)
    return Bills(
        goods=goods,
        order_goods=order_goods,
        discount_rate=rate,
        containers=containers,
        placed=placed,
        load=load,
        net_goods=goods * (1.0 - rate[network.line_group]) * network.line_rate[:, None],
        freight=orders * fees.unit_freight,
        order_fees=fees.order_fee * placed,
        container_costs=fees.container_cost * containers,
    )


def _discounts(network: Network, order_goods: Array) -> Array:
    """Discount of the highest tier that each purchase order reaches, shape (G, T)."""
    rate = np.zeros_like(order_goods)
    for least, discount in network.fees.tiers:
        rate = np.where(order_goods >= least * REACHED, discount, rate)
    return rate


def spend_of(bills: Bills) -> Array:
    """Order spend committed in each period, shape (T,)."""
    fees = (bills.order_fees + bills.container_costs).sum(axis=0)
    total: Array = (bills.net_goods + bills.freight).sum(axis=0) + fees
    return total


def payments_of(network: Network, bills: Bills) -> Array:
    """Payments due in each period, open orders included, shape (T,)."""
    fees, periods = network.fees, network.periods
    due: Array = (bills.order_fees + bills.container_costs).sum(axis=0) + network.committed
    values = (bills.net_goods + bills.freight) * network.line_fraction[:, None]
    due += fees.deposit @ values
    lines, placed = np.nonzero(values)
    when = placed + fees.balance_delay[lines]
    inside = when < periods
    balance = ((1.0 - fees.deposit)[lines] * values[lines, placed])[inside]
    np.add.at(due, when[inside], balance)
    return due


def payment_periods(network: Network, line: int, period: int) -> tuple[tuple[float, int], tuple[float, int]]:
    """Deposit and balance of an order line: share of its value and the period in which it is due."""
    deposit = float(network.fees.deposit[line])
    return (deposit, int(period)), (1.0 - deposit, int(period + network.fees.balance_delay[line]))


def committed_payments(network: Network) -> Array:
    """Payments due for open orders in each period, shape (T,)."""
    return network.committed
