"""How long a cell has to wait for an answer: its window P, and when supply can first change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.order_lines import OrderLines
from procure.plan.records import Plan
from procure.plan.table import coded

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def windows(
    plan: Plan,
    lines: OrderLines,
    line_cell: Indices,
    landed: Array,
    lanes_in: tuple[Indices, ...],
    cells: int,
) -> Indices:
    """Return P of each cell, shape (C,) [periods].

    1 + periods of lead time of its main offer, else over its lanes in, else T.

    Parameters
    ----------
    line_cell
        Cell of each line, shape (L,).
    landed
        Cheapest landed unit cost of each offer [plan currency].
    lanes_in
        Origin cell, target cell and lead time of each move, shape (M,) each.
    cells
        Number of cells C.
    """
    window = np.full(cells, plan.periods, dtype=np.int64)
    if plan.policy.uncertainty == "cumulative":
        return window
    mean = coded(plan.offers, "lead_time").each(lambda lead: lead.mean)[lines.offer]
    order = np.lexsort((lines.lead, mean, landed[lines.offer], line_cell))
    supplied, first = np.unique(line_cell[order], return_index=True)
    window[supplied] = 1 + lines.lead[order][first]
    origin, target, lead = lanes_in
    by_lane = ~np.isin(target, supplied)
    return _by_lanes(window, origin[by_lane], target[by_lane], lead[by_lane])


def _by_lanes(window: Indices, origin: Indices, target: Indices, lead: Indices) -> Indices:
    """Take the windows of origins over into the targets that only lanes serve, as long as that helps one."""
    while True:
        shorter = window.copy()
        np.minimum.at(shorter, target, lead + window[origin])
        if (shorter == window).all():
            return window
        window = shorter


def first_served(lines: OrderLines, line_cell: Indices, target: Indices, lead: Indices, cells: int) -> Indices:
    """Earliest period that an order its calendar and validity allow, or a lane in, can serve; T if none.

    Parameters
    ----------
    line_cell
        Cell of each line, shape (L,).
    target, lead
        Target cell and lead time of each move, shape (M,).
    cells
        Number of cells C.
    """
    periods = lines.calendar.shape[1]
    first = np.full(cells, periods, dtype=np.int64)
    earliest = np.where(lines.calendar.any(axis=1), lines.calendar.argmax(axis=1) + lines.lead, periods)
    np.minimum.at(first, line_cell, earliest)
    np.minimum.at(first, target, lead)
    return first
