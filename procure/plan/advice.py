"""What is allowed in a plan and yet probably not meant: warnings, few, each with something to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from procure.plan.expected_demand import CellDemand, Place, expected_demand
from procure.plan.order_cycle import order_cycles
from procure.plan.records import Offer, Plan, Supplier
from procure.plan.terms import is_valid, order_date, takes_orders, whole_periods
from procure.plan.values import plain

NAMED = 3
"""Examples that a warning names; the others are counted."""

Demand = dict[Place, CellDemand]


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
    demand = {place: cell for place, cell in expected_demand(plan).items() if cell.mean.any()}
    return [warning for advice in ADVICE for warning in advice(plan, demand)]


def _few(names: Iterable[str]) -> str:
    """Write the first few names and how many more there are."""
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return ", ".join(known[:NAMED]) + more


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _at(place: Place) -> str:
    return f"{place[0]} at {place[1]}"


def _can_be_ordered(plan: Plan, offer: Offer, suppliers: Mapping[str, Supplier]) -> bool:
    """Tell whether some order of an offer arrives within the horizon, by validity, calendar and capacity."""
    lead = whole_periods(offer.lead_time.mean, plan.period_days)
    supplier = suppliers[offer.supplier]
    return any(
        _has_room(offer, t) and is_valid(offer, order_date(plan, t)) and takes_orders(plan, supplier, t)
        for t in range(plan.periods - lead)
    )


def _has_room(offer: Offer, period: int) -> bool:
    """Tell whether the offer's capacity of a period admits its minimum order quantity."""
    capacity = offer.capacity[period] if isinstance(offer.capacity, tuple) else offer.capacity
    return capacity is None or (capacity > 0 and capacity >= offer.minimum_order_quantity)


def unsupplied(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Warn of demand where no offer and no lane brings the item."""
    reached = _reached(plan)
    places = [place for place in demand if place not in reached]
    if places:
        yield PlanWarning(
            "demand",
            f"nobody delivers {_few(map(_at, places))}, where there is demand: no offer serves the "
            "warehouse and no "
            "lane leads there; add an offer or a lane, or take the demand out",
        )


def _reached(plan: Plan) -> set[Place]:
    """Places that an offer or a lane serves."""
    every = [w.warehouse for w in plan.warehouses]
    items = [i.item for i in plan.items]
    found = {(o.item, w) for o in plan.offers for w in (every if o.warehouses is None else o.warehouses)}
    carried = ((lane.to, items if lane.items is None else lane.items) for lane in plan.lanes)
    return found | {(item, warehouse) for warehouse, names in carried for item in names}


def never_ordered(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Warn of offers of which no order can arrive within the horizon."""
    suppliers = {s.supplier: s for s in plan.suppliers}
    names = [offer.offer for offer in plan.offers if not _can_be_ordered(plan, offer, suppliers)]
    if names:
        yield PlanWarning(
            "offers",
            f"no order of {_few(names)} can be placed and arrive within the {plan.periods} periods; check "
            "lead_time, "
            "valid_from, valid_to and capacity, and the supplier's closures and order days, or plan more "
            "periods",
        )


def overdue(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Warn of open orders that should have arrived already."""
    late = [order.po_number for order in plan.open_orders if order.receipt_date < plan.start_date]
    if late:
        days = plan.policy.overdue_days
        yield PlanWarning(
            "open_orders",
            f"{_count(len(late), 'line is', 'lines are')} overdue at {plan.start_date} ({_few(late)}) and "
            "taken to "
            f"arrive {plain(days)} days later (policy.overdue_days); ask the supplier and give the new "
            "receipt_date",
        )


def beyond_horizon(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Warn of open orders that arrive too late to matter."""
    end = order_date(plan, plan.periods)
    last = order_date(plan, plan.periods - 1)
    late = [order.po_number for order in plan.open_orders if order.receipt_date > last]
    if late:
        yield PlanWarning(
            "open_orders",
            f"{_count(len(late), 'line arrives', 'lines arrive')} after {last} ({_few(late)}), too late to "
            "serve a "
            f"period of the plan, which ends before {end}; plan more periods to see them",
        )


def ignored_demand(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Warn of demand by date outside the horizon."""
    end = order_date(plan, plan.periods)
    rows = [row for row in plan.demand if row.date is not None and not plan.start_date <= row.date < end]
    if rows:
        units = sum(row.mean for row in rows if not isinstance(row.mean, tuple))
        places = _few(f"{_at((row.item, row.warehouse))} on {row.date}" for row in rows)
        yield PlanWarning(
            "demand",
            f"{_count(len(rows), 'row', 'rows')} with {plain(round(units, 6))} units lie outside the horizon "
            f"{plan.start_date} to {end - timedelta(days=1)} and are ignored ({places}); check their dates",
        )


def idle_promotions(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
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
    asked = {item for item, _ in demand}
    idle = [
        p.item if p.warehouse is None else _at((p.item, p.warehouse))
        for p in plan.promotions
        if (p.item not in asked if p.warehouse is None else (p.item, p.warehouse) not in demand)
    ]
    if idle:
        yield PlanWarning(
            "promotions",
            f"there is no demand to lift for {_few(idle)}; give a launch its own demand rows",
        )


def rising_prices(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Warn of price breaks that make a larger quantity dearer."""
    names = [offer.offer for offer in plan.offers if _rises([offer.unit_price, *_break_prices(offer)])]
    if names:
        yield PlanWarning("offers", f"the price of {_few(names)} rises with the quantity; check price_breaks")


def _break_prices(offer: Offer) -> list[float]:
    return [step.unit_price for step in offer.price_breaks]


def _rises(prices: Sequence[float]) -> bool:
    return any(after > before for before, after in pairwise(prices))


def thin_samples(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
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
            f"{_few(f'{_at(place)} ({count} of {every})' for place, count in thin)} are not in all "
            "sample "
            "paths; where they are missing they count as no demand, so give every path its rows",
        )


def unused(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Hint at items that can't be bought nor sold, and at stock that nobody asks for."""
    asked = {item for item, _ in demand}
    supplied = {row.item for rows in (plan.offers, plan.stock, plan.open_orders) for row in rows}
    items = [i.item for i in plan.items if i.item not in asked and i.item not in supplied]
    if items:
        message = f"{_few(items)} have no offer, no stock and no demand; nothing is planned for them"
        yield PlanWarning("items", message)
    idle = [row.item for row in plan.stock if row.item not in asked and row.on_hand > 0]
    if idle:
        yield PlanWarning(
            "stock",
            f"nobody asks for {_few(idle)}, of which there is stock; check the ids, or add their demand",
        )


def short_horizon(plan: Plan, demand: Demand) -> Iterator[PlanWarning]:
    """Warn of items whose order cycle is too long for the horizon to judge."""
    cycles = order_cycles(plan, demand)
    longest = {place: periods for place, periods in cycles.items() if periods > plan.periods / 2}
    if longest:
        ranked = sorted(longest, key=lambda place: -longest[place])
        names = _few(f"{_at(place)} ({longest[place]:.0f} periods)" for place in ranked)
        yield PlanWarning(
            "items",
            f"{_count(len(ranked), 'order cycle covers', 'order cycles cover')} more than half the horizon "
            "of "
            f"{plan.periods} periods: {names}; plan more periods if demand is known further ahead",
        )


ADVICE: tuple[Callable[[Plan, Demand], Iterable[PlanWarning]], ...] = (
    unsupplied,
    never_ordered,
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
