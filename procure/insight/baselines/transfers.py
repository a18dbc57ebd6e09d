"""Shipments to warehouses that are supplied over lanes: up to target, shared fairly where stock is short."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.limits import Entry, keep_limits, runs_out
from procure.insight.baselines.lots import cover_room, rounded_down, rounded_up

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def ship(desk: Desk) -> None:
    """Ship in this period what the supplied warehouses need and the supplying ones have.

    A lane goes when one of its items has fallen below its reorder point, and then takes what every item needs up
    to its target. What is short is shared in proportion to need, the supplying warehouse's own demand included
    (fair shares: Silver, Pyke and Thomas, 2017, section 11.7).
    """
    for depth in range(1, int(desk.routes.depth.max(initial=0)) + 1):
        moves = desk.routes.supplied_by_lane(depth)
        moves = moves[desk.network.move_allowed[moves, desk.period]]
        if not len(moves):
            continue
        wanted = _wanted(desk, moves)
        desk.shipments[moves, desk.period] = _shared(desk, moves, wanted)
        if desk.shipments[moves, desk.period].any():
            sent = moves[desk.shipments[moves, desk.period] > 0.0]
            keep_limits(desk, [Entry(int(k), desk.period, is_line=False) for k in sent], runs_out(desk))
            desk.look()


def _wanted(desk: Desk, moves: Indices) -> Array:
    """Units that bring each cell of a lane that goes up to its target, shape (moves,)."""
    network = desk.network
    first = desk.period + desk.norms.lead
    last = first + np.maximum(desk.norms.cycle.astype(np.int64), 1) - 1
    below = desk.at_end(desk.net, first) < desk.safety(first) - 1e-9
    target = network.move_to[moves]
    goes = np.zeros(len(network.lanes), dtype=bool)
    np.logical_or.at(goes, network.move_lane[moves], below[target])
    wanted = np.maximum(desk.safety(last) - desk.at_end(desk.net, last), 0.0)[target]
    multiples = np.array([lane.order_multiple for lane in network.lanes], dtype=float)[network.move_lane[moves]]
    room = cover_room(desk, target, desk.period + network.move_lead[moves])
    quantity = np.minimum(rounded_up(wanted, multiples), rounded_down(room, multiples))
    return np.where(goes[network.move_lane[moves]] & (wanted > 1e-6), quantity, 0.0)


def _shared(desk: Desk, moves: Indices, wanted: Array) -> Array:
    """Cut what is wanted down to fair shares of what is there."""
    network, t = desk.network, desk.period
    there = desk.supply[:, t] - desk.outlook.demand[:, t]
    origin = network.move_from[moves]
    asked = np.zeros(network.n_cells)
    np.add.at(asked, origin, wanted)
    end = np.minimum(t + np.maximum(desk.norms.cycle.astype(np.int64), 1), desk.outlook.span)
    own = desk.outlook.demand[np.arange(network.n_cells), end] - desk.outlook.demand[:, t]
    share = np.clip(there / np.maximum(asked + own, 1e-9), 0.0, 1.0)
    multiples = np.array([lane.order_multiple for lane in network.lanes], dtype=float)[network.move_lane[moves]]
    quantity = np.where(share[origin] >= 1.0, wanted, rounded_down(wanted * share[origin], multiples))
    return np.where(quantity > 1e-6, quantity, 0.0)
