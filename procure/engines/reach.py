"""Which cells, lines and moves can matter at all, and between which bounds their supply stays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from procure.engines.affordable import affordable_units
from procure.engines.line_terms import LineTerms, least_opening
from procure.engines.useful import (
    Levels,
    container_steps,
    has_order_rule,
    rational,
    steps_down,
    steps_up,
    threshold,
)
from procure.plan.network import Network
from procure.solution.check import cover_caps
from procure.solution.limits import Limit, Limits
from procure.uncertainty.law import Law

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


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
    proven
        Whether no better plan lies beyond `most_lots`; if not, no bound may be told.
    """

    most_lots: Array
    most_parcels: Array
    cells: NDArray[np.int64]
    lowest: Array
    cover: Array
    supply_cap: Array
    proven: bool


def reach_of(network: Network, law: Law, levels: Levels, limits: Limits, most_cost: float) -> Reach:
    """Work out the bounds of everything.

    Parameters
    ----------
    law
        Law that the plan is made under.
    levels
        Supply from which more is of no use.
    limits
        Limits that must be kept (none with slack).
    most_cost
        A total cost that the best plan does not exceed; inf if none is known.
    """
    opening = law.deliveries.opening
    terms = LineTerms.of(network, law)
    moves = _live_moves(network, opening)
    ships = np.zeros(network.n_cells, dtype=np.bool_)
    ships[network.move_from[moves]] = True
    lowest = np.where(ships[:, None], np.minimum(opening, 0.0), opening)
    cover = np.full_like(lowest, np.inf)
    for cell, cap in cover_caps(network).items():
        cover[cell] = cap
    useful = _useful_supply(network, law, levels, lowest, ships, moves, most_cost)
    most_lots = np.zeros((network.n_lines, network.periods))
    for line in range(network.n_lines):
        for period in np.flatnonzero(network.line_allowed[line]):
            most_lots[line, period] = _most(network, limits, useful, terms, lowest, cover, ships, line, int(period))
    most_parcels = _most_parcels(network, limits, moves, most_lots, opening, terms)
    supply_cap = _supply_cap(network, law, cover, most_lots, most_parcels)
    touched = np.zeros(network.n_cells, dtype=bool)
    touched[network.line_cell[most_lots.any(axis=1)]] = True
    carried = most_parcels.any(axis=1)
    touched[network.move_from[carried]] = True
    touched[network.move_to[carried]] = True
    return Reach(most_lots, most_parcels, np.flatnonzero(touched), lowest, cover, supply_cap, useful.proven)


def _live_moves(network: Network, opening: Array) -> NDArray[np.int64]:
    """Moves whose origin can ever have stock to ship."""
    stocked: Mask = np.asarray((opening > 0.0).any(axis=1))
    stocked[network.line_cell[network.line_allowed.any(axis=1)]] = True
    allowed = network.move_allowed.any(axis=1)
    before = -1
    while int(stocked.sum()) != before:
        before = int(stocked.sum())
        stocked[network.move_to[allowed & stocked[network.move_from]]] = True
    return np.flatnonzero(allowed & stocked[network.move_from])


def _supply_cap(network: Network, law: Law, cover: Array, most_lots: Array, most_parcels: Array) -> Array:
    """Supply of a covered cell rises above its cap only through what is on order already.

    Where orders may come late, what was ordered before a receipt can add to it later: there the cap is all that can
    come at most.
    """
    opening = law.deliveries.opening
    above = np.maximum.accumulate(cover - opening, axis=1)
    cap = np.maximum(opening, above + opening)
    steps = np.array([o.order_multiple or 1.0 for o in network.offers])
    lanes = np.array([lane.order_multiple or 1.0 for lane in network.lanes])
    for cell in set(law.deliveries.cells) & set(cover_caps(network)):
        lines, moves = network.line_cell == cell, network.move_to == cell
        units = most_lots[lines].sum(axis=1) * steps[network.line_offer[lines]] * network.line_fraction[lines]
        moved = most_parcels[moves].sum(axis=1) * lanes[network.move_lane[moves]] if moves.any() else np.zeros(1)
        cap[cell] = opening[cell, -1] + float(units.sum()) + float(moved.sum())
    return cap


