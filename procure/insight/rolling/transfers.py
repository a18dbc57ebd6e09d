"""The transfers that a solution ships now, as far as the stock is truly there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from procure.insight.rolling.ground import Ground
from procure.insight.rolling.lateness import Due
from procure.insight.rolling.state import Shipment, State
from procure.plan.distributions import LeadTime
from procure.plan.records import Lane
from procure.plan.terms import ROUNDING, order_date
from procure.solution.records import Solution, Transfer


@dataclass(frozen=True)
class Shipped:
    """The state after the transfers, their cost [plan currency], and the units that were asked for in vain."""

    state: State
    cost: float
    missing: float


def ship(ground: Ground, state: State, solution: Solution) -> Shipped:
    """Ship the transfers of the solution's first period, in its order.

    One that waits for another of the same period, over a lane without lead time, is shipped after it.
    """
    waiting = {k: row.quantity for k, row in enumerate(solution.transfers) if row.period == 0}
    cost, used = 0.0, set()
    moved = True
    while moved:
        moved = False
        for k, wanted in list(waiting.items()):
            row = solution.transfers[k]
            lane, periods = ground.lanes[row.from_, row.to]
            quantity = _there(state, ground.index[row.item, row.from_], lane, wanted)
            if quantity <= 0.0:
                continue
            moved = True
            waiting[k] -= quantity
            used.add((row.from_, row.to))
            cost += lane.unit_cost * quantity
            state = _leave(ground, state, row, quantity, periods)
    cost += sum(ground.lanes[pair][0].fixed_cost for pair in used)
    return Shipped(state, cost, math.fsum(waiting.values()))


def _there(state: State, origin: int, lane: Lane, wanted: float) -> float:
    """Units of what is wanted that are on hand, in whole multiples where the lane has them."""
    there = float(state.net[origin])
    if wanted <= there * (1.0 + ROUNDING):
        return wanted
    there = max(there, 0.0)
    multiple = lane.order_multiple
    return math.floor(there / multiple + ROUNDING) * multiple if multiple else there


def _leave(ground: Ground, state: State, row: Transfer, quantity: float, periods: int) -> State:
    lane, _ = ground.lanes[row.from_, row.to]
    net = state.net.copy()
    net[ground.index[row.item, row.from_]] -= quantity
    shipment = Shipment(
        number=f"{row.from_} to {row.to} {order_date(ground.plan, state.week)}",
        supplier=None,
        place=ground.index[row.item, row.to],
        expected=quantity,
        delivered=quantity,
        due=Due(float(state.week * ground.plan.period_days), LeadTime(lane.lead_time)),
        period=state.week + periods,
    )
    return replace(state, net=net, under_way=(*state.under_way, shipment)).received()
