"""How high or low stock may turn out: quantiles of stock less what is owed, by cell and period.

The law is the plan's own. Where supply is certain, demand alone decides. Where orders may be late or short, their
draws and the law of demand are weighed together. Where unmet demand is lost the drawn paths are counted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.solution.ledger import Ledger
from procure.uncertainty.law import Law
from procure.uncertainty.lost import stocks_where_lost
from procure.uncertainty.sampled import SampledCell

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

LOW, HIGH = 0.05, 0.95
"""Nine times in ten stock ends up between these."""

VALUES = 40
"""Most values of a random supply that are told apart."""

HALVINGS = 14
"""Of the interval that a quantile lies in."""


def bands(ledger: Ledger, law: Law, cells: Indices) -> tuple[Array, Array]:
    """Return the quantiles `LOW` and `HIGH` of stock less backorders at the end of each period.

    Parameters
    ----------
    ledger
        Orders and their expected supply.
    law
        Law of demand and deliveries.
    cells
        Positions of N cells.

    Returns
    -------
    low, high
        Shape (N, T) each [units]. Never below 0 where unmet demand is lost.
    """
    supply = ledger.stocks.supply[cells]
    periods = np.arange(supply.shape[1])
    low, high = (
        supply - law.quantile(cells[:, None], periods[None, :], np.full_like(supply, chance)) for chance in (HIGH, LOW)
    )
    for row, cell in enumerate(cells.tolist()):
        sampled = law.sampled.get(cell)
        if sampled is None:
            continue
        paths = _paths(ledger, sampled, cell)
        if sampled.is_lost:
            demand = law.lost_paths[cell]
            stock = stocks_where_lost(demand, np.broadcast_to(paths, demand.shape))[1]
            low[row], high[row] = np.quantile(stock, (LOW, HIGH), axis=1)
        else:
            low[row], high[row] = (_mixed(law, cell, paths, chance) for chance in (LOW, HIGH))
    return low, high


def _paths(ledger: Ledger, sampled: SampledCell, cell: int) -> Array:
    """Supply of each draw, shape (T, K), or (T, 1) where it is certain [units]."""
    supply = ledger.stocks.supply[cell]
    if sampled.random is None:
        certain: Array = supply[:, None]
        return certain
    paths: Array = sampled.random.supply(sampled.ordered(ledger.decision.orders), supply)
    return paths


def _mixed(law: Law, cell: int, paths: Array, chance: float) -> Array:
    """Least y with P(X_t - D_t <= y) >= chance by bisection, X drawn and D by its law, shape (T,) [units]."""
    values, weights = _few(paths)
    periods = np.arange(len(paths))
    demand = law.quantile(np.full(len(paths), cell), periods, np.full(len(paths), 1.0 - chance))
    below: Array = values.min(axis=1) - demand - 1e-3
    above: Array = values.max(axis=1) - demand
    for _ in range(HALVINGS):
        middle = 0.5 * (below + above)
        # a whole number of units short of nothing: P(D >= z) for laws on whole numbers, too
        reached = law.exceedance(np.full(values.shape, cell), periods[:, None], values - middle[:, None] - 1e-6)
        enough = (weights * reached).sum(axis=1) >= chance
        above, below = np.where(enough, middle, above), np.where(enough, below, middle)
    return above


def _few(paths: Array) -> tuple[Array, Array]:
    """At most `VALUES` values of each row with their weights, shape (T, n) each; nearby ones at their mean."""
    ordered = np.sort(paths, axis=1)
    count = min(VALUES, ordered.shape[1])
    cuts = np.linspace(0, ordered.shape[1], count + 1).astype(int)
    sizes = np.diff(cuts)
    values: Array = np.add.reduceat(ordered, cuts[:-1], axis=1) / sizes
    return values, np.broadcast_to(sizes / ordered.shape[1], values.shape)
