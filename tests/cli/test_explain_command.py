"""`procure explain`: what it prints, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli

EXAMPLES = Path(__file__).parents[2] / "examples"
QUICKSTART, SPARE_PARTS = EXAMPLES / "quickstart" / "plan.json", EXAMPLES / "spare-parts" / "plan.json"


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A baseline of the quickstart."""
    out = tmp_path_factory.mktemp("explain") / "out"
    procure.baseline(procure.read_plan(QUICKSTART), "min-max").write(out)
    return out


def test_what_is_shown_adds_up(place):
    """Every sum on the screen, as it stands there."""
    done = run("explain", place, "--all")
    assert done.exit_code == 0, done.output
    text = re.sub(r"\n {4}", " ", done.stdout)
    sums = re.findall(r"^  ([\d,.]+) = (.+)\.$", text, re.MULTILINE)
    assert len(sums) == len(procure.read_solution(place).lines)
    for total, terms in sums:
        signed = re.findall(r"(?:^|([+-]) )([\d,]+(?:\.\d+)?) [a-z]", terms)
        parts = [(-1 if sign == "-" else 1) * float(units.replace(",", "")) for sign, units in signed]
        assert sum(parts) == pytest.approx(float(total.replace(",", ""))), terms


def test_a_long_list_is_cut_and_says_so(place):
    lines = len(procure.read_solution(place).lines)
    done = run("explain", place)
    assert len(re.findall(r"^  [\d,.]+ = ", done.stdout, re.MULTILINE)) == 10
    assert f"and {lines - 10} lines more; --all shows everything" in done.stdout


def test_one_item_at_one_warehouse(place):
    done = run("explain", place, "--item", "KETTLE-1L", "--warehouse", "DEPOT", "--all")
    solution = procure.read_solution(place)
    wanted = sum((line.item, line.warehouse) == ("KETTLE-1L", "DEPOT") for line in solution.lines)
    assert done.stdout.count("KETTLE-1L for DEPOT") == wanted > 0
    assert "SHOP" not in done.stdout


def test_as_json(place):
    document = json.loads(run("explain", place / "solution.json", "--json").stdout)
    lines = procure.read_solution(place).lines
    assert [line["quantity"] for line in document["lines"]] == [line.quantity for line in lines]
    for line in document["lines"]:
        assert sum(part["units"] for part in line["parts"]) == pytest.approx(line["quantity"], abs=1e-6)


def test_quiet_prints_nothing(place):
    assert run("explain", place, "--quiet").stdout == ""


def test_an_unknown_item_is_refused(place):
    done = run("explain", place, "--item", "TEAPOT")
    assert done.exit_code == 2
    assert "no item 'TEAPOT'" in done.output


def test_a_solution_of_another_plan_is_refused(place, tmp_path):
    for name in ("solution.json", "plan.json"):
        (tmp_path / name).write_bytes((place / name).read_bytes())
    plan = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    plan["name"] = "another"
    plan["policy"]["seed"] = 7
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    done = run("explain", tmp_path)
    assert done.exit_code == 2
    assert "belongs to another plan" in done.output


def test_the_tables_are_written_beside_the_solution_or_elsewhere(place, tmp_path):
    run("explain", place, "--quiet")
    assert (place / "parameters.csv").exists()
    done = run("explain", place / "solution.json", "-o", tmp_path / "tables", "--item", "KETTLE-1L")
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["parameters.csv"]
    assert (tmp_path / "tables" / "parameters.csv").read_bytes() == (place / "parameters.csv").read_bytes()
    assert f"Written to {tmp_path / 'tables'}: parameters.csv" in done.stdout


def test_reorder_points_of_an_earlier_solution_go_with_it(place, tmp_path):
    solution = procure.read_solution(place)
    solution.write(tmp_path)
    run("explain", tmp_path, "--quiet")
    assert (tmp_path / "parameters.csv").exists()
    solution.write(tmp_path)
    assert not (tmp_path / "parameters.csv").exists()
    (tmp_path / "parameters.csv").write_text("somebody's own\n", encoding="utf-8")
    solution.write(tmp_path)
    assert (tmp_path / "parameters.csv").exists()


def test_customers_who_wait_are_shown_with_their_dates(tmp_path):
    procure.baseline(procure.read_plan(SPARE_PARTS), "min-max").write(tmp_path)
    done = run("explain", tmp_path, "--item", "STARTER-12")
    (row,) = re.findall(r"^  S81683 .*$", done.stdout, re.MULTILINE)
    (promise,) = [p for p in procure.read_solution(tmp_path).promises if p.order_id == "S81683"]
    assert row.split()[-2:] == [str(promise.promised_date_50), str(promise.promised_date_90)]
    assert "S81089" not in done.stdout
    assert "Serves S81683 (3)" in done.stdout
    assert "promises.csv" in done.stdout


def test_a_place_that_can_not_be_written_to_is_refused_at_once(place, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run("explain", place, "-o", tmp_path / "file")
    assert done.exit_code == 2
    assert "is not a directory" in done.output
