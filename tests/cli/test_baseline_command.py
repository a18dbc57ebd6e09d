"""`procure baseline`: a buyer's solution in the same files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart" / "plan.json"
FILES = {"plan.json", "purchase_orders.csv", "solution.json", "supplier_schedule.csv", "transfers.csv"}


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


@pytest.mark.parametrize("policy", ["min-max", "repair-chain", "marginal"])
def test_writes_the_files_of_a_solution(tmp_path, policy):
    done = run("baseline", QUICKSTART, "--policy", policy, "-o", tmp_path, "--quiet")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert {path.name for path in tmp_path.iterdir()} == FILES
    read = procure.read_solution(tmp_path)
    assert (read.engine, read.solver) == ("baseline", policy)
    total = procure.baseline(procure.read_plan(QUICKSTART), policy).cost.total
    assert read.cost.total == pytest.approx(total, rel=1e-9)


def test_json_is_the_summary_and_settings_hold(tmp_path):
    done = run("baseline", QUICKSTART, "-o", tmp_path, "--json", "--set", "capital.order_budget=1000")
    assert json.loads(done.stdout)["solver"] == "min-max"
    spend = {r.period: r.used for r in procure.read_solution(tmp_path).resources if r.resource == "order_budget"}
    assert spend[0] <= 1000


def test_prints_a_summary(tmp_path):
    done = run("baseline", QUICKSTART, "-o", tmp_path)
    assert "to release now" in done.stdout
    assert "No plan is better" not in done.stdout


def test_a_relaxed_limit_ends_with_3(tmp_path):
    plan = json.loads(QUICKSTART.read_text())
    plan["warehouses"][0]["capacity"] = {"units": 1}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    done = run("baseline", tmp_path / "plan.json", "-o", tmp_path / "out", "--quiet")
    assert done.exit_code == 3
    assert procure.read_solution(tmp_path / "out").status == "relaxed"


def test_an_unknown_policy_ends_with_2(tmp_path):
    done = run("baseline", QUICKSTART, "--policy", "guess", "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert "repair-chain" in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_plan_is_not_overwritten(tmp_path):
    plan = tmp_path / "plan.json"
    plan.write_bytes(QUICKSTART.read_bytes())
    done = run("baseline", plan, "-o", tmp_path)
    assert done.exit_code == 2
    assert plan.read_bytes() == QUICKSTART.read_bytes()
