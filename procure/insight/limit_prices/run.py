"""Confirm the prices of the dearest limits by solving again with a step more of each."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Outcome
from procure.engines.limit_prices import limit_prices as engine_prices
from procure.engines.run import ensure_engine, ensure_solver
from procure.insight.limit_prices.records import LimitPrice, LimitPrices
from procure.insight.solving_again import Again, Standing, Steps
from procure.solution.prices import Prices, Saving, raised, totals
from procure.solution.projection import place_of, unit_of
from procure.solution.records import Solution

Array = NDArray[np.float64]

PART_OF_SAVING = 0.1
"""Part of the saving that a price promises which the gap of solving again may come to."""
FINEST = 1e-7
"""Least relative gap that is asked for."""
SHARE_FOR_PRICES = 0.2
"""Most of the time that the prices themselves may take."""


def limit_prices(
    solution: Solution,
    *,
    most: int = 3,
    time_limit: float = 60.0,
    gap: float = 1e-3,
    engine: str = "auto",
    solver: str = "highs",
    watch: Steps = lambda done, of_all: None,
    stop: threading.Event | None = None,
) -> LimitPrices:
    """Tell what more of the dearest limits would save, by their prices and by solving again.

    Parameters
    ----------
    solution
        A solution of the plan, which every solve begins with.
    most
        How many limits; one period of each, the one where a step saves most.
    time_limit
        Seconds for all of it, about. The plan as it stands is solved again first, then each limit has its share.
    gap
        Largest relative gap at which to stop; finer where the saving is small.
    engine, solver
        As those of `procure.solve`.
    watch
        Called with the solves done and all of them.
    stop
        Set it to end early; what is not confirmed then says so.

    Returns
    -------
    LimitPrices
        Empty where no limit binds.
    """
    ensure_engine(engine)
    ensure_solver(solver)
    options = Options(solver=solver, time_limit=time_limit, gap=gap, stop=stop or threading.Event())
    standing = Standing(solution)
    prices = _prices(standing, solution, options, most)
    wishes = () if prices is None else prices.savings
    values = np.zeros(0) if prices is None else prices.values
    again: dict[Saving, Again] = {}
    if wishes:
        fine = [_gap(standing, wish, gap) for wish in wishes]
        watch(0, len(wishes) + 1)
        for decision in (prices.decision, *(wish.decision for wish in wishes)) if prices is not None else ():
            standing.learn(decision)
        standing.solve(options.part(1.0 / (len(wishes) + 1), min(fine)), engine)
        for k, wish in enumerate(wishes):
            watch(k + 1, len(wishes) + 1)
            if not options.over:
                again[wish] = _with_more(standing, wish, options.part(1.0 / (len(wishes) - k), fine[k]), engine)
        watch(len(wishes) + 1, len(wishes) + 1)
    return LimitPrices(
        plan=solution.plan_reference,
        currency=solution.plan.currency,
        total=standing.told.total,
        better=standing.told.total - standing.ledger.total,
        limits=tuple(_dearest_first(_record(standing, values, wish, again.get(wish)) for wish in wishes)),
        seconds=options.seconds,
    )


def _dearest_first(found: Iterable[LimitPrice]) -> list[LimitPrice]:
    return sorted(found, key=lambda price: -(price.by_price if price.saved is None else price.saved))


def _gap(standing: Standing, wish: Saving, gap: float) -> float:
    """A gap that is fine enough to see the saving."""
    return min(gap, max(PART_OF_SAVING * wish.saved / standing.told.gross, FINEST))


def _prices(standing: Standing, solution: Solution, options: Options, most: int) -> Prices | None:
    """Those of the program under the orders, or those that the solution has."""
    found = Outcome(
        decision=standing.told.decision,
        limits=standing.limits,
        bound=standing.bound,
        backorder_bound=None,
        seconds={},
        engine=solution.engine,
        solver=solution.solver,
        backorder_limit=standing.backorder_limit,
        prices=_told(standing, solution),
    )
    task = replace(standing.task, limits=standing.given)
    return engine_prices(task, found, options.part(SHARE_FOR_PRICES), most, whole=True)


def _told(standing: Standing, solution: Solution) -> Array | None:
    """Prices of the totals by a period that the solution tells; None where it tells none."""
    prices = np.array([[use.shadow_price or 0.0] for use in solution.resources], dtype=float)
    if not prices.any():
        return None
    return totals(standing.network, standing.given, prices.reshape(len(standing.given), -1))


def _with_more(standing: Standing, wish: Saving, options: Options, engine: str) -> Again:
    changed = list(standing.limits)
    limit = changed[wish.limit]
    changed[wish.limit] = replace(limit, allowed=raised(standing.network, limit, wish.period, wish.step))
    return standing.solve_changed(replace(standing.task, limits=tuple(changed)), options, engine, wish.decision)


def _record(standing: Standing, prices: Array, wish: Saving, again: Again | None) -> LimitPrice:
    limit = standing.given[wish.limit]
    values = prices[wish.limit]
    saved = least = most = avoided = None
    if again is not None:
        saved, least, most = standing.saved(again)
        avoided = standing.backorders - again.backorders if saved > 0.0 else 0.0
    return LimitPrice(
        resource=limit.resource,
        **place_of(standing.network, limit),
        unit=unit_of(standing.network, limit),
        period=wish.period,
        step=wish.step,
        price=float(np.nansum(values) if wish.period is None else values[wish.period]),
        by_price=wish.saved,
        backorders_by_price=wish.avoided,
        saved=saved,
        backorders_avoided=avoided,
        least=least,
        most=most if most is not None and np.isfinite(most) else None,
    )
