"""The run: plan in, checked and priced solution out. Whoever reads `solve` knows the product."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any, TypeVar

from procure.engines.auto import solve_auto
from procure.engines.begin import Starts, best_start, starts_for
from procure.engines.compact import solve_compact
from procure.engines.interface import Options, Outcome, Progress, Task
from procure.engines.limit_prices import limit_prices, time_for_prices
from procure.errors import InternalError, UsageError
from procure.plan.advice import check_plan
from procure.plan.network import Network, build_network
from procure.plan.records import Plan
from procure.solution.assemble import assemble
from procure.solution.check import violations
from procure.solution.ledger import Laws, Ledger, keep_ledger
from procure.solution.limits import limits_of
from procure.solution.records import Solution
from procure_milp.listening import still_running
from procure_milp.other_solvers import SolverMissingError, ensure_available

Result = TypeVar("Result")

SHARE_FOR_LIMITS = 0.1
"""Share of the time limit that is kept for the prices of limits, at most, and that they have at least."""


def _decomposed(task: Task, options: Options) -> Outcome:
    from procure.engines.decomposed.engine import solve_decomposed

    return solve_decomposed(task, options)


ENGINES = {"auto": solve_auto, "compact": solve_compact, "decomposed": _decomposed}


def solve(
    plan: Plan,
    objective: str | None = None,
    engine: str = "auto",
    solver: str = "highs",
    time_limit: float = 60.0,
    gap: float = 1e-3,
    seed: int | None = None,
    start: Starts = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    cluster: str | None = None,
    prices: bool = True,
) -> Solution:
    """Decide what to order: the least total expected cost under every limit of the plan.

    Parameters
    ----------
    plan
        The plan, as `read_plan` gives it.
    objective
        `cost` or `backorders`; default: as the plan says.
    engine
        `auto`, `compact` or `decomposed`.
    solver
        MILP solver: `highs`, `cbc`, `scip`, `gurobi`, `cplex`, `xpress` or `copt`.
    time_limit
        Seconds after which, about, the best plan so far is returned.
    gap
        Relative gap between total and proven bound at which to stop.
    seed
        Seed of all random draws; default: as the plan says.
    start
        A solution to better, or several, of which the cheapest counts. One of the same plan, of a baseline say, is
        taken as it is. One of an older plan of the same business, last week's say, is carried over: its orders and
        transfers of today and later are found again by offer, warehouse and order date, and by lane, item and ship
        date; what is no longer there or allowed is left out, and what breaks a limit is cut back. A start only helps:
        the run begins with it where it is cheaper than ordering nothing.
    progress
        Called from time to time with how far the run is.
    stop
        Set it from another thread to end the run with the best plan so far.
    cluster
        Address of a Ray cluster whose machines solve blocks of cells, or `auto` for the one of this machine, which is
        started if there is none; needs `procure[cluster]`. The result is the same as without.
    prices
        Whether to tell what more of each limit is worth, which takes a little time.

    Returns
    -------
    Solution
        Checked by plain arithmetic; it keeps every limit but those under `relaxations`.

    Raises
    ------
    UsageError
        An engine, solver or cluster of that name is not there, or the start belongs to a later plan or one of other
        periods.
    SolverError
        The solver broke down.
    InternalError
        The result breaks a rule of the plan or its own bound; please report it.
    """
    starts = starts_for(plan, start)
    network = build_network(_with_policy(plan, objective, seed))
    _ensure_of_use(cluster, engine)
    options = _options(solver, time_limit, gap, progress, stop, cluster)
    return _carry_out(network, None, starts, engine, options, with_prices=prices)


def solve_network(
    network: Network,
    priced: Network | None = None,
    *,
    engine: str = "auto",
    solver: str = "highs",
    time_limit: float = 60.0,
    gap: float = 1e-3,
    start: Starts = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Solution:
    """Decide as `solve` does, for a plan that is in numbers already.

    Parameters
    ----------
    network
        The plan in numbers, as it is solved.
    priced
        The same plan with other values of a unit, at which the result is priced; default: those that it is solved
        with. No bound is told then, and no prices of limits in any case.
    engine, solver, time_limit, gap, start, progress, stop
        As those of `solve`.
    """
    starts = starts_for(network.plan, start)
    options = _options(solver, time_limit, gap, progress, stop)
    return _carry_out(network, priced, starts, engine, options, with_prices=False)


def _options(
    solver: str,
    time_limit: float,
    gap: float,
    progress: Callable[[Progress], None] | None,
    stop: threading.Event | None,
    cluster: str | None = None,
) -> Options:
    ensure_solver(solver)
    return Options(
        solver=solver,
        time_limit=time_limit,
        gap=gap,
        progress=progress,
        stop=stop or threading.Event(),
        cluster=cluster,
    )


def _carry_out(
    network: Network,
    priced: Network | None,
    starts: Sequence[tuple[Solution, bool]],
    engine: str,
    options: Options,
    *,
    with_prices: bool,
) -> Solution:
    """Choose the engine, solve, check, price."""
    ensure_engine(engine)
    laws, limits = Laws.of(network), limits_of(network)
    task = Task(network, laws, limits, best_start(network, laws, limits, starts))
    kept = min(SHARE_FOR_LIMITS * options.time_limit, time_for_prices(task)) if with_prices else 0.0
    outcome, ledger = solve_task(task, replace(options, time_limit=options.time_limit - kept), engine)
    seconds = dict(outcome.seconds)
    prices = None
    if with_prices and task.limits:
        before = options.seconds
        until = max(options.time_limit, before + SHARE_FOR_LIMITS * options.time_limit)
        prices = _in_worker(limit_prices, task, outcome, replace(options, time_limit=until))
        seconds["prices"] = options.seconds - before
    bound = outcome.bound
    if priced is not None:
        laws, bound = Laws.of(priced), -math.inf
        ledger = keep_ledger(priced, laws, outcome.decision)
    return assemble(
        ledger,
        laws,
        task.limits,
        outcome.limits,
        bound=bound,
        backorder_bound=outcome.backorder_bound,
        gap=options.gap,
        prices=prices,
        engine=outcome.engine,
        solver=outcome.solver,
        seconds={**seconds, "total": options.seconds},
        warnings=_warnings(network.plan, options),
    )


def solve_task(task: Task, options: Options, engine: str = "auto") -> tuple[Outcome, Ledger]:
    """Solve a plan in numbers, and hold what is found against every rule.

    Parameters
    ----------
    task
        The plan in numbers; its limits are relaxed where the start breaks them.
    options
        Solver, time, gap, stop.
    engine
        `auto`, `compact` or `decomposed`.

    Raises
    ------
    InternalError
        The result breaks a rule or its own bound.
    """
    outcome = _in_worker(ENGINES[engine], task, options)
    ledger = keep_ledger(task.network, task.laws, outcome.decision)
    _assert_sound(ledger, outcome)
    return outcome, ledger


def solver_still_runs() -> bool:
    """Whether a search that overran its time limit is still on its way out."""
    return still_running()


def _in_worker(work: Callable[..., Result], *given: Any) -> Result:
    """Work in a thread, so that Ctrl-C reaches the main one while the solver is busy; the options come last."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="procure") as pool:
        running = pool.submit(work, *given)
        try:
            while not running.done():
                wait([running], timeout=0.2)
        except BaseException:
            given[-1].stop.set()
            raise
        return running.result()


