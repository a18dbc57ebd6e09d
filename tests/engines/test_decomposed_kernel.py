"""The compiled dynamic program against every combination of orders and shipments, priced one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from procure.engines.decomposed.kernel import Cells, Costs, Outs, Ways, solve_cells

PERIODS = 2
NEVER = np.inf


def random_cell(rng: np.random.Generator, *, out: bool, capped: bool, forced: bool) -> tuple[Cells, Ways, Outs, Costs]:
    """One cell of few levels with two ways in of two tiers each, whole steps, and perhaps a way out."""
    n = int(rng.integers(4, 8))
    start = int(rng.integers(0, 3)) if out else 0
    rows = np.sort(rng.uniform(0.0, 9.0, (2 * PERIODS, n)), axis=1)[:, ::-1].astype(np.float32)
    high = rng.integers(start, n, (1, PERIODS)) if capped else np.full((1, PERIODS), n - 1)
    cells = Cells(
        levels=np.array([n]), start=np.array([start]), grain=np.array([float(rng.choice([1.0, 2.5]))]),
        opening=np.cumsum(rng.uniform(-1.0, 2.0, (1, PERIODS)), axis=1), table=np.array([0]),
        short=rows.ravel().copy(), earlier=(PERIODS + np.arange(PERIODS)[None, :]) * n, coarse=np.array([False]),
        cap=high, floor=rng.integers(0, n, (1, PERIODS)), capped=np.array([capped]),
    )  # fmt: skip
    count = 2
    least = np.sort(rng.integers(1, 4, (count, 2)), axis=1)
    most = np.where(rng.random((count, 2)) < 0.5, 10**12, np.maximum(least, rng.integers(1, 5, (count, 2))))
    ways = Ways(
        first=np.array([0, count]), lead=rng.integers(0, 2, count), stride=rng.integers(1, 3, count),
        unit=rng.uniform(0.5, 3.0, count), tier=np.array([0, 2, 4]), least=least.ravel(), most=most.ravel(),
        price=rng.uniform(-0.5, 2.0, 2 * count), intercept=rng.uniform(-1.0, 1.0, 2 * count),
    )  # fmt: skip
    many = int(out)
    outs = Outs(np.array([0, many]), rng.integers(1, 3, many), rng.uniform(0.5, 2.0, many), np.zeros(many, dtype=bool))
    closed = rng.random((count, PERIODS)) < 0.2
    costs = Costs(
        supply=rng.uniform(-0.5, 1.0, (1, PERIODS)), short=rng.uniform(0.0, 3.0, (1, PERIODS)),
        before=rng.uniform(0.0, 1.0, (1, PERIODS)), target=rng.uniform(0.0, 5.0, (1, PERIODS)),
        missing=rng.choice([0.0, 1.5], (1, PERIODS)), goods=rng.uniform(0.5, 1.5, (count, PERIODS)),
        unit=rng.uniform(-0.3, 0.5, (count, PERIODS)),
        fixed=np.where(closed, NEVER, rng.uniform(0.0, 3.0, (count, PERIODS))),
        revenue=rng.uniform(0.0, 4.0, (many, PERIODS)), gate=np.where(rng.random((many, PERIODS)) < 0.2, NEVER, 0.0),
        forced=np.where(rng.random((many, PERIODS)) < 0.5, 1, -1) if forced else np.full((many, PERIODS), -1),
        base=np.zeros(1),
    )  # fmt: skip
    return cells, ways, outs, costs


def bills(ways: Ways, costs: Costs, w: int, u: int, steps: int) -> float:
    """Cheapest tier that holds so many steps."""
    units = steps * ways.unit[w]
    tiers = [j for j in range(ways.tier[w], ways.tier[w + 1]) if ways.least[j] <= steps <= ways.most[j]]
    bill = min((costs.goods[w, u] * (ways.intercept[j] + ways.price[j] * units) for j in tiers), default=NEVER)
    return float(costs.fixed[w, u] + costs.unit[w, u] * units + bill)


def stock_cost(cells: Cells, costs: Costs, t: int, level: int) -> float:
    n = cells.levels[0]
    supply = cells.opening[0, t] + (level - cells.start[0]) * cells.grain[0]
    return float(
        costs.supply[0, t] * supply
        + costs.short[0, t] * float(cells.short[t * n + level])
        + costs.before[0, t] * float(cells.short[cells.earlier[0, t] + level])
        + costs.missing[0, t] * max(costs.target[0, t] - supply, 0.0)
    )


def plans(ways: Ways, outs: Outs, costs: Costs, n: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Every number of steps on every way in and out, by period of the order and of the shipment."""
    into = [range(n) if np.isfinite(costs.fixed[w, u]) and u + ways.lead[w] < PERIODS else (0,)
            for w in range(len(ways.lead)) for u in range(PERIODS)]  # fmt: skip
    out = [_leaving(costs, o, t, n) for o in range(len(outs.stride)) for t in range(PERIODS)]
    for chosen in product(*into, *out):
        split = len(into)
        yield np.array(chosen[:split]).reshape(-1, PERIODS), np.array(chosen[split:]).reshape(-1, PERIODS)


