"""One minimisation by prices: raise the bound and better the plan until they meet or time is over."""

from __future__ import annotations

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
STEPS = 100
"""Passes of the first ascent."""
STEP_OF_BOUND = 0.05
"""First step of an ascent that begins with the prices of another."""
ROUNDING = 1e-6
"""How far the bound may lie above the objective found by rounding, relative."""


class Decomposed:
    """One minimisation by prices.

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
            self._ascend(ascent, search, STEPS, 0.3)
        search.begin()
        search.explore(self._count(programs, 40))
        self._better(bounding, search, self._count(programs, 20))

    def _early(self, levels: Levels) -> Passes:
        """Programs of a relaxation where supply is random."""
        terms = RandomTerms.of(self.task.network, self.task.laws.planned)
        programs = early_programs(self.task, levels, terms)
        draws = EarlyDraws(self.task, programs, terms)
        return Passes(self.task, self.limits, programs, aim=self.aim, draws=draws)

    def _better(self, ascent: Ascent, search: Search, few: int) -> None:
        """Mix plans, vary the purchase orders of the best mixture, and so on; now and then raise the bound."""
        rounds = 0
        while not self._done():
            before = self._found
            search.mix(self._time_for_master(rounds), 0.3 * self.options.gap)
            if self._done():
                break
            for passes in {search.passes, ascent.passes}:
                passes.draws.know(self.best)
            search.vary(few)
            rounds += 1
            if self._found > before - 1e-6 * abs(before) and rounds > 4:
                self._ascend(ascent, search if ascent.passes is search.passes else None, 30, 0.05)
                if rounds > 12:
                    break

    @property
    def _found(self) -> float:
        """Objective of the best decision."""
        return self.aim.value(self.best)

    def _count(self, programs, few: int) -> int:  # type: ignore[no-untyped-def]
        """Passes that are worth their time: fewer where a pass takes long."""
        return max(few // max(1, len(programs.cells.levels) // 20_000), 4)

    def _time_for_master(self, rounds: int) -> float:
        return min(0.4 * self.options.time_left, 3.0 + 3.0 * rounds)

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
        self, ascent: Ascent, search: Search | None, steps: int, step: float, *, proves: bool = True
    ) -> None:
        until = self.options.seconds + SHARE_FOR_PRICES * self.options.time_left
        seen = [0]

        def over() -> bool:
            return self.options.over or self.options.seconds > until or self._done()

        def look(found: Pass, _use: Use) -> None:
            seen[0] += 1
            if proves:
                self._prove(found)
            if search is not None and seen[0] % 2 == 0 and (seen[0] > steps // 2 or not proves):
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
        if self._found < bound <= self._found + ROUNDING * self.aim.gross(self.best):
            bound = self._found
        self.bound = max(self.bound, bound)
        self._tell()

    def take(self, ledger: Ledger) -> bool:
        """Take a decision if it is better and keeps every rule."""
        if self.aim.value(ledger) >= self._found or violations(ledger, self.limits):
            return False
        self.best = ledger
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
