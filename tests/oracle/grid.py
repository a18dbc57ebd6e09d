"""Every combination of a tiny plan's decisions: supply, stock, backorders and cost.

Each decision is an axis of a numpy grid. What depends on a few decisions is an array with length 1 on all
other axes, so only the last sums have the size of the whole grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from .arithmetic import Oracle
from .axes import Axes
from .demand import Cell
from .losses import Array
from .order_grid import OrderGrid

Mask = NDArray[np.bool_]


class Grid:
    """All combinations of a plan's decisions."""

    def __init__(self, oracle: Oracle, cap: float | None = None, most: int = 3_000_000) -> None:
        if oracle.network.uncertain():
            raise ValueError("the grid knows neither random supply nor lost sales")
        self.oracle = oracle
        self.axes = Axes(oracle, cap).axes
        self.shape = tuple(len(axis.levels) for axis in self.axes)
        self.size = int(np.prod(self.shape, dtype=float))
        if self.size > most:
            raise ValueError(f"{self.size} combinations are too many to enumerate")
        self.orders = OrderGrid(self)

    def along(self, place: int, values: Array) -> Array:
        """Values of one axis, as an array of the grid."""
        shape = [1] * len(self.axes)
        shape[place] = -1
        return np.asarray(values, dtype=float).reshape(shape)

    def constant(self, value: float) -> Array:
        """One number, as an array of the grid."""
        return np.full([1] * len(self.axes), value)

    def full(self, parts: list[Array]) -> Array:
        """Sum of arrays, over the whole grid."""
        total = reduce(np.add, sorted(parts, key=np.size), self.constant(0.0))
        return np.broadcast_to(total, self.shape)

    # --- stock --------------------------------------------------------------------------------

    @cached_property
    def supply(self) -> dict[Cell, list[Array]]:
        """X_t of every cell and period."""
        paths = {c: [self.constant(x) for x in path] for c, path in self.oracle.opening.items()}
        for place, axis in enumerate(self.axes):
            units = self.along(place, axis.levels)
            for cell, first, sign in self._moves(axis.kind, axis.key):
                for t in range(first, self.oracle.periods):
                    paths[cell][t] = paths[cell][t] + sign * units
        return paths

    def _moves(self, kind: str, key: tuple[str | int, ...]) -> Iterator[tuple[Cell, int, float]]:
        network, period = self.oracle.network, int(key[-1])
        if kind == "order":
            offer = network.offers[str(key[0])]
            yield (offer.item, str(key[1])), period + offer.lead, offer.fraction
            return
        origin, to, item = (str(part) for part in key[:3])
        yield (item, origin), period, -1.0
        yield (item, to), period + network.lanes[origin, to].lead, 1.0

    @cached_property
    def stock(self) -> dict[Cell, list[tuple[Array, Array, Array]]]:
        """H_t, B_t and S_t of every cell and period."""
        return {
            cell: [self._expected(cell, t, path[t]) for t in range(self.oracle.periods)]
            for cell, path in self.supply.items()
        }

    def _expected(self, cell: Cell, t: int, supply: Array) -> tuple[Array, Array, Array]:
        values, where = np.unique(np.round(supply, 9), return_inverse=True)
        now, before = self.oracle.window(cell, t), self.oracle.window(cell, t - 1)
        on_hand, owed, peak = (
            part[where].reshape(supply.shape)
            for part in (now.on_hand(values), now.backorders(values), before.on_hand(values))
        )
        return on_hand, owed, peak

    # --- money --------------------------------------------------------------------------------

    @cached_property
    def cost(self) -> Array:
        """Total cost of every combination, plan currency."""
        parts = [*self.orders.costs(), *self._lane_costs()]
        for cell in self.oracle.cells:
            parts += self._cell_costs(cell)
        return self.full(parts)

    def _cell_costs(self, cell: Cell) -> Iterator[Array]:
        network, last = self.oracle.network, self.oracle.periods - 1
        owed_cost = network.items[cell[0]]["backorder_cost"]
        means = self.oracle.demand.mean_of(cell).cumsum()
        for t, (on_hand, owed, _) in enumerate(self.stock[cell]):
            yield network.holding_cost(cell[0]) * on_hand + owed_cost * owed
            target = self.oracle.safety_target(cell, t)
            if target > 0:
                yield owed_cost * np.maximum(target + means[t] - self.supply[cell][t], 0.0)
        on_hand, owed, _ = self.stock[cell][last]
        yield network.owed_cost(cell) * owed - network.end_credit(cell[0]) * on_hand

    def _lane_costs(self) -> Iterator[Array]:
        shipped: dict[tuple[str | int, ...], Array] = {}
        for place, axis in enumerate(self.axes):
            if axis.kind != "transfer":
                continue
            units = self.along(place, axis.levels)
            row = self.oracle.network.lanes[str(axis.key[0]), str(axis.key[1])].row
            yield (row.get("unit_cost") or 0.0) * units
            trip: tuple[str | int, ...] = (axis.key[0], axis.key[1], axis.key[-1])
            shipped[trip] = shipped.get(trip, self.constant(0.0)) + units
        for trip, units in shipped.items():
            row = self.oracle.network.lanes[str(trip[0]), str(trip[1])].row
            yield np.where(units > 0, float(row.get("fixed_cost") or 0.0), 0.0)

    @cached_property
    def weighted_backorders(self) -> Array:
        """Sum of priority * B_t of every combination."""
        return self.full(
            [
                self.oracle.priority(cell[0]) * owed
                for cell in self.oracle.cells
                for _, owed, _ in self.stock[cell]
            ]
        )

    def decisions(
        self, flat: int
    ) -> tuple[dict[tuple[str, str, int], float], dict[tuple[str, str, str, int], float]]:
        """Orders and transfers of one combination, given by its number."""
        orders: dict[tuple[str, str, int], float] = {}
        transfers: dict[tuple[str, str, str, int], float] = {}
        for axis, level in zip(self.axes, np.unravel_index(flat, self.shape), strict=True):
            units = float(axis.levels[level])
            if units > 0 and len(axis.key) == 3:
                orders[axis.key] = units
            elif units > 0 and len(axis.key) == 4:
                transfers[axis.key] = units
        return orders, transfers
