"""One minimisation by prices: raise the bound and better the plan until they meet or time is over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.accounts import Account
from procure.engines.decomposed.aims import Aim
from procure.engines.decomposed.ascent import Ascent
from procure.engines.decomposed.block import Kind
from procure.engines.decomposed.crew import Crew, Hands, Threads
from procure.engines.decomposed.lagrangian import Lagrangian, Value
from procure.engines.decomposed.search import Search
from procure.engines.interface import Options, Progress, Task
from procure.solution.check import violations
from procure.solution.ledger import Decision, keep_ledger
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
    hands
        Makes what carries out the commands of the blocks; threads of this process if left out.
    """

    def __init__(
        self,
        task: Task,
        limits: Limits,
        aim: Aim,
        options: Options,
        start: Decision,
        safe: Decision,
        hands: Callable[[], Hands] = Threads,
    ) -> None:
        self.task, self.limits, self.aim, self.options = task, limits, aim, options
        self.best = keep_ledger(task.network, task.laws, start)
        self.bound = -np.inf
        self._start, self._safe, self._hands = start, safe, hands
        self._capped = any(limit.kind == "backorders" for limit in limits)
        self.prices: Array | None = None

    def run(self) -> None:
        """Raise the bound and better the plan until they meet or time is over."""
        random = bool(self.task.laws.planned.deliveries.cells)
        with self._crew(early=False) as crew, self._crew(early=True) if random else nullcontext() as early:
            ascent = Ascent(Lagrangian(crew, self.aim))
            search = Search(ascent, self._done, self.options.stop, self.take, self._safe)
            if self._start is not self._safe:
                search.begin_with(self._start)
            self._reckon_with(ascent)
            if early is None:
                self._begin(ascent, search)
                bounding = ascent
            else:
                bounding = self._begin_random(ascent, search, Ascent(Lagrangian(early, self.aim)))
            search.begin()
            search.explore(MOST_EXPLORED, self._until(SHARE_FOR_EXPLORING))
            self._better(bounding, search)

    def _crew(self, *, early: bool) -> Crew:
        """Blocks for plans, or for bounds where supply is random."""
        return Crew(self.task, self.limits, Kind(self.aim.name, early, self._capped), self._hands())

    def _reckon_with(self, ascent: Ascent) -> None:
        """Take over what supply beyond the useful levels could save, and begin with a price of backorders."""
        opening = ascent.dual.opening
        self._lost = opening.money if self.aim.worth else opening.backorders
        self._lost_short = opening.backorders if self._capped else 0.0
        if self._capped:
            self._price_backorders(ascent)

    def _begin(self, ascent: Ascent, search: Search) -> None:
        """First prices, first plans, first mixture; then better prices."""
        self._ascend(ascent, search, FIRST_STEPS, 0.3, share=SHARE_FOR_FIRST_PLAN)
        search.begin()
        search.explore(FIRST_EXPLORED, self._until(SHARE_FOR_FIRST_PLAN))
        search.mix()
        self._ascend(ascent, search, STEPS, 0.2)

    def _begin_random(self, ascent: Ascent, search: Search, bounding: Ascent) -> Ascent:
        """Prices by which plans are made, and then those that the relaxation proves."""
        self._ascend(ascent, search, STEPS // 2, 0.3, proves=False)
        bounding.begin_like(ascent)
        self._learn(bounding)
        self._ascend(bounding, None, STEPS // 2, STEP_OF_BOUND)
        return bounding

    def _learn(self, ascent: Ascent) -> None:
        """Let what values draws know the best decision; there is one block then."""
        if self.task.laws.planned.sampled:
            ascent.dual.crew.all("know", self.best)

    def _better(self, ascent: Ascent, search: Search) -> None:
        """Mix plans, vary the purchase orders of the best mixture, and so on; now and then raise the bound."""
        stalled = 0
        while not self._done() and stalled < MOST_STALLED:
            before = self._found
            search.mix()
            if not self._gained(before) and not self._done():
                search.restricted_master(self._time_for_master(stalled), 0.3 * self.options.gap)
            stalled = 0 if self._gained(before) else stalled + 1
            for known in {search.ascent, ascent}:
                self._learn(known)
            if stalled == STALLED_FOR_BOUND:
                self._ascend(ascent, search if ascent is search.ascent else None, 30, STEP_OF_BOUND)
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
            found = ascent.once()
            if not self.task.laws.planned.deliveries.cells:
                self._prove(found)
            if found.use.limits[k, -1] <= self.limits[k].allowed[-1] or self.options.over:
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

        def look(found: Value) -> None:
            seen[0] += 1
            if proves:
                self._prove(found)
            late = seen[0] % 2 == 0 and (seen[0] > steps // 2 or not proves)
            if search is not None and (late or seen[0] == 1):
                search.collect()
            if not proves and seen[0] % 10 == 0:
                self._learn(ascent)

        ascent.run(steps, step, over, look)

    def _prove(self, found: Value) -> None:
        """Take the bound of a pass, less what supply beyond the useful levels could still save."""
        lost = self._lost
        if self._lost_short > 0.0:
            price = sum(
                float(prices[-1])
                for limit, prices in zip(self.limits, found.prices.limits, strict=True)
                if limit.kind == "backorders"
            )
            lost += price * self._lost_short
        bound = found.bound - lost
        if bound > self.bound:
            self.prices = found.prices.limits
        if self._found < bound <= self._found + ROUNDING * self.aim.gross(self.best):
            bound = self._found
        self.bound = max(self.bound, bound)
        self._tell()

    def take(self, found: Account, made_out: Callable[[], Decision]) -> bool:
        """Take a decision if it is better and keeps every rule."""
        if not found.keeps or found.value >= self._found:
            return False
        exact = keep_ledger(self.task.network, self.task.laws, made_out())
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
