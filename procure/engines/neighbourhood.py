"""Large neighbourhood search: free a few cells, hold the rest, let the solver find something better.

Shaw (1998), Using constraint programming and local search methods to solve vehicle routing problems; here on the live
model, so that every rule of the plan is in every neighbourhood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from procure_milp.instance import Instance
from procure_milp.solve import HighsSession

Array = NDArray[np.float64]
Columns = NDArray[np.int32]

CELLS = 9
"""Cells that are freed together at first."""


class Neighbourhoods:
    """Sets of columns that belong together, drawn in turn and then at random.

    Parameters
    ----------
    session
        The model.
    seed
        Seed of the random draws.
    """

    def __init__(self, session: HighsSession, seed: int) -> None:
        self._session = session
        self._inst = session.model.instance
        self._random = np.random.default_rng(seed)
        self._of_cell = _columns_of_cells(session)
        self._of_group = _columns_of_groups(session)
        self._shared = np.array(
            [session.column(v) for block in ("spend", "payment", "slack") for v in _block(session, block)],
            dtype=np.int32,
        )
        self._groups_of_cell: dict[int, set[int]] = defaultdict(set)
        self._cells_of_group: dict[int, list[int]] = defaultdict(list)
        for line in self._inst.lines:
            if line.group not in self._groups_of_cell[line.cell]:
                self._groups_of_cell[line.cell].add(line.group)
                self._cells_of_group[line.group].append(line.cell)
        self._linked = _linked_cells(self._inst)

    def first_round(self) -> Iterator[list[int]]:
        """Every cell once: the cells of each purchase order together, a few at a time."""
        seen: set[int] = set()
        for group in sorted(self._cells_of_group, key=lambda g: -len(self._cells_of_group[g])):
            cells = [c for c in self._cells_of_group[group] if c not in seen]
            seen.update(cells)
            for k in range(0, len(cells), CELLS):
                yield cells[k : k + CELLS]

    def draw(self, size: int) -> list[int]:
        """About `size` cells: those of one purchase order, of cells linked by lanes, or any."""
        kind = self._random.integers(3)
        if kind == 0 and self._cells_of_group:
            cells = self._cells_of_group[int(self._random.choice(sorted(self._cells_of_group)))]
            return [int(c) for c in self._random.permutation(cells)[:size]]
        order = self._random.permutation(self._inst.n_cells)
        if kind == 1:
            return [int(c) for c in order[:size]]
        chosen: list[int] = []
        for cell in order:
            if len(chosen) >= size:
                break
            chosen += [c for c in self._linked[int(cell)] if c not in chosen]
        return chosen

    def held(self, cells: list[int]) -> Columns:
        """Columns to hold when these cells are free."""
        free = np.zeros(self._session.width, dtype=bool)
        free[self._shared] = True
        for cell in cells:
            free[self._of_cell[cell]] = True
            for group in self._groups_of_cell[cell]:
                free[self._of_group[group]] = True
        return np.flatnonzero(~free).astype(np.int32)


def _block(session: HighsSession, name: str) -> list[object]:
    return list(getattr(session.model.variables, name).values())


def _linked_cells(inst: Instance) -> dict[int, list[int]]:
    linked: dict[int, list[int]] = {c: [c] for c in range(inst.n_cells)}
    for move in inst.moves:
        joined = sorted({*linked[move.origin], *linked[move.target]})
        for cell in joined:
            linked[cell] = joined
    return linked


def _columns_of_cells(session: HighsSession) -> dict[int, Columns]:
    inst, var = session.model.instance, session.model.variables
    columns: dict[int, list[int]] = {c: [] for c in range(inst.n_cells)}
    for block in ("supply", "short", "arrives", "ships", "piece"):
        for index, variable in getattr(var, block).items():
            columns[index[0]].append(session.column(variable))
    for block in ("lots", "open"):
        for index, variable in getattr(var, block).items():
            columns[inst.lines[index[0]].cell].append(session.column(variable))
    for (k, _), variable in var.parcels.items():
        columns[inst.moves[k].origin].append(session.column(variable))
        columns[inst.moves[k].target].append(session.column(variable))
    for (lane, _), variable in var.trip.items():
        for cell in {m.origin for m in inst.moves if m.lane == lane}:
            columns[cell].append(session.column(variable))
        for cell in {m.target for m in inst.moves if m.lane == lane}:
            columns[cell].append(session.column(variable))
    return {c: np.array(sorted(set(found)), dtype=np.int32) for c, found in columns.items()}


def _columns_of_groups(session: HighsSession) -> dict[int, Columns]:
    inst, var = session.model.instance, session.model.variables
    columns: dict[int, list[int]] = defaultdict(list)
    for block in ("placed", "in_tier", "containers"):
        for index, variable in getattr(var, block).items():
            columns[index[0]].append(session.column(variable))
    for index, variable in var.tier_goods.items():
        columns[inst.lines[index[0]].group].append(session.column(variable))
    return defaultdict(
        lambda: np.zeros(0, dtype=np.int32), {g: np.array(found, dtype=np.int32) for g, found in columns.items()}
    )
