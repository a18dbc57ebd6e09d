"""`procure compare`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from tests import hand_made

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart" / "plan.json"


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> tuple[Path, Path]:
    """Two baselines of the quickstart, with simulations of 20 runs."""
    root, plan = tmp_path_factory.mktemp("compare"), procure.read_plan(QUICKSTART)
    for name in ("min-max", "marginal"):
        solution = procure.baseline(plan, name)
        solution.write(root / name)
        procure.simulate(plan, solution, runs=20).write(root / f"{name}-simulated")
    return root / "min-max", root / "marginal"


def test_solutions(places):
    done = run("compare", *places)
    first, second = (procure.read_solution(place).cost.total for place in places)
    cheaper = "A" if first < second else "B"
    assert done.exit_code == 0
    assert f"{cheaper} is expected to cost {abs(second - first):,.2f} EUR" in done.stdout
    assert "baseline marginal" in done.stdout


def test_solutions_as_json(places):
    document = json.loads(run("compare", *places, "--json").stdout)
    assert document["kind"] == "solutions"
    assert document["cost"][-1]["figure"] == "total"
    assert document["cost"][-1]["difference"] == pytest.approx(
        procure.read_solution(places[1]).cost.total - procure.read_solution(places[0]).cost.total
    )


def test_simulations(places):
    done = run("compare", *(f"{place}-simulated" for place in places))
    assert done.exit_code == 0
    assert "20 runs, paired" in done.stdout
    assert "with 95 % confidence" in done.stdout


def test_a_long_list_of_orders_is_cut(tmp_path):
    days = [date(2026, 3, 2) + timedelta(days=7 * k) for k in range(30)]
    lines = [hand_made.line(period=k, order_date=day, release=k == 0) for k, day in enumerate(days)]
    hand_made.solution(lines=tuple(lines)).write(tmp_path / "a")
    hand_made.solution(lines=()).write(tmp_path / "b")
    short, long = (run("compare", tmp_path / "a", tmp_path / "b", *more).stdout for more in ((), ("--all",)))
    assert "--all lists them" in short
    assert len([line for line in short.splitlines() if "2026-" in line]) <= 21
    assert all(day.isoformat() in long for day in days[1:])


def test_another_plan_ends_with_2_and_names_both(places, tmp_path):
    hand_made.solution().write(tmp_path)
    done = run("compare", places[0], tmp_path)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert procure.read_plan(QUICKSTART).digest() in done.stderr
    assert hand_made.plan().digest() in done.stderr


def test_a_missing_place_ends_with_2(places, tmp_path):
    assert run("compare", places[0], tmp_path / "nowhere").exit_code == 2
