"""What must hold between the values of a plan: each check yields faults, and looks at sound rows only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from procure.errors import Fault
from procure.plan.checks.demand import demand_periods, demand_rows
from procure.plan.checks.lists import list_lengths
from procure.plan.checks.lost_sales import lost_sales
from procure.plan.checks.money import currencies
from procure.plan.checks.offers import lanes, offer_quantities, price_breaks
from procure.plan.checks.references import duplicates, references
from procure.plan.checks.resources import resources
from procure.plan.checks.spells import spells
from procure.plan.checks.stock import backorder_queue, open_orders
from procure.plan.checks.suppliers import suppliers
from procure.plan.draft import Draft

CHECKS: tuple[Callable[[Draft], Iterable[Fault]], ...] = (
    references,
    duplicates,
    list_lengths,
    currencies,
    resources,
    suppliers,
    spells,
    price_breaks,
    offer_quantities,
    lanes,
    open_orders,
    backorder_queue,
    demand_rows,
    demand_periods,
    lost_sales,
)
"""All checks: the table of contents of this package."""
