"""What is allowed in a plan and yet probably not meant: warnings, few, each with something to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.clashes import clashes
from procure.plan.expected_demand import PlanDemand, expected_demand
from procure.plan.order_cycle import order_cycles
from procure.plan.order_lines import calendars, served
from procure.plan.positions import Positions
from procure.plan.records import Plan
from procure.plan.table import ABSENT, LIST, ONE, coded, days, numbers, series
from procure.plan.terms import order_date
from procure.plan.values import plain

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

NAMED = 3
"""Examples that a warning names; the others are counted."""


@dataclass(frozen=True)
class PlanWarning:
    """Something in a plan that is probably not meant.

    Parameters
    ----------
    table
        Table that it is about.
    message
        What it is, where, and what to do.
    """

    table: str
    message: str

    def __str__(self) -> str:
        return f"{self.table}: {self.message}"


def check_plan(plan: Plan) -> list[PlanWarning]:
    """Return the warnings about a plan without faults: one per kind, with a count and the first places."""
    known = Positions.of(plan)
    asked = _asked(plan, known)
    return [warning for advice in ADVICE for warning in advice(plan, asked)]


@dataclass(frozen=True, eq=False)
class Asked:
    """The demand of places that ask for anything.

    Attributes
    ----------
    known
        Position of every id.
    demand
        Demand of the places.
    """

    known: Positions
    demand: PlanDemand

    @property
    def items(self) -> Mask:
        """Items that are asked for anywhere, shape (items,)."""
        item, _ = self.known.pair(self.demand.places)
        return np.bincount(item, minlength=len(self.known.items)) > 0

    def names(self, places: Indices) -> list[str]:
        """Write places: item at warehouse."""
        items, warehouses = list(self.known.items), list(self.known.warehouses)
        item, warehouse = self.known.pair(places)
        return [f"{items[i]} at {warehouses[w]}" for i, w in zip(item.tolist(), warehouse.tolist(), strict=True)]


def _asked(plan: Plan, known: Positions) -> Asked:
    demand = expected_demand(plan, known)
    some = demand.mean.any(axis=1)
    return Asked(known, PlanDemand(demand.places[some], demand.mean[some], demand.variance[some], {}))


def _chosen(rows: Sequence[Any], name: str, chosen: Mask) -> list[Any]:
    """Values of a column in some rows."""
    column = coded(rows, name)
    return [column.value(k) for k in np.flatnonzero(chosen).tolist()]


def _few(names: Iterable[str]) -> str:
    """Write the first few names and how many more there are."""
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return ", ".join(known[:NAMED]) + more


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _at(item: str, warehouse: str) -> str:
    return f"{item} at {warehouse}"


def unsupplied(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of demand where no offer and no lane brings the item."""
    places = asked.demand.places
    missing = places[~np.isin(places, _reached(plan, asked.known))]
    if len(missing):
        yield PlanWarning(
            "demand",
            f"nobody delivers {_few(asked.names(missing))}, where there is demand: no offer serves the "
            "warehouse and no "
            "lane leads there; add an offer or a lane, or take the demand out",
        )


def _reached(plan: Plan, known: Positions) -> Indices:
    """Places that an offer or a lane serves."""
    offer, warehouse = served(plan, known, np.ones(len(plan.offers), dtype=bool))
    found = [known.keys(coded(plan.offers, "item").positions(known.items)[offer], warehouse)]
    for lane in plan.lanes:
        names = known.items if lane.items is None else lane.items
        item = np.array([known.items[name] for name in names], dtype=np.int64)
        found.append(known.keys(item, np.full(len(item), known.warehouses[lane.to])))
    return np.concatenate(found)


