"""What a run of prices minimises: expected cost, or weighted backorders.

Both are a sum over cells of the cost of stock plus money for orders and transfers; under the second money counts for
nothing, and a unit-period short counts its priority. C cells, T periods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.backorders import gross_backorders
from procure.engines.decomposed.plan_uses import own_costs
from procure.engines.interface import Task
from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure.solution.limits import Limit

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Aim:
    """An objective.

    Attributes
    ----------
    name
        `cost` or `backorders`, as progress names it.
    worth
        What a unit of money paid counts: 1, or 0.
    supply, short, missing
        What a unit of supply, a unit short of demand and a unit short of the safety target costs, shape (C, T). Where
        unmet demand is lost, `short` is that of a unit lost so far.
    value, gross
        Objective of a ledger, and what a relative gap refers to.
    own
        Objective of each component by itself, without purchase orders and trips, shape (components,).
    """

    name: str
    worth: float
    supply: Array
    short: Array
    missing: Array
    value: Callable[[Ledger], float]
    gross: Callable[[Ledger], float]
    own: Callable[[Task, Ledger, Indices], Array]


def least_cost(task: Task) -> Aim:
    """Total expected cost."""
    network, target = task.network, task.laws.target
    item, periods = network.cell_item, network.periods
    supply = np.repeat(network.holding[item][:, None], periods, axis=1)
    each = np.repeat(network.unmet_cost[:, None], periods, axis=1)
    each[network.lost, :-1] = 0.0
    short = supply + each
    supply[:, -1] -= network.credit[item]
    short[:, -1] += network.owed - network.credit[item]
    missing = np.where(target > 0.0, network.backorder_cost[item][:, None], 0.0)
    return Aim(
        "cost", 1.0, supply, short, missing, lambda ledger: ledger.total, lambda ledger: ledger.gross, own_costs
    )


def least_backorders(task: Task) -> Aim:
    """Weighted backorders; orders and transfers are free, but keep every rule and limit."""
    none = np.zeros((task.network.n_cells, task.network.periods))

    def own(_task: Task, ledger: Ledger, component: Indices) -> Array:
        network = ledger.network
        weighted = network.priority[network.cell_item] * ledger.stocks.backorders.sum(axis=1)
        found: Array = np.bincount(component, weights=weighted).astype(float)
        return found

    return Aim(
        "backorders",
        0.0,
        none,
        backorder_weights(task.network),
        none,
        lambda ledger: ledger.weighted_backorders,
        gross_backorders,
        own,
    )


def backorder_weights(network: Network) -> Array:
    """Weight of backorders, or of units lost so far, in the objective `backorders`, shape (C, T)."""
    weights = np.repeat(network.priority[network.cell_item][:, None], network.periods, axis=1)
    weights[network.lost, :-1] = 0.0
    return weights


def as_limit(network: Network, most: float) -> Limit:
    """Weighted backorders as a limit that is used in the last period only."""
    return Limit("backorders", None, "backorders", np.full(network.periods, most))


AIMS = {"cost": least_cost, "backorders": least_backorders}
"""Aims by name."""
