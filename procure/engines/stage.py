"""One minimisation: a cut model refined until its bound and the plain arithmetic agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.engines.alone import stand_alone
from procure.engines.cuts import Curves
from procure.engines.dive import Dive
from procure.engines.interface import Options, Progress, Task
from procure.engines.path_cuts import PathCuts
from procure.engines.places import Places
from procure.engines.reach import Reach, reach_of
from procure.engines.separate import violated_rises
from procure.engines.translate import Translation, decision_of, translate
from procure.engines.useful import useful_levels
from procure.solution.check import violations
from procure.solution.ledger import Decision, Ledger, keep_ledger
from procure.solution.limits import Limits
from procure_milp.build import build_model
from procure_milp.instance import Instance, PathCut
from procure_milp.other_solvers import PulpSession, open_session
from procure_milp.solve import HighsSession, Session

Array = NDArray[np.float64]

SHARE_FOR_SEARCH = 0.6
"""Share of the gap that the search may leave; the rest is for what the cuts leave of the true functions."""
SOLVER_TOLERANCE = 1e-5
"""How far the solver's bound may lie above the total of plain arithmetic, relative."""
ROUNDS, ROUNDS_BEFORE_DIVE = 8, 2
"""Most rounds of cuts at the linear relaxation, before the search and before the dive of a large model."""
ROUNDS_OF_PATHS = 40
"""Most rounds at the relaxation where cells are valued by draws, whose functions have many dimensions."""
SHARE_FOR_RELAXATION = 0.15
"""Share of the time left after which no further round of cuts begins."""
DIVE_FROM = 60
"""Whole variables from which a start is worth diving for."""
DIVE_PLAIN_FROM = 6000
"""Whole variables from which the dive does without the inequalities, which make its relaxations slow."""
SHARE_FOR_DIVE = 0.7
"""Share of the time left that the dive may take."""


@dataclass(frozen=True)
class Goal:
    """What a stage minimises.

    Attributes
    ----------
    name
        `cost`, `backorders` or `relaxation`.
    value
        True objective of a ledger, by plain arithmetic.
    gross
        Money (or amount) that a relative gap refers to.
    gap
        Relative gap at which to stop.
    limits
        The shared limits.
    kept
        Limits that a decision must keep: `limits`, without those that have slack.
    slack
        Periods of limits, by position, whose excess is minimised.
    backorder_limit
        Most weighted backorders.
    """

    name: str
    value: Callable[[Ledger], float]
    gross: Callable[[Ledger], float]
    gap: float
    limits: Limits
    kept: Limits
    slack: dict[int, NDArray[np.bool_]]
    backorder_limit: float = np.inf


@dataclass(eq=False)
class Best:
    """The best decision so far and the best bound."""

    ledger: Ledger
    bound: float = -np.inf


