"""The decomposed engine from plan to solution: bounds, stops, threads, progress, and plans at the edge."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

import procure
from procure.engines.interface import Progress
from procure.plan.network import build_network
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.replay import decision_from
from tests.engines.decomposed_plans import best_of_all, cost_plan, priced, random_prices

Plan = dict[str, Any]
NORMAL, ALL = range(0, 30, 3), range(40, 341)
REFUSED = {278}
"""Seeds whose random plan the records refuse."""


def solved(plan: Plan, **options: Any) -> procure.Solution:
    return procure.solve(procure.Plan.from_dict(plan), engine="decomposed", **options)


def assert_certified(plan: Plan, seconds: float) -> None:
    """The best total of all lies between bound and total, and they are no further apart than the gap tells."""
    best = best_of_all(plan)
    solution = solved(plan, time_limit=seconds, gap=1e-4)
    total, gross = solution.cost.total, max(1.0, abs(solution.cost.total), solution.cost.total - solution.cost.terminal)
    slack = 2e-6 * gross
    assert solution.engine == "decomposed"
    assert solution.bound is not None
    assert solution.bound <= best + slack
    assert best <= total + slack
    assert total - best <= solution.gap * gross + slack


@pytest.mark.parametrize("seed", NORMAL)
def test_the_best_of_all_lies_between_bound_and_total(seed):
    assert_certified(cost_plan(seed), 0.3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", sorted(set(ALL) - REFUSED))
def test_the_best_of_all_lies_between_bound_and_total_on_many_plans(seed):
    assert_certified(cost_plan(seed), 0.3)


def catalogue(items: int, periods: int = 16) -> Plan:
    """A plan with purchase order minimums, discounts, containers, a store and a budget."""
    rng = np.random.default_rng(5)
    names = [f"I{k}" for k in range(items)]
    means = rng.gamma(0.6, 12.0, items)
    return {
        "format": "procure-plan/1", "name": "catalogue", "start_date": "2026-01-05",
        "periods": periods, "currency": "EUR",
        "items": [{"item": n, "backorder_cost": float(rng.uniform(0.3, 2.0))} for n in names],
        "warehouses": [{"warehouse": "W", "capacity": {"units": float(9.0 * means.sum())}}],
        "suppliers": [
            {"supplier": "S0", "currency": "EUR", "fixed_order_cost": 40, "minimum_order_value": 150},
            {"supplier": "S1", "currency": "EUR", "fixed_order_cost": 25,
             "order_discounts": [{"minimum_order_value": 400, "discount": 0.05}]},
            {"supplier": "S2", "currency": "EUR", "container": {"resource": "units", "size": 120, "cost": 30}},
        ],
        "offers": [
            {"supplier": f"S{k % 3}", "item": n, "unit_price": float(rng.uniform(1.0, 9.0)), "lead_time": 14,
             "order_multiple": float(rng.choice([1, 6])), "minimum_order_quantity": float(rng.choice([0, 12]))}
            for k, n in enumerate(names)
        ],
        "demand": [
            {"item": n, "warehouse": "W", "mean": [float(m)] * periods, "sd": [float(0.5 * m)] * periods}
            for n, m in zip(names, means, strict=True)
        ],
        "stock": [
            {"item": n, "warehouse": "W", "on_hand": float(round(3 * m))} for n, m in zip(names, means, strict=True)
        ],
        "capital": {"order_budget": float(40.0 * means.sum() / periods)},
    }  # fmt: skip


def test_results_do_not_depend_on_the_number_of_threads():
    plan = catalogue(40)
    cases = [priced(plan, threads=n) for n in (1, 2, 4)]
    for seed in range(3):
        duals = random_prices(cases[0].passes, np.random.default_rng(seed))
        (bound, found), *others = (case.at(duals) for case in cases)
        for other_bound, other in others:
            assert other_bound == bound
            assert np.array_equal(found.solved.steps, other.solved.steps)
            assert np.array_equal(found.solved.value, other.solved.value)


def test_the_time_limit_is_kept():
    plan = catalogue(150, 26)
    solved(catalogue(3), time_limit=0.3)
    began = time.monotonic()
    solution = solved(plan, time_limit=0.5, gap=0.0)
    assert time.monotonic() - began < 5.0
    assert solution.bound is not None


@pytest.mark.parametrize("moment", [0.0, 0.15, 0.8])
def test_a_stop_at_any_moment_leaves_a_checked_plan(moment):
    stop = threading.Event()
    timer = threading.Timer(moment, stop.set)
    timer.start()
    began = time.monotonic()
    solution = solved(catalogue(60), time_limit=30.0, gap=0.0, stop=stop)
    timer.join()
    assert time.monotonic() - began < moment + 5.0
    assert solution.bound is None or solution.bound <= solution.cost.total
    assert any("stopped early" in warning for warning in solution.warnings)


def test_progress_tells_bound_and_best_which_come_nearer():
    seen: list[Progress] = []
    solution = solved(catalogue(30), time_limit=1.5, progress=seen.append)
    told = [p for p in seen if p.bound is not None]
    assert {p.phase for p in seen} == {"compiling", "cost", "prices"}
    assert {p.phase for p in told} == {"cost"}
    assert len(told) > 10
    bounds, totals = [p.bound for p in told], [p.best for p in told]
    assert bounds == sorted(bounds)
    assert totals == sorted(totals, reverse=True)
    assert bounds[-1] == pytest.approx(solution.bound)
    assert totals[-1] == pytest.approx(solution.cost.total)
    assert told[0].gap > told[-1].gap


def test_backorders_first_are_bounded_in_both_stages():
    plan = cost_plan(5)
    plan["policy"]["objective"] = "backorders"
    solution = solved(plan, time_limit=20, gap=1e-5)
    known = procure.Plan.from_dict(plan)
    other = procure.solve(known, engine="compact", time_limit=20, gap=1e-5)
    network = build_network(known)
    theirs = keep_ledger(network, Laws.of(network), decision_from(network, other)).weighted_backorders
    assert solution.engine == "decomposed"
    assert solution.backorder_bound is not None
    assert 0.0 <= solution.backorder_bound <= theirs * (1.0 + 1e-6) + 1e-9


EDGES: dict[str, Plan] = {
    "nothing changed": {},
    "nothing to buy": {"offers": []},
    "no demand": {"demand": []},
    "no lanes": {"lanes": []},
    "nothing at all": {table: [] for table in ("items", "offers", "lanes", "demand", "stock")},
    "any quantity": {"offers": {"order_multiple": 0}, "lanes": {"order_multiple": 0}},
    "nothing is delivered": {"offers": {"delivered_fraction": 0}},
    "a little is missing": {"offers": {"delivered_fraction": 0.97}},
    "a maximum off the multiple": {
        "offers": {"order_multiple": 4, "minimum_order_quantity": 0, "maximum_order_quantity": 30}
    },
    "rising prices": {"offers": {"price_breaks": [{"minimum_quantity": 20, "unit_price": 11.0}]}},
    "a break within the minimum": {
        "offers": {
            "minimum_order_quantity": 30,
            "price_breaks": [{"minimum_quantity": 10, "unit_price": 0.9}, {"minimum_quantity": 40, "unit_price": 0.8}],
            "price_break_type": "incremental",
        }
    },
    "cover below the opening stock": {"items": {"max_cover_days": 7}},
    "phased out at once": {"items": {"phase_out": "2026-01-06"}},
    "service and safety": {"items": {"service_level": 0.95, "safety_stock": 5}},
    "demand known": {"demand": {"sd": [0.0] * 6}},
    "customers wait already": {"stock": {"on_hand": 0, "backorders": 9}},
    "closed all the time": {"suppliers": {"closures": [{"first": "2020-01-01", "last": "2030-01-01"}]}},
    "orders now and then": {"suppliers": {"order_every": 3}},
    "a minimum out of reach": {"suppliers": {"minimum_order_value": 1e7}},
    "a maximum value": {"suppliers": {"minimum_order_value": 0, "maximum_order_value": 160}},
    "a container never full": {
        "suppliers": {"container": {"resource": "units", "size": 1e6, "cost": 9, "minimum_fill": 1}}
    },
    "a container to fill": {
        "suppliers": {"container": {"resource": "units", "size": 25, "cost": 9, "minimum_fill": 0.8}}
    },
    "no room": {"warehouses": {"capacity": {"units": 1}}},
    "no money": {"capital": {"cash": {"opening": 20, "inflow": 5}, "inventory_value": 30}},
}


def at_the_edge(change: Plan) -> Plan:
    """Three items at two warehouses with a lane, and a change."""
    plan = catalogue(3, 6)
    plan["warehouses"].append({"warehouse": "V"})
    plan["lanes"] = [{"from": "W", "to": "V", "lead_time": 7, "unit_cost": 0.1, "fixed_cost": 3}]
    plan["demand"] += [{**row, "warehouse": "V"} for row in plan["demand"]]
    for table, value in change.items():
        if isinstance(value, list) or table == "capital":
            plan[table] = value
        else:
            for row in plan[table]:
                row.update(value)
    return plan


@pytest.mark.parametrize("change", EDGES.values(), ids=EDGES)
def test_plans_at_the_edge(change):
    plan = at_the_edge(change)
    solution = solved(plan, time_limit=0.25, gap=1e-4)
    best = procure.solve(procure.Plan.from_dict(plan), engine="compact", time_limit=0.8, gap=1e-6)
    slack = 2e-6 * max(1.0, abs(best.cost.total))
    assert solution.engine == "decomposed"
    assert solution.bound <= best.cost.total + slack
    # in so short a time the other engine may have no bound yet
    assert best.bound is None or best.bound <= solution.cost.total + slack
