"""Which cells, lines and moves can matter at all, and between which bounds their supply stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.useful import Levels, container_steps, has_order_rule, steps_down, steps_up, threshold
from procure.plan.network import Network
from procure.solution.check import cover_caps
from procure.solution.limits import Limit, Limits

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reach:
    """What is left of the network for the model.

    Attributes
    ----------
    most_lots
        Most steps (units if the multiple is 0) of each line and period that can be useful, shape (L, T).
    most_parcels
        Most steps of each move and period, shape (M, T).
    cells
        Cells whose supply some order or transfer can change.
    lowest
        Lower bound of supply, shape (C, T) [units].
    cover, supply_cap
        Most supply after a receipt and an upper bound that always holds, shape (C, T) [units]; inf: none.
    """

    most_lots: Array
    most_parcels: Array
    cells: NDArray[np.int64]
    lowest: Array
    cover: Array
    supply_cap: Array


def reach_of(network: Network, levels: Levels, limits: Limits) -> Reach:
    """Work out the bounds of everything; `limits` are those that must be kept (none with slack)."""
    moves = _live_moves(network)
    ships = np.zeros(network.n_cells, dtype=bool)
    ships[network.move_from[moves]] = True
    lowest = np.where(ships[:, None], np.minimum(network.opening, 0.0), network.opening)
    cover = np.full_like(lowest, np.inf)
    for cell, cap in cover_caps(network).items():
        cover[cell] = cap
    supply_cap = _supply_cap(network, cover)
    useful = _useful_supply(network, levels, lowest, moves)
    most_lots = np.zeros((network.n_lines, network.periods))
    for line in range(network.n_lines):
        for period in np.flatnonzero(network.line_allowed[line]):
            most_lots[line, period] = _most(
                network, limits, useful, lowest, cover, ships, line, int(period)
            )
    most_parcels = _most_parcels(network, moves, useful, lowest, most_lots)
    touched = np.zeros(network.n_cells, dtype=bool)
    touched[network.line_cell[most_lots.any(axis=1)]] = True
    carried = most_parcels.any(axis=1)
    touched[network.move_from[carried]] = True
    touched[network.move_to[carried]] = True
    return Reach(most_lots, most_parcels, np.flatnonzero(touched), lowest, cover, supply_cap)


def _live_moves(network: Network) -> NDArray[np.int64]:
    """Moves whose origin can ever have stock to ship."""
    stocked = (network.opening > 0.0).any(axis=1)
    stocked[network.line_cell[network.line_allowed.any(axis=1)]] = True
    allowed = network.move_allowed.any(axis=1)
    before = -1
    while stocked.sum() != before:
        before = stocked.sum()
        stocked[network.move_to[allowed & stocked[network.move_from]]] = True
    return np.flatnonzero(allowed & stocked[network.move_from])


def _supply_cap(network: Network, cover: Array) -> Array:
    """Supply of a covered cell rises above its cap only through what is on order already."""
    above = np.maximum.accumulate(cover - network.opening, axis=1)
    return np.maximum(network.opening, above + network.opening)


def _useful_supply(
    network: Network, levels: Levels, lowest: Array, moves: NDArray[np.int64]
) -> Array:
    """Units that can still be useful in a cell that order a receives, shape (C, T) [units].

    A cell that ships out may be supplied for every cell that it reaches: twice their sum, since stock on its way to them
    is counted nowhere (FORMULATION.md, "Useful levels").
    """
    own = np.maximum(levels.onward - lowest, 0.0)
    useful = own.copy()
    if len(moves):
        most = np.maximum(levels.onward[:, :1] - np.minimum(lowest, 0.0), 0.0).max(axis=1)
        group = _components(network, moves)
        for cell in set(network.move_from[moves].tolist()):
            useful[cell] = 2.0 * most[group == group[cell]].sum()
    return useful


def _components(network: Network, moves: NDArray[np.int64]) -> NDArray[np.int64]:
    group = np.arange(network.n_cells)
    changed = True
    while changed:
        changed = False
        for origin, target in zip(network.move_from[moves], network.move_to[moves], strict=True):
            least = min(group[origin], group[target])
            if group[origin] != least or group[target] != least:
                group[origin] = group[target] = least
                changed = True
    return group


def _most(
    network: Network,
    limits: Limits,
    useful: Array,
    lowest: Array,
    cover: Array,
    ships: NDArray[np.bool_],
    line: int,
    period: int,
) -> float:
    """Most steps of a line in a period: what can still pay, within every limit that it meets alone."""
    cell, arrival = network.line_cell[line], period + network.line_lead[line]
    offer, supplier = network.offers[network.line_offer[line]], network.supplier_of_line(line)
    fraction = network.line_fraction[line]
    rule = has_order_rule(supplier)
    need = useful[cell, arrival] / fraction if fraction > 0.0 else 0.0
    if need <= 0.0 and not rule:
        return 0.0
    tariff = network.tariffs[network.line_offer[line]]
    wanted = max(need, offer.minimum_order_quantity, tariff.starts[-1])
    if rule:
        wanted = max(wanted, threshold(supplier, tariff))
        amount = network.usage(supplier.container.resource)[network.cell_item[cell]] if supplier.container else 0.0
        wanted += container_steps(supplier, float(amount), offer.order_multiple)
    if ships[cell]:
        wanted += max((lane.order_multiple for lane in network.lanes), default=0.0)
    most = steps_up(wanted, offer.order_multiple)
    caps = [offer.maximum_order_quantity or np.inf]
    if fraction > 0.0:
        caps.append((cover[cell, arrival] - lowest[cell, arrival]) / fraction)
    caps += [_alone(network, limit, ships, lowest, line, period) for limit in limits]
    if supplier.maximum_order_value is not None and tariff.cheapest > 0.0:
        caps.append(supplier.maximum_order_value / tariff.cheapest)
    if min(caps) < np.inf:
        most = min(most, steps_down(max(min(caps), 0.0), offer.order_multiple))
    return most if most >= steps_up(offer.minimum_order_quantity, offer.order_multiple) else 0.0


def _alone(
    network: Network, limit: Limit, ships: NDArray[np.bool_], lowest: Array, line: int, period: int
) -> float:
    """Largest quantity of a line that the limit allows if nothing else uses it."""
    offer = network.line_offer[line]
    cell = network.line_cell[line]
    arrival = period + network.line_lead[line]
    item = network.cell_item[cell]
    if limit.kind == "offer_capacity" and limit.place == offer:
        return float(limit.allowed[period])
    if limit.kind == "supplier_capacity" and limit.place == network.group_supplier[network.line_group[line]]:
        value = limit.resource == "value"
        per_unit = network.tariffs[offer].cheapest if value else network.usage(limit.resource)[item]
        return float(limit.allowed[period] / per_unit) if per_unit > 0.0 else np.inf
    if limit.kind == "storage" and limit.place == network.cell_warehouse[cell] and not ships[cell]:
        return _fits(network, float(network.usage(limit.resource)[item]), limit, lowest, line, arrival)
    if limit.kind == "inventory_value" and not ships[cell]:
        return _fits(network, float(network.replacement[item]), limit, lowest, line, arrival)
    return np.inf


def _fits(network: Network, per_unit: float, limit: Limit, lowest: Array, line: int, arrival: int) -> float:
    """Peak stock is at least supply less the demand expected before."""
    cell, fraction = network.line_cell[line], network.line_fraction[line]
    if per_unit <= 0.0 or fraction <= 0.0:
        return np.inf
    before = float(network.mean[cell, :arrival].sum())
    return float((limit.allowed[arrival] / per_unit + before - lowest[cell, arrival]) / fraction)


def _most_parcels(
    network: Network, moves: NDArray[np.int64], useful: Array, lowest: Array, most_lots: Array
) -> Array:
    """Most steps of a move: all that can ever be where it starts."""
    most = np.zeros((network.n_moves, network.periods))
    if not len(moves):
        return most
    group = _components(network, moves)
    for move in moves:
        origin = network.move_from[move]
        together = group == group[origin]
        there = np.maximum(network.opening[together, -1], 0.0).sum() + useful[origin].max()
        lines = together[network.line_cell]
        if lines.any():
            steps = np.array([network.offers[o].order_multiple or 1.0 for o in network.line_offer[lines]])
            there = max(there, float((most_lots[lines].max(axis=1) * steps).max()))
        step = network.lanes[network.move_lane[move]].order_multiple
        most[move] = np.where(network.move_allowed[move], steps_down(float(there), step), 0.0)
    return most
