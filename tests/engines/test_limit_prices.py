"""What one more unit of a limit is worth: worked out by hand, and by solving again."""

from __future__ import annotations

from copy import deepcopy

import pytest

import procure
from procure.engines import limit_prices as engine_prices
from procure.engines.interface import Options, Task
from procure.engines.run import solve_task
from procure.plan.network import build_network
from procure.solution.ledger import Laws
from procure.solution.limits import limits_of
from tests.engines.catalogue_plan import catalogue
from tests.limit_steps import with_more
from tests.oracle.tiny_plans import tiny_plan

GAP = 1e-7


def plan_of(**changes):
    """One item at one place: nothing there, 10 asked in period 1, 2.00 a unit, 5.00 a period for one that waits."""
    plan = {
        "format": "procure-plan/1",
        "name": "limits",
        "start_date": "2026-01-05",
        "periods": 3,
        "currency": "EUR",
        "exchange_rates": {"USD": 0.5},
        "items": [{"item": "A", "backorder_cost": 5.0, "holding_cost": 0.5}],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [{"supplier": "S"} | changes.pop("supplier", {})],
        "offers": [{"supplier": "S", "item": "A", "unit_price": 2.0, "lead_time": 0} | changes.pop("offer", {})],
        "demand": [{"item": "A", "warehouse": "W", "mean": [0, 10, 0]}],
    }
    return plan | changes


def solved(plan, **options):
    return procure.solve(procure.Plan.from_dict(plan), gap=GAP, **options)


def prices(solution, resource):
    return [use.shadow_price for use in solution.resources if use.resource == resource]


def test_room_is_worth_the_backorder_that_it_avoids():
    # 6 fit in period 1, so 4 wait until period 2, at 5.00 each.
    solution = solved(plan_of(warehouses=[{"warehouse": "W", "capacity": {"units": 6}}]))
    assert solution.cost.backorder == pytest.approx(4 * 5.0)
    assert prices(solution, "units") == pytest.approx([0.0, 5.0, 0.0])
    assert [(s.period, s.step, s.saved, s.backorders_avoided) for s in solution.limit_savings] == [
        pytest.approx((1, 1.0, 5.0, 1.0))
    ]


def test_a_budget_of_a_period_is_worth_units_in_it():
    # 12.00 buy 6 units in period 0, held for a period at 0.50, or in period 1; 24.00 are needed by period 1.
    capital = {"order_budget": [4.0, 12.0, 100.0], "carry_over": False}
    solution = solved(plan_of(capital=capital))
    # 1.00 more in period 0 is half a unit: 0.5 * (5.00 - 0.50); in period 1 half a unit without holding it.
    assert prices(solution, "order_budget") == pytest.approx([0.5 * (5.0 - 0.5), 0.5 * 5.0, 0.0])


def test_a_budget_that_carries_over_is_worth_as_much_in_earlier_periods():
    solution = solved(plan_of(capital={"order_budget": [4.0, 8.0, 100.0]}))
    assert prices(solution, "order_budget") == pytest.approx([2.5, 2.5, 0.0])
    assert [saving.period for saving in solution.limit_savings] == [0]


def test_cash_that_comes_earlier_is_there_later():
    solution = solved(plan_of(capital={"cash": {"opening": 6.0, "inflow": [0.0, 6.0, 100.0]}}))
    assert prices(solution, "cash") == pytest.approx([2.5, 2.5, 0.0])


def test_capacity_in_goods_is_priced_per_unit_of_the_suppliers_money():
    # 8 USD of goods a period are 2 units of 4 USD (2.00 EUR): 2, 2 and 2 come, so 6 wait after 1 and 4 after 2.
    supplier = {"currency": "USD", "capacity": {"value": 8.0}}
    solution = solved(plan_of(supplier=supplier, offer={"unit_price": 4.0}))
    assert solution.cost.backorder == pytest.approx(5.0 * (6 + 4))
    # A unit more in period 0 waits nowhere: 2 * 5.00 less a period of holding; what is owed at the end costs 2.00.
    assert prices(solution, "value") == pytest.approx([(10.0 - 0.5) / 4.0, 10.0 / 4.0, 5.0 / 4.0])


def test_nothing_is_known_about_a_limit_that_was_relaxed():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 8}]
    solution = solved(plan_of(stock=stock, warehouses=[{"warehouse": "W", "capacity": {"units": 6}}]))
    assert [slack.period for slack in solution.relaxations] == [0, 1]
    assert prices(solution, "units") == [None, None, 0.0]


def test_prices_can_be_left_out():
    capacity = [{"warehouse": "W", "capacity": {"units": 6}}]
    solution = solved(plan_of(warehouses=capacity), prices=False)
    assert prices(solution, "units") == [None] * 3
    assert not solution.limit_savings


def test_prices_survive_the_file(tmp_path):
    solution = solved(plan_of(warehouses=[{"warehouse": "W", "capacity": {"units": 6}}]))
    solution.write(tmp_path)
    again = procure.read_solution(tmp_path)
    assert again.resources == solution.resources
    assert again.limit_savings == solution.limit_savings


