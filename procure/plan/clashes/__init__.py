"""Terms and limits that can't both be kept: offers that no order can use, with the smallest change that would do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from procure.plan.clashes.clash import Clash
from procure.plan.clashes.cover import beyond_cover
from procure.plan.clashes.money import above_budget, above_order_maximum
from procure.plan.clashes.room import larger_than_room, safety_beyond_room, worth_more_than_allowed
from procure.plan.clashes.smallest import Smallest
from procure.plan.clashes.suppliers import above_supplier_capacity
from procure.plan.clashes.whole_orders import orders_beyond_room
from procure.plan.positions import Positions
from procure.plan.records import Plan

KINDS: tuple[Callable[[Smallest], Iterator[Clash]], ...] = (
    above_order_maximum,
    above_supplier_capacity,
    above_budget,
    larger_than_room,
    orders_beyond_room,
    worth_more_than_allowed,
    beyond_cover,
    safety_beyond_room,
)
"""All kinds of clash: the table of contents of this package."""


def clashes(plan: Plan, known: Positions) -> Iterator[Clash]:
    """Every clash of a plan without faults, one for each limit with all that clashes with it."""
    smallest = Smallest(plan, known)
    for kind in KINDS:
        yield from kind(smallest)