@dataclass(frozen=True, eq=False)
class _Useful:
    """Units that can still be useful in a cell.

    Attributes
    ----------
    own
        What a cell that ships nothing out can use itself of a receipt, shape (C, T) [units].
    onward
        By cell that ships out: what it and the cells that lanes reach from it can use [units].
    common
        By cell that ships out: a quantity of which every lane multiple on the way is a divisor; 0 if none asks.
    affordable
        By cell that ships out where supply is random on the way: units that a plan can afford.
    proven
        Whether all of this is proven; not where nothing limits what a plan can afford.
    """

    own: Array
    onward: dict[int, float]
    common: dict[int, Fraction]
    affordable: dict[int, float]
    proven: bool


def _useful_supply(
    network: Network,
    law: Law,
    levels: Levels,
    lowest: Array,
    ships: Mask,
    moves: NDArray[np.int64],
    most_cost: float,
) -> _Useful:
    """Work out what can be useful where; the proof is in FORMULATION.md, "Useful levels"."""
    own = np.maximum(levels.onward - least_opening(law, lowest, ships), 0.0)
    onward, common_of = {}, {}
    wanted = levels.onward[:, 0].copy()
    wanted[ships] = np.maximum(wanted[ships], network.demand_before()[ships].max(axis=1))
    wanted = np.maximum(wanted - np.minimum(lowest.min(axis=1), 0.0), 0.0)
    receives = np.zeros(network.n_cells, dtype=np.bool_)
    receives[network.move_to[moves]] = True
    crossed = np.where(receives & ships, network.periods, 1)
    for cell in np.flatnonzero(ships):
        reached = _reached(network, moves, int(cell))
        inside = [k for k in moves if network.move_from[k] in reached]
        common = _common([network.lanes[network.move_lane[k]].order_multiple for k in inside])
        rounding, cells = float(common), sorted(reached)
        common_of[int(cell)] = common
        onward[int(cell)] = (
            float((crossed[cells] * (wanted[cells] + rounding)).sum()) + rounding * len(inside) * network.periods
        )
    units = affordable_units(network, law, _components(network, moves), most_cost)
    mixed = [c for c in onward if _reached(network, moves, c) & set(law.deliveries.cells)]
    affordable = {c: float(units[c]) for c in mixed if np.isfinite(units[c])}
    return _Useful(own, onward, common_of, affordable, len(affordable) == len(mixed))


def _reached(network: Network, moves: NDArray[np.int64], cell: int) -> set[int]:
    """The cell and all that lanes reach from it."""
    reached, before = {cell}, 0
    while len(reached) != before:
        before = len(reached)
        reached |= {int(network.move_to[k]) for k in moves if network.move_from[k] in reached}
    return reached


def _common(multiples: list[float]) -> Fraction:
    """Least common multiple of those above 0; 0 if there is none."""
    found = Fraction(0)
    for multiple in (rational(m) for m in multiples if m > 0.0):
        if not found:
            found = multiple
        else:
            top = math.lcm(found.numerator * multiple.denominator, multiple.numerator * found.denominator)
            found = Fraction(top, found.denominator * multiple.denominator)
    return found


def chunk(step: float, fraction: float, common: Fraction) -> float:
    """Fewest units, in whole steps ordered, whose delivery is a multiple of `common` [units ordered]."""
    if fraction <= 0.0 or not common:
        return step
    if step <= 0.0:
        return float(common) / fraction
    return (rational(step) * rational(fraction) / common).denominator * step


def _need(
    useful: _Useful, terms: LineTerms, cell: int, line: int, period: int, piece: float, *, ships_out: bool
) -> float:
    """Units ordered beyond which `piece` can be taken off for the sake of supply alone."""
    least, in_time = float(terms.least[line, period]), float(terms.in_time[line, period])
    if least <= 0.0 or in_time <= 0.0:
        return 0.0
    if not ships_out:
        return float(useful.own[cell, terms.first[line, period]]) / least
    if cell in useful.affordable:
        return useful.affordable[cell] / in_time
    return useful.onward[cell] / least + piece


