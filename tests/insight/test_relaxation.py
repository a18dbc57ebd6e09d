"""The smallest changes of limits that clash: by hand, in words, and that they do."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from procure.insight.relaxation import reliefs
from procure.solution.records import Relaxation
from tests import hand_made
from tests.oracle.cases import plain, two_places, weekly
from tests.oracle.tiny_plans import tiny_plan

STOCK = [{"item": "A", "warehouse": "W", "on_hand": 9}]


def solved(raw):
    return procure.solve(procure.Plan.from_dict(raw), gap=1e-7, time_limit=30)


def full_store(capacity=4, **changes):
    raw = plain(stock=STOCK, **changes)
    raw["warehouses"][0]["capacity"] = {"units": capacity}
    return raw


def slack(period, amount, **fields):
    return Relaxation(**{"resource": "cash", "unit": "EUR", "period": period, "limit": 10, "amount": amount, **fields})


def test_periods_that_follow_on_each_other_are_one_change():
    # 9 and 5 are there before the demand of 4 in weeks 0 and 1, then it fits
    found = reliefs(solved(full_store()))
    assert [(r.first_period, r.last_period, r.amount, r.peak_period) for r in found] == [(0, 1, 5, 0)]
    assert found[0].amounts == pytest.approx((5, 1))
    assert found[0].items == (("A", 9),)
    assert found[0].words == (
        "storage of W, units, periods 0-1: over the limit of 4.00 units by up to 5.00 (in period 0); up to 5.00 units "
        "more room from 2026-01-05 to 2026-01-18 would do (9.00 in all), or about as much less stock: moved away, "
        "sold, or on order and put off; most of it is A 9.00"
    )


def test_cash_that_open_orders_overdraw():
    # 30 are due in week 1 out of 10, and nothing comes in
    order = {"po_number": "1", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 1}
    raw = plain(
        capital={"cash": {"opening": 10, "inflow": 0}},
        open_orders=[{**order, "receipt_date": "2026-01-12", "amount_due": 30, "due_date": "2026-01-14"}],
    )
    assert [r.words for r in reliefs(solved(raw))] == [
        "cash, periods 1-3: over the limit of 10.00 EUR by 20.00; 20.00 EUR more cash by 2026-01-12 would do, or as "
        "much paid later"
    ]


def test_cash_that_is_short_for_a_while_and_more_and_more():
    solution = hand_made.solution(status="relaxed", relaxations=(slack(0, 5.0), slack(1, 8.0), slack(3, 2.0)))
    first, second = reliefs(solution)
    assert first.words == (
        "cash, periods 0-1: over the limit of 10.00 EUR by up to 8.00 (in period 1); 5.00 EUR more cash by 2026-03-02 "
        "would do, 8.00 in all by 2026-03-09, needed until 2026-03-15, or as much paid later"
    )
    assert (second.first_period, second.last_period) == (3, 3)


def test_stock_worth_more_than_allowed():
    # 50 units at 2.00 against 40: 60 too much in week 0, 8 less each week
    raw = plain(stock=[{**STOCK[0], "on_hand": 50}], capital={"inventory_value": 40})
    found = reliefs(solved(raw))
    assert found[0].amounts == pytest.approx((60, 52, 44, 36))
    assert found[0].items == (("A", 100),)
    assert "inventory value, periods 0-3: over the limit of 40.00 EUR by up to 60.00 (in period 0)" in found[0].words
    assert "more allowance from 2026-01-05 to the end would do (100.00 in all)" in found[0].words


def test_what_a_transfer_can_clear_away_is_no_clash():
    # 4 units of 0.3 m3 against 1.04 m3: moving 2 of them makes room; a start once hid that from the solver
    raw = tiny_plan(7)
    raw["warehouses"][0]["capacity"] = {"m3": 1.0408666666666666}
    plan = procure.Plan.from_dict(raw)
    solution = procure.solve(plan, gap=1e-6, time_limit=30)
    assert sum(move.quantity for move in solution.transfers if move.period == 0) >= 2
    assert (solution.status, reliefs(solution)) == ("optimal", ())


def test_nothing_to_relieve():
    assert reliefs(solved(plain())) == ()


@pytest.mark.parametrize("narrow", [False, True], ids=["stock", "narrow lane"])
def test_the_changes_do_and_less_would_not(narrow):
    if narrow:  # 3 of the 9 can leave each week
        lane = {"capacity": {"units": 3}}
        raw = two_places(stock=STOCK, demand=[weekly([0, 2], warehouse="V")], periods=2, lane=lane)
        raw["warehouses"][0]["capacity"] = {"units": 4}
    else:
        raw = full_store()
    found = reliefs(solved(raw))
    raised = raised_by(raw, found, 1.0)
    assert solved(raised).status == "optimal"
    assert reliefs(solved(raised_by(raw, found, 0.9))) != ()


def test_the_summary_and_its_json_say_what_would_do(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(full_store()), encoding="utf-8")
    shown, told = (
        CliRunner().invoke(cli, ["solve", str(path), "-o", str(tmp_path / "out"), *more]) for more in ([], ["--json"])
    )
    assert (shown.exit_code, told.exit_code) == (3, 3)
    assert "storage of W, units, periods 0-1: over the limit of 4.00 units by up to 5.00 (in period 0)" in shown.stdout
    relief = json.loads(told.stdout)["reliefs"][0]
    assert (relief["first_date"], relief["last_date"], relief["amounts"]) == ("2026-01-05", "2026-01-18", [5, 1])


def raised_by(raw, found, share):
    """The plan with the storage of W raised by a share of what is said to do."""
    capacity = [float(raw["warehouses"][0]["capacity"]["units"])] * raw["periods"]
    for relief in found:
        for period, amount in enumerate(relief.amounts, relief.first_period):
            capacity[period] += share * amount
    raised = deepcopy(raw)
    raised["warehouses"][0]["capacity"] = {"units": capacity}
    return raised
