"""Which engine for which plan, and both together: prices first, the whole MILP for what is left.

Measured (docs/benchmarks.md): with more than a handful of cells the decomposed engine is ahead of the compact one from
the first second on. What it leaves of the gap in a small plan the compact engine closes faster, from that plan and
bound.
"""

from __future__ import annotations

from procure.engines.alone import separable
from procure.engines.compact import solve_compact
from procure.engines.interface import Options, Outcome, Task
from procure.engines.polish import MOST_CELLS, polished

FEW_CELLS = 150
"""Cells times periods up to which the MILP is solved at once: it takes about a second there."""
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
    from procure.engines.decomposed.engine import solve_by_prices

    options = compiled_ahead(options)
    if cells > MOST_CELLS:
        return solve_by_prices(task, options)
    linked = task.network.n_moves > 0 or bool(task.laws.planned.deliveries.cells)
    share = SHARE_WITH_LANES if linked else SHARE_FOR_PRICES
    return polished(task, solve_by_prices(task, options.part(share)), options)
