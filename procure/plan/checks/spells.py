"""Spells of days end after they begin."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from procure.errors import Fault
from procure.plan.draft import Draft
from procure.plan.records import Offer, Promotion, Supplier
from procure.plan.values import LATEST


def spells(draft: Draft) -> Iterator[Fault]:
    """No closure, validity or promotion ends before it begins, and the horizon stays in the calendar."""
    for index, supplier in draft.rows(Supplier):
        for number, closure in enumerate(supplier.closures, start=1):
            if wrong := _reversed(closure.first, closure.last, "first"):
                yield draft.fault(Supplier, index, "closures", closure.last, f"entry {number}, last: {wrong}")
    for index, offer in draft.rows(Offer):
        if wrong := _reversed(offer.valid_from, offer.valid_to, "valid_from"):
            yield draft.fault(Offer, index, "valid_to", offer.valid_to, wrong)
    yield from _promotions(draft)
    yield from _horizon(draft)


def _promotions(draft: Draft) -> Iterator[Fault]:
    for index, promotion in draft.rows(Promotion):
        if wrong := _reversed(promotion.first, promotion.last, "first"):
            yield draft.fault(Promotion, index, "last", promotion.last, wrong)


def _horizon(draft: Draft) -> Iterator[Fault]:
    settings = draft.settings
    if draft.knows("start_date", "periods", "period_days"):
        days = settings.periods * settings.period_days
        if (LATEST - settings.start_date).days < days:
            message = f"the horizon must end by {LATEST}, and {days} days from {settings.start_date} do not"
            yield draft.setting_fault("periods", settings.periods, message)


def _reversed(first: date | None, last: date | None, name: str) -> str:
    if first is None or last is None or last >= first:
        return ""
    return f"must not be before {name} ({first}), got {last}"
