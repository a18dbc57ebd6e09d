"""The reasons of order lines say what plain counting says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import procure
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution import reasons
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, Ledger, keep_ledger
from tests.oracle.cases import plain

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    network = build_network(procure.read_plan(EXAMPLES / "quickstart" / "plan.json"))
    decision = Decision.nothing(network)
    some = network.line_allowed & (np.indices(network.line_allowed.shape).sum(axis=0) % 3 == 0)
    decision.orders[some] = 40.0
    return keep_ledger(network, Laws.of(network), decision)


def arrivals(ledger: Ledger, cell: int) -> list[float]:
    """Units that the plan's orders bring a cell in each period, one order at a time."""
    network, found = ledger.network, [0.0] * ledger.network.periods
    for line, period in np.argwhere(ledger.decision.orders > 0.0):
        at = period + network.line_lead[line]
        if network.line_cell[line] == cell and at < network.periods:
            found[at] += ledger.decision.orders[line, period] * network.line_fraction[line]
    return found


def counted(ledger: Ledger, line: int, period: int) -> str:
    """The reason by going through the periods one by one."""
    network, stocks = ledger.network, ledger.stocks
    cell, arrival = int(network.line_cell[line]), int(period + network.line_lead[line])
    ordered, end = arrivals(ledger, cell), arrival + 1
    while end < network.periods and not ordered[end] > 0.0:
        end += 1
    before = network.initial[cell] if arrival == 0 else stocks.supply[cell, arrival - 1]
    there = before - sum(network.mean[cell, :arrival])
    joined = stocks.supply[cell, end - 1] - before - ledger.decision.orders[line, period]
    last = network.plan.start_date + timedelta(days=end * network.plan.period_days - 1)
    words = f"demand {sum(network.mean[cell, arrival:end]):.0f} to {last:%m-%d}, "
    words += f"{max(there, 0):.0f} in stock" if there > -0.5 else f"{-there:.0f} owed"
    words += f", {joined:.0f} on order" if joined > 0.5 else ""
    spare = stocks.supply[cell, end - 1] - sum(network.mean[cell, :end])
    if abs(spare) > 0.5:
        words += f", {spare:.0f} spare" if spare > 0 else f", {-spare:.0f} short"
    return words


def test_all_lines_at_once_say_what_each_says_alone(ledger, monkeypatch):
    """Also where the lines are taken in several parts."""
    lines, periods = np.nonzero(ledger.decision.orders)
    assert len(lines) > 20
    monkeypatch.setattr(reasons, "CHUNK", 7)
    wanted = [
        counted(ledger, int(k), int(t))
        for k, t in zip(lines, periods, strict=True)
    ]
    found = reasons.order_reasons(ledger, lines, periods)
    assert [reason.partition(" (")[0] for reason in found] == wanted


def test_nothing_ordered_needs_no_reasons(ledger):
    none = np.zeros(0, dtype=np.int64)
    assert reasons.order_reasons(ledger, none, none) == []


@pytest.mark.parametrize(
    ("offer", "quantity", "mark"),
    [
        ({"minimum_order_quantity": 7, "order_multiple": 4}, 8, " (minimum 7)"),
        ({"minimum_order_quantity": 7, "order_multiple": 4}, 12, ""),
        ({"price_breaks": [{"minimum_quantity": 10, "unit_price": 1}], "order_multiple": 4}, 12, " (price break 10)"),
        ({"price_breaks": [{"minimum_quantity": 10, "unit_price": 1}], "order_multiple": 4}, 16, ""),
        ({"maximum_order_quantity": 11, "order_multiple": 4}, 8, " (maximum 11)"),
        ({}, 12, ""),
    ],
)
def test_a_quantity_exactly_on_a_rule_says_so(offer, quantity, mark):
    network = build_network(Plan.from_dict(plain(offer=offer)))
    decision = Decision.nothing(network)
    decision.orders[0, 0] = quantity
    ledger = keep_ledger(network, Laws.of(network), decision)
    (reason,) = reasons.order_reasons(ledger, np.array([0]), np.array([0]))
    assert reason.endswith(mark or ("spare", "short", "stock")[0 if quantity > 16 else 1 if quantity < 16 else 2])
    assert ("(" in reason) == bool(mark)
