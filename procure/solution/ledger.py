"""Plain arithmetic: what a decision costs and uses, without any solver.

Everything that a solution reports is computed here from the final order and transfer quantities. C cells, L lines,
G groups, M moves, T periods; units and plan currency unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.uncertainty.law import Law, law_of

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Decision:
    """What is decided.

    Attributes
    ----------
    orders
        Quantity ordered by line and order period, shape (L, T) [units].
    shipments
        Quantity shipped by move and ship period, shape (M, T) [units].
    """

    orders: Array
    shipments: Array

    @staticmethod
    def nothing(network: Network) -> Decision:
        """Order and ship nothing."""
        periods = network.periods
        return Decision(np.zeros((network.n_lines, periods)), np.zeros((network.n_moves, periods)))


@dataclass(frozen=True, eq=False)
class Laws:
    """The law that the plan asks for and the one with all surprises counted."""

    planned: Law
    open_loop: Law
    target: Array
    """Safety stock target by cell and period, shape (C, T) [units]."""

    @staticmethod
    def of(network: Network) -> Laws:
        """Make both laws and the safety stock targets of a plan."""
        planned = law_of(network)
        return Laws(planned, law_of(network, cumulative=True), _targets(network, planned))


def _targets(network: Network, law: Law) -> Array:
    """max(safety_stock, service quantile of the window's surprise, 0) where and when supply can still answer."""
    periods = np.arange(network.periods)
    target = np.zeros((network.n_cells, network.periods))
    for cell in np.flatnonzero(network.has_demand):
        item = network.items[network.cell_item[cell]]
        level = np.full(network.periods, max(item.safety_stock or 0.0, 0.0))
        if item.service_level is not None:
            wanted = np.full(network.periods, item.service_level)
            surprise = law.quantile(cell, periods, wanted) - law.expected[cell]
            level = np.maximum(level, surprise)
        target[cell] = np.where(periods >= network.first_served[cell], level, 0.0)
    return target


@dataclass(frozen=True, eq=False)
class Stocks:
    """Supply and what it does, each of shape (C, T) [units]."""

    receipts: Array
    supply: Array
    backorders: Array
    on_hand: Array
    peak: Array


@dataclass(frozen=True, eq=False)
class Bills:
    """Purchase orders in money.

    Attributes
    ----------
    goods
        Goods value by line and period, after price breaks, before order discounts, shape (L, T) [supplier's currency].
    order_goods, discount_rate, containers, placed
        By group and period, shape (G, T): goods value [supplier's currency], rate of the tier reached, whole
        containers, whether a purchase order is placed.
    """

    goods: Array
    order_goods: Array
    discount_rate: Array
    containers: Array
    placed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ledger:
    """A decision in numbers; made by `keep_ledger`."""

    network: Network
    decision: Decision
    stocks: Stocks
    bills: Bills
    cost: dict[str, float]
    spend: Array
    """Order spend committed in each period, shape (T,)."""
    payments: Array
    """Payments due in each period, open orders included, shape (T,)."""

    @property
    def total(self) -> float:
        """Total expected cost over the horizon."""
        return sum(self.cost.values())

    @property
    def gross(self) -> float:
        """The money that a relative gap refers to: max(1, |total|, total without the terminal credit)."""
        return max(1.0, abs(self.total), self.total - self.cost["terminal"])

    @property
    def weighted_backorders(self) -> float:
        """Sum of priority times expected backorders, the objective `backorders` [weighted unit-periods]."""
        weights = self.network.priority[self.network.cell_item]
        return float(weights @ self.stocks.backorders.sum(axis=1))


def keep_ledger(network: Network, laws: Laws, decision: Decision) -> Ledger:
    """Compute stocks, bills, cost parts, spend and payments of a decision."""
    stocks = _stocks(network, laws.planned, supply_of(network, decision))
    bills = _bills(network, decision)
    cost = {
        **_order_costs(network, decision, bills),
        **_stock_costs(network, laws, stocks),
    }
    order = ("purchase", "freight", "ordering", "containers", "transfer", "holding", "backorder", "safety_stock")
    return Ledger(
        network=network,
        decision=decision,
        stocks=stocks,
        bills=bills,
        cost={part: cost[part] for part in (*order, "terminal")},
        spend=_spend(network, decision, bills),
        payments=_payments(network, decision, bills),
    )


def supply_of(network: Network, decision: Decision) -> tuple[Array, Array]:
    """Return receipts in each period (open orders, orders, transfers in) and supply X, both (C, T) [units]."""
    opening = np.diff(network.opening, axis=1, prepend=0.0)
    arrivals = np.zeros_like(network.opening)
    departures = np.zeros_like(network.opening)
    for line, period in zip(*np.nonzero(decision.orders), strict=True):
        quantity = decision.orders[line, period] * network.line_fraction[line]
        arrivals[network.line_cell[line], period + network.line_lead[line]] += quantity
    for move, period in zip(*np.nonzero(decision.shipments), strict=True):
        quantity = decision.shipments[move, period]
        arrivals[network.move_to[move], period + network.move_lead[move]] += quantity
        departures[network.move_from[move], period] += quantity
    supply = np.cumsum(opening + arrivals - departures, axis=1)
    return opening + arrivals, supply


def stocks_under(network: Network, law: Law, supply: Array) -> tuple[Array, Array, Array]:
    """Expected backorders, on hand and peak stock of a supply under a law, each (C, T) [units]."""
    cells = np.arange(network.n_cells)[:, None]
    periods = np.arange(network.periods)[None, :]
    backorders = law.shortfall(cells, periods, supply)
    on_hand = supply - law.expected + backorders
    peak = np.maximum(supply, 0.0)
    if network.periods > 1:
        later = supply[:, 1:]
        peak[:, 1:] = later - law.expected[:, :-1] + law.shortfall(cells, periods[:, :-1], later)
    return backorders, np.maximum(on_hand, 0.0), np.maximum(peak, 0.0)


def _stocks(network: Network, law: Law, moved: tuple[Array, Array]) -> Stocks:
    receipts, supply = moved
    return Stocks(receipts, supply, *stocks_under(network, law, supply))


def _bills(network: Network, decision: Decision) -> Bills:
    groups, periods = len(network.group_supplier), network.periods
    goods = np.zeros_like(decision.orders)
    loads = np.zeros((groups, periods))
    for line, period in zip(*np.nonzero(decision.orders), strict=True):
        offer = network.line_offer[line]
        goods[line, period] = network.tariffs[offer].bill(float(decision.orders[line, period]))
        loads[network.line_group[line], period] += decision.orders[line, period] * _load(network, line)
    order_goods = np.zeros((groups, periods))
    np.add.at(order_goods, network.line_group, goods)
    placed = np.zeros((groups, periods), dtype=bool)
    np.logical_or.at(placed, network.line_group, decision.orders > 0.0)
    rate, containers = np.zeros((groups, periods)), np.zeros((groups, periods))
    for group, period in zip(*np.nonzero(placed), strict=True):
        supplier = network.suppliers[network.group_supplier[group]]
        value = order_goods[group, period]
        for tier in supplier.order_discounts:
            if value >= tier.minimum_order_value * (1.0 - 1e-9):
                rate[group, period] = tier.discount
        if supplier.container is not None:
            containers[group, period] = np.ceil(loads[group, period] / supplier.container.size - 1e-9)
    return Bills(goods, order_goods, rate, containers, placed)


def _load(network: Network, line: int) -> float:
    """Amount of its supplier's container resource that one unit of a line takes."""
    container = network.supplier_of_line(line).container
    if container is None:
        return 0.0
    item = network.items[network.cell_item[network.line_cell[line]]]
    return item.storage.get(container.resource, 1.0 if container.resource == "units" else 0.0)


def net_goods(network: Network, bills: Bills) -> Array:
    """Goods after order discounts, by line and period, shape (L, T) [plan currency]."""
    kept = 1.0 - bills.discount_rate[network.line_group]
    return bills.goods * kept * network.line_rate[:, None]


def freight(network: Network, decision: Decision) -> Array:
    """Freight of the quantity ordered, by line and period, shape (L, T) [plan currency]."""
    unit = np.array([network.offers[o].unit_freight for o in network.line_offer])
    return decision.orders * unit.reshape(-1, 1)


def order_fees(network: Network, bills: Bills) -> tuple[Array, Array]:
    """Fixed order cost and container cost of each purchase order, both (G, T) [plan currency]."""
    suppliers = [network.suppliers[s] for s in network.group_supplier]
    rate = _group_rate(network)
    fixed = np.array([s.fixed_order_cost for s in suppliers]).reshape(-1, 1) * rate
    container = np.array([s.container.cost if s.container else 0.0 for s in suppliers]).reshape(-1, 1) * rate
    return fixed * bills.placed, container * bills.containers


def _group_rate(network: Network) -> Array:
    rate = np.ones(len(network.group_supplier))
    rate[network.line_group] = network.line_rate
    return rate.reshape(-1, 1)


def _order_costs(network: Network, decision: Decision, bills: Bills) -> dict[str, float]:
    delivered = network.line_fraction[:, None]
    line_fee = np.array([network.offers[o].fixed_line_cost for o in network.line_offer]).reshape(-1, 1)
    fixed, containers = order_fees(network, bills)
    return {
        "purchase": float((net_goods(network, bills) * delivered).sum()),
        "freight": float((freight(network, decision) * delivered).sum()),
        "ordering": float(fixed.sum() + (line_fee * (decision.orders > 0.0)).sum()),
        "containers": float(containers.sum()),
        "transfer": _transfer_cost(network, decision),
    }


def _transfer_cost(network: Network, decision: Decision) -> float:
    unit = np.array([network.lanes[k].unit_cost for k in network.move_lane]).reshape(-1, 1)
    used = np.zeros((len(network.lanes), network.periods), dtype=bool)
    np.logical_or.at(used, network.move_lane, decision.shipments > 0.0)
    fixed = np.array([lane.fixed_cost for lane in network.lanes]).reshape(-1, 1)
    return float((unit * decision.shipments).sum() + (fixed * used).sum())


def _stock_costs(network: Network, laws: Laws, stocks: Stocks) -> dict[str, float]:
    item = network.cell_item
    backorder_cost = network.backorder_cost[item]
    short = np.maximum(laws.target - (stocks.supply - laws.planned.expected), 0.0)
    short = np.where(laws.target > 0.0, short, 0.0)
    owed = network.owed @ stocks.backorders[:, -1]
    left = network.credit[item] @ stocks.on_hand[:, -1]
    return {
        "holding": float(network.holding[item] @ stocks.on_hand.sum(axis=1)),
        "backorder": float(backorder_cost @ stocks.backorders.sum(axis=1)),
        "safety_stock": float(backorder_cost @ short.sum(axis=1)),
        "terminal": float(owed - left),
    }


def _spend(network: Network, decision: Decision, bills: Bills) -> Array:
    fixed, containers = order_fees(network, bills)
    lines = net_goods(network, bills) + freight(network, decision)
    total: Array = lines.sum(axis=0) + (fixed + containers).sum(axis=0)
    return total


def _payments(network: Network, decision: Decision, bills: Bills) -> Array:
    fixed, containers = order_fees(network, bills)
    due = (fixed + containers).sum(axis=0) + committed_payments(network)
    lines = (net_goods(network, bills) + freight(network, decision)) * network.line_fraction[:, None]
    for line, period in zip(*np.nonzero(decision.orders), strict=True):
        for share, when in payment_periods(network, line, period):
            if when < network.periods:
                due[when] += share * lines[line, period]
    return due


def payment_periods(network: Network, line: int, period: int) -> tuple[tuple[float, int], tuple[float, int]]:
    """Deposit and balance of an order line: share of its value and the period in which it is due."""
    terms = network.supplier_of_line(line).payment_terms
    days = terms.net_days + (network.line_days[line] if terms.from_ == "receipt" else 0)
    later = int((period * network.plan.period_days + days) // network.plan.period_days)
    return (terms.deposit, int(period)), (1.0 - terms.deposit, later)


def committed_payments(network: Network) -> Array:
    """Payments due for open orders in each period, shape (T,)."""
    plan = network.plan
    due = np.zeros(network.periods)
    for order in plan.open_orders:
        if order.amount_due and order.due_date is not None:
            period = max((order.due_date - plan.start_date).days // plan.period_days, 0)
            if period < network.periods:
                due[period] += order.amount_due
    return due
