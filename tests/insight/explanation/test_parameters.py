"""Reorder points and safety stocks: by hand, and best by the plan's own costs."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy import stats

import procure
from procure.insight.explanation.parameters import parameters
from procure.plan.network import build_network
from procure.solution.decision import Decision
from procure.solution.tables import PARAMETER_COLUMNS
from tests.oracle.cases import plain, two_places, weekly


def table(plan: dict, orders=None, shipments=None):
    """Parameters of a plan with a decision made by hand."""
    network = build_network(procure.Plan.from_dict(plan))
    nothing = Decision.nothing(network)
    decision = Decision(
        nothing.orders if orders is None else np.array(orders, dtype=float),
        nothing.shipments if shipments is None else np.array(shipments, dtype=float),
    )
    return parameters(network, decision)


def only(plan: dict, orders=None):
    (row,) = table(plan, orders).to_dict("records")
    return row


def test_known_demand_needs_no_safety_stock():
    """9 days of lead time and a week of review at 4 a week are 16/7 weeks; the plan orders 8 at a time."""
    row = only(plain(offer={"lead_time": 9}), [[8, 0, 8, 0]])
    assert row["lead_time_demand"] == pytest.approx(16 / 7 * 4, abs=0.005)
    assert row["reorder_point"] == 10
    assert row["safety_stock"] == pytest.approx(10 - 9.14)
    assert row["order_up_to"] == 18


def test_demand_goes_on_beyond_the_horizon_and_parts_of_weeks_count():
    """35 days: four weeks of 2, 4, 6 and 8, then one at their mean, 5."""
    row = only(plain(demand=[weekly([2, 4, 6, 8])], offer={"lead_time": 14}, supplier={"order_every": 3}))
    assert row["lead_time_demand"] == 25


@pytest.mark.parametrize("distribution", ["normal", "poisson", "gamma", "negative_binomial"])
@pytest.mark.parametrize("lot", [1, 12, 40])
def test_no_other_reorder_point_costs_less_in_the_long_run(distribution, lot):
    """Cost rate of an (s, Q) policy: holding what is there, waiting for what is owed, position even over the lot."""
    mean, sd, holding, waiting = 20.0, 7.0, 0.5, 3.0
    plan = plain(
        demand=[weekly([mean] * 4, [sd] * 4)],
        policy={"distribution": distribution},
        offer={"lead_time": 7},
    )
    row = only(plan, [[lot, 0, 0, 0]])
    total, variance = 2 * mean, 2 * sd * sd
    law = {
        "normal": stats.norm(total, variance**0.5),
        "poisson": stats.poisson(total),
        "gamma": stats.gamma(total**2 / variance, scale=variance / total),
        "negative_binomial": stats.nbinom(total**2 / (variance - total), total / variance),
    }[distribution]
    demand = law.ppf((np.arange(20_000) + 0.5) / 20_000)

    def cost(point: float) -> float:
        there = point + lot * (np.arange(200) + 0.5)[:, None] / 200 - demand[::20][None, :]
        return float(holding * np.maximum(there, 0).mean() + waiting * np.maximum(-there, 0).mean())

    point = row["reorder_point"]
    best = min(cost(other) for other in np.arange(total, total + 40.0, 0.25))
    # rounded up to a whole unit, so next to the best
    assert min(cost(point), cost(point - 1.0)) <= best * 1.002 + 1e-9
    assert point >= total


def test_lost_sales_weigh_a_unit_lost_once():
    """P(D > s) <= h Q / (h Q + b d): 0.5 * 30 against 5 for a unit and 20 a week."""
    plan = plain(
        item={"unmet_demand": "lost", "backorder_cost": 3},
        demand=[weekly([20] * 4, [6] * 4)],
        policy={"distribution": "normal"},
        offer={"lead_time": 7},
    )
    row = only(plan, [[30, 0, 0, 0]])
    share = 15 / (15 + 5 * 20)
    assert row["reorder_point"] == np.ceil(stats.norm(40, 72**0.5).ppf(1 - share))


def test_safety_stock_and_service_level_of_the_item_are_kept():
    assert only(plain(item={"safety_stock": 9}))["safety_stock"] == 9
    plan = plain(
        item={"service_level": 0.99},
        demand=[weekly([20] * 4, [6] * 4)],
        policy={"distribution": "normal"},
    )
    assert only(plan)["reorder_point"] == np.ceil(stats.norm(20, 6).ppf(0.99))


def test_a_lead_time_that_varies_asks_for_more():
    demand = [weekly([20] * 4, [6] * 4)]
    sure = only(plain(demand=demand, offer={"lead_time": 7}))
    late = only(plain(demand=demand, offer={"lead_time": {"mean": 7, "sd": 3}}))
    assert late["lead_time_demand"] == sure["lead_time_demand"]
    assert late["safety_stock"] > sure["safety_stock"]


def test_the_supplier_is_the_one_that_the_plan_buys_most_from():
    plan = plain()
    plan["suppliers"] = [*plan["suppliers"], {"supplier": "F"}]
    plan["offers"] = [*plan["offers"], {"supplier": "F", "item": "A", "unit_price": 9, "lead_time": 0}]
    assert only(plan)["supplier"] == "S"
    assert only(plan, [[3, 0, 0, 0], [5, 0, 0, 0]])["supplier"] == "F"


def test_a_lot_that_the_plan_does_not_order_is_the_economic_one():
    """sqrt(2 * 25 * 4 / 0.5) = 20 units; a minimum of 22 and a multiple of 6 make it 24."""
    supplier = {"fixed_order_cost": 25}
    row = only(plain(supplier=supplier))
    assert row["order_up_to"] - row["reorder_point"] == 20
    row = only(plain(supplier=supplier, offer={"minimum_order_quantity": 22, "order_multiple": 6}))
    assert row["order_up_to"] - row["reorder_point"] == 24


def test_a_warehouse_that_feeds_another_counts_what_it_ships():
    plan = two_places(demand=[weekly([5, 5, 5, 5], warehouse="V")])
    rows = {row["warehouse"]: row for row in table(plan, [[20, 0, 0, 0]], [[5, 5, 5, 0]]).to_dict("records")}
    # W ships 5 a week and is supplied at once, looking a week ahead; V waits a week and a week
    assert (rows["W"]["supplier"], rows["W"]["lead_time_demand"]) == ("S", 5)
    assert (rows["V"]["supplier"], rows["V"]["lead_time_demand"]) == ("", 10)


def test_the_table_adds_up_and_is_written(example, tmp_path):
    solution = procure.baseline(example("outdoor-shop"))
    found = procure.explain(solution, item="TENT-LUMI-1")
    rows = found.parameters
    assert tuple(rows.columns) == PARAMETER_COLUMNS
    assert (rows["safety_stock"] >= 0).all()
    assert np.allclose(rows["lead_time_demand"] + rows["safety_stock"], rows["reorder_point"], atol=0.011)
    assert (rows["order_up_to"] > rows["reorder_point"]).all()
    written = found.write(tmp_path)
    assert [path.name for path in written] == ["parameters.csv", "promises.csv"]
    with (tmp_path / "parameters.csv").open(encoding="utf-8", newline="") as file:
        records = list(csv.DictReader(file))
    assert len(records) == len(rows) > 150
    assert [float(record["reorder_point"]) for record in records] == rows["reorder_point"].tolist()
