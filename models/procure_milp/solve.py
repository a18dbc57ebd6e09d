"""Solving: one session per solver, the same few verbs for all.

The one place that knows how PuLP 3 and PuLP 4 differ, and what each solver tells of status and bound.
PuLP's own status is not trusted: it calls a time-limited run optimal.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from procure_milp.build import Model
from procure_milp.expressions import reach_of, step_size
from procure_milp.instance import Instance, PathCut, Rise
from procure_milp.listening import GRACE, KINDS, Listener, Watch, finishes
from procure_milp.rises import possible_arrivals, rise_terms

Array = NDArray[np.float64]
Columns = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Found:
    """What a search brought back.

    Attributes
    ----------
    values
        Value of every column, or None without a solution.
    bound
        Proven lower bound on the objective of the model as it stands (-inf without one).
    exact
        Whether the solver proved the gap it was asked for.
    """

    values: Array | None
    bound: float
    exact: bool



class Session(Protocol):
    """A model held by a solver."""

    model: Model
    width: int

    def column(self, variable: Any) -> int:
        """Position of a variable among the columns."""

    def bend(self, places: Sequence[tuple[int, int]]) -> None:
        """Take over envelopes that have new tangents, by cell and period."""

    def add_path_cuts(self, cuts: Sequence[PathCut]) -> None:
        """Add subgradient inequalities of sampled cells, which the instance holds already."""

    def search(
        self,
        start: Array | None,
        time_limit: float,
        gap: float,
        stop: threading.Event,
        watch: Watch | None = None,
    ) -> Found:
        """Solve to an absolute gap, from a start whose whole columns are kept."""


class HighsSession:
    """The live HiGHS object that PuLP fills: rows are added and runs repeated without building again."""

    def __init__(self, model: Model) -> None:
        self.model = model
        solver = pulp.HiGHS(msg=False, output_flag=False)
        solver.createAndConfigureSolver(model.problem)
        solver.buildSolverModel(model.problem)
        self._highs = model.problem.solverModel
        columns = column_order(model.problem)
        self._position = {v.name: j for j, v in enumerate(columns)}
        self.whole = np.array([j for j, v in enumerate(columns) if v.cat == "Integer"], dtype=np.int32)
        self.width = len(columns)
        self.lower = np.array([v.lowBound for v in columns], dtype=float)
        self.upper = np.array([np.inf if v.upBound is None else v.upBound for v in columns], dtype=float)
        self._row = {name: k for k, name in enumerate(row_order(model.problem))}
        self._slope_rows = _slope_rows(model.instance, self._row)
        self._pieces = {
            (c, t): {
                (p.backorder_slope, p.peak_slope): self.column(model.variables.piece[c, t, k])
                for k, p in enumerate(envelope.pieces())
            }
            for (c, t), envelope in model.instance.envelopes.items()
        }
        self.arrivals = possible_arrivals(model.instance, reach_of(model.instance))
        self._rise_rows: dict[tuple[int, int], list[int]] = {}
        self._relaxed = False
        self._listener = Listener()
        self._highs.setCallback(self._listener.called_back, None)
        for kind in KINDS:
            self._highs.startCallback(kind)

    def close(self) -> None:
        """Let go of the solver and of whoever watches."""
        self._listener.watch = None
        if not self._listener.give_up:
            self._highs.setCallback(None, None)
            self._highs.clear()

    def column(self, variable: Any) -> int:
        """Position of a variable among the columns."""
        return self._position[variable.name]

    def bend(self, places: Sequence[tuple[int, int]]) -> None:
        """Take over envelopes with new tangents: known pieces change length, new ones become columns."""
        for place in places:
            for row in self._rise_rows.pop(place, ()):
                # its kinks are gone; the inequality is found again where it is still needed
                self._highs.changeRowBounds(row, -highspy.kHighsInf, highspy.kHighsInf)
            known = self._pieces[place]
            lengths = dict.fromkeys(known, 0.0)
            for piece in self.model.instance.envelopes[place].pieces():
                slopes = (piece.backorder_slope, piece.peak_slope)
                if slopes not in known:
                    known[slopes] = self._new_piece(place, slopes)
                lengths[slopes] = min(piece.width, highspy.kHighsInf)
            columns = np.array([known[slopes] for slopes in lengths], dtype=np.int32)
            self._highs.changeColsBounds(
                len(columns), columns, np.zeros(len(columns)), np.array(list(lengths.values()))
            )

    def add_rises(self, rises: Sequence[Rise]) -> int:
        """Add valid inequalities; returns how many rows they make."""
        inst = self.model.instance
        added = 0
        for rise in rises:
            found = rise_terms(inst, rise)
            if found is None:
                continue
            terms, side = found
            columns = np.array([self._column_of(block, index) for block, index, _ in terms], dtype=np.int32)
            weights = np.array([a for _, _, a in terms])
            self._highs.addRow(side, highspy.kHighsInf, len(terms), columns, weights)
            row = int(self._highs.getNumRow()) - 1
            for period in {rise.first, rise.last}:
                self._rise_rows.setdefault((rise.cell, period), []).append(row)
            added += 1
        return added

    def add_path_cuts(self, cuts: Sequence[PathCut]) -> None:
        """Add subgradient inequalities of sampled cells."""
        inst, var = self.model.instance, self.model.variables
        for cut in cuts:
            entries = {self.column(getattr(var, cut.of)[cut.cell, cut.period]): 1.0}
            for t, slope in cut.supply:
                entries[self.column(var.supply[cut.cell, t])] = -slope
            for line, t, slope in cut.orders:
                step = step_size(inst.lines[line].step)
                for i in range(len(inst.lines[line].tiers)):
                    entries[self.column(var.lots[line, t, i])] = -slope * step
            columns = np.array(list(entries), dtype=np.int32)
            self._highs.addRow(
                cut.constant, highspy.kHighsInf, len(columns), columns, np.array(list(entries.values()))
            )

    def _column_of(self, block: str, index: tuple[int, ...]) -> int:
        if block != "piece":
            return self.column(getattr(self.model.variables, block)[index])
        c, t, k = index
        piece = self.model.instance.envelopes[c, t].pieces()[k]
        return self._pieces[c, t][piece.backorder_slope, piece.peak_slope]

    def fills(self, values: Array, cell: int, period: int) -> Array:
        """How far each piece of a cell and period is filled, in order [units]."""
        known = self._pieces[cell, period]
        pieces = self.model.instance.envelopes[cell, period].pieces()
        return np.array([values[known[p.backorder_slope, p.peak_slope]] for p in pieces])

    def _new_piece(self, place: tuple[int, int], slopes: tuple[float, float]) -> int:
        entries = [(self._row[f"supply_pieces_{place[0]}_{place[1]}"], -1.0)]
        parts = [(row, below * slopes[0] + above * slopes[1]) for row, below, above in self._slope_rows.get(place, ())]
        entries += [(row, weight) for row, weight in parts if weight]
        inst = self.model.instance
        rate = {"cost": inst.backorder_cost[place], "backorders": inst.weight[place]}
        free = place[0] in inst.sampled
        cost = 0.0 if free else float(rate.get(self.model.objective, 0.0)) * slopes[0]
        rows = np.array([row for row, _ in entries], dtype=np.int32)
        self._highs.addCol(cost, 0.0, 0.0, len(rows), rows, np.array([a for _, a in entries]))
        return int(self._highs.getNumCol()) - 1

    def relax(self, time_limit: float, *, keep: bool = False) -> Found:
        """Solve the linear relaxation as the model stands; with `keep` stay relaxed until `whole_again`."""
        if not self._relaxed:
            self._integrality(highspy.HighsVarType.kContinuous)
        self._relaxed = True
        found = self._run(time_limit)
        objective = float(self._highs.getInfo().objective_function_value)
        found = replace(found, bound=objective if found.exact else -np.inf)
        if not keep:
            self.whole_again()
        return found

    def whole_again(self) -> None:
        """Ask for whole numbers again."""
        if self._relaxed:
            self._integrality(highspy.HighsVarType.kInteger)
        self._relaxed = False

    def search(
        self,
        start: Array | None,
        time_limit: float,
        gap: float,
        stop: threading.Event,
        watch: Watch | None = None,
    ) -> Found:
        """Branch and cut to an absolute gap; the whole columns of `start` are offered as a first solution."""
        self._highs.setOptionValue("mip_rel_gap", 0.0)
        self._highs.setOptionValue("mip_abs_gap", gap)
        self._listener.offer = None if start is None else (self.whole, np.round(start[self.whole]))
        return self._run(time_limit, stop, watch)

    def reduced_costs(self) -> Array:
        """Reduced cost of every column in the last relaxation."""
        return np.array(self._highs.getSolution().col_dual)

    def row(self, name: str) -> int:
        """Position of a row of the model among the solver's."""
        return self._row[name]

    def row_duals(self) -> Array:
        """Dual price of every row in the last relaxation: change of the objective per unit of its side."""
        return np.array(self._highs.getSolution().row_dual)

    def widen(self, rows: Sequence[tuple[str, float]]) -> None:
        """Raise the upper sides of rows of the model by so much each."""
        for name, more in rows:
            row = self._row[name]
            _, lower, upper, *_ = self._highs.getRow(row)
            self._highs.changeRowBounds(row, lower, upper + more)

    def fix(self, columns: Columns, values: Array) -> None:
        """Hold columns at values until `free`."""
        self._highs.changeColsBounds(len(columns), columns, values, values)

    def free(self, columns: Columns) -> None:
        """Give columns their own bounds back."""
        self._highs.changeColsBounds(len(columns), columns, self.lower[columns], self.upper[columns])

    def _integrality(self, kind: Any) -> None:
        if len(self.whole):
            kinds = np.full(len(self.whole), int(kind), dtype=np.uint8)
            self._highs.changeColsIntegrality(len(self.whole), self.whole, kinds)

    def _run(self, time_limit: float, stop: threading.Event | None = None, watch: Watch | None = None) -> Found:
        self._listener.stop, self._listener.watch = stop, watch
        self._listener.deadline = time.monotonic() + max(time_limit, 0.05) + GRACE
        # HiGHS counts the time of all runs of one object together
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(time_limit, 0.05))
        if stop is None:
            self._highs.run()
        elif not finishes(self._highs, self._listener, max(time_limit, 0.05)):
            return Found(None, self._listener.last_bound, False)
        info, status = self._highs.getInfo(), self._highs.getModelStatus()
        exact = status == highspy.HighsModelStatus.kOptimal
        values = None
        if info.primal_solution_status == 2 and np.isfinite(info.objective_function_value):
            values = np.array(self._highs.getSolution().col_value)
        has_bound = np.isfinite(info.mip_dual_bound) and info.mip_node_count >= 0
        bound = info.mip_dual_bound if has_bound else (info.objective_function_value if exact else -np.inf)
        return Found(values, float(bound), exact)


