"""The parts of a quantity: they add up, and each is what its rule asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import procure
from procure.insight.explanation.explain import Explainer
from procure.insight.explanation.sentences import rounded
from procure.plan.network import build_network
from procure.solution.assemble import assemble
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import limits_of
from tests.good_plan import good_plan
from tests.oracle.cases import plain, two_places, weekly
from tests.oracle.risks import risky_plan
from tests.oracle.tiny_plans import tiny_plan


def explained(plan: dict, orders: list[list[float]], shipments: list[list[float]] | None = None) -> Explainer:
    """An explainer of a decision made by hand, whatever its gap."""
    network = build_network(procure.Plan.from_dict(plan))
    laws, limits = Laws.of(network), limits_of(network)
    shipped = np.array(shipments, dtype=float) if shipments else Decision.nothing(network).shipments
    ledger = keep_ledger(network, laws, Decision(np.array(orders, dtype=float), shipped))
    solution = assemble(
        ledger,
        laws,
        limits,
        limits,
        bound=-np.inf,
        backorder_bound=None,
        gap=0.0,
        engine="",
        solver="",
        seconds={},
        warnings=[],
    )
    return Explainer(solution)


def lines_of(explainer: Explainer):
    return explainer.explanation().lines


def parts_of(plan: dict, orders: list[list[float]], shipments: list[list[float]] | None = None) -> dict[str, float]:
    """Parts of the first line of a decision made by hand."""
    line = lines_of(explained(plan, orders, shipments))[0]
    assert sum(part.units for part in line.parts) == pytest.approx(line.quantity, abs=1e-6)
    return {part.part: part.units for part in line.parts}


def assert_adds_up(solution: procure.Solution) -> None:
    """Every line's units and money add up, and the lines of an order to its total."""
    found = procure.explain(solution)
    assert len(found.lines) == len(solution.lines)
    orders: dict[str, float] = {}
    for line in found.lines:
        assert sum(part.units for part in line.parts) == pytest.approx(line.quantity, abs=1e-6), line
        assert sum(part.amount for part in line.money) == pytest.approx(line.cost, rel=1e-9)
        fee = sum(part.amount for part in line.money if part.part == "line")
        orders[line.po_number] = orders.get(line.po_number, 0.0) + line.cost - fee
        for other in (line.worth, *(a.more for a in (line.next_best, line.barred) if a is not None)):
            parts = (other.price, other.freight, other.ordering, other.transport, other.waiting, other.holding)
            assert other.total == pytest.approx(sum(parts), abs=1e-6)
    for header in solution.headers:
        assert orders[header.po_number] == pytest.approx(header.total * header.exchange_rate, rel=1e-9)


@pytest.mark.parametrize("policy", ["min-max", "repair-chain", "marginal"])
def test_every_line_of_a_buyer_who_follows_a_rule_adds_up(example, policy):
    assert_adds_up(procure.baseline(example("quickstart"), policy))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("make", [tiny_plan, risky_plan])
def test_every_line_of_a_random_plan_adds_up(make, seed):
    plan = make(seed)
    plan = {**plan, "policy": {**plan.get("policy", {}), "scenarios": 40}}
    assert_adds_up(procure.solve(procure.Plan.from_dict(plan), gap=0.01, time_limit=10))


@pytest.mark.parametrize("policy", ["min-max", "repair-chain"])
def test_every_line_of_a_plan_that_uses_every_table_adds_up(policy):
    """Lost sales, late and short suppliers, containers, discounts, lanes, a shelf life and a queue."""
    plan = procure.Plan.from_dict({**good_plan(), "policy": {"scenarios": 60}})
    solution = procure.baseline(plan, policy)
    assert solution.lines
    assert_adds_up(solution)


def test_every_line_of_demand_in_sample_paths_adds_up(tmp_path):
    """Forty lines, so that more than one part is worked out; each quantity best against the paths."""
    rng = np.random.default_rng(5)
    items = [f"A{k}" for k in range(20)]
    rows = [
        (item, "W", sample, period, float(rng.poisson(8)))
        for item in items
        for sample in range(30)
        for period in range(4)
    ]
    columns = ["item", "warehouse", "sample", "period", "quantity"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "paths.csv", index=False)
    plan = plain(demand=[], demand_samples="paths.csv")
    plan["items"] = [{"item": item, "backorder_cost": 3, "holding_cost": 0.5} for item in items]
    plan["offers"] = [{"supplier": "S", "item": item, "unit_price": 2, "lead_time": 0} for item in items]
    solution = procure.baseline(procure.Plan.from_dict(plan, base=tmp_path))
    assert len(solution.lines) > 30
    assert_adds_up(solution)


