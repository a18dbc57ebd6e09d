"""`max_cover_days` as a cap on supply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from procure.plan.table import numbers

if TYPE_CHECKING:
    from procure.plan.network import Network

Array = NDArray[np.float64]


def cover_caps(network: Network) -> dict[int, Array]:
    """Most supply after a receipt, by cell with `max_cover_days`, each of shape (T,) [units]."""
    caps = {}
    days = numbers(network.items, "max_cover_days")[network.cell_item]
    for cell in np.flatnonzero(~np.isnan(days)).tolist():
        ahead = max(1.0, float(days[cell]) / network.plan.period_days)
        caps[cell] = covered(network.mean[cell], ahead)
    return caps


def covered(mean: Array, ahead: float) -> Array:
    """Demand before each period plus that of the next `ahead` periods; the mean rate beyond the horizon."""
    periods = len(mean)
    running = np.concatenate([[0.0], np.cumsum(mean)])
    end = np.arange(periods) + ahead
    inside = np.interp(np.minimum(end, periods), np.arange(periods + 1), running)
    covered: Array = inside + np.maximum(end - periods, 0.0) * mean.mean()
    return covered
