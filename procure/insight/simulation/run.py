"""The open-loop simulation: the plan as it stands, in worlds that it was not made with."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from operator import add

from procure.errors import UsageError
from procure.insight.simulation.course import PURPOSE, OpenLoop, Tally
from procure.insight.simulation.figures import simulation_of
from procure.insight.simulation.gap import stochastic_gap
from procure.insight.simulation.money import paid_of
from procure.insight.simulation.records import Simulation
from procure.plan.network import Network, build_network
from procure.plan.records import Plan
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.promise import promise_of
from procure.solution.records import Solution
from procure.solution.replay import decision_from, ensure_of_plan
from procure.uncertainty.draws import Source

Watch = Callable[[int, int], None]
"""Called with the number of steps done and of all steps."""

BLOCK = 32
"""Cells that are simulated together; the same for any number of jobs, so that sums agree to the last digit."""


def simulate(
    plan: Plan,
    solution: Solution,
    runs: int = 1000,
    seed: int = 0,
    jobs: int = 1,
    progress: Watch | None = None,
    *,
    replications: int = 0,
    time_limit: float = 60.0,
    gap: float = 1e-3,
) -> Simulation:
    """Simulate a plan as it stands, with demand, lead times and deliveries drawn anew.

    Parameters
    ----------
    plan
        The plan.
    solution
        Its solution.
    runs
        Number of runs, each a world of its own.
    seed
        Seed of the worlds; plans simulated with one seed meet the same worlds.
    jobs
        Processes.
    progress
        Called after each step.
    replications
        Sampled plans to solve for the stochastic optimality gap; 0: none.
    time_limit, gap
        Seconds, about, and relative gap of each of these.

    Returns
    -------
    Simulation
        Promised and simulated figures with 95 % confidence intervals.

    Raises
    ------
    UsageError
        The solution belongs to another plan, or there is no run or job.
    """
    for what, number, least in (("runs", runs, 1), ("jobs", jobs, 1), ("replications", replications, 0)):
        if number < least:
            raise UsageError(f"{what} must be {least} or more, got {number}")
    ensure_of_plan(plan, solution)
    network = build_network(plan)
    decision = decision_from(network, solution)
    source = Source(PURPOSE, seed, runs)
    tally = reduce(add, _tallies(network, decision, source, jobs, progress or _ignore))
    laws = Laws.of(network)
    planned = keep_ledger(network, laws, decision)
    promise = promise_of(planned, laws)
    return simulation_of(
        network,
        source,
        planned,
        promise,
        tally,
        paid_of(promise.ledger, source),
        engine=solution.engine,
        gap=stochastic_gap(network, decision, replications, time_limit, gap) if replications else None,
    )


def _ignore(done: int, of_all: int) -> None:
    """Nobody watches."""


def _tallies(network: Network, decision: Decision, source: Source, jobs: int, watch: Watch) -> Iterator[Tally]:
    """Yield the tally of each block of cells, always in the same order."""
    cells = range(network.n_cells)
    blocks = [cells[start : start + BLOCK] for start in range(0, max(len(cells), 1), BLOCK)]
    if min(jobs, len(blocks)) == 1:
        loop = OpenLoop.of(network, decision, source)
        found = map(loop.tally, blocks)
        yield from _watched(found, len(blocks), watch)
        return
    # A solver may hold threads, which a forked process would inherit half alive.
    context = multiprocessing.get_context("spawn")
    arguments = network.plan, decision, source
    with ProcessPoolExecutor(min(jobs, len(blocks)), context, initializer=_prepare, initargs=arguments) as pool:
        yield from _watched(pool.map(_tally_here, blocks), len(blocks), watch)


def _watched(found: Iterator[Tally], count: int, watch: Watch) -> Iterator[Tally]:
    for done, tally in enumerate(found, start=1):
        watch(done, count)
        yield tally


_HERE: list[OpenLoop] = []
"""What the blocks of this process share."""


def _prepare(plan: Plan, decision: Decision, source: Source) -> None:
    _HERE[:] = [OpenLoop.of(build_network(plan), decision, source)]


def _tally_here(cells: range) -> Tally:
    return _HERE[0].tally(cells)
