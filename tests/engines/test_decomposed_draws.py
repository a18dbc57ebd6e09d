"""Lost sales and random supply under prices: the relaxations lie below the truth, and meet it where they are drawn."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import procure
from procure.engines.backorders import backorder_limit
from procure.engines.decomposed.draws import EarlyDraws, early_programs, with_tails
from procure.engines.decomposed.lost_tables import LostTables
from procure.engines.decomposed.random_terms import RandomTerms
from procure.engines.interface import Task
from procure.engines.useful import useful_levels
from procure.plan.network import build_network
from procure.solution.check import violations
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import limits_of
from procure.uncertainty.lost import units_lost
from tests.engines.catalogue_plan import catalogue
from tests.engines.test_random_enumeration import decided, split, written
from tests.oracle import Oracle
from tests.oracle.axes import Axes


def task_of(data) -> Task:
    network = build_network(procure.Plan.from_dict(data))
    return Task(network, Laws.of(network), limits_of(network))


def all_ledgers(data):
    """Ledgers of all decisions that keep every rule."""
    task = task_of(data)
    axes = Axes(Oracle(data), None).axes
    for levels in product(*(axis.levels for axis in axes)):
        orders, transfers = split([(axis.key, float(u)) for axis, u in zip(axes, levels, strict=True)])
        ledger = keep_ledger(task.network, task.laws, decided(task.network, orders, transfers))
        if not violations(ledger, task.limits):
            yield ledger


# --- tiny plans against enumeration ---------------------------------------------------------------


@pytest.mark.parametrize("seed", range(24))
def test_the_bound_lies_below_and_the_plan_above_the_best_of_all(seed):
    data = written(seed, 60)
    best = min(ledger.total for ledger in all_ledgers(data))
    solution = procure.solve(procure.Plan.from_dict(data), engine="decomposed", gap=1e-4, time_limit=1)
    slack = 1e-6 * max(1.0, abs(best))
    assert solution.engine == "decomposed"
    assert solution.bound <= best + slack
    assert solution.cost.total >= best - slack


@pytest.mark.parametrize("seed", range(10))
def test_both_stages_of_backorders_are_bounded(seed):
    data = written(seed, 60)
    data["policy"]["objective"] = "backorders"
    ledgers = list(all_ledgers(data))
    first = min(ledgers, key=lambda ledger: ledger.weighted_backorders)
    best = min(ledger.total for ledger in ledgers if ledger.weighted_backorders <= backorder_limit(first))
    solution = procure.solve(procure.Plan.from_dict(data), engine="decomposed", gap=1e-4, time_limit=2)
    assert solution.backorder_bound is not None
    assert 0.0 <= solution.backorder_bound <= first.weighted_backorders * (1 + 1e-6) + 1e-9
    # a plan that is worse in the first stage may have more in the second: then its bound is lower still
    assert solution.bound <= best + 1e-6 * max(1.0, abs(best))


# --- catalogues -----------------------------------------------------------------------------------


def gap_of(data, **options):
    options = {"gap": 2e-3, "time_limit": 8, **options}
    solution = procure.solve(procure.Plan.from_dict(data), engine="decomposed", **options)
    assert solution.bound <= solution.cost.total
    return solution.gap


def test_gap_of_a_catalogue_that_loses_sales():
    data = catalogue(30)
    for item in data["items"][::2]:
        item["unmet_demand"] = "lost"
    assert gap_of(data) <= 0.02


def test_gap_of_a_catalogue_whose_suppliers_are_late_and_short():
    data = catalogue(30)
    for offer in data["offers"]:
        if offer["supplier"] == "S0":
            offer["lead_time"] = {"7": 0.2, "14": 0.6, "28": 0.2}
        else:
            offer["delivered_fraction"] = {"1": 0.9, "0.5": 0.1}
    assert gap_of(data) <= 0.05


def test_gap_of_a_catalogue_that_wants_few_backorders():
    data = catalogue(30)
    data["policy"]["objective"] = "backorders"
    solution = procure.solve(procure.Plan.from_dict(data), engine="decomposed", gap=2e-3, time_limit=10)
    assert solution.gap <= 0.03
    task = task_of(data)
    ledger = keep_ledger(task.network, task.laws, Decision.nothing(task.network))
    assert solution.backorder_bound < ledger.weighted_backorders
    assert solution.expected_backorders.unit_periods < 0.2 * ledger.stocks.backorders.sum()


# --- lost sales -----------------------------------------------------------------------------------


def lost_task():
    data = catalogue(2, periods=6)
    data["items"][0]["unmet_demand"] = "lost"
    return task_of(data)


def below(task, table: LostTables, costs, supply) -> float:
    """What the tables say of a supply whose levels are whole."""
    levels = useful_levels(task.network, task.laws, backorders_only=False)
    cells = early_programs(task, levels, RandomTerms.of(task.network, task.laws.planned)).cells
    table.fill(cells, costs)
    level = np.round((supply - cells.opening[0]) / cells.grain[0]).astype(int) + cells.start[0]
    return float(cells.short[cells.table[0] + np.arange(len(supply)) * cells.levels[0] + level].sum())


def test_tables_of_lost_sales_lie_below_the_truth_and_meet_it_where_they_were_drawn():
    task = lost_task()
    demand, opening = task.laws.planned.lost_paths[0], task.laws.planned.deliveries.opening[0]
    rng, costs = np.random.default_rng(1), np.array([0.2, 0.2, 0.5, 0.2, 0.2, 9.0])
    grain = 4.0
    for _ in range(20):
        supply = opening + grain * np.cumsum(rng.integers(0, 3, len(opening)))
        table = LostTables(0, demand)
        table.learn(supply)
        other = opening + grain * np.cumsum(rng.integers(0, 4, len(opening)))
        true = float(costs @ units_lost(demand, np.repeat(other[:, None], 1, axis=1)).mean(axis=1))
        assert below(task, table, costs, other) <= true * (1 + 1e-9)
    exact = LostTables(0, demand)
    for _ in range(400):
        exact.learn(supply)
    true = float(costs @ units_lost(demand, np.repeat(supply[:, None], 1, axis=1)).mean(axis=1))
    assert below(task, exact, costs, supply) == pytest.approx(true, rel=2e-3)


# --- random supply --------------------------------------------------------------------------------


def late_task(offer):
    data = catalogue(1, periods=7)
    data["offers"][0].update({"order_multiple": 1, **offer})
    data["policy"]["uncertainty"] = "cumulative"
    return task_of(data)


LATE = {"lead_time": {"7": 0.5, "14": 0.3, "28": 0.2}}
SHORT = {"delivered_fraction": {"1": 0.7, "0.5": 0.3}, "lead_time": 7}


@pytest.mark.parametrize("offer", [LATE, SHORT, {**LATE, "delivered_fraction": {"1": 0.8, "0.4": 0.2}}])
def test_cuts_of_lateness_lie_below_the_truth_and_meet_it_where_they_were_drawn(offer):
    task = late_task(offer)
    network, law = task.network, task.laws.planned
    levels = with_tails(useful_levels(network, task.laws, backorders_only=False), law, np.ones_like(network.mean))
    terms = RandomTerms.of(network, law)
    programs = early_programs(task, levels, terms)
    draws = EarlyDraws(task, programs, terms)
    (cut,) = draws.cuts
    rng = np.random.default_rng(2)
    allowed = network.line_allowed[0]

    def some() -> Decision:
        decision = Decision.nothing(network)
        decision.orders[0, allowed] = rng.integers(0, 8, allowed.sum())
        return decision

    def relaxed(decision: Decision) -> np.ndarray:
        """Units short by period as the program has them: the table at the earliest supply, and the lateness charged."""
        early = law.deliveries.opening[0] + np.einsum("rut,ru->t", terms.counted(), decision.orders)
        cells = programs.cells
        at = (early - cells.opening[0]) / cells.grain[0] + cells.start[0]
        rows = cells.short[: cells.levels[0] * network.periods].reshape(network.periods, -1)
        value = np.array([np.interp(x, np.arange(rows.shape[1]), row) for x, row in zip(at, rows, strict=True)])
        return value + cut.charged(decision.orders, 0)

    ones = np.ones(network.periods)
    for weight in (1.0, 0.4):
        known = some()
        cut.know(keep_ledger(network, task.laws, known))
        cut.weight[:] = weight
        cut.charge(ones, ones, np.full((1, network.periods), 1e9))
        for _ in range(30):
            decision = some()
            true = keep_ledger(network, task.laws, decision).stocks.backorders[0]
            assert np.all(relaxed(decision) <= true + 1e-4 * np.maximum(true, 1.0))
        if weight == 1.0:
            true = keep_ledger(network, task.laws, known).stocks.backorders[0]
            assert relaxed(known) == pytest.approx(true, rel=1e-3, abs=1e-3)


def test_more_of_a_cut_than_orders_cost_is_never_used():
    task = late_task(LATE)
    network, law = task.network, task.laws.planned
    terms = RandomTerms.of(network, law)
    levels = with_tails(useful_levels(network, task.laws, backorders_only=False), law, np.ones_like(network.mean))
    draws = EarlyDraws(task, early_programs(task, levels, terms), terms)
    (cut,) = draws.cuts
    cut.know(keep_ledger(network, task.laws, Decision.nothing(network)))
    cut.weight[:] = 1.0
    ones, price = np.ones(network.periods), np.full((1, network.periods), 0.7)
    cut.charge(ones, 0.0 * ones, price)
    # with no order at all every unit would be worth its whole stay; no more of that is counted than the price
    worth = cut._sides[0].brought[0] @ cut._used
    assert np.all(worth[network.line_allowed[0]] <= 0.7 + 1e-9)
    assert worth.max() == pytest.approx(0.7)
