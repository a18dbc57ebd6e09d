"""How long a cell has to wait for an answer: its window P, and when supply can first change."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from procure.plan.order_lines import OrderLines
from procure.plan.records import Plan

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
    main: dict[int, tuple[float, float, int]] = {}
    for offer, cell, periods in zip(lines.offer, line_cell, lines.lead, strict=True):
        rank = (float(landed[offer]), plan.offers[offer].lead_time.mean, 1 + int(periods))
        main[int(cell)] = min(main.get(int(cell), rank), rank)
    for cell, (_, _, protection) in main.items():
        window[cell] = protection
    moves = [m for m in zip(*(a.tolist() for a in lanes_in), strict=True) if m[1] not in main]
    while any(list(_shorter(window, moves))):
        pass
    return window


def _shorter(window: Indices, moves: list[tuple[int, int, int]]) -> Iterator[bool]:
    """Take the windows of origins over into targets that only lanes serve; tell of each if that helped."""
    for origin, target, periods in moves:
        helps = periods + window[origin] < window[target]
        if helps:
            window[target] = periods + window[origin]
        yield bool(helps)


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
