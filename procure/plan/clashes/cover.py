"""Smallest orders that cover more than `max_cover_days`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from procure.plan.clashes.clash import Clash, few, figures
from procure.plan.clashes.smallest import SLACK, Indices, Smallest
from procure.plan.cover import covered
from procure.plan.network import Network
from procure.plan.table import numbers

LONGEST = 3_650
"""Days of cover beyond which none is proposed."""


def beyond_cover(smallest: Smallest) -> Iterator[Clash]:
    """Yield offers whose smallest order lifts stock above the cover allowed whenever it arrives, one clash for all."""
    limited = ~np.isnan(numbers(smallest.plan.items, "max_cover_days"))[smallest.item]
    may_clash = smallest.usable & limited & (smallest.units > 1.0)
    if not may_clash.any():
        return
    network = smallest.network
    leaves = np.zeros(network.n_cells, dtype=bool)
    leaves[network.move_from] = True
    names, cures = [], []
    for line in np.flatnonzero(may_clash[network.line_offer]).tolist():
        offer, cell = int(network.line_offer[line]), int(network.line_cell[line])
        arrivals = np.flatnonzero(network.line_allowed[line]) + int(network.line_lead[line])
        if leaves[cell] or not len(arrivals):
            continue
        comes = float(smallest.units[offer] * network.line_fraction[line])
        free = network.cover_caps[cell][arrivals] - network.opening[cell, arrivals]
        if comes <= free.max() + SLACK * max(comes, 1.0) or free.max() <= 0.0:
            continue
        names.append(f"{network.offer_ids[offer]} at {network.place(cell)[1]}")
        days = _days_needed(network, cell, arrivals, comes)
        longer = "" if days is None else f"max_cover_days {days} or "
        cures.append(f"{longer}an order of {figures(np.floor(free.max() / network.line_fraction[line]))} units at most")
    if names:
        shown = few([f"{name} ({cure})" for name, cure in zip(names, cures, strict=True)])
        yield Clash(
            "offers",
            "some smallest orders cover more than max_cover_days whenever they arrive, so they can never be placed; "
            f"what would do: {shown}",
        )


def _days_needed(network: Network, cell: int, arrivals: Indices, comes: float) -> int | None:
    """Least whole days of cover under which so many units may come once; None beyond ten years."""
    need = comes + network.opening[cell, arrivals]

    def fits(days: int) -> bool:
        ahead = max(1.0, days / network.plan.period_days)
        return bool((need <= covered(network.mean[cell], ahead)[arrivals] + SLACK * max(comes, 1.0)).any())

    low, high = 0, LONGEST
    if not fits(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high
