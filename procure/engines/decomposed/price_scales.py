"""How large the price of each limit can sensibly be: the unit in which an ascent moves it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.limits import Limit, Limits

Array = NDArray[np.float64]


def price_scales(network: Network, limits: Limits, worth: float) -> Array:
    """A sensible price of each limit, shape (limits, 1) [objective per unit of the limit].

    Parameters
    ----------
    worth
        What money counts in the objective.
    """
    scales = [max(_scale(network, limit, worth), 1e-6) for limit in limits]
    return np.array(scales).reshape(-1, 1)


def _scale(network: Network, limit: Limit, money: float) -> float:
    item = network.cell_item
    # what a unit in stock costs or saves in a period, and what a unit is worth, by cell
    stocked = network.holding[item] + 0.1 * network.unmet_cost
    worth = 0.1 * network.replacement[item]
    if money == 0.0:
        stocked = worth = network.priority[item]
    if limit.kind == "backorders":
        return float(np.median((network.holding[item] + network.unmet_cost) / np.maximum(network.priority[item], 1e-9)))
    if limit.kind in ("storage", "inventory_value"):
        per_unit = network.replacement if limit.kind == "inventory_value" else network.usage(limit.resource)
        return _median(stocked, per_unit[item], 1.0)
    if limit.kind in ("supplier_capacity", "offer_capacity", "lane_capacity") and limit.resource != "value":
        per_unit = np.ones(len(network.items)) if limit.kind == "offer_capacity" else network.usage(limit.resource)
        return _median(worth, per_unit[item], 1.0)
    return 0.1 if money else _median(worth, network.replacement[item], 0.1)


def _median(amount: Array, per_unit: Array, otherwise: float) -> float:
    used = per_unit > 0.0
    return float(np.median(amount[used] / per_unit[used])) if used.any() else otherwise
