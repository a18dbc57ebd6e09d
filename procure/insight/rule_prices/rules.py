"""The rules of a plan's suppliers, and the plan without each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from procure.insight.rule_prices.records import Kind
from procure.plan.records import Offer, Plan, Supplier
from procure.plan.supply import Closure
from procure.plan.terms import exchange_rate, order_date


class Without(Protocol):
    """Takes a rule out of a plan."""

    def __call__(self, plan: Plan) -> Plan:
        """Return the plan without the rule."""


@dataclass(frozen=True)
class Rule:
    """A rule of a supplier.

    Attributes
    ----------
    kind, supplier, offer, item
        What it is, and whose.
    terms
        What it says, in a few words.
    without
        The plan without it, in which every plan that keeps it is still allowed.
    """

    kind: Kind
    supplier: str
    terms: str
    without: Without
    offer: str | None = None
    item: str | None = None


def rules_of(plan: Plan) -> Iterator[Rule]:
    """List all rules that can bind: minimums, multiples, containers, closures, order days."""
    for offer in plan.offers:
        yield from _of_offer(offer)
    for supplier in plan.suppliers:
        yield from _of_supplier(plan, supplier)


def _of_offer(offer: Offer) -> Iterator[Rule]:
    whose = {"supplier": offer.supplier, "offer": offer.offer, "item": offer.item}
    if offer.minimum_order_quantity > offer.order_multiple:
        terms = f"{offer.minimum_order_quantity:g} units"
        without = partial(_with_offer, offer=offer.offer, minimum_order_quantity=0.0)
        yield Rule("minimum_order_quantity", terms=terms, without=without, **whose)
    if offer.order_multiple > 1.0:
        single = 1.0 if float(offer.order_multiple).is_integer() else 0.0
        without = partial(_with_offer, offer=offer.offer, order_multiple=single)
        yield Rule("order_multiple", terms=f"{offer.order_multiple:g} units", without=without, **whose)


def _of_supplier(plan: Plan, supplier: Supplier) -> Iterator[Rule]:
    change = partial(partial, _with_supplier, supplier=supplier.supplier)
    name = supplier.supplier
    if supplier.minimum_order_value > 0.0:
        terms = f"{supplier.minimum_order_value:,g} {supplier.currency or plan.currency}"
        yield Rule("minimum_order_value", name, terms, change(minimum_order_value=0.0))
    container = supplier.container
    if container is not None and container.cost > 0.0:
        terms = f"{container.size:g} {container.resource}"
        yield Rule("container", name, terms, partial(_paid_by_part, supplier=name))
    if container is not None and container.minimum_fill > 0.0:
        looser = container.model_copy(update={"minimum_fill": 0.0})
        yield Rule("minimum_fill", name, f"{container.minimum_fill:.0%}", change(container=looser))
    for spell in supplier.closures:
        if _closes(plan, spell):
            others = tuple(other for other in supplier.closures if other is not spell)
            terms = f"{spell.first}" if spell.first == spell.last else f"{spell.first} to {spell.last}"
            yield Rule("closure", name, terms, change(closures=others))
    if supplier.order_every > 1:
        yield Rule("order_every", name, f"{supplier.order_every} periods", change(order_every=1))


def _closes(plan: Plan, spell: Closure) -> bool:
    """Whether some period of the plan begins in the spell."""
    return any(spell.first <= order_date(plan, t) <= spell.last for t in range(plan.periods))


def _with_offer(plan: Plan, *, offer: str, **changes: Any) -> Plan:
    offers = tuple(o.model_copy(update=changes) if o.offer == offer else o for o in plan.offers)
    return plan.model_copy(update={"offers": offers})


def _with_supplier(plan: Plan, *, supplier: str, **changes: Any) -> Plan:
    suppliers = tuple(s.model_copy(update=changes) if s.supplier == supplier else s for s in plan.suppliers)
    return plan.model_copy(update={"suppliers": suppliers})


def _paid_by_part(plan: Plan, *, supplier: str) -> Plan:
    """Goods travel in parts of a container, each unit at its share of the container's cost."""
    whose = next(s for s in plan.suppliers if s.supplier == supplier)
    container = whose.container
    assert container is not None
    rate = container.cost * exchange_rate(plan, whose.currency or plan.currency) / container.size
    default = 1.0 if container.resource == "units" else 0.0
    takes = {item.item: item.storage.get(container.resource, default) for item in plan.items}
    offers = tuple(
        o.model_copy(update={"unit_freight": o.unit_freight + rate * takes[o.item]}) if o.supplier == supplier else o
        for o in plan.offers
    )
    return _with_supplier(plan.model_copy(update={"offers": offers}), supplier=supplier, container=None)
