"""The programs of all cells as flat arrays, made once per run.

C cells, L lines, M moves, W ways in (lines and inbound moves, sorted by cell), O ways out, T periods.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from procure.engines.decomposed.kernel import Cells, Outs, Ways
from procure.engines.decomposed.tables import tables_of
from procure.engines.useful import Levels, rational
from procure.plan.network import Network
from procure.solution.ledger import Laws

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

MOST_LEVELS = 8192
"""Levels of a cell above which they are made coarser than the steps of its orders."""
MARGIN = 0.15
"""Share by which levels reach beyond the useful supply, so that subsidised orders are still judged."""
UNLIMITED = 1e12


@dataclass(frozen=True, eq=False)
class Programs:
    """All programs.

    Attributes
    ----------
    cells, ways, outs
        What the kernel reads.
    order
        Position in `ways` of each line and then of each inbound move, shape (L + M,).
    source
        Line, or L + move, of each way, shape (W,).
    out_move
        Move of each way out, shape (O,).
    top
        Supply level from which the slopes of stage costs count as those of all higher levels, shape (C,).
    component
        Cells that lanes link have the same number, shape (C,).
    """

    network: Network
    cells: Cells
    ways: Ways
    outs: Outs
    order: Indices
    source: Indices
    out_move: Indices
    top: Indices
    component: Indices

    @cached_property
    def way_cell(self) -> Indices:
        """Cell of each way, shape (W,)."""
        return np.repeat(np.arange(len(self.cells.levels)), np.diff(self.ways.first))

    @cached_property
    def price_range(self) -> tuple[Array, Array]:
        """Lowest and highest price of each way's tiers, 0 where it has none, shape (W, 1) [tariff's money per unit]."""
        ways, count = self.ways, len(self.ways.tier) - 1
        lowest, highest = np.full(count, np.inf), np.full(count, -np.inf)
        of = np.repeat(np.arange(count), np.diff(ways.tier))
        np.minimum.at(lowest, of, ways.price)
        np.maximum.at(highest, of, ways.price)
        there = np.isfinite(lowest)
        return np.where(there, lowest, 0.0)[:, None], np.where(there, highest, 0.0)[:, None]


def programs_of(network: Network, laws: Laws, levels: Levels) -> Programs:
    """Set up the programs of all cells."""
    source, first, cell_of_way = _ways_in(network)
    multiple, delivered = _steps(network)
    out_move, out_first = _sorted_by_cell(network.move_from, network.n_cells)
    live = _live(network, delivered)
    exact = _grains(network, live, multiple * delivered)
    component = components(network)
    opening = laws.planned.deliveries.opening
    useful = _useful_height(network, levels, opening) * (1.0 + MARGIN)
    below, above, own = _range(network, levels, opening, component, useful)
    grain = _coarsened(exact, below + above)
    start = np.ceil(below / grain - 1e-9).astype(np.int64)
    count = np.ceil(above / grain - 1e-9).astype(np.int64) + 2 + start
    count[(np.diff(first) == 0) & (np.diff(out_first) == 0)] = 1
    coarse = _are_coarse(network, live, multiple * delivered, grain)
    top = np.minimum(start + np.ceil((above - own) / grain).astype(np.int64) + 1, count - 1)
    short, table, earlier = tables_of(laws.planned, opening, grain, count, start)
    cap = _cover(network, opening, grain, count, start, coarse)
    floor = (network.demand_before() - opening) / grain[:, None]
    cells = Cells(
        levels=count,
        start=start,
        grain=grain,
        opening=opening,
        short=short,
        table=table,
        earlier=earlier,
        coarse=coarse,
        cap=cap,
        floor=np.ceil(floor - 1e-6).astype(np.int64) + start[:, None],
        capped=(cap < count[:, None] - 1).any(axis=1),
    )
    ways = _ways(network, source, first, cell_of_way, multiple, delivered, grain, coarse)
    step = multiple[network.n_lines + out_move]
    at_origin = network.move_from[out_move]
    outs = Outs(
        first=out_first,
        # by the level, not by the lane's multiple: see "Levels of linked cells"
        stride=np.ones(len(out_move), dtype=np.int64),
        unit=grain[at_origin],
        small=step < grain[at_origin] * (1.0 - 1e-9),
    )
    order = np.empty(len(source), dtype=np.int64)
    order[source] = np.arange(len(source))
    return Programs(network, cells, ways, outs, order, source, out_move, top, component)


def components(network: Network) -> Indices:
    """Number the cells so that those that lanes link have the same number, shape (C,)."""
    links = coo_matrix(
        (np.ones(network.n_moves), (network.move_from, network.move_to)), shape=(network.n_cells, network.n_cells)
    )
    found: Indices = connected_components(links, directed=False)[1].astype(np.int64)
    return found


def _sorted_by_cell(cell: Indices, n_cells: int) -> tuple[Indices, Indices]:
    """Positions sorted by cell, and where each cell begins."""
    order = np.argsort(cell, kind="stable").astype(np.int64)
    first = np.zeros(n_cells + 1, dtype=np.int64)
    np.cumsum(np.bincount(cell, minlength=n_cells), out=first[1:])
    return order, first


def _ways_in(network: Network) -> tuple[Indices, Indices, Indices]:
    cell = np.concatenate([network.line_cell, network.move_to])
    source, first = _sorted_by_cell(cell, network.n_cells)
    return source, first, cell[source]


def _steps(network: Network) -> tuple[Array, Array]:
    """Units ordered per step (0: any quantity) and share delivered of each line and then each move."""
    lanes = np.array([lane.order_multiple for lane in network.lanes], dtype=float)
    multiple = np.concatenate([network.fees.lots.multiple, lanes[network.move_lane]])
    return multiple, np.concatenate([network.line_fraction, np.ones(network.n_moves)])


def _live(network: Network, delivered: Array) -> tuple[Indices, Indices]:
    """Lines and then moves that can change a cell's supply, and the cell; a move has one at either end."""
    lines = network.line_allowed.any(axis=1) & (network.line_fraction > 0.0)
    moves = network.n_lines + np.flatnonzero(network.move_allowed.any(axis=1))
    ways = np.concatenate([np.flatnonzero(lines), moves, moves]).astype(np.int64)
    of_moves = moves - network.n_lines
    ends = (network.line_cell[lines], network.move_to[of_moves], network.move_from[of_moves])
    return ways, np.concatenate(ends).astype(np.int64)


