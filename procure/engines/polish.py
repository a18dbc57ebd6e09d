"""The last stretch: what an engine leaves of the gap of a small plan, the whole MILP takes on from there."""

from __future__ import annotations

from dataclasses import replace

from procure.engines.compact import solve_compact
from procure.engines.interface import Options, Outcome, Task

MOST_CELLS = 400
"""Cells up to which the MILP is worth trying after the prices."""


def polished(task: Task, found: Outcome, options: Options) -> Outcome:
    """Go on with the compact engine, from a known decision and bound, if time and gap are left."""
    if options.over or task.network.n_cells > MOST_CELLS or found.gap_left(task) <= options.gap:
        return found
    known = replace(task, start=found.decision, bound=found.bound, backorder_limit=found.backorder_limit)
    better = solve_compact(known, options)
    return replace(
        better,
        backorder_bound=found.backorder_bound,
        seconds={**found.seconds, **better.seconds},
        engine=f"{found.engine}, {better.engine}",
        prices=found.prices,
    )
