"""Blocks of cells: together they are the plan, whoever carries out their commands."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from procure.engines.decomposed import crew as crews
from procure.engines.decomposed import parts as cuts
from procure.engines.decomposed.aims import least_cost
from procure.engines.decomposed.ascent import Ascent
from procure.engines.decomposed.block import Kind
from procure.engines.decomposed.crew import Crew, Threads
from procure.engines.decomposed.lagrangian import Lagrangian
from procure.engines.decomposed.programs import components
from procure.engines.decomposed.run import Decomposed
from procure.engines.decomposed.search import Search
from procure.engines.interface import Options, Task
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import limits_of, used
from tests.engines.catalogue_plan import catalogue
from tests.engines.decomposed_plans import lane_plan


def never() -> bool:
    """A run that is never over by itself."""
    return False


def task_for(plan: dict) -> Task:
    network = build_network(Plan.from_dict(plan))
    return Task(network, Laws.of(network), limits_of(network))


def with_orders(items: int) -> Task:
    """A catalogue whose suppliers have fixed order costs, minimums, discounts and containers."""
    plan = catalogue(items)
    plan["suppliers"][0] |= {
        "minimum_order_value": 40.0,
        "container": {"resource": "units", "size": 60, "cost": 11.0, "minimum_fill": 0.3},
    }
    plan["suppliers"][1] |= {"order_discounts": [{"minimum_order_value": 90.0, "discount": 0.05}]}
    return task_for(plan)


def with_lanes() -> Task:
    """Three items at warehouses that lanes link."""
    plan = lane_plan(np.random.default_rng(4))
    for table in ("items", "offers", "stock", "demand"):
        plan[table] = [{**row, "item": name} for name in "ABC" for row in plan[table]]
    return task_for(plan)


@pytest.fixture
def small_parts(monkeypatch):
    """Cut plans into parts of so many cells."""

    def cut(size: int) -> None:
        monkeypatch.setattr(crews, "parts_of", lambda task: cuts.parts_of(task, size))

    return cut


def test_parts_are_a_partition_that_keeps_linked_cells_together():
    task = with_lanes()
    parts = cuts.parts_of(task, 2)
    assert len(parts) > 1
    network = task.network
    for rows, count in (("cells", network.n_cells), ("lines", network.n_lines), ("moves", network.n_moves)):
        assert np.array_equal(np.sort(np.concatenate([getattr(p, rows) for p in parts])), np.arange(count))
    component = components(task.network)
    seen = [set(component[p.cells]) for p in parts]
    assert sum(len(s) for s in seen) == len(set.union(*seen))


def test_the_ledgers_of_parts_add_up_to_that_of_the_plan():
    task = with_orders(12)
    rng = np.random.default_rng(0)
    shape = task.network.n_lines, task.network.periods
    orders = np.where(task.network.line_allowed & (rng.random(shape) < 0.2), 12.0, 0.0)
    decision = Decision(orders, np.zeros((0, task.network.periods)))
    whole = keep_ledger(task.network, task.laws, decision)
    costs: dict[str, float] = {}
    for part in cuts.parts_of(task, 5):
        own = cuts.task_of(task, part)
        ledger = keep_ledger(own.network, own.laws, part.decision(decision))
        for name in ("freight", "holding", "backorder", "safety_stock", "terminal"):
            costs[name] = costs.get(name, 0.0) + ledger.cost[name]
        assert np.allclose(ledger.stocks.peak, whole.stocks.peak[part.cells])
    assert costs == pytest.approx({name: whole.cost[name] for name in costs})


def passes(task: Task, threads: int = 2) -> tuple[list[float], Ascent, Search]:
    """Bounds of a few passes, and what came of them."""
    with Crew(task, task.limits, Kind("cost"), Threads(threads)) as crew:
        ascent = Ascent(Lagrangian(crew, least_cost(task)))
        nothing = Decision.nothing(task.network)
        search = Search(ascent, never, threading.Event(), lambda found, made_out: found.keeps, nothing)
        bounds: list[float] = []
        ascent.run(12, 0.3, lambda: False, lambda value: bounds.append(value.bound))
        search.begin()
        search.explore(4, lambda: False)
        search.mix()
        search.decision = search._made_out()
    return bounds, ascent, search


def test_any_number_of_parts_and_threads_gives_the_same_bounds_and_the_same_plan(small_parts):
    task = with_orders(40)
    whole, _, first = passes(task)
    found = []
    for size in (60, 17, 3):
        small_parts(size)
        bounds, _, search = passes(task)
        assert bounds == pytest.approx(whole, rel=1e-9)
        assert np.array_equal(search.decision.orders, first.decision.orders)
        found.append(bounds)
    again, _, search = passes(task, threads=5)
    assert again == found[-1]
    assert np.array_equal(search.decision.orders, first.decision.orders)


def test_lanes_between_cells_of_a_part_change_nothing(small_parts):
    task = with_lanes()
    whole, _, first = passes(task)
    small_parts(2)
    bounds, _, search = passes(task)
    assert bounds == pytest.approx(whole, rel=1e-9, abs=1e-9)
    assert np.array_equal(search.decision.shipments, first.decision.shipments)


def test_the_account_of_a_decision_is_its_ledger(small_parts):
    small_parts(7)
    task = with_orders(30)
    with Crew(task, task.limits, Kind("cost")) as crew:
        ascent = Ascent(Lagrangian(crew, least_cost(task)))
        search = Search(ascent, never, threading.Event(), lambda found, made_out: False, Decision.nothing(task.network))
        rng = np.random.default_rng(2)
        shape = task.network.n_lines, task.network.periods
        for chance in (0.05, 0.3, 0.8):
            orders = np.where(task.network.line_allowed & (rng.random(shape) < chance), 24.0, 0.0)
            decision = Decision(orders, np.zeros((0, task.network.periods)))
            account = search._added(decision)
            ledger = keep_ledger(task.network, task.laws, decision)
            assert account.value == pytest.approx(ledger.total, rel=1e-6)
            placed = ledger.bills.placed
            assert np.array_equal(account.count[: placed.size].reshape(placed.shape) > 0, placed)
            real = np.array([used(ledger, limit) for limit in task.limits])
            assert account.use == pytest.approx(real, rel=1e-5, abs=1e-4)


def test_a_run_in_many_parts_proves_what_it_says(small_parts):
    small_parts(10)
    task = with_orders(40)
    nothing = Decision.nothing(task.network)
    run = Decomposed(task, task.limits, least_cost(task), Options(time_limit=6, gap=5e-3), nothing, nothing)
    run.run()
    small_parts(10_000)
    other = Decomposed(task, task.limits, least_cost(task), Options(time_limit=6, gap=5e-3), nothing, nothing)
    other.run()
    assert run.bound <= other.best.total + 1e-6
    assert other.bound <= run.best.total + 1e-6
    assert run.best.total - run.bound <= 0.03 * run.best.gross
