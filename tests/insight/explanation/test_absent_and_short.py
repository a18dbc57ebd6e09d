"""What is not ordered and what is short: one true reason each, and what would help."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

import procure
from procure.insight.explanation.explain import Explainer
from procure.insight.explanation.shortages import short_cells
from procure.plan.network import build_network
from procure.solution.check import violations
from procure.solution.decision import Decision
from procure.solution.ledger import keep_ledger
from procure.solution.limits import limits_of
from tests.insight.explanation.test_parts import explained
from tests.oracle.cases import plain, two_places, weekly

NOTHING = [[0.0, 0.0, 0.0, 0.0]]


def told(plan: dict[str, Any], orders=None, shipments=None) -> procure.Explanation:
    """Explanation of a decision made by hand; by default nothing is ordered."""
    return explained(plan, orders or NOTHING, shipments).explanation()


def reason(plan: dict[str, Any], orders=None, shipments=None):
    (found,) = told(plan, orders, shipments).not_ordered
    return found


def stock(on_hand: float) -> list[dict[str, Any]]:
    return [{"item": "A", "warehouse": "W", "on_hand": on_hand}]


def test_enough_stock():
    """16 are asked for in four weeks."""
    found = reason(plain(stock=stock(16)))
    assert (found.why, found.lasts_until) == ("enough", None)


def test_ordered_later():
    """10 last two weeks and a half; the order of the third week comes at once."""
    found = reason(plain(stock=stock(10)), [[0, 0, 6, 0]])
    assert (found.why, found.lasts_until) == ("later", date(2026, 1, 18))
    assert found.detail == "more comes by 2026-01-19; stock and open orders last until 2026-01-18"


def test_stock_that_is_shipped_on_does_not_last():
    """10 would last W four weeks of 1, but 8 go to V in the second: 2 are left for two weeks."""
    plan = two_places(demand=[weekly([1, 1, 1, 1]), weekly([0, 0, 8, 0], warehouse="V")], stock=stock(10))
    (row,) = [row for row in told(plan, [[0, 0, 2, 0]], [[0, 8, 0, 0]]).not_ordered if row.warehouse == "W"]
    assert (row.why, row.lasts_until) == ("later", date(2026, 1, 18))


def test_no_offer_arrives():
    """90 days are beyond four weeks, so the plan has no line for it at all."""
    solution = procure.solve(procure.Plan.from_dict(plain(offer={"lead_time": 90})))
    (row,) = procure.explain(solution).not_ordered
    assert row.why == "no_offer"


def test_the_supplier_takes_no_orders():
    found = reason(plain(supplier={"closures": [{"first": "2026-01-01", "last": "2026-03-01"}]}))
    assert found.why == "calendar"


def test_it_is_phased_out():
    found = reason(plain(item={"phase_out": "2026-01-07"}, offer={"lead_time": 5}))
    assert found.why == "phase_out"
    assert "2026-01-07" in found.detail


def test_it_is_not_worth_it_and_says_by_how_much():
    """One unit is asked for in the last week: owed it costs 3.00 and 2.00 in the end, an order 2.00 and 50.00."""
    plan = plain(demand=[weekly([0, 0, 0, 1])], supplier={"fixed_order_cost": 50})
    found = reason(plan)
    assert found.why == "not_worth"
    assert found.more.total == pytest.approx(52 - 5)
    assert (found.more.price, found.more.ordering, found.more.waiting) == (2, 50, -5)


def test_a_limit_forbids_it():
    found = reason(plain(capital={"order_budget": 1, "carry_over": False}))
    assert found.why == "limit"
    assert "the order budget would be exceeded" in found.detail
    assert found.more.total < 0


def test_an_order_that_would_pay_is_not_hidden():
    found = reason(plain())
    assert found.why == "open"
    assert found.more.total < 0
    assert "not proven" in found.detail


def test_what_comes_too_late_is_short_for_that_reason():
    """4 a week are owed until the order of today arrives after three weeks."""
    (short,) = told(plain(offer={"lead_time": 21}), [[16, 0, 0, 0]]).shortages
    assert (short.why, short.backorders, short.early) == ("lead_time", 24, 24)
    assert short.cost == pytest.approx(24 * 3)
    assert short.first_possible == date(2026, 1, 26)


def test_a_dear_express_supplier_is_the_cheapest_help_and_costs_more_than_waiting():
    """8 are owed for a week until the cheap order comes; the express sells them at 99.00 instead."""
    plan = plain(offer={"lead_time": 14}, demand=[weekly([0, 8, 0, 0])])
    plan["suppliers"] = [*plan["suppliers"], {"supplier": "X"}]
    plan["offers"] = [*plan["offers"], {"supplier": "X", "item": "A", "unit_price": 99, "lead_time": 0}]
    (short,) = told(plan, [[8, 0, 0, 0], [0, 0, 0, 0]]).shortages
    assert short.why == "too_dear"
    assert (short.help.source, short.help.kind) == ("X", "order")
    assert short.help.more.total > 0
    assert short.help.more.waiting < 0


def test_a_transfer_that_helps_is_found():
    plan = two_places(
        demand=[weekly([0, 0, 0, 0]), weekly([0, 0, 6, 0], warehouse="V")],
        stock=[{"item": "A", "warehouse": "W", "on_hand": 6}],
    )
    (short,) = told(plan).shortages
    assert short.why == "open"
    assert (short.help.kind, short.help.source, short.help.quantity) == ("transfer", "W", 6)


def test_an_order_that_is_shipped_on_helps_where_nobody_delivers():
    plan = two_places(demand=[weekly([0, 0, 0, 0]), weekly([0, 0, 6, 6], warehouse="V")])
    (short,) = told(plan).shortages
    assert (short.help.kind, short.help.source, short.help.via) == ("order", "S", "W")
    assert "by way of W" in short.detail


@pytest.mark.parametrize("policy", ["min-max", "marginal"])
def test_help_is_what_it_says(example, policy):
    """Every help that keeps the rules, put into the plan: no rule is broken and the money is as stated."""
    solution = procure.baseline(example("quickstart"), policy)
    explainer = Explainer(solution)
    ledger, laws = explainer.plan.ledger, explainer.plan.laws
    checked = 0
    for cell in short_cells(explainer.plan, np.arange(explainer.network.n_cells)):
        for extra in explainer.extra.choices(int(cell))[:30:5]:
            decision = Decision(ledger.decision.orders.copy(), ledger.decision.shipments.copy())
            for place, units in extra.change.orders.items():
                decision.orders[place] = units
            for place, units in extra.change.shipments.items():
                decision.shipments[place] = units
            changed = keep_ledger(explainer.network, laws, decision)
            assert changed.total - ledger.total == pytest.approx(extra.difference.total, abs=1e-6)
            broken = violations(changed, limits_of(build_network(solution.plan)))
            assert bool(broken) == bool(explainer.rules.broken_by(extra.change))
            checked += 1
    assert checked > 20
