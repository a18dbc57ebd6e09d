"""From what the runs came to, to figures with confidence intervals beside what was promised."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from procure.insight.simulation.course import SUMS, Tally
from procure.insight.simulation.intervals import (
    Interval,
    half_width,
    mean_interval,
    ratio_interval,
    share_interval,
    within,
)
from procure.insight.simulation.money import Paid
from procure.insight.simulation.records import RUN_COLUMNS, Figure, Gap, ItemFigure, LimitFigure, Simulation
from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure.solution.limits import TOLERANCE, Limit, limits_of, used
from procure.solution.open_loop import BATCHES
from procure.solution.promise import Promise
from procure.solution.records import CostParts, PlanReference
from procure.uncertainty.draws import Source

Array = NDArray[np.float64]

UNITS = {"backorders": "unit-periods", "end_units": "units", "fill_rate": "share", "on_hand": "unit-periods"}
ROUNDING = 1e-9
"""Relative slack within which a promise without any spread counts as kept."""


def simulation_of(
    network: Network,
    source: Source,
    planned: Ledger,
    promise: Promise,
    tally: Tally,
    paid: Paid,
    *,
    engine: str,
    gap: Gap | None,
) -> Simulation:
    """Report an open-loop simulation.

    Parameters
    ----------
    planned
        The decision as the plan's own `uncertainty` counts it.
    promise
        What it promises in an open loop.
    """
    plan = network.plan
    table = _table(promise, tally, paid)
    limits = tuple(_limits(network, promise.ledger, tally, paid))
    return Simulation(
        reference=reference_of(network),
        currency=plan.currency,
        uncertainty=plan.policy.uncertainty,
        kind="open-loop",
        planner=engine,
        seed=source.seed,
        runs=source.runs,
        weeks=plan.periods,
        figures=tuple(_figures(network, promise, table, tally)),
        items=tuple(_items(network, promise.ledger, tally)),
        limits=tuple(row for rows, _ in limits for row in rows),
        limits_ever=tuple(ever for _, ever in limits),
        gap=gap,
        notes=tuple(_notes(network, planned, promise)),
        table=table,
    )


def reference_of(network: Network) -> PlanReference:
    """Name the plan simulated."""
    plan = network.plan
    return PlanReference(name=plan.name, start_date=plan.start_date, periods=plan.periods, digest=plan.digest())


def _notes(network: Network, planned: Ledger, promise: Promise) -> Iterator[str]:
    if network.plan.policy.uncertainty == "protection":
        yield (
            f"The plan counts on re-planning (protection) and expects a total of {planned.total:,.0f} "
            f"{network.plan.currency}; the figures promised here are those of an open loop, in which nobody reacts."
        )
    if promise.errors["total"] > 0.0:
        yield (
            "Lost sales are promised from draws, apart from those of the plan and of the runs, so the promises have a "
            f"sampling error of their own, which counts where they are judged: {promise.errors['total']:,.3g} "
            f"{network.plan.currency} of the total, {promise.errors['backorders']:,.3g} unit-periods of backorders and "
            "units lost (standard errors)."
        )
    if promise.figures["safety_stock"] > 0.0:
        yield "The safety stock's penalty is charged by no world; it stands as promised."


def _table(promise: Promise, tally: Tally, paid: Paid) -> pd.DataFrame:
    """One row per run, columns `RUN_COLUMNS`."""
    runs = len(paid.purchase)
    columns = {part: np.full(runs, promise.figures[part]) for part in CostParts.model_fields}
    columns |= {"purchase": paid.purchase, "freight": paid.freight}
    columns |= dict(zip(SUMS, tally.sums, strict=True))
    columns["total"] = np.sum([columns[part] for part in CostParts.model_fields], axis=0)
    demand, served = _whole(tally, 0, runs), _whole(tally, 1, runs)
    columns["fill_rate"] = np.where(demand > 0.0, served / np.where(demand > 0.0, demand, 1.0), 1.0)
    return pd.DataFrame({name: columns[name] for name in RUN_COLUMNS})


def _whole(tally: Tally, row: int, runs: int) -> Array:
    """A row of all items, summed, shape (K,)."""
    total: Array = np.sum([rows[row] for rows in tally.items.values()], axis=0) + np.zeros(runs)
    return total


def _figures(network: Network, promise: Promise, table: pd.DataFrame, tally: Tally) -> Iterator[Figure]:
    for name in RUN_COLUMNS:
        found = mean_interval(table[name].to_numpy(dtype=float))
        if name == "fill_rate":
            found = within(ratio_interval(_whole(tally, 1, len(table)), _whole(tally, 0, len(table))), 0.0, 1.0)
        unit = UNITS.get(name, network.plan.currency)
        yield figure_of(name, unit, found, promise.figures[name], promise.errors[name])


def figure_of(name: str, unit: str, found: Interval, promised: float | None, error: float = 0.0) -> Figure:
    """Put an estimate beside its promise.

    Parameters
    ----------
    error
        Standard error of the promise, 0 where it is exact. Promise and simulation are independent, so their half widths
        add up as squares do.
    """
    mean, low, high = found
    if promised is None:
        return Figure(figure=name, unit=unit, mean=mean, low=low, high=high)
    inside = None
    if low is not None and high is not None:
        slack = ROUNDING * max(1.0, abs(promised))
        half = math.hypot(max(mean - low, high - mean), half_width(error, BATCHES)) if error > 0.0 else None
        least, most = (low, high) if half is None else (mean - half, mean + half)
        inside = least - slack <= promised <= most + slack
    return Figure(
        figure=name,
        unit=unit,
        promised=promised,
        promised_error=error,
        mean=mean,
        low=low,
        high=high,
        difference=mean - promised,
        inside=inside,
    )


def _items(network: Network, ledger: Ledger, tally: Tally) -> Iterator[ItemFigure]:
    stocks = ledger.stocks
    for item, (demand, served, unmet) in sorted(tally.items.items()):
        here = network.cell_item == item
        mean = float(network.mean[here].sum())
        if mean <= 0.0:
            continue
        fill, low, high = within(ratio_interval(served, demand), 0.0, 1.0)
        owed, least, most = mean_interval(unmet)
        yield ItemFigure(
            item=network.items[item].item,
            demand=float(demand.mean()),
            promised_fill_rate=float((stocks.peak[here] - stocks.on_hand[here]).sum()) / mean,
            fill_rate=fill,
            low=low,
            high=high,
            promised_backorders=float(stocks.backorders[here].sum()),
            backorders=owed,
            backorders_low=least,
            backorders_high=most,
        )


def _limits(
    network: Network, ledger: Ledger, tally: Tally, paid: Paid
) -> Iterator[tuple[tuple[LimitFigure, ...], LimitFigure]]:
    """Chances of each limit by period, and of any period."""
    on_stock = iter(tally.use)
    for limit in limits_of(network):
        if limit.kind in ("storage", "inventory_value"):
            yield _chances(network, limit, next(on_stock))
        elif limit.kind == "cash":
            yield _chances(network, limit, paid.payments)
        elif limit.kind == "order_budget":
            yield _chances(network, limit, np.repeat(used(ledger, limit)[:, None], len(paid.purchase), axis=1))


def _chances(network: Network, limit: Limit, use: Array) -> tuple[tuple[LimitFigure, ...], LimitFigure]:
    warehouse = network.warehouses[limit.place].warehouse if limit.place is not None else None
    allowed = limit.allowed[:, None]
    over: NDArray[np.bool_] = use - allowed > TOLERANCE * np.maximum(allowed, 1e-3)
    rows = tuple(
        _chance(limit.resource, warehouse, over[t], period=t, limit=float(limit.allowed[t]), used=float(use[t].mean()))
        for t in range(network.periods)
    )
    return rows, _chance(limit.resource, warehouse, np.any(over, axis=0, keepdims=True)[0])


def _chance(
    resource: str,
    warehouse: str | None,
    over: NDArray[np.bool_],
    period: int | None = None,
    limit: float | None = None,
    used: float | None = None,
) -> LimitFigure:
    share, low, high = share_interval(int(over.sum()), len(over))
    return LimitFigure(
        resource=resource,
        warehouse=warehouse,
        period=period,
        limit=limit,
        used=used,
        probability=share,
        low=low,
        high=high,
    )
