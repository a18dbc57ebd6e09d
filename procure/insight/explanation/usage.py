"""What a change of a plan uses of shared limits more than the plan. T periods."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.change import Change
from procure.insight.explanation.revaluation import CellStocks, Revaluation
from procure.solution.limits import Limit

Array = NDArray[np.float64]
Where = tuple[str, int | None]
"""Kind and place of a limit."""


class Usage:
    """What a change uses of limits more than the plan, worked out when it is asked for.

    Parameters
    ----------
    plan
        The plan.
    change
        The change.
    stocks
        Stocks of the cells that change.
    """

    def __init__(self, plan: Revaluation, change: Change, stocks: Mapping[int, CellStocks]) -> None:
        self._plan, self._network, self._change = plan, plan.network, change
        base = plan.ledger.stocks.peak
        self._peak = {cell: found.peak - base[cell] for cell, found in stocks.items()}
        self._bills = [
            (group, period, plan.orders.bill(group, period, changed), plan.orders.bill(group, period))
            for (group, period), changed in plan.changed_orders(change).items()
        ]

    def places(self) -> set[Where]:
        """Kinds and places of the limits that the change has to do with."""
        network = self._network
        found: set[Where] = {("storage", int(network.cell_warehouse[cell])) for cell in self._peak}
        found |= {("supplier_capacity", int(network.group_supplier[group])) for group, *_ in self._bills}
        found |= {("offer_capacity", int(network.line_offer[line])) for line, _ in self._change.orders}
        found |= {("lane_capacity", int(network.move_lane[move])) for move, _ in self._change.shipments}
        return found | {("inventory_value", None), ("cash", None), ("order_budget", None)}

    def of(self, limit: Limit) -> Array:
        """Use of a limit by period more than before, shape (T,)."""
        network = self._network
        if limit.kind == "storage":
            here = [c for c in self._peak if network.cell_warehouse[c] == limit.place]
            return self._sum(here, network.usage(limit.resource))
        if limit.kind == "inventory_value":
            return self._sum(list(self._peak), network.replacement)
        if limit.kind == "cash":
            return np.cumsum(self._payments())
        if limit.kind == "order_budget":
            spend = self._spend()
            return np.cumsum(spend) if network.plan.capital.carry_over else spend
        return self._capacity(limit)

    def _payments(self) -> Array:
        """Payments by period more than before, shape (T,)."""
        due = np.zeros(self._network.periods)
        for _, period, now, was in self._bills:
            due += now.payments(self._network, period) - was.payments(self._network, period)
        return due

    def _spend(self) -> Array:
        """Order spend by period more than before, shape (T,)."""
        spend = np.zeros(self._network.periods)
        for _, period, now, was in self._bills:
            spend[period] += now.spend - was.spend
        return spend

    def _sum(self, cells: list[int], weight: Array) -> Array:
        total = np.zeros(self._network.periods)
        for cell in cells:
            total += weight[self._network.cell_item[cell]] * self._peak[cell]
        return total

    def _capacity(self, limit: Limit) -> Array:
        """Use of the capacity of a supplier, an offer or a lane more than before."""
        network, decision = self._network, self._plan.ledger.decision
        total = np.zeros(network.periods)
        if limit.kind == "supplier_capacity" and limit.resource == "value":
            for group, period, now, was in self._bills:
                if network.group_supplier[group] == limit.place:
                    total[period] += float(now.goods.sum() - was.goods.sum())
            return total
        by_lane = limit.kind == "lane_capacity"
        changed = self._change.shipments if by_lane else self._change.orders
        table = decision.shipments if by_lane else decision.orders
        for (index, period), units in changed.items():
            if self._belongs(limit, index):
                cell = network.move_from[index] if by_lane else network.line_cell[index]
                size = 1.0 if limit.kind == "offer_capacity" else network.usage(limit.resource)[network.cell_item[cell]]
                total[period] += size * (units - table[index, period])
        return total

    def _belongs(self, limit: Limit, index: int) -> bool:
        network = self._network
        if limit.kind == "lane_capacity":
            return bool(network.move_lane[index] == limit.place)
        if limit.kind == "offer_capacity":
            return bool(network.line_offer[index] == limit.place)
        return bool(network.group_supplier[network.line_group[index]] == limit.place)
