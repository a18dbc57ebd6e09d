"""A plan from the linear relaxation: period by period, round what the relaxation orders, repair, fix, solve again.

Ordering nothing later always keeps every limit, so the part decided so far is a plan that keeps them all, and so is the
result. Relax and fix: Pochet and Wolsey, Production Planning by Mixed Integer Programming (2006), chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Task
from procure.engines.translate import Translation, decision_of
from procure.solution.check import Violation, violations
from procure.solution.ledger import Decision, Ledger, keep_ledger
from procure.solution.limits import Limits
from procure_milp.solve import HighsSession

Array = NDArray[np.float64]

REPAIRS = 400
"""Most repairs in one period before everything in it is given up."""


class Dive:
    """Rounds the relaxation forward in time.

    Parameters
    ----------
    task, limits
        The plan in numbers and the limits to keep.
    translation
        The instance and its places.
    session
        The model, whose columns are fixed while diving and free again afterwards.
    over
        Tells when to end.
    """

    def __init__(
        self, task: Task, limits: Limits, translation: Translation, session: HighsSession, over: Callable[[], bool]
    ) -> None:
        self._task, self._limits, self._translation = task, limits, translation
        self._session, self._over = session, over
        inst = translation.instance
        self._inst = inst
        self._lots = np.zeros((len(inst.lines), inst.periods))
        self._parcels = np.zeros((len(inst.moves), inst.periods))
        self._switches = _Switches(session)

    def run(self) -> Decision:
        """Return a decision that keeps every limit."""
        fixed: list[int] = []
        for period in range(self._inst.periods):
            if self._over():
                break
            found = self._session.relax(20.0, keep=True)
            if found.values is None:
                break
            fixed += self._open(period, found.values)
            found = self._session.relax(20.0, keep=True)
            if found.values is not None:
                self._round(period, found.values)
            fixed += self._fix(period)
        if fixed:
            self._session.free(np.array(sorted(set(fixed)), dtype=np.int32))
        self._session.whole_again()
        return self._decision()

    def _decision(self) -> Decision:
        return decision_of(self._task.network, self._translation, self._lots, self._parcels)

    def _ledger(self) -> Ledger:
        return keep_ledger(self._task.network, self._task.laws, self._decision())

    def _open(self, period: int, values: Array) -> list[int]:
        """Decide which purchase orders, lines and lanes are open in a period, by rounding their running sums."""
        chosen = self._switches.of_period(period)
        fixed = []
        for column, key in chosen:
            state = self._switches.rounded(key, float(values[column]))
            self._session.fix(np.array([column], dtype=np.int32), np.array([state]))
            fixed.append(column)
        return fixed

    def _round(self, period: int, values: Array) -> None:
        """Round steps to the nearest whole number, then take back what breaks a limit."""
        var, column = self._session.model.variables, self._session.column
        wished = np.zeros(len(self._inst.lines))
        for (k, t, _), lot in var.lots.items():
            if t == period:
                wished[k] += values[column(lot)]
        shipped = np.zeros(len(self._inst.moves))
        for (k, t), parcel in var.parcels.items():
            if t == period:
                shipped[k] = values[column(parcel)]
        self._lots[:, period] = [self._rounded(k, period, x) for k, x in enumerate(wished)]
        self._parcels[:, period] = np.floor(shipped + 0.4)
        self._repair(period, wished, shipped)

    def _rounded(self, line: int, period: int, wished: float) -> float:
        entry = self._inst.lines[line]
        if period not in entry.periods or wished <= 1e-6:
            return 0.0
        position = entry.periods.index(period)
        steps = round(wished) if entry.step > 0.0 else wished
        least = min((t.least[position] for t in entry.tiers if t.most[position] > 0.0), default=0.0)
        if steps < least:
            return least if wished >= 0.4 * least else 0.0
        return float(min(steps, max(t.most[position] for t in entry.tiers)))

    def _repair(self, period: int, wished: Array, shipped: Array) -> None:
        for _ in range(REPAIRS):
            broken = violations(self._ledger(), self._limits)
            if not broken:
                return
            if not self._mend(broken[0], period, wished, shipped):
                break
        self._lots[:, period] = 0.0
        self._parcels[:, period] = 0.0

    def _mend(self, broken: Violation, period: int, wished: Array, shipped: Array) -> bool:
        """Change one thing in the period so that the violation shrinks; False if nothing is left to change."""
        network, places = self._task.network, self._translation
        if broken.move is not None:
            return self._ship_less([k for k, m in enumerate(places.moves) if m == broken.move], period, shipped)
        if broken.group is not None:
            mine = [k for k, n in enumerate(places.lines) if network.line_group[n] == broken.group]
            if broken.rule in ("order_minimum", "container_fill") and self._order_more(mine, period, wished):
                return True
            return self._drop(mine, period)
        mine = self._concerned(broken)
        return self._order_less(mine, period, wished) or self._ship_less(
            list(range(len(places.moves))), period, shipped
        )

    def _concerned(self, broken: Violation) -> list[int]:
        network, places = self._task.network, self._translation
        lines = places.lines
        if broken.line is not None:
            return [k for k, n in enumerate(lines) if n == broken.line]
        if broken.cell is not None:
            return [k for k, n in enumerate(lines) if network.line_cell[n] == broken.cell]
        limit = self._limits[broken.limit] if broken.limit is not None else None
        if limit is not None and limit.kind == "storage":
            here = network.cell_warehouse[network.line_cell[lines]] == limit.place
            return [int(k) for k in np.flatnonzero(here)]
        if limit is not None and limit.kind == "supplier_capacity":
            mine = network.group_supplier[network.line_group[lines]] == limit.place
            return [int(k) for k in np.flatnonzero(mine)]
        if limit is not None and limit.kind == "offer_capacity":
            return [int(k) for k in np.flatnonzero(network.line_offer[lines] == limit.place)]
        return list(range(len(lines)))

    def _order_less(self, lines: list[int], period: int, wished: Array) -> bool:
        """Take a step off the line that was rounded up most; close it where that is below its minimum."""
        placed = [k for k in lines if self._lots[k, period] > 0.0]
        if not placed:
            return False
        k = max(placed, key=lambda k: (self._lots[k, period] - wished[k]) / max(wished[k], 1.0))
        entry = self._inst.lines[k]
        least = entry.tiers[0].least[entry.periods.index(period)]
        less = self._lots[k, period] - 1.0 if entry.step > 0.0 else 0.9 * self._lots[k, period] - 1e-3
        self._lots[k, period] = less if less >= max(least, 1e-9) else 0.0
        return True

    def _order_more(self, lines: list[int], period: int, wished: Array) -> bool:
        """Add a step to the open line that was rounded down most, if it can take one."""
        def room(k: int) -> bool:
            entry = self._inst.lines[k]
            most = max(t.most[entry.periods.index(period)] for t in entry.tiers)
            return bool(self._lots[k, period] > 0.0 and self._lots[k, period] + 1.0 <= most)

        able = [k for k in lines if room(k)]
        if not able or any(self._lots[k, period] > 3.0 * wished[k] + 5.0 for k in able):
            return False
        k = min(able, key=lambda k: (self._lots[k, period] - wished[k]) / max(wished[k], 1.0))
        self._lots[k, period] += 1.0
        return True

    def _drop(self, lines: list[int], period: int) -> bool:
        """Give up the whole purchase order."""
        had = bool(self._lots[lines, period].any())
        self._lots[lines, period] = 0.0
        return had

    def _ship_less(self, moves: list[int], period: int, shipped: Array) -> bool:
        able = [k for k in moves if self._parcels[k, period] > 0.0]
        if not able:
            return False
        k = max(able, key=lambda k: self._parcels[k, period] - shipped[k])
        self._parcels[k, period] = max(self._parcels[k, period] - 1.0, 0.0)
        return True

    def _fix(self, period: int) -> list[int]:
        """Hold the period's steps in the relaxation."""
        var, column = self._session.model.variables, self._session.column
        columns, values = [], []
        for k, line in enumerate(self._inst.lines):
            if period not in line.periods:
                continue
            position = line.periods.index(period)
            steps = self._lots[k, period]
            tier = max(
                (i for i, t in enumerate(line.tiers) if t.least[position] <= steps and t.most[position] > 0.0),
                default=0,
            )
            for i in range(len(line.tiers)):
                columns.append(column(var.lots[k, period, i]))
                values.append(steps if i == tier else 0.0)
                if line.has_switch:
                    columns.append(column(var.open[k, period, i]))
                    values.append(1.0 if i == tier and steps > 0.0 else 0.0)
        for (k, t), parcel in var.parcels.items():
            if t == period:
                columns.append(column(parcel))
                values.append(self._parcels[k, period])
        for (g, t), placed in var.placed.items():
            if t == period:
                lines = [k for k, line in enumerate(self._inst.lines) if line.group == g]
                columns.append(column(placed))
                values.append(1.0 if self._lots[lines, period].any() else 0.0)
        if columns:
            self._session.fix(np.array(columns, dtype=np.int32), np.array(values))
        return columns


class _Switches:
    """Binaries of the model by period, with the running sum of what the relaxation wants of each."""

    def __init__(self, session: HighsSession) -> None:
        var = session.model.variables
        self._of_period: dict[int, list[tuple[int, tuple[str, int]]]] = {}
        for block in ("placed", "trip"):
            for index, variable in getattr(var, block).items():
                entry = (session.column(variable), (block, index[0]))
                self._of_period.setdefault(index[1], []).append(entry)
        self._owed: dict[tuple[str, int], float] = {}

    def of_period(self, period: int) -> list[tuple[int, tuple[str, int]]]:
        """Columns and what they belong to."""
        return self._of_period.get(period, [])

    def rounded(self, key: tuple[str, int], wanted: float) -> float:
        """1 if the running sum has reached a half, 0 else."""
        owed = self._owed.get(key, 0.0) + wanted
        state = 1.0 if owed >= 0.5 else 0.0
        self._owed[key] = owed - state
        return state
