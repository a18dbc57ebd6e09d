"""A plan in numbers cut into parts that share nothing but limits and purchase orders.

Cells that lanes link stay together. A part is a plan in numbers of its own, of some cells and their lines and moves;
suppliers, offers, items, groups and lanes keep their positions. Parts follow from the plan alone, so that results do
not depend on how many machines there are.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.programs import components
from procure.engines.interface import Task
from procure.plan.fees import Fees, Lots
from procure.plan.network import Network
from procure.solution.decision import Decision
from procure.solution.ledger import Laws
from procure.uncertainty.deliveries import Deliveries
from procure.uncertainty.law import Law

Indices = NDArray[np.int64]
Rows = Indices | slice

CELLS_IN_PART = 25_000
"""Cells of a part, about."""


@dataclass(frozen=True, eq=False)
class Part:
    """Positions of a part's cells, lines and moves in the whole plan."""

    cells: Indices
    lines: Indices
    moves: Indices

    def decision(self, whole: Decision) -> Decision:
        """The part's share of a decision."""
        return Decision(whole.orders[self.lines], whole.shipments[self.moves])


def parts_of(task: Task, size: int = CELLS_IN_PART) -> list[Part]:
    """Cut a plan into parts of so many cells, about; one where draws value cells together.

    Parameters
    ----------
    task
        The plan in numbers.
    size
        Cells of a part.
    """
    network = task.network
    everything = Part(*(np.arange(n) for n in (network.n_cells, network.n_lines, network.n_moves)))
    if network.n_cells <= size or task.laws.planned.sampled or task.laws.planned.sorted_paths:
        return [everything]
    component = components(network)
    order = np.argsort(component, kind="stable").astype(np.int64)
    fresh = np.flatnonzero(np.diff(component[order], prepend=-1))
    # a part ends with the first component that begins at or beyond its size
    wanted = np.arange(0, network.n_cells, size)
    begin = np.unique(fresh[np.minimum(np.searchsorted(fresh, wanted), len(fresh) - 1)])
    number = np.zeros(network.n_cells, dtype=np.int64)
    number[order] = np.searchsorted(begin, np.arange(network.n_cells), side="right") - 1
    cells, lines, moves = (
        _by_number(which, len(begin)) for which in (number, number[network.line_cell], number[network.move_from])
    )
    return [Part(*part) for part in zip(cells, lines, moves, strict=True)]


def _by_number(number: Indices, count: int) -> list[Indices]:
    order = np.argsort(number, kind="stable").astype(np.int64)
    return np.split(order, np.searchsorted(number[order], np.arange(1, count)))


def task_of(task: Task, part: Part) -> Task:
    """The plan in numbers of a part; the whole itself where the part is everything."""
    if len(part.cells) == task.network.n_cells:
        return task
    network = network_of(task.network, part)
    cells = _rows(part.cells)
    laws = Laws(_law(task.laws.planned, cells), _law(task.laws.open_loop, cells), task.laws.target[cells])
    return Task(network, laws, task.limits)


def network_of(network: Network, part: Part) -> Network:
    """The network of a part."""
    cells, lines, moves = (_rows(rows) for rows in (part.cells, part.lines, part.moves))
    local = np.full(network.n_cells, -1, dtype=np.int64)
    local[part.cells] = np.arange(len(part.cells))
    cut = {
        name: getattr(network, name)[rows]
        for names, rows in ((_BY_CELL, cells), (_BY_LINE, lines), (_BY_MOVE, moves))
        for name in names
    }
    found = replace(
        network,
        **cut,
        line_cell=local[network.line_cell[lines]],
        move_from=local[network.move_from[moves]],
        move_to=local[network.move_to[moves]],
    )
    caps = network.cover_caps
    known = {
        "fees": _fees(network.fees, lines),
        "initial": network.initial[cells],
        "cover_caps": {int(local[cell]): units for cell, units in caps.items() if local[cell] >= 0} if caps else {},
        "_usages": network._usages,
    }
    # cached properties that would be worked out from the plan's tables again
    vars(found).update(known)
    return found


_BY_CELL = (
    "cell_item", "cell_warehouse", "has_demand", "opening", "mean", "variance", "window", "owed", "lost",
    "first_served",
)  # fmt: skip
_BY_LINE = (
    "line_offer", "line_group", "line_lead", "line_days", "line_fraction", "line_rate", "line_allowed",
)  # fmt: skip
_BY_MOVE = ("move_lane", "move_lead", "move_days", "move_allowed")


def _rows(rows: Indices) -> Rows:
    """The same rows as a slice where they follow one another, so that arrays are shared and not copied."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1:
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _fees(fees: Fees, lines: Rows) -> Fees:
    names = ("unit_freight", "line_fee", "deposit", "balance_delay", "load")
    by_line = {name: getattr(fees, name)[lines] for name in names}
    lots = Lots(*(getattr(fees.lots, f.name)[lines] for f in fields(Lots)))
    return replace(fees, lots=lots, **by_line)


def _law(law: Law, cells: Rows) -> Law:
    """The law of some cells; there are no draws in any of them."""
    return Law(
        family=law.family[cells],
        known=law.known[cells],
        mean=law.mean[cells],
        variance=law.variance[cells],
        sorted_paths={},
        deliveries=Deliveries(law.deliveries.opening[cells]),
        lost_paths={},
    )