def test_known_demand_is_covered_from_today_to_the_next_receipt():
    """Weeks of 4, 3 on hand, 1 owed: 2 weeks until the receipt of period 1 is used up, the next comes in period 3."""
    plan = plain(stock=[{"item": "A", "warehouse": "W", "on_hand": 3, "backorders": 1}])
    assert parts_of(plan, [[0, 10, 0, 4]]) == {"demand_before": 4, "demand": 8, "waiting": 1, "on_hand": -3}


def test_open_orders_own_orders_and_transfers_count():
    stock = [{"item": "A", "warehouse": "V", "on_hand": 1}]
    opened = [
        {"po_number": "1", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 2, "receipt_date": "2026-01-12"}
    ]
    demand = [weekly([1, 1, 1, 1]), weekly([0, 5, 0, 0], warehouse="V")]
    plan = two_places(demand=demand, stock=stock, open_orders=opened)
    found = parts_of(plan, [[7, 0, 0, 0]], [[5, 0, 0, 0]])
    # 4 for W itself and 5 for V, 2 of it on the way; the van takes 5 before these 2 are there
    assert found == {"demand": 4, "moved_out": 5, "open_orders": -2}
    later = parts_of(plain(), [[4, 4, 0, 8]])
    assert later == {"demand": 4}


@pytest.mark.parametrize(
    ("offer", "quantity", "rules"),
    [
        ({"order_multiple": 6}, 18, {"order_multiple": 2}),
        ({"order_multiple": 6}, 12, {"order_multiple": -4}),
        ({"order_multiple": 5, "minimum_order_quantity": 22}, 25, {"order_multiple": 4, "minimum_order_quantity": 5}),
        ({"maximum_order_quantity": 9}, 9, {"maximum_order_quantity": -7}),
        ({"price_breaks": [{"minimum_quantity": 30, "unit_price": 1}]}, 30, {"price_break": 14}),
        ({"price_breaks": [{"minimum_quantity": 10, "unit_price": 1}]}, 16, {}),
    ],
)
def test_each_rule_adds_what_it_asks_for(offer, quantity, rules):
    """Four known weeks of 4 are 16; what is ordered more or less is the rule's."""
    # 20 is the multiple of 5 above 16, 25 the one above 22
    assert parts_of(plain(offer=offer), [[quantity, 0, 0, 0]]) == {"demand": 16, **rules}


@pytest.mark.parametrize(
    ("supplier", "quantity", "rules"),
    [
        ({"minimum_order_value": 40}, 20, {"order_minimum": 4}),
        ({"minimum_order_value": 30}, 16, {}),
        ({"order_discounts": [{"minimum_order_value": 50, "discount": 0.2}]}, 25, {"order_discount": 9}),
        ({"container": {"resource": "units", "size": 20, "cost": 5}}, 20, {"container": 4}),
        ({"container": {"resource": "units", "size": 40, "cost": 5, "minimum_fill": 0.5}}, 20, {"container": 4}),
        ({"container": {"resource": "units", "size": 40, "cost": 5}}, 20, {"together": 4}),
    ],
)
def test_what_the_whole_order_asks_for_is_named(supplier, quantity, rules):
    """16 at 2.00 are 32; 20 reach a minimum of 40, 25 a discount from 50, and 20 fill a container."""
    assert parts_of(plain(supplier=supplier), [[quantity, 0, 0, 0]]) == {"demand": 16, **rules}


def test_more_for_fewer_backorders_is_named_as_the_objective():
    plan = plain(policy={"objective": "backorders"})
    assert parts_of(plan, [[18, 0, 0, 0]]) == {"demand": 16, "objective": 2}


def test_a_short_delivery_is_allowed_for():
    found = parts_of(plain(offer={"delivered_fraction": 0.8, "order_multiple": 0}), [[20, 0, 0, 0]])
    assert found == {"demand": 16, "short_delivery": pytest.approx(4)}


def test_a_limit_that_binds_is_named_where_it_holds_back():
    plan = plain(capital={"order_budget": 24, "carry_over": False})
    (line,) = lines_of(explained(plan, [[12, 0, 0, 0]]))
    held = line.parts[-1]
    assert (held.part, held.units) == ("held_back", -4)
    assert held.detail == "the order budget would be exceeded on 2026-01-05"


