"""The reason given for a supplier is true: forcing the next best one costs what is said, never less than nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import procure
from procure.engines.compact import solve_compact
from procure.engines.interface import Options, Task
from procure.errors import PlanError
from procure.insight.explanation.explain import Explainer
from procure.solution.check import violations
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import limits_of
from tests.oracle.cases import plain
from tests.oracle.risks import risky_plan
from tests.oracle.tiny_plans import tiny_plan

GAP = 1e-6


def explainer_of(plan: dict) -> Explainer:
    return Explainer(procure.solve(procure.Plan.from_dict(plan), engine="compact", gap=GAP, time_limit=20))


def forced(explainer: Explainer, line: int, period: int) -> float:
    """Least total without the line in that period, everything else free, at the values of the plan itself."""
    network = explainer.network
    allowed = network.line_allowed.copy()
    allowed[line, period] = False
    other = replace(network, line_allowed=allowed)
    task = Task(other, Laws.of(other), limits_of(other))
    outcome = solve_compact(task, Options(gap=GAP, time_limit=20))
    return keep_ledger(network, explainer.plan.laws, outcome.decision).total


def cases(seeds: range):
    """Random tiny plans, every fourth with suppliers that are late or short."""
    for seed in seeds:
        yield tiny_plan(seed)
        if seed % 4 == 0:
            plan = risky_plan(seed)
            yield {**plan, "policy": {**plan.get("policy", {}), "scenarios": 30}}


@pytest.mark.parametrize(
    ("seeds", "least"),
    [(range(8), 2), pytest.param(range(12, 160), 50, marks=pytest.mark.slow)],
    ids=["some", "many"],
)
def test_the_next_best_supplier_costs_what_is_said(seeds, least):
    """The plan with it is as valued, keeps every rule, and bounds what any plan without the line can reach."""
    checked = 0
    for plan in cases(seeds):
        try:
            explainer = explainer_of(plan)
        except PlanError:  # some of the random plans contradict themselves
            continue
        if explainer.solution.relaxations or plan["policy"].get("objective") == "backorders":
            continue
        for line, period in np.argwhere(explainer.plan.ledger.decision.orders > 0.0).tolist():
            checked += hold_against_the_forced(explainer, line, period)
    assert checked >= least


def hold_against_the_forced(explainer: Explainer, line: int, period: int) -> bool:
    """Tell whether there is a next best; hold it against the whole arithmetic and against a plan without the line."""
    best, ledger = explainer.others.next_best(line, period), explainer.plan.ledger
    if best.kept is None:
        return False
    slack = 2 * GAP * ledger.gross
    moved = Decision(ledger.decision.orders.copy(), ledger.decision.shipments)
    for place, units in best.kept.change.orders.items():
        moved.orders[place] = units
    other = keep_ledger(explainer.network, explainer.plan.laws, moved)
    assert not violations(other, limits_of(explainer.network))
    stated = best.kept.difference.total
    assert other.total == pytest.approx(ledger.total + stated, abs=1e-6)
    # the plan is the best one, so nothing that keeps the rules is cheaper
    assert stated >= -slack
    assert ledger.total - slack <= forced(explainer, line, period) <= ledger.total + stated + slack
    return True


def test_the_next_best_offer_and_its_money_by_hand():
    """10 known units now at 2.00 from S; F takes 1.50 and 0.40 freight, by the dozen, 9.00 an order."""
    plan = plain(item={"holding_cost": 0.5}, demand=[{"item": "A", "warehouse": "W", "mean": [10, 0, 0, 0]}])
    plan["suppliers"] = [*plan["suppliers"], {"supplier": "F", "fixed_order_cost": 9}]
    plan["offers"] = [
        *plan["offers"],
        {"supplier": "F", "item": "A", "unit_price": 1.5, "unit_freight": 0.4, "order_multiple": 12, "lead_time": 0},
    ]
    (line,) = procure.explain(procure.solve(procure.Plan.from_dict(plan), gap=0)).lines
    other = line.next_best
    assert (line.supplier, line.quantity, line.landed_cost) == ("S", 10, 2)
    assert (other.supplier, other.quantity, other.landed_cost) == ("F", 12, pytest.approx(1.9))
    # 12 at 1.90 for 10 at 2.00; 2 units more on hand for four weeks at 0.50, then worth the cheapest price, 1.90
    assert other.more.price == pytest.approx(18 - 20)
    assert other.more.freight == pytest.approx(4.8)
    assert other.more.ordering == 9
    assert other.more.holding == pytest.approx(2 * 4 * 0.5 - 2 * 1.9)
    assert other.more.total == pytest.approx(12.0)
    assert "12 from F on 2026-01-05" in line.sentence
    assert "would cost 12.00 EUR more" in line.sentence


def test_a_cheaper_supplier_that_a_limit_bars_is_named():
    plan = plain(offer={"unit_price": 2.0, "lead_time": 0})
    plan["suppliers"] = [*plan["suppliers"], {"supplier": "F", "capacity": {"units": 3}}]
    plan["offers"] = [*plan["offers"], {"supplier": "F", "item": "A", "unit_price": 1.0, "lead_time": 0}]
    found = procure.explain(procure.solve(procure.Plan.from_dict(plan), gap=0))
    dear = next(line for line in found.lines if line.supplier == "S")
    assert dear.barred.supplier == "F"
    assert dear.barred.breaks == (f"the capacity (units) of F would be exceeded on {dear.barred.order_date}",)


def test_without_another_offer_it_says_so():
    (line,) = procure.explain(
        procure.solve(
            procure.Plan.from_dict(plain(demand=[{"item": "A", "warehouse": "W", "mean": [10, 0, 0, 0]}])), gap=0
        )
    ).lines
    assert line.next_best is None
    assert line.barred is None
    assert "no other offer can be ordered" in line.sentence
