"""What the plans of a pass order, cost and use: the sums that prices answer to.

K limits, M moves, W ways in, T periods.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.aims import backorder_weights
from procure.engines.decomposed.passes import Pass, Passes
from procure.engines.decomposed.sums import Use
from procure.plan.network import Network
from procure.solution.limits import Limit, Limits

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Local:
    """What a pass does that only the cells themselves need to know.

    Attributes
    ----------
    opened
        Whether an order is on each way, shape (W, T).
    wanted, offered
        Units that the targets of moves want and that their origins let go, shape (M, T).
    """

    opened: Mask
    wanted: Array
    offered: Array


def use_of(passes: Passes, found: Pass) -> tuple[Use, Local]:
    """Add up what a pass uses."""
    network, programs = passes.network, passes.programs
    units = found.solved.steps * programs.ways.unit[:, None]
    orders = np.zeros((network.n_lines + network.n_moves, network.periods))
    orders[programs.source] = units
    wanted, orders = orders[network.n_lines :], orders[: network.n_lines]
    offered = np.zeros_like(wanted)
    offered[programs.out_move] = found.solved.leaving * programs.outs.unit[:, None]
    lines, periods = np.nonzero(orders)
    goods = np.zeros_like(orders)
    if len(lines):
        goods[lines, periods] = network.fees.tariffs.bills(network.line_offer[lines], orders[lines, periods])
    shape = len(network.group_supplier), network.periods
    order_goods, load, placed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    header = network.line_group[lines], periods
    np.add.at(order_goods, header, goods[lines, periods])
    np.add.at(load, header, orders[lines, periods] * network.fees.load[lines])
    np.add.at(placed, header, 1.0)
    net = goods * (1.0 - found.duals.subsidy[network.line_group]) * network.line_rate[:, None]
    sums = _Sums(passes, found, orders, goods, net, wanted)
    used = np.array([sums.of(limit) for limit in passes.limits]).reshape(len(passes.limits), network.periods)
    share = np.where(np.isfinite(found.duals.share), found.duals.share, 0.0)
    use = Use(found.value, *passes.borne(share), used, order_goods, load, placed)
    return use, Local(found.solved.steps > 0, wanted, offered)


def fees_used(network: Network, limits: Limits, use: Use) -> Array:
    """What fees and containers of purchase orders, and open orders, use of each limit, shape (K, T)."""
    fees, used = network.fees, np.zeros_like(use.limits)
    boxes = np.ceil(use.load / fees.container_size - 1e-9)
    paid = (fees.order_fee * (use.placed > 0.0) + fees.container_cost * boxes).sum(axis=0)
    for k, limit in enumerate(limits):
        if limit.kind == "order_budget":
            used[k] = np.cumsum(paid) if network.plan.capital.carry_over else paid
        elif limit.kind == "cash":
            used[k] = np.cumsum(paid + network.committed)
    return used


class _Sums:
    """Use of one limit after the other, without fees of purchase orders and what is due anyway."""

    def __init__(  # type: ignore[no-untyped-def]
        self, passes, found, orders: Array, goods: Array, net: Array, wanted: Array
    ) -> None:
        self.network: Network = passes.network
        self._passes, self._found = passes, found
        self._orders, self._goods, self._net, self._wanted = orders, goods, net, wanted
        self._peak: Array | None = None

    def of(self, limit: Limit) -> Array:
        """Use of a limit by period."""
        value: Array = getattr(self, f"_{limit.kind}")(limit)
        return value

    @property
    def peak(self) -> Array:
        """Peak stock of each cell, shape (C, T) [units]."""
        if self._peak is None:
            cells, path = self._passes.programs.cells, self._found.solved.path
            supply = cells.opening + (path - cells.start[:, None]) * cells.grain[:, None]
            expected = self._passes.task.laws.planned.expected
            supply, before = self._passes.mended(self._found, supply, cells.short[cells.earlier + path])
            peak = supply + before
            peak[:, 1:] -= expected[:, :-1]
            for cell, lost in self._passes.draws.lost(self._found.solved.path).items():
                peak[cell] = supply[cell]
                peak[cell, 1:] += lost[:-1] - expected[cell, :-1]
            self._peak = np.maximum(peak, 0.0)
        return self._peak

    def _storage(self, limit: Limit) -> Array:
        here = self.network.cell_warehouse == limit.place
        value: Array = self.network.usage(limit.resource)[self.network.cell_item[here]] @ self.peak[here]
        return value

    def _inventory_value(self, limit: Limit) -> Array:
        value: Array = self.network.replacement[self.network.cell_item] @ self.peak
        return value

    def _backorders(self, limit: Limit) -> Array:
        cells, path = self._passes.programs.cells, self._found.solved.path
        row = cells.table[:, None] + np.arange(path.shape[1])[None, :] * cells.levels[:, None]
        value = np.zeros(path.shape[1])
        short = self._passes.mended(self._found, np.zeros_like(cells.opening), cells.short[row + path], ahead=0)[1]
        for cell, lost in self._passes.draws.lost(self._found.solved.path).items():
            short[cell] = lost
        value[-1] = float((backorder_weights(self.network) * short).sum())
        return value

    def _spend(self) -> Array:
        value: Array = (self._net + self._orders * self.network.fees.unit_freight).sum(axis=0)
        return value

    def _order_budget(self, limit: Limit) -> Array:
        spend = self._spend()
        return np.cumsum(spend) if self.network.plan.capital.carry_over else spend

    def _cash(self, limit: Limit) -> Array:
        network, fees = self.network, self.network.fees
        values = (self._net + self._orders * fees.unit_freight) * network.line_fraction[:, None]
        due: Array = fees.deposit @ values
        lines, placed = np.nonzero(values)
        when = placed + fees.balance_delay[lines]
        inside = when < network.periods
        np.add.at(due, when[inside], ((1.0 - fees.deposit)[lines] * values[lines, placed])[inside])
        return np.cumsum(due)

    def _supplier_capacity(self, limit: Limit) -> Array:
        network = self.network
        mine = network.group_supplier[network.line_group] == limit.place
        if limit.resource == "value":
            goods: Array = self._goods[mine].sum(axis=0)
            return goods
        value: Array = network.usage(limit.resource)[network.cell_item[network.line_cell[mine]]] @ self._orders[mine]
        return value

    def _offer_capacity(self, limit: Limit) -> Array:
        value: Array = self._orders[self.network.line_offer == limit.place].sum(axis=0)
        return value

    def _lane_capacity(self, limit: Limit) -> Array:
        network = self.network
        mine = network.move_lane == limit.place
        value: Array = network.usage(limit.resource)[network.cell_item[network.move_from[mine]]] @ self._wanted[mine]
        return value