def ensure_engine(engine: str) -> None:
    """Refuse an engine that is not there."""
    if engine not in ENGINES:
        raise UsageError(f"engine {engine!r} is not there; use {', '.join(ENGINES)}")


def ensure_solver(solver: str) -> None:
    """Refuse a solver that is not there, also where the plan turns out to need none."""
    try:
        ensure_available(solver)
    except SolverMissingError as error:
        raise UsageError(str(error)) from None


def _ensure_of_use(cluster: str | None, engine: str) -> None:
    """Refuse a cluster that nothing would use, or that can't be joined for want of Ray."""
    if cluster is None:
        return
    if engine == "compact":
        raise UsageError("the compact engine solves one MILP on one machine; use --engine decomposed with a cluster")
    from procure.engines.decomposed.cluster import ray_itself

    ray_itself()


def _with_policy(plan: Plan, objective: str | None, seed: int | None) -> Plan:
    """The plan with the objective and seed of this run."""
    changed = {k: v for k, v in (("objective", objective), ("seed", seed)) if v is not None}
    if not changed:
        return plan
    policy = plan.policy.model_validate({**plan.policy.model_dump(), **changed})
    return plan.model_copy(update={"policy": policy})


def _assert_sound(ledger: Ledger, outcome: Outcome) -> None:
    """Hold the result against every rule and its own bound, whatever the solver said."""
    broken = violations(ledger, outcome.limits)
    if broken:
        raise InternalError(f"the plan found breaks {len(broken)} rules, the first: {broken[0]}")
    if math.isfinite(outcome.bound) and outcome.bound > ledger.total + 1e-6 * ledger.gross:
        raise InternalError(f"the bound {outcome.bound:.6f} lies above the total {ledger.total:.6f}")


def _warnings(plan: Plan, options: Options) -> list[str]:
    warnings = [str(warning) for warning in check_plan(plan)]
    if options.stop.is_set():
        warnings.append("run: stopped early; this is the best plan found by then")
    return warnings
