"""Prices by a deflected subgradient method: each step is one pass over all cells.

The prices of limits move along an exponential mean of how far each limit is overdrawn, scaled by how large that mean
has been (Barahona and Anbil, The volume algorithm, Mathematical Programming 87, 2000; Duchi, Hazan and Singer, Journal
of Machine Learning Research 12, 2011). The fee of a purchase order is shared among its lines by weights that grow where
an order is placed and fade where none is (Arora, Hazan and Kale, Theory of Computing 8, 2012); blocks keep these.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.block import DEFLECTION
from procure.engines.decomposed.lagrangian import Lagrangian, Value
from procure.engines.decomposed.price_scales import price_scales
from procure.engines.decomposed.sums import Prices

Array = NDArray[np.float64]


class Ascent:
    """Raises the dual function.

    Parameters
    ----------
    dual
        The dual function.

    Attributes
    ----------
    limits, subsidy, load
        Prices as they stand; see `Prices`.
    scale
        Sensible price of each limit, shape (K, 1).
    placed
        Exponential mean over the passes of whether each purchase order has a line, shape (G, T).
    """

    def __init__(self, dual: Lagrangian) -> None:
        network, terms = dual.network, dual.terms
        self.dual, self._network = dual, network
        fees, periods = network.fees, network.periods
        self.limits = np.zeros((len(dual.limits), periods))
        self.subsidy = np.repeat(terms.best_discount[:, None], periods, axis=1)
        size = np.where(terms.loaded, np.minimum(fees.container_size[:, 0], np.maximum(terms.most_load, 1e-9)), np.inf)
        self.load = np.repeat((dual.aim.worth * fees.container_cost[:, 0] / size)[:, None], periods, axis=1)
        self._drift = np.zeros_like(self.limits)
        self._size = np.zeros_like(self.limits)
        self.scale = price_scales(network, dual.limits, dual.aim.worth)
        self.placed = np.zeros((len(network.group_supplier), periods))
        self._count = 0

    def run(self, count: int, step: float, over: Callable[[], bool], seen: Callable[[Value], None]) -> None:
        """Make so many steps, the first of size `step`, each a little shorter."""
        for k in range(count):
            if over():
                return
            found = self.once()
            self._average(found)
            seen(found)
            self._step(found, step / (1.0 + 4.0 * k / max(count, 1)) ** 2)

    def begin_like(self, other: Ascent) -> None:
        """Take over the prices of another ascent of the same plan."""
        for name in ("limits", "subsidy", "load", "scale"):
            setattr(self, name, getattr(other, name).copy())
        self.dual.crew.each("take_shares", other.dual.crew.all("shares"))

    def once(self) -> Value:
        """One pass at the prices as they stand."""
        return self.dual.at(self.prices)

    @property
    def prices(self) -> Prices:
        """The prices as they stand, apart from what becomes of them later."""
        return Prices(self.limits.copy(), self.subsidy, self.load)

    def _average(self, found: Value) -> None:
        self._count += 1
        keep = min(0.9, 1.0 - 1.0 / self._count)
        self.placed = keep * self.placed + (1.0 - keep) * (found.use.placed > 0.0)

    def _step(self, found: Value, step: float) -> None:
        self._move_limits(found.use.limits, step)
        self._move_subsidies(found, step)
        lines, moves = zip(*self.dual.crew.all("step", step), strict=True)
        self.dual.crew.all("settle", sum(lines), sum(moves))

    def _move_limits(self, used: Array, step: float) -> None:
        if not len(self.limits):
            return
        allowed = np.array([limit.allowed for limit in self.dual.limits])
        over = (used - allowed) / np.maximum(np.maximum(np.abs(allowed), used), 1e-9)
        self._drift = DEFLECTION * self._drift + (1.0 - DEFLECTION) * over
        self._size = 0.95 * self._size + 0.05 * over * over
        root = np.sqrt(self._size) + 1e-3
        self.limits = np.maximum(self.limits + step * self.scale * self._drift / root, 0.0)

    def _move_subsidies(self, found: Value, step: float) -> None:
        terms, fees = self.dual.terms, self._network.fees
        if not terms.ruled.any():
            return
        goods, wanted = found.use.goods, fees.least_goods * (found.use.placed > 0.0)
        apart = (wanted - goods) / np.maximum(np.maximum(wanted, goods), 1e-9)
        moved = self.subsidy + 0.1 * step * apart
        least = terms.best_discount[:, None]
        self.subsidy = np.where(terms.ruled[:, None] & (fees.least_goods > 0.0), np.maximum(moved, least), self.subsidy)
