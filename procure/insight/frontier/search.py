"""Solving one step after the other: what one step finds helps its neighbours.

A plan that keeps a limit keeps every looser one, and a bound that holds under a limit holds under every tighter one. So
each step starts from its neighbours' plans, and at the end takes the best plan of all that keep its limit and the
highest bound of all that are looser: the curve never rises by more than the gap.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from procure.engines.run import solve
from procure.errors import InternalError
from procure.insight.frontier.axis import Axis
from procure.plan.network import Network
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import TOLERANCE
from procure.solution.records import Relaxation, Solution
from procure.solution.replay import decision_from


@dataclass(frozen=True)
class How:
    """How each step is solved: engine, solver, seconds and relative gap."""

    engine: str
    solver: str
    time_limit: float
    gap: float


@dataclass(frozen=True, eq=False)
class Found:
    """A plan found under a value of the limit.

    Attributes
    ----------
    value
        The limit; inf without it.
    solution
        The plan.
    least
        Least value of the limit that it keeps.
    bound
        Proven lower bound on the least total under `value`.
    """

    value: float
    solution: Solution
    least: float
    bound: float | None

    @property
    def total(self) -> float:
        """Total expected cost."""
        return self.solution.cost.total

    @property
    def gap(self) -> float | None:
        """Relative gap between total and bound."""
        if self.bound is None:
            return None
        cost = self.solution.cost
        return max(cost.total - self.bound, 0.0) / max(1.0, abs(cost.total), cost.total - cost.terminal)


class Search:
    """The steps of a frontier.

    Parameters
    ----------
    axis
        The limit that is moved.
    how
        How each step is solved.
    stop
        Set it to end with what is found by then.
    """

    def __init__(self, axis: Axis, how: How, stop: threading.Event) -> None:
        self.axis, self.how, self.stop = axis, how, stop
        self.carries = axis.plan.policy.objective == "cost"
        self.found: list[Found] = []
        self.network: Network = axis.reference()
        self.laws = Laws.of(self.network)

    def solve_free(self) -> Found:
        """Solve without the limit."""
        return self._solve(math.inf, [known.solution for known in self.found])

    def take(self, solution: Solution) -> None:
        """Take a solution of the plan as it is, with what it proves: it counts at today's limit."""
        if self.axis.present is not None:
            self.found.append(self._found(self.axis.present, solution))

    def solve_at(self, value: float) -> Found:
        """Solve at a value of the limit, unless what is known is good enough already."""
        known = self.best_at(value)
        if known is not None and known.gap is not None and known.gap <= self.how.gap:
            self.found.append(known)
            return known
        looser = [f for f in self.found if f.value >= value]
        tighter = [f for f in self.found if f.value < value]
        near = [*sorted(looser, key=lambda f: f.value)[:1], *sorted(tighter, key=lambda f: -f.value)[:1]]
        near += [] if known is None else [known]
        return self._solve(value, list({id(f.solution): f.solution for f in near}.values()))

    def borrows(self, value: float) -> bool:
        """Whether the best plan for a value was found under another one, and leaves more than the gap asked for."""
        best = self.best_at(value)
        if best is None or (best.gap is not None and best.gap <= self.how.gap):
            return False
        return not any(f.solution is best.solution for f in self.found if f.value == value)

    def _solve(self, value: float, starts: Sequence[Solution]) -> Found:
        plan = self.axis.free() if value == math.inf else self.axis.at(value)
        how = self.how
        solution = solve(
            plan,
            engine=how.engine,
            solver=how.solver,
            time_limit=how.time_limit,
            gap=how.gap,
            start=starts or None,
            stop=self.stop,
            prices=False,
        )
        found = self._found(value, solution)
        self.found.append(found)
        return found

    def _found(self, value: float, solution: Solution) -> Found:
        ledger = keep_ledger(self.network, self.laws, decision_from(self.network, solution))
        return Found(value, solution, self.axis.least(ledger), solution.bound)

    def best_at(self, value: float) -> Found | None:
        """The best of the plans found that keep a value of the limit, with the highest bound that holds there."""
        own = min((f for f in self.found if f.value == value), key=lambda f: f.total, default=None)
        if not self.carries:
            return own
        fit = [f for f in self.found if self._can_take(f, value, own)]
        if not fit:
            return own
        best = min(fit, key=lambda f: f.total)
        bounds = [f.bound for f in self.found if f.bound is not None and self._bounds(f, value, best)]
        return Found(value, best.solution, best.least, max(bounds, default=None))

    def best_free(self) -> Found:
        """The best of all plans found, which all do without the limit, too."""
        found = self.best_at(math.inf)
        if found is None:
            raise InternalError("the frontier asks for the plan without the limit before it is solved")
        return found

    def _can_take(self, other: Found, value: float, own: Found | None) -> bool:
        """Whether a plan found elsewhere is one of the plans that a value of the limit admits."""
        if other is own:
            return True
        if other.least - value > TOLERANCE * max(abs(value), 1e-3) or self._is_over(other):
            return False
        return own is None or (not self._is_over(own) and self._others(own) == self._others(other))

    def _bounds(self, other: Found, value: float, best: Found) -> bool:
        """Whether the bound of another value holds here: that limit was looser, and nothing else was different."""
        if other.value < value or self._others(other) != self._others(best):
            return False
        return other.value in (value, math.inf) or not (self._is_over(other) or self._is_over(best))

    def _is_over(self, found: Found) -> bool:
        """Whether the limit that is moved had to be relaxed."""
        return any(self.axis.concerns(r) for r in found.solution.relaxations)

    def _others(self, found: Found) -> frozenset[tuple[str, str | None, int, float]]:
        """What the other limits were relaxed to."""
        return frozenset(_raised(r) for r in found.solution.relaxations if not self.axis.concerns(r))


def _raised(relaxation: Relaxation) -> tuple[str, str | None, int, float]:
    return (
        relaxation.resource,
        relaxation.warehouse,
        relaxation.period,
        float(f"{relaxation.limit + relaxation.amount:.6g}"),
    )