def _leaving(costs: Costs, o: int, t: int, n: int) -> tuple[int, ...]:
    if costs.forced[o, t] >= 0:
        return (int(costs.forced[o, t]),)
    return tuple(range(n)) if np.isfinite(costs.gate[o, t]) else (0,)


def cost_of(cells: Cells, ways: Ways, outs: Outs, costs: Costs, steps: np.ndarray, leaving: np.ndarray) -> float:
    """What a plan costs, infinite if it is not allowed."""
    level, total = int(cells.start[0]), 0.0
    for t in range(PERIODS):
        arriving = [(w, t - ways.lead[w]) for w in range(len(ways.lead)) if t >= ways.lead[w]]
        arriving = [(w, u) for w, u in arriving if steps[w, u]]
        total += sum(bills(ways, costs, w, u, int(steps[w, u])) for w, u in arriving)
        level += sum(int(steps[w, u] * ways.stride[w]) for w, u in arriving)
        if level >= cells.levels[0] or total == NEVER:
            return NEVER
        if leaving[:, t].any():
            level -= int(leaving[:, t] @ outs.stride)
            if level < max(cells.floor[0, t], 0):
                return NEVER
            total -= _revenue(outs, costs, leaving, t)
        if arriving and level > cells.cap[0, t]:
            return NEVER
        total += stock_cost(cells, costs, t, level)
    return total


def _revenue(outs: Outs, costs: Costs, leaving: np.ndarray, t: int) -> float:
    """What leaves by choice brings; what must leave brings nothing."""
    free = (costs.forced[:, t] < 0) & (leaving[:, t] > 0)
    return float((costs.revenue[:, t] * outs.unit * leaving[:, t] - costs.gate[:, t])[free].sum())


KINDS = [
    dict(zip(("out", "capped", "forced"), kind, strict=True))
    for kind in product((False, True), repeat=3)
    if kind[0] or not kind[2]
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(k for k, v in kind.items() if v) or "plain")
@pytest.mark.parametrize("seed", range(5))
def test_the_least_cost_is_that_of_the_best_combination(seed, kind):
    rng = np.random.default_rng([3, seed])
    cells, ways, outs, costs = random_cell(rng, **kind)
    best = min(cost_of(cells, ways, outs, costs, *plan) for plan in plans(ways, outs, costs, int(cells.levels[0])))
    value = np.zeros(1)
    steps, path = np.zeros((2, PERIODS), dtype=np.int64), np.zeros((1, PERIODS), dtype=np.int64)
    leaving = np.zeros((len(outs.stride), PERIODS), dtype=np.int64)
    solve_cells(np.array([0]), cells, ways, outs, costs, value, steps, leaving, path)
    if best == NEVER:
        # what must leave is not there
        assert value[0] > 1e11
        return
    assert value[0] == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert cost_of(cells, ways, outs, costs, steps, leaving) == pytest.approx(best, rel=1e-9, abs=1e-9)
