"""Limits of random tiny plans, a little under what the plan without them would use, so that they bind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .arithmetic import Oracle
from .draft import Draft, Record
from .enumerate import Best
from .features import add_open_order, any_item


@dataclass(frozen=True)
class Free:
    """A plan in the making, and the optimum it has without the limits to come."""

    draft: Draft
    oracle: Oracle
    best: Best

    def under(self, used: float, low: float = 0.55, high: float = 0.97) -> float:
        """Draw a limit below a use; three digits after the point."""
        return round(used * float(self.draft.rng.uniform(low, high)), 3)

    def peak_values(self, orders: Any, transfers: Any, place: str | None, weight: Any) -> list[float]:
        """Weighted peak stock of a place (or all places) per period."""
        paths = self.oracle.projection(orders, transfers)
        return [
            sum(weight(c[0]) * float(p.peak[t]) for c, p in paths.items() if place in (None, c[1]))
            for t in range(self.oracle.periods)
        ]


Cap = Callable[[Free], None]

#: Writers of limits by feature, in the order in which they are applied.
CAPS: dict[str, Cap] = {}


def cap(writer: Cap) -> Cap:
    """Register a writer of a limit under its own name."""
    CAPS[writer.__name__] = writer
    return writer


@cap
def storage(free: Free) -> None:
    draft, network = free.draft, free.oracle.network
    resource = "m3" if "storage" in draft.plan["items"][0] else "units"
    row = draft.pick(draft.plan["warehouses"])

    def weight(item: str) -> float:
        return network.amount(item, resource)

    used = free.peak_values(free.best.orders, free.best.transfers, row["warehouse"], weight)
    idle = free.peak_values({}, {}, row["warehouse"], weight)
    limit = max(free.under(max(used)), round(max(idle) + 0.001, 3))
    as_list = draft.chance(0.3)
    row.setdefault("capacity", {})[resource] = [limit] * free.oracle.periods if as_list else limit


@cap
def start_breaks_storage(free: Free) -> None:
    draft = free.draft
    row = draft.pick(draft.plan["warehouses"])
    idle = free.peak_values({}, {}, row["warehouse"], lambda item: 1.0)
    row["capacity"] = {"units": max(free.under(max(idle), 0.4, 0.9), 0.5)}


@cap
def inventory_value(free: Free) -> None:
    weight = free.oracle.network.replacement_cost
    used = free.peak_values(free.best.orders, free.best.transfers, None, weight)
    idle = free.peak_values({}, {}, None, weight)
    free.draft.capital["inventory_value"] = max(free.under(max(used)), round(max(idle) + 0.001, 3))


@cap
def budget_carried(free: Free) -> None:
    spend = free.oracle.spend(free.best.orders)
    whole = free.under(float(spend.sum()))
    periods = free.oracle.periods
    if free.draft.chance(0.5):
        free.draft.capital["order_budget"] = round(whole / periods, 3)
    else:
        rest = round((whole - round(whole * 0.6, 3)) / max(periods - 1, 1), 3)
        free.draft.capital["order_budget"] = [round(whole * 0.6, 3)] + [rest] * (periods - 1)


@cap
def budget_by_period(free: Free) -> None:
    free.draft.capital["order_budget"] = free.under(float(free.oracle.spend(free.best.orders).max()))
    free.draft.capital["carry_over"] = False


@cap
def cash(free: Free) -> None:
    paid = free.oracle.payments(free.best.orders).cumsum()
    opening = free.under(float(paid[-1]), 0.4, 0.9)
    inflow = round(opening * 0.1, 2)
    as_list = free.draft.chance(0.5)
    free.draft.capital["cash"] = {
        "opening": opening,
        "inflow": [inflow] * free.oracle.periods if as_list else inflow,
    }


@cap
def start_breaks_cash(free: Free) -> None:
    draft = free.draft
    due = draft.date(draft.rng.uniform(-0.5, 1))
    add_open_order(draft, draft.date(1), amount_due=draft.money(8, 20), due_date=due)
    later = [draft.money(10, 40) for _ in range(draft.periods - 1)]
    draft.capital["cash"] = {"opening": draft.money(1, 6), "inflow": [draft.money(0, 3), *later]}


def _headers(free: Free) -> list[Any]:
    return free.oracle.purchase_orders(free.best.orders)


def _supplier(free: Free, name: str) -> Record:
    rows: list[Record] = free.draft.plan["suppliers"]
    return next(row for row in rows if row["supplier"] == name)


@cap
def order_minimum(free: Free) -> None:
    header = free.draft.pick(_headers(free))
    row = _supplier(free, header.supplier["supplier"])
    row["minimum_order_value"] = round(header.goods * free.draft.pick([1.1, 1.3, 1.6]), 2)


@cap
def order_maximum(free: Free) -> None:
    header = max(_headers(free), key=lambda order: float(order.goods))
    _supplier(free, header.supplier["supplier"])["maximum_order_value"] = free.under(header.goods)


@cap
def supplier_capacity(free: Free) -> None:
    header = max(_headers(free), key=lambda order: float(order.goods))
    units = sum(line.quantity for line in header.lines)
    row = _supplier(free, header.supplier["supplier"])
    resource = free.draft.pick(["value", "units", "units", "m3"])
    network = free.oracle.network
    volume = sum(network.amount(line.offer.item, "m3") * line.quantity for line in header.lines)
    if resource == "value":
        row["capacity"] = {"value": free.under(header.goods)}
    elif resource == "m3" and volume > 0:
        row["capacity"] = {"m3": [free.under(volume)] * free.oracle.periods}
    else:
        row["capacity"] = {"units": free.under(units)}


@cap
def offer_capacity(free: Free) -> None:
    offer, _, period = free.draft.pick(sorted(free.best.orders))
    used = sum(q for (o, _, t), q in free.best.orders.items() if (o, t) == (offer, period))
    row = free.oracle.network.offers[offer].row
    index = next(place for place, other in enumerate(free.oracle.plan["offers"]) if other is row)
    free.draft.plan["offers"][index]["capacity"] = free.under(used)


@cap
def storage_of_one_item(free: Free) -> None:
    """Give only one item a volume, and limit it."""
    item = any_item(free.draft)
    if any("storage" in row for row in free.draft.plan["items"]):
        return
    item["storage"] = {"m3": 0.3}
    place = free.draft.plan["warehouses"][0]

    def weight(name: str) -> float:
        return 0.3 if name == item["item"] else 0.0

    used = free.peak_values(free.best.orders, free.best.transfers, place["warehouse"], weight)
    idle = free.peak_values({}, {}, place["warehouse"], weight)
    limit = max(free.under(max(used)), round(max(idle) + 0.001, 3))
    place.setdefault("capacity", {})["m3"] = limit
