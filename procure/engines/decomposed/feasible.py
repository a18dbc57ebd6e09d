"""From what a pass wants to a decision: shipments that are there, quantities that may be ordered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.passes import Pass, Passes, Solved
from procure.plan.network import Network
from procure.solution.decision import Decision

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def decision_from(passes: Passes, found: Pass) -> Decision:
    """Turn the steps of a pass into units.

    What the targets of lanes want, their origins must send: these are solved again with it. Where levels are coarse,
    orders are the nearest quantities that offers allow.
    """
    network = passes.network
    units = _units(passes, found.solved)
    if network.n_moves:
        shipped = units[network.n_lines :]
        units[: network.n_lines] = _origins_again(passes, found, shipped)[: network.n_lines]
    orders = units[: network.n_lines]
    coarse = passes.programs.cells.coarse[network.line_cell]
    if coarse.any():
        orders[coarse] = allowed_quantities(passes, np.flatnonzero(coarse), orders[coarse])
    shipments = units[network.n_lines :]
    if network.n_moves:
        shipments = trimmed(passes, orders, shipments)
    return Decision(orders, shipments)


def _units(passes: Passes, solved: Solved) -> Array:
    """Units ordered by line and then by move, shape (L + M, T)."""
    network, programs = passes.network, passes.programs
    units = np.zeros((network.n_lines + network.n_moves, network.periods))
    units[programs.source] = solved.steps * programs.ways.unit[:, None]
    return units


def _origins_again(passes: Passes, found: Pass, shipped: Array) -> Array:
    """Orders when every origin has to send what is wanted of it, shape (L + M, T) [units]."""
    network, programs = passes.network, passes.programs
    origins = np.unique(network.move_from)
    outs = programs.outs
    forced = np.round(shipped[programs.out_move] / outs.unit[:, None]).astype(np.int64)
    assert found.costs is not None
    again = passes.solve(found.costs._replace(forced=forced), origins)
    units = _units(passes, found.solved)
    fresh = _units(passes, again)
    mine = np.isin(network.line_cell, origins)
    units[: network.n_lines][mine] = fresh[: network.n_lines][mine]
    return units


def trimmed(passes: Passes, orders: Array, shipments: Array) -> Array:
    """Shipments cut down to what is expected to be there, period by period, shape (M, T) [units]."""
    network = passes.network
    if not shipments.any():
        return shipments
    shipments = np.where(network.move_allowed, shipments, 0.0)
    supply = _supply_without_moves(passes, orders)
    before = network.demand_before()
    multiple = np.array([lane.order_multiple for lane in network.lanes], dtype=float)[network.move_lane]
    for t in range(network.periods):
        wanted = np.zeros(network.n_cells)
        np.add.at(wanted, network.move_from, shipments[:, t])
        for cell in np.flatnonzero(wanted):
            left = supply[cell, t] - before[cell, t]
            if wanted[cell] > left + 1e-9 * max(1.0, abs(supply[cell, t])):
                leaving = np.flatnonzero((network.move_from == cell) & (shipments[:, t] > 0.0))
                _cut(shipments, leaving, t, left, multiple)
        _ship(network, supply, shipments[:, t], t)
    return shipments


def _supply_without_moves(passes: Passes, orders: Array) -> Array:
    network = passes.network
    supply: Array = passes.task.laws.planned.deliveries.opening.copy()
    lines, periods = np.nonzero(orders)
    for line, t in zip(lines, periods, strict=True):
        supply[network.line_cell[line], t + network.line_lead[line] :] += orders[line, t] * network.line_fraction[line]
    return supply


def _cut(shipments: Array, moves: Indices, period: int, left: float, multiple: Array) -> None:
    """Leave the moves of one origin and period no more than is there, in proportion."""
    wanted = shipments[moves, period]
    share = max(left, 0.0) / wanted.sum()
    for move, units in zip(moves, wanted * share, strict=True):
        step = multiple[move]
        shipments[move, period] = np.floor(units / step + 1e-9) * step if step > 0.0 else units


def _ship(network: Network, supply: Array, shipped: Array, period: int) -> None:
    for move in np.flatnonzero(shipped):
        supply[network.move_from[move], period:] -= shipped[move]
        supply[network.move_to[move], period + network.move_lead[move] :] += shipped[move]


def allowed_quantities(passes: Passes, lines: Indices, wanted: Array) -> Array:
    """Nearest quantity above 0 that each line allows, 0 where none is wanted, shape as `wanted` [units]."""
    lots = passes.network.fees.lots
    least, most, multiple = (a[lines][:, None] for a in (lots.least, lots.most, lots.multiple))
    step = np.where(multiple > 0.0, multiple, 1.0)
    fewest = np.where(multiple > 0.0, np.ceil(np.maximum(least, step) / step - 1e-9) * step, least)
    highest = np.where(multiple > 0.0, np.floor(most / step + 1e-9) * step, most)
    near = np.where(multiple > 0.0, np.round(wanted / step) * step, wanted)
    held = np.minimum(np.maximum(near, fewest), highest)
    return np.where((wanted > 0.0) & (held > 0.0) & (fewest <= highest), held, 0.0)
