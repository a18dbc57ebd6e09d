"""Prices by a deflected subgradient method: each step is one pass over all cells.

The prices of limits move along an exponential mean of how far each limit is overdrawn, scaled by how large that mean
has been (Barahona and Anbil, The volume algorithm, Mathematical Programming 87, 2000; Duchi, Hazan and Singer, Journal
of Machine Learning Research 12, 2011). The fee of a purchase order is shared among its lines by weights that grow where
an order is placed and fade where none is (Arora, Hazan and Kale, Theory of Computing 8, 2012).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.duals import Duals, limit_prices, money_rates
from procure.engines.decomposed.grouping import Grouping
from procure.engines.decomposed.passes import Pass, Passes
from procure.engines.decomposed.price_scales import price_scales
from procure.engines.decomposed.purchase_orders import order_values
from procure.engines.decomposed.uses import Use, use_of

Array = NDArray[np.float64]

DEFLECTION = 0.7
"""Weight of earlier steps in the direction of the next."""
LEAST_WEIGHT = 1e-3
"""Least share of a purchase order's fee that a line bears, relative to an equal share."""


@dataclass(eq=False)
class Means:
    """Exponential means over the passes, which come near the relaxed optimum.

    Attributes
    ----------
    opened
        How often an order is on each way, shape (W, T).
    placed
        How often each purchase order has a line, shape (G, T).
    """

    opened: Array
    placed: Array


