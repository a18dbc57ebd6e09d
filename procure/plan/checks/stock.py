"""Stock, open orders and the queue of customer orders agree with each other."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.records import CustomerOrder, OpenOrder, Stock
from procure.plan.values import TOLERANCE, plain


def open_orders(draft: Draft) -> Iterator[Fault]:
    """An amount due has its date, and the other way round."""
    for index, order in draft.rows(OpenOrder):
        if order.amount_due is not None and order.due_date is None:
            yield draft.fault(OpenOrder, index, "due_date", None, "must be given where there is an amount_due")
        if order.due_date is not None and order.amount_due is None:
            yield draft.fault(OpenOrder, index, "amount_due", None, "must be given where there is a due_date")


def backorder_queue(draft: Draft) -> Iterator[Fault]:
    """The customer orders of a cell add up to its backorders in stock."""
    if _incomplete(draft):
        return
    queued: dict[tuple[str, str], list[float]] = defaultdict(list)
    first: dict[tuple[str, str], int] = {}
    for index, order in draft.rows(CustomerOrder):
        queued[order.item, order.warehouse].append(order.quantity)
        first.setdefault((order.item, order.warehouse), index)
    waiting = {(row.item, row.warehouse): row.backorders for _, row in draft.rows(Stock)}
    for cell, quantities in queued.items():
        total, backorders = math.fsum(quantities), waiting.get(cell, 0.0)
        if abs(total - backorders) > TOLERANCE * max(1.0, total):
            message = (
                f"the customer orders for {cell[0]} at {cell[1]} add up to {plain(total)}, but "
                f"{draft.source.label('stock')} "
                f"says {plain(backorders)} backorders; make them equal"
            )
            yield draft.fault(CustomerOrder, first[cell], "quantity", total, message)


def _incomplete(draft: Draft) -> bool:
    """Tell whether rows at fault keep the sums from being known."""
    tables = ("stock", "backorder_queue")
    return any(len(draft.raw.get(t, ())) != len(draft.sound.get(t, ())) or t in draft.source.unread for t in tables)
