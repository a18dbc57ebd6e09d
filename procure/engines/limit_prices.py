"""Which prices a solution tells: those of the linear program under its orders, or the decomposed engine's."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Outcome, Task
from procure.engines.placed_orders import PlacedOrders
from procure.solution.limits import Limits
from procure.solution.prices import Prices, Saving, onward, step_of

Array = NDArray[np.float64]

MOST_PLACES = 3_000
"""Cells times periods up to which the linear program is built: about three seconds."""
SECONDS_PER_PLACE = 1.5e-3
"""Seconds kept for the linear program, for each cell and period."""
TRUSTED_GAP = 0.01
"""Relative gap up to which the decomposed engine's prices are told: far from the bound they are still on their way."""
MOST_SAVINGS = 3
"""Limits of which it is told what some more would save."""
CENT = 0.005
"""Least saving that is worth telling [plan currency]."""


def time_for_prices(task: Task) -> float:
    """Seconds to keep for the prices of limits; 0 without limits."""
    places = task.network.n_cells * task.network.periods
    return SECONDS_PER_PLACE * places if task.limits and places <= MOST_PLACES else 0.0


def limit_prices(task: Task, outcome: Outcome, options: Options, most: int = MOST_SAVINGS) -> Prices | None:
    """Price the limits of a plan.

    Parameters
    ----------
    task
        The plan in numbers.
    outcome
        What an engine found.
    options
        Time and stop.
    most
        Of how many limits to tell what some more would save.

    Returns
    -------
    Prices or None
        None without limits, or where nothing can be told in the time left.
    """
    if not task.limits:
        return None
    relaxed = np.array([a.allowed < b.allowed for a, b in zip(task.limits, outcome.limits, strict=True)])
    large = task.network.n_cells * task.network.periods > MOST_PLACES
    found = None if large and outcome.prices is not None else _under_orders(task, outcome, options, relaxed, most)
    if found is None and outcome.prices is not None and outcome.gap_left(task) <= TRUSTED_GAP:
        values = np.where(relaxed, np.nan, onward(task.network, task.limits, outcome.prices))
        return Prices(values, "relaxation", tuple(_by_price(task, values, most)))
    return found


def _under_orders(
    task: Task, outcome: Outcome, options: Options, relaxed: NDArray[np.bool_], most: int
) -> Prices | None:
    if options.over:
        return None
    program = PlacedOrders(task, outcome.limits, outcome.decision, options, outcome.backorder_limit)
    try:
        return _priced(task, outcome.limits, program, relaxed, most)
    finally:
        program.close()


def _priced(
    task: Task, limits: Limits, program: PlacedOrders, relaxed: NDArray[np.bool_], most: int
) -> Prices | None:
    solved = program.solve()
    if solved is None:
        return None
    values = np.where(relaxed, np.nan, onward(task.network, limits, solved))
    savings: list[Saving] = []
    for wish in _by_price(task, values, most):
        found = program.step(wish.limit, wish.period, wish.step)
        if found is not None:
            savings.append(Saving(wish.limit, wish.period, wish.step, *found))
    return Prices(values, "orders", tuple(sorted(savings, key=lambda saving: -saving.saved)))


def _by_price(task: Task, values: Array, most: int) -> list[Saving]:
    """What a step of every limit would save at its price; the best period of each, the largest savings first."""
    found = []
    for k, limit in enumerate(task.limits):
        prices = np.where(np.isfinite(values[k]), values[k], 0.0)
        steps = np.array([step_of(task.network, limit, t) for t in range(len(prices))])
        period = int(np.argmax(prices * steps))
        if limit.kind == "inventory_value":  # one number for all periods
            found.append(Saving(k, None, float(steps[0]), float(prices.sum() * steps[0]), None))
        else:
            found.append(Saving(k, period, float(steps[period]), float(prices[period] * steps[period]), None))
    worth = [saving for saving in found if saving.saved >= CENT]
    return sorted(worth, key=lambda saving: -saving.saved)[:most]
