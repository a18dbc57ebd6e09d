"""Records and their values."""

from __future__ import annotations

import math
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from procure.errors import Fault, PlanError, ProcureError, UsageError, did_you_mean
from procure.plan import Plan, read_plan
from procure.plan.records import Fraction, LeadTime, Offer
from tests.good_plan import good_plan


def lead_time(value: Any) -> LeadTime:
    return Offer.model_validate({"supplier": "S", "item": "I", "unit_price": 1, "lead_time": value}).lead_time


def test_lead_times() -> None:
    assert lead_time(14) == LeadTime(14.0)
    assert lead_time({"14": 1}) == LeadTime(14.0)
    assert lead_time({"mean": 18, "sd": 4}) == LeadTime(18.0, 4.0)
    assert lead_time({"mean": 18, "sd": 0}) == LeadTime(18.0)
    spread = lead_time({"21": 0.25, "14": 0.75, "99": 0})
    assert spread.points == ((14, 0.75), (21, 0.25))
    assert spread.mean == 15.75
    assert spread.sd == pytest.approx(math.sqrt(0.75 * 1.75**2 + 0.25 * 5.25**2))
    assert [lead_time(v).is_random for v in (14, {"mean": 5, "sd": 1}, {"1": 0.5, "2": 0.5})] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"mean": 5}, "sd is missing"),
        ({"sd": 5}, "mean is missing"),
        ({"mean": 5, "sd": 1, "14": 1}, "not '14'"),
        ({"mean": -5, "sd": 1}, "mean must be a number of days"),
        ({"mean": True, "sd": 1}, "mean must be a number of days"),
        ({"14": 0.5, "14.0": 0.5}, "names the days 14 twice"),
        ({"14": "all"}, "must be a number, got 'all'"),
        ({"20000": 1}, "must be from 0 to 10000"),
        ({"nan": 1}, "must be numbers"),
        (True, "must be a number of days"),
        ([14], "must be a number of days"),
        (20000, "must be from 0 to 10000 days"),
    ],
)
def test_lead_times_at_fault(value: Any, words: str) -> None:
    data = good_plan()
    data["offers"][1]["lead_time"] = value
    with pytest.raises(PlanError) as caught:
        Plan.from_dict(data)
    assert [fault.place for fault in caught.value.faults] == ["offers, row 3, lead_time"]
    assert words in caught.value.faults[0].message


def test_probabilities_may_be_off_by_a_millionth() -> None:
    assert lead_time({"7": 1 / 3, "14": 1 / 3, "21": 0.333333}).mean == pytest.approx(14, abs=1e-4)


def test_fractions() -> None:
    plan = Plan.from_dict(good_plan())
    assert plan.offers[0].delivered_fraction == Fraction(0.975, ((0.5, 0.05), (1.0, 0.95)))
    assert plan.offers[1].delivered_fraction == Fraction(1.0)
    assert plan.offers[3].delivered_fraction == Fraction(0.98)
    assert [o.delivered_fraction.is_random for o in plan.offers] == [True, False, False, False]


def test_defaults_turn_everything_off() -> None:
    near = Plan.from_dict(good_plan()).suppliers[1]
    assert (near.currency, near.container, near.maximum_order_value, near.order_from) == (
        None,
        None,
        None,
        None,
    )
    assert (near.order_every, near.fixed_order_cost, near.closures) == (1, 0.0, ())
    bare = Plan.from_dict(
        {k: good_plan()[k] for k in ("format", "name", "start_date", "periods", "currency")}
    )
    assert (bare.items, bare.samples, bare.period_days) == ((), None, 7)
    assert (bare.capital.cash, bare.capital.carry_over, bare.policy.scenarios) == (None, True, 500)


def test_offers_get_ids() -> None:
    """The second offer of a pair is #2, whatever the first is called."""
    data = good_plan()
    offer = data["offers"][1]
    data["offers"] = [offer, offer, {**offer, "offer": "MINE"}, offer, {**offer, "supplier": "FAR"}]
    plan = Plan.from_dict(data)
    assert [o.offer for o in plan.offers] == [
        "NEAR/BOLT-M8", "NEAR/BOLT-M8#2", "MINE", "NEAR/BOLT-M8#4", "FAR/BOLT-M8",
    ]  # fmt: skip


def test_python_values_are_taken() -> None:
    data = good_plan()
    data["start_date"] = date(2026, 3, 2)
    data["promotions"][0]["first"] = datetime(2026, 3, 9)
    data["demand"][0]["period"] = 0.0
    data["offers"][0]["lead_time"] = {14: 0.7, 21.0: 0.2, "35": 0.1}
    assert Plan.from_dict(data) == Plan.from_dict(good_plan())


def test_the_horizon_stays_in_the_calendar() -> None:
    data = {**good_plan(), "start_date": "2999-12-01", "promotions": [], "open_orders": []}
    with pytest.raises(PlanError, match="the horizon must end by 2999-12-31"):
        Plan.from_dict(data)


def test_what_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="must be a dict"):
        Plan.from_dict([1])  # type: ignore[arg-type]
    for name, words in (
        ("nothing.json", "no plan at"),
        ("plan.csv", "name the folder it is in"),
        ("plan.xls", "save it as an .xlsx workbook"),
        ("plan.pdf", "a plan is a .json file"),
    ):
        if name != "nothing.json":
            (tmp_path / name).write_text("x")
        with pytest.raises(UsageError, match=words):
            read_plan(tmp_path / name)
    with pytest.raises(UsageError, match="no plan at"):
        read_plan(str(tmp_path / "nowhere" / "plan.json"))


def test_the_text_of_errors() -> None:
    one = Fault("offers.csv", 7, "minimum_order_quantity", -50, "must be 0 or more, got -50")
    two = Fault("plan.json", line=3, message="can't be read")
    assert str(PlanError([one])) == (
        "1 fault in the plan:\noffers.csv, row 7, minimum_order_quantity: must be 0 or more, got -50"
    )
    assert str(PlanError([one, two])).splitlines()[::2] == [
        "2 faults in the plan:",
        "plan.json, line 3: can't be read",
    ]
    many = str(PlanError([one] * 1000)).splitlines()
    assert (many[0], many[-1], len(many)) == ("1000 faults in the plan:", "... and 800 more", 202)
    assert issubclass(PlanError, ProcureError)
    assert PlanError([one]).exit_code == 2


def test_did_you_mean() -> None:
    assert did_you_mean("BOLT-M9", ["NUT", "BOLT-M8"]) == " (did you mean 'BOLT-M8'?)"
    assert did_you_mean("Items", ["items"]) == " (did you mean 'items'?)"
    assert did_you_mean("xyz", ["items"]) == ""


def test_importing_the_records_stays_light() -> None:
    """Neither pandas nor openpyxl is loaded before it is needed."""
    code = "import sys, procure.plan; print({'pandas', 'openpyxl', 'pyarrow'}.intersection(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert done.stdout.strip() == "set()"
