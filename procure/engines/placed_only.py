"""A plan in numbers with only those orders and shipments that need no other switch than a decision has set."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.decision import Decision
from procure.solution.limits import Limit

Mask = NDArray[np.bool_]


def placed_only(network: Network, decision: Decision) -> Network:
    """The plan with only those orders and shipments allowed that need no other switch than those of a decision."""
    orders, shipments = decision.orders > 0.0, decision.shipments > 0.0
    placed = np.zeros((len(network.group_supplier), network.periods), dtype=bool)
    np.logical_or.at(placed, network.line_group, orders)
    ready: Mask = np.logical_or(placed, ~_groups_need_switch(network)[:, None])
    free = ~_needs_switch(network)[:, None] & ready[network.line_group]
    ships = np.zeros((network.n_cells, network.periods), dtype=bool)
    np.logical_or.at(ships, network.move_from, shipments)
    trips = np.zeros((len(network.lanes), network.periods), dtype=bool)
    np.logical_or.at(trips, network.move_lane, shipments)
    covered = np.isin(network.move_to, list(network.cover_caps))[:, None]
    moved = ships[network.move_from] & trips[network.move_lane] & ~covered
    return replace(
        network,
        line_allowed=network.line_allowed & (orders | free),
        move_allowed=network.move_allowed & (shipments | moved),
    )


def _needs_switch(network: Network) -> Mask:
    """Lines that something is to be decided about before any quantity can be ordered, shape (L,)."""
    fees = network.fees
    lots, tariffs = fees.lots, fees.tariffs
    tiers = np.isfinite(tariffs.starts[:, 1:]).sum(axis=1)[network.line_offer] > 0
    covered = np.isin(network.line_cell, list(network.cover_caps))
    found: Mask = (lots.least > np.maximum(lots.multiple, 0.0)) | tiers | covered | (fees.line_fee[:, 0] > 0.0)
    return found


def _groups_need_switch(network: Network) -> Mask:
    """Suppliers at warehouses whose purchase orders have something to decide about, shape (G,)."""
    fees = network.fees
    found: Mask = (fees.order_fee[:, 0] > 0.0) | (fees.least_goods[:, 0] > 0.0)
    found |= np.isfinite(fees.container_size[:, 0])
    for least, _ in fees.tiers:
        found |= np.isfinite(least[:, 0])
    return found


def side_rate(network: Network, limit: Limit) -> float:
    """Units of a row's side per unit of its limit: the model counts goods in plan currency."""
    if limit.kind != "supplier_capacity" or limit.resource != "value":
        return 1.0
    mine = network.group_supplier[network.line_group] == limit.place
    return float(network.line_rate[mine][0]) if mine.any() else 1.0
