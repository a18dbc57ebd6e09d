"""What an order saves and what it costs to come early, in a buyer's approximation: normal demand."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from procure.insight.baselines.desk import Desk

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def unit_loss(safety: Array) -> Array:
    """Expected units short per unit of spread, G(k) of Silver, Pyke and Thomas (2017), section 6.7."""
    density = np.exp(-0.5 * safety * safety) / np.sqrt(2.0 * np.pi)
    value: Array = density - safety * special.ndtr(-safety)
    return value


def expected_short(net: Array, variance: Array) -> Array:
    """Units short at the end of a period whose expected stock less backorders is `net` [units]."""
    spread = np.sqrt(np.maximum(variance, 0.0))
    random = spread * unit_loss(net / np.where(spread > 0.0, spread, 1.0))
    value: Array = np.where(spread > 1e-9, random, np.maximum(-net, 0.0))
    return value


def saved_by(desk: Desk, lines: Indices, quantity: Array) -> Array:
    """Cost of shortages that each order avoids before the next occasion to order, shape (lines,) [plan currency]."""
    network, outlook = desk.network, desk.outlook
    cell = network.line_cell[lines]
    arrival = desk.period + network.line_lead[lines]
    until = np.maximum(outlook.next_order[lines, desk.period] + network.line_lead[lines], arrival + 1)
    received = quantity * network.line_fraction[lines]
    total, lost = np.zeros(len(lines)), network.lost[cell]
    for step in range(int((until - arrival).max(initial=0))):
        period = np.minimum(arrival + step, outlook.span - 1)
        ends = np.zeros(network.n_cells, dtype=np.int64)
        ends[cell] = period
        variance = (desk.window_variance(ends) + desk.norms.risk)[cell]
        net = desk.net[cell, period]
        less = expected_short(net, variance) - expected_short(net + received, variance)
        counts = np.where(lost, arrival + step == until - 1, arrival + step < until)
        total += np.where(counts, network.unmet_cost[cell] * less, 0.0)
    return total


def cost_of_early(desk: Desk, lines: Indices, quantity: Array, extra: Array) -> Array:
    """Holding cost of `extra` units bought on top of `quantity` until they are needed, shape (lines,)."""
    network = desk.network
    cell = network.line_cell[lines]
    rate = np.maximum(desk.norms.rate[cell], 1e-9)
    arrival = np.minimum(desk.period + network.line_lead[lines], desk.outlook.span - 1)
    until = np.maximum(desk.net[cell, arrival] + quantity, 0.0) / rate + extra / (2.0 * rate)
    waits: Array = network.holding[network.cell_item[cell]] * extra * np.minimum(until, 4.0 * network.periods)
    return waits
