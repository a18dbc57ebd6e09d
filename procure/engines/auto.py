"""Which engine for which plan, and both together: prices first, the whole MILP for what is left.

Measured (docs/benchmarks.md): with more than a handful of cells the decomposed engine is ahead of the compact one from
the first second on. What it leaves of the gap in a small plan the compact engine closes faster, from that plan and
bound.
"""

from __future__ import annotations

from dataclasses import replace

from procure.engines.alone import separable
from procure.engines.compact import solve_compact
from procure.engines.interface import Options, Outcome, Task

FEW_CELLS = 150
"""Cells times periods up to which the MILP is solved at once: it takes about a second there."""
MOST_CELLS = 400
"""Cells up to which the MILP is worth trying after the prices."""
SHARE_FOR_PRICES = 0.6
"""Share of the time that prices get where the MILP comes after them."""
SHARE_WITH_LANES = 0.3
"""The same where lanes link cells or supply is random: there the MILP of a small plan has the better bound."""


def solve_auto(task: Task, options: Options) -> Outcome:
    """Choose by size and terms; hand plan and bound of the one engine to the other."""
    cells = task.network.n_cells
    if cells * task.network.periods <= FEW_CELLS or (cells <= MOST_CELLS and separable(task.network, task.laws)):
        return solve_compact(task, options)
    # numba is slow to import, and small plans do without it
    from procure.engines.decomposed.compiled import compiled_ahead
    from procure.engines.decomposed.engine import solve_decomposed

    options = compiled_ahead(options)
    if cells > MOST_CELLS:
        return solve_decomposed(task, options)
    linked = task.network.n_moves > 0 or bool(task.laws.planned.deliveries.cells)
    share = SHARE_WITH_LANES if linked else SHARE_FOR_PRICES
    first = solve_decomposed(task, options.part(share))
    if options.over or first.gap_left(task) <= options.gap:
        return first
    known = replace(task, start=first.decision, bound=first.bound, backorder_limit=first.backorder_limit)
    second = solve_compact(known, options)
    return replace(
        second,
        backorder_bound=first.backorder_bound,
        seconds={**first.seconds, **second.seconds},
        engine="decomposed, compact",
    )
