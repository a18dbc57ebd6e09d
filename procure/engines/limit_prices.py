"""Which prices a solution tells: those of the linear program under its orders, or the decomposed engine's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Outcome, Task
from procure.engines.placed_orders import PlacedOrders
from procure.solution.prices import Prices, Saving, onward, step_of

Array = NDArray[np.float64]

MOST_PLACES = 3_000
"""Cells times periods up to which the linear program is built: about three seconds."""
LEAST_SECONDS, SECONDS_PER_PLACE = 0.5, 1.5e-3
"""Seconds kept for the linear program, and for each cell and period."""
TRUSTED_GAP = 0.002
"""Relative gap up to which the decomposed engine's prices are told: far from the bound they are still on their way."""
MOST_SAVINGS = 3
"""Limits of which it is told what some more would save."""
CENT = 0.005
"""Least saving that is worth telling [plan currency]."""


def time_for_prices(task: Task) -> float:
    """Seconds to keep for the prices of limits; 0 without limits."""
    places = task.network.n_cells * task.network.periods
    return LEAST_SECONDS + SECONDS_PER_PLACE * places if task.limits and places <= MOST_PLACES else 0.0


def limit_prices(
    task: Task, outcome: Outcome, options: Options, most: int = MOST_SAVINGS, *, whole: bool = False
) -> Prices | None:
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
    whole
        Whether to make decisions in whole multiples of it, too, to start a search from.

    Returns
    -------
    Prices or None
        None without limits, or where nothing can be told in the time left.
    """
    if not task.limits:
        return None
    relaxed = np.array([a.allowed < b.allowed for a, b in zip(task.limits, outcome.limits, strict=True)])
    if task.network.n_cells * task.network.periods > MOST_PLACES and outcome.prices is not None:
        return _of_relaxation(task, outcome, relaxed, most)
    if options.over:
        return None
    program = PlacedOrders(task, outcome.limits, outcome.decision, options, outcome.backorder_limit)
    try:
        return _under_orders(program, relaxed, most, whole=whole)
    finally:
        program.close()


def _of_relaxation(task: Task, outcome: Outcome, relaxed: NDArray[np.bool_], most: int) -> Prices | None:
    """Prices of the decomposed engine, if they have come near enough."""
    assert outcome.prices is not None
    if outcome.gap_left(task) > TRUSTED_GAP:
        return None
    values = np.where(relaxed, np.nan, onward(task.network, task.limits, outcome.prices))
    return Prices(values, "relaxation", tuple(_by_price(task, values, most)))


def _under_orders(program: PlacedOrders, relaxed: NDArray[np.bool_], most: int, *, whole: bool) -> Prices | None:
    """Prices of the linear program under the orders placed; None where time runs out."""
    solved = program.solve()
    if solved is None:
        return None
    task = program.task
    values = np.where(relaxed, np.nan, onward(task.network, task.limits, solved))
    savings: list[Saving] = []
    for wish in _by_price(task, values, most):
        found = program.step(wish.limit, wish.period, wish.step, whole=whole)
        if found is None:  # no time left: what the price alone says
            savings.append(wish)
        else:
            saved, avoided, decision = found
            savings.append(replace(wish, saved=saved, avoided=avoided, decision=decision))
    base = program.rounded() if whole else None
    return Prices(values, "orders", tuple(sorted(savings, key=lambda saving: -saving.saved)), base)


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
