"""One minimisation by prices: raise the bound and better the plan until they meet or time is over."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.aims import Aim
from procure.engines.decomposed.ascent import Ascent
from procure.engines.decomposed.draws import EarlyDraws, LikelyDraws, early_programs, with_tails
from procure.engines.decomposed.passes import Pass, Passes
from procure.engines.decomposed.programs import programs_of
from procure.engines.decomposed.random_terms import RandomTerms
from procure.engines.decomposed.search import Search
from procure.engines.decomposed.uses import Use
from procure.engines.interface import Options, Progress, Task
from procure.engines.useful import Levels, useful_levels
from procure.solution.check import violations
from procure.solution.ledger import Decision, Ledger, keep_ledger
from procure.solution.limits import Limits

Array = NDArray[np.float64]

SHARE_FOR_PRICES = 0.35
"""Share of the time left that the ascent may take at first."""
SHARE_FOR_EXPLORING = 0.2
"""Share of the time left in which plans are made under other purchase orders, between two mixtures."""
MOST_EXPLORED, VARIATIONS = 40, 40
"""Most such plans at first, and between two mixtures."""
MOST_STALLED, STALLED_FOR_BOUND = 8, 3
"""Mixtures in a row that bring nothing before a run ends, and before the bound is raised again."""
FIRST_STEPS, FIRST_EXPLORED = 25, 6
"""Passes of prices, and plans, before the first mixture: a plan must be there soon, if not yet the best one."""
SHARE_FOR_FIRST_PLAN = 0.12
"""Share of the time left that each of the two may take."""
STEPS = 100
"""Passes of the first ascent."""
STEP_OF_BOUND = 0.05
"""First step of an ascent that begins with the prices of another."""
ROUNDING = 1e-6
"""How far the bound may lie above the objective found by rounding, relative."""


class Decomposed:
    """One minimisation by prices; `prices` are those of limits at the best bound, shape (limits, T).

    Parameters
    ----------
    task, limits
        The plan in numbers and the limits to keep.
    aim
        What to minimise.
    options
        Time, gap, stop, progress.
    start, safe
        Decisions that keep the limits: one to better, and that of doing next to nothing.
    """

    def __init__(
        self, task: Task, limits: Limits, aim: Aim, options: Options, start: Decision, safe: Decision
    ) -> None:
        self.task, self.limits, self.aim, self.options = task, limits, aim, options
        self.best = keep_ledger(task.network, task.laws, start)
        self.bound = -np.inf
        self.prices: Array | None = None
        self._start, self._safe = start, safe

    def run(self) -> None:
        """Raise the bound and better the plan until they meet or time is over."""
        capped = any(limit.kind == "backorders" for limit in self.limits)
        useful = useful_levels(
            self.task.network, self.task.laws, backorders_only=capped or self.aim.name == "backorders"
        )
        levels = with_tails(useful, self.task.laws.planned, self.aim.short)
        self._lost = levels.money if self.aim.worth else levels.backorders
        self._lost_short = levels.backorders if capped else 0.0
        programs = programs_of(self.task.network, self.task.laws, useful)
        random = bool(self.task.laws.planned.deliveries.cells)
        likely = LikelyDraws(self.task, programs) if random else None
        passes = Passes(self.task, self.limits, programs, aim=self.aim, draws=likely)
        ascent = Ascent(passes)
        search = Search(passes, ascent, self.options, self.take, self._safe)
        if self._start is not self._safe:
            search.begin_with(self._start)
        if capped:
            self._price_backorders(ascent)
        if random:
            self._ascend(ascent, search, STEPS // 2, 0.3, proves=False)
            bounding = Ascent(self._early(levels))
            bounding.begin_like(ascent)
            bounding.passes.draws.know(self.best)
            self._ascend(bounding, None, STEPS // 2, STEP_OF_BOUND)
        else:
            bounding = ascent
            self._ascend(ascent, search, FIRST_STEPS, 0.3, share=SHARE_FOR_FIRST_PLAN)
            search.begin()
            search.explore(FIRST_EXPLORED, self._until(SHARE_FOR_FIRST_PLAN))
            search.mix()
            self._ascend(ascent, search, STEPS, 0.2)
        search.begin()
        search.explore(MOST_EXPLORED, self._until(SHARE_FOR_EXPLORING))
        self._better(bounding, search)

    def _early(self, levels: Levels) -> Passes:
        """Programs of a relaxation where supply is random."""
        terms = RandomTerms.of(self.task.network, self.task.laws.planned)
        programs = early_programs(self.task, levels, terms)
        draws = EarlyDraws(self.task, programs, terms)
        return Passes(self.task, self.limits, programs, aim=self.aim, draws=draws)

    def _better(self, ascent: Ascent, search: Search) -> None:
        """Mix plans, vary the purchase orders of the best mixture, and so on; now and then raise the bound."""
        stalled = 0
        while not self._done() and stalled < MOST_STALLED:
            before = self._found
            search.mix()
            if not self._gained(before) and not self._done():
                search.restricted_master(self._time_for_master(stalled), 0.3 * self.options.gap)
            stalled = 0 if self._gained(before) else stalled + 1
            for passes in {search.passes, ascent.passes}:
                passes.draws.know(self.best)
            if stalled == STALLED_FOR_BOUND:
                self._ascend(ascent, search if ascent.passes is search.passes else None, 30, STEP_OF_BOUND)
            if not self._done():
                search.vary(VARIATIONS, self._until(SHARE_FOR_EXPLORING))

    def _gained(self, before: float) -> bool:
        """Whether the best plan has gained a share of the gap asked for."""
        return before - self._found > 0.05 * self.options.gap * self.aim.gross(self.best)

    def _until(self, share: float) -> Callable[[], bool]:
        """Whether a share of the time that is left now has gone by, or the run is over."""
        end = self.options.seconds + share * self.options.time_left
        return lambda: self.options.over or self.options.seconds > end

    @property
    def _found(self) -> float:
        """Objective of the best decision."""
        return self.aim.value(self.best)

    def _time_for_master(self, stalled: int) -> float:
        return min(0.3 * self.options.time_left, 1.0 + 2.0 * stalled)

    def _price_backorders(self, ascent: Ascent) -> None:
        """Begin with a price of backorders at which the cells by themselves keep the limit, about."""
        k = next(k for k, limit in enumerate(self.limits) if limit.kind == "backorders")
        for _ in range(12):
            found, use = ascent.once()
            if not self.task.laws.planned.deliveries.cells:
                self._prove(found)
            if use.limits[k, -1] <= self.limits[k].allowed[-1] or self.options.over:
                break
            ascent.limits[k, -1] = 2.0 * ascent.limits[k, -1] + ascent.scale[k, 0]
        ascent.scale[k, 0] = max(ascent.scale[k, 0], 0.3 * float(ascent.limits[k, -1]))

    def _ascend(
        self,
        ascent: Ascent,
        search: Search | None,
        steps: int,
        step: float,
        *,
        proves: bool = True,
        share: float = SHARE_FOR_PRICES,
    ) -> None:
        until = self.options.seconds + share * self.options.time_left
        seen = [0]

        def over() -> bool:
            if proves and self.bound == -np.inf and not self.options.stop.is_set():
                # one pass at least, so that a bound is told
                return False
            return self.options.over or self.options.seconds > until or self._done()

        def look(found: Pass, _use: Use) -> None:
            seen[0] += 1
            if proves:
                self._prove(found)
            late = seen[0] % 2 == 0 and (seen[0] > steps // 2 or not proves)
            if search is not None and (late or seen[0] == 1):
                search.collect(found)
            if not proves and seen[0] % 10 == 0:
                ascent.passes.draws.know(self.best)

        ascent.run(steps, step, over, look)

    def _prove(self, found: Pass) -> None:
        """Take the bound of a pass, less what supply beyond the useful levels could still save."""
        lost = self._lost
        if self._lost_short > 0.0:
            price = sum(
                float(prices[-1])
                for limit, prices in zip(self.limits, found.duals.limits, strict=True)
                if limit.kind == "backorders"
            )
            lost += price * self._lost_short
        bound = found.bound - lost
        if bound > self.bound:
            self.prices = found.duals.limits
        if self._found < bound <= self._found + ROUNDING * self.aim.gross(self.best):
            bound = self._found
        self.bound = max(self.bound, bound)
        self._tell()

    def take(self, ledger: Ledger) -> bool:
        """Take a decision if it is better and keeps every rule."""
        if self.aim.value(ledger) >= self._found:
            return False
        exact = keep_ledger(self.task.network, self.task.laws, ledger.decision)
        if self.aim.value(exact) >= self._found or violations(exact, self.limits):
            return False
        self.best = exact
        self._tell()
        return True

    def _done(self) -> bool:
        gap = max(self.options.gap, 1e-9) * self.aim.gross(self.best)
        return self.options.over or self._found - self.bound <= gap

    def _tell(self) -> None:
        if self.options.progress is None:
            return
        known = bool(np.isfinite(self.bound))
        gap = max(self._found - self.bound, 0.0) / self.aim.gross(self.best) if known else None
        self.options.progress(
            Progress(self.aim.name, self.bound if known else None, self._found, gap, self.options.seconds)
        )
