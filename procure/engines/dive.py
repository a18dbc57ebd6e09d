"""A plan from the linear relaxation: period by period, round what the relaxation orders, repair, fix, solve again.

Ordering nothing later always keeps every limit, so the part decided so far is a plan that keeps them all, and so is the
result. Relax and fix: Pochet and Wolsey, Production Planning by Mixed Integer Programming (2006), chapter 3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from procure.engines.headers import HEADERS, header_columns, improve_headers
from procure.engines.interface import Task
from procure.engines.start import start_columns
from procure.engines.translate import Translation, decision_of
from procure.solution.check import Violation, violations
from procure.solution.ledger import Decision, Ledger, keep_ledger
from procure.solution.limits import Limits
from procure_milp.solve import HighsSession

Array = NDArray[np.float64]

STOCK_RULES = ("storage", "inventory_value", "maximum_cover")
"""Rules about stock, which later transfers out can still keep."""
WHOLE = 1e-4
"""How far from a whole number counts as whole."""
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
        self._headers: Array | None = None
        self._columns_of_period = _columns_by_period(session)

    def run(self) -> Decision:
        """Return a decision that keeps every limit.

        Headers that are fixed already stay so; their columns are not freed.
        """
        self._lots[:] = 0.0
        self._parcels[:] = 0.0
        fixed: list[int] = []
        for period in range(self._inst.periods):
            if self._over():
                break
            found = self._session.relax(20.0, keep=True)
            if found.values is None:
                break
            opened = self._open(period, found.values)
            fixed += opened
            if opened:
                found = self._session.relax(20.0, keep=True)
            if found.values is not None:
                self._round(period, found.values)
            fixed += self._fix(period)
            if self._session.relax(20.0, keep=True).values is None:
                self._repair(period, self._lots[:, period].copy(), self._parcels[:, period].copy(), period + 10**6)
                self._fix(period)
        if fixed:
            self._session.free(np.array(sorted(set(fixed)), dtype=np.int32))
        self._session.whole_again()
        self._clean()
        return self._decision()

    def _clean(self) -> None:
        """Take back what still breaks a rule, latest orders first; matters when transfers planned for were not made."""
        for _ in range(REPAIRS):
            broken = self._broken(self._inst.periods)
            if not broken or not any(self._mend_at(broken[0], t) for t in self._periods_back(broken[0])):
                return

    def _periods_back(self, broken: Violation) -> Iterator[int]:
        """Periods in which something was decided that could matter, the latest first."""
        latest = broken.period if broken.rule in STOCK_RULES or broken.move is not None else self._inst.periods - 1
        first = broken.period if broken.line is not None or broken.group is not None else 0
        return (t for t in range(latest, first - 1, -1) if self._lots[:, t].any() or self._parcels[:, t].any())

    def _mend_at(self, broken: Violation, period: int) -> bool:
        self._settled = set()
        return self._mend(broken, period, self._lots[:, period].copy(), self._parcels[:, period].copy())

    def improve(self, decision: Decision) -> Decision:
        """Search better headers than those of a decision, and round quantities under them."""
        headers = header_columns(self._session)
        if not len(headers):
            return decision
        states = start_columns(self._session, self._translation, decision)[headers]
        self._headers = improve_headers(self._session, headers, states, self._over)
        self._session.fix(headers, self._headers)
        better = self.run()
        self._session.free(headers)
        self._headers = None
        return better

    def _decision(self) -> Decision:
        return decision_of(self._task.network, self._translation, self._lots, self._parcels)

    def _ledger(self) -> Ledger:
        return keep_ledger(self._task.network, self._task.laws, self._decision())

    def _open(self, period: int, values: Array) -> list[int]:
        """Decide a period's purchase orders and lane trips, then their containers and discount tiers."""
        fixed = []
        if self._headers is None:
            for column, key in self._switches.headers(period):
                self._hold({column: self._switches.rounded(key, float(values[column]))})
                fixed.append(column)
        found = self._session.relax(20.0, keep=True) if fixed else None
        values = values if found is None or found.values is None else found.values
        for choice in self._switches.choices(period):
            options = choice(values)
            values = self._choose(options, values)
            fixed += list(options[0])
        return fixed

    def _hold(self, states: dict[int, float]) -> None:
        self._session.fix(np.array(list(states), dtype=np.int32), np.array(list(states.values())))

    def _choose(self, options: list[dict[int, float]], values: Array) -> Array:
        """Hold the option with which the relaxation is cheapest; returns that relaxation's columns."""
        if len(options) == 1:
            self._hold(options[0])
            return values
        best: tuple[float, dict[int, float], Array] | None = None
        for states in options:
            self._hold(states)
            found = self._session.relax(20.0, keep=True)
            if found.values is not None and (best is None or found.bound < best[0]):
                best = (found.bound, states, found.values)
        if best is None:
            return values
        self._hold(best[1])
        return best[2]

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
        self._parcels[:, period] = np.floor(shipped + 0.02)
        self._repair(period, wished, shipped, period)
        self._raise(period, wished, shipped)

    def _raise(self, period: int, wished: Array, shipped: Array) -> None:
        """Round up what lies nearest to the next step, as much of it as every limit allows."""
        up = [(wished[k] - self._lots[k, period], self._lots, k) for k in np.flatnonzero(wished > 1e-6)]
        up += [(shipped[k] - self._parcels[k, period], self._parcels, k) for k in np.flatnonzero(shipped > 1e-6)]
        up = sorted((u for u in up if 0.5 <= u[0] <= 1.0 and self._can_rise(u[1], u[2], period)), key=lambda u: -u[0])
        most, least = len(up) + 1, 0
        taken = 0
        while most - least > 1:
            middle = (most + least) // 2 if least or taken else len(up)
            self._add(up[taken:middle], period, 1.0) if middle > taken else self._add(up[middle:taken], period, -1.0)
            taken = middle
            if self._broken(period):
                most = middle
            else:
                least = middle
        self._add(up[least:taken], period, -1.0)

    def _can_rise(self, steps: Array, k: int, period: int) -> bool:
        if steps is self._parcels:
            return True
        entry = self._inst.lines[k]
        return self._lots[k, period] > 0.0 or entry.tiers[0].least[entry.periods.index(period)] <= 1.0

    def _add(self, changes: list[tuple[float, Array, int]], period: int, amount: float) -> None:
        for _, steps, k in changes:
            steps[k, period] += amount

    def _rounded(self, line: int, period: int, wished: float) -> float:
        entry = self._inst.lines[line]
        if period not in entry.periods or wished <= 1e-6:
            return 0.0
        position = entry.periods.index(period)
        steps = float(np.floor(wished + 0.02)) if entry.step > 0.0 else wished
        least = min((t.least[position] for t in entry.tiers if t.most[position] > 0.0), default=0.0)
        if steps < least:
            return least if wished >= 0.5 * least and least > 1.0 else 0.0
        return float(min(steps, max(t.most[position] for t in entry.tiers)))

    def _broken(self, until: int) -> list[Violation]:
        """What the decision so far breaks; stock after `until` can still be shipped away."""
        found = violations(self._ledger(), self._limits)
        return [v for v in found if v.rule not in STOCK_RULES or v.period <= until]

    def _repair(self, period: int, wished: Array, shipped: Array, until: int) -> None:
        """Mend one violation after the other; give everything in the period up if that leads nowhere."""
        self._settled: set[int] = set()
        for _ in range(REPAIRS):
            broken = self._broken(until)
            if not broken:
                return
            if not self._mend(broken[0], period, wished, shipped):
                break
        self._lots[:, period] = 0.0
        self._parcels[:, period] = 0.0

    def _mend(self, broken: Violation, period: int, wished: Array, shipped: Array) -> bool:
        """Change something in the period so that the violation shrinks; False if nothing is left to change."""
        places = self._translation
        if broken.move is not None:
            return self._ship_less([k for k, m in enumerate(places.moves) if m == broken.move], period, shipped)
        if broken.group is not None:
            return self._settle(broken, period, wished)
        mine = self._concerned(broken)
        return (
            self._order_less([k for k in mine if self._inst.lines[k].group not in self._settled], period, wished)
            or self._drop_smallest(mine, period)
            or self._ship_less(list(range(len(places.moves))), period, shipped)
        )

    def _settle(self, broken: Violation, period: int, wished: Array) -> bool:
        """Add to a purchase order until it keeps its own rules, once; else give it up."""
        group = broken.group
        mine = [k for k, line in enumerate(self._inst.lines) if line.group == group]
        if group in self._settled or broken.rule not in ("order_minimum", "container_fill"):
            if broken.rule == "order_maximum" and self._order_less(mine, period, wished):
                return True
            return self._drop(mine, period)
        before = self._lots[mine, period].copy()
        for _ in range(REPAIRS):
            if not self._order_more(mine, period, wished):
                break
            if not any(v.group == group and v.rule == broken.rule for v in violations(self._ledger(), self._limits)):
                self._settled.add(int(group or 0))
                return True
        self._lots[mine, period] = before
        return self._drop(mine, period)

    def _drop_smallest(self, lines: list[int], period: int) -> bool:
        """Give up the smallest purchase order among those that these lines are on."""
        groups = {self._inst.lines[k].group for k in lines if self._lots[k, period] > 0.0}
        if not groups:
            return False
        goods = {g: 0.0 for g in groups}
        for k, line in enumerate(self._inst.lines):
            if line.group in groups:
                goods[line.group] += float(self._lots[k, period]) * max(line.step, 1.0) * line.tiers[0].price
        least = min(sorted(goods), key=goods.__getitem__)
        return self._drop([k for k, line in enumerate(self._inst.lines) if line.group == least], period)

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
            if self._lots[k, period] <= 0.0 and not (period in entry.periods and wished[k] > 1e-6):
                return False
            most = max(t.most[entry.periods.index(period)] for t in entry.tiers)
            return bool(self._lots[k, period] + 1.0 <= most)

        able = [k for k in lines if room(k) and self._lots[k, period] <= 3.0 * wished[k] + 5.0]
        if not able:
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
        """Hold every whole column of the period at what was decided."""
        columns = self._columns_of_period[period]
        values = start_columns(self._session, self._translation, self._decision())
        self._session.fix(columns, values[columns])
        return [int(c) for c in columns]


