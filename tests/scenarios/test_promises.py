"""Open-loop promises against brute force in plain numpy: late and early open orders, lead times, shares of nothing."""

from __future__ import annotations

import numpy as np
import pytest

import procure
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.ledger import Decision
from tests.insight.rolling_plans import solution_of
from tests.oracle.cases import plain, weekly

WORLDS, PERIODS, WEEK = 200_000, 6, 7
ORDERED = {0: 40.0, 1: 25.0, 3: 30.0}
HOLDING, BACKORDER, PRICE = 0.5, 3.0, 2.0
ON_HAND = 35.0


def gamma(rng, mean, sd):
    return rng.gamma((mean / sd) ** 2, sd**2 / mean, WORLDS)


def points(rng, law):
    return rng.choice([float(key) for key in law], p=list(law.values()), size=WORLDS)


def negative_binomial(rng, mean, sd):
    return rng.negative_binomial(mean**2 / (sd**2 - mean), mean / sd**2, WORLDS).astype(float)


LEADS = {
    "points": ({"0": 0.2, "9": 0.5, "20": 0.3}, points),
    "far early and far late": ({"0": 0.5, "35": 0.5}, points),
    "gamma": ({"mean": 11, "sd": 8}, lambda rng, law: np.ceil(gamma(rng, law["mean"], law["sd"]))),
}
SHARES = {"whole": {"1": 1.0}, "nothing at times": {"1": 0.6, "0.5": 0.15, "0": 0.25}}
DEMANDS = {
    "gamma": ([20, 30, 10, 25, 20, 15], [8, 20, 9, 5, 12, 6], gamma),
    "negative_binomial": ([20, 30, 10, 25, 20, 15], [8, 20, 9, 6, 12, 6], negative_binomial),
    "normal": ([20, 30, 10, 25, 20, 15], [8, 9, 3, 5, 4, 6], lambda rng, mean, sd: rng.normal(mean, sd, WORLDS)),
}
#: Days from the start until each open order is expected, sd in days and units; the first is overdue.
OPEN = [(-2, 4.0, 12.0), (3, 9.0, 15.0), (16, 12.0, 20.0), (24, 0.0, 9.0)]


def plan_of(lead, shares, demand, lost):
    start = np.datetime64("2026-01-05")
    rows = [
        {
            "po_number": f"P{k}",
            "supplier": "S",
            "item": "A",
            "warehouse": "W",
            "quantity": units,
            "receipt_date": str(start + np.timedelta64(days, "D")),
            "lead_time_sd": sd,
        }
        for k, (days, sd, units) in enumerate(OPEN)
    ]
    mean, sd, _ = DEMANDS[demand]
    item = {"backorder_cost": BACKORDER, "holding_cost": HOLDING, "unmet_demand": "lost" if lost else "backorder"}
    terms = {"lead_time": LEADS[lead][0], "delivered_fraction": SHARES[shares], "unit_price": PRICE}
    policy = {"uncertainty": "cumulative", "distribution": demand, "scenarios": 20}
    stock = [{"item": "A", "warehouse": "W", "on_hand": ON_HAND}]
    demands = [weekly([float(m) for m in mean], [float(s) for s in sd])]
    return Plan.from_dict(
        plain(item, offer=terms, demand=demands, periods=PERIODS, policy=policy, open_orders=rows, stock=stock)
    )


def decided(plan):
    network = build_network(plan)
    decision = Decision.nothing(network)
    for period, units in ORDERED.items():
        decision.orders[0, period] = units
    return solution_of(network, decision)


def worlds(lead, shares, demand):
    """Cumulative demand and supply of each world, and what was paid for."""
    rng = np.random.default_rng(17)
    weeks = np.arange(PERIODS)[:, None]
    supply, paid = np.full((PERIODS, WORLDS), ON_HAND), np.zeros(WORLDS)
    for days, sd, units in OPEN:
        expected = 7 if days < 0 else days  # an overdue one is taken to come after overdue_days
        came = np.ceil(np.maximum(rng.normal(expected, sd, WORLDS), 0.0) / WEEK - 1e-9)
        supply += units * (came <= weeks)
    law, draw = LEADS[lead]
    for period, units in ORDERED.items():
        came = period + np.ceil(draw(rng, law) / WEEK)
        delivered = units * points(rng, SHARES[shares])
        supply += delivered * (came <= weeks)
        paid += PRICE * delivered
    mean, sd, family = DEMANDS[demand]
    return np.cumsum([family(rng, m, s) for m, s in zip(mean, sd, strict=True)], axis=0), supply, paid


def outcome(demand, supply, paid, lost):
    """Backorders or lost units, units on hand and cost of each world."""
    gap = demand - supply
    so_far = np.maximum.accumulate(np.maximum(gap, 0.0), axis=0)
    unmet = np.diff(so_far, axis=0, prepend=0.0) if lost else np.maximum(gap, 0.0)
    on_hand = so_far - gap if lost else np.maximum(-gap, 0.0)
    # what is left is worth its price; what is owed costs it, and a unit lost was not bought for it
    cost = paid + HOLDING * on_hand.sum(axis=0) - PRICE * on_hand[-1]
    cost += (BACKORDER + PRICE) * unmet.sum(axis=0) if lost else BACKORDER * unmet.sum(axis=0) + PRICE * unmet[-1]
    return unmet.sum(axis=0), unmet[-1], on_hand.sum(axis=0), cost


@pytest.mark.parametrize("lost", [False, True], ids=["waits", "lost"])
@pytest.mark.parametrize("demand", DEMANDS)
@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("lead", LEADS)
def test_promises_are_those_of_brute_force(lead, shares, demand, lost):
    plan = plan_of(lead, shares, demand, lost)
    solution = decided(plan)
    told = solution.expected_backorders.open_loop
    found = outcome(*worlds(lead, shares, demand), lost)
    figures = (told.unit_periods, told.end_units, told.on_hand, told.cost)
    simulated = procure.simulate(plan, solution, runs=2)
    errors = [simulated.figure(name).promised_error for name in ("backorders", "end_units", "on_hand", "total")]
    for promised, drawn, error in zip(figures, found, errors, strict=True):
        # 144 figures: one of them lies beyond 4.5 errors once in a thousand
        assert abs(drawn.mean() - promised) < 4.5 * np.hypot(drawn.std() / WORLDS**0.5, error)
