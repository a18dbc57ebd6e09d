"""The dual function: blocks at prices, purchase orders and trips beside them, and the bound that all give together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.aims import Aim
from procure.engines.decomposed.crew import Crew
from procure.engines.decomposed.duals import limit_prices
from procure.engines.decomposed.parts import Part, network_of
from procure.engines.decomposed.purchase_orders import OrderTerms, order_values
from procure.engines.decomposed.sums import Borne, Bounds, Opening, Prices, Use, added
from procure.engines.decomposed.uses import fees_used

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Value:
    """What the dual function is at prices.

    Attributes
    ----------
    prices
        The prices, cut to those at which it is a lower bound.
    bound
        Its value: a lower bound on the objective, levels apart.
    use
        Sums over all cells; fees of purchase orders count in the use of limits.
    """

    prices: Prices
    bound: float
    use: Use


class Lagrangian:
    """Values the dual function of a plan.

    Parameters
    ----------
    crew
        The plan's blocks.
    aim
        What is minimised.
    """

    def __init__(self, crew: Crew, aim: Aim) -> None:
        self.crew, self.aim, self.limits, self.network = crew, aim, crew.limits, crew.task.network
        self.opening: Opening = added(crew.all("opening"))
        crew.all("begin", self.opening)
        network, none = self.network, np.zeros(0, dtype=np.int64)
        self._frame = network_of(network, Part(none, none, none))
        rate = np.ones(len(network.group_supplier))
        rate[network.line_group] = network.line_rate
        opening = self.opening
        self.terms = OrderTerms(
            network, rate, opening.most_goods, opening.most_load, np.asarray(opening.weightless > 0.0)
        )
        fees = np.array([lane.fixed_cost for lane in network.lanes], dtype=float).reshape(-1, 1)
        self.lane_fees = np.repeat(aim.worth * fees, network.periods, axis=1)

    def at(self, prices: Prices) -> Value:
        """Solve every cell at the prices, fees shared among those who may be on an order; see `Block.step`."""
        prices, bounds = self._ready(prices)
        limits = limit_prices(self._frame, self.limits, prices.limits)
        rates = bounds.low, bounds.high
        value = order_values(self.terms, limits, rates, prices.subsidy, prices.load, self.aim.worth)
        closed = ~np.isfinite(value)
        borne = Borne(np.where(closed, np.inf, np.maximum(value, 0.0)), self.lane_fees, shared=True)
        use = self._solve(prices, borne)
        orders = np.minimum(np.where(closed, 0.0, value) - use.orders_borne, 0.0)[~closed]
        trips = np.minimum(self.lane_fees - use.trips_borne, 0.0)
        bound = use.value + limits.constant + float(orders.sum()) + float(trips.sum())
        return Value(prices, bound, use)

    def under(self, prices: Prices, fees: Array) -> None:
        """Solve every cell where each line bears the whole of its purchase order's fee, (G, T), infinite for none."""
        prices, _ = self._ready(prices)
        self._solve(prices, Borne(fees, self.lane_fees, shared=False))

    def _ready(self, prices: Prices) -> tuple[Prices, Bounds]:
        """Let the blocks take prices of limits and containers; the prices as they may be, and what the blocks say."""
        load = self.terms.room_prices(prices.load)
        bounds = Bounds.over(self.crew.all("ready", prices.limits, load))
        return Prices(prices.limits, self.terms.subsidies(prices.subsidy, bounds.most), load), bounds

    def _solve(self, prices: Prices, borne: Borne) -> Use:
        use: Use = added(self.crew.all("solve", prices.subsidy, borne))
        return replace(use, limits=use.limits + fees_used(self.network, self.limits, use))
