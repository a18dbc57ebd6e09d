"""A buyer who follows a rule: plan in, solution out, in the format of `procure.solve`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from procure.errors import InternalError, UsageError
from procure.insight.baselines.desk import Desk
from procure.insight.baselines.expedite import Rush, expedited
from procure.insight.baselines.limits import Entry, keep_limits, runs_out
from procure.insight.baselines.mending import mend
from procure.insight.baselines.policies import least_return_first, marginal, min_max, repair_chain
from procure.insight.baselines.purchase_orders import settle
from procure.insight.baselines.transfers import ship
from procure.plan.advice import check_plan
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.assemble import assemble
from procure.solution.carry_over import carried_over
from procure.solution.check import violations
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import eased, limits_of
from procure.solution.mending import mended
from procure.solution.records import Solution

Array = NDArray[np.float64]
Policy = Callable[[Desk], tuple[NDArray[np.int64], Array]]

POLICIES = ("min-max", "repair-chain", "marginal")
ATTEMPTS = 6
"""Most attempts to place the orders of a period, each without the suppliers whose minimum could not be kept."""
_RULES: dict[str, Policy] = {"min-max": min_max, "repair-chain": repair_chain, "marginal": marginal}


def baseline(plan: Plan, policy: str = "min-max", *, periods: int | None = None) -> Solution:
    """Order as a good buyer with a common policy would, period by period, and keep every rule of the plan.

    All three choose one usual source per item and warehouse by total cost per unit, supply warehouses over lanes by
    fair shares, buy from a faster supplier where waiting costs more than the surcharge, and cut back what the limits
    forbid, largest cover first. Each period is decided on what is expected by then, so the first period holds
    what the buyer would order today.

    Parameters
    ----------
    plan
        The plan, as `read_plan` gives it.
    policy
        `min-max` (reorder point and order-up-to level, as Odoo and ERPNext), `repair-chain` (need, multiple, minimum,
        discount, container, then scaled down to the limits, as SAP F&R and Netstock publish) or `marginal` (units
        ranked by return per money, as Lokad describes).
    periods
        Periods to decide, from the first; default: all. Nothing is ordered in later ones. What a period orders does
        not depend on later ones, so a replay, which carries out the first period only, asks for one.

    Returns
    -------
    Solution
        With engine `baseline` and the policy as solver; without a bound.

    Raises
    ------
    UsageError
        There is no such policy, or fewer than one period to decide.
    """
    _ensure_sensible(policy, periods)
    started = time.monotonic()
    desk = _desk(plan)
    for period in range(plan.periods if periods is None else min(periods, plan.periods)):
        _decide(desk, period, policy)
    return _solution(desk, policy, started)


def continued(plan: Plan, last: Solution, policy: str = "min-max", *, periods: int = 3) -> Solution:
    """Carry last week's plan over to today's, and order by a policy at its end, of which last week knew nothing.

    A plan orders nothing that would come after its horizon, so one carried over runs out at the end of today's.

    Parameters
    ----------
    plan
        Today's plan.
    last
        A solution of an older plan of the same business; see `procure.solution.carry_over`.
    policy
        As `baseline` has it.
    periods
        Periods at the end of the horizon that the policy decides instead.

    Returns
    -------
    Solution
        With engine `baseline` and the policy as solver; without a bound.

    Raises
    ------
    UsageError
        There is no such policy, fewer than one period to decide, or the two plans have no periods in common.
    """
    _ensure_sensible(policy, periods)
    started = time.monotonic()
    desk = _desk(plan)
    known = mended(desk.network, desk.laws, desk.limits, carried_over(desk.network, last))
    desk.orders[:], desk.shipments[:] = known.orders, known.shipments
    first = max(plan.periods - periods, 0)
    desk.orders[:, first:], desk.shipments[:, first:] = 0.0, 0.0
    for period in range(first, plan.periods):
        _decide(desk, period, policy)
    return _solution(desk, policy, started)


def _ensure_sensible(policy: str, periods: int | None) -> None:
    if policy not in POLICIES:
        raise UsageError(f"no policy {policy!r}; there are {', '.join(POLICIES)}")
    if periods is not None and periods < 1:
        raise UsageError(f"periods must be 1 or more, got {periods}")


def _desk(plan: Plan) -> Desk:
    """A desk with nothing decided; what the start itself breaks is allowed as it is."""
    network = build_network(plan)
    laws = Laws.of(network)
    return Desk(network, laws, eased(limits_of(network), keep_ledger(network, laws, Decision.nothing(network))))


def _solution(desk: Desk, policy: str, started: float) -> Solution:
    """The solution of what was decided, after a last look at every rule."""
    mend(desk)
    network, laws, limits = desk.network, desk.laws, desk.limits
    ledger = desk.ledger()
    if broken := violations(ledger, limits):
        raise InternalError(f"the policy {policy} breaks {len(broken)} rules, the first: {broken[0]}")
    return assemble(
        ledger,
        laws,
        limits_of(network),
        limits,
        bound=-math.inf,
        backorder_bound=None,
        gap=0.0,
        engine="baseline",
        solver=policy,
        seconds={"total": time.monotonic() - started},
        warnings=[str(warning) for warning in check_plan(network.plan)],
    )


def _decide(desk: Desk, period: int, policy: str) -> None:
    """Ship, then order, in one period."""
    desk.turn_to(period)
    ship(desk)
    if not desk.network.line_allowed[:, period].any():
        return
    rush, wished = _wished(desk, policy)
    if wished.any():
        _place(desk, wished, rush, policy)
    desk.look()


def _wished(desk: Desk, policy: str) -> tuple[Rush, Array]:
    """What the buyer would order if it were for nobody else to say, shape (L,) [units]."""
    wished = np.zeros(desk.network.n_lines)
    rush, quantity = expedited(desk)
    wished[rush.lines] = quantity
    desk.expect(rush.lines, quantity)
    lines, quantity = _RULES[policy](desk)
    wished[lines] = quantity
    return rush, wished


def _place(desk: Desk, wished: Array, rush: Rush, policy: str) -> None:
    """Order what suppliers accept and the limits allow.

    Where a limit binds, nobody spends on discounts and full containers what others need.
    """
    if policy != "min-max" and not _cut_back(desk, wished, rush, policy, smart=True):
        return
    network, refused = desk.network, set[int]()
    for _ in range(ATTEMPTS):
        trial = np.where(np.isin(network.line_group, list(refused)), 0.0, wished)
        if not _cut_back(desk, trial, rush, policy, smart=False) or not (broken := _broken_groups(desk)):
            return
        refused |= broken
    desk.orders[np.isin(network.line_group, list(refused)), desk.period] = 0.0


def _cut_back(desk: Desk, wished: Array, rush: Rush, policy: str, *, smart: bool) -> bool:
    """Order, then cut back what the limits forbid; tell whether that was anything."""
    desk.orders[:, desk.period] = settle(desk, wished, smart=smart)
    lines = np.flatnonzero(desk.orders[:, desk.period] > 0.0)
    entries = [Entry(int(k), desk.period, is_line=True) for k in lines]
    return keep_limits(
        desk, entries, least_return_first(desk, entries, rush) if policy == "marginal" else runs_out(desk)
    )


def _broken_groups(desk: Desk) -> set[int]:
    """Purchase orders of the period that no longer keep a rule of their own."""
    found = violations(desk.ledger(), desk.limits)
    return {v.group for v in found if v.period == desk.period and v.group is not None}
