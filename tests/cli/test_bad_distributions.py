"""Lead times and delivered fractions that are no distributions, in each of the three forms of a plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from procure.cli import cli
from procure.plan import Plan
from procure.plan.forms import write_folder, write_workbook
from tests.bad_plan_makers import cell, column_cell, in_folder, in_json, in_workbook
from tests.oracle.cases import plain, weekly

FAULTS = {
    "lead time, empty": ("lead_time", {}, "empty distribution"),
    "lead time, sums to 0.9": ("lead_time", {"14": 0.7, "21": 0.2}, "must add up to 1, they add up to 0.9"),
    "lead time, sums to 0": ("lead_time", {"14": 0, "21": 0}, "must add up to 1, they add up to 0"),
    "lead time, negative days": ("lead_time", {"-7": 0.5, "7": 0.5}, "the days -7 must be from 0"),
    "lead time, negative chance": ("lead_time", {"14": 1.5, "21": -0.5}, "must be 0 or more, got -0.5"),
    "lead time, longer than any": ("lead_time", {"20000": 1.0}, "the days 20000 must be from 0 to 10000"),
    "lead time, sd alone": ("lead_time", {"mean": 0, "sd": 2}, "its mean is 0"),
    "fraction, empty": ("delivered_fraction", {}, "empty distribution"),
    "fraction, sums to 0.97": ("delivered_fraction", {"1": 0.95, "0.5": 0.02}, "they add up to 0.97"),
    "fraction, negative share": ("delivered_fraction", {"-0.5": 0.1, "1": 0.9}, "must be from 0 to 1"),
    "fraction, negative chance": ("delivered_fraction", {"1": 1.2, "0": -0.2}, "must be 0 or more, got -0.2"),
    "fraction, more than all": ("delivered_fraction", {"1.5": 1.0}, "must be from 0 to 1"),
}
FORMS = {
    "plan.json": lambda column, value: in_json("", f"offers/0/{column}", value, f"offers, row 2, {column}", ""),
    "folder": lambda column, value: in_folder(
        "", "offers.csv", cell(2, column, json.dumps(value)), f"offers.csv, row 2, {column}", ""
    ),
    "workbook": lambda column, value: in_workbook(
        "", column_cell("offers", 2, column, json.dumps(value)), f"offers, row 2, {column}", ""
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_distribution_is_refused_with_its_place(fault, form, tmp_path):
    column, value, message = FAULTS[fault]
    bad = FORMS[form](column, value)
    plan = bad.write(tmp_path)
    for arguments in (["check"], ["solve", "-o", str(tmp_path / "out")], ["simulate"]):
        command, *options = arguments
        more = [str(tmp_path)] if command == "simulate" else []
        done = CliRunner().invoke(cli, [command, str(plan), *more, *options])
        assert done.exit_code == 2, done.output
        assert any(line.startswith(bad.place) and message in line for line in done.stderr.splitlines()), done.stderr
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def forms_of(data, folder: Path) -> list[Path]:
    """Write a plan in the three forms."""
    folder.mkdir()
    (folder / "plan.json").write_text(json.dumps(data), encoding="utf-8")
    write_folder(Plan.from_dict(data), folder / "csv")
    write_workbook(Plan.from_dict(data), folder / "plan.xlsx")
    return [folder / "plan.json", folder / "csv", folder / "plan.xlsx"]


def late_plan(lead_time, **changes):
    stock = [{"item": "A", "warehouse": "W", "on_hand": 3}]
    demand = [weekly([5.0] * 6, [3.0] * 6)]
    return plain(periods=6, demand=demand, stock=stock, offer={"lead_time": lead_time}, **changes)


@pytest.mark.parametrize("lead_time", [{"70": 0.5, "90": 0.5}, {"mean": 80, "sd": 5}, {"7": 0.6, "90": 0.4}])
def test_an_offer_that_arrives_after_the_horizon_is_named_and_never_ordered(lead_time, tmp_path):
    for plan in forms_of(late_plan(lead_time), tmp_path / "plans"):
        checked = CliRunner().invoke(cli, ["check", str(plan)])
        assert checked.exit_code == 0
        assert "no order of S/A can be placed and arrive within the 6 periods" in checked.stdout
        solved = CliRunner().invoke(cli, ["solve", str(plan), "-o", str(tmp_path / "out"), "--quiet"])
        assert solved.exit_code == 0
        assert json.loads((tmp_path / "out" / "solution.json").read_text(encoding="utf-8"))["orders"] == []


def test_an_offer_of_which_only_the_tail_comes_after_the_horizon_is_ordered(tmp_path):
    plan, *_ = forms_of(late_plan({"7": 0.9, "90": 0.1}, period_days=14), tmp_path / "plans")
    assert "no order" not in CliRunner().invoke(cli, ["check", str(plan)]).output
    assert CliRunner().invoke(cli, ["solve", str(plan), "-o", str(tmp_path / "out"), "--quiet"]).exit_code == 0
    assert json.loads((tmp_path / "out" / "solution.json").read_text(encoding="utf-8"))["orders"]
    done = CliRunner().invoke(cli, ["simulate", str(plan), str(tmp_path / "out"), "--runs", "20"])
    assert done.exit_code == 0, done.output


def test_a_solution_of_another_plan_is_refused_in_every_form(tmp_path):
    out = [tmp_path / "out", tmp_path / "other"]
    plans = [forms_of(late_plan(7, name=name), tmp_path / name) for name in ("one", "two")]
    for (plan, *_), folder in zip(plans, out, strict=True):
        assert CliRunner().invoke(cli, ["solve", str(plan), "-o", str(folder), "--quiet"]).exit_code == 0
    for plan in plans[1]:
        done = CliRunner().invoke(cli, ["simulate", str(plan), str(out[0]), "--runs", "20"])
        assert done.exit_code == 2
        assert done.stderr.startswith("Error: the solution belongs to another plan (digest ")
    compared = CliRunner().invoke(cli, ["compare", str(out[0]), str(out[1])])
    assert compared.exit_code == 2
    assert compared.stderr.count("digest") == 2
    (out[0] / "plan.json").write_bytes((out[1] / "plan.json").read_bytes())
    mixed = CliRunner().invoke(cli, ["compare", str(out[0]), str(out[1])])
    assert mixed.exit_code == 2
    assert "belongs to another plan than the plan.json beside it" in mixed.stderr
