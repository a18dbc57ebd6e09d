"""How long an order of the economic quantity lasts, to judge whether the horizon is long enough."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.expected_demand import PlanDemand
from procure.plan.order_lines import served
from procure.plan.positions import Positions
from procure.plan.records import Plan
from procure.plan.table import coded, numbers
from procure.plan.terms import exchange_rates, landed_costs
from procure.plan.valuation import holding_costs, replacement_costs

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def order_cycles(plan: Plan, known: Positions, demand: PlanDemand) -> tuple[Indices, Array]:
    """Return how many periods an economic order lasts, for every place with demand and an offer.

    The quantity is sqrt(2 K D / h), at least the minimum order quantity: D the mean demand per period, h the
    holding
    cost per unit and period, K the fixed line cost plus an equal share of the fixed order cost for every item
    of the supplier that the warehouse asks for. The offer is the one with the cheapest landed cost.

    Parameters
    ----------
    demand
        Demand of places that ask for anything.

    Returns
    -------
    places
        Number of item and warehouse (`Positions.keys`), in the order of the offers.
    cycles
        Periods that an order lasts there.

    Notes
    -----
    Harris (1913), How Many Parts to Make at Once. Without a fixed cost only the minimum order quantity
    counts; with a fixed cost and free holding the cycle is infinite.
    """
    item = coded(plan.offers, "item").positions(known.items)
    seller = coded(plan.offers, "supplier").positions(known.suppliers)
    landed = landed_costs(plan, seller)
    places, offer = _cheapest(plan, known, demand, item, landed)
    _, warehouse = known.pair(places)
    rate = _rates(demand, places)
    buying = known.keys(seller[offer], warehouse)
    _, buyer, share = np.unique(buying, return_inverse=True, return_counts=True)
    order_cost = np.array([s.fixed_order_cost for s in plan.suppliers], dtype=float) * exchange_rates(plan)
    fixed = numbers(plan.offers, "fixed_line_cost")[offer] + order_cost[seller[offer]] / share[buyer]
    holding = holding_costs(plan, replacement_costs(plan, item, landed))[item[offer]]
    quantity = np.maximum(_economic(fixed, rate, holding), numbers(plan.offers, "minimum_order_quantity")[offer])
    return places, quantity / rate


def _rates(demand: PlanDemand, places: Indices) -> Array:
    """Mean demand per period of some places."""
    order = np.argsort(demand.places)
    found: Array = demand.mean.mean(axis=1)[order[np.searchsorted(demand.places, places, sorter=order)]]
    return found


def _economic(fixed: Array, rate: Array, holding: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        economic = np.sqrt(2 * fixed * rate / holding)
    return np.where(fixed == 0.0, 0.0, np.where(holding == 0.0, np.inf, economic))


def _cheapest(
    plan: Plan, known: Positions, demand: PlanDemand, item: Indices, landed: Array
) -> tuple[Indices, Indices]:
    """Places with demand and the position of the offer with the cheapest landed cost, the first of equals."""
    offer, warehouse = served(plan, known, np.ones(len(plan.offers), dtype=bool))
    places = known.keys(item[offer], warehouse)
    asked = np.isin(places, demand.places)
    offer, places = offer[asked], places[asked]
    occurring, first = np.unique(places, return_index=True)
    order = np.lexsort((np.arange(len(places)), landed[offer], places))
    _, cheapest = np.unique(places[order], return_index=True)
    by_offer = np.argsort(first)
    return occurring[by_offer], offer[order][cheapest][by_offer]
