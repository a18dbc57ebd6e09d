"""Currencies have exchange rates."""

from __future__ import annotations

from collections.abc import Iterator

from procure.errors import Fault, did_you_mean
from procure.plan.draft import Draft
from procure.plan.records import Supplier


def currencies(draft: Draft) -> Iterator[Fault]:
    """Every foreign currency has a rate, and the plan's own currency has none but 1."""
    if not draft.knows("currency", "exchange_rates"):
        return
    own, rates = draft.settings.currency, draft.settings.exchange_rates
    if rates.get(own, 1.0) != 1.0:
        message = f"{own} is the plan's own currency, whose rate is 1, got {rates[own]:g}; leave it out"
        yield draft.setting_fault(f"exchange_rates.{own}", rates[own], message)
    for index, supplier in draft.rows(Supplier):
        currency = supplier.currency
        if currency is not None and currency != own and currency not in rates:
            near = did_you_mean(currency, [own, *rates])
            message = f"no exchange rate for {currency}{near}; add it to exchange_rates, in {own} per {currency}"
            yield draft.fault(Supplier, index, "currency", currency, message)
