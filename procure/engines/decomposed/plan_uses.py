"""What the plans of all components cost and take of everything shared, out of a ledger.

Row k * T + t is limit k in period t. Headers are purchase orders and lane trips: (group, or groups + lane) * T +
period.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Task
from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure.solution.limits import Limit, Limits

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Entries = tuple[Indices, int, Indices, Array, Array]
"""Component, number of components, header, goods value and load."""


def own_costs(task: Task, ledger: Ledger, component: Indices) -> Array:
    """Cost of each component without what headers cost or save, shape (components,) [money]."""
    network, stocks, bills, fees = task.network, ledger.stocks, ledger.bills, task.network.fees
    item, target = network.cell_item, task.laws.target
    short = np.where(target > 0.0, np.maximum(target - (stocks.supply - task.laws.planned.expected), 0.0), 0.0)
    cost = network.holding[item] * stocks.on_hand.sum(axis=1)
    cost += network.unmet_cost * stocks.backorders.sum(axis=1)
    cost += network.backorder_cost[item] * short.sum(axis=1)
    cost += network.owed * stocks.backorders[:, -1] - network.credit[item] * stocks.on_hand[:, -1]
    paid = (bills.goods * network.line_rate[:, None] + bills.freight).sum(axis=1) * network.line_fraction
    paid += (ledger.decision.orders > 0.0).sum(axis=1) * fees.line_fee[:, 0]
    np.add.at(cost, network.line_cell, paid)
    unit = np.array([lane.unit_cost for lane in network.lanes], dtype=float)[network.move_lane]
    np.add.at(cost, network.move_to, ledger.decision.shipments.sum(axis=1) * unit)
    return np.bincount(component, weights=cost).astype(np.float64)


class PlanUses:
    """Rows and headers of the plans of all components.

    Parameters
    ----------
    task, limits
        The plan in numbers and the limits to keep.
    component
        Component of each cell, shape (C,).
    """

    def __init__(self, task: Task, limits: Limits, component: Indices) -> None:
        self.network, self.limits, self._component = task.network, limits, component
        self.count = int(component.max()) + 1 if len(component) else 0
        self._line_part = component[self.network.line_cell]
        self._move_part = component[self.network.move_from]

    def rows(self, ledger: Ledger) -> tuple[Indices, int, NDArray[np.int32], NDArray[np.float32]]:
        """Component, number of components, row and amount of everything that is taken of a limit."""
        periods = self.network.periods
        taken = np.zeros((self.count, len(self.limits) * periods), dtype=np.float32)
        for k, limit in enumerate(self.limits):
            taken[:, k * periods : (k + 1) * periods] = self._taken(ledger, limit)
        part, row = np.nonzero(taken > 1e-12)
        return part, self.count, row.astype(np.int32), taken[part, row]

    def orders(self, ledger: Ledger) -> Entries:
        """Component, number of components, header, goods value [money] and load of every order or trip."""
        network, decision = self.network, ledger.decision
        lines, periods = np.nonzero(decision.orders)
        goods = ledger.bills.goods[lines, periods] * network.line_rate[lines]
        load = decision.orders[lines, periods] * network.fees.load[lines]
        header = network.line_group[lines] * network.periods + periods
        moves, when = np.nonzero(decision.shipments)
        trips = (len(network.group_supplier) + network.move_lane[moves]) * network.periods + when
        none = np.zeros(len(moves))
        part = np.concatenate([self._line_part[lines], self._move_part[moves]])
        header = np.concatenate([header, trips])
        return self._added_up(part, header, np.concatenate([goods, none]), np.concatenate([load, none]))

    def _added_up(self, part: Indices, header: Indices, goods: Array, load: Array) -> Entries:
        """One entry for each component and header."""
        order = np.lexsort((header, part))
        part, header, goods, load = part[order], header[order], goods[order], load[order]
        first = np.ones(len(part), dtype=bool)
        first[1:] = (part[1:] != part[:-1]) | (header[1:] != header[:-1])
        begin = np.flatnonzero(first)
        if not len(begin):
            return part, self.count, header, goods, load
        return part[begin], self.count, header[begin], np.add.reduceat(goods, begin), np.add.reduceat(load, begin)

    def _taken(self, ledger: Ledger, limit: Limit) -> Array:
        """What each component takes of a limit by period, shape (components, T); discounts left out."""
        network = self.network
        if limit.kind in ("storage", "inventory_value"):
            per_unit = network.replacement if limit.kind == "inventory_value" else network.usage(limit.resource)
            amount = per_unit[network.cell_item]
            if limit.place is not None:
                amount = np.where(network.cell_warehouse == limit.place, amount, 0.0)
            return self._by_part(self._component, amount[:, None] * ledger.stocks.peak)
        if limit.kind == "backorders":
            weighted = np.zeros_like(ledger.stocks.backorders)
            weighted[:, -1] = network.priority[network.cell_item] * ledger.stocks.backorders.sum(axis=1)
            return self._by_part(self._component, weighted)
        if limit.kind == "lane_capacity":
            amount = network.usage(limit.resource)[network.cell_item[network.move_from]]
            amount = np.where(network.move_lane == limit.place, amount, 0.0)
            return self._by_part(self._move_part, amount[:, None] * ledger.decision.shipments)
        return self._by_part(self._line_part, _order_amounts(network, ledger, limit))

    def _by_part(self, part: Indices, table: Array) -> Array:
        if len(part) == self.count and (part == np.arange(self.count)).all():
            return table
        found = np.zeros((self.count, self.network.periods))
        np.add.at(found, part, table)
        return found


def money_rows(network: Network, limits: Limits, kinds: tuple[str, ...]) -> tuple[Indices, Indices]:
    """Rows that money of each period counts in: where those of each period begin, shape (T + 1,), and the rows."""
    found, at = [], [0]
    for period in range(network.periods):
        for k, limit in enumerate(limits):
            if limit.kind in kinds:
                onward = limit.kind == "cash" or network.plan.capital.carry_over
                last = network.periods if onward else period + 1
                found += [k * network.periods + t for t in range(period, last)]
        at.append(len(found))
    return np.array(at, dtype=np.int64), np.array(found, dtype=np.int64)


def allowed_rows(network: Network, limits: Limits) -> Array:
    """Most use of each row, less what is due anyway, shape (K * T,)."""
    allowed = np.array([limit.allowed for limit in limits], dtype=float).reshape(-1)
    committed = np.cumsum(network.committed)
    for k, limit in enumerate(limits):
        if limit.kind == "cash":
            allowed[k * network.periods : (k + 1) * network.periods] -= committed
    return allowed


def _order_amounts(network: Network, ledger: Ledger, limit: Limit) -> Array:
    """What each line takes of a limit by period, discounts left out, shape (L, T)."""
    bills, orders = ledger.bills, ledger.decision.orders
    if limit.kind == "offer_capacity":
        return np.asarray(orders * (network.line_offer == limit.place)[:, None])
    if limit.kind == "supplier_capacity":
        mine = (network.group_supplier[network.line_group] == limit.place)[:, None]
        if limit.resource == "value":
            return np.asarray(bills.goods * mine)
        usage = network.usage(limit.resource)[network.cell_item[network.line_cell]]
        return np.asarray(orders * mine * usage[:, None])
    money = bills.goods * network.line_rate[:, None] + bills.freight
    if limit.kind == "order_budget":
        return np.cumsum(money, axis=1) if network.plan.capital.carry_over else money
    return np.cumsum(_paid(network, money * network.line_fraction[:, None]), axis=1)


def _paid(network: Network, values: Array) -> Array:
    """When what each line is worth is paid, shape (L, T)."""
    fees = network.fees
    due: Array = values * fees.deposit[:, None]
    lines, placed = np.nonzero(values)
    when = placed + fees.balance_delay[lines]
    inside = when < network.periods
    balance = ((1.0 - fees.deposit)[lines] * values[lines, placed])[inside]
    np.add.at(due, (lines[inside], when[inside]), balance)
    return due
