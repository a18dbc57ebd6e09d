"""The buyers to beat: they keep every rule, and order what their rule says."""

from __future__ import annotations

import math

import pytest

from procure import UsageError
from procure.engines.interface import Task
from procure.insight.baselines import POLICIES, baseline
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.check import violations
from procure.solution.ledger import Decision, Laws, Ledger, keep_ledger
from procure.solution.limits import Limits, broken_by_start, excess, limits_of, relaxed
from procure.solution.records import Solution
from procure.solution.replay import decision_from
from tests.oracle import Oracle
from tests.oracle.risks import risky_plan
from tests.oracle.tiny_plans import tiny_plan

Z_95 = 1.6448536269514722  # standard normal quantile of 0.95
Z_80 = 0.8416212335729143  # of 0.80


def buyer(*items: dict, supplier: dict | None = None, **changes) -> Plan:
    """Supplier S sells A and B at 10 a unit, a week ahead; 20 a week are sold, 30 of A and 45 of B are there."""
    names = "AB"[: len(items)]
    terms = [{"backorder_cost": 4, "holding_cost": 1, "on_hand": stock} for stock in (30, 45)]
    rows = [{**usual, **item} for usual, item in zip(terms, items, strict=False)]
    goods = [(name, {"order_multiple": 10, "lead_time": 7}, row) for name, row in zip(names, rows, strict=True)]
    offers = [
        {"supplier": "S", "item": name, "unit_price": 10, **usual, **row.pop("offer", {})} for name, usual, row in goods
    ]
    sd = [row.pop("sd", 0.0) for row in rows]
    return Plan.from_dict(
        {
            "format": "procure-plan/1",
            "name": "buyer",
            "start_date": "2026-01-05",
            "periods": 8,
            "currency": "EUR",
            "policy": {"distribution": "normal"},
            "warehouses": [{"warehouse": "W"}],
            "suppliers": [{"supplier": "S", "currency": "EUR", **(supplier or {})}],
            "offers": offers,
            "stock": [
                {"item": n, "warehouse": "W", "on_hand": row.pop("on_hand")} for n, row in zip(names, rows, strict=True)
            ],
            "items": [{"item": name, **row} for name, row in zip(names, rows, strict=True)],
            "demand": [
                {"item": name, "warehouse": "W", "mean": [20] * 8, **({"sd": [s] * 8} if s else {})}
                for name, s in zip(names, sd, strict=True)
            ],
            **changes,
        }
    )


def ordered(plan: Plan, policy: str, period: int = 0) -> dict[str, float]:
    """Units by item that the policy orders in a period."""
    return {line.item: line.quantity for line in baseline(plan, policy).lines if line.period == period}


def kept_limits(plan: Plan) -> tuple[Task, Limits]:
    """The plan in numbers, and its limits raised to what ordering nothing uses."""
    network = build_network(plan)
    task = Task(network, Laws.of(network), limits_of(network))
    nothing = keep_ledger(network, task.laws, Decision.nothing(network))
    broken = broken_by_start(task.limits, nothing)
    return task, relaxed(task.limits, {k: excess(nothing, task.limits[k]) * mask for k, mask in broken.items()})


def ledger_of(task: Task, solution: Solution) -> Ledger:
    """The solution in numbers, from its order lines and transfers."""
    return keep_ledger(task.network, task.laws, decision_from(task.network, solution))


def assert_rules_are_kept(plan: Plan) -> None:
    task, limits = kept_limits(plan)
    for policy in POLICIES:
        assert violations(ledger_of(task, baseline(plan, policy)), limits) == [], policy


