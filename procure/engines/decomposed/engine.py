"""The decomposed engine on one page: prices, plans of cells, a mixture of them, a certificate.

FORMULATION.md, "Prices", has the mathematics; docs/decomposed.md tells it in words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.compact import solve_compact
from procure.engines.decomposed.ascent import Ascent
from procure.engines.decomposed.passes import Pass, Passes
from procure.engines.decomposed.programs import programs_of
from procure.engines.decomposed.search import Search
from procure.engines.decomposed.uses import Use
from procure.engines.interface import Options, Outcome, Progress, Task
from procure.engines.opening import better_start, relax_limits
from procure.engines.useful import useful_levels
from procure.solution.check import violations
from procure.solution.ledger import Decision, Ledger, keep_ledger
from procure.solution.limits import Limits

Array = NDArray[np.float64]

SHARE_FOR_PRICES = 0.35
"""Share of the time left that the ascent may take at first."""
STEPS = 100
"""Passes of the first ascent."""


class Decomposed:
    """One minimisation of cost by prices.

    Parameters
    ----------
    task, limits
        The plan in numbers and the limits to keep.
    options
        Time, gap, stop, progress.
    start, safe
        Decisions that keep the limits: one to better, and that of doing next to nothing.
    """

    def __init__(self, task: Task, limits: Limits, options: Options, start: Decision, safe: Decision) -> None:
        self.task, self.limits, self.options = task, limits, options
        self.best = keep_ledger(task.network, task.laws, start)
        self.bound = -np.inf
        self._start, self._safe = start, safe

    def run(self) -> None:
        """Raise the bound and better the plan until they meet or time is over."""
        levels = useful_levels(self.task.network, self.task.laws, backorders_only=False)
        self._lost = levels.money
        programs = programs_of(self.task.network, self.task.laws, levels)
        passes = Passes(self.task, self.limits, programs)
        ascent = Ascent(passes)
        search = Search(passes, ascent, self.options, self.take, self._safe)
        if self._start is not self._safe:
            search.begin_with(self._start)
        self._ascend(ascent, search, STEPS, 0.3)
        search.begin()
        search.explore(self._count(programs, 40))
        rounds = 0
        while not self._done():
            before = self.best.total
            search.mix(self._time_for_master(rounds), 0.3 * self.options.gap)
            if self._done():
                break
            search.vary(self._count(programs, 20))
            rounds += 1
            if self.best.total > before * (1.0 - 1e-6) and rounds > 4:
                self._ascend(ascent, search, 30, 0.05)
                if rounds > 12:
                    break

    def _count(self, programs, few: int) -> int:  # type: ignore[no-untyped-def]
        """Passes that are worth their time: fewer where a pass takes long."""
        return max(few // max(1, len(programs.cells.levels) // 20_000), 4)

    def _time_for_master(self, rounds: int) -> float:
        return min(0.4 * self.options.time_left, 3.0 + 3.0 * rounds)

    def _ascend(self, ascent: Ascent, search: Search, steps: int, step: float) -> None:
        until = self.options.seconds + SHARE_FOR_PRICES * self.options.time_left
        seen = [0]

        def over() -> bool:
            if self.bound == -np.inf and not self.options.stop.is_set():
                # one pass at least, so that a bound is told
                return False
            return self.options.over or self.options.seconds > until or self._done()

        def look(found: Pass, _use: Use) -> None:
            seen[0] += 1
            self._prove(found.bound)
            if seen[0] > steps // 2 and seen[0] % 2 == 0:
                search.collect(found)

        ascent.run(steps, step, over, look)

    def _prove(self, bound: float) -> None:
        self.bound = max(self.bound, bound - self._lost)
        self._tell()

    def take(self, ledger: Ledger) -> bool:
        """Take a decision if it is better and keeps every rule."""
        if ledger.total >= self.best.total or violations(ledger, self.limits):
            return False
        self.best = ledger
        self._tell()
        return True

    def _done(self) -> bool:
        return self.options.over or self.best.total - self.bound <= max(self.options.gap, 1e-9) * self.best.gross

    def _tell(self) -> None:
        if self.options.progress is None:
            return
        known = bool(np.isfinite(self.bound))
        gap = max(self.best.total - self.bound, 0.0) / self.best.gross if known else None
        self.options.progress(
            Progress("cost", self.bound if known else None, self.best.total, gap, self.options.seconds)
        )


def solve_decomposed(task: Task, options: Options) -> Outcome:
    """Minimise cost by prices on what cells share.

    Where the plan asks for what prices can't tell yet (`can_decompose`) the compact engine solves it, and the outcome
    says so.
    """
    if not can_decompose(task):
        return solve_compact(task, options)
    limits, start = relax_limits(task, options, Decision.nothing(task.network))
    seconds = {"relax limits": options.seconds}
    run = Decomposed(task, limits, options, better_start(task, limits, start), start)
    run.run()
    seconds["cost"] = options.seconds - seconds["relax limits"]
    return Outcome(
        decision=run.best.decision,
        limits=limits,
        bound=run.bound,
        backorder_bound=None,
        seconds=seconds,
        engine="decomposed",
        solver=options.solver,
    )


def can_decompose(task: Task) -> bool:
    """Whether the engine knows all that the plan asks for."""
    return task.network.plan.policy.objective == "cost" and not task.laws.planned.sampled
