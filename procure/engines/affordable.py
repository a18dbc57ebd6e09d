"""How much of an item any plan can afford to hold: a bound on orders where no argument about levels holds.

Where a cell with random supply takes part in transfers, a unit ordered can't be followed draw by draw. But a plan
that is no dearer than a known one can't end with more stock than its holding cost allows (FORMULATION.md, "Useful
levels").
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.uncertainty.law import Law

Array = NDArray[np.float64]


def affordable_units(network: Network, law: Law, group: NDArray[np.int64], most_cost: float) -> Array:
    """Most units, delivered in time, that the plan can order into the group of each cell, shape (C,).

    Parameters
    ----------
    group
        Number of the group of cells, linked by lanes, that each cell is in, shape (C,).
    most_cost
        A total cost that the best plan does not exceed; inf if none is known.
    """
    item = network.cell_item
    wanted = law.expected[:, -1] - law.deliveries.opening[:, -1]
    left = np.zeros(len(network.items))
    np.add.at(left, item, -wanted)
    money = most_cost + float(network.credit @ np.maximum(left, 0.0))
    short = np.zeros(network.n_cells)
    np.add.at(short, group, wanted)
    with np.errstate(divide="ignore", invalid="ignore"):
        held = np.where(network.holding > 0.0, money / network.holding, np.inf)
    units: Array = np.maximum(short[group] + held[item], 0.0)
    return units
