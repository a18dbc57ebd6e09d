"""Where each cell is supplied from: the cheapest supplier usable, or another warehouse over a lane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.outlook import Outlook
from procure.plan.network import Network

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

USUAL_SAFETY = 1.65
"""Safety factor by which suppliers are compared, the usual 95 %."""
LAST_RESORT = 1e12
"""Cost of stock that nobody can replace: used where there is no other source."""


@dataclass(frozen=True, eq=False)
class Routes:
    """The source of every cell; each has one, or none.

    Attributes
    ----------
    line, move
        Line that is ordered from, or move that supplies the cell, shape (C,); -1 without.
    landed, price
        Landed unit cost [plan currency] and price [supplier's currency] of each line at its typical quantity,
        shape (L,).
    depth
        Transfers between the cell and the warehouse that is supplied from outside, shape (C,).
    """

    line: Indices
    move: Indices
    landed: Array
    price: Array
    depth: Indices

    def supplied_by_lane(self, depth: int) -> Indices:
        """Moves into the cells of a depth."""
        moves: Indices = self.move[(self.depth == depth) & (self.move >= 0)]
        return moves


def routes_at(network: Network, outlook: Outlook, period: int) -> Routes:
    """Choose the sources that hold from a period on; offers whose time is over are left out."""
    rate = _rate_behind(network, outlook)
    unit, landed, price = unit_costs(network, outlook, rate)
    unit = np.where(outlook.last_order >= period, unit, np.inf)
    cost, line = np.full(network.n_cells, np.inf), np.full(network.n_cells, -1, dtype=np.int64)
    order = np.argsort(-unit, kind="stable")  # the cheapest comes last and stays
    order = order[np.isfinite(unit[order])]
    cost[network.line_cell[order]], line[network.line_cell[order]] = unit[order], order
    stocked = (network.opening[:, -1] > 0.0) & ~np.isfinite(cost)
    cost[stocked] = LAST_RESORT
    move, depth = _over_lanes(network, rate, cost, line)
    return Routes(line=line, move=move, landed=landed, price=price, depth=depth)


def _rate_behind(network: Network, outlook: Outlook) -> Array:
    """Demand per period of each cell and of those that only its lanes reach, shape (C,) [units]."""
    rate = outlook.rate.copy()
    bought = np.zeros(network.n_cells, dtype=bool)
    bought[network.line_cell] = True
    only = ~bought[network.move_to]
    np.add.at(rate, network.move_from[only], outlook.rate[network.move_to[only]])
    return rate


def unit_costs(network: Network, outlook: Outlook, rate: Array) -> tuple[Array, Array, Array]:
    """Cost of a unit from each line at the quantity typical for it, shape (L,) each.

    The first result is the total relevant cost by which a good buyer compares suppliers [plan currency]: price after
    breaks and discount, freight, its share of containers and fees, and what its cycle and safety stock cost to hold
    (Silver, Pyke and Thomas, Inventory and Production Management in Supply Chains, 4th ed. 2017, sections 4.4 and
    4.5). The second is without fees and holding [plan currency], the third the price alone [supplier's currency].
    """
    fees, cell, group = network.fees, network.line_cell, network.line_group
    holding = network.holding[network.cell_item[cell]]
    asked = np.maximum(rate[cell], 1e-9)
    sharing = np.maximum(np.bincount(group, minlength=len(fees.order_fee)), 1)
    fee = fees.line_fee[:, 0] + (fees.order_fee[:, 0] / sharing)[group]
    with np.errstate(divide="ignore", invalid="ignore"):
        economic = np.where(fee > 0.0, np.sqrt(2.0 * fee / (holding * asked)), 0.0)
    cycle = np.clip(np.maximum(economic, outlook.review), 1.0, network.periods)
    quantity = np.maximum(asked * cycle, np.maximum(fees.lots.least, fees.lots.multiple))
    quantity = np.maximum(np.minimum(quantity, fees.lots.most), 1e-9)
    goods = fees.tariffs.bills(network.line_offer, quantity)
    kept = 1.0 - _discount(network, goods)[group]
    load = (fees.container_cost / fees.container_size)[group, 0] * fees.load
    landed = goods * kept * network.line_rate / quantity + fees.unit_freight[:, 0] + load
    spread = np.sqrt(outlook.noise[cell] * (network.line_lead + outlook.review) + (asked * lead_sd(network)) ** 2)
    stock = np.where(rate[cell] > 0.0, quantity / 2.0 + USUAL_SAFETY * spread, 0.0) / asked
    return landed + fee / quantity + holding * stock, landed, goods / quantity


def lead_sd(network: Network) -> Array:
    """Standard deviation of each line's lead time, shape (L,) [periods]."""
    days = np.array([network.offers[k].lead_time.sd for k in network.line_offer], dtype=float)
    spread: Array = days / network.plan.period_days
    return spread


def _discount(network: Network, goods: Array) -> Array:
    """Order discount of each group if all its lines come in typical quantities, shape (G,)."""
    rate = np.zeros((len(network.group_supplier), 1))
    value = np.zeros_like(rate)
    np.add.at(value[:, 0], network.line_group, goods)
    for least, discount in network.fees.tiers:
        rate = np.where(value >= least, discount, rate)
    return rate[:, 0]


def _over_lanes(network: Network, rate: Array, cost: Array, line: Indices) -> tuple[Indices, Indices]:
    """Let lanes take over where they are cheaper; `cost` and `line` are changed in place."""
    move = np.full(network.n_cells, -1, dtype=np.int64)
    extra = _lane_costs(network, rate)
    for _ in network.warehouses:
        through = cost[network.move_from] + extra
        order = np.argsort(-through, kind="stable")
        order = order[through[order] < cost[network.move_to[order]] - 1e-9]
        target = network.move_to[order]
        cost[target], move[target], line[target] = through[order], order, -1
    depth = np.zeros(network.n_cells, dtype=np.int64)
    for _ in range(len(network.warehouses)):
        depth = np.where(move >= 0, depth[network.move_from[move]] + 1, 0) if network.n_moves else depth
    return move, depth


def _lane_costs(network: Network, rate: Array) -> Array:
    """Cost of moving a unit, with its share of the shipment and what its cycle stock costs, shape (M,)."""
    unit = np.array([lane.unit_cost for lane in network.lanes])
    holding = network.holding[network.cell_item[network.move_to]]
    extra: Array = unit[network.move_lane] + holding * lane_cycles(network, rate)[network.move_lane]
    return np.where(network.move_allowed.any(axis=1), extra, np.inf)


def lane_cycles(network: Network, rate: Array) -> Array:
    """Economic time between shipments of each lane, all its items together, shape (lanes,) [periods]."""
    fixed = np.array([lane.fixed_cost for lane in network.lanes])
    weight = np.zeros(len(network.lanes))
    target = network.move_to
    np.add.at(weight, network.move_lane, network.holding[network.cell_item[target]] * rate[target])
    with np.errstate(divide="ignore", invalid="ignore"):
        cycle = np.where(fixed > 0.0, np.sqrt(2.0 * fixed / weight), 1.0)
    return np.clip(cycle, 1.0, network.periods)
