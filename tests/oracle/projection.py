"""Expected stock and backorders of a cell: exact where customers wait, on random paths where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from .losses import Array, Window
from .lost import Paths, lost_paths
from .supply import Flow


@dataclass(frozen=True)
class Projection:
    """One cell over the horizon, units; every array has shape (periods,).

    Where sales are lost, ``backorders`` are the units lost in each period, all are means over random ``paths``,
    and :meth:`errors` gives their standard errors.
    """

    supply: Array
    demand_mean: Array
    on_hand: Array
    backorders: Array
    peak: Array
    paths: Paths | None = None

    def errors(self) -> dict[str, Array]:
        """Standard errors of stock, backorders and peak stock; 0 where they are exact."""
        if self.paths is None:
            return dict.fromkeys(("on_hand", "backorders", "peak"), np.zeros_like(self.supply))
        drawn = {"on_hand": self.paths.on_hand, "backorders": self.paths.lost, "peak": self.paths.peak}
        return {name: path.std(axis=1) / path.shape[1] ** 0.5 for name, path in drawn.items()}


def where_customers_wait(
    flow: Flow, demand_mean: Array, windows: Sequence[Window], protection: int | None
) -> Projection:
    """Mean over all outcomes of supply; ``windows`` are D_{-1}, D_0, ... with the same P."""
    expected = np.zeros((len(windows) - 1, 3))
    for t, (before, now) in enumerate(pairwise(windows)):
        values, chances = flow.law(t, protection)
        parts = now.on_hand(values), now.backorders(values), before.on_hand(values)
        expected[t] = [part @ chances for part in parts]
    return Projection(flow.expected(), demand_mean, *expected.T)


def where_sales_are_lost(flow: Flow, demand_mean: Array, demand: Array) -> Projection:
    """Mean over random paths of demand and supply."""
    paths = lost_paths(flow, demand)
    means = [part.mean(axis=1) for part in (paths.on_hand, paths.lost, paths.peak)]
    return Projection(flow.expected(), demand_mean, *means, paths=paths)
