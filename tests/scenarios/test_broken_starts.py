"""A start that breaks a limit ends no run: the least excess is found, listed and kept."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from tests.oracle.cases import plain, two_places, weekly

STOCK = [{"item": "A", "warehouse": "W", "on_hand": 9}]


def solved(plan):
    return procure.solve(procure.Plan.from_dict(plan), gap=1e-7, time_limit=30)


def raised(solution):
    return {(r.resource, r.warehouse, r.period): r.amount for r in solution.relaxations}


def full_store(**lane):
    plan = two_places(stock=STOCK, demand=[weekly([0, 2], warehouse="V")], periods=2, lane=lane)
    plan["warehouses"][0]["capacity"] = {"units": 4}
    return plan


def test_a_lane_that_can_empty_the_store_needs_no_relaxation():
    solution = solved(full_store())
    assert solution.relaxations == ()
    assert solution.status == "optimal"
    assert sum(t.quantity for t in solution.transfers) >= 5


def test_a_narrow_lane_leaves_the_least_excess():
    # 3 of 9 can leave: 2 more than the 4 that fit, in both weeks
    solution = solved(full_store(capacity={"units": 3}))
    assert solution.status == "relaxed"
    assert raised(solution) == pytest.approx({("units", "W", 0): 2, ("units", "W", 1): 2})
    assert [t.quantity for t in solution.transfers] == [3]


def test_only_periods_that_the_start_breaks_are_relaxed():
    plan = plain(stock=STOCK)
    plan["warehouses"][0]["capacity"] = {"units": 4}
    solution = solved(plan)
    # 9 and 5 are there before the demand of weeks 0 and 1, then it fits
    assert raised(solution) == pytest.approx({("units", "W", 0): 5, ("units", "W", 1): 1})
    frame = solution.projection()
    assert frame["peak_stock"].iloc[2:].max() <= 4 + 1e-6


def test_cash_that_open_orders_overdraw():
    # 30 due in week 1 out of 10: 20 too much from then on, and nothing can be ordered
    due = {"amount_due": 30, "due_date": "2026-01-14"}
    order = {"po_number": "1", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 1}
    plan = plain(
        capital={"cash": {"opening": 10, "inflow": 0}},
        open_orders=[{**order, "receipt_date": "2026-01-12", **due}],
    )
    solution = solved(plan)
    assert solution.status == "relaxed"
    assert raised(solution) == pytest.approx({("cash", None, t): 20 for t in (1, 2, 3)})
    assert solution.lines == ()


def test_stock_worth_more_than_allowed():
    # 50 units at 2.00 against 40: 100, 92, 84 and 76 before each week's demand of 4
    plan = plain(stock=[{**STOCK[0], "on_hand": 50}], capital={"inventory_value": 40})
    solution = solved(plan)
    expected = {("inventory_value", None, t): 100 - 8 * t - 40 for t in range(4)}
    assert raised(solution) == pytest.approx(expected)


def test_the_excess_is_least_before_backorders_are():
    plan = full_store(capacity={"units": 3}) | {"policy": {"objective": "backorders"}}
    assert raised(solved(plan)) == pytest.approx({("units", "W", 0): 2, ("units", "W", 1): 2})


def test_the_command_says_so_and_answers_3(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(full_store(capacity={"units": 3})), encoding="utf-8")
    done = CliRunner().invoke(cli, ["solve", str(path), "-o", str(tmp_path / "out")])
    assert done.exit_code == 3, done.output
    written = json.loads((tmp_path / "out" / "solution.json").read_text(encoding="utf-8"))
    assert written["status"] == "relaxed"
    assert [r["amount"] for r in written["relaxations"]] == pytest.approx([2, 2])
