"""The reasons of order lines say what plain counting says."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import procure
from procure.plan.network import build_network
from procure.solution import reasons
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, Ledger, keep_ledger

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    network = build_network(procure.read_plan(EXAMPLES / "quickstart" / "plan.json"))
    decision = Decision.nothing(network)
    some = network.line_allowed & (np.indices(network.line_allowed.shape).sum(axis=0) % 3 == 0)
    decision.orders[some] = 40.0
    return keep_ledger(network, Laws.of(network), decision)


def counted(ledger: Ledger, cell: int, arrival: int) -> str:
    """The reason by going through the periods one by one."""
    network, stocks = ledger.network, ledger.stocks
    end = arrival + 1
    while end < network.periods and not stocks.receipts[cell, end] > 0.0:
        end += 1
    before = network.initial[cell] if arrival == 0 else stocks.supply[cell, arrival - 1]
    there = before - sum(network.mean[cell, :arrival])
    shipped = before + sum(stocks.receipts[cell, arrival:end]) - stocks.supply[cell, end - 1]
    words = f"demand {sum(network.mean[cell, arrival:end]):.0f}" + (f" + {shipped:.0f} out" if shipped > 0.5 else "")
    last = network.plan.start_date + timedelta(days=end * network.plan.period_days - 1)
    return f"{words} to {last:%m-%d}, " + (f"{max(there, 0):.0f} in stock" if there > -0.5 else f"{-there:.0f} owed")


def test_all_lines_at_once_say_what_each_says_alone(ledger, monkeypatch):
    """Also where the lines are taken in several parts."""
    lines, periods = np.nonzero(ledger.decision.orders)
    network = ledger.network
    assert len(lines) > 20
    monkeypatch.setattr(reasons, "CHUNK", 7)
    wanted = [
        counted(ledger, int(network.line_cell[k]), int(t + network.line_lead[k]))
        for k, t in zip(lines, periods, strict=True)
    ]
    assert reasons.order_reasons(ledger, lines, periods) == wanted


def test_nothing_ordered_needs_no_reasons(ledger):
    none = np.zeros(0, dtype=np.int64)
    assert reasons.order_reasons(ledger, none, none) == []
