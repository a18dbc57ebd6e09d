"""Moves of a plan: every item on every lane that carries it, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.order_lines import before_phase_out
from procure.plan.positions import Positions
from procure.plan.records import Lane, Plan
from procure.plan.table import days
from procure.plan.terms import EVER, nominal_days, whole_periods

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
        Number of item and warehouse where each move starts and ends (`Positions.keys`), shape (M,).
    lead, days
        Lead time, shape (M,) [periods, days].
    allowed
        Ship periods that arrive within the horizon and before a phase-out, shape (M, T).
    """

    lane: Indices
    origins: Indices
    targets: Indices
    lead: Indices
    days: Indices
    allowed: Mask


def lane_moves(plan: Plan, known: Positions) -> LaneMoves:
    """Make the moves of a plan."""
    carried = [_carried(lane, known) for lane in plan.lanes]
    lane = np.repeat(np.arange(len(plan.lanes)), [len(items) for items in carried])
    item = np.concatenate([np.zeros(0, dtype=np.int64), *carried])
    origin = np.array([known.warehouses[r.from_] for r in plan.lanes], dtype=np.int64)[lane]
    target = np.array([known.warehouses[r.to] for r in plan.lanes], dtype=np.int64)[lane]
    lead = np.array([whole_periods(r.lead_time, plan.period_days) for r in plan.lanes], dtype=np.int64)[lane]
    arrival = np.array([nominal_days(r.lead_time) for r in plan.lanes], dtype=np.int64)[lane]
    in_time = np.arange(plan.periods) + lead[:, None] < plan.periods
    phase_out = days(plan.items, "phase_out", EVER)[item]
    return LaneMoves(
        lane=lane,
        origins=known.keys(item, origin),
        targets=known.keys(item, target),
        lead=lead,
        days=arrival,
        allowed=in_time & before_phase_out(plan, phase_out, arrival),
    )


def _carried(lane: Lane, known: Positions) -> Indices:
    """Items that a lane carries."""
    if lane.items is None:
        return np.arange(len(known.items))
    return np.array([known.items[item] for item in lane.items], dtype=np.int64)
