"""The part of the Lagrangian that belongs to whole purchase orders: fee, discount, least and most value, containers.

For each group and period: placed or not; if placed, at least the fee, less what its discount saves beyond the subsidy
that its lines get already, plus its containers, less what its lines pay for their room in them. G groups, T periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.duals import LimitPrices
from procure.engines.decomposed.grouping import Grouping
from procure.engines.decomposed.programs import Programs
from procure.engines.useful import container_steps
from procure.plan.network import Network

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


PASSED_ON = 1e6
"""Factor for lines whose units may be passed on, over and over: more than "Useful levels" lets any plan order."""


@dataclass(frozen=True, eq=False)
class OrderTerms:
    """What is known of purchase orders before any price.

    Attributes
    ----------
    rate
        Plan currency per unit of the supplier's, shape (G,).
    most_goods, most_load
        Most that an order can hold in goods value [supplier's currency] and in its container's resource, shape (G,).
    weightless
        Whether a line of the group takes no room in a container, shape (G,).
    """

    network: Network
    rate: Array
    most_goods: Array
    most_load: Array
    weightless: Mask

    @staticmethod
    def of(programs: Programs) -> OrderTerms:
        """Add up what the programs of all lines of a group could order at once."""
        network = programs.network
        n_groups, lines = len(network.group_supplier), np.arange(network.n_lines)
        cells, fees = programs.cells, network.fees
        height = ((cells.levels - 1 - cells.start) * cells.grain)[network.line_cell]
        units = height / np.maximum(network.line_fraction, 1e-9)
        units = np.maximum(units, _reaching_units(network)) + 2.0 * fees.lots.multiple
        ships = np.isin(network.line_cell, network.move_from)
        units = np.minimum(np.where(ships, PASSED_ON * (1.0 + units), units), fees.lots.most)
        dearest = np.where(np.isfinite(fees.tariffs.starts), fees.tariffs.prices, 0.0).max(axis=1)
        goods, load = np.zeros(n_groups), np.zeros(n_groups)
        np.add.at(goods, network.line_group, units * dearest[network.line_offer[lines]])
        np.add.at(load, network.line_group, units * fees.load)
        rate = np.ones(n_groups)
        rate[network.line_group] = network.line_rate
        weightless = np.zeros(n_groups, dtype=bool)
        weightless[network.line_group[fees.load <= 0.0]] = True
        return OrderTerms(network, rate, goods, load, weightless)

    @cached_property
    def lines(self) -> Grouping:
        """Lines by group."""
        return Grouping(self.network.line_group, len(self.rate))

    @cached_property
    def moves(self) -> Grouping:
        """Moves by lane."""
        return Grouping(self.network.move_lane, len(self.network.lanes))

    @cached_property
    def ruled(self) -> Mask:
        """Groups whose goods value matters: a least or most value or a discount, shape (G,)."""
        fees = self.network.fees
        ruled = (fees.least_goods[:, 0] > 0.0) | (fees.most_goods[:, 0] < self.most_goods)
        for least, discount in fees.tiers:
            ruled |= (discount[:, 0] > 0.0) & np.isfinite(least[:, 0])
        return ruled

    @cached_property
    def loaded(self) -> Mask:
        """Groups with containers that cost something or must be filled, shape (G,)."""
        fees = self.network.fees
        costs = (fees.container_cost[:, 0] > 0.0) | (fees.minimum_fill[:, 0] > 0.0)
        return np.isfinite(fees.container_size[:, 0]) & costs

    @cached_property
    def best_discount(self) -> Array:
        """Highest discount of each group, shape (G,)."""
        best = np.zeros(len(self.rate))
        for least, discount in self.network.fees.tiers:
            best = np.where(np.isfinite(least[:, 0]), np.maximum(best, discount[:, 0]), best)
        return best

    def room_prices(self, load: Array) -> Array:
        """Prices of container room as they may be: 0 or more, and 0 without containers, shape (G, T)."""
        return np.where(self.loaded[:, None], np.maximum(load, 0.0), 0.0)

    def subsidies(self, wanted: Array, most: Array) -> Array:
        """Subsidies as they may be: at most so high, and only where the order has a rule, shape (G, T)."""
        return np.where(self.ruled[:, None], np.minimum(wanted, most), 0.0)


def _reaching_units(network: Network) -> Array:
    """Units with which a line alone reaches all that its purchase order asks for, shape (L,).

    An order may hold as much for the sake of its minimum, its discount or its container, beyond what its cell can use
    (FORMULATION.md, "Useful levels").
    """
    fees, offer, group = network.fees, network.line_offer, network.line_group
    goods = fees.least_goods[:, 0]
    for least, _ in fees.tiers:
        goods = np.where(np.isfinite(least[:, 0]), np.maximum(goods, least[:, 0]), goods)
    there = np.isfinite(fees.tariffs.starts)
    price = np.where(there & (fees.tariffs.prices > 0.0), fees.tariffs.prices, np.inf).min(axis=1)[offer]
    deepest = np.where(there, fees.tariffs.starts, 0.0).max(axis=1)[offer]
    units = goods[group] / price + np.maximum(deepest, fees.lots.least)
    return np.asarray(units + _filling_units(network), dtype=float)


def _filling_units(network: Network) -> Array:
    """Units by which a line may have to be larger so that the last container is filled enough, shape (L,)."""
    fees, group = network.fees, network.line_group
    units = np.zeros(network.n_lines)
    fills = np.flatnonzero((fees.minimum_fill[group, 0] > 0.0) & (fees.load > 0.0))
    terms = np.column_stack([network.group_supplier[group], fees.load, fees.lots.multiple])[fills]
    distinct, which = np.unique(terms, axis=0, return_inverse=True)
    steps = [container_steps(network.suppliers[int(s)], float(load), float(step)) for s, load, step in distinct]
    units[fills] = np.array(steps)[which.ravel()] if len(fills) else 0.0
    return units


def order_values(
    terms: OrderTerms, prices: LimitPrices, rates: tuple[Array, Array], subsidy: Array, load: Array, worth: float = 1.0
) -> Array:
    """Least that placing each purchase order costs beyond its lines, before their shares of its fee, shape (G, T).

    Parameters
    ----------
    rates
        Least and most that a unit of money costs over the lines of each purchase order, shape (G, T); infinite and 0
        without lines.
    subsidy, load
        Prices of goods and of container room, shape (G, T).
    worth
        What money counts in the objective.
    """
    network, fees = terms.network, terms.network.fees
    money = worth + prices.spend + prices.payment
    value: Array = fees.order_fee * money
    if terms.ruled.any():
        value = value + _goods_terms(terms, rates, subsidy)
    if terms.loaded.any():
        value = value + _container_terms(terms, money, load)
    assert value.shape == (len(network.group_supplier), network.periods)
    return value


def _goods_terms(terms: OrderTerms, rates: tuple[Array, Array], subsidy: Array) -> Array:
    fees = terms.network.fees
    n_groups, periods = subsidy.shape
    low, high = (np.where(np.isinf(rate), 0.0, rate) * terms.rate[:, None] for rate in rates)
    most = np.minimum(fees.most_goods[:, 0], terms.most_goods)[:, None]
    starts = [np.zeros((n_groups, 1)), *(least for least, _ in fees.tiers)]
    discounts = [np.zeros((n_groups, 1)), *(discount for _, discount in fees.tiers)]
    ends = [*starts[1:], np.full((n_groups, 1), np.inf)]
    best = np.full((n_groups, periods), np.inf)
    for start, end, discount in zip(starts, ends, discounts, strict=True):
        least = np.maximum(start, fees.least_goods)
        upto = np.minimum(end, most)
        left = subsidy - discount
        cost = np.where(left >= 0.0, left * low * np.where(np.isfinite(least), least, 0.0), left * high * upto)
        best = np.minimum(best, np.where(least <= upto * (1.0 + 1e-9), cost, np.inf))
    return np.where(terms.ruled[:, None], best, 0.0)


def _container_terms(terms: OrderTerms, money: Array, price: Array) -> Array:
    fees = terms.network.fees
    size = np.where(terms.loaded[:, None], fees.container_size, 1.0)
    cost = fees.container_cost * money
    most = terms.most_load[:, None]
    count = np.maximum(np.ceil(most / size - 1e-9), 1.0)
    fills = fees.minimum_fill
    one = np.where(price >= 0.0, cost - price * np.minimum(size, most), cost - price * fills * size)
    full = (count - 1.0) * (cost - price * size)
    last = count * cost - price * np.where(price >= 0.0, most, (count - 1.0 + fills) * size)
    best = np.minimum(one, np.where(count > 1.0, np.minimum(full, last), np.inf))
    best = np.where(most < fills * size * (1.0 - 1e-9), np.inf, best)
    best = np.where(terms.weightless[:, None], np.minimum(best, 0.0), best)
    return np.where(terms.loaded[:, None], best, 0.0)
