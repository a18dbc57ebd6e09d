"""The plan as indexed arrays: cells, order lines and moves, with everything that follows from the terms.

A cell is an item at a warehouse. A line is an offer at a warehouse, so one order decision a period; lines of one
supplier and warehouse form a group, whose lines of one period make one purchase order. A move is an item on a lane.
Quantities are units, money is plan currency, time is periods unless a name says days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.expected_demand import CellDemand, Place, expected_demand
from procure.plan.records import Item, Lane, Offer, Plan, Supplier, Warehouse
from procure.plan.terms import (
    Tariff,
    exchange_rate,
    is_valid,
    landed_cost,
    nominal_days,
    order_date,
    plain_landed_cost,
    takes_orders,
    tariff_of,
    whole_periods,
)

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """A plan in numbers; made by `build_network`, never changed.

    C cells, L lines, G groups, M moves, I items, T periods. `paths` holds demand samples by cell, each of shape
    (samples, T). `window` is P of the contract: the last P periods of cumulative demand count as random.
    """

    plan: Plan
    items: tuple[Item, ...]
    warehouses: tuple[Warehouse, ...]
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
    offers: tuple[Offer, ...]
    suppliers: tuple[Supplier, ...]
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
    lanes: tuple[Lane, ...]
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

    def place(self, cell: int) -> Place:
        """Item and warehouse ids of a cell."""
        item, warehouse = self.cell_item[cell], self.cell_warehouse[cell]
        return self.items[item].item, self.warehouses[warehouse].warehouse

    def usage(self, resource: str) -> Array:
        """Amount of a storage resource that one unit of each item takes, shape (I,)."""
        default = 1.0 if resource == "units" else 0.0
        return np.array([i.storage.get(resource, default) for i in self.items])

    def supplier_of_line(self, line: int) -> Supplier:
        """Supplier that the line orders from."""
        return self.suppliers[self.group_supplier[self.line_group[line]]]

    def cumulative_mean(self) -> Array:
        """Expected demand of periods 0..t, shape (C, T) [units]."""
        total: Array = np.cumsum(self.mean, axis=1)
        return total

    def demand_before(self) -> Array:
        """Expected demand of periods 0..t-1, shape (C, T) [units]."""
        return self.cumulative_mean() - self.mean


@dataclass(frozen=True)
class _Lines:
    offer: list[int]
    warehouse: list[int]
    usable: list[Mask]
    allowed: list[Mask]


def build_network(plan: Plan) -> Network:
    """Turn a plan into arrays.

    Parameters
    ----------
    plan
        A plan without faults.
    """
    demand = expected_demand(plan)
    items = {r.item: k for k, r in enumerate(plan.items)}
    warehouses = {r.warehouse: k for k, r in enumerate(plan.warehouses)}
    suppliers = {r.supplier: k for k, r in enumerate(plan.suppliers)}
    lines = _lines(plan, warehouses, suppliers)
    moves = _moves(plan, items, warehouses, demand)
    cells = _cells(plan, items, warehouses, demand, lines, moves)
    cell_of = {key: k for k, key in enumerate(cells)}
    cell_item = np.array([i for i, _ in cells], dtype=np.int64)

    line_cell = [
        cell_of[items[plan.offers[o].item], w] for o, w in zip(lines.offer, lines.warehouse, strict=True)
    ]
    line_supplier = [suppliers[plan.offers[o].supplier] for o in lines.offer]
    groups = {key: k for k, key in enumerate(sorted(set(zip(line_supplier, lines.warehouse, strict=True))))}
    line_group = [groups[key] for key in zip(line_supplier, lines.warehouse, strict=True)]
    days = [nominal_days(plan.offers[o].lead_time.mean) for o in lines.offer]
    lead = [whole_periods(plan.offers[o].lead_time.mean, plan.period_days) for o in lines.offer]
    rates = [exchange_rate(plan, plan.suppliers[s].currency or plan.currency) for s in line_supplier]

    landed = [landed_cost(plan, plan.suppliers[suppliers[o.supplier]], o) for o in plan.offers]
    plain = [plain_landed_cost(plan, plan.suppliers[suppliers[o.supplier]], o) for o in plan.offers]
    replacement = _replacement(plan, items, landed)
    phased = np.array([_phased_out(plan, i) for i in plan.items], dtype=bool)
    move_lead = [whole_periods(plan.lanes[k].lead_time, plan.period_days) for k, _ in moves]
    move_from = [cell_of[i, warehouses[plan.lanes[k].from_]] for k, i in moves]
    move_to = [cell_of[i, warehouses[plan.lanes[k].to]] for k, i in moves]
    allowed = np.array(lines.allowed, dtype=bool).reshape(-1, plan.periods)
    move_allowed = np.array(
        [_move_allowed(plan, plan.lanes[k], plan.items[i]) for k, i in moves], dtype=bool
    ).reshape(-1, plan.periods)

    return Network(
        plan=plan,
        items=plan.items,
        warehouses=plan.warehouses,
        cell_item=cell_item,
        cell_warehouse=np.array([w for _, w in cells], dtype=np.int64),
        cell_index=cell_of,
        has_demand=np.array([_place(plan, c) in demand for c in cells], dtype=bool),
        opening=_opening(plan, items, warehouses, cell_of),
        mean=_stack(plan, cells, demand, "mean"),
        variance=_stack(plan, cells, demand, "variance"),
        paths={
            k: found.paths
            for k, c in enumerate(cells)
            if (found := demand.get(_place(plan, c))) is not None and found.paths is not None
        },
        window=_windows(plan, lines, line_cell, landed, lead, move_from, move_to, move_lead, len(cells)),
        replacement=replacement,
        holding=np.array([_holding(plan, i, r) for i, r in zip(plan.items, replacement, strict=True)]),
        credit=np.where(phased, 0.0, plan.policy.terminal_value * replacement),
        backorder_cost=np.array([i.backorder_cost for i in plan.items]),
        priority=np.array([i.priority for i in plan.items]),
        owed=_owed(plan, lines, line_cell, plain, replacement[cell_item]),
        offers=plan.offers,
        suppliers=plan.suppliers,
        tariffs=tuple(tariff_of(o) for o in plan.offers),
        line_offer=np.array(lines.offer, dtype=np.int64),
        line_cell=np.array(line_cell, dtype=np.int64),
        line_group=np.array(line_group, dtype=np.int64),
        line_lead=np.array(lead, dtype=np.int64),
        line_days=np.array(days, dtype=np.int64),
        line_fraction=np.array([plan.offers[o].delivered_fraction.mean for o in lines.offer]),
        line_rate=np.array(rates),
        line_allowed=allowed,
        group_supplier=np.array([s for s, _ in groups], dtype=np.int64),
        group_warehouse=np.array([w for _, w in groups], dtype=np.int64),
        lanes=plan.lanes,
        move_lane=np.array([k for k, _ in moves], dtype=np.int64),
        move_from=np.array(move_from, dtype=np.int64),
        move_to=np.array(move_to, dtype=np.int64),
        move_lead=np.array(move_lead, dtype=np.int64),
        move_days=np.array([nominal_days(plan.lanes[k].lead_time) for k, _ in moves], dtype=np.int64),
        move_allowed=move_allowed,
        first_served=_first_served(plan, lines, line_cell, lead, move_to, move_lead, len(cells)),
    )


def _place(plan: Plan, cell: tuple[int, int]) -> Place:
    return plan.items[cell[0]].item, plan.warehouses[cell[1]].warehouse


def _lines(plan: Plan, warehouses: dict[str, int], suppliers: dict[str, int]) -> _Lines:
    """Every offer at every warehouse it serves, if it is usable there in some period."""
    lines = _Lines([], [], [], [])
    items = {i.item: i for i in plan.items}
    for k, offer in enumerate(plan.offers):
        usable = _usable(plan, offer)
        if not usable.any():
            continue
        supplier = plan.suppliers[suppliers[offer.supplier]]
        allowed = usable & np.array([takes_orders(plan, supplier, t) for t in range(plan.periods)])
        allowed &= _before_phase_out(plan, items[offer.item], nominal_days(offer.lead_time.mean))
        served = warehouses if offer.warehouses is None else offer.warehouses
        for warehouse in served:
            lines.offer.append(k)
            lines.warehouse.append(warehouses[warehouse])
            lines.usable.append(usable)
            lines.allowed.append(allowed)
    return lines


def _usable(plan: Plan, offer: Offer) -> Mask:
    """Periods whose start lies in the offer's validity and whose order arrives within the horizon."""
    lead = whole_periods(offer.lead_time.mean, plan.period_days)
    return np.array(
        [t + lead < plan.periods and is_valid(offer, order_date(plan, t)) for t in range(plan.periods)],
        dtype=bool,
    )


