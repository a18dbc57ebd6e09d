"""Solving again with one thing changed, and telling apart what the change saves from what the search finds.

A search that goes on may find a better plan that has nothing to do with the change. So whatever a changed plan comes
to is tried on the plan as it stands, too, cut back to its limits; where that is better, it is what savings count from.
What is saved is then the difference of two plans found. How far the true saving may lie from it the two proven bounds
say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Task
from procure.engines.run import solve_task
from procure.plan.network import Network, build_network
from procure.solution.check import violations
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, Ledger, keep_ledger
from procure.solution.limits import Limit, Limits, limits_of
from procure.solution.mending import mended
from procure.solution.projection import place_of
from procure.solution.records import Relaxation, Solution
from procure.solution.replay import decision_from

SAME = 1e-9
"""Relative difference below which two totals are the same."""

Steps = Callable[[int, int], None]
"""Called with the steps done and all steps."""


@dataclass(frozen=True)
class Again:
    """What solving again with a change came to.

    Attributes
    ----------
    total
        Cost of the best plan found with the change [plan currency].
    backorders
        Its expected backorders [unit-periods].
    bound
        Proven lower bound on the cost with the change; -inf without one.
    """

    total: float
    backorders: float
    bound: float


class Standing:
    """The plan as it stands: its solution, and the best plan found under its own limits and rules.

    Parameters
    ----------
    solution
        A solution of the plan.

    Attributes
    ----------
    network, laws, limits
        The plan in numbers, and the limits that its solution keeps.
    ledger
        The best decision known.
    told
        That of the solution.
    bound
        Largest proven lower bound on the total; no change that only allows more can raise it.
    """

    def __init__(self, solution: Solution) -> None:
        self.network = build_network(solution.plan)
        self.laws = Laws.of(self.network)
        self.given = limits_of(self.network)
        self.limits = _kept(self.network, self.given, solution.relaxations)
        self.told = keep_ledger(self.network, self.laws, decision_from(self.network, solution))
        self.ledger = self.told
        self.bound = -np.inf if solution.bound is None else solution.bound
        self.backorder_limit = np.inf
        if self.network.plan.policy.objective == "backorders":
            self.backorder_limit = self.told.weighted_backorders

    @property
    def task(self) -> Task:
        """To solve the plan as it stands again, from the best decision known."""
        return Task(
            self.network,
            self.laws,
            self.limits,
            start=self.ledger.decision,
            backorder_limit=self.backorder_limit,
        )

    def solve(self, options: Options, engine: str) -> None:
        """Look for a better plan as it stands."""
        outcome, ledger = solve_task(replace(self.task, bound=self.bound), options, engine)
        self.learn(ledger.decision)
        self.bound = max(self.bound, outcome.bound)

    def solve_changed(
        self, changed: Task, options: Options, engine: str, promising: Decision | None = None
    ) -> Again:
        """Solve a changed plan, whose lines and moves are those of this one.

        Parameters
        ----------
        promising
            A decision of the changed plan that may be better to begin with than the best one known here.
        """
        start = self._better(changed, promising)
        outcome, ledger = solve_task(replace(changed, start=start), options, engine)
        self.bound = max(self.bound, outcome.bound)
        self.learn(ledger.decision)
        return Again(ledger.total, float(ledger.stocks.backorders.sum()), outcome.bound)

    def _better(self, changed: Task, promising: Decision | None) -> Decision:
        """The decision to begin with."""
        if promising is None:
            return self.ledger.decision
        ours, theirs = (
            keep_ledger(changed.network, changed.laws, decision) for decision in (self.ledger.decision, promising)
        )
        allowed = theirs.weighted_backorders <= self.backorder_limit * (1.0 + 1e-6)
        good = allowed and theirs.total < ours.total and not violations(theirs, changed.limits)
        return promising if good else self.ledger.decision

    def learn(self, decision: Decision | None) -> None:
        """Take a decision, cut back to what is allowed here, if that is better than the best one known."""
        if decision is None:
            return
        ledger = keep_ledger(self.network, self.laws, mended(self.network, self.laws, self.limits, decision))
        better = ledger.total < self.ledger.total - SAME * self.ledger.gross
        allowed = ledger.weighted_backorders <= self.backorder_limit * (1.0 + 1e-6)
        if better and allowed and not violations(ledger, self.limits):
            self.ledger = ledger

    def saved(self, again: Again) -> tuple[float, float, float]:
        """What a change saves [plan currency], and the least and the most that it can save by the proven bounds."""
        total = self.ledger.total
        found = min(again.total, total)  # the plan as it stands is allowed with the change, too
        return total - found, max(self.bound - found, 0.0), total - again.bound

    @property
    def backorders(self) -> float:
        """Expected backorders of the best decision known [unit-periods]."""
        return backorders(self.ledger)


def backorders(ledger: Ledger) -> float:
    """Expected backorders of a decision [unit-periods]."""
    return float(ledger.stocks.backorders.sum())


def _kept(network: Network, limits: Limits, raised: tuple[Relaxation, ...]) -> Limits:
    """The limits, with the excess added that no plan could avoid."""
    return tuple(replace(limit, allowed=limit.allowed + _excess(network, limit, raised)) for limit in limits)


def _excess(network: Network, limit: Limit, raised: tuple[Relaxation, ...]) -> NDArray[np.float64]:
    excess = np.zeros(network.periods)
    warehouse = place_of(network, limit).get("warehouse")
    if limit.can_be_relaxed:
        for slack in raised:
            if (slack.resource, slack.warehouse) == (limit.resource, warehouse):
                excess[slack.period] += slack.amount
    return excess
