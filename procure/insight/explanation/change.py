"""Changes of a decision, and what they do to supply, purchase orders and money. T periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Place = tuple[int, int]
"""A line or move, and the period of its order or shipment."""

PARTS = ("price", "freight", "ordering", "transport", "waiting", "holding")
"""Parts of a difference: goods after breaks and discounts; freight per unit; fixed costs of orders, lines and
containers; transfers; backorders, the safety stock's penalty and units owed at the end; stock kept, less what the stock
left at the end is worth."""


@dataclass(frozen=True, eq=False)
class Change:
    """Other quantities for some order lines and shipments.

    Attributes
    ----------
    orders, shipments
        The new quantity, by line or move and period [units].
    """

    orders: Mapping[Place, float] = field(default_factory=dict)
    shipments: Mapping[Place, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Difference:
    """What a change does to the expected cost of a plan.

    Attributes
    ----------
    parts
        By name as in `PARTS` [plan currency]; above 0 it costs more.
    backorders
        Change of the expected backorders, or of the units lost [unit-periods, units].
    """

    parts: dict[str, float]
    backorders: float

    @property
    def total(self) -> float:
        """Sum of the parts [plan currency]."""
        return float(sum(self.parts.values()))
