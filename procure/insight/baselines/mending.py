"""The last look: every rule of the plan is kept, whatever the projections said."""

from __future__ import annotations

import numpy as np

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.limits import Entry, keep_limits, reduce_to, use_of
from procure.solution.check import Violation, violations

MOST_MENDS = 500
"""Most rules mended one by one at the end, before nothing at all is ordered."""


def mend(desk: Desk) -> None:
    """Keep every rule of the plan at last: take back what breaks one, the latest decisions first.

    Shipments and receipts planned along the way may have come out otherwise than the projections said.
    """
    for _ in range(MOST_MENDS):
        broken = violations(desk.ledger(), desk.limits)
        if not broken:
            return
        if not _take_back(desk, broken[0]):
            break
    if violations(desk.ledger(), desk.limits):
        desk.orders[:], desk.shipments[:] = 0.0, 0.0


def _take_back(desk: Desk, broken: Violation) -> bool:
    entries = [e for e in latest_first(desk) if _concerns(desk, broken, e)]
    if broken.limit is not None:
        place = {entry: -float(k) for k, entry in enumerate(entries)}
        return keep_limits(desk, entries, lambda entry, *_: place[entry])
    if not entries:
        return False
    last = entries[0].period
    for entry in entries if broken.group is not None else entries[:1]:
        if entry.period == last:
            reduce_to(desk, entry, 0.0)
    return True


def _concerns(desk: Desk, broken: Violation, entry: Entry) -> bool:
    """Whether an entry could have to do with a violation."""
    network = desk.network
    if broken.limit is not None:
        return bool(use_of(desk, entry, desk.limits[broken.limit]).any())
    if broken.move is not None:
        mine = not entry.is_line and network.move_from[entry.index] == network.move_from[broken.move]
        return bool(mine) and entry.period <= broken.period
    if broken.cell is not None:
        cell = (network.line_cell if entry.is_line else network.move_to)[entry.index]
        return bool(cell == broken.cell) and entry.period <= broken.period
    mine = entry.is_line and entry.period == broken.period
    return mine and (network.line_group[entry.index] == broken.group or entry.index == broken.line)


def latest_first(desk: Desk) -> list[Entry]:
    """All that was decided, the latest first; within a period what is needed last, first."""
    cover = desk.cover()
    lines = [Entry(int(k), int(t), is_line=True) for k, t in np.argwhere(desk.orders > 0.0)]
    moves = [Entry(int(k), int(t), is_line=False) for k, t in np.argwhere(desk.shipments > 0.0)]
    network = desk.network

    def rank(entry: Entry) -> tuple[int, float, int]:
        cell = (network.line_cell if entry.is_line else network.move_to)[entry.index]
        return -entry.period, -float(cover[cell]), entry.index

    return sorted([*lines, *moves], key=rank)
