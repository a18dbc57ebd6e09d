"""The plan as indexed arrays: cells, order lines and moves, with everything that follows from the terms.

A cell is an item at a warehouse. A line is an offer at a warehouse, so one order decision a period. Lines of
one supplier and warehouse form a group, whose lines of one period make one purchase order. A move is an item
on a lane. Quantities are units, money is plan currency, time is periods unless a name says days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.cover import cover_caps
from procure.plan.expected_demand import PlanDemand, expected_demand
from procure.plan.fees import Fees, committed
from procure.plan.lane_moves import LaneMoves, lane_moves
from procure.plan.order_lines import OrderLines, order_lines
from procure.plan.positions import CellIndex, CellKey, Positions
from procure.plan.protection import first_served, windows
from procure.plan.records import Item, Lane, Offer, Plan, Supplier, Warehouse
from procure.plan.table import coded, days, numbers
from procure.plan.terms import ROUNDING, Tariff, landed_costs, plain_landed_costs, tariffs_of
from procure.plan.valuation import (
    costs_of_owed,
    end_credits,
    holding_costs,
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
    cell_index: Mapping[CellKey, int]
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
    tariffs: Sequence[Tariff]
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

    def cells_of(self, rows: Sequence[Any]) -> Indices:
        """Cell of each row of the plan's stock, open orders or demand, shape (rows,)."""
        return self._cells.of(self._positions.places(rows))

    @cached_property
    def _positions(self) -> Positions:
        return Positions.of(self.plan)

    @cached_property
    def _cells(self) -> CellIndex:
        return CellIndex(self._positions, self._positions.keys(self.cell_item, self.cell_warehouse))

    @cached_property
    def unmet_cost(self) -> Array:
        """Cost of a unit backordered for a period, or of a unit lost, once, shape (C,)."""
        lost = np.where(self.lost, self.replacement[self.cell_item], 0.0)
        cost: Array = self.backorder_cost[self.cell_item] + lost
        return cost

    def place(self, cell: int) -> tuple[str, str]:
        """Item and warehouse ids of a cell."""
        items, warehouses = self.names
        return items[self.cell_item[cell]], warehouses[self.cell_warehouse[cell]]

    @cached_property
    def names(self) -> tuple[list[str], list[str]]:
        """Ids of the items and of the warehouses, in the order of their tables."""
        return list(self._positions.items), list(self._positions.warehouses)

    @cached_property
    def offer_ids(self) -> list[str]:
        """Ids of the offers, in the order of their table."""
        ids: list[str] = coded(self.offers, "offer").strings().tolist()
        return ids

    def usage(self, resource: str) -> Array:
        """Amount of a storage resource that one unit of each item takes, shape (I,)."""
        if resource not in self._usages:
            default = 1.0 if resource == "units" else 0.0
            self._usages[resource] = coded(self.items, "storage").each(lambda amounts: amounts.get(resource, default))
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
        return _initial(self.plan, self._positions, self._cells)

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
    known = Positions.of(plan)
    demand = expected_demand(plan, known)
    lines, moves = order_lines(plan, known), lane_moves(plan, known)
    cells = CellIndex(known, _cells(plan, known, demand, lines, moves))
    item_of, warehouse_of = known.pair(cells.keys_in_order)
    asked = cells.of(demand.places)
    line_cell, origin, target = (cells.of(places) for places in (lines.places, moves.origins, moves.targets))
    offered = coded(plan.offers, "item").positions(known.items)
    seller = coded(plan.offers, "supplier").positions(known.suppliers)
    landed = landed_costs(plan, seller)
    replacement = replacement_costs(plan, offered, landed)
    lost = coded(plan.items, "unmet_demand").each(lambda kind: kind == "lost", bool)[item_of]
    window = windows(plan, lines, line_cell, landed, (origin, target, moves.lead), len(cells))
    owed = costs_of_owed(plan, lines, line_cell, plain_landed_costs(plan, seller), replacement[item_of])
    return Network(
        plan=plan,
        items=plan.items,
        warehouses=plan.warehouses,
        cell_item=item_of,
        cell_warehouse=warehouse_of,
        cell_index=cells,
        has_demand=_marked(asked, len(cells)),
        opening=_opening(plan, known, cells),
        mean=_rows(demand.mean, asked, len(cells)),
        variance=_rows(demand.variance, asked, len(cells)),
        paths={int(asked[k]): paths for k, paths in demand.paths.items()},
        window=np.where(lost, plan.periods, window),
        replacement=replacement,
        holding=holding_costs(plan, replacement),
        credit=end_credits(plan, replacement),
        backorder_cost=numbers(plan.items, "backorder_cost"),
        priority=numbers(plan.items, "priority"),
        owed=np.where(lost, 0.0, owed),
        lost=lost,
        offers=plan.offers,
        suppliers=plan.suppliers,
        tariffs=tariffs_of(plan.offers),
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


def _cells(plan: Plan, known: Positions, demand: PlanDemand, lines: OrderLines, moves: LaneMoves) -> Indices:
    """Cells that have something and cells that an order or a transfer could reach, by item and warehouse."""
    stocked, awaited = known.places(plan.stock), known.places(plan.open_orders)
    there = np.zeros(len(known.items) * max(len(known.warehouses), 1), dtype=bool)
    for places in (demand.places, stocked, awaited, lines.places, moves.origins, moves.targets):
        there[places] = True
    return np.flatnonzero(there)


def _opening(plan: Plan, known: Positions, cells: CellIndex) -> Array:
    """Supply without any new order: stock less backorders, plus open orders, shape (C, T) [units]."""
    opening = np.repeat(_initial(plan, known, cells)[:, None], plan.periods, axis=1)
    start = plan.start_date.toordinal()
    ahead = days(plan.open_orders, "receipt_date", start) - start
    due = np.where(ahead < 0, plan.policy.overdue_days, ahead)
    first = np.ceil(due / plan.period_days - ROUNDING).astype(np.int64)
    quantity = numbers(plan.open_orders, "quantity")
    order, period = np.nonzero(first[:, None] <= np.arange(plan.periods))
    np.add.at(opening, (cells.of(known.places(plan.open_orders))[order], period), quantity[order])
    return opening


def _initial(plan: Plan, known: Positions, cells: CellIndex) -> Array:
    """On hand less backorders at the start, shape (C,) [units]."""
    initial = np.zeros(len(cells))
    there = numbers(plan.stock, "on_hand") - numbers(plan.stock, "backorders")
    np.add.at(initial, cells.of(known.places(plan.stock)), there)
    return initial


def _marked(places: Indices, length: int) -> Mask:
    marked = np.zeros(length, dtype=bool)
    marked[places] = True
    return marked


def _rows(values: Array, places: Indices, length: int) -> Array:
    """Put values per period at their places, zeros elsewhere, shape (length, T)."""
    placed = np.zeros((length, values.shape[1]))
    placed[places] = values
    return placed