class Ascent:
    """Raises the dual function.

    Parameters
    ----------
    passes
        Solves all programs at given prices.
    """

    def __init__(self, passes: Passes) -> None:
        network, programs = passes.network, passes.programs
        n_groups, periods, n_ways = len(network.group_supplier), network.periods, len(programs.source)
        self.passes, self._network = passes, network
        self._line_ways, self._move_ways = np.split(programs.order, [network.n_lines])
        self._equal = _equal_shares(network.line_allowed, passes.terms.lines)
        self._equal_trips = _equal_shares(network.move_allowed, passes.terms.moves)
        self.weight, self.trip_weight = self._equal.copy(), self._equal_trips.copy()
        item = network.cell_item[network.move_from]
        self._worth = (network.replacement if passes.aim.worth else network.priority)[item][:, None]
        self.stock = np.repeat(self._worth, periods, axis=1)
        self._flow_drift = np.zeros_like(self.stock)
        fees, terms = network.fees, passes.terms
        self.limits = np.zeros((len(passes.limits), periods))
        self.subsidy = np.repeat(terms.best_discount[:, None], periods, axis=1)
        size = np.where(terms.loaded, np.minimum(fees.container_size[:, 0], np.maximum(terms.most_load, 1e-9)), np.inf)
        self.load = np.repeat((passes.aim.worth * fees.container_cost[:, 0] / size)[:, None], periods, axis=1)
        self._drift = np.zeros_like(self.limits)
        self._size = np.zeros_like(self.limits)
        self.scale = price_scales(passes)
        self.best: Pass | None = None
        self.last: Pass | None = None
        self.last_use: Use | None = None
        self.means = Means(np.zeros((n_ways, periods)), np.zeros((n_groups, periods)))
        self.count = 0

    def run(self, count: int, step: float, over: Callable[[], bool], seen: Callable[[Pass, Use], None]) -> None:
        """Make so many steps, the first of size `step`, each a little shorter."""
        for k in range(count):
            if over():
                return
            found, use = self.once()
            self.last, self.last_use = found, use
            if self.best is None or found.bound > self.best.bound:
                self.best = found
            self._average(use)
            seen(found, use)
            self.passes.learn(found)
            self._step(found, use, step / (1.0 + 4.0 * k / max(count, 1)) ** 2)

    def begin_like(self, other: Ascent) -> None:
        """Take over the prices of another ascent of the same plan."""
        for name in ("limits", "weight", "trip_weight", "stock", "subsidy", "load", "scale"):
            setattr(self, name, getattr(other, name).copy())

    def once(self) -> tuple[Pass, Use]:
        """One pass at the prices as they stand."""
        found = self.passes.run(self.duals())
        return found, use_of(self.passes, found, self.passes.limits)

    def duals(self) -> Duals:
        """The prices as they stand, fees shared by the weights."""
        network, passes = self._network, self.passes
        share = np.zeros((len(passes.programs.source), network.periods))
        prices = limit_prices(network, passes.limits, self.limits)
        rates = money_rates(network, prices, passes.aim.worth)
        value = order_values(passes.terms, prices, rates, self.subsidy, self.load, passes.aim.worth)
        value = np.where(np.isfinite(value), np.maximum(value, 0.0), 0.0)
        share[self._line_ways] = self.weight * value[network.line_group]
        share[self._move_ways] = self.trip_weight * passes.lane_fees[network.move_lane]
        return Duals(self.limits.copy(), share, self.subsidy.copy(), self.load.copy(), self.stock.copy())

    def _average(self, use: Use) -> None:
        self.count += 1
        keep = min(0.9, 1.0 - 1.0 / self.count)
        self.means.opened = keep * self.means.opened + (1.0 - keep) * use.opened
        self.means.placed = keep * self.means.placed + (1.0 - keep) * use.placed

    def _step(self, found: Pass, use: Use, step: float) -> None:
        self._move_limits(use, step)
        self._share_fees(use, step)
        self._move_subsidies(use, step)
        self._move_stock_prices(found, use, step)

    def _move_limits(self, use: Use, step: float) -> None:
        if not len(self.limits):
            return
        allowed = np.array([limit.allowed for limit in self.passes.limits])
        over = (use.limits - allowed) / np.maximum(np.maximum(np.abs(allowed), use.limits), 1e-9)
        self._drift = DEFLECTION * self._drift + (1.0 - DEFLECTION) * over
        self._size = 0.95 * self._size + 0.05 * over * over
        root = np.sqrt(self._size) + 1e-3
        self.limits = np.maximum(self.limits + step * self.scale * self._drift / root, 0.0)

    def _share_fees(self, use: Use, step: float) -> None:
        terms = self.passes.terms
        self.weight = _reweighted(self.weight, use.opened[self._line_ways], self._equal, terms.lines, step)
        self.trip_weight = _reweighted(
            self.trip_weight, use.opened[self._move_ways], self._equal_trips, terms.moves, step
        )

    def _move_stock_prices(self, found: Pass, use: Use, step: float) -> None:
        """Stock is dearer where more is wanted than offered."""
        apart = (use.wanted - use.offered) / np.maximum(np.maximum(use.wanted, use.offered), 1.0)
        self._flow_drift = DEFLECTION * self._flow_drift + (1.0 - DEFLECTION) * apart
        self.stock = found.duals.stock + 0.01 * step * self._worth * self._flow_drift

    def _move_subsidies(self, use: Use, step: float) -> None:
        terms, fees = self.passes.terms, self._network.fees
        if not terms.ruled.any():
            return
        wanted = fees.least_goods * use.placed
        apart = (wanted - use.goods) / np.maximum(np.maximum(wanted, use.goods), 1e-9)
        moved = self.subsidy + 0.1 * step * apart
        least = terms.best_discount[:, None]
        self.subsidy = np.where(terms.ruled[:, None] & (fees.least_goods > 0.0), np.maximum(moved, least), self.subsidy)


def _equal_shares(allowed: NDArray[np.bool_], of: Grouping) -> Array:
    """Equal shares of all that may be on the same order or trip."""
    counted = of.sum(allowed.astype(float))
    shares: Array = allowed / np.maximum(counted[of.owner], 1.0)
    return shares


def _reweighted(weight: Array, opened: NDArray[np.bool_], equal: Array, of: Grouping, step: float) -> Array:
    """Weights that have grown where something is opened, adding up to 1 again."""
    if not len(weight):
        return weight
    grown = np.maximum(np.where(opened, weight * np.exp(2.0 * step), weight), LEAST_WEIGHT * equal)
    value: Array = grown / np.maximum(of.sum(grown), 1e-300)[of.owner]
    return value
