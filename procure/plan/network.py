"""The plan as indexed arrays: cells, order lines and moves, with everything that follows from the terms.

A cell is an item at a warehouse. A line is an offer at a warehouse, so one order decision a period. Lines of
one supplier and warehouse form a group, whose lines of one period make one purchase order. A move is an item
on a lane. Quantities are units, money is plan currency, time is periods unless a name says days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.plan.cover import cover_caps
from procure.plan.expected_demand import CellDemand, Place, expected_demand
from procure.plan.fees import Fees, committed
from procure.plan.lane_moves import LaneMoves, lane_moves
from procure.plan.order_lines import OrderLines, order_lines
from procure.plan.positions import CellKey, Positions
from procure.plan.protection import first_served, windows
from procure.plan.records import Item, Lane, Offer, Plan, Supplier, Warehouse
from procure.plan.terms import Tariff, tariff_of, whole_periods
from procure.plan.valuation import (
    costs_of_owed,
    end_credits,
    holding_costs,
    landed_costs,
    replacement_costs,
)

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """A plan in numbers; made by `build_network`, never changed.

    C cells, L lines, G groups, M moves, I items, T periods. `paths` holds demand samples by cell, each of
    shape (samples, T). `window` is P of the contract: the last P periods of cumulative demand and of receipts are
    random. `lost` marks the cells whose customers do not wait; nothing is owed there at the end.
    """

    plan: Plan
    items: Sequence[Item]
    warehouses: Sequence[Warehouse]
    cell_item: Indices
    cell_warehouse: Indices
    cell_index: dict[tuple[int, int], int]
    has_demand: Mask
    opening: Array
    mean: Array
    variance: Array
    paths: dict[int, Array]
    window: Indices
    replacement: Array
    holding: Array
    credit: Array
    backorder_cost: Array
    priority: Array
    owed: Array
    lost: Mask
    offers: Sequence[Offer]
    suppliers: Sequence[Supplier]
    tariffs: tuple[Tariff, ...]
    line_offer: Indices
    line_cell: Indices
    line_group: Indices
    line_lead: Indices
    line_days: Indices
    line_fraction: Array
    line_rate: Array
    line_allowed: Mask
    group_supplier: Indices
    group_warehouse: Indices
    lanes: Sequence[Lane]
    move_lane: Indices
    move_from: Indices
    move_to: Indices
    move_lead: Indices
    move_days: Indices
    move_allowed: Mask
    first_served: Indices

    @property
    def periods(self) -> int:
        """T, the horizon."""
        return self.plan.periods

    @property
    def n_cells(self) -> int:
        """C, items at warehouses."""
        return len(self.cell_item)

    @property
    def n_lines(self) -> int:
        """L, offers at warehouses."""
        return len(self.line_offer)

    @property
    def n_moves(self) -> int:
        """M, items on lanes."""
        return len(self.move_lane)

    def cell_at(self, item: str, warehouse: str) -> int:
        """Position of a cell by its ids."""
        return self.cell_index[self._positions.cell(item, warehouse)]

    @cached_property
    def _positions(self) -> Positions:
        return Positions.of(self.plan)

    @cached_property
    def unmet_cost(self) -> Array:
        """Cost of a unit backordered for a period, or of a unit lost, once, shape (C,)."""
        lost = np.where(self.lost, self.replacement[self.cell_item], 0.0)
        cost: Array = self.backorder_cost[self.cell_item] + lost
        return cost

    def place(self, cell: int) -> Place:
        """Item and warehouse ids of a cell."""
        item, warehouse = self.cell_item[cell], self.cell_warehouse[cell]
        return self.items[item].item, self.warehouses[warehouse].warehouse

    def usage(self, resource: str) -> Array:
        """Amount of a storage resource that one unit of each item takes, shape (I,)."""
        if resource not in self._usages:
            default = 1.0 if resource == "units" else 0.0
            self._usages[resource] = np.array([i.storage.get(resource, default) for i in self.items])
        return self._usages[resource]

    @cached_property
    def _usages(self) -> dict[str, Array]:
        return {}

    @cached_property
    def fees(self) -> Fees:
        """What orders cost and take, by line and purchase order."""
        return Fees.of(self)

    @cached_property
    def initial(self) -> Array:
        """On hand less backorders at the start, shape (C,) [units]."""
        initial = np.zeros(self.n_cells)
        for stock in self.plan.stock:
            initial[self.cell_at(stock.item, stock.warehouse)] += stock.on_hand - stock.backorders
        return initial

    @cached_property
    def committed(self) -> Array:
        """Payments due for open orders in each period, shape (T,)."""
        return committed(self.plan)

    @cached_property
    def cover_caps(self) -> dict[int, Array]:
        """Most supply after a receipt, by cell with `max_cover_days`, each of shape (T,) [units]."""
        return cover_caps(self)

    def supplier_of_line(self, line: int) -> Supplier:
        """Supplier that the line orders from."""
        position = int(self.group_supplier[self.line_group[line]])
        return self.suppliers[position]

    def cumulative_mean(self) -> Array:
        """Expected demand of periods 0..t, shape (C, T) [units]."""
        return self._cumulative_mean

    @cached_property
    def _cumulative_mean(self) -> Array:
        total: Array = np.cumsum(self.mean, axis=1)
        return total

    def demand_before(self) -> Array:
        """Expected demand of periods 0..t-1, shape (C, T) [units]."""
        return self._demand_before

    @cached_property
    def _demand_before(self) -> Array:
        return self.cumulative_mean() - self.mean


def build_network(plan: Plan) -> Network:
    """Turn a plan into arrays.

    Parameters
    ----------
    plan
        A plan without faults.
    """
    demand, positions = expected_demand(plan), Positions.of(plan)
    lines, moves = order_lines(plan, positions), lane_moves(plan, positions)
    cells = _cells(plan, positions, demand, lines, moves)
    cell_of = {key: k for k, key in enumerate(cells)}
    item_of = np.array([i for i, _ in cells], dtype=np.int64)
    known = [demand.get((plan.items[i].item, plan.warehouses[w].warehouse)) for i, w in cells]
    line_cell, origin, target = (
        np.array([cell_of[key] for key in keys], dtype=np.int64) for keys in (lines.cells, moves.origins, moves.targets)
    )
    landed = landed_costs(plan, positions)
    replacement = replacement_costs(plan, positions, landed)
    lanes_in = origin, target, moves.lead
    lost = np.array([plan.items[i].unmet_demand == "lost" for i in item_of], dtype=bool)
    window = windows(plan, lines, line_cell, landed, lanes_in, len(cells))
    owed = costs_of_owed(plan, positions, lines, line_cell, replacement[item_of])
    return Network(
        plan=plan,
        items=plan.items,
        warehouses=plan.warehouses,
        cell_item=item_of,
        cell_warehouse=np.array([w for _, w in cells], dtype=np.int64),
        cell_index=cell_of,
        has_demand=np.array([d is not None for d in known], dtype=bool),
        opening=_opening(plan, positions, cell_of),
        mean=_rows(plan, [None if d is None else d.mean for d in known]),
        variance=_rows(plan, [None if d is None else d.variance for d in known]),
        paths={k: d.paths for k, d in enumerate(known) if d is not None and d.paths is not None},
        window=np.where(lost, plan.periods, window),
        replacement=replacement,
        holding=holding_costs(plan, replacement),
        credit=end_credits(plan, replacement),
        backorder_cost=np.array([i.backorder_cost for i in plan.items]),
        priority=np.array([i.priority for i in plan.items]),
        owed=np.where(lost, 0.0, owed),
        lost=lost,
        offers=plan.offers,
        suppliers=plan.suppliers,
        tariffs=tuple(tariff_of(o) for o in plan.offers),
        line_offer=lines.offer,
        line_cell=line_cell,
        line_group=lines.group,
        line_lead=lines.lead,
        line_days=lines.days,
        line_fraction=lines.fraction,
        line_rate=lines.rate,
        line_allowed=lines.allowed,
        group_supplier=lines.group_supplier,
        group_warehouse=lines.group_warehouse,
        lanes=plan.lanes,
        move_lane=moves.lane,
        move_from=origin,
        move_to=target,
        move_lead=moves.lead,
        move_days=moves.days,
        move_allowed=moves.allowed,
        first_served=first_served(lines, line_cell, target, moves.lead, len(cells)),
    )


def _cells(
    plan: Plan, positions: Positions, demand: dict[Place, CellDemand], lines: OrderLines, moves: LaneMoves
) -> list[CellKey]:
    """Cells that have something and cells that an order or a transfer could reach, by item and warehouse."""
    found = {positions.cell(item, warehouse) for item, warehouse in demand}
    found |= {positions.cell(r.item, r.warehouse) for r in plan.stock}
    found |= {positions.cell(r.item, r.warehouse) for r in plan.open_orders}
    return sorted({*found, *lines.cells, *moves.origins, *moves.targets})


def _opening(plan: Plan, positions: Positions, cell_of: dict[CellKey, int]) -> Array:
    """Supply without any new order: stock less backorders, plus open orders, shape (C, T) [units]."""
    opening = np.zeros((len(cell_of), plan.periods))
    for stock in plan.stock:
        cell = cell_of[positions.cell(stock.item, stock.warehouse)]
        opening[cell] += stock.on_hand - stock.backorders
    for order in plan.open_orders:
        cell = cell_of[positions.cell(order.item, order.warehouse)]
        ahead = (order.receipt_date - plan.start_date).days
        days = plan.policy.overdue_days if ahead < 0 else ahead
        opening[cell, whole_periods(days, plan.period_days) :] += order.quantity
    return opening


def _rows(plan: Plan, rows: list[Array | None]) -> Array:
    """Stack values per period, zeros where there are none, shape (C, T)."""
    nothing = np.zeros(plan.periods)
    filled = [nothing if row is None else row for row in rows]
    return np.array(filled, dtype=float).reshape(-1, plan.periods)