def _before_phase_out(plan: Plan, item: Item, days: int) -> Mask:
    """Periods in which something that takes `days` is received on or before the item's phase-out."""
    if item.phase_out is None:
        return np.ones(plan.periods, dtype=bool)
    receipt = [order_date(plan, t) + timedelta(days=days) for t in range(plan.periods)]
    return np.array([day <= item.phase_out for day in receipt], dtype=bool)


def _moves(
    plan: Plan, items: dict[str, int], warehouses: dict[str, int], demand: dict[Place, CellDemand]
) -> list[tuple[int, int]]:
    """Every item on every lane that carries it."""
    return [
        (k, items[i])
        for k, lane in enumerate(plan.lanes)
        for i in (items if lane.items is None else lane.items)
    ]


def _move_allowed(plan: Plan, lane: Lane, item: Item) -> Mask:
    lead = whole_periods(lane.lead_time, plan.period_days)
    in_time = np.arange(plan.periods) + lead < plan.periods
    return in_time & _before_phase_out(plan, item, nominal_days(lane.lead_time))


def _cells(
    plan: Plan,
    items: dict[str, int],
    warehouses: dict[str, int],
    demand: dict[Place, CellDemand],
    lines: _Lines,
    moves: list[tuple[int, int]],
) -> list[tuple[int, int]]:
    """Cells that have something and cells that an order or a transfer could reach, by item and warehouse."""
    found = {(items[i], warehouses[w]) for i, w in demand}
    found |= {(items[r.item], warehouses[r.warehouse]) for r in plan.stock}
    found |= {(items[r.item], warehouses[r.warehouse]) for r in plan.open_orders}
    found |= {(items[plan.offers[o].item], w) for o, w in zip(lines.offer, lines.warehouse, strict=True)}
    for k, i in moves:
        found |= {(i, warehouses[plan.lanes[k].from_]), (i, warehouses[plan.lanes[k].to])}
    return sorted(found)


