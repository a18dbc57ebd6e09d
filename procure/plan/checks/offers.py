"""What the terms of offers and lanes must keep among each other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.records import Lane, Offer, Record
from procure.plan.values import plain

SMALLEST_MULTIPLE = 1e-6
"""Smaller multiples are mistakes, and dividing by them overflows [units]."""

_ROUNDING = 1e-9


def price_breaks(draft: Draft) -> Iterator[Fault]:
    """Price breaks stand by rising quantity."""
    for index, offer in draft.rows(Offer):
        for number, (one, two) in enumerate(pairwise(offer.price_breaks), start=2):
            before, after = one.minimum_quantity, two.minimum_quantity
            if after <= before:
                message = (
                    f"entry {number}: minimum_quantity must be more than in the break before "
                    f"({plain(before)}), got {plain(after)}"
                )
                yield draft.fault(Offer, index, "price_breaks", after, message)


def offer_quantities(draft: Draft) -> Iterator[Fault]:
    """Some quantity keeps minimum, multiple and maximum of an order line."""
    for index, offer in draft.rows(Offer):
        yield from _multiple(draft, Offer, index, offer.order_multiple)
        yield from _named_once(draft, Offer, index, "warehouses", offer.warehouses)
        if wrong := _no_quantity(offer):
            column, message = wrong
            yield draft.fault(Offer, index, column, getattr(offer, column), message)


def _no_quantity(offer: Offer) -> tuple[str, str] | None:
    least, most, multiple = offer.minimum_order_quantity, offer.maximum_order_quantity, offer.order_multiple
    if most is None:
        return None
    if least > most:
        message = f"must not be above maximum_order_quantity ({plain(most)}), got {plain(least)}"
        return "minimum_order_quantity", message
    if multiple < SMALLEST_MULTIPLE:
        return None
    smallest = max(1, math.ceil(least / multiple - _ROUNDING)) * multiple
    if smallest <= most * (1 + _ROUNDING):
        return None
    message = (
        f"no multiple of {plain(multiple)} is from minimum_order_quantity ({plain(least)}) to "
        "maximum_order_quantity "
        f"({plain(most)}); the first above the minimum is {plain(smallest)}"
    )
    return "order_multiple", message


def lanes(draft: Draft) -> Iterator[Fault]:
    """A lane joins two warehouses, and its terms are sound."""
    for index, row in draft.raw_rows(Lane):
        if row.get("from") is not None and row.get("from") == row.get("to"):
            message = f"must be another warehouse than from, got '{row['to']}' for both"
            yield draft.fault(Lane, index, "to", row["to"], message)
    for index, lane in draft.rows(Lane):
        yield from _multiple(draft, Lane, index, lane.order_multiple)
        yield from _named_once(draft, Lane, index, "items", lane.items)


def _multiple(draft: Draft, record: type[Record], index: int, multiple: float) -> Iterator[Fault]:
    if 0 < multiple < SMALLEST_MULTIPLE:
        message = f"must be 0 (any quantity) or at least {SMALLEST_MULTIPLE:g}, got {multiple:g}"
        yield draft.fault(record, index, "order_multiple", multiple, message)


def _named_once(
    draft: Draft, record: type[Record], index: int, column: str, names: tuple[str, ...] | None
) -> Iterator[Fault]:
    if names is None:
        return
    if not names:
        yield draft.fault(record, index, column, (), "must name at least one; leave it out for all")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield draft.fault(record, index, column, name, f"names '{name}' twice; keep one")
