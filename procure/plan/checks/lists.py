"""Lists over the periods have one entry per period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.records import Demand, Offer, Record, Supplier, Warehouse


def list_lengths(draft: Draft) -> Iterator[Fault]:
    """Every list over the periods has as many entries as the plan has periods."""
    periods = draft.periods
    if periods is None:
        return
    for record, index, column, value in _row_lists(draft):
        if isinstance(value, tuple) and len(value) != periods:
            yield draft.fault(record, index, column, value, _message(value, periods))
    capital = draft.settings.capital
    settings = {"capital.order_budget": capital.order_budget}
    if capital.cash:
        settings["capital.cash.inflow"] = capital.cash.inflow
    for key, value in settings.items():
        if isinstance(value, tuple) and len(value) != periods:
            yield draft.setting_fault(key, value, _message(value, periods))


def _row_lists(draft: Draft) -> Iterator[tuple[type[Record], int, str, Any]]:
    for index, warehouse in draft.rows(Warehouse):
        for resource, value in warehouse.capacity.items():
            yield Warehouse, index, f"capacity.{resource}", value
    for index, supplier in draft.rows(Supplier):
        for resource, value in supplier.capacity.items():
            yield Supplier, index, f"capacity.{resource}", value
    for index, offer in draft.rows(Offer):
        yield Offer, index, "capacity", offer.capacity
    for index, demand in draft.rows(Demand):
        yield Demand, index, "mean", demand.mean
        yield Demand, index, "sd", demand.sd


def _message(value: tuple[float, ...], periods: int) -> str:
    return f"must have {periods} entries, one per period, got {len(value)}"