def _columns_by_period(session: HighsSession) -> dict[int, NDArray[np.int32]]:
    """Whole columns whose second index is the period in which they are decided."""
    found: dict[int, list[int]] = {t: [] for t in range(session.model.instance.periods)}
    for block in ("lots", "open", "placed", "in_tier", "containers", "parcels", "trip", "ships"):
        for index, variable in getattr(session.model.variables, block).items():
            found[index[1]].append(session.column(variable))
    return {t: np.array(sorted(columns), dtype=np.int32) for t, columns in found.items()}


Options = Callable[[Array], list[dict[int, float]]]
"""From the relaxation's columns to ways to hold some of them."""


class _Switches:
    """Whole columns of purchase orders and lanes, by period."""

    def __init__(self, session: HighsSession) -> None:
        var, column = session.model.variables, session.column
        self._headers: dict[int, list[tuple[int, tuple[str, int]]]] = defaultdict(list)
        for block in HEADERS:
            for index, variable in getattr(var, block).items():
                self._headers[index[1]].append((column(variable), (block, index[0])))
        self._choices: dict[int, list[Options]] = defaultdict(list)
        for (_, t), variable in var.containers.items():
            self._choices[t].append(partial(_counts, column(variable)))
        tiers: dict[tuple[int, int], list[int]] = defaultdict(list)
        for (g, t, _), variable in var.in_tier.items():
            tiers[g, t].append(column(variable))
        for (_, t), columns in tiers.items():
            self._choices[t].append(partial(_tiers, columns))
        self._owed: dict[tuple[str, int], float] = {}

    def headers(self, period: int) -> list[tuple[int, tuple[str, int]]]:
        """Columns of purchase orders and trips, and what they belong to."""
        return self._headers[period]

    def choices(self, period: int) -> list[Options]:
        """What is left to choose once the headers are held: containers and discount tiers."""
        return self._choices[period]

    def rounded(self, key: tuple[str, int], wanted: float) -> float:
        """1 if the running sum of what the relaxation wants has reached a half, 0 else."""
        owed = self._owed.get(key, 0.0) + wanted
        state = 1.0 if owed >= 0.5 else 0.0
        self._owed[key] = owed - state
        return state


def _counts(column: int, values: Array) -> list[dict[int, float]]:
    """The whole numbers of containers next to the relaxation's."""
    low, high = np.floor(values[column] + WHOLE), np.ceil(values[column] - WHOLE)
    return [{column: float(n)} for n in sorted({low, high})]


def _tiers(columns: list[int], values: Array) -> list[dict[int, float]]:
    """One tier each of those that the relaxation mixes; none without a purchase order."""
    mixed = [c for c in columns if values[c] > WHOLE]
    if not mixed or values[columns].sum() < 0.5:
        return [dict.fromkeys(columns, 0.0)]
    return [{c: float(c == chosen) for c in columns} for chosen in mixed]
