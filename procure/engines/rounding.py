"""Whole quantities, one period after another: rounded from the relaxation's, then mended."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Task
from procure.engines.translate import Translation, decision_of
from procure.solution.check import Violation, violations
from procure.solution.ledger import Decision, Ledger, keep_ledger
from procure.solution.limits import Limits

Array = NDArray[np.float64]
Rise = tuple[float, Array, int]
"""How far a quantity was rounded down, where it stands, and its position."""

STOCK_RULES = ("storage", "inventory_value", "maximum_cover")
"""Rules about stock, which later transfers out can still keep."""
REPAIRS = 400
"""Most repairs in one period before everything in it is given up."""


class Draft:
    """Steps ordered and shipped so far; a plan that keeps every limit once `clean` is done.

    Parameters
    ----------
    task, limits
        The plan in numbers and the limits to keep.
    translation
        The instance and its places.

    Attributes
    ----------
    lots, parcels
        Steps by instance line or move and period, shape (lines, T) and (moves, T).
    """

    def __init__(self, task: Task, limits: Limits, translation: Translation) -> None:
        self._task, self._limits, self._translation = task, limits, translation
        self._inst = translation.instance
        self._settled: set[int] = set()
        self.lots = np.zeros((len(self._inst.lines), self._inst.periods))
        self.parcels = np.zeros((len(self._inst.moves), self._inst.periods))

    def clear(self) -> None:
        """Order and ship nothing."""
        self.lots[:] = 0.0
        self.parcels[:] = 0.0

    def round(self, period: int, wished: Array, shipped: Array) -> None:
        """Round the steps that the relaxation orders and ships in a period.

        Down first, which breaks no limit; then what an order's own rules need; then up whatever lies nearest
        to the next step, as much of it as every limit allows.
        """
        self.lots[:, period] = [self._rounded(k, period, x) for k, x in enumerate(wished)]
        self.parcels[:, period] = np.floor(shipped + 0.02)
        self._repair(period, wished, shipped, period)
        self._raise(period, wished, shipped)

    def retreat(self, period: int) -> None:
        """Mend the period as if nothing could be shipped away later."""
        self._repair(period, self.lots[:, period].copy(), self.parcels[:, period].copy(), self._inst.periods)

    def clean(self) -> None:
        """Take back what still breaks a rule, latest orders first: transfers planned may not have come."""
        for _ in range(REPAIRS):
            broken = self._broken(self._inst.periods)
            if not broken or not any(self._mend_at(broken[0], t) for t in self._periods_back(broken[0])):
                return

    def _periods_back(self, broken: Violation) -> Iterator[int]:
        """Periods in which something was decided that could matter, the latest first."""
        latest = broken.period if broken.rule in STOCK_RULES or broken.move is not None else self._inst.periods - 1
        first = broken.period if broken.line is not None or broken.group is not None else 0
        return (t for t in range(latest, first - 1, -1) if self.lots[:, t].any() or self.parcels[:, t].any())

    def _mend_at(self, broken: Violation, period: int) -> bool:
        self._settled = set()
        return self._mend(broken, period, self.lots[:, period].copy(), self.parcels[:, period].copy())

    def decision(self) -> Decision:
        """What has been ordered and shipped so far."""
        return decision_of(self._task.network, self._translation, self.lots, self.parcels)

    def _ledger(self) -> Ledger:
        return keep_ledger(self._task.network, self._task.laws, self.decision())

    def _raise(self, period: int, wished: Array, shipped: Array) -> None:
        """Round up what lies nearest to the next step, as much of it as every limit allows."""
        up = [*_down(wished, self.lots, period), *_down(shipped, self.parcels, period)]
        up = [u for u in up if 0.5 <= u[0] <= 1.0 and self._can_rise(u[1], u[2], period)]
        up.sort(key=lambda u: -u[0])
        most, least, taken = len(up) + 1, 0, 0
        while most - least > 1:
            middle = (most + least) // 2 if least or taken else len(up)
            self._add(up[taken:middle], period, 1.0)
            self._add(up[middle:taken], period, -1.0)
            taken = middle
            if self._broken(period):
                most = middle
            else:
                least = middle
        self._add(up[least:taken], period, -1.0)

    def _can_rise(self, steps: Array, k: int, period: int) -> bool:
        if steps is self.parcels:
            return True
        entry = self._inst.lines[k]
        return self.lots[k, period] > 0.0 or entry.tiers[0].least[entry.periods.index(period)] <= 1.0

    def _add(self, changes: list[Rise], period: int, amount: float) -> None:
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
        self._settled = set()
        for _ in range(REPAIRS):
            broken = self._broken(until)
            if not broken:
                return
            if not self._mend(broken[0], period, wished, shipped):
                break
        self.lots[:, period] = 0.0
        self.parcels[:, period] = 0.0

    def _mend(self, broken: Violation, period: int, wished: Array, shipped: Array) -> bool:
        """Change something in the period so that the violation shrinks; False if nothing is left."""
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
        before = self.lots[mine, period].copy()
        for _ in range(REPAIRS):
            if not self._order_more(mine, period, wished):
                break
            if not any(v.group == group and v.rule == broken.rule for v in violations(self._ledger(), self._limits)):
                self._settled.add(int(group or 0))
                return True
        self.lots[mine, period] = before
        return self._drop(mine, period)

    def _drop_smallest(self, lines: list[int], period: int) -> bool:
        """Give up the smallest purchase order among those that these lines are on."""
        groups = {self._inst.lines[k].group for k in lines if self.lots[k, period] > 0.0}
        if not groups:
            return False
        goods = dict.fromkeys(groups, 0.0)
        for k, line in enumerate(self._inst.lines):
            if line.group in groups:
                goods[line.group] += float(self.lots[k, period]) * max(line.step, 1.0) * line.tiers[0].price
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
        placed = [k for k in lines if self.lots[k, period] > 0.0]
        if not placed:
            return False
        k = max(placed, key=lambda k: (self.lots[k, period] - wished[k]) / max(wished[k], 1.0))
        entry = self._inst.lines[k]
        least = entry.tiers[0].least[entry.periods.index(period)]
        less = self.lots[k, period] - 1.0 if entry.step > 0.0 else 0.9 * self.lots[k, period] - 1e-3
        self.lots[k, period] = less if less >= max(least, 1e-9) else 0.0
        return True

    def _order_more(self, lines: list[int], period: int, wished: Array) -> bool:
        """Add a step to the line that was rounded down most, if one can take it."""
        able = [k for k in lines if self._has_room(k, period, float(wished[k]))]
        if not able:
            return False
        k = min(able, key=lambda k: (self.lots[k, period] - wished[k]) / max(wished[k], 1.0))
        self.lots[k, period] += 1.0
        return True

    def _has_room(self, line: int, period: int, wished: float) -> bool:
        """Whether a step more is possible, and not absurd beside what the relaxation orders."""
        entry, steps = self._inst.lines[line], float(self.lots[line, period])
        if period not in entry.periods or (steps <= 0.0 and wished <= 1e-6) or steps > 3.0 * wished + 5.0:
            return False
        return steps + 1.0 <= max(t.most[entry.periods.index(period)] for t in entry.tiers)

    def _drop(self, lines: list[int], period: int) -> bool:
        """Give up the whole purchase order."""
        had = bool(self.lots[lines, period].any())
        self.lots[lines, period] = 0.0
        return had

    def _ship_less(self, moves: list[int], period: int, shipped: Array) -> bool:
        able = [k for k in moves if self.parcels[k, period] > 0.0]
        if not able:
            return False
        k = max(able, key=lambda k: self.parcels[k, period] - shipped[k])
        self.parcels[k, period] = max(self.parcels[k, period] - 1.0, 0.0)
        return True


def _down(wished: Array, steps: Array, period: int) -> list[Rise]:
    """How far each quantity of the period lies below what the relaxation wants."""
    return [(float(wished[k] - steps[k, period]), steps, int(k)) for k in np.flatnonzero(wished > 1e-6)]
