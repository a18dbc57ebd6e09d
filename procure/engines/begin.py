"""What a run begins with: the best of the solutions that it is given, made to keep every limit."""

from __future__ import annotations

from collections.abc import Sequence

from procure.plan.network import Network
from procure.plan.records import Plan
from procure.solution.carry_over import carried_over, ensure_carries_over
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import Limits, eased
from procure.solution.mending import mended
from procure.solution.records import Solution
from procure.solution.replay import decision_from

Starts = Solution | Sequence[Solution] | None
"""One solution to start from, several, or none."""


def starts_for(plan: Plan, given: Starts) -> tuple[tuple[Solution, bool], ...]:
    """List the solutions to start from, each with whether it is of this very plan.

    Raises
    ------
    UsageError
        One belongs to a plan that is no earlier one with the same periods.
    """
    solutions = () if given is None else (given,) if isinstance(given, Solution) else tuple(given)
    digest = plan.digest() if any(solution.plan is not plan for solution in solutions) else None
    found = tuple((s, s.plan is plan or s.plan.digest() == digest) for s in solutions)
    for solution, is_own in found:
        if not is_own:
            ensure_carries_over(plan, solution)
    return found


def best_start(
    network: Network, laws: Laws, limits: Limits, starts: Sequence[tuple[Solution, bool]]
) -> Decision | None:
    """Make decisions of the solutions, mend what breaks a rule or limit, and take the cheapest.

    Parameters
    ----------
    starts
        Solutions, as `starts_for` lists them.

    Returns
    -------
    Decision or None
        It keeps every rule, and every limit up to what ordering nothing exceeds it by; None without solutions.
    """
    if not starts:
        return None
    kept = eased(limits, keep_ledger(network, laws, Decision.nothing(network)))
    found = [_brought_up(network, laws, kept, solution, is_own=is_own) for solution, is_own in starts]
    return min(found, key=lambda decision: keep_ledger(network, laws, decision).total)


def _brought_up(network: Network, laws: Laws, kept: Limits, solution: Solution, *, is_own: bool) -> Decision:
    """The decision of a solution, or what is left of it today, mended."""
    return mended(network, laws, kept, (decision_from if is_own else carried_over)(network, solution))
