"""How long an order of the economic quantity lasts, to judge whether the horizon is long enough."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from procure.plan.expected_demand import CellDemand, Place
from procure.plan.records import Item, Plan
from procure.plan.terms import exchange_rate, landed_cost


def order_cycles(plan: Plan, demand: Mapping[Place, CellDemand]) -> dict[Place, float]:
    """Return how many periods an economic order lasts, for every place with demand and an offer.

    The quantity is sqrt(2 K D / h), at least the minimum order quantity: D the mean demand per period, h the
    holding
    cost per unit and period, K the fixed line cost plus an equal share of the fixed order cost for every item
    of the supplier that the warehouse asks for. The offer is the one with the cheapest landed cost.

    Notes
    -----
    Harris (1913), How Many Parts to Make at Once. Without a fixed cost only the minimum order quantity
    counts; with a fixed cost and free holding the cycle is infinite.
    """
    items = {item.item: item for item in plan.items}
    cost = _landed(plan)
    offers = _cheapest(plan, demand, cost)
    shares = Counter((plan.offers[k].supplier, warehouse) for (_, warehouse), k in offers.items())
    least: dict[str, float] = {}
    for price, offer in zip(cost, plan.offers, strict=True):
        least[offer.item] = min(price, least.get(offer.item, math.inf))
    order_cost = {
        s.supplier: s.fixed_order_cost * exchange_rate(plan, s.currency or plan.currency) for s in plan.suppliers
    }
    found = {}
    for place, k in offers.items():
        offer = plan.offers[k]
        rate = float(demand[place].mean.mean())
        fixed = offer.fixed_line_cost + order_cost[offer.supplier] / shares[offer.supplier, place[1]]
        holding = _holding(plan, items[place[0]], least[place[0]])
        found[place] = max(_economic(fixed, rate, holding), offer.minimum_order_quantity) / rate
    return found


def _economic(fixed: float, rate: float, holding: float) -> float:
    if not fixed:
        return 0.0
    return math.sqrt(2 * fixed * rate / holding) if holding else math.inf


def _landed(plan: Plan) -> list[float]:
    suppliers = {s.supplier: s for s in plan.suppliers}
    return [landed_cost(plan, suppliers[offer.supplier], offer) for offer in plan.offers]


def _cheapest(plan: Plan, demand: Mapping[Place, CellDemand], cost: list[float]) -> dict[Place, int]:
    """Position of the offer with the cheapest landed cost, by place."""
    every = [w.warehouse for w in plan.warehouses]
    found: dict[Place, int] = {}
    for k, offer in enumerate(plan.offers):
        for warehouse in every if offer.warehouses is None else offer.warehouses:
            place = (offer.item, warehouse)
            if place in demand and (place not in found or cost[k] < cost[found[place]]):
                found[place] = k
    return found


def _holding(plan: Plan, item: Item, landed: float) -> float:
    if item.holding_cost is not None:
        return item.holding_cost
    replacement = landed if item.replacement_cost is None else min(landed, item.replacement_cost)
    return plan.policy.holding_rate * replacement * plan.period_days / 365