class Stage:
    """Minimises one goal with a compact model.

    Parameters
    ----------
    task
        The plan in numbers.
    goal
        What to minimise, under which limits.
    options
        Solver, time, gap.
    start
        A decision that keeps the limits.
    bound
        A bound that is proven already.
    """

    def __init__(
        self, task: Task, goal: Goal, options: Options, start: Decision, bound: float = -np.inf
    ) -> None:
        self.task, self.goal, self.options = task, goal, options
        self.phase = goal.name
        self.best = Best(keep_ledger(task.network, task.laws, start), bound)
        self.levels = useful_levels(
            task.network, task.laws, backorders_only=goal.name != "cost" or goal.backorder_limit < np.inf
        )

    @cached_property
    def _reach(self) -> Reach:
        goal, task = self.goal, self.task
        hard = tuple(limit for k, limit in enumerate(goal.limits) if k not in goal.slack)
        most_cost = self.best.ledger.total if goal.name == "cost" else np.inf
        return reach_of(task.network, task.laws.planned, self.levels, hard, most_cost)

    @cached_property
    def translation(self) -> Translation:
        """The instance, and where its positions come from."""
        return translate(
            self.task.network,
            self.task.laws,
            self.goal.limits,
            self._reach,
            slack=self.goal.slack,
            backorder_limit=self.goal.backorder_limit + self.levels.backorders,
        )

    @cached_property
    def curves(self) -> Curves:
        """The convex functions of expected supply."""
        return Curves(self.task.laws, self.translation.cells)

    @cached_property
    def path_cuts(self) -> PathCuts:
        """Cuts of the cells that draws value."""
        return PathCuts(self.task.network, self.task.laws, self.translation)

    @cached_property
    def constant(self) -> float:
        """What the objective of the model leaves out; less what the useful levels could lose."""
        inst = self.translation.instance
        low = {
            (c, t): e.backorders.value(e.backorders.start)
            for (c, t), e in inst.envelopes.items()
            if c not in inst.sampled
        }
        if self.goal.name == "cost":
            base = sum(float(inst.backorder_cost[i]) * b for i, b in low.items())
            return inst.constant + base - self.levels.money
        if self.goal.name == "backorders":
            base = sum(float(inst.weight[i]) * b for i, b in low.items())
            return inst.weight_constant + base - self.levels.backorders
        return 0.0

    def run(self) -> Best:
        """Refine until the gap is reached, nothing changes any more, or time is over."""
        if self._take_alone() or self.options.over:
            return self.best  # a model that nobody has time to solve is not built either
        inst = self.translation.instance
        if not inst.lines and not inst.moves:
            self.best.bound = self.goal.value(self.best.ledger)
            return self.best
        session = self._open(inst)
        try:
            self._refine_until_done(session)
        finally:
            session.close()
        self.best.bound = self._within_tolerance(self.best.bound)
        return self.best

    def _refine_until_done(self, session: HighsSession) -> None:
        inst = self.translation.instance
        small = len(session.whole) < DIVE_FROM
        if not small:
            self._relax(session, ROUNDS_BEFORE_DIVE, sharp=len(session.whole) < DIVE_PLAIN_FROM)
            self._dive(session)
        self._relax(session, ROUNDS_OF_PATHS if inst.sampled else ROUNDS)
        search: Session = session
        if self.options.solver != "highs":
            search = open_session(build_model(inst, self.goal.name), self.options.solver)
        while not self._done():
            if not self._search(search):
                break

    def _within_tolerance(self, bound: float) -> float:
        """Cut a bound down to the total found, if only the solver's tolerance lifts it above; else it is wrong."""
        total = self.goal.value(self.best.ledger)
        return min(bound, total) if bound - total <= SOLVER_TOLERANCE * self._gross else bound

    def _take_alone(self) -> bool:
        """Take the best orders of every cell on its own, if nothing but limits links them; whether that is enough."""
        if self.goal.name != "cost" or self.goal.backorder_limit < np.inf:
            return False
        alone = stand_alone(self.task.network, self.task.laws, self.levels)
        if alone is None:
            return False
        self._take(alone.decision)
        self.best.bound = self._within_tolerance(max(self.best.bound, alone.bound))
        return self._done()

    def _dive(self, session: HighsSession) -> None:
        """Look for a good plan before the search; small models are searched at once."""
        if self._done() or self.goal.name == "relaxation":
            return
        until = self.options.seconds + SHARE_FOR_DIVE * self.options.time_left
        dive = Dive(
            self.task,
            self.goal.kept,
            self.translation,
            session,
            lambda: 0.0 if self.options.over else until - self.options.seconds,
        )
        if not self.best.ledger.decision.orders.any():
            self._take(dive.run())
            self._tell(self.best.bound)
        while not self._done() and self.options.seconds < until:
            if not self._take(dive.improve(self.best.ledger.decision)):
                return
            self._tell(self.best.bound)

    def _open(self, inst: Instance) -> HighsSession:
        session = HighsSession(build_model(inst, self.goal.name))
        self.places = Places(session, self.translation)
        return session

    def _relax(self, session: HighsSession, rounds: int, *, sharp: bool = True) -> None:
        """Draw tangents where the linear relaxation lies; each round's optimum is a bound."""
        until = self.options.seconds + SHARE_FOR_RELAXATION * self.options.time_left
        for _ in range(rounds):
            if self._done() or self.options.seconds > until:
                return
            found = session.relax(self.options.time_left)
            if found.values is None or not found.exact:
                return
            self._prove(found.bound)
            tolerance = 0.1 * self.goal.gap * self._gross
            rises = violated_rises(session, found.values) if sharp else []
            bent = self._refine(session, found.values, tolerance)
            inst = self.translation.instance
            inst.rises.extend(rises)
            if not bent + session.add_rises(rises):
                return

    def _search(self, session: Session) -> bool:
        """One branch-and-cut run; returns whether another one could still help."""
        before = self.goal.value(self.best.ledger)
        if isinstance(session, PulpSession):
            session.refresh()
            self.places = Places(session, self.translation)
        gap = SHARE_FOR_SEARCH * self.goal.gap * self._gross
        found = session.search(
            self.places.columns_of(self.best.ledger.decision, self.translation),
            self.options.time_left,
            gap,
            self.options.stop,
            self._watch,
        )
        self._prove(found.bound)
        if found.values is not None:
            self._offer(found.values)
        if self._done() or found.values is None:
            return False
        added = self._refine(session, found.values, 0.0)
        return added > 0 or self.goal.value(self.best.ledger) < before

    def _watch(self, bound: float, _best: float, values: Array | None) -> None:
        if values is not None:
            self._offer(values)
        if np.isfinite(bound) and self._reach.proven:
            self._tell(max(self.best.bound, bound + self.constant))

    def _tell(self, bound: float) -> None:
        if self.options.progress is not None:
            best = self.goal.value(self.best.ledger)
            known = bool(np.isfinite(bound))
            self.options.progress(
                Progress(
                    phase=self.phase,
                    bound=bound if known else None,
                    best=best,
                    gap=max(best - bound, 0.0) / self._gross if known else None,
                    seconds=self.options.seconds,
                )
            )

    @property
    def _gross(self) -> float:
        return self.goal.gross(self.best.ledger)

    def _prove(self, bound: float) -> None:
        if np.isfinite(bound) and self._reach.proven:
            self.best.bound = max(self.best.bound, bound + self.constant)
        self._tell(self.best.bound)

    def _done(self) -> bool:
        apart = self.goal.value(self.best.ledger) - self.best.bound
        return self.options.over or apart <= max(self.goal.gap, 1e-9) * self._gross

    def _offer(self, values: Array) -> bool:
        """Take the decision in these columns if it keeps every rule and is better by plain arithmetic."""
        decision = decision_of(
            self.task.network, self.translation, self.places.lots(values), self.places.parcels(values)
        )
        return self._take(decision)

    def _take(self, decision: Decision) -> bool:
        """Take a decision if it keeps every rule and is better by plain arithmetic."""
        ledger = keep_ledger(self.task.network, self.task.laws, decision)
        if self.goal.value(ledger) >= self.goal.value(self.best.ledger):
            return False
        if not self.keeps_limits(ledger):
            return False
        self.best.ledger = ledger
        return True

    def keeps_limits(self, ledger: Ledger) -> bool:
        """Whether a decision keeps every rule, and the backorder limit of the second stage."""
        if ledger.weighted_backorders > self.goal.backorder_limit * (1.0 + 1e-6):
            return False
        return not violations(ledger, self.goal.kept)

    def _refine(self, session: Session, values: Array, tolerance: float) -> int:
        """Add tangents where the cut model lies below the true functions by more than a share of it."""
        inst = self.translation.instance
        supply = self.places.supply(values)
        cells, periods = (np.asarray(a, dtype=np.int64) for a in np.indices(supply.shape))
        share = tolerance / max(supply.size, 1)
        true, slopes = self.curves.backorders(cells, periods, supply)
        rates = inst.backorder_cost if self.goal.name == "cost" else inst.weight
        worth = np.maximum(rates, 1e-6)
        lost = sorted(inst.lost)
        worth[lost] = worth[lost].max(axis=1, keepdims=True)
        tolerances = np.maximum(share, 1e-7 * self._gross / supply.size) / worth
        bent = self._bend_backorders(supply, true, slopes, tolerances)
        bent |= self._bend_peaks(supply)
        session.bend(sorted(bent))
        return len(bent) + self._cut_paths(session, values, tolerances)

    def _cut_paths(self, session: Session, values: Array, tolerances: Array) -> int:
        """Add subgradient cuts of sampled cells where the model lies below the true functions."""
        places, inst = self.places, self.translation.instance
        if not inst.sampled:
            return 0
        point = places.supply(values), places.orders(values), places.unmet(values), places.stocked(values)
        return self._add_cuts(session, list(self.path_cuts.violated(*point, tolerances)))

    def _add_cuts(self, session: Session, cuts: list[PathCut]) -> int:
        self.translation.instance.path_cuts.extend(cuts)
        session.add_path_cuts(cuts)
        return len(cuts)

    def _bend_backorders(self, supply: Array, true: Array, slopes: Array, tolerances: Array) -> set[tuple[int, int]]:
        bent = set()
        for (c, t), envelope in self.translation.instance.envelopes.items():
            x, value = float(supply[c, t]), float(true[c, t])
            if not self.curves.bends(c) or not value - envelope.backorders.value(x) > tolerances[c, t]:
                continue
            if envelope.backorders.add(float(slopes[c, t]), x, value):
                bent.add((c, t))
        return bent

    def _bend_peaks(self, supply: Array) -> set[tuple[int, int]]:
        counted = {place: e.peak for place, e in self.translation.instance.envelopes.items() if e.peak is not None}
        if not counted:
            return set()
        cells, periods = (np.array(part, dtype=np.int64) for part in zip(*counted, strict=True))
        values, slopes = self.curves.peak(cells, periods, supply[cells, periods])
        bent = set()
        for (place, peak), value, slope in zip(counted.items(), values.tolist(), slopes.tolist(), strict=True):
            x = float(supply[place])
            if value - peak.value(x) > 1e-7 * max(1.0, value) and peak.add(slope, x, value):
                bent.add(place)
        return bent
