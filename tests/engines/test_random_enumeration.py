"""Random supply and lost sales on tiny plans: the ledger against an outsider's arithmetic, the engine against all."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import procure
from procure.plan.network import Network, build_network
from procure.solution.check import violations
from procure.solution.ledger import Decision, Laws, Ledger, keep_ledger
from procure.solution.limits import limits_of
from tests.oracle import Oracle
from tests.oracle.axes import Axes
from tests.oracle.demand import Cell
from tests.oracle.risks import RISKS, risky_plan

DRAWS = 20_000
SIGMAS = 4.5
"""Standard errors that the ledger's draws may be off; some thousand numbers are compared."""


def written(seed: int, scenarios: int) -> dict:
    plan = risky_plan(seed)
    return {**plan, "policy": {**plan["policy"], "scenarios": scenarios}}


def decided(network: Network, orders, transfers) -> Decision:
    decision = Decision.nothing(network)
    for line, offer in enumerate(network.line_offer):
        _, warehouse = network.place(int(network.line_cell[line]))
        for t in range(network.periods):
            decision.orders[line, t] = orders.get((network.offers[offer].offer, warehouse, t), 0.0)
    for move, lane in enumerate(network.move_lane):
        ends = network.lanes[lane].from_, network.lanes[lane].to
        item, _ = network.place(int(network.move_from[move]))
        for t in range(network.periods):
            decision.shipments[move, t] = transfers.get((*ends, item, t), 0.0)
    return decision


def split(chosen) -> tuple[dict, dict]:
    orders = {key: units for key, units in chosen if len(key) == 3 and units > 0}
    return orders, {key: units for key, units in chosen if len(key) == 4 and units > 0}


def some_decisions(oracle: Oracle, seed: int, number: int = 3):
    rng, axes = np.random.default_rng(seed), Axes(oracle, None).axes
    for _ in range(number):
        yield split([(axis.key, float(rng.choice(axis.levels))) for axis in axes])


def spread_of_draws(oracle: Oracle, cell: Cell, flow, path) -> np.ndarray:
    """Standard error of the product's means and of the oracle's own, shape (3, T): on hand, owed, peak."""
    own = path.errors()
    if path.paths is not None:
        scale = np.sqrt(1.0 + path.paths.lost.shape[1] / DRAWS)
        return scale * np.array([own["on_hand"], own["backorders"], own["peak"]])
    found = np.zeros((3, oracle.periods))
    for t in range(oracle.periods):
        values, chances = flow.law(t)
        now, before = oracle.window(cell, t), oracle.window(cell, t - 1)
        for k, part in enumerate((now.on_hand(values), now.backorders(values), before.on_hand(values))):
            found[k, t] = np.sqrt(max(part**2 @ chances - (part @ chances) ** 2, 0.0) / DRAWS)
    return found


@pytest.mark.parametrize("seed", range(32))
def test_the_ledger_of_any_decision_is_what_an_outsider_finds(seed):
    plan = written(seed, DRAWS)
    oracle = Oracle(plan)
    network = build_network(procure.Plan.from_dict(plan))
    laws = Laws.of(network)
    for orders, transfers in some_decisions(oracle, seed):
        ledger = keep_ledger(network, laws, decided(network, orders, transfers))
        flows = oracle.flows(orders, transfers)
        for cell, path in oracle.projection(orders, transfers).items():
            if not (path.supply.any() or path.demand_mean.any()):
                continue
            place, stocks = network.cell_at(*cell), ledger.stocks
            found = np.array([stocks.on_hand[place], stocks.backorders[place], stocks.peak[place]])
            wanted = np.array([path.on_hand, path.backorders, path.peak])
            error = spread_of_draws(oracle, cell, flows[cell], path)
            # shares drawn are rescaled by about one in the number of draws
            ordered = sum(receipt.quantity for receipt in flows[cell].receipts)
            allowed = SIGMAS * error + ordered * SIGMAS / DRAWS + 1e-9
            assert np.all(np.abs(found - wanted) <= allowed), (cell, found, wanted, error)
            reach = ordered * SIGMAS * 0.5 / np.sqrt(DRAWS)
            assert stocks.supply[place] == pytest.approx(path.supply, abs=reach + 1e-9)
        assert_money_agrees(oracle, ledger, orders, transfers)


def assert_money_agrees(oracle: Oracle, ledger: Ledger, orders, transfers) -> None:
    priced = oracle.costs(orders, transfers)
    for part in ("purchase", "freight", "ordering", "containers", "transfer"):
        assert ledger.cost[part] == pytest.approx(priced[part], abs=1e-8)
    assert ledger.spend == pytest.approx(oracle.spend(orders), abs=1e-8)
    assert ledger.payments == pytest.approx(oracle.payments(orders), abs=1e-8)
    # a cell that loses sales has one error that counts; elsewhere the parts above were held one by one
    slack = SIGMAS * oracle.cost_error(orders, transfers) * 3 + 0.02 * abs(priced["holding"] + priced["backorder"])
    for part in ("holding", "backorder", "safety_stock", "terminal"):
        assert ledger.cost[part] == pytest.approx(priced[part], abs=slack + 0.05)


@pytest.mark.parametrize("seed", range(16))
def test_the_plan_found_is_the_best_of_all_on_the_same_draws(seed):
    data = written(seed, 60)
    plan = procure.Plan.from_dict(data)
    network = build_network(plan)
    laws, limits = Laws.of(network), limits_of(network)
    axes = Axes(Oracle(data), None).axes
    totals = []
    for levels in product(*(axis.levels for axis in axes)):
        orders, transfers = split([(axis.key, float(u)) for axis, u in zip(axes, levels, strict=True)])
        ledger = keep_ledger(network, laws, decided(network, orders, transfers))
        if not violations(ledger, limits):
            totals.append(ledger.total)
    best = min(totals)
    solution = procure.solve(plan, gap=1e-5, time_limit=30)
    slack = 1e-6 * max(1.0, abs(best))
    assert solution.bound <= best + slack
    assert solution.cost.total >= best - slack
    gross = max(1.0, abs(solution.cost.total), solution.cost.total - solution.cost.terminal)
    assert solution.gap <= 1e-5 * 1.01
    assert solution.cost.total <= best + 1e-5 * gross + slack


def test_every_risk_occurs():
    plans = [risky_plan(seed) for seed in range(60)]
    counts = dict.fromkeys(RISKS, 0)
    for plan in plans:
        counts["lost_sales"] += any(row.get("unmet_demand") == "lost" for row in plan["items"])
        counts["random_lead_time"] += any(isinstance(row["lead_time"], dict) for row in plan["offers"])
        counts["random_fraction"] += any(isinstance(row.get("delivered_fraction"), dict) for row in plan["offers"])
        counts["late_open_order"] += any(row.get("lead_time_sd") for row in plan.get("open_orders", []))
    assert min(counts.values()) >= 10
