"""The restricted master of a few promising plans of each component, as a MILP."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.mixing import Headers
from procure.engines.decomposed.mixture import headers_of
from procure.engines.decomposed.plan_uses import PlanUses
from procure.engines.decomposed.pool import Plans, Pool
from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure_milp.master import CellPlan, Key, Master, OrderRule, solve_master

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


def reduced_costs(
    network: Network, plans: Plans, uses: PlanUses, prices: Array, ledger: Ledger, worth: float = 1.0
) -> Array:
    """What each plan costs at the prices of limits if a known decision's orders are placed anyway, shape (N,)."""
    headers, periods = headers_of(network, uses, worth), network.periods
    placed = np.zeros(len(headers.fee) * periods, dtype=bool)
    n_groups = len(network.group_supplier)
    placed[: n_groups * periods] = ledger.bills.placed.ravel()
    moves, when = np.nonzero(ledger.decision.shipments)
    placed[(n_groups + network.move_lane[moves]) * periods + when] = True
    fee = np.where(placed, 0.0, np.repeat(headers.fee, periods))
    saving = np.zeros(len(placed))
    saving[: n_groups * periods] = ledger.bills.discount_rate.ravel() * np.repeat(headers.scale[:n_groups], periods)
    header, goods, _ = plans.orders.data
    cost = plans.cost + _sums(plans.use.at, prices[plans.use.data[0]] * plans.use.data[1])
    value: Array = cost + worth * _sums(plans.orders.at, fee[header] - saving[header] * goods)
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
    pool: Pool, rows: Indices, start: Indices, time_limit: float, gap: float, stop: threading.Event
) -> Indices | None:
    """Choose one of the plans `rows` for each component by branch and cut; None if none is found.

    Parameters
    ----------
    start
        Plans to begin with, among `rows`.
    """
    master = _master(pool, rows, start)
    found = solve_master(master, time_limit, gap, stop)
    return None if found.plans is None else rows[np.array(found.plans, dtype=np.int64)]


def _master(pool: Pool, rows: Indices, start: Indices) -> Master:
    network, plans, periods = pool.passes.network, pool.plans.take(rows), pool.passes.network.periods
    headers = headers_of(network, pool.uses, pool.passes.aim.worth)
    wanted = set(start.tolist())
    chosen = frozenset(k for k, row in enumerate(rows.tolist()) if row in wanted)
    columns = tuple(_column(plans, k, periods) for k in range(len(rows)))
    keys = sorted({key for column in columns for key in column.orders})
    rules = {key: _rule(headers, key) for key in keys}
    kept = {key: rule for key, rule in rules.items() if rule is not None}
    return Master(columns, kept, pool.uses.allowed, chosen, pool.passes.aim.worth)


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
