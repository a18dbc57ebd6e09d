"""How a good buyer tunes a policy: order cycles and safety factors of every cell.

Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains (4th ed. 2017): the economic order
quantity (section 4.3), a family of items that share an order cost (chapter 10), reorder point and safety stock with
uncertain lead times (section 6.10).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from procure.insight.baselines.outlook import Outlook
from procure.insight.baselines.routes import Routes, lane_cycles, lead_sd
from procure.plan.network import Network

Array = NDArray[np.float64]

RAREST_SHORTAGE, MOST_SHORTAGE = 1e-3, 0.5
"""Chance of a shortage per order cycle that a buyer would plan with, at least and at most."""


@dataclass(frozen=True, eq=False)
class Norms:
    """Norms of every cell, shape (C,) each.

    Attributes
    ----------
    review, cycle
        Periods between occasions to order, and between orders.
    lead
        Periods from order or shipment to receipt.
    rate
        Demand per period, of the cells that it supplies too [units].
    factor
        Safety factor z.
    risk
        Variance from late and short deliveries [units squared].
    fee
        Share of the fees of an order or shipment [plan currency].
    """

    review: Array
    cycle: Array
    lead: NDArray[np.int64]
    rate: Array
    factor: Array
    risk: Array
    fee: Array


def norms_of(network: Network, outlook: Outlook, routes: Routes) -> Norms:
    """Tune cycles and safety factors for the sources in use."""
    rate = _echelon(network, routes, outlook.rate)
    holding = network.holding[network.cell_item]
    bought, moved = routes.line >= 0, routes.move >= 0
    line, move = np.where(bought, routes.line, 0), np.where(moved, routes.move, 0)
    review, fee, risk = np.ones(network.n_cells), np.zeros(network.n_cells), np.zeros(network.n_cells)
    lead = np.zeros(network.n_cells, dtype=np.int64)
    if bought.any():
        review = np.where(bought, outlook.review[line], review)
        fee = np.where(bought, _fees(network, routes, holding * rate), fee)
        lead = np.where(bought, network.line_lead[line], lead)
    cycle = np.maximum(review, _economic(fee, holding, rate, network.periods))
    if moved.any():
        lane = network.move_lane[move]
        cycle = np.where(moved, np.round(lane_cycles(network, rate)[lane]), cycle)
        lead = np.where(moved, network.move_lead[move], lead)
    if bought.any():
        risk = np.where(bought, _risk(network, rate * cycle, rate)[line], risk)
    return Norms(review, cycle, lead, rate, _factors(network, cycle), risk, fee)


def _echelon(network: Network, routes: Routes, rate: Array) -> Array:
    """Demand per period of each cell with that of the cells it supplies."""
    total = rate.copy()
    for depth in range(int(routes.depth.max(initial=0)), 0, -1):
        moves = routes.supplied_by_lane(depth)
        np.add.at(total, network.move_from[moves], total[network.move_to[moves]])
    return total


def _fees(network: Network, routes: Routes, weight: Array) -> Array:
    """Fees of an order line: its own, and its share of the order's by holding cost of its demand, shape (C,).

    By that share the economic quantity of each item is that of the joint cycle of the whole order.
    """
    line = np.where(routes.line >= 0, routes.line, 0)
    group = network.line_group[line]
    mine = np.where(routes.line >= 0, np.maximum(weight, 1e-12), 0.0)
    total = np.bincount(group, weights=mine, minlength=len(network.group_supplier))
    share = mine / np.maximum(total[group], 1e-12)
    fees: Array = network.fees.line_fee[line, 0] + network.fees.order_fee[group, 0] * share
    return fees


def _economic(fee: Array, holding: Array, rate: Array, longest: int) -> Array:
    """Economic order cycle, in whole periods; the horizon where holding costs nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        cycle = np.sqrt(2.0 * fee / (holding * rate))
    cycle = np.where(fee > 0.0, np.where(np.isnan(cycle), longest, cycle), 1.0)
    return np.clip(np.round(cycle), 1.0, longest)


def _risk(network: Network, quantity: Array, rate: Array) -> Array:
    """Variance that late and short deliveries add to the demand of the lead time, shape (L,) [units squared]."""
    cell = network.line_cell
    offers = [network.offers[k] for k in network.line_offer]
    points = [o.delivered_fraction.points or ((o.delivered_fraction.mean, 1.0),) for o in offers]
    spread = np.array([sum(p * x * x for x, p in row) - sum(p * x for x, p in row) ** 2 for row in points])
    share = np.maximum(network.line_fraction, 1e-9)
    late = (rate[cell] * lead_sd(network)) ** 2
    variance: Array = late + np.maximum(spread, 0.0) * (quantity[cell] / share) ** 2
    return variance


def _factors(network: Network, cycle: Array) -> Array:
    """Safety factor: of the service level asked for, else where one more unit pays for itself.

    A unit of safety stock costs the holding cost in each period of a cycle and saves a backorder, for a period, in
    the cycles that end short: the chance of that is cycle * h / (b + h). A sale that is lost is lost once: cycle * h /
    (b + cycle * h).
    """
    item = network.cell_item
    kept, short = cycle * network.holding[item], network.backorder_cost[item]
    once = np.where(network.lost, kept, network.holding[item])
    chance = np.divide(kept, short + once, out=np.ones_like(kept), where=short + once > 0.0)
    asked = np.array([np.nan if i.service_level is None else i.service_level for i in network.items])[item]
    tuned = np.clip(chance, RAREST_SHORTAGE, MOST_SHORTAGE)
    factor: Array = special.ndtri(1.0 - np.where(np.isnan(asked), tuned, 1.0 - asked))
    return factor
