"""What a rule costs: stated, and found by solving the plan without it, or by trying every combination of quantities."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

import procure
from procure.engines.interface import Options
from procure.insight.rule_prices.nearby import nearby
from procure.insight.rule_prices.rules import rules_of
from procure.insight.solving_again import Standing
from procure.plan.network import build_network
from procure.solution.check import violations
from procure.solution.ledger import keep_ledger
from tests.engines.catalogue_plan import catalogue
from tests.insight.rolling_plans import decided
from tests.limit_steps import offer_id
from tests.oracle import Oracle, Search
from tests.oracle.tiny_plans import tiny_plan

GAP = 1e-7


def plan_of(**changes):
    """Two items; the supplier of A insists on 40 of it, that of B on 30 EUR an order, boxes and every other week."""
    plan = {
        "format": "procure-plan/1",
        "name": "rules",
        "start_date": "2026-01-05",
        "periods": 4,
        "currency": "EUR",
        "items": [
            {"item": "A", "backorder_cost": 4.0, "holding_cost": 0.5, "replacement_cost": 1.0},
            {"item": "B", "backorder_cost": 3.0, "holding_cost": 0.4, "replacement_cost": 1.0},
        ],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [
            {"supplier": "S", "name": "Steel Works", "closures": [{"first": "2026-01-12", "last": "2026-01-12"}]},
            {
                "supplier": "T",
                "minimum_order_value": 30.0,
                "order_every": 2,
                "container": {"resource": "units", "size": 8, "cost": 6.0, "minimum_fill": 0.5},
            },
        ],
        "offers": [
            {"supplier": "S", "item": "A", "unit_price": 3.0, "minimum_order_quantity": 40, "lead_time": 0},
            {"supplier": "T", "item": "B", "unit_price": 2.0, "order_multiple": 5, "lead_time": 0},
        ],
        "demand": [
            {"item": "A", "warehouse": "W", "mean": [4, 6, 5, 5], "sd": [1, 2, 1, 1]},
            {"item": "B", "warehouse": "W", "mean": [3, 4, 4, 3], "sd": [1, 1, 1, 1]},
        ],
    }
    return plan | changes


def solved(plan):
    return procure.solve(procure.Plan.from_dict(plan), gap=GAP, prices=False)


def without(plan, rule):
    """The plan without a rule, changed in its JSON by hand."""
    changed = deepcopy(plan)
    supplier = next(row for row in changed["suppliers"] if row["supplier"] == rule.supplier)
    offers = [row for row in changed["offers"] if row["supplier"] == rule.supplier]
    offer = next((row for row in offers if offer_id(changed, row) == rule.offer), {})
    match rule.kind:
        case "minimum_order_quantity":
            offer["minimum_order_quantity"] = 0
        case "order_multiple":
            offer["order_multiple"] = 1
        case "minimum_order_value" | "order_every":
            supplier.pop(rule.kind)
        case "minimum_fill":
            supplier["container"].pop("minimum_fill")
        case "closure":
            first, _, last = rule.terms.partition(" to ")
            supplier["closures"].remove({"first": first, "last": last or first})
    return changed


def test_every_rule_costs_what_solving_without_it_saves():
    plan = plan_of()
    solution = solved(plan)
    found = procure.rule_prices(solution, gap=GAP)
    assert {rule.kind for rule in found.rules} == {
        "minimum_order_quantity",
        "order_multiple",
        "minimum_order_value",
        "container",
        "minimum_fill",
        "closure",
        "order_every",
    }
    assert found.untried == 0
    for rule in found.rules:
        assert rule.least <= rule.saved <= rule.most + 1e-6
        if rule.kind != "container":
            again = solved(without(plan, rule))
            assert rule.saved == pytest.approx(solution.cost.total - again.cost.total, abs=2e-3), rule
    # 15 of B are ordered, in two boxes of 8; one eighth of a box at 6.00 is empty. A unit owed is worth what it was.
    assert sum(line.quantity for line in solution.lines if line.item == "B") == 15
    assert next(rule.saved for rule in found.rules if rule.kind == "container") == pytest.approx(6.0 / 8)
    assert [rule.saved for rule in found.rules] == sorted((rule.saved for rule in found.rules), reverse=True)


def test_the_dearest_minimum_saves_what_it_says():
    plan = plan_of()
    solution = solved(plan)
    rules = procure.rule_prices(solution, gap=GAP).rules
    dearest = next(rule for rule in rules if rule.kind == "minimum_order_quantity")
    assert (dearest.offer, dearest.item, dearest.terms) == ("S/A", "A", "40 units")
    assert dearest.saved > 10.0
    again = solved(plan_of(offers=[plan["offers"][0] | {"minimum_order_quantity": 0}, plan["offers"][1]]))
    assert dearest.saved == pytest.approx(solution.cost.total - again.cost.total, abs=1e-3)


def test_a_closure_less_is_not_charged_for_safety_stock_that_counts_earlier():
    items = [{"item": "A", "backorder_cost": 4.0, "holding_cost": 0.1, "replacement_cost": 1.0, "safety_stock": 30}]
    suppliers = [{"supplier": "S", "closures": [{"first": "2026-01-05", "last": "2026-01-12"}]}]
    offers = [{"supplier": "S", "item": "A", "unit_price": 1.0, "lead_time": 0}]
    demand = [{"item": "A", "warehouse": "W", "mean": [4, 6, 5, 5]}]
    stock = [{"item": "A", "warehouse": "W", "on_hand": 10}]
    plan = plan_of(items=items, suppliers=suppliers, offers=offers, demand=demand, stock=stock)
    rule = procure.rule_prices(solved(plan), gap=GAP).rules[0]
    # 10 there serve periods 0 and 1, and safety stock counts from period 2 on with the closure and without
    assert (rule.kind, rule.saved) == ("closure", pytest.approx(0.0, abs=1e-6))


def test_a_plan_without_rules_has_none():
    plan = plan_of(suppliers=[{"supplier": "S"}, {"supplier": "T"}])
    for offer in plan["offers"]:
        offer.pop("minimum_order_quantity", None)
        offer.pop("order_multiple", None)
    found = procure.rule_prices(solved(plan))
    assert (found.rules, found.untried) == ((), 0)


def test_what_there_was_no_time_for_is_counted():
    found = procure.rule_prices(solved(plan_of()), time_limit=1e-6)
    assert (len(found.rules), found.untried) == (0, 7)


def test_what_is_told_does_not_depend_on_the_solution_to_start_from():
    plan = plan_of()
    poor = decided(procure.Plan.from_dict(plan), {})
    best = solved(plan)
    assert poor.cost.total > best.cost.total + 1.0
    found = procure.rule_prices(poor, gap=GAP)
    assert found.better == pytest.approx(poor.cost.total - best.cost.total, abs=1e-3)
    mine = {(rule.kind, rule.offer): rule.saved for rule in found.rules}
    other = {(rule.kind, rule.offer): rule.saved for rule in procure.rule_prices(best, gap=GAP).rules}
    assert mine == pytest.approx(other, abs=2e-3)


def large_plan(minimum):
    """Forty items that share a store and order costs; one of them comes in lots of `minimum` units at least."""
    plan = catalogue(40)
    plan["offers"][7]["minimum_order_quantity"] = minimum
    return plan


def test_only_the_items_of_a_rule_are_decided_anew_to_begin_with():
    plan = large_plan(400)
    solution = procure.solve(procure.Plan.from_dict(plan), gap=0.02, time_limit=10, prices=False)
    standing = Standing(solution)
    rule = next(rule for rule in rules_of(solution.plan) if rule.kind == "minimum_order_quantity")
    network = build_network(rule.without(solution.plan))
    task = replace(standing.task, network=network)
    touched = network.cell_item == 7
    near = nearby(task, standing.told.decision, touched, Options(time_limit=10, gap=1e-3))
    ledger = keep_ledger(network, standing.laws, near)
    assert not violations(ledger, standing.limits)
    kept = network.line_cell != 7
    assert (near.orders[kept] == standing.told.decision.orders[kept]).all()
    assert 0 < near.orders[~kept].sum() < 400
    assert ledger.total < standing.told.total - 10.0


HELD = ("minimum_order_quantity", "order_multiple", "minimum_order_value", "minimum_fill")
"""Rules without which every value of a unit and every target stays, whatever the plan."""


def truly_least(plan):
    """Cost of the best of all combinations; where there are too many, of an independent solve."""
    try:
        return Search(Oracle(plan)).solve().total
    except ValueError:
        return solved(plan).cost.total


def confirmed(seed):
    """Hold what is stated of the rules of a random plan against the truth; returns how many there are."""
    plan = tiny_plan(seed)
    if plan["policy"].get("objective") == "backorders":
        return 0
    solution = procure.solve(procure.Plan.from_dict(plan), gap=GAP, prices=False)
    if solution.relaxations:
        return 0
    rules = [rule for rule in procure.rule_prices(solution, gap=GAP).rules if rule.kind in HELD]
    before = truly_least(plan) if rules else 0.0
    for rule in rules:
        saved = before - truly_least(without(plan, rule))
        assert rule.saved == pytest.approx(saved, abs=1e-4 + 1e-5 * abs(before)), rule
    return len(rules)


@pytest.mark.parametrize("seed", [8, 9, 12])
def test_the_stated_cost_of_a_rule_is_what_the_best_plan_without_it_saves(seed):
    assert confirmed(seed) >= 1


@pytest.mark.slow
def test_it_is_on_many_random_plans():
    assert sum(confirmed(seed) for seed in range(100)) >= 100