def column_order(problem: pulp.LpProblem) -> list[Any]:
    """Variables in the order in which PuLP hands them to a solver."""
    if hasattr(problem, "exported_variables"):
        return list(problem.exported_variables())
    return list(problem.variables())


def row_order(problem: pulp.LpProblem) -> list[str]:
    """Names of the rows in the order in which PuLP hands them to a solver."""
    rows = problem.constraints
    if hasattr(problem, "exported_variables"):
        return [row.name for row in rows()]
    return list(problem._constraints)


def _slope_rows(inst: Instance, row: dict[str, int]) -> dict[tuple[int, int], list[tuple[int, float, float]]]:
    """Rows that the pieces of a cell and period are in, with weights of their slopes of B and of S."""
    found: dict[tuple[int, int], list[tuple[int, float, float]]] = defaultdict(list)
    for limit in inst.stock_limits:
        for cell, weight in limit.weights:
            if cell not in inst.sampled:
                position = row[f"storage_{limit.name}_{limit.period}"]
                found[cell, limit.period].append((position, 0.0, weight))
    for (c, t), envelope in inst.envelopes.items():
        if c in inst.sampled:
            found[c, t].append((row[f"unmet_floor_{c}_{t}"], -1.0, 0.0))
            if envelope.peak is not None:
                found[c, t].append((row[f"stocked_floor_{c}_{t}"], 0.0, -1.0))
        elif "backorder_limit_0" in row:
            found[c, t].append((row["backorder_limit_0"], float(inst.weight[c, t]), 0.0))
    return found