def test_what_nothing_explains_is_not_hidden():
    """Two units over the need of four weeks, without any rule: they cost 4.00 and 0.50 a week to hold, less 4.00."""
    (line,) = lines_of(explained(plain(), [[18, 0, 0, 0]]))
    rest = line.parts[-1]
    assert (rest.part, rest.units) == ("together", 2)
    assert rest.detail == "2 fewer alone would save 4.00"


@pytest.mark.parametrize("quantity", [0.5, 60.0])
def test_the_buffer_is_the_newsvendors(quantity):
    """The best stock up to the next receipt, by trying them all: one unit more now is one less in the next order."""
    sd = [6.0, 6.0, 6.0, 6.0]
    plan = plain(
        offer={"order_multiple": 0},
        demand=[weekly([20, 20, 20, 20], sd)],
        policy={"distribution": "normal", "uncertainty": "cumulative"},
    )
    found = parts_of(plan, [[quantity, 0, 40, 0]])
    need = found["demand"]
    assert need == 40
    network = build_network(procure.Plan.from_dict(plan))
    laws = Laws.of(network)

    def cost(now: float) -> float:
        decision = Decision(np.array([[now, 0.0, 100.0 - now, 0.0]]), Decision.nothing(network).shipments)
        return keep_ledger(network, laws, decision).total

    tried = np.arange(30.0, 60.0, 0.05)
    best = tried[np.argmin([cost(now) for now in tried])]
    assert need + found["buffer"] == pytest.approx(best, abs=0.06)


def test_a_cheaper_next_receipt_leaves_less_to_this_one():
    """X sells at 9.00 what S brings at 2.00 two weeks later: what can wait for 3.00 a week is left to S."""
    plan = plain(offer={"lead_time": 14, "order_multiple": 0}, demand=[weekly([4, 4, 4, 4])])
    plan["suppliers"] = [*plan["suppliers"], {"supplier": "X"}]
    plan["offers"] = [
        *plan["offers"],
        {"supplier": "X", "item": "A", "unit_price": 9, "order_multiple": 0, "lead_time": 0},
    ]
    (dear,) = (line for line in lines_of(explained(plan, [[12, 0, 0, 0], [4, 0, 0, 0]])) if line.supplier == "X")
    # the second week's 4 wait one week for 3.00, the first week's two for 6.00; a unit saves 7.00
    assert {part.part: part.units for part in dear.parts}["demand"] == 8
    price = next(part for part in dear.parts if part.part == "next_price")
    assert price.units == pytest.approx(-8)
    assert "2026-01-19" in price.detail


@pytest.mark.parametrize("unmet", ["backorder", "lost"])
def test_the_buffer_against_late_suppliers_is_found_on_the_draws(unmet):
    """As with the newsvendor, where only draws value the stock."""
    plan = plain(
        item={"unmet_demand": unmet},
        offer={"order_multiple": 0, "lead_time": {"7": 0.7, "14": 0.3}, "delivered_fraction": {"1": 0.8, "0.5": 0.2}},
        demand=[weekly([20, 20, 20, 20], [6, 6, 6, 6])],
        policy={"scenarios": 100},
    )
    explainer = explained(plan, [[30, 20, 0, 0]])
    line = lines_of(explainer)[0]
    units = {part.part: part.units for part in line.parts}
    best = sum(units.get(part, 0.0) for part in ("demand_before", "demand", "gone", "own_orders", "buffer"))
    plan_, cell = explainer.plan, 0
    from procure.insight.explanation.change import Change

    def cost(quantity: float) -> float:
        stocks = plan_.stocks_of([(cell, Change(orders={(0, 0): quantity}))])[0]
        return sum(plan_.stock_costs(cell, stocks, slice(2, 3)))

    tried = np.arange(0.0, 120.0, 0.5)
    assert cost(best / 0.9) <= min(cost(quantity) for quantity in tried) + 1e-3


def test_rounded_parts_add_up():
    assert rounded([1.04, 1.04, 1.04, -0.02], 3.1, 1) == [1.1, 1.0, 1.0, 0.0]
    assert sum(rounded([1 / 3, 1 / 3, 1 / 3], 1.0, 1)) == pytest.approx(1.0)
