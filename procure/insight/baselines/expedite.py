"""Buying dearer but sooner, where waiting for the usual source costs more.

A buyer asks for it whenever stock will run out before the usual supplier can deliver: the marginal rule of the
newsvendor, saved shortage against surcharge (Silver, Pyke and Thomas, 2017, section 9.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.lots import legal
from procure.insight.baselines.worth import expected_short

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

MOST_SAFETY = 2.0
"""Safety factor beyond which nobody buys at a surcharge."""


@dataclass(frozen=True, eq=False)
class Rush:
    """What faster lines are worth; see `rush_of`. Each of shape (lines,).

    Attributes
    ----------
    net, variance
        Expected stock less backorders when the line delivers, and the variance of the demand until then.
    saving, surcharge
        What a unit that is there in time saves, and what it costs more than the usual source [plan currency].
    """

    lines: Indices
    net: Array
    variance: Array
    saving: Array
    surcharge: Array

    def returns(self, received: Array) -> Array:
        """What one more unit after so many returns [plan currency]."""
        spread = np.maximum(np.sqrt(self.variance), 1e-9)
        value: Array = self.saving * special.ndtr(-(self.net + received) / spread) - self.surcharge
        return value


def rush_of(desk: Desk, lines: Indices) -> Rush:
    """Weigh what some lines save against what they cost more than the usual source."""
    network = desk.network
    cell = network.line_cell[lines]
    arrival = np.minimum(desk.period + network.line_lead[lines], network.periods - 1)
    ends = np.zeros(network.n_cells, dtype=np.int64)
    ends[cell] = arrival
    return Rush(
        lines=lines,
        net=desk.own[cell, arrival],
        variance=desk.window_variance(ends)[cell],
        saving=_saving(desk, cell, arrival),
        surcharge=np.maximum(desk.routes.landed[lines] - _usual_cost(desk)[cell], 0.0),
    )


def expedited(desk: Desk) -> tuple[Rush, Array]:
    """Lines that are faster than the usual source, and what to order from them now."""
    network, rush = desk.network, rush_of(desk, _faster_lines(desk))
    lines = rush.lines
    ratio = np.divide(rush.surcharge, rush.saving, out=np.ones_like(rush.saving), where=rush.saving > 0.0)
    factor = np.clip(special.ndtri(1.0 - np.clip(ratio, 1e-6, 1.0 - 1e-6)), -MOST_SAFETY, MOST_SAFETY)
    wanted = np.where(ratio < 1.0, factor * np.sqrt(rush.variance) - rush.net, 0.0)
    quantity = legal(desk, lines, wanted)
    received = quantity * network.line_fraction[lines]
    avoided = expected_short(rush.net, rush.variance) - expected_short(rush.net + received, rush.variance)
    pays = rush.saving * avoided > rush.surcharge * received + network.fees.line_fee[lines, 0]
    return rush, np.where(pays, quantity, 0.0)


def _faster_lines(desk: Desk) -> Indices:
    """For each cell, the cheapest line open now that delivers before its usual source could."""
    network, t = desk.network, desk.period
    arrival = t + network.line_lead
    usual = desk.routes.line[network.line_cell] == np.arange(network.n_lines)
    sooner = arrival < _answer(desk)[network.line_cell]
    fit = np.flatnonzero(network.line_allowed[:, t] & sooner & ~usual)
    order = fit[np.argsort(-desk.routes.landed[fit], kind="stable")]
    best = np.full(network.n_cells, -1, dtype=np.int64)
    best[network.line_cell[order]] = order
    return best[best >= 0]


def _answer(desk: Desk) -> Indices:
    """First period in which the usual source can answer what happens now, shape (C,)."""
    network, t = desk.network, desk.period
    line = desk.routes.line
    answer = desk.next_receipt()
    if network.n_lines:
        now = network.line_allowed[np.maximum(line, 0), t] & (line >= 0)
        answer = np.where(now, t + desk.norms.lead, answer)
    answer = np.where((line < 0) & (desk.routes.move < 0), desk.outlook.span, answer)
    for depth in range(1, int(desk.routes.depth.max(initial=0)) + 1):
        for move in desk.routes.supplied_by_lane(depth):
            origin, target = network.move_from[move], network.move_to[move]
            stocked = desk.net[origin, t : answer[origin]] >= 0.0
            first = t + int(stocked.argmax()) if stocked.any() else int(answer[origin])
            answer[target] = max(first, t + 1) + int(network.move_lead[move])
    return answer


def _saving(desk: Desk, cell: Indices, arrival: Indices) -> Array:
    """What a unit is worth that is there at `arrival` instead of when the usual source answers [plan currency]."""
    network = desk.network
    answer = np.minimum(_answer(desk)[cell], network.periods)
    comes = np.array([_recovers(desk.own[c], a, stop) for c, a, stop in zip(cell, arrival, answer, strict=True)])
    wait = np.maximum(np.minimum(comes, answer) - arrival, 0)
    cost = network.unmet_cost[cell]
    return np.where(network.lost[cell], np.where(wait > 0, cost, 0.0), cost * wait)


def _recovers(net: Array, first: int, last: int) -> int:
    """First period after `first` in which the stock is there without any further order."""
    ahead = net[first + 1 : last] >= 0.0
    return int(first + 1 + ahead.argmax()) if ahead.any() else int(last)


def _usual_cost(desk: Desk) -> Array:
    """Landed unit cost of each cell's usual source, over lanes too, shape (C,)."""
    network, routes = desk.network, desk.routes
    cost = network.replacement[network.cell_item].copy()
    bought = routes.line >= 0
    cost[bought] = routes.landed[routes.line[bought]]
    for depth in range(1, int(routes.depth.max(initial=0)) + 1):
        for move in routes.supplied_by_lane(depth):
            unit = network.lanes[network.move_lane[move]].unit_cost
            cost[network.move_to[move]] = cost[network.move_from[move]] + unit
    return cost
