"""The plan's demand as arrays: rows added up per period, promotions applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.records import Demand, Plan, Promotion

Array = NDArray[np.float64]
Place = tuple[str, str]
"""Item and warehouse."""


@dataclass(frozen=True)
class CellDemand:
    """Demand of one item at one warehouse.

    Attributes
    ----------
    mean, variance
        Per period, shape (periods,) [units, units squared].
    paths
        Demand of each sample and period, shape (samples, periods) [units]; None without samples.
    """

    mean: Array
    variance: Array
    paths: Array | None = None


def expected_demand(plan: Plan) -> dict[Place, CellDemand]:
    """Return the demand of every cell that has a demand row or samples, promotions included."""
    found = _from_rows(plan)
    found.update(_from_samples(plan))
    for promotion in plan.promotions:
        for place in [p for p in found if _concerns(promotion, p)]:
            found[place] = _promoted(plan, promotion, found[place])
    return found


def _from_rows(plan: Plan) -> dict[Place, CellDemand]:
    found: dict[Place, CellDemand] = {}
    for row in plan.demand:
        place = (row.item, row.warehouse)
        if place not in found:
            found[place] = CellDemand(np.zeros(plan.periods), np.zeros(plan.periods))
        for period, mean, sd in _entries(plan, row):
            if 0 <= period < plan.periods:
                found[place].mean[period] += mean
                found[place].variance[period] += sd * sd
    return found


def _entries(plan: Plan, row: Demand) -> Iterator[tuple[int, float, float]]:
    if isinstance(row.mean, tuple):
        sds = row.sd if isinstance(row.sd, tuple) else (row.sd or 0.0,) * len(row.mean)
        yield from zip(range(plan.periods), row.mean, sds, strict=False)
    else:
        sd = row.sd if isinstance(row.sd, float | int) else 0.0
        yield _period_of(plan, row), row.mean, sd


def _period_of(plan: Plan, row: Demand) -> int:
    if row.period is not None:
        return row.period
    assert row.date is not None
    return (row.date - plan.start_date).days // plan.period_days


def _from_samples(plan: Plan) -> dict[Place, CellDemand]:
    frame = plan.samples
    if frame is None or not len(frame):
        return {}
    labels, sample = np.unique(frame["sample"].to_numpy(), return_inverse=True)
    period = frame["period"].to_numpy().astype(int)
    quantity = frame["quantity"].to_numpy().astype(float)
    found: dict[Place, CellDemand] = {}
    for place in dict.fromkeys(zip(frame["item"].astype(str), frame["warehouse"].astype(str), strict=True)):
        rows = np.flatnonzero((frame["item"] == place[0]) & (frame["warehouse"] == place[1]))
        paths = np.zeros((len(labels), plan.periods))
        np.add.at(paths, (sample[rows], period[rows]), quantity[rows])
        found[place] = _of_paths(paths)
    return found


def _of_paths(paths: Array) -> CellDemand:
    return CellDemand(paths.mean(axis=0), paths.var(axis=0), paths)


def _concerns(promotion: Promotion, place: Place) -> bool:
    item, warehouse = place
    return promotion.item == item and promotion.warehouse in (None, warehouse)


def _promoted(plan: Plan, promotion: Promotion, demand: CellDemand) -> CellDemand:
    share = np.array([_share(plan, promotion, t) for t in range(plan.periods)])
    factor = 1.0 + (promotion.uplift - 1.0) * share
    if demand.paths is not None:
        return _of_paths(demand.paths * factor)
    noise = (share * (promotion.uplift_sd or 0.0)) ** 2
    mean, variance = demand.mean, demand.variance
    return CellDemand(factor * mean, factor**2 * variance + noise * (mean**2 + variance))


def _share(plan: Plan, promotion: Promotion, period: int) -> float:
    """Share of the period's days that the promotion covers."""
    first: date = plan.start_date + timedelta(days=period * plan.period_days)
    last = first + timedelta(days=plan.period_days - 1)
    days = (min(last, promotion.last) - max(first, promotion.first)).days + 1
    return max(days, 0) / plan.period_days
