"""Price breaks that pay: a larger order now instead of the same units later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.lots import goods_of, most_of_lines, rounded_up
from procure.insight.baselines.worth import cost_of_early

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def with_breaks(desk: Desk, lines: Indices, quantity: Array) -> Array:
    """Raise quantities to the next price break where that saves more than the units cost to hold."""
    network, raised = desk.network, quantity.copy()
    most = most_of_lines(desk, lines)
    for k in np.flatnonzero(quantity > 0.0):
        tariff = network.tariffs[network.line_offer[lines[k]]]
        later = [s for s in tariff.starts if s > quantity[k]]
        if not later:
            continue
        at = lines[k : k + 1]
        target = rounded_up(np.array([later[0]]), network.fees.lots.multiple[at])
        if target[0] > most[k]:
            continue
        extra = target - quantity[k]
        here, there = goods_of(desk, at, quantity[k : k + 1]), goods_of(desk, at, target)
        saved = (here * (1.0 + extra / quantity[k]) - there) * network.line_rate[at]
        if saved[0] > cost_of_early(desk, at, quantity[k : k + 1], extra)[0]:
            raised[k] = target[0]
    return raised
