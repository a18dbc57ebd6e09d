"""How much of an order comes, and when at the earliest: certain and uncertain terms alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.uncertainty.law import Law

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LineTerms:
    """What an order brings, by line and order period, each of shape (L, T).

    Attributes
    ----------
    first
        Earliest period that any draw lets it serve.
    least
        Least share, above 0, that any draw or the mean delivers; 0 if it never delivers.
    timely
        Share expected by its nominal arrival.
    in_time
        Share expected by the end of the horizon.
    """

    first: Indices
    least: Array
    timely: Array
    in_time: Array

    @staticmethod
    def of(network: Network, law: Law) -> LineTerms:
        """Gather the terms of every line and order period."""
        shape = network.n_lines, network.periods
        placed = np.arange(network.periods)[None, :]
        first = np.minimum(placed + network.line_lead[:, None], network.periods - 1)
        mean = np.repeat(network.line_fraction[:, None], network.periods, axis=1)
        least, timely, in_time = mean.copy(), mean.copy(), mean.copy()
        for supply in law.deliveries.cells.values():
            draws = supply.draws
            for j, (line, period) in enumerate(zip(draws.lines, draws.periods, strict=True)):
                shares = draws.share[j][draws.share[j] > 0.0]
                first[line, period] = min(int(draws.arrival[j].min()), int(first[line, period]))
                least[line, period] = min(float(shares.min(initial=np.inf)), float(mean[line, period]))
                timely[line, period] = supply.expected[j, draws.nominal[j]]
                in_time[line, period] = supply.expected[j, -1]
        assert least.shape == shape
        return LineTerms(first, least, timely, in_time)


def least_opening(law: Law, lowest: Array, ships: NDArray[np.bool_]) -> Array:
    """Lower bound of supply in every draw, in cells that ship nothing out, shape (C, T) [units].

    Parameters
    ----------
    lowest
        Lower bound of expected supply, shape (C, T) [units].
    ships
        Cells that ship out, shape (C,).
    """
    least = lowest.copy()
    for cell, supply in law.deliveries.cells.items():
        if supply.surprise is not None and not ships[cell]:
            least[cell] += supply.surprise.min(axis=1)
    return least