def _grains(network: Network, live: tuple[Indices, Indices], brought: Array) -> Array:
    """Largest quantity of which every step of the cell is a multiple; 0 where there is none."""
    way, cell = live
    steps = brought[way]
    whole = np.round(steps).astype(np.int64)
    simple = (np.abs(steps - whole) < 1e-9) & (whole > 0)
    grain = np.zeros(network.n_cells, dtype=np.int64)
    np.gcd.at(grain, cell[simple], whole[simple])
    found = np.maximum(grain, 0).astype(float)
    for c in np.unique(cell[~simple]):
        found[c] = _fraction_grain(steps[cell == c])
    return found


def _fraction_grain(steps: Array) -> float:
    if (steps <= 0.0).any():
        return 0.0
    common = Fraction(0)
    for step in (rational(float(s)) for s in steps):
        scale = common.denominator * step.denominator
        common = Fraction(np.gcd(int(common * scale), int(step * scale)).item(), scale) if common else step
    return float(common)


def _useful_height(network: Network, levels: Levels, opening: Array) -> Array:
    """Units above the supply without orders that are useful at most, shape (C,)."""
    height: Array = np.maximum((levels.onward - opening).max(axis=1), 0.0)
    return height


def _range(
    network: Network, levels: Levels, opening: Array, component: Indices, useful: Array
) -> tuple[Array, Array, Array]:
    """Units below and above the supply without orders that levels must hold, and what orders need for themselves.

    Cells that lanes link get levels for what all of them can use together: more than the bound needs (FORMULATION.md,
    "Levels of linked cells"), so that one of them can hold what it passes on.
    """
    own = _own_needs(network)
    if not network.n_moves:
        return np.zeros(network.n_cells), useful + own, own
    linked = np.bincount(component)[component] > 1
    ships = np.zeros(network.n_cells, dtype=bool)
    ships[network.move_from] = True
    needed = np.maximum(levels.onward, np.where(ships[:, None], network.demand_before(), -np.inf)).max(axis=1)
    needed = np.maximum(needed - np.minimum(opening.min(axis=1), 0.0), 0.0) * (1.0 + MARGIN)
    together = np.bincount(component, weights=np.maximum(needed, opening.max(axis=1)))
    high = np.maximum(together[component] - opening.min(axis=1), 0.0) + own
    low = np.maximum((opening - network.demand_before()).max(axis=1), 0.0)
    return np.where(ships, low, 0.0), np.where(linked, high, useful + own), own


def _own_needs(network: Network) -> Array:
    """Units that an arrival may need for its own sake, shape (C,).

    An order needs its minimum or its deepest price break, and two steps; a transfer its lane's multiple.
    """
    lots = network.fees.lots
    starts = network.fees.tariffs.starts
    deepest = np.where(np.isfinite(starts), starts, 0.0).max(axis=1)
    own = np.maximum(lots.least, deepest[network.line_offer] if network.n_lines else 0.0)
    own = (own + 2.0 * np.maximum(lots.multiple, 0.0)) * network.line_fraction
    beyond = np.zeros(network.n_cells)
    np.maximum.at(beyond, network.line_cell, own)
    lanes = np.array([lane.order_multiple for lane in network.lanes], dtype=float)
    np.maximum.at(beyond, network.move_to, 2.0 * lanes[network.move_lane])
    return beyond


