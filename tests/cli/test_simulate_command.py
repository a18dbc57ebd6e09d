"""`procure simulate`: what it prints where, what it writes, and what it refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from procure.cli import cli
from tests.insight.rolling_plans import decided, one_item


@pytest.fixture
def solved(tmp_path, monkeypatch):
    """A working directory with a plan and its solution in `out`."""
    monkeypatch.chdir(tmp_path)
    plan = one_item(
        demand=[{"item": "A", "warehouse": "W", "mean": [4.0] * 3, "sd": [2.0] * 3}],
        warehouse={"capacity": {"units": 9.0}},
    )
    (tmp_path / "plan.json").write_text(plan.to_json(), encoding="utf-8")
    decided(plan, {"S/A": 5.0}).write("out")
    return tmp_path


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


def test_promises_and_intervals_are_printed_on_stdout(solved):
    done = run("simulate", "plan.json", "out", "--runs", 50)
    assert done.exit_code == 0, done.output
    assert "the plan as it stands, 50 runs of 3 periods, seed 0" in done.stdout
    assert "promised" in done.stdout
    assert "95 % interval" in done.stdout
    assert "storage of W, units" in done.stdout
    assert "open loop" in done.stdout
    assert done.stderr == ""
    assert not (solved / "simulation.json").exists()


def test_files_are_written_as_a_set_and_json_says_which(solved):
    done = run("simulate", "plan.json", "out/solution.json", "--runs", 20, "--seed", 7, "-o", "sim", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert (document["kind"], document["run_count"], document["seed"]) == ("open-loop", 20, 7)
    names = {"items.csv", "limits.csv", "runs.csv", "simulation.json"}
    assert {path.name for path in (solved / "sim").iterdir()} == names
    assert len(document["files"]) == 4
    written = json.loads((solved / "sim" / "simulation.json").read_text(encoding="utf-8"))
    assert written["figures"] == document["figures"]
    assert len(written["runs"]) == 20


def test_quiet_prints_nothing(solved):
    done = run("simulate", "plan.json", "out", "--runs", 5, "--quiet")
    assert (done.exit_code, done.output) == (0, "")


def test_a_solution_of_another_plan_ends_with_2_and_both_digests(solved):
    other = one_item(name="another")
    (solved / "other.json").write_text(other.to_json(), encoding="utf-8")
    done = run("simulate", "other.json", "out")
    assert done.exit_code == 2
    assert other.digest() in done.stderr
    assert json.loads((solved / "out" / "solution.json").read_text(encoding="utf-8"))["plan"]["digest"] in done.stderr
    assert run("simulate", "other.json", "out", "--replan").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "PLAN and SOLUTION"),
        (("out", "--weeks", 3), "for --replan"),
        (("out", "--policy", "min-max"), "for --replan"),
        (("out", "--follow-up", 2), "for --replan"),
        (("out", "--replan", "--replications", 3), "for the open loop"),
        (("out", "--runs", 0), "--runs"),
        (("nowhere",), "nowhere"),
    ],
)
def test_settings_that_make_no_sense_end_with_2(solved, arguments, words):
    done = run("simulate", "plan.json", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_plan_replanned_reports_the_closed_loop(solved):
    options = "--replan", "--runs", 2, "--weeks", 2, "--time-limit", 5
    done = run("simulate", "plan.json", *options, "-o", "sim", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert (document["kind"], document["planner"], document["weeks"]) == ("closed-loop", "procure", 2)
    assert document["run_count"] == 2
    assert all(figure["promised"] is None for figure in document["figures"])
    assert (solved / "sim" / "runs.csv").read_text(encoding="utf-8").startswith("run,purchase,freight,")
    assert "re-planned by procure, 2 runs of 2 periods" in run("simulate", "plan.json", *options).stdout


def test_a_rule_follows_for_so_many_periods(solved):
    options = "--replan", "--policy", "marginal", "--runs", 2, "--weeks", 2, "--follow-up", 3
    document = json.loads(run("simulate", "plan.json", *options, "--json").stdout)
    assert (document["planner"], document["weeks"]) == ("marginal", 5)
    assert "last 3 of the 5 periods" in " ".join(document["notes"])
