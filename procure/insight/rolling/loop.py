"""The replay: week after week a planner plans with what is known, and the world answers."""

from __future__ import annotations

import math
import multiprocessing
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

from procure.errors import UsageError
from procure.insight.rolling.course import Course, course_of
from procure.insight.rolling.ground import Ground, ground_of
from procure.insight.rolling.left import worth_left
from procure.insight.rolling.planners import Planner, name_of, planner_of_run
from procure.insight.rolling.result import Replay
from procure.insight.rolling.rolled import plan_at
from procure.insight.rolling.week import carry_out, first_state
from procure.insight.rolling.world import World
from procure.plan.records import Plan

Watch = Callable[[int, int], None]
"""Called with the number of runs done and of all runs."""


def replay(
    plan: Plan,
    planner: Planner,
    *,
    runs: int = 30,
    seed: int = 1,
    weeks: int | None = None,
    jobs: int = 1,
    progress: Watch | None = None,
) -> Replay:
    """Replay a plan as it would be used: re-planned every period, only the first period's orders carried out.

    After the last period, stock on hand and under way is credited at its replacement cost, with its part of the fixed
    costs of the orders that brought it, and what is owed is charged, for every planner alike: see
    `procure.insight.rolling.left`.

    Parameters
    ----------
    plan
        The plan; its periods are the weeks here, however long they are.
    planner
        Decides each week, for `SolvePlanner` or `BaselinePlanner` say; for more than one job it must be picklable.
    runs
        Number of runs, each with its own demand and deliveries.
    seed
        Seed of the world; the same seed gives the same world, whoever plans.
    weeks
        Weeks to replay; default: the plan's horizon. Beyond it demand goes on at its mean, and so does the money
        that pays for it, budget and cash; other limits at their last value.
    jobs
        Processes.
    progress
        Called after each run.

    Raises
    ------
    UsageError
        When there is no run, week or job.
    """
    weeks = plan.periods if weeks is None else weeks
    for what, number in (("runs", runs), ("weeks", weeks), ("jobs", jobs)):
        if number < 1:
            raise UsageError(f"{what} must be 1 or more, got {number}")
    courses: dict[int, Course] = {}
    for run, course in _courses(plan, planner, seed, runs, weeks, min(jobs, runs)):
        courses[run] = course
        if progress is not None:
            progress(len(courses), runs)
    return Replay(
        plan=plan,
        planner=name_of(planner),
        seed=seed,
        weeks=weeks,
        courses=tuple(courses[run] for run in sorted(courses)),
    )


def _courses(plan: Plan, planner: Planner, seed: int, runs: int, weeks: int, jobs: int) -> Iterator[tuple[int, Course]]:
    if jobs == 1:
        ground = ground_of(plan, weeks)
        world = World.of(ground, seed, runs)
        for run in range(runs):
            yield run, run_once(ground, world, planner, run)
        return
    # A solver may hold threads, which a forked process would inherit half alive.
    context = multiprocessing.get_context("spawn")
    arguments = plan, planner, seed, runs, weeks
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare, initargs=arguments) as pool:
        waiting = {pool.submit(_run_here, run): run for run in range(runs)}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


_HERE: list[tuple[Ground, World, Planner]] = []
"""What the runs of this process share."""


def _prepare(plan: Plan, planner: Planner, seed: int, runs: int, weeks: int) -> None:
    ground = ground_of(plan, weeks)
    _HERE[:] = [(ground, World.of(ground, seed, runs), planner)]


def _run_here(run: int) -> Course:
    ground, world, planner = _HERE[0]
    return run_once(ground, world, planner, run)


def run_once(ground: Ground, world: World, planner: Planner, run: int) -> Course:
    """Replay one run."""
    state, entries, seconds, gaps = first_state(ground, world, run), [], [], []
    decide = planner_of_run(planner)
    for _ in range(ground.weeks):
        started = time.monotonic()
        solution = decide(plan_at(ground, state))
        seconds.append(time.monotonic() - started)
        gaps.append(math.nan if solution.gap is None else solution.gap)
        state, entry = carry_out(ground, world, run, state, solution)
        entries.append(entry)
    return course_of(ground, entries, worth_left(ground, state), seconds, gaps)
