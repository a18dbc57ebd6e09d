"""The closed loop as a simulation: re-planned every period, reported in the same terms as the open loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling import FollowedUp, Planner, Replay, replay
from procure.insight.simulation.figures import UNITS, figure_of, reference_of
from procure.insight.simulation.intervals import mean_interval, ratio_interval, share_interval, within
from procure.insight.simulation.records import RUN_COLUMNS, Figure, ItemFigure, LimitFigure, Simulation
from procure.plan.network import build_network
from procure.plan.records import Plan

Array = NDArray[np.float64]
EXCESS = 1e-6
"""Excess over a limit from which it counts."""
CARRIED_OUT = (
    "Each period only the orders and transfers of that period are carried out. Stock left and under way in the end is "
    "credited, with its part of the fixed costs of its orders, and units owed are charged (terminal)."
)
FOLLOWED = "In the last {} of the {} periods the rule min-max orders, whoever planned before."


def simulate_replanned(
    plan: Plan,
    planner: Planner,
    runs: int = 30,
    seed: int = 0,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    *,
    weeks: int | None = None,
    follow_up: int = 0,
) -> Simulation:
    """Replay a plan that is made anew every period with what is then known.

    Parameters
    ----------
    plan
        The plan.
    planner
        Who plans, `SolvePlanner` or `BaselinePlanner` say.
    runs
        Number of runs, each a world of its own.
    seed
        Seed of the worlds, the same as in an open loop.
    jobs
        Processes.
    progress
        Called after each run with the number done and of all.
    weeks
        Periods to replay; default: the plan's horizon.
    follow_up
        Further periods in which the rule min-max orders, so that what was ordered before shows its worth.

    Raises
    ------
    UsageError
        There is no run, week or job.
    """
    own = plan.periods if weeks is None else weeks
    followed = FollowedUp(planner, own) if follow_up else planner
    return simulation_from(
        replay(plan, followed, runs=runs, seed=seed, weeks=own + follow_up, jobs=jobs, progress=progress), follow_up
    )


def simulation_from(found: Replay, follow_up: int = 0) -> Simulation:
    """Report a replay, whose last `follow_up` periods were ordered by rule."""
    network = build_network(found.plan)
    return Simulation(
        reference=reference_of(network),
        currency=found.plan.currency,
        uncertainty=found.plan.policy.uncertainty,
        kind="closed-loop",
        planner=found.planner,
        seed=found.seed,
        runs=found.runs,
        weeks=found.weeks,
        figures=tuple(_figures(found)),
        items=tuple(_items(found)),
        limits=tuple(_limits(found)),
        limits_ever=tuple(_ever(found)),
        gap=None,
        notes=(CARRIED_OUT, *((FOLLOWED.format(follow_up, found.weeks),) if follow_up else ())),
        table=found.table().loc[:, list(RUN_COLUMNS)],
    )


def _figures(found: Replay) -> Iterator[Figure]:
    table = found.table()
    for name in RUN_COLUMNS:
        interval = mean_interval(table[name].to_numpy(dtype=float))
        if name == "fill_rate":
            served, demand = (_series(found, kind).sum(axis=1) for kind in ("served", "demand"))
            interval = within(ratio_interval(served, demand), 0.0, 1.0)
        yield figure_of(name, UNITS.get(name, found.plan.currency), interval, None)


def _series(found: Replay, name: str) -> Array:
    """A series of each run, shape (K, W)."""
    return np.array([course.series[name] for course in found.courses])


def _items(found: Replay) -> Iterator[ItemFigure]:
    demand = np.array([course.item_demand for course in found.courses])
    served = np.array([course.item_served for course in found.courses])
    for k, item in enumerate(found.plan.items):
        asked = float(demand[:, k].mean())
        if asked > 0.0:
            fill, low, high = within(ratio_interval(served[:, k], demand[:, k]), 0.0, 1.0)
            yield ItemFigure(item=item.item, demand=asked, fill_rate=fill, low=low, high=high)


def _watched(found: Replay) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Limits that are set, with the weeks of each run in which they are exceeded, shape (K, W)."""
    if any(warehouse.capacity for warehouse in found.plan.warehouses):
        yield "storage", _series(found, "storage_excess") > EXCESS
    if found.plan.capital.cash is not None:
        yield "cash", _series(found, "cash_excess") > EXCESS


def _limits(found: Replay) -> Iterator[LimitFigure]:
    for resource, over in _watched(found):
        for period in range(over.shape[1]):
            share, low, high = share_interval(int(over[:, period].sum()), len(over))
            yield LimitFigure(resource=resource, period=period, probability=share, low=low, high=high)


def _ever(found: Replay) -> Iterator[LimitFigure]:
    for resource, over in _watched(found):
        share, low, high = share_interval(int(over.any(axis=1).sum()), len(over))
        yield LimitFigure(resource=resource, probability=share, low=low, high=high)
