"""Plans as workbooks, as people fill them in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from procure.errors import PlanError
from procure.plan import read_plan

SETTINGS: list[list[Any]] = [
    ["key", "value"],
    ["format", "procure-plan/1"],
    ["name", "x"],
    ["start_date", datetime(2026, 3, 2)],
    ["periods", 4.0],
    ["currency", "EUR"],
]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    """Write a workbook of these sheets, with the settings."""
    book = Workbook()  # its first sheet, empty, stays
    for name, rows in {"plan": SETTINGS, **sheets}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = path / "Plan für März.xlsx"
    book.save(file)
    return file


def messages(path: Path) -> list[str]:
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    return [str(fault) for fault in caught.value.faults]


def test_typed_cells(tmp_path: Path) -> None:
    """Ids may be numbers, dates may be dates, and numbers may be texts."""
    plan = read_plan(
        workbook(
            tmp_path,
            items=[
                ["item", "backorder_cost", "phase_out"],
                [1001, "1.5", datetime(2026, 12, 31)],
                [1002.0, 2, "2026-06-30"],
            ],
            warehouses=[["warehouse", "name"], ["MAIN", 5], [None, None], ["SHOP", "  two  blanks "]],
            lanes=[["from", "to", "lead_time", "items"], ["MAIN", "SHOP", 1, 1001]],
            demand=[["item", "warehouse", "period", "mean"], [1001, "MAIN", 0.0, 5]],
        )
    )
    assert [i.item for i in plan.items] == ["1001", "1002"]
    assert [i.phase_out for i in plan.items] == [date(2026, 12, 31), date(2026, 6, 30)]
    assert plan.items[0].backorder_cost == 1.5
    assert [w.name for w in plan.warehouses] == ["5", "two blanks"]
    assert plan.lanes[0].items == ("1001",)
    assert (plan.demand[0].period, plan.periods, plan.start_date) == (0, 4, date(2026, 3, 2))


def test_settings_in_sheets(tmp_path: Path) -> None:
    plan = read_plan(
        workbook(
            tmp_path,
            plan=[*SETTINGS, ["exchange_rates.USD", 0.5], ["policy.seed", 7], ["capital.carry_over", False]],
            capital=[
                ["order_budget", "500 | 500 | 400 | 400"],
                ["cash.opening", 5],
                ["cash.inflow", "[1, 2, 3, 4]"],
            ],
            policy=[["key", "value"], ["objective", "backorders"], ["holding_rate", None]],
        )
    )
    assert plan.exchange_rates == {"USD": 0.5}
    assert (plan.policy.seed, plan.policy.objective, plan.policy.holding_rate) == (7, "backorders", 0.25)
    assert (plan.capital.order_budget, plan.capital.carry_over) == ((500, 500, 400, 400), False)
    assert plan.capital.cash is not None
    assert (plan.capital.cash.opening, plan.capital.cash.inflow) == (5, (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["order_budget", -1]], "capital, row 1, order_budget: must be 0 or more, got -1"),
        ([["key", "value"], ["order_budgett", 1]],
         "capital, row 2, order_budgett: unknown key (did you mean 'order_budget'?)"),
        ([["order_budget", 1], ["order_budget", 2]], "capital, row 2, order_budget: stands twice; keep one"),
        ([["order_budget", 1, 2]],
         "capital, row 1, order_budget: has more than a key and a value; a list is written in one cell, "
         "such as 100 | 100 | 80"),
        ([[None, 1]], "capital, row 1: has a value but no key in the first column"),
        ([["cash", "opening=5"], ["cash.opening", 6]],
         "capital, row 2, cash.opening: is given in part here and as a whole elsewhere; keep one of them"),
        ([["order_budget", "1 | 2"]],
         "capital, row 1, order_budget: must have 4 entries, one per period, got 2"),
        ([["cash.inflow", "1 | 2"]],
         "capital, row 1, cash.inflow: must have 4 entries, one per period, got 2"),
    ],
)  # fmt: skip
def test_faults_of_settings_name_their_row(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    assert messages(workbook(tmp_path, capital=rows)) == [message]


def test_readme_sheets_do_not_disturb(tmp_path: Path) -> None:
    assert read_plan(workbook(tmp_path, **{"Readme first": [["This is how ..."]], "items": []})).items == ()


def test_rows_count_as_in_the_sheet(tmp_path: Path) -> None:
    rows = [["warehouse", "name"], [None, None], ["MAIN", "x"], ["MAIN", "y"]]
    assert messages(workbook(tmp_path, warehouses=rows)) == [
        "warehouses, row 4, warehouse: warehouse 'MAIN' stands already in row 3; each id stands once"
    ]
