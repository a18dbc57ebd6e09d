"""The plan's demand as arrays: rows added up per period, promotions applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.occurring import first_rows, numbered
from procure.plan.positions import Positions
from procure.plan.records import Plan, Promotion
from procure.plan.table import LIST, ONE, Series, days, numbers, series

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Place = tuple[str, str]
"""Item and warehouse."""


@dataclass(frozen=True, eq=False)
class PlanDemand:
    """Demand of K items at warehouses over T periods, in the order in which the plan names them.

    Attributes
    ----------
    places
        Number of item and warehouse (`Positions.keys`), shape (K,).
    mean, variance
        Per period, shape (K, T) [units, units squared].
    paths
        Demand of each sample and period by place, shape (samples, T) [units]; of places with samples only.
    """

    places: Indices
    mean: Array
    variance: Array
    paths: dict[int, Array]


def expected_demand(plan: Plan, known: Positions) -> PlanDemand:
    """Return the demand of every cell that has a demand row or samples, promotions included."""
    rows = _from_rows(plan, known)
    demand = rows if plan.samples is None or not len(plan.samples) else _with_samples(plan, known, rows)
    if len(plan.promotions):
        _promote(plan, known, demand)
    return demand


def _from_rows(plan: Plan, known: Positions) -> PlanDemand:
    key = known.places(plan.demand)
    place = numbered(key)
    first = first_rows(place)
    mean = np.zeros((len(first), plan.periods))
    variance = np.zeros_like(mean)
    _add_lists(plan, place, mean, variance)
    _add_single(plan, place, mean, variance)
    return PlanDemand(key[first], mean, variance, {})


def _add_lists(plan: Plan, place: Indices, mean: Array, variance: Array) -> None:
    """Add rows that hold all periods."""
    means, sds = series(plan.demand, "mean"), series(plan.demand, "sd")
    rows = np.flatnonzero(means.form == LIST)
    if not len(rows):
        return
    add = np.add.at if len(mean) < len(place) else _add
    add(mean, place[rows], means.matrix(rows, plan.periods))
    listed = rows[sds.form[rows] == LIST]
    add(variance, place[listed], sds.matrix(listed, plan.periods) ** 2)
    constant = rows[sds.form[rows] == ONE]
    add(variance, place[constant], np.broadcast_to(sds.single()[constant, None] ** 2, (len(constant), plan.periods)))


def _add(total: Array, rows: Indices, values: Array) -> None:
    """Add to rows of which each is named once."""
    total[rows] += values


def _add_single(plan: Plan, place: Indices, mean: Array, variance: Array) -> None:
    """Add rows of one period or date; those outside the horizon count for nothing."""
    means = series(plan.demand, "mean")
    rows = np.flatnonzero(means.form == ONE)
    if not len(rows):
        return
    period = _periods(plan)[rows]
    inside = (period >= 0) & (period < plan.periods)
    rows, period = rows[inside], period[inside]
    sd = _or_zero(series(plan.demand, "sd"))
    np.add.at(mean, (place[rows], period), means.single()[rows])
    np.add.at(variance, (place[rows], period), sd[rows] * sd[rows])


def _or_zero(values: Series) -> Array:
    single = values.single()
    return np.where(np.isnan(single), 0.0, single)


def _periods(plan: Plan) -> Indices:
    """Period of every demand row by its period or date, shape (rows,)."""
    start = plan.start_date.toordinal()
    dated = (days(plan.demand, "date", start) - start) // plan.period_days
    given = numbers(plan.demand, "period")
    found: Indices = np.where(np.isnan(given), dated, np.where(np.isnan(given), 0.0, given).astype(np.int64))
    return found


def _with_samples(plan: Plan, known: Positions, rows: PlanDemand) -> PlanDemand:
    frame = plan.samples
    assert frame is not None
    labels, sample = np.unique(frame["sample"].to_numpy(), return_inverse=True)
    item, warehouse = (frame[name].astype(str).tolist() for name in ("item", "warehouse"))
    key = np.array([known.place(i, w) for i, w in zip(item, warehouse, strict=True)], dtype=np.int64)
    place = numbered(key)
    first = first_rows(place)
    all_paths = np.zeros((len(first), len(labels), plan.periods))
    period, quantity = frame["period"].to_numpy().astype(int), frame["quantity"].to_numpy().astype(float)
    np.add.at(all_paths, (place, sample, period), quantity)
    count = len(rows.places)
    found = PlanDemand(
        np.concatenate([rows.places, key[first]]),
        np.concatenate([rows.mean, np.zeros((len(first), plan.periods))]),
        np.concatenate([rows.variance, np.zeros((len(first), plan.periods))]),
        {},
    )
    for k, paths in enumerate(all_paths):
        _take_paths(found, count + k, paths)
    return found


def _take_paths(demand: PlanDemand, place: int, paths: Array) -> None:
    demand.paths[place] = paths
    demand.mean[place], demand.variance[place] = paths.mean(axis=0), paths.var(axis=0)


def _promote(plan: Plan, known: Positions, demand: PlanDemand) -> None:
    """Apply the promotions one after another."""
    item, warehouse = known.pair(demand.places)
    order = np.argsort(item, kind="stable")
    ranked = item[order]
    for promotion in plan.promotions:
        low, high = np.searchsorted(ranked, [known.items[promotion.item], known.items[promotion.item] + 1])
        places = order[low:high]
        if promotion.warehouse is not None:
            places = places[warehouse[places] == known.warehouses[promotion.warehouse]]
        if len(places):
            _lift(plan, promotion, demand, places)


def _lift(plan: Plan, promotion: Promotion, demand: PlanDemand, places: Indices) -> None:
    share = np.array([_share(plan, promotion, t) for t in range(plan.periods)])
    factor = 1.0 + (promotion.uplift - 1.0) * share
    noise = (share * (promotion.uplift_sd or 0.0)) ** 2
    mean, variance = demand.mean[places], demand.variance[places]
    demand.mean[places] = factor * mean
    demand.variance[places] = factor**2 * variance + noise * (mean**2 + variance)
    for place in set(places.tolist()) & set(demand.paths):
        _take_paths(demand, place, demand.paths[place] * factor)


def _share(plan: Plan, promotion: Promotion, period: int) -> float:
    """Share of the period's days that the promotion covers."""
    first: date = plan.start_date + timedelta(days=period * plan.period_days)
    last = first + timedelta(days=plan.period_days - 1)
    covered = (min(last, promotion.last) - max(first, promotion.first)).days + 1
    return max(covered, 0) / plan.period_days
