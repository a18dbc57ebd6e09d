"""Lost sales: on drawn paths of demand, what supply does not meet is gone.

With cumulative demand D and cumulative supply X the units lost by the end of t are the largest shortfall so far,

    C_t = max over s <= t of (D_s - X_s)^+,

the reflection of the netput at zero (Zipkin, Foundations of Inventory Management, 2000, section 6.7; the map is
Skorokhod's). As a maximum of linear functions C_t is convex in the supply of all periods together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.uncertainty.deliveries import PURPOSE
from procure.uncertainty.draws import Source, demand_draws

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def lost_paths(network: Network) -> dict[int, Array]:
    """Draw D_t of every cell whose unmet demand is lost, shape (T, K) [units].

    Periods are independent. The draws of each period are scaled to its mean, so that the expected demand is exact.
    """
    policy = network.plan.policy
    source = Source(PURPOSE, policy.seed, policy.scenarios, stratified=True)
    found = {}
    for cell in np.flatnonzero(network.lost):
        drawn = demand_draws(network, source, int(cell))
        for t, mean in enumerate(network.mean[cell]):
            drawn[t] = _with_mean(drawn[t], float(mean))
        found[int(cell)] = np.cumsum(drawn, axis=0)
    return found


def _with_mean(drawn: Array, mean: float) -> Array:
    """Scale draws to their mean; a demand too rare to be drawn comes in one draw."""
    total = float(drawn.mean())
    if total > 0.0:
        return drawn * (mean / total)
    once = np.zeros_like(drawn)
    once[0] = mean * len(drawn)
    return once


def units_lost(demand: Array, supply: Array) -> Array:
    """Units lost so far, C_t of each path, shape (T, K).

    Parameters
    ----------
    demand, supply
        Cumulative demand and supply, shape (T, K) [units].
    """
    lost: Array = np.maximum.accumulate(np.maximum(demand - supply, 0.0), axis=0)
    return lost


def stocks_where_lost(demand: Array, supply: Array) -> tuple[Array, Array, Array]:
    """Units lost in each period, stock on hand and peak stock of each path, shape (T, K) each [units].

    Parameters
    ----------
    demand, supply
        Cumulative demand and supply, shape (T, K) [units].
    """
    so_far = units_lost(demand, supply)
    gone = np.concatenate([np.zeros_like(so_far[:1]), so_far[:-1]])
    before = np.concatenate([np.zeros_like(demand[:1]), demand[:-1]])
    return so_far - gone, np.maximum(supply - demand + so_far, 0.0), np.maximum(supply - before + gone, 0.0)


def deepest(demand: Array, supply: Array) -> Indices:
    """The period whose shortfall makes C_t, of each path, shape (T, K); -1 where nothing is lost yet."""
    short = demand - supply
    found = np.full(short.shape, -1, dtype=np.int64)
    most = np.zeros(short.shape[1])
    period = np.full(short.shape[1], -1, dtype=np.int64)
    for t, now in enumerate(short):
        deeper = now > most
        most = np.where(deeper, now, most)
        period = np.where(deeper, t, period)
        found[t] = period
    return found
