"""Smallest orders above the order budget or the maximum of a purchase order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from procure.plan.clashes.clash import Clash, few, plainly, span, up_to
from procure.plan.clashes.smallest import SLACK, Array, Smallest
from procure.plan.table import numbers


def above_budget(smallest: Smallest) -> Iterator[Clash]:
    """Yield offers whose cheapest purchase order the order budget never pays."""
    capital, plan = smallest.plan.capital, smallest.plan
    if capital.order_budget is None:
        return
    budget = np.broadcast_to(np.array(capital.order_budget, dtype=float), (plan.periods,))
    there = smallest.most(np.cumsum(budget) if capital.carry_over else budget)
    spend = least_spend(smallest)
    over = np.flatnonzero(smallest.usable & (spend > there * (1.0 + SLACK)))
    if not len(over):
        return
    most = plainly(float(there[over].max()))
    when = "by their last order day" if capital.carry_over else "in a period"
    yield Clash(
        "offers",
        f"no order of {few(smallest.names(over))} can ever be placed: {span(spend[over].tolist(), plan.currency)} of "
        f"budget (supplier's minimums, fees and containers included), and capital.order_budget gives {most} at most "
        f"{when}; raise it {up_to(spend[over].tolist())}, or lower minimum_order_quantity or minimum_order_value",
    )


def least_spend(smallest: Smallest) -> Array:
    """Least order spend of a purchase order with each offer on it, shape (offers,) [plan currency]."""
    suppliers, seller = smallest.plan.suppliers, smallest.seller
    discount = [max((tier.discount for tier in s.order_discounts), default=0.0) for s in suppliers]
    fee = np.array([s.fixed_order_cost for s in suppliers], dtype=float)
    goods = smallest.order_goods * (1.0 - np.array(discount, dtype=float)[seller])
    freight = numbers(smallest.plan.offers, "unit_freight") * smallest.units
    spend: Array = (goods + fee[seller] + _containers(smallest)) * smallest.rate + freight
    return spend


def _containers(smallest: Smallest) -> Array:
    """Cost of the containers that the smallest order of each offer needs [supplier's currency]."""
    cost = np.zeros(len(smallest.units))
    for s, supplier in enumerate(smallest.plan.suppliers):
        if supplier.container is not None:
            loads = smallest.units * smallest.usage(supplier.container.resource)
            needed = np.ceil(loads / supplier.container.size - 1e-9) * supplier.container.cost
            cost = np.where(smallest.seller == s, needed, cost)
    return cost


def above_order_maximum(smallest: Smallest) -> Iterator[Clash]:
    """Yield offers whose smallest order line is worth more than a purchase order may be."""
    for s, supplier in enumerate(smallest.plan.suppliers):
        if supplier.maximum_order_value is None:
            continue
        mine = smallest.usable & (smallest.seller == s)
        over = np.flatnonzero(mine & (smallest.goods > supplier.maximum_order_value * (1.0 + SLACK)))
        if len(over):
            goods, currency = smallest.goods[over].tolist(), supplier.currency or smallest.plan.currency
            yield Clash(
                "offers",
                f"no order of {few(smallest.names(over))} can ever be placed: {span(goods, currency)}, and the "
                f"maximum_order_value of {supplier.supplier} is {plainly(supplier.maximum_order_value)}; raise it "
                f"{up_to(goods)}, or lower minimum_order_quantity and order_multiple",
            )
