"""What is decided: how much to order and to ship, when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Decision:
    """What is decided.

    Attributes
    ----------
    orders
        Quantity ordered by line and order period, shape (L, T) [units].
    shipments
        Quantity shipped by move and ship period, shape (M, T) [units].
    """

    orders: Array
    shipments: Array

    @staticmethod
    def nothing(network: Network) -> Decision:
        """Order and ship nothing."""
        periods = network.periods
        return Decision(np.zeros((network.n_lines, periods)), np.zeros((network.n_moves, periods)))
