"""A plan from the linear relaxation: period by period, round what it orders, fix that, solve again.

Ordering nothing later always keeps every limit, so the part decided so far is a plan that keeps them all, and
so is the result. Relax and fix: Pochet and Wolsey, Production Planning by Mixed Integer Programming (2006),
chapter 3.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from procure.engines.headers import header_columns, improve_headers
from procure.engines.interface import Task
from procure.engines.rounding import Draft
from procure.engines.start import start_columns
from procure.engines.switches import Switches, columns_by_period
from procure.engines.translate import Translation
from procure.solution.ledger import Decision
from procure.solution.limits import Limits
from procure_milp.solve import Found, HighsSession

Array = NDArray[np.float64]

SHARE_FOR_ROUNDING = 0.4
"""Share of the time left that is kept for rounding quantities under the headers found."""
LEAST_TIME = 0.2
"""Seconds that a relaxation may take when time is over, so that the period begun can be ended."""


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
    time_left
        Seconds that the dive may still take.
    """

    def __init__(
        self,
        task: Task,
        limits: Limits,
        translation: Translation,
        session: HighsSession,
        time_left: Callable[[], float],
    ) -> None:
        self._translation, self._session, self._time_left = translation, session, time_left
        self._draft = Draft(task, limits, translation)
        self._switches = Switches(session)
        self._columns = columns_by_period(session)
        self._headers_held = False

    def run(self) -> Decision:
        """Return a decision that keeps every limit; headers that are held already stay so."""
        self._draft.clear()
        touched: list[int] = []
        latest: Array | None = None
        for period in range(self._translation.instance.periods):
            if self._time_left() <= 0.0 and latest is not None:
                # no time to solve again: what the last relaxation wants, rounded, still beats ordering nothing
                self._draft.round(period, *self._wishes(period, latest))
                continue
            found = self._relax()
            if found.values is None:
                break
            latest = found.values
            opened = self._open(period, found.values)
            touched += opened
            found = self._relax() if opened else found
            if found.values is not None:
                self._draft.round(period, *self._wishes(period, found.values))
            touched += self._fix(period)
            if self._relax().values is None and self._time_left() > 0.0:
                self._draft.retreat(period)
                self._fix(period)
        if touched:
            self._session.free(np.array(sorted(set(touched)), dtype=np.int32))
        self._session.whole_again()
        self._draft.clean()
        return self._draft.decision()

    def improve(self, decision: Decision) -> Decision:
        """Search better headers than those of a decision, and round quantities under them."""
        headers = header_columns(self._session)
        if not len(headers):
            return decision
        states = start_columns(self._session, self._translation, decision)[headers]
        reserve = SHARE_FOR_ROUNDING * self._time_left()
        states = improve_headers(self._session, headers, states, lambda: self._time_left() - reserve)
        self._session.fix(headers, states)
        self._headers_held = True
        better = self.run()
        self._headers_held = False
        self._session.free(headers)
        return better

    def _relax(self) -> Found:
        return self._session.relax(max(self._time_left(), LEAST_TIME), keep=True)

    def _wishes(self, period: int, values: Array) -> tuple[Array, Array]:
        """Steps that the relaxation orders and ships in a period."""
        var, column, inst = self._session.model.variables, self._session.column, self._translation.instance
        wished, shipped = np.zeros(len(inst.lines)), np.zeros(len(inst.moves))
        for (k, t, _), lot in var.lots.items():
            if t == period:
                wished[k] += values[column(lot)]
        for (k, t), parcel in var.parcels.items():
            if t == period:
                shipped[k] = values[column(parcel)]
        return wished, shipped

    def _open(self, period: int, values: Array) -> list[int]:
        """Decide a period's purchase orders and lane trips, then their containers and discount tiers."""
        fixed = []
        if not self._headers_held:
            for column, key in self._switches.headers(period):
                self._hold({column: self._switches.rounded(key, float(values[column]))})
                fixed.append(column)
        found = self._relax() if fixed else None
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
        if len(options) == 1 or self._time_left() <= 0.0:
            self._hold(options[0])
            return values
        best: tuple[float, dict[int, float], Array] | None = None
        for states in options:
            self._hold(states)
            found = self._relax()
            if found.values is not None and (best is None or found.bound < best[0]):
                best = (found.bound, states, found.values)
        if best is None:
            return values
        self._hold(best[1])
        return best[2]

    def _fix(self, period: int) -> list[int]:
        """Hold every whole column of the period at what was decided."""
        columns = self._columns[period]
        values = start_columns(self._session, self._translation, self._draft.decision())
        self._session.fix(columns, values[columns])
        return [int(c) for c in columns]