def _most(
    network: Network,
    limits: Limits,
    useful: _Useful,
    terms: LineTerms,
    lowest: Array,
    cover: Array,
    ships: Mask,
    line: int,
    period: int,
) -> float:
    """Most steps of a line in a period: what can still pay, within every limit that it meets alone."""
    cell, arrival = network.line_cell[line], period + network.line_lead[line]
    offer, supplier = network.offers[network.line_offer[line]], network.supplier_of_line(line)
    fraction = network.line_fraction[line]
    rule = has_order_rule(supplier)
    piece = offer.order_multiple
    if ships[cell]:
        piece = chunk(offer.order_multiple, float(fraction), useful.common[int(cell)])
    need = _need(useful, terms, int(cell), line, period, piece, ships_out=bool(ships[cell]))
    if need <= 0.0 and not rule:
        return 0.0
    tariff = network.tariffs[network.line_offer[line]]
    wanted = max(offer.minimum_order_quantity, tariff.starts[-1], threshold(supplier, tariff) if rule else 0.0)
    wanted = max(need, wanted + piece if ships[cell] else wanted)
    if rule and supplier.container is not None:
        amount = network.usage(supplier.container.resource)[network.cell_item[cell]]
        wanted += container_steps(supplier, float(amount), piece)
    most = steps_up(wanted, offer.order_multiple)
    caps = [offer.maximum_order_quantity or np.inf]
    timely = float(terms.timely[line, period])
    if timely > 0.0:
        caps.append((cover[cell, arrival] - lowest[cell, arrival]) / timely)
    caps += [_alone(network, limit, ships, lowest, timely, line, period) for limit in limits]
    if supplier.maximum_order_value is not None and tariff.cheapest > 0.0:
        caps.append(supplier.maximum_order_value / tariff.cheapest)
    if min(caps) < np.inf:
        most = min(most, steps_down(max(min(caps), 0.0), offer.order_multiple))
    return most if most >= steps_up(offer.minimum_order_quantity, offer.order_multiple) else 0.0


def _alone(network: Network, limit: Limit, ships: Mask, lowest: Array, timely: float, line: int, period: int) -> float:
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
        return _fits(network, float(network.usage(limit.resource)[item]), limit, lowest, timely, line, arrival)
    if limit.kind == "inventory_value" and not ships[cell]:
        return _fits(network, float(network.replacement[item]), limit, lowest, timely, line, arrival)
    return np.inf


def _fits(
    network: Network, per_unit: float, limit: Limit, lowest: Array, timely: float, line: int, arrival: int
) -> float:
    """Peak stock is at least supply less the demand expected before."""
    cell = network.line_cell[line]
    if per_unit <= 0.0 or timely <= 0.0:
        return np.inf
    before = float(network.mean[cell, :arrival].sum())
    return float((limit.allowed[arrival] / per_unit + before - lowest[cell, arrival]) / timely)


def _components(network: Network, moves: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the group of cells, linked by lanes, that each cell is in."""
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


def _most_parcels(
    network: Network, limits: Limits, moves: NDArray[np.int64], most_lots: Array, opening: Array, terms: LineTerms
) -> Array:
    """Most steps of a move: all that can have come to the cells linked with its origin by then."""
    most = np.zeros((network.n_moves, network.periods))
    if not len(moves):
        return most
    group = _components(network, moves)
    arrived = np.maximum(opening, 0.0)
    for line in np.flatnonzero(most_lots.any(axis=1)):
        step = network.offers[network.line_offer[line]].order_multiple or 1.0
        for period in np.flatnonzero(most_lots[line]):
            delivered = most_lots[line, period] * step * network.line_fraction[line]
            arrived[network.line_cell[line], terms.first[line, period] :] += delivered
    for move in moves:
        there = arrived[group == group[network.move_from[move]]].sum(axis=0)
        step = network.lanes[network.move_lane[move]].order_multiple
        there = np.minimum(there, _lane_room(network, limits, int(move)))
        steps = np.array([steps_down(float(units), step) for units in there])
        most[move] = np.where(network.move_allowed[move], steps, 0.0)
    return most


def _lane_room(network: Network, limits: Limits, move: int) -> Array:
    """Most units that the capacity of its lane lets a move carry, shape (T,)."""
    item, room = network.cell_item[network.move_from[move]], np.full(network.periods, np.inf)
    for limit in limits:
        if limit.kind == "lane_capacity" and limit.place == network.move_lane[move]:
            amount = float(network.usage(limit.resource)[item])
            room = np.minimum(room, limit.allowed / amount if amount > 0.0 else np.inf)
    return room
