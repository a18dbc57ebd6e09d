"""Suppliers that are short or late: optima by dense grid search on 100,000 worlds, shares, and splits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

import procure
from tests.oracle.cases import plain, weekly
from tests.scenarios.open_loop import Item, Worlds, gamma, worlds

ON_TIME, WHOLE = {0: 1.0}, {1: 1.0}
POLICY = {"uncertainty": "cumulative", "distribution": "gamma", "terminal_value": 0, "scenarios": 1000}
ITEM = Item(owed=2.0)
"""Left over units are worth nothing; owed ones cost the price of the only or cheapest supplier."""


def keyed(chances, factor=1):
    return {f"{factor * value:g}": chance for value, chance in chances.items()}


def item_plan(suppliers, periods, mean=30.0, sd=9.0, multiple=6, policy=POLICY, **supplier):
    """One item from suppliers S0, S1, ..., each given as (price, weeks, shares)."""
    offers = [
        {
            "supplier": f"S{k}",
            "item": "A",
            "unit_price": price,
            "order_multiple": multiple,
            "lead_time": keyed(leads, 7),
            "delivered_fraction": keyed(shares),
        }
        for k, (price, leads, shares) in enumerate(suppliers)
    ]
    return plain(
        item={"backorder_cost": ITEM.backorder, "holding_cost": ITEM.holding},
        suppliers=[{"supplier": row["supplier"], "currency": "EUR", **supplier} for row in offers],
        offers=offers,
        periods=periods,
        demand=[weekly([mean] * periods, [sd] * periods)],
        policy=policy,
    )


def solved(plan, gap=1e-3):
    return procure.solve(procure.Plan.from_dict(plan), gap=gap, time_limit=20)


def ordered(solution):
    return {(line.supplier, line.period): line.quantity for line in solution.lines}


def assert_as_good_as_the_grid(solution, found: Worlds, decisions, levels) -> None:
    """Hold the plan's cost on the worlds within 1 % of the least, and its promise within 1 % of that cost."""
    quantities = [ordered(solution).get(key, 0.0) for key in decisions]
    assert sum(quantities) == pytest.approx(sum(ordered(solution).values()))
    costs = found.costs(ITEM, quantities)
    _, least = found.best(ITEM, *[levels] * len(decisions))
    assert costs.mean() <= 1.01 * least
    error = costs.std() / np.sqrt(costs.size)
    assert solution.cost.total == pytest.approx(costs.mean(), rel=0.01, abs=4 * error)


@pytest.mark.parametrize("shares", [{1: 0.6, 0.7: 0.3, 0.2: 0.1}, {1: 0.9, 0: 0.1}], ids=["yield", "disruption"])
def test_one_supplier_who_is_short_is_used_as_the_grid_says(shares):
    terms = 2.0, ON_TIME, shares
    solution = solved(item_plan([terms], 2))
    found = worlds(1, gamma(30, 9), 2, [(terms, 0), (terms, 1)])
    assert_as_good_as_the_grid(solution, found, [("S0", 0), ("S0", 1)], np.arange(0.0, 103, 6))


def test_two_suppliers_with_random_lead_times_are_used_as_the_grid_says():
    cheap = 2.0, {0: 0.4, 1: 0.4, 2: 0.2}, WHOLE
    quick = 2.8, {0: 0.9, 1: 0.1}, WHOLE
    solution = solved(item_plan([cheap, quick], 3, order_every=3))
    found = worlds(2, gamma(30, 9), 3, [(cheap, 0), (quick, 0)])
    assert_as_good_as_the_grid(solution, found, [("S0", 0), ("S1", 0)], np.arange(0.0, 121, 6))
    assert len(ordered(solution)) == 2


RELIABLE = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]


def sure_quantity(p: float, price: float, extra: float, mean: float, sd: float) -> float:
    """Best quantity of a sure supplier, dearer by `extra`, beside one who delivers all or nothing.

    What does not come is not paid, so one more sure unit costs c + extra / (1 - p) per time that it is alone.
    """
    owed = ITEM.backorder + price
    ratio = (owed - price - extra / (1 - p)) / (owed + ITEM.holding)
    return float(stats.norm.ppf(ratio, mean, sd))


def test_the_share_of_a_supplier_falls_with_its_reliability():
    policy = {**POLICY, "distribution": "normal"}
    shares = []
    for p in RELIABLE:
        risky = 2.0, ON_TIME, {1: p, 0: 1 - p} if p < 1 else WHOLE
        solution = solved(item_plan([risky, (2.3, ON_TIME, WHOLE)], 1, 100, 25, 1, policy), gap=1e-6)
        units = ordered(solution)
        sure = units.get(("S1", 0), 0.0)
        shares.append(units.get(("S0", 0), 0.0) / sum(units.values()))
        if p < 1:
            assert sure == pytest.approx(sure_quantity(p, 2.0, 0.3, 100, 25), abs=2.5)
    assert shares[0] == 1
    assert all(after < before for before, after in pairwise(shares)), shares


def test_two_equally_unreliable_suppliers_share_the_order_and_beat_each_alone():
    risky = 2.0, ON_TIME, {1: 0.8, 0: 0.2}
    keys = [("S0", 0), ("S1", 0), ("S0", 1), ("S1", 1)]
    both, alone = solved(item_plan([risky, risky], 2)), solved(item_plan([risky], 2))
    found = worlds(3, gamma(30, 9), 2, [(risky, 0), (risky, 0), (risky, 1), (risky, 1)])
    split = [ordered(both).get(key, 0.0) for key in keys]
    first, second = ordered(alone).get(("S0", 0), 0.0), ordered(alone).get(("S0", 1), 0.0)
    assert all(units > 0 for units in split[:2])
    spread = found.costs(ITEM, split)
    for single in ([first, 0, second, 0], [0, first, 0, second]):
        saved = found.costs(ITEM, single) - spread
        assert saved.mean() > 4 * saved.std() / np.sqrt(saved.size)
    assert both.cost.total < alone.cost.total


def test_more_draws_bring_the_promise_to_the_truth():
    # the same decision, promised from 100 and from 20,000 draws of its supply
    terms = 2.0, {0: 0.5, 1: 0.3, 2: 0.2}, {1: 0.7, 0.5: 0.3}
    found = worlds(4, gamma(30, 9), 3, [(terms, t) for t in range(2)])
    solution = solved(item_plan([terms], 3, policy={**POLICY, "scenarios": 20_000}), gap=5e-3)
    costs = found.costs(ITEM, [ordered(solution).get(("S0", t), 0.0) for t in range(2)])
    assert solution.cost.total == pytest.approx(costs.mean(), abs=5 * costs.std() / np.sqrt(20_000))
