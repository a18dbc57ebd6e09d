"""Items whose customers do not wait (`unmet_demand` is `lost`) have nothing that needs waiting customers."""

from __future__ import annotations

from collections.abc import Iterator

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.records import Item, Lane, Stock

_CURE = "where unmet_demand is lost"


def lost_sales(draft: Draft) -> Iterator[Fault]:
    """No backorders, safety stock, service level or lanes out where unmet demand is lost."""
    lost = {item.item for _, item in draft.rows(Item) if item.unmet_demand == "lost"}
    if not lost:
        return
    yield from _items(draft)
    for index, stock in draft.rows(Stock):
        if stock.item in lost and stock.backorders:
            message = f"must be 0 {_CURE}: the customers of {stock.item} do not wait"
            yield draft.fault(Stock, index, "backorders", stock.backorders, message)
    for index, lane in draft.rows(Lane):
        carried = lost if lane.items is None else lost.intersection(lane.items)
        if carried:
            name = min(carried)
            cure = "list the items that the lane carries, without it" if lane.items is None else "take it off the list"
            message = f"a lane can't carry {name}, whose unmet_demand is lost; {cure}"
            yield draft.fault(Lane, index, "items", name, message)


def _items(draft: Draft) -> Iterator[Fault]:
    for index, item in draft.rows(Item):
        if item.unmet_demand != "lost":
            continue
        if item.safety_stock:
            yield draft.fault(Item, index, "safety_stock", item.safety_stock, f"must be empty {_CURE}")
        if item.service_level is not None:
            yield draft.fault(Item, index, "service_level", item.service_level, f"must be empty {_CURE}")
