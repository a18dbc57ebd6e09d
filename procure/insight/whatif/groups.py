"""`price=+5%`, `lead_time.NORD=x2`, `storage.EAST=-20%`: many values of a kind at once."""

from __future__ import annotations

from typing import Any

from procure.errors import UsageError, did_you_mean
from procure.insight.whatif.grammar import Change
from procure.insight.whatif.rows import KEYS, factor_of, ids, owners, times, with_columns, with_rows
from procure.plan.distributions import LeadTime
from procure.plan.records import Plan


def prices(plan: Plan, place: str, change: Change) -> Plan:
    """Multiply prices, price breaks included, of all offers or those of a supplier, item or offer.

    Raises
    ------
    UsageError
        No such id, or no factor.
    """
    factor = factor_of(change, "prices")

    def dearer(offer: Any) -> Any:
        breaks = [{**step.model_dump(), "unit_price": step.unit_price * factor} for step in offer.price_breaks]
        return with_columns(offer, change.key, unit_price=offer.unit_price * factor, price_breaks=tuple(breaks))

    return _offers(plan, place, change, dearer)


def lead_times(plan: Plan, place: str, change: Change) -> Plan:
    """Multiply or set the lead times of all offers, or of those of a supplier, item or offer; of orders, not of lanes.

    Raises
    ------
    UsageError
        No such id, or a value that is no lead time.
    """

    def later(offer: Any) -> Any:
        factor = change.value.factor
        lead = change.value.content if factor is None else _stretched(offer.lead_time, factor)
        return with_columns(offer, change.key, lead_time=lead)

    return _offers(plan, place, change, later)


def _stretched(lead: LeadTime, factor: float) -> LeadTime:
    """Every lead time that can occur, times a factor; none at all is certain."""
    if factor == 0.0:
        return LeadTime(0.0)
    points = tuple((days * factor, probability) for days, probability in lead.points)
    return LeadTime(lead.mean * factor, lead.sd * factor, points)


def _offers(plan: Plan, place: str, change: Change, made: Any) -> Plan:
    column = KEYS[owners(plan, place, ("suppliers", "items", "offers"), change.key)] if place else ""
    mine = [offer for offer in plan.offers if not column or getattr(offer, column) == place]
    if not mine:
        raise UsageError(f"{change.key}: there is no offer of '{place}' to change")
    return with_rows(plan, "offers", lambda o: made(o) if not column or getattr(o, column) == place else o)


def storage(plan: Plan, place: str, change: Change) -> Plan:
    """Multiply the capacities of all warehouses or of one.

    Raises
    ------
    UsageError
        No such warehouse, it has no capacity, or no factor.
    """
    factor = factor_of(change, "storage")
    known = ids(plan, "warehouses")
    if place and place not in known:
        raise UsageError(f"{change.key}: there is no warehouse '{place}'{did_you_mean(place, known)}")
    mine = [w for w in plan.warehouses if not place or w.warehouse == place]
    if not any(w.capacity for w in mine):
        raise UsageError(f"{change.key}: the plan has no capacity there to change; set warehouse.ID.capacity.RESOURCE")

    def narrower(warehouse: Any) -> Any:
        if place and warehouse.warehouse != place:
            return warehouse
        capacity = {resource: times(amount, factor) for resource, amount in warehouse.capacity.items()}
        return warehouse.model_copy(update={"capacity": capacity})

    return with_rows(plan, "warehouses", narrower)
