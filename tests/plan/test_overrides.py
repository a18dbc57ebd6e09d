"""Settings given on the command line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from procure.errors import PlanError, UsageError
from procure.plan import Plan, read_plan
from procure.plan.forms import write_folder, write_workbook
from tests.good_plan import good_plan


@pytest.fixture(params=["plan.json", "tables", "plan.xlsx"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A good plan, in each form."""
    file: Path = tmp_path / request.param
    plan = Plan.from_dict(good_plan())
    if file.suffix == ".json":
        file.write_text(json.dumps(good_plan()), encoding="utf-8")
    elif file.suffix == ".xlsx":
        write_workbook(plan, file)
    else:
        write_folder(plan, file)
    return file


def test_any_scalar_can_be_set(path: Path) -> None:
    plan = read_plan(
        path,
        [
            "capital.order_budget=25000",
            "capital.carry_over=false",
            "capital.cash.opening=7.5",
            "policy.objective=backorders",
            "exchange_rates.USD=0.93",
            "exchange_rates.GBP = 1.2",
            "name=2026 = the year",
            "start_date=2026-04-06",
            "policy.seed=3",
            "policy.seed=4",
        ],
    )
    assert (plan.capital.order_budget, plan.capital.carry_over) == (25000, False)
    assert plan.capital.cash is not None
    assert (plan.capital.cash.opening, plan.capital.cash.inflow) == (7.5, 500)
    assert (plan.policy.objective, plan.policy.seed) == ("backorders", 4)
    assert plan.exchange_rates == {"GBP": 1.2, "USD": 0.93}
    assert (plan.name, plan.start_date) == ("2026 = the year", date(2026, 4, 6))


def test_values_may_be_lists_or_taken_away(path: Path) -> None:
    plan = read_plan(
        path, ["capital.order_budget=[1,2,3,4,5,6,7,8]", "capital.inventory_value=null", "policy.seed="]
    )
    assert plan.capital.order_budget == (1, 2, 3, 4, 5, 6, 7, 8)
    assert (plan.capital.inventory_value, plan.policy.seed) == (None, 0)


def test_a_name_of_digits_stays_a_name(path: Path) -> None:
    assert read_plan(path, ["name=2026"]).name == "2026"
    assert read_plan(path, ['name="quoted"']).name == "quoted"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "capital.order_budgett=1",
            "no setting 'capital.order_budgett' (did you mean 'capital.order_budget'?)",
        ),
        ("perods=1", "no setting 'perods' (did you mean 'periods'?)"),
        ("capital=1", "'capital' is a group; set one of capital.order_budget, "),
        ("items=[]", "items is a table; change it in the plan"),
        ("items.0.item=X", "items is a table"),
        ("periods", "--set needs KEY=VALUE such as"),
        ("=3", "--set needs KEY=VALUE such as"),
        ("policy.seed.x=3", "no setting 'policy.seed.x'"),
    ],
)
def test_what_is_no_setting_is_refused(path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_plan(path, [text])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("periods=0", "--set, periods: must be 1 or more, got 0"),
        ("periods=eight", "--set, periods: must be a whole number, got 'eight'"),
        ("capital.order_budget=-1", "--set, capital.order_budget: must be 0 or more, got -1"),
        (
            "capital.order_budget=[1]",
            "--set, capital.order_budget: must have 8 entries, one per period, got 1",
        ),
        ("policy.holding_rate=NaN", "--set, policy.holding_rate: must be a finite number, got nan"),
        ("exchange_rates.USD=null", "no exchange rate for USD; add it to exchange_rates, in EUR per USD"),
    ],
)
def test_faults_of_overrides_name_them(path: Path, text: str, message: str) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(path, [text])
    assert any(str(fault).endswith(message) for fault in caught.value.faults), str(caught.value)
