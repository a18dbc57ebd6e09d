"""Moves of a plan: every item on every lane that carries it, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.order_lines import before_phase_out
from procure.plan.positions import CellKey, Positions
from procure.plan.records import Item, Lane, Plan
from procure.plan.terms import nominal_days, whole_periods

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LaneMoves:
    """M moves over T periods.

    Attributes
    ----------
    lane
        Position of each move's lane, shape (M,).
    origins, targets
        Item and warehouse where each move starts and ends.
    lead, days
        Lead time, shape (M,) [periods, days].
    allowed
        Ship periods that arrive within the horizon and before a phase-out, shape (M, T).
    """

    lane: Indices
    origins: tuple[CellKey, ...]
    targets: tuple[CellKey, ...]
    lead: Indices
    days: Indices
    allowed: Mask


def lane_moves(plan: Plan, positions: Positions) -> LaneMoves:
    """Make the moves of a plan."""
    carried = [
        (k, item)
        for k, lane in enumerate(plan.lanes)
        for item in (positions.items if lane.items is None else lane.items)
    ]
    lanes = [plan.lanes[k] for k, _ in carried]
    items = [plan.items[positions.items[i]] for _, i in carried]
    allowed = [_allowed(plan, lane, item) for lane, item in zip(lanes, items, strict=True)]
    return LaneMoves(
        lane=np.array([k for k, _ in carried], dtype=np.int64),
        origins=tuple(positions.cell(i, plan.lanes[k].from_) for k, i in carried),
        targets=tuple(positions.cell(i, plan.lanes[k].to) for k, i in carried),
        lead=np.array([whole_periods(lane.lead_time, plan.period_days) for lane in lanes], dtype=np.int64),
        days=np.array([nominal_days(lane.lead_time) for lane in lanes], dtype=np.int64),
        allowed=np.array(allowed, dtype=bool).reshape(-1, plan.periods),
    )


def _allowed(plan: Plan, lane: Lane, item: Item) -> Mask:
    lead = whole_periods(lane.lead_time, plan.period_days)
    in_time: Mask = np.arange(plan.periods) + lead < plan.periods
    return in_time & before_phase_out(plan, item, nominal_days(lane.lead_time))