def never_ordered(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of offers of which no order can arrive within the horizon."""
    can_be = calendars(plan, asked.known) & _has_room(plan)
    names = _chosen(plan.offers, "offer", np.asarray(~can_be.any(axis=1)))
    if names:
        yield PlanWarning(
            "offers",
            f"no order of {_few(names)} can be placed and arrive within the {plan.periods} periods; check "
            "lead_time, "
            "valid_from, valid_to and capacity, and the supplier's closures and order days, or plan more "
            "periods",
        )


def _has_room(plan: Plan) -> Mask:
    """Periods in which each offer's capacity admits its minimum order quantity, shape (offers, T)."""
    capacity, least = series(plan.offers, "capacity"), numbers(plan.offers, "minimum_order_quantity")
    most = np.full((len(plan.offers), plan.periods), np.inf)
    one, listed = np.flatnonzero(capacity.form == ONE), np.flatnonzero(capacity.form == LIST)
    most[one] = capacity.single()[one, None]
    most[listed] = capacity.matrix(listed, plan.periods)
    free = (capacity.form == ABSENT)[:, None]
    room: Mask = free | ((most > 0) & (most >= least[:, None]))
    return room


def overdue(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of open orders that should have arrived already."""
    start = plan.start_date.toordinal()
    late = _chosen(plan.open_orders, "po_number", days(plan.open_orders, "receipt_date", start) < start)
    if late:
        delay = plan.policy.overdue_days
        yield PlanWarning(
            "open_orders",
            f"{_count(len(late), 'line is', 'lines are')} overdue at {plan.start_date} ({_few(late)}) and "
            "taken to "
            f"arrive {plain(delay)} days later (policy.overdue_days); ask the supplier and give the new "
            "receipt_date",
        )


def beyond_horizon(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of open orders that arrive too late to matter."""
    end = order_date(plan, plan.periods)
    last = order_date(plan, plan.periods - 1)
    late = _chosen(plan.open_orders, "po_number", days(plan.open_orders, "receipt_date", 0) > last.toordinal())
    if late:
        yield PlanWarning(
            "open_orders",
            f"{_count(len(late), 'line arrives', 'lines arrive')} after {last} ({_few(late)}), too late to "
            "serve a "
            f"period of the plan, which ends before {end}; plan more periods to see them",
        )


def ignored_demand(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of demand by date outside the horizon."""
    end = order_date(plan, plan.periods)
    start = plan.start_date.toordinal()
    day = days(plan.demand, "date", start)
    rows = [plan.demand[k] for k in np.flatnonzero((day < start) | (day >= end.toordinal())).tolist()]
    if rows:
        units = sum(row.mean for row in rows if not isinstance(row.mean, tuple))
        places = _few(f"{_at(row.item, row.warehouse)} on {row.date}" for row in rows)
        yield PlanWarning(
            "demand",
            f"{_count(len(rows), 'row', 'rows')} with {plain(round(units, 6))} units lie outside the horizon "
            f"{plan.start_date} to {end - timedelta(days=1)} and are ignored ({places}); check their dates",
        )


def idle_promotions(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of promotions that lift nothing."""
    end = order_date(plan, plan.periods)
    outside = [p.item for p in plan.promotions if p.last < plan.start_date or p.first >= end]
    if outside:
        yield PlanWarning(
            "promotions",
            f"{_count(len(outside), 'row lies', 'rows lie')} outside the horizon ({_few(outside)}) and "
            "change "
            "nothing; check first and last",
        )
    known, items, places = asked.known, asked.items, set(asked.demand.places.tolist())
    idle = [
        p.item if p.warehouse is None else _at(p.item, p.warehouse)
        for p in plan.promotions
        if (not items[known.items[p.item]] if p.warehouse is None else known.place(p.item, p.warehouse) not in places)
    ]
    if idle:
        yield PlanWarning(
            "promotions",
            f"there is no demand to lift for {_few(idle)}; give a launch its own demand rows",
        )


def rising_prices(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of price breaks that make a larger quantity dearer."""
    breaks = coded(plan.offers, "price_breaks")
    first = breaks.each(lambda steps: steps[0].unit_price if steps else -np.inf)
    rises = breaks.each(_rises, bool) | (first > numbers(plan.offers, "unit_price"))
    if rises.any():
        names = _chosen(plan.offers, "offer", rises)
        yield PlanWarning("offers", f"the price of {_few(names)} rises with the quantity; check price_breaks")


def _rises(steps: Sequence[Any]) -> bool:
    return any(after.unit_price > before.unit_price for before, after in pairwise(steps))


def thin_samples(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of places that do not appear in every sample path."""
    if plan.samples is None:
        return
    every = plan.samples["sample"].nunique()
    paths = plan.samples.drop_duplicates(["item", "warehouse", "sample"])
    counts = Counter(zip(paths["item"], paths["warehouse"], strict=True))
    thin = [(place, count) for place, count in counts.items() if count < every]
    if thin:
        yield PlanWarning(
            "demand_samples",
            f"{_few(f'{_at(*place)} ({count} of {every})' for place, count in thin)} are not in all "
            "sample "
            "paths; where they are missing they count as no demand, so give every path its rows",
        )


def unused(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Hint at items that can't be bought nor sold, and at stock that nobody asks for."""
    known, used = asked.known.items, asked.items
    for rows in (plan.offers, plan.stock, plan.open_orders):
        used[coded(rows, "item").positions(known)] = True
    items = _chosen(plan.items, "item", ~used)
    if items:
        message = f"{_few(items)} have no offer, no stock and no demand; nothing is planned for them"
        yield PlanWarning("items", message)
    wanted = asked.items[coded(plan.stock, "item").positions(known)]
    idle = _chosen(plan.stock, "item", ~wanted & (numbers(plan.stock, "on_hand") > 0))
    if idle:
        yield PlanWarning(
            "stock",
            f"nobody asks for {_few(idle)}, of which there is stock; check the ids, or add their demand",
        )


def short_horizon(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of items whose order cycle is too long for the horizon to judge."""
    places, cycles = order_cycles(plan, asked.known, asked.demand)
    long = cycles > plan.periods / 2
    if long.any():
        ranked = np.flatnonzero(long)[np.argsort(-cycles[long], kind="stable")]
        shown = zip(asked.names(places[ranked[:NAMED]]), cycles[ranked[:NAMED]].tolist(), strict=True)
        names = _few(f"{place} ({periods:.0f} periods)" for place, periods in shown)
        names += f" and {len(ranked) - NAMED} more" if len(ranked) > NAMED else ""
        yield PlanWarning(
            "items",
            f"{_count(len(ranked), 'order cycle covers', 'order cycles cover')} more than half the horizon "
            "of "
            f"{plan.periods} periods: {names}; plan more periods if demand is known further ahead",
        )


def clashing(plan: Plan, asked: Asked) -> Iterator[PlanWarning]:
    """Warn of terms that a limit never admits: offers that no order can use, safety stock that no room holds."""
    for clash in clashes(plan, asked.known):
        yield PlanWarning(clash.table, clash.message)


ADVICE: tuple[Callable[[Plan, Asked], Iterable[PlanWarning]], ...] = (
    unsupplied,
    never_ordered,
    clashing,
    overdue,
    beyond_horizon,
    ignored_demand,
    idle_promotions,
    rising_prices,
    short_horizon,
    thin_samples,
    unused,
)
"""All kinds of warning: the table of contents of this module."""
