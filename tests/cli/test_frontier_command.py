"""`procure frontier`: what it prints and writes, and what it refuses."""

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
    """A week of 10 units at 2.00 with a budget for 5: each further unit saves 3.00."""
    raw = plain(periods=1, demand=[weekly([10])], capital={"order_budget": 10})
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def test_the_table_and_the_words(plan, tmp_path):
    done = run("frontier", plan, "--steps", 3, "--from", 0, "--to", 20, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith("  ")]
    assert rows[1][:2] == ["0", "50.00"]
    assert rows[2][:2] == ["10", "35.00"]
    assert rows[2][-1] == "today"
    assert rows[3][:2] == ["20", "20.00"]
    assert "+1 EUR saves" in done.stdout
    assert "At today's 10 EUR the plan costs 35.00 EUR with 5 unit-periods of backorders." in done.stdout
    assert "Without the limit it would cost 20.00 EUR, 15.00 EUR less" in done.stdout
    assert "From 20 EUR on the limit no longer binds that plan." in done.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"frontier.csv", "frontier.json", "frontier.svg"}


def test_as_json(plan, tmp_path):
    done = run("frontier", plan, "--steps", 2, "-o", tmp_path / "out", "--json")
    document = json.loads(done.stdout)
    assert document["format"] == "procure-frontier/1"
    assert [point["limit"] for point in document["points"]] == pytest.approx([4, 20])
    assert len(document.pop("files")) == 3
    assert document == procure.read_frontier(tmp_path / "out").model_dump(mode="json")


def test_quiet(plan, tmp_path):
    assert run("frontier", plan, "--steps", 2, "-o", tmp_path / "out", "--quiet").output == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--limit", "storage"), "the plan has capital.order_budget"),
        (("--limit", "capital.cash"), "give both --from and --to"),
        (("--limit", "capitl"), "did you mean 'capital'?"),
        (("--from", "9", "--to", "3"), "must rise"),
        (("--steps", "1"), "--steps"),
    ],
    ids=str,
)
def test_bad_input_ends_with_2_and_writes_nothing(plan, tmp_path, arguments, message):
    done = run("frontier", plan, *arguments, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert message in done.stderr
    assert not (tmp_path / "out").exists()


def test_the_result_never_replaces_the_plan(plan, tmp_path):
    mine = plan.rename(tmp_path / "frontier.json")
    done = run("frontier", mine, "-o", tmp_path)
    assert done.exit_code == 2
    assert "would replace the plan" in done.stderr