# --- every rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(61))
def test_tiny_plans_keep_every_rule(seed):
    written = tiny_plan(seed)
    plan, oracle = Plan.from_dict(written), Oracle(written)
    task, limits = kept_limits(plan)
    for policy in POLICIES:
        solution = baseline(plan, policy)
        assert violations(ledger_of(task, solution), limits) == [], policy
        orders = {(line.offer, line.warehouse, line.period): line.quantity for line in solution.lines}
        moved = {(m.from_, m.to, m.item, m.period): m.quantity for m in solution.transfers}
        assert oracle.limits(orders, moved).violations(oracle.relaxable()) == [], policy
        priced = oracle.costs(orders, moved)
        assert {part: getattr(solution.cost, part) for part in priced} == pytest.approx(priced, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", range(15))
def test_tiny_plans_with_random_supply_or_lost_sales_keep_every_rule(seed):
    assert_rules_are_kept(Plan.from_dict(risky_plan(seed)))


@pytest.mark.parametrize("name", ["quickstart", "spare-parts", "outdoor-shop"])
def test_examples_keep_every_rule(example, name):
    assert_rules_are_kept(example(name))


# --- min-max ------------------------------------------------------------------------------------


def test_min_max_orders_what_is_missing_until_the_next_order_arrives():
    # An order of today arrives in week 1, one of next week in week 2: today's must last through week 1.
    # 30 - 2 * 20 = -10, and nothing is uncertain.
    assert ordered(buyer({}), "min-max") == {"A": 10}


def test_min_max_leaves_alone_what_is_above_its_reorder_point():
    assert ordered(buyer({"on_hand": 40}), "min-max") == {}


def test_min_max_orders_the_economic_quantity():
    # sqrt(2 * 90 / (1 * 20)) = 3 weeks: up to the demand of weeks 0 to 3, 80 - 30.
    assert ordered(buyer({}, supplier={"fixed_order_cost": 90}), "min-max") == {"A": 50}


def test_min_max_keeps_safety_stock_for_the_uncertain_weeks():
    # 10 missing, and 1.645 * sqrt(2) * 5 = 11.6 in safety: 21.6, in tens.
    plan = buyer({"sd": 5, "service_level": 0.95})
    assert 20 < 10 + Z_95 * math.sqrt(2) * 5 < 30
    assert ordered(plan, "min-max") == {"A": 30}


def test_min_max_keeps_safety_stock_for_a_late_supplier():
    # 7 or 21 days: 2 weeks in the mean, 1 week sd. 70 - 60 = 10 is left at the end of week 2; three weeks' sd of 5 and
    # a week's demand of 20 give 1.645 * sqrt(3 * 25 + 400) = 35.8: 25.8 missing. Certain lead time: 4.2.
    late = {"lead_time": {"7": 0.5, "21": 0.5}, "order_multiple": 0}
    item = {"sd": 5, "service_level": 0.95, "on_hand": 70}
    expected = Z_95 * math.sqrt(3 * 25 + 400) - 10
    assert ordered(buyer({**item, "offer": late}), "min-max")["A"] == pytest.approx(expected, rel=1e-6)
    certain = {"lead_time": 14, "order_multiple": 0}
    expected = Z_95 * math.sqrt(3 * 25) - 10
    assert ordered(buyer({**item, "offer": certain}), "min-max")["A"] == pytest.approx(expected, rel=1e-6)


def test_min_max_orders_more_from_a_supplier_that_delivers_short():
    # 10 wanted, 80 % come: 12.5, so 13.
    short = {"delivered_fraction": 0.8, "order_multiple": 1}
    assert ordered(buyer({"offer": short}), "min-max") == {"A": 13}


def test_min_max_orders_the_minimum_quantity():
    assert ordered(buyer({"offer": {"minimum_order_quantity": 35}}), "min-max") == {"A": 40}


def test_min_max_waits_for_the_order_day():
    # Order days every second week: today's order must last until the next one's receipt, through week 2.
    plan = buyer({}, supplier={"order_every": 2})
    assert ordered(plan, "min-max") == {"A": 30}
    assert ordered(plan, "min-max", 1) == {}


def test_the_cheaper_of_two_suppliers_is_the_usual_one():
    plan = buyer({}).model_dump(mode="json", by_alias=True, exclude_none=True)
    plan["suppliers"].append({"supplier": "CHEAP", "currency": "EUR"})
    plan["offers"].append({"supplier": "CHEAP", "item": "A", "unit_price": 9, "order_multiple": 10, "lead_time": 7})
    lines = baseline(Plan.from_dict(plan), "min-max").lines
    assert {line.supplier for line in lines} == {"CHEAP"}


# --- repair chain -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minimum", "orders"),
    [
        (None, {"A": 10}),
        (200, {"A": 20}),  # after 10, A is out at the end of week 1, B has 5 left: A is lifted
        (300, {"A": 20, "B": 10}),  # A has 10 left, B 5: B is lifted
    ],
)
def test_repair_chain_tops_up_to_the_order_minimum_least_cover_first(minimum, orders):
    supplier = {} if minimum is None else {"minimum_order_value": minimum}
    assert ordered(buyer({}, {}, supplier=supplier), "repair-chain") == orders


def test_repair_chain_fills_the_container():
    # 10 of A are missing; a container holds 30 and must be full: 10 more of A, then 10 of B.
    box = {"resource": "units", "size": 30, "cost": 0, "minimum_fill": 1}
    assert ordered(buyer({}, {}, supplier={"container": box}), "repair-chain") == {"A": 20, "B": 10}


def test_repair_chain_scales_down_to_the_budget_largest_cover_first():
    # A lacks 10, B lacks 30; 200 EUR buy 20. Of equal demand, both end equally short: A none, B 20.
    plan = buyer({}, {"on_hand": 10}, capital={"order_budget": 200, "carry_over": False})
    assert ordered(plan, "min-max") == ordered(plan, "repair-chain") == {"B": 20}
    free = buyer({}, {"on_hand": 10})
    assert ordered(free, "repair-chain") == {"A": 10, "B": 30}


def test_repair_chain_scales_down_to_the_space():
    # Week 1 starts with 30 - 20 + order in store; 35 fit: 20 of the 30 that an economic order would bring too much.
    plan = buyer({}, supplier={"fixed_order_cost": 90}, warehouses=[{"warehouse": "W", "capacity": {"units": 35}}])
    assert ordered(plan, "repair-chain") == {"A": 20}


