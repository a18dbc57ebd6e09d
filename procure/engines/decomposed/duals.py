"""Prices on everything that cells share, and what they make of costs.

C cells, L lines, G groups, W ways in, T periods. FORMULATION.md, "Prices", has the letters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.limits import Limit, Limits

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices beside those of limits, as the cells pay them.

    Attributes
    ----------
    share
        Share of its purchase order's or lane trip's fee that an order of each way bears, shape (W, T) [money]. [phi]
    subsidy
        Share of the goods value by which orders of each group are made cheaper in sight of its discount or least value,
        shape (G, T). [nu]
    load
        Price of a unit of each group's container, shape (G, T) [money per unit of its resource]. [omega]
    stock
        Price at which stock changes hands on each move, shape (M, T) [money per unit]. [pi]
    """

    share: Array
    subsidy: Array
    load: Array
    stock: Array


@dataclass(frozen=True, eq=False)
class LimitPrices:
    """What the prices of shared limits make of money and goods.

    Attributes
    ----------
    peak
        Price of a unit of peak stock, shape (C, T).
    spend, payment
        Price of money spent and of money paid in each period, shape (T,).
    goods
        Price of a unit of goods value of each supplier, shape (suppliers, T).
    unit
        Price of a unit ordered on each line, shape (L, T).
    parcel
        Price of a unit shipped on each move, shape (M, T).
    backorders
        Price of weighted backorders.
    constant
        What the limits themselves take off the bound.
    """

    peak: Array
    spend: Array
    payment: Array
    goods: Array
    unit: Array
    parcel: Array
    backorders: float
    constant: float


def limit_prices(network: Network, limits: Limits, prices: Array) -> LimitPrices:
    """Spread the prices of limits over what uses them."""
    periods = network.periods
    found = LimitPrices(
        peak=np.zeros((network.n_cells, periods)),
        spend=np.zeros(periods),
        payment=np.zeros(periods),
        goods=np.zeros((len(network.suppliers), periods)),
        unit=np.zeros((network.n_lines, periods)),
        parcel=np.zeros((network.n_moves, periods)),
        backorders=0.0,
        constant=0.0,
    )
    constant = backorders = 0.0
    for limit, price in zip(limits, prices, strict=True):
        if not price.any():
            continue
        priced = price > 0.0
        constant -= float(price[priced] @ limit.allowed[priced])
        if limit.kind == "backorders":
            backorders += float(price[-1])
            continue
        _SPREAD[limit.kind](network, limit, price, found)
    constant += float(found.payment @ network.committed)
    return replace(found, backorders=backorders, constant=constant)


def _onward(price: Array) -> Array:
    """Price of an amount that counts in its period and in all later ones."""
    return np.cumsum(price[::-1])[::-1]


def _storage(network: Network, limit: Limit, price: Array, found: LimitPrices) -> None:
    here = np.flatnonzero(network.cell_warehouse == limit.place)
    found.peak[here] += network.usage(limit.resource)[network.cell_item[here]][:, None] * price


def _inventory(network: Network, limit: Limit, price: Array, found: LimitPrices) -> None:
    found.peak[:] += network.replacement[network.cell_item][:, None] * price


def _cash(network: Network, limit: Limit, price: Array, found: LimitPrices) -> None:
    found.payment[:] += _onward(price)


def _budget(network: Network, limit: Limit, price: Array, found: LimitPrices) -> None:
    found.spend[:] += _onward(price) if network.plan.capital.carry_over else price


def _supplier(network: Network, limit: Limit, price: Array, found: LimitPrices) -> None:
    if limit.resource == "value":
        found.goods[limit.place] += price
        return
    mine = np.flatnonzero(network.group_supplier[network.line_group] == limit.place)
    found.unit[mine] += network.usage(limit.resource)[network.cell_item[network.line_cell[mine]]][:, None] * price


def _offer(network: Network, limit: Limit, price: Array, found: LimitPrices) -> None:
    found.unit[network.line_offer == limit.place] += price


def _lane(network: Network, limit: Limit, price: Array, found: LimitPrices) -> None:
    mine = np.flatnonzero(network.move_lane == limit.place)
    found.parcel[mine] += network.usage(limit.resource)[network.cell_item[network.move_from[mine]]][:, None] * price


_SPREAD = {
    "storage": _storage,
    "inventory_value": _inventory,
    "cash": _cash,
    "order_budget": _budget,
    "supplier_capacity": _supplier,
    "offer_capacity": _offer,
    "lane_capacity": _lane,
}


def money_rates(network: Network, prices: LimitPrices, worth: float = 1.0) -> Array:
    """What a unit of goods and freight money of each line costs by order period, its prices included, A, shape (L, T).

    Parameters
    ----------
    worth
        What money counts in the objective.
    """
    fees, periods = network.fees, network.periods
    due = np.arange(periods)[None, :] + fees.balance_delay[:, None]
    later = np.where(due < periods, prices.payment[np.minimum(due, periods - 1)], 0.0)
    deposit = fees.deposit[:, None]
    paid = worth + deposit * prices.payment + (1.0 - deposit) * later
    rates: Array = network.line_fraction[:, None] * paid + prices.spend
    return rates