def _coarsened(exact: Array, reach: Array) -> Array:
    """Units between levels: the exact grain, or so coarse that there are not too many levels."""
    least = np.maximum(reach, 1e-6) / MOST_LEVELS
    grain = np.where(exact > 0.0, exact * np.ceil(least / np.where(exact > 0.0, exact, 1.0) - 1e-12), 4.0 * least)
    return np.maximum(grain, np.where(exact > 0.0, exact, 0.0))


def _are_coarse(network: Network, live: tuple[Indices, Indices], brought: Array, grain: Array) -> Mask:
    """Cells in which a step of some way is no whole number of levels."""
    way, cell = live
    steps = brought[way] / grain[cell]
    off = (np.abs(steps - np.round(steps)) > 1e-9 * np.maximum(steps, 1.0)) | (np.round(steps) < 1.0)
    coarse = np.zeros(network.n_cells, dtype=bool)
    coarse[cell[off]] = True
    return coarse


def _cover(
    network: Network, opening: Array, grain: Array, count: Indices, start: Indices, coarse: Mask
) -> Indices:
    """Highest level after an arrival, shape (C, T); a coarse level stands for all supply down to the one below."""
    cap = np.repeat((count - 1)[:, None], network.periods, axis=1)
    for cell, units in network.cover_caps.items():
        slack = 1e-6 * np.maximum(units, 1.0)
        room = (units + slack - opening[cell]) / grain[cell]
        allowed = (np.ceil(room) if coarse[cell] else np.floor(room + 1e-9)) + start[cell]
        cap[cell] = np.clip(allowed, -1, count[cell] - 1).astype(np.int64)
    return cap


def _ways(
    network: Network,
    source: Indices,
    first: Indices,
    cell: Indices,
    multiple: Array,
    delivered: Array,
    grain: Array,
    coarse: Mask,
) -> Ways:
    lots, tariffs = network.fees.lots, network.fees.tariffs
    loose: Mask = np.asarray(coarse[cell] | (multiple[source] <= 0.0))
    step = np.where(loose, grain[cell] / np.maximum(delivered[source], 1e-12), multiple[source])
    stride = np.where(loose, 1, np.round(multiple[source] * delivered[source] / grain[cell])).astype(np.int64)
    stride = np.maximum(stride, 1)
    width = tariffs.starts.shape[1]
    offer = network.line_offer
    starts = np.concatenate([tariffs.starts[offer], _first_only(network.n_moves, width, 0.0, np.inf)])
    prices = np.concatenate([tariffs.prices[offer], np.zeros((network.n_moves, width))])
    intercepts = np.concatenate([tariffs.intercepts[offer], np.zeros((network.n_moves, width))])
    least = np.concatenate([lots.least, np.zeros(network.n_moves)])
    most = np.concatenate([lots.most, np.full(network.n_moves, np.inf)])
    rising = np.concatenate([_rises(tariffs.prices, tariffs.starts)[offer], np.zeros(network.n_moves, dtype=bool)])
    low = np.maximum(starts, least[:, None])[source] / step[:, None]
    ends = np.concatenate([starts[:, 1:], np.full((len(starts), 1), np.inf)], axis=1)
    ends = np.where(rising[:, None], ends, np.inf)[source] / step[:, None]
    high = np.minimum(most[source] / step, UNLIMITED)[:, None]
    loose = np.asarray(loose[:, None])
    low = np.where(loose, np.floor(low + 1e-9), np.ceil(np.minimum(low, UNLIMITED) - 1e-9))
    upto = np.where(loose, np.ceil(np.minimum(ends, UNLIMITED)), np.ceil(np.minimum(ends, UNLIMITED) - 1e-9) - 1.0)
    high = np.minimum(np.where(loose, np.ceil(high - 1e-9), np.floor(high + 1e-9)), upto)
    low = np.maximum(low, 1.0)
    there = np.isfinite(starts[source]) & (low <= high)
    tier = np.zeros(len(source) + 1, dtype=np.int64)
    np.cumsum(there.sum(axis=1), out=tier[1:])
    return Ways(
        first=first,
        lead=np.concatenate([network.line_lead, network.move_lead])[source],
        stride=stride,
        unit=step,
        tier=tier,
        least=np.minimum(low[there], UNLIMITED).astype(np.int64),
        most=np.minimum(high[there], UNLIMITED).astype(np.int64),
        price=prices[source][there],
        intercept=intercepts[source][there],
    )


def _first_only(rows: int, width: int, first: float, rest: float) -> Array:
    table = np.full((rows, width), rest)
    table[:, :1] = first
    return table


def _rises(prices: Array, starts: Array) -> Mask:
    """Whether a later break is dearer than an earlier one: only then must a tier be left at its end."""
    later, earlier = prices[:, 1:], prices[:, :-1]
    return np.asarray(((later > earlier) & np.isfinite(starts[:, 1:])).any(axis=1))
