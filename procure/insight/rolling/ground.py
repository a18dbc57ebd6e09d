"""What stays the same from week to week: places, their values, and demand and money beyond the plan's horizon.

C places, T periods of the plan, W weeks replayed (a week is a period of the plan), I items. Units, plan currency.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.plan.expected_demand import Place
from procure.plan.network import Network, build_network
from procure.plan.records import Lane, Offer, Plan, Supplier
from procure.plan.terms import whole_periods
from procure.plan.valuation import end_credits
from procure.solution.limits import series

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ground:
    """A plan and the weeks over which it is replayed.

    The first places are the cells of the plan's network; others, which only an offer of a later week reaches,
    follow. Values are per place, shape (C,).

    Attributes
    ----------
    places
        Item and warehouse ids.
    index
        Position of each place.
    item, warehouse
        Positions in the tables of the plan.
    mean, variance
        Demand of the network's cells in periods 0..W+T-1; beyond the plan's horizon the cell's mean per period
        and its mean variance per period.
    paths
        By cell with demand samples: its sample paths over the same periods, shape (samples, W + T).
    holding
        Cost of a unit on hand for a period.
    lost
        Whether unmet demand is lost.
    shortage
        Cost of a unit backordered for a period, or of a unit lost, its replacement cost included.
    owed, credit
        Cost of a unit owed and worth of a unit left after the last week.
    kept
        Share of its worth that a unit of each item keeps after the last week, shape (I,).
    """

    plan: Plan
    weeks: int
    network: Network
    places: tuple[Place, ...]
    index: dict[Place, int]
    item: Indices
    warehouse: Indices
    mean: Array
    variance: Array
    paths: dict[int, Array]
    holding: Array
    lost: Mask
    shortage: Array
    owed: Array
    credit: Array
    kept: Array

    @cached_property
    def offers(self) -> dict[str, Offer]:
        """Offers by id."""
        return {offer.offer: offer for offer in self.plan.offers}

    @cached_property
    def suppliers(self) -> dict[str, Supplier]:
        """Suppliers by id."""
        return {supplier.supplier: supplier for supplier in self.plan.suppliers}

    @cached_property
    def lanes(self) -> dict[tuple[str, str], tuple[Lane, int]]:
        """Lanes with their lead time in periods, by origin and destination."""
        return {
            (lane.from_, lane.to): (lane, whole_periods(lane.lead_time, self.plan.period_days))
            for lane in self.plan.lanes
        }

    @cached_property
    def opening(self) -> Array:
        """On hand less backorders at the start, shape (C,) [units]."""
        opening = np.zeros(len(self.places))
        opening[: self.network.n_cells] = self.network.initial
        return opening

    @cached_property
    def stretched(self) -> Network:
        """The network with the demand of all periods up to W + T, for the draws of demand only."""
        return replace(self.network, mean=self.mean, variance=self.variance, paths=self.paths)

    @cached_property
    def storage(self) -> tuple[tuple[Array, Array], ...]:
        """Storage limits: amount that a unit of each place takes, shape (C,), and what there is, shape (W,)."""
        found = []
        for k, warehouse in enumerate(self.plan.warehouses):
            for resource, amount in warehouse.capacity.items():
                takes = np.where(self.warehouse == k, self.network.usage(resource)[self.item], 0.0)
                found.append((takes, stretch(series(amount, self.plan.periods), self.weeks)))
        return tuple(found)

    @cached_property
    def inflow(self) -> Array | None:
        """Cash that comes in in each week, shape (W + T,); None without a limit."""
        cash = self.plan.capital.cash
        return None if cash is None else self._money(cash.inflow)

    @cached_property
    def cash(self) -> Array | None:
        """Cash that has come in by the end of each week, opening included, shape (W + T,); None without a limit."""
        cash = self.plan.capital.cash
        if cash is None or self.inflow is None:
            return None
        come: Array = cash.opening + np.cumsum(self.inflow)
        return come

    @cached_property
    def budget(self) -> Array | None:
        """Order budget of each week, shape (W + T,); None without a limit."""
        budget = self.plan.capital.order_budget
        return None if budget is None else self._money(budget)

    def _money(self, amounts: float | tuple[float, ...]) -> Array:
        """Money per week, which goes on as the demand does that it pays for: at its mean, not at its last value."""
        rows = _continued(series(amounts, self.plan.periods)[None, :], self.weeks + self.plan.periods)
        return rows.ravel()


def ground_of(plan: Plan, weeks: int) -> Ground:
    """Survey a plan that is to be replayed over so many weeks."""
    network = build_network(plan)
    cells = [network.place(cell) for cell in range(network.n_cells)]
    places = tuple(dict.fromkeys([*cells, *_offered(plan)]))
    items = {row.item: k for k, row in enumerate(plan.items)}
    warehouses = {row.warehouse: k for k, row in enumerate(plan.warehouses)}
    item = np.array([items[i] for i, _ in places], dtype=np.int64)
    worth = network.replacement[item]
    lost = np.array([row.unmet_demand == "lost" for row in plan.items], dtype=bool)[item]
    ahead = weeks + plan.periods
    return Ground(
        plan=plan,
        weeks=weeks,
        network=network,
        places=places,
        index={place: k for k, place in enumerate(places)},
        item=item,
        warehouse=np.array([warehouses[w] for _, w in places], dtype=np.int64),
        mean=_continued(network.mean, ahead),
        variance=_continued(network.variance, ahead),
        paths={cell: _continued_paths(paths, ahead) for cell, paths in network.paths.items()},
        holding=network.holding[item],
        lost=lost,
        shortage=network.backorder_cost[item] + np.where(lost, worth, 0.0),
        owed=np.concatenate([network.owed, worth[network.n_cells :]]),
        credit=_credits(plan, weeks, network.replacement)[item],
        kept=_credits(plan, weeks, np.ones(len(plan.items))),
    )


def _offered(plan: Plan) -> list[Place]:
    """Places that some offer serves, in the order of the plan."""
    every = [row.warehouse for row in plan.warehouses]
    return [(o.item, w) for o in plan.offers for w in (every if o.warehouses is None else o.warehouses)]


def _credits(plan: Plan, weeks: int, replacement: Array) -> Array:
    """Worth of a unit left after the last week, by item."""
    return end_credits(plan.model_copy(update={"periods": weeks}), replacement)


def stretch(values: Array, periods: int) -> Array:
    """What there is per period cut or continued with the last one, shape (periods,)."""
    return values[np.minimum(np.arange(periods), len(values) - 1)]


def _continued(rows: Array, periods: int) -> Array:
    """Rows cut or continued with their mean, shape (C, periods)."""
    more = np.repeat(rows.mean(axis=1, keepdims=True), max(periods - rows.shape[1], 0), axis=1)
    return np.concatenate([rows, more], axis=1)[:, :periods]


def _continued_paths(paths: Array, periods: int) -> Array:
    """Sample paths continued with periods of other paths, scaled to the mean per period.

    Period T + k of path s is period k mod T of path s + 1 + k // T, so that each period of the continuation
    has all samples once.
    """
    known = paths.shape[1]
    mean = paths.mean(axis=0)
    level = float(mean.mean())
    scale = np.where(mean > 0.0, level / np.where(mean > 0.0, mean, 1.0), 0.0)
    rounds = [np.roll(paths * scale, -(1 + k), axis=0) for k in range(-(-periods // known) - 1)]
    whole: Array = np.concatenate([paths, *rounds], axis=1)
    return whole[:, :periods]
