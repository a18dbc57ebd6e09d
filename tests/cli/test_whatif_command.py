"""`procure whatif`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from tests.oracle.cases import plain, weekly


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


@pytest.fixture
def plan(tmp_path):
    """A week of 10 units at 2.00, with a budget for all of them."""
    raw = plain(periods=1, demand=[weekly([10])], capital={"order_budget": 20})
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def test_side_by_side(plan, tmp_path):
    done = run(
        *("whatif", plan, "-o", tmp_path / "out"),
        *("--scenario", "Cut: capital.order_budget=-20%", "--set", "demand=x2", "--without-supplier", "S"),
    )
    assert done.exit_code == 0, done.output
    lines = {line[:26].strip(): line[26:].split() for line in done.stdout.splitlines() if line.startswith("  ")}
    assert lines["total"] == ["20.00", "26.00", "100.00"]
    assert lines["difference"] == ["+6.00", "+80.00"]
    assert "Cut (capital.order_budget=-20%)" in done.stdout
    assert "demand=x2, without S (demand=x2, supplier.S.out=true)" in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"whatif.csv", "whatif.json"}


def test_many_scenarios_fold(plan, tmp_path):
    more = [word for k in range(9) for word in ("--scenario", f"Scenario number {k}: demand=x1.{k}")]
    done = run("whatif", plan, *more, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert done.stdout.count("Expected cost, EUR") == 2
    assert max(map(len, done.stdout.splitlines())) <= 120


def test_as_json(plan, tmp_path):
    done = run("whatif", plan, "--set", "price=+5%", "-o", tmp_path / "out", "--json")
    document = json.loads(done.stdout)
    assert document["format"] == "procure-whatif/1"
    # 9 at 2.10 are what the budget of 20 allows; 1 waits at 3.00 and is owed at the 2.00 that it cost before
    assert document["scenarios"][0]["total"] == pytest.approx(9 * 2.1 + 3 + 2)
    document.pop("files")
    assert document == procure.read_whatif(tmp_path / "out").model_dump(mode="json", by_alias=True)


def test_a_known_base(plan, tmp_path):
    assert run("solve", plan, "-o", tmp_path / "sol", "--quiet").exit_code == 0
    done = run("whatif", plan, "--base", tmp_path / "sol", "--set", "demand=x2", "-o", tmp_path / "out", "--quiet")
    assert (done.exit_code, done.output) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "there is no scenario"),
        (("--set", "supplier.T.out=true"), "there is no supplier 'T'"),
        (("--without-supplier", "T"), "there is no supplier 'T'"),
        (("--scenario", "x"), "a change is KEY=VALUE"),
        (("--set", "capital.order_budgte=3"), "did you mean 'capital.order_budget'?"),
        (("--set", "capital.order_budget=[1, 2]"), "scenario 'capital.order_budget=[1, 2]'"),
    ],
    ids=str,
)
def test_bad_input_ends_with_2_and_writes_nothing(plan, tmp_path, arguments, message):
    done = run("whatif", plan, *arguments, "-o", tmp_path / "out")
    assert done.exit_code == 2, done.output
    assert message in done.stderr
    assert not (tmp_path / "out").exists()