def test_repair_chain_takes_a_price_break_that_pays():
    # 10 units cost 100; 20 units at 4 cost 80.
    breaks = {"price_breaks": [{"minimum_quantity": 20, "unit_price": 4}]}
    assert ordered(buyer({"offer": breaks}), "repair-chain") == {"A": 20}
    assert ordered(buyer({"offer": breaks}), "min-max") == {"A": 10}


# --- marginal -----------------------------------------------------------------------------------


def test_marginal_buys_until_the_next_unit_no_longer_pays():
    # The last unit is short with chance h / (b + h) = 1 / 5: 40 + 0.842 * sqrt(2) * 5 - 30.
    plan = buyer({"sd": 5, "offer": {"order_multiple": 0}})
    assert ordered(plan, "marginal")["A"] == pytest.approx(10 + Z_80 * math.sqrt(2) * 5, rel=1e-4)


def test_marginal_spends_a_short_budget_where_money_returns_most():
    # 100 EUR buy 10 units. B's tenth still saves 20 * 0.5 - 1 * 0.5, A's first only 4 * 0.92 - 0.08.
    capital = {"order_budget": 100, "carry_over": False}
    plan = buyer({"sd": 5}, {"sd": 5, "on_hand": 30, "backorder_cost": 20}, capital=capital)
    assert ordered(plan, "marginal") == {"B": 10}


# --- several warehouses -------------------------------------------------------------------------


def two_halls(on_hand: int) -> Plan:
    """Item A is sold at W and V, 20 a week each; only W is supplied, V over a lane of a week."""
    plan = buyer({"on_hand": on_hand}).model_dump(mode="json", by_alias=True, exclude_none=True)
    plan["warehouses"].append({"warehouse": "V"})
    plan["offers"][0]["warehouses"] = ["W"]
    plan["lanes"] = [{"from": "W", "to": "V", "lead_time": 7}]
    plan["stock"].append({"item": "A", "warehouse": "V", "on_hand": 30})
    plan["demand"].append({"item": "A", "warehouse": "V", "mean": [20] * 8})
    return Plan.from_dict(plan)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_hall_without_suppliers_is_supplied_over_the_lane(policy):
    # V: 30 - 40 at the end of week 1, 10 are shipped now. W: 80 - 10 - 40 is enough for itself; at the end of week 1
    # 10 of the 30 left go on to V, which lacks 20 in week 2.
    found = baseline(two_halls(80), policy)
    first = {(m.from_, m.to): m.quantity for m in found.transfers if m.period == 0}
    assert first == {("W", "V"): pytest.approx(10, abs=0.5)}


def test_the_hall_that_supplies_another_orders_for_both():
    # Alone, 60 would last W through week 2. V takes 10 now and 20 from week 1 on, so W has 60 - 10 - 20 - 40 < 0.
    alone = ordered(buyer({"on_hand": 60}), "min-max")
    assert alone == {}
    assert ordered(two_halls(60), "min-max")["A"] >= 10


# --- the rest -----------------------------------------------------------------------------------


def test_the_solution_says_who_made_it_and_claims_no_bound():
    found = baseline(buyer({}), "marginal")
    assert (found.engine, found.solver, found.bound, found.gap) == ("baseline", "marginal", None, None)
    assert found.status == "feasible"


def test_the_same_plan_gives_the_same_orders(example):
    for policy in POLICIES:
        assert baseline(example("quickstart"), policy).lines == baseline(example("quickstart"), policy).lines


def test_a_broken_start_is_relaxed_and_nothing_is_bought_on_top():
    plan = buyer({}, warehouses=[{"warehouse": "W", "capacity": {"units": 5}}])
    found = baseline(plan, "min-max")
    assert found.status == "relaxed"
    assert {(r.resource, r.period, r.amount) for r in found.relaxations} == {("units", 0, 25), ("units", 1, 5)}


@pytest.mark.parametrize("name", ["quickstart", "spare-parts", "outdoor-shop"])
@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_ordered_now_does_not_depend_on_later_periods(example, name, policy):
    whole, first = (baseline(example(name), policy, periods=periods) for periods in (None, 1))
    assert orders_now(whole) == orders_now(first) != {}
    assert shipped_now(whole) == shipped_now(first)
    assert {line.period for line in first.lines} == {0}
    assert len(whole.lines) > len(first.lines)


def orders_now(solution: Solution) -> dict[tuple[str, str], float]:
    return {(line.offer, line.warehouse): line.quantity for line in solution.lines if line.release}


def shipped_now(solution: Solution) -> dict[tuple[str, str, str], float]:
    return {(m.from_, m.to, m.item): m.quantity for m in solution.transfers if m.period == 0}


def test_fewer_than_one_period_is_refused():
    with pytest.raises(UsageError, match="periods must be 1 or more, got 0"):
        baseline(buyer({}), "min-max", periods=0)


def test_an_unknown_policy_is_refused():
    with pytest.raises(UsageError, match=r"'guess'.*min-max"):
        baseline(buyer({}), "guess")
