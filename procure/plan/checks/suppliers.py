"""What the terms of a supplier's purchase orders must keep among each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.records import OrderDiscount, Supplier
from procure.plan.values import plain


def suppliers(draft: Draft) -> Iterator[Fault]:
    """Order values do not contradict each other, and tiers rise."""
    for index, supplier in draft.rows(Supplier):
        least, most = supplier.minimum_order_value, supplier.maximum_order_value
        if most is not None and least > most:
            message = f"must not be above maximum_order_value ({plain(most)}), got {plain(least)}"
            yield draft.fault(Supplier, index, "minimum_order_value", least, message)
        for number, (one, two) in enumerate(pairwise(supplier.order_discounts), start=2):
            if wrong := _not_rising(one, two):
                yield draft.fault(Supplier, index, "order_discounts", None, f"entry {number}: {wrong}")


def _not_rising(one: OrderDiscount, two: OrderDiscount) -> str:
    """Say what does not rise from one tier to the next."""
    for name, before, after in (
        ("minimum_order_value", one.minimum_order_value, two.minimum_order_value),
        ("discount", one.discount, two.discount),
    ):
        if after <= before:
            return f"{name} must be more than in the tier before ({plain(before)}), got {plain(after)}"
    return ""
