"""What truly happens in a run: demand, lead times, delivered shares. The same for every planner.

Draws have the keys of `procure.uncertainty.draws` with absolute periods, so that a replay and an open-loop
simulation of the same seed meet the same world as far as the plan's horizon goes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling.ground import Ground
from procure.plan.records import Offer
from procure.uncertainty.draws import Source, delivered_shares, demand_draws, lead_days, receipt_draws

Array = NDArray[np.float64]

PURPOSE = "simulate"
"""What the draws are for: they differ from those that plans are made with."""


@dataclass(frozen=True, eq=False)
class World:
    """All runs of one seed.

    Attributes
    ----------
    demand
        Demand by run, place and week, shape (K, C, W) [units].
    receipts
        Week that each open order of the plan first serves, by order and run, shape (orders, K).
    """

    source: Source
    demand: Array
    receipts: NDArray[np.int64]
    _days: dict[tuple[str, str, int], Array]
    _shares: dict[tuple[str, str, int], Array]

    @staticmethod
    def of(ground: Ground, seed: int, runs: int) -> World:
        """Draw the world of a plan."""
        source = Source(PURPOSE, seed, runs)
        demand = np.zeros((len(ground.places), ground.weeks, runs))
        for cell in np.flatnonzero(ground.network.has_demand).tolist():
            demand[cell] = demand_draws(ground.stretched, source, cell)[: ground.weeks]
        orders = range(len(ground.plan.open_orders))
        receipts = [receipt_draws(ground.network, source, k) for k in orders]
        return World(
            source=source,
            demand=np.ascontiguousarray(np.moveaxis(demand, 2, 0)),
            receipts=np.array(receipts, dtype=np.int64).reshape(-1, runs),
            _days={},
            _shares={},
        )

    def lead_days(self, offer: Offer, warehouse: str, week: int, run: int) -> float:
        """Lead time of an order of an offer at a warehouse in a week [whole days]."""
        key = offer.offer, warehouse, week
        if key not in self._days:
            self._days[key] = lead_days(offer.lead_time, self.source.uniforms("lead time", *key))
        return float(self._days[key][run])

    def delivered_share(self, offer: Offer, warehouse: str, week: int, run: int) -> float:
        """Share of an order that is delivered."""
        key = offer.offer, warehouse, week
        if key not in self._shares:
            uniforms = self.source.uniforms("delivered fraction", *key)
            self._shares[key] = delivered_shares(offer.delivered_fraction, uniforms)
        return float(self._shares[key][run])
