"""Limits over the whole grid, and the least relaxation where the start itself breaks them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .dates import per_period
from .grid import Grid, Mask
from .limits import DUST, TOLERANCE, LimitKey
from .losses import Array

#: Excesses count as different when they differ by more than this.
DIFFERENT = 1e-4


class LimitGrid:
    """Which combinations of a grid keep every limit."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.oracle = grid.oracle
        self.excess: dict[LimitKey, float] = {}
        self.ambiguous = False

    def feasible(self) -> Mask:
        """Combinations that keep every limit; limits that doing nothing breaks get the least excess."""
        soft = self.oracle.relaxable()
        kept = np.ones(self.grid.shape, dtype=bool)
        relaxable: dict[LimitKey, tuple[Array, float]] = {}
        for mask in self._rules():
            kept = kept & mask
        for key, used, limit in self._uses():
            if key in soft:
                relaxable[key] = used, limit
            else:
                kept = kept & (used <= limit + TOLERANCE * abs(limit) + DUST)
        return self._relaxed(kept, relaxable) if relaxable else kept

    def _relaxed(self, kept: Mask, relaxable: dict[LimitKey, tuple[Array, float]]) -> Mask:
        over = {key: np.maximum(used - limit, 0.0) for key, (used, limit) in relaxable.items()}
        shares = self.grid.full([over[key] / max(limit, 1.0) for key, (_, limit) in relaxable.items()])
        shares = np.where(kept, shares, np.inf)
        best = np.unravel_index(int(np.argmin(shares)), self.grid.shape)
        near = shares <= shares[best] + 1e-7
        for key, excess in over.items():
            whole = np.broadcast_to(excess, self.grid.shape)
            self.excess[key] = float(whole[best])
            self.ambiguous |= bool(np.any(np.abs(whole[near] - whole[best]) > DIFFERENT))
        if self.ambiguous:
            return np.asarray(kept & near)
        for key, (used, limit) in relaxable.items():
            most = limit + self.excess[key]
            kept = kept & (used <= most + TOLERANCE * abs(most) + DUST)
        return kept

    # --- rules without an amount --------------------------------------------------------------

    def _rules(self) -> Iterator[Mask]:
        for order in self.grid.orders.orders.values():
            yield from order.kept()
        for place, axis in enumerate(self.grid.axes):
            moved = self.grid.along(place, axis.levels) > 0
            if len(axis.key) == 4:
                origin, to, item, t = axis.key
                there = self.grid.supply[item, origin][t]
                demand = float(self.oracle.demand.mean_of((item, origin))[:t].sum())
                yield ~moved | (there >= demand * (1 - 2 * TOLERANCE) - DUST)
                yield from self._cover((item, to), t + self.oracle.network.lanes[origin, to].lead, moved)
            else:
                offer = self.oracle.network.offers[axis.key[0]]
                yield from self._cover((offer.item, axis.key[1]), axis.key[2] + offer.lead, moved)

    def _cover(self, cell: tuple[str, str], t: int, moved: Mask) -> Iterator[Mask]:
        limit = self.oracle.cover_limit(cell, t)
        if limit is not None:
            yield ~moved | (self.grid.supply[cell][t] <= limit * (1 + TOLERANCE) + DUST)

    # --- limits with an amount ----------------------------------------------------------------

    def _uses(self) -> Iterator[tuple[LimitKey, Array, float]]:
        for t in range(self.oracle.periods):
            yield from self._storage(t)
            yield from self._supplier(t)
            yield from self._lanes(t)
        yield from self._capital()

    def _storage(self, t: int) -> Iterator[tuple[LimitKey, Array, float]]:
        network = self.oracle.network
        for place, row in network.warehouses.items():
            for resource, limit in (row.get("capacity") or {}).items():
                used = self.grid.constant(0.0)
                for item in network.items:
                    if network.amount(item, resource) > 0:
                        used = used + network.amount(item, resource) * self.grid.stock[item, place][t][2]
                yield ("storage", place, resource, t), used, per_period(limit, t)
        value = self.oracle.capital.get("inventory_value")
        if value is not None:
            used = self.grid.constant(0.0)
            for cell in self.oracle.cells:
                used = used + network.replacement_cost(cell[0]) * self.grid.stock[cell][t][2]
            yield ("inventory_value", "", "", t), used, float(value)

    def _supplier(self, t: int) -> Iterator[tuple[LimitKey, Array, float]]:
        network = self.oracle.network
        for name, row in network.suppliers.items():
            for resource, limit in (row.get("capacity") or {}).items():
                used = self.grid.constant(0.0)
                for order in self.grid.orders.in_period(t, name):
                    used = used + order.amount(resource)
                yield ("supplier_capacity", name, resource, t), used, per_period(limit, t)
        for name, offer in network.offers.items():
            if offer.row.get("capacity") is not None:
                limit = per_period(offer.row["capacity"], t)
                yield ("offer_capacity", name, "", t), self._moved(t, name), limit

    def _moved(self, t: int, offer: str) -> Array:
        used = self.grid.constant(0.0)
        for place, axis in enumerate(self.grid.axes):
            if axis.kind == "order" and (axis.key[0], axis.key[-1]) == (offer, t):
                used = used + self.grid.along(place, axis.levels)
        return used

    def _lanes(self, t: int) -> Iterator[tuple[LimitKey, Array, float]]:
        network = self.oracle.network
        for ends, lane in network.lanes.items():
            for resource, limit in (lane.row.get("capacity") or {}).items():
                used = self.grid.constant(0.0)
                for place, axis in enumerate(self.grid.axes):
                    if axis.kind == "transfer" and (axis.key[:2], axis.key[-1]) == (ends, t):
                        taken = network.amount(str(axis.key[2]), resource)
                        used = used + taken * self.grid.along(place, axis.levels)
                yield ("lane_capacity", ">".join(ends), resource, t), used, per_period(limit, t)

    def _capital(self) -> Iterator[tuple[LimitKey, Array, float]]:
        capital = self.oracle.capital
        carry = capital.get("carry_over", True)
        if capital.get("order_budget") is not None:
            used, allowed = self.grid.constant(0.0), 0.0
            for t in range(self.oracle.periods):
                before = (used, allowed) if carry else (self.grid.constant(0.0), 0.0)
                used, allowed = before[0], before[1] + per_period(capital["order_budget"], t)
                for order in self.grid.orders.in_period(t):
                    used = used + order.spend
                yield ("order_budget", "", "", t), used, allowed
        if capital.get("cash") is not None:
            yield from self._cash()

    def _cash(self) -> Iterator[tuple[LimitKey, Array, float]]:
        due = [self.grid.constant(float(amount)) for amount in self.oracle.payments({})]
        for order in self.grid.orders.orders.values():
            for when, amount in order.payments():
                t = max(self.oracle.calendar.period_containing(when), 0)
                if t < self.oracle.periods:
                    due[t] = due[t] + amount
        paid = self.grid.constant(0.0)
        for t in range(self.oracle.periods):
            paid = paid + due[t]
            yield ("cash", "", "", t), paid, self.oracle.cash_so_far(t)