def divisible(seed):
    """A random tiny plan without anything that needs a whole decision."""
    plan = tiny_plan(seed)
    for offer in plan["offers"]:
        for key in ("minimum_order_quantity", "price_breaks", "price_break_type", "fixed_line_cost"):
            offer.pop(key, None)
        offer["order_multiple"] = 0
    for supplier in plan["suppliers"]:
        for key in ("fixed_order_cost", "order_discounts", "container", "minimum_order_value"):
            supplier.pop(key, None)
    for item in plan["items"]:
        item.pop("max_cover_days", None)
    plan.pop("lanes", None)
    return plan


def price_of(solution, saving):
    """Sum of the prices of the periods in which there is more."""
    place = ("resource", "warehouse", "supplier", "offer", "from_", "to")
    return sum(
        use.shadow_price
        for use in solution.resources
        if saving.period in (None, use.period) and all(getattr(use, key) == getattr(saving, key) for key in place)
    )


def assert_true(plan, solution):
    """Every saving that the solution tells is the one found by solving again; returns how many there are."""
    if solution.relaxations or plan.get("policy", {}).get("objective") == "backorders":
        return 0
    for saving in solution.limit_savings:
        again = solved(with_more(plan, saving), prices=False)
        room = 2.0 * GAP * max(1.0, abs(solution.cost.total), solution.cost.total - solution.cost.terminal)
        assert saving.saved == pytest.approx(solution.cost.total - again.cost.total, abs=max(20.0 * room, 1e-4))
        # cost is convex in a limit, so a whole step saves no more than its price says
        assert saving.saved <= price_of(solution, saving) * saving.step * (1.0 + 1e-6) + 1e-6
    return len(solution.limit_savings)


@pytest.mark.parametrize("seed", [0, 4, 9, 30, 187, 226])
def test_where_quantities_are_free_the_program_tells_what_solving_again_finds(seed):
    plan = divisible(seed)
    assert assert_true(plan, solved(deepcopy(plan))) >= 1


@pytest.mark.slow
def test_it_does_on_fifty_random_plans():
    plans = (divisible(seed) for seed in range(200))
    assert sum(assert_true(plan, solved(deepcopy(plan))) > 0 for plan in plans) >= 50


def small_catalogue(**policy):
    """Twelve items whose store and budget are both too small."""
    capital = {"order_budget": 340.0}
    return catalogue(12, warehouses=[{"warehouse": "W", "capacity": {"units": 150.0}}], capital=capital, policy=policy)


def test_a_large_plan_has_the_prices_of_its_relaxation(monkeypatch):
    network = build_network(procure.Plan.from_dict(small_catalogue()))
    task = Task(network, Laws.of(network), limits_of(network))
    outcome, _ = solve_task(task, Options(time_limit=5, gap=0.02), "decomposed")
    ours = engine_prices.limit_prices(task, outcome, Options())
    monkeypatch.setattr(engine_prices, "MOST_PLACES", 0)
    monkeypatch.setattr(engine_prices, "TRUSTED_GAP", 1.0)
    theirs = engine_prices.limit_prices(task, outcome, Options())
    assert (ours.basis, theirs.basis) == ("orders", "relaxation")
    budget = next(k for k, limit in enumerate(task.limits) if limit.kind == "order_budget")
    mine, other = ours.values[budget], theirs.values[budget]
    assert mine[0] > 0.5
    assert 0.5 * mine[0] < other[0] < 2.0 * mine[0]
    assert (other[:-1] >= other[1:]).all()  # money of an earlier period is there later, too
    saving = next(saving for saving in theirs.savings if saving.limit == budget)
    assert saving.saved == pytest.approx(other[saving.period] * saving.step)


def test_prices_far_from_the_bound_are_not_told(monkeypatch):
    monkeypatch.setattr(engine_prices, "MOST_PLACES", 0)
    monkeypatch.setattr(engine_prices, "TRUSTED_GAP", 0.0)
    solution = procure.solve(procure.Plan.from_dict(small_catalogue()), engine="decomposed", gap=0.05, time_limit=20)
    assert set(prices(solution, "order_budget")) == {None}
    assert not solution.limit_savings


@pytest.mark.parametrize("engine", ["decomposed"])
def test_a_second_stage_may_be_asked_for_alone(engine):
    network = build_network(procure.Plan.from_dict(small_catalogue(objective="backorders", scenarios=200)))
    laws, limits = Laws.of(network), limits_of(network)
    first, known = solve_task(Task(network, laws, limits), Options(time_limit=2, gap=0.05), engine)
    most = 1.05 * known.weighted_backorders
    task = Task(network, laws, limits, start=first.decision, backorder_limit=most)
    second, ledger = solve_task(task, Options(time_limit=2, gap=0.05), engine)
    assert second.backorder_bound is None
    assert ledger.weighted_backorders <= most * (1.0 + 1e-6)
    assert ledger.total <= known.total
