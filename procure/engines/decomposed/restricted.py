"""The restricted master of a few promising plans of each component, as a MILP."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.mixing import Headers
from procure.engines.decomposed.pool import Plans
from procure_milp.master import CellPlan, Key, Master, OrderRule, solve_master

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def reduced_costs(plans: Plans, prices: Array, fee: Array, saving: Array) -> Array:
    """What each plan costs at prices of limits and fees of headers, shape (N,).

    Parameters
    ----------
    prices
        Of limits, shape (K * T,).
    fee, saving
        What a plan pays for being on each header, and the share of its goods value that it saves, shape (H,).
    """
    header, goods, _ = plans.orders.data
    cost = plans.cost + _sums(plans.use.at, prices[plans.use.data[0]] * plans.use.data[1])
    value: Array = cost + _sums(plans.orders.at, fee[header] - saving[header] * goods)
    return value


def _sums(at: Indices, values: Array) -> Array:
    running = np.concatenate([[0.0], np.cumsum(values)])
    total: Array = running[at[1:]] - running[at[:-1]]
    return total


def promising(plans: Plans, cost: Array, most: int, always: Indices) -> Indices:
    """The cheapest plans of each component, so many at most, and those that are wanted always."""
    order = np.lexsort((cost, plans.part))
    part = plans.part[order]
    first = np.searchsorted(part, part, side="left")
    kept = order[np.arange(len(part)) - first < most]
    return np.union1d(kept, always)


def choose(
    plans: Plans,
    headers: Headers,
    allowed: Array,
    start: Indices,
    time_limit: float,
    gap: float,
    stop: threading.Event,
) -> Indices | None:
    """Choose one plan for each component by branch and cut; None if none is found.

    Parameters
    ----------
    allowed
        Most use of each row of the limits, shape (K * T,).
    start
        Plans to begin with.
    """
    columns = tuple(_column(plans, k, headers.periods) for k in range(len(plans.part)))
    keys = sorted({key for column in columns for key in column.orders})
    rules = {key: _rule(headers, key) for key in keys}
    kept = {key: rule for key, rule in rules.items() if rule is not None}
    master = Master(columns, kept, allowed, frozenset(start.tolist()), headers.worth)
    found = solve_master(master, time_limit, gap, stop)
    return None if found.plans is None else np.array(found.plans, dtype=np.int64)


def _column(plans: Plans, k: int, periods: int) -> CellPlan:
    a, b = plans.use.at[k], plans.use.at[k + 1]
    row, amount = plans.use.data
    c, d = plans.orders.at[k], plans.orders.at[k + 1]
    header, goods, load = plans.orders.data
    return CellPlan(
        cell=int(plans.part[k]),
        cost=float(plans.cost[k]),
        orders={
            (int(h) // periods, int(h) % periods): (float(g), float(w))
            for h, g, w in zip(header[c:d], goods[c:d], load[c:d], strict=True)
        },
        use=dict(zip(row[a:b].tolist(), amount[a:b].tolist(), strict=True)),
    )


def _rule(headers: Headers, key: Key) -> OrderRule | None:
    g, t = key
    tiers = range(headers.tier_at[g], headers.tier_at[g + 1])
    rule = OrderRule(
        fee=float(headers.fee[g]),
        minimum=float(headers.least[g]),
        maximum=float(headers.most[g]),
        discounts=tuple((float(headers.start[k]), float(headers.saving[k])) for k in tiers),
        scale=float(headers.scale[g]),
        size=float(headers.size[g]),
        container_cost=float(headers.container[g]),
        minimum_fill=float(headers.fill[g]),
        use=tuple(headers.money[headers.money_at[t] : headers.money_at[t + 1]].tolist()),
        relief=_relief(headers, g, t),
    )
    plain = rule.fee == 0.0 and rule.minimum == 0.0 and not np.isfinite(rule.maximum)
    return None if plain and not rule.discounts and rule.size == 0.0 else rule


def _relief(headers: Headers, g: int, t: int) -> tuple[tuple[int, float], ...]:
    """Rows that a discount relieves, and the share of it that they see."""
    found = [(int(row), 1.0) for row in headers.relief[headers.relief_at[t] : headers.relief_at[t + 1]]]
    if headers.cash >= 0:
        for due in range(t, headers.periods):
            share = float(headers.deposit[g]) if due < t + headers.delay[g] else 1.0
            found.append((int(headers.cash) + due, share * float(headers.scale[g])))
    return tuple((row, share) for row, share in found if share > 0.0)