def _opening(
    plan: Plan, items: dict[str, int], warehouses: dict[str, int], cell_of: dict[tuple[int, int], int]
) -> Array:
    """Supply without any new order: stock less backorders, plus open orders, shape (C, T) [units]."""
    opening = np.zeros((len(cell_of), plan.periods))
    for stock in plan.stock:
        cell = cell_of[items[stock.item], warehouses[stock.warehouse]]
        opening[cell] += stock.on_hand - stock.backorders
    for order in plan.open_orders:
        cell = cell_of[items[order.item], warehouses[order.warehouse]]
        days = (order.receipt_date - plan.start_date).days
        days = plan.policy.overdue_days if days < 0 else days
        first = whole_periods(days, plan.period_days)
        opening[cell, first:] += order.quantity
    return opening


def _stack(
    plan: Plan, cells: list[tuple[int, int]], demand: dict[Place, CellDemand], field: str
) -> Array:
    nothing = np.zeros(plan.periods)
    rows = [
        nothing if (found := demand.get(_place(plan, c))) is None else getattr(found, field) for c in cells
    ]
    return np.array(rows, dtype=float).reshape(-1, plan.periods)


def _replacement(plan: Plan, items: dict[str, int], landed: list[float]) -> Array:
    """r of the contract: least of `replacement_cost` and the cheapest landed unit cost, 0 with neither."""
    least = np.full(len(plan.items), np.inf)
    for offer, cost in zip(plan.offers, landed, strict=True):
        least[items[offer.item]] = min(least[items[offer.item]], cost)
    for k, item in enumerate(plan.items):
        if item.replacement_cost is not None:
            least[k] = min(least[k], item.replacement_cost)
    return np.where(np.isinf(least), 0.0, least)


def _holding(plan: Plan, item: Item, replacement: float) -> float:
    if item.holding_cost is not None:
        return item.holding_cost
    return plan.policy.holding_rate * replacement * plan.period_days / 365.0


def _phased_out(plan: Plan, item: Item) -> bool:
    return item.phase_out is not None and item.phase_out < order_date(plan, plan.periods)


def _owed(plan: Plan, lines: _Lines, line_cell: list[int], plain: list[float], replacement: Array) -> Array:
    """r_B of each cell: cheapest plain landed cost of its usable offers that stand at the last period, else r."""
    least = np.full(len(replacement), np.inf)
    last = order_date(plan, plan.periods - 1)
    for offer, cell in zip(lines.offer, line_cell, strict=True):
        if is_valid(plan.offers[offer], last):
            least[cell] = min(least[cell], plain[offer])
    return np.where(np.isinf(least), replacement, least)


def _windows(
    plan: Plan,
    lines: _Lines,
    line_cell: list[int],
    landed: list[float],
    lead: list[int],
    move_from: list[int],
    move_to: list[int],
    move_lead: list[int],
    n_cells: int,
) -> Indices:
    """P of each cell: 1 + periods of lead time of its main offer, else over its lanes in, else T."""
    window = np.full(n_cells, plan.periods, dtype=np.int64)
    if plan.policy.uncertainty == "cumulative":
        return window
    main: dict[int, tuple[float, float, int]] = {}
    for offer, cell, periods in zip(lines.offer, line_cell, lead, strict=True):
        rank = (landed[offer], plan.offers[offer].lead_time.mean, 1 + periods)
        main[cell] = min(main.get(cell, rank), rank)
    for cell, (_, _, protection) in main.items():
        window[cell] = protection
    changed = True
    while changed:
        changed = False
        for origin, target, periods in zip(move_from, move_to, move_lead, strict=True):
            if target not in main and periods + window[origin] < window[target]:
                window[target] = periods + window[origin]
                changed = True
    return window


def _first_served(
    plan: Plan,
    lines: _Lines,
    line_cell: list[int],
    lead: list[int],
    move_to: list[int],
    move_lead: list[int],
    n_cells: int,
) -> Indices:
    """Earliest period that an order its calendar and validity allow, or a lane in, can serve; T if none."""
    first = np.full(n_cells, plan.periods, dtype=np.int64)
    for k, (cell, periods) in enumerate(zip(line_cell, lead, strict=True)):
        supplier = next(s for s in plan.suppliers if s.supplier == plan.offers[lines.offer[k]].supplier)
        for t in np.flatnonzero(lines.usable[k]):
            if takes_orders(plan, supplier, int(t)):
                first[cell] = min(first[cell], int(t) + periods)
                break
    for cell, periods in zip(move_to, move_lead, strict=True):
        first[cell] = min(first[cell], periods)
    return first
