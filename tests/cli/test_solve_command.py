"""`procure solve`: what it hands to the library, what it prints where, and its exit codes."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from procure.errors import InternalError, NoPlanError, SolverError
from procure.solution.write import FILES
from tests import hand_made


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working directory with a plan."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.json").write_text(json.dumps(hand_made.PLAN), encoding="utf-8")
    return tmp_path


@pytest.fixture
def solved(monkeypatch):
    """Stand in for the engine: keep what it is called with, answer with a solution made by hand."""
    calls = []

    def solve(plan, **options):
        calls.append((plan, options))
        return hand_made.solution(plan=plan)

    monkeypatch.setitem(vars(procure), "solve", solve)
    return calls


def answer(monkeypatch, result):
    def solve(plan, **_):
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setitem(vars(procure), "solve", solve)


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


def test_the_files_are_written_and_the_summary_goes_to_stdout(folder, solved):
    done = run("solve", "plan.json")
    assert done.exit_code == 0, done.output
    assert {path.name for path in (folder / "out").iterdir()} == set(FILES)
    assert "2 purchase orders to release now" in done.stdout
    assert "At most 0.26 % above the best possible plan" in done.stdout
    assert done.stderr == ""


def test_defaults_and_options_reach_the_library(folder, solved):
    run("solve", "plan.json")
    run(
        "solve",
        "plan.json",
        "--objective",
        "backorders",
        "--engine",
        "compact",
        "--solver",
        "cbc",
        "--time-limit",
        "5",
        "--gap",
        "1%",
        "--seed",
        "7",
        "--set",
        "capital.order_budget=25000",
    )
    (_, default), (plan, chosen) = solved
    assert {key: default[key] for key in ("objective", "engine", "solver", "time_limit", "gap", "seed")} == {
        "objective": None,
        "engine": "auto",
        "solver": "highs",
        "time_limit": 60.0,
        "gap": 0.001,
        "seed": None,
    }
    assert {key: chosen[key] for key in ("objective", "engine", "solver", "time_limit", "gap", "seed")} == {
        "objective": "backorders",
        "engine": "compact",
        "solver": "cbc",
        "time_limit": 5.0,
        "gap": 0.01,
        "seed": 7,
    }
    assert plan.capital.order_budget == 25000


def test_json_prints_the_summary_as_one_document(folder, solved):
    done = run("solve", "plan.json", "--json", "-o", "result")
    document = json.loads(done.stdout)
    assert document["status"] == "optimal"
    assert document["cost"]["total"] == pytest.approx(196.0999)
    assert (document["bound"], document["gap"], document["fill_rate"]) == (195.5, 0.0026, 0.9871)
    assert document["expected_backorders"]["open_loop"]["end_units"] == 5.0
    assert (document["purchase_orders"], document["lines"], document["transfers"]) == (2, 2, 1)
    assert document["warnings"] == ["demand for BOLT-M8 ends early"]
    assert [Path(name).name for name in document["files"]] == list(FILES)


def test_quiet_prints_nothing(folder, solved):
    done = run("solve", "plan.json", "--quiet")
    assert (done.exit_code, done.output) == (0, "")
    assert (folder / "out" / "purchase_orders.csv").exists()


def test_a_relaxed_plan_is_written_and_has_its_own_exit_code(folder, monkeypatch):
    answer(monkeypatch, hand_made.relaxed())
    done = run("solve", "plan.json")
    assert done.exit_code == 3
    assert "storage of KÖLN, m3, period 2: over the limit of 12.00 m3 by 0.50" in done.stdout
    assert (folder / "out" / "solution.json").exists()


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (
            NoPlanError("no plan within 60 s; allow more time"),
            4,
            "Error: no plan within 60 s; allow more time\n",
        ),
        (
            SolverError("CBC is not installed: pip install cbcbox"),
            1,
            "Error: CBC is not installed: pip install cbcbox\n",
        ),
        (
            InternalError("order 3 breaks its multiple"),
            1,
            "internal fault (InternalError: order 3 breaks its multiple)",
        ),
        (ZeroDivisionError("division\nby zero"), 1, "internal fault (ZeroDivisionError: division by zero)"),
        (KeyboardInterrupt(), 130, "Error: interrupted before there was a plan; nothing was written\n"),
    ],
)
def test_errors_have_a_message_a_code_and_no_traceback(folder, monkeypatch, error, code, message):
    answer(monkeypatch, error)
    done = run("solve", "plan.json")
    assert done.exit_code == code
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize("how", ["option", "variable"])
def test_the_traceback_of_an_internal_fault_is_shown_on_request(folder, monkeypatch, how):
    answer(monkeypatch, ZeroDivisionError("oops"))
    if how == "variable":
        monkeypatch.setenv("PROCURE_DEBUG", "1")
    done = run(*(["--debug"] if how == "option" else []), "solve", "plan.json")
    assert "Traceback" in done.stderr


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--time-limit", "0", "must be above 0, got 0"),
        ("--time-limit", "nan", "must be finite, got nan"),
        ("--time-limit", "soon", "'soon' is not a number"),
        ("--gap", "-1%", "must be 0 or more, got -1%"),
        ("--gap", "inf", "must be finite"),
        ("--seed", "-1", "-1"),
        ("--engine", "fast", "'fast'"),
        ("--solver", "abacus", "'abacus'"),
        ("--objective", "profit", "'profit'"),
        ("--no-such-option", "1", "No such option"),
    ],
)
def test_a_wrong_option_is_named(folder, solved, option, value, complaint):
    done = run("solve", "plan.json", option, value)
    assert done.exit_code == 2
    assert option in done.stderr
    assert complaint in done.stderr
    assert not solved


@pytest.mark.parametrize("setting", ["capital.order_budgt=1", "items=1", "nonsense", "periods=many", "=3"])
def test_a_wrong_setting_is_refused(folder, solved, setting):
    done = run("solve", "plan.json", "--set", setting)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert not solved


def test_a_missing_plan_is_named(folder, solved):
    done = run("solve", "no such plan.json")
    assert done.exit_code == 2
    assert "no such plan.json" in done.stderr
    assert not (folder / "out").exists()


def test_an_output_that_cannot_be_written_is_refused_before_the_solve(folder, solved):
    (folder / "out").write_text("a file")
    done = run("solve", "plan.json")
    assert done.exit_code == 2
    assert "out is not a directory; choose another with -o" in done.stderr
    assert not solved


def test_the_plan_is_never_replaced(folder, solved):
    before = (folder / "plan.json").read_bytes()
    done = run("solve", "plan.json", "-o", ".")
    assert done.exit_code == 2
    assert "would replace the plan" in done.stderr
    assert (folder / "plan.json").read_bytes() == before
    assert not solved


def test_names_with_blanks_and_other_scripts(folder, solved):
    place = folder / "Bestellung für März"
    place.mkdir()
    (folder / "plan.json").replace(place / "plän 1.json")
    done = run("solve", place / "plän 1.json", "-o", place / "Ergebnis ☂")
    assert done.exit_code == 0, done.output
    assert (place / "Ergebnis ☂" / "solution.json").exists()


def test_a_read_only_plan_folder_is_enough(folder, solved):
    place = folder / "plans"
    place.mkdir()
    (folder / "plan.json").replace(place / "plan.json")
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        done = run("solve", place / "plan.json", "-o", folder / "out")
    finally:
        place.chmod(stat.S_IRWXU)
    assert done.exit_code == 0, done.output
    assert [path.name for path in place.iterdir()] == ["plan.json"]


def test_a_start_is_read_and_handed_on(folder, solved):
    """Last week's result, by its directory or its file; what is no solution is refused before anything is solved."""
    assert run("solve", "plan.json", "-o", "last").exit_code == 0
    for given in ("last", "last/solution.json"):
        done = run("solve", "plan.json", "--start", given)
        assert done.exit_code == 0, done.output
        ordered = [(row.offer, row.order_date, row.quantity) for row in solved[-1][1]["start"].lines]
        assert ordered == [(row.offer, row.order_date, row.quantity) for row in hand_made.solution().lines]
    calls = len(solved)
    done = run("solve", "plan.json", "--start", "nowhere")
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")
    assert len(solved) == calls


def test_last_weeks_result_starts_this_weeks_run(tmp_path, monkeypatch):
    """The whole way through the files: with no time to solve, last week's later orders are this week's plan."""
    monkeypatch.chdir(tmp_path)
    from tests.oracle.cases import plain

    week = plain(
        supplier={"fixed_order_cost": 9, "minimum_order_value": 1},
        periods=8,
        demand=[{"item": "A", "warehouse": "W", "mean": [4] * 8}],
    )
    Path("old.json").write_text(json.dumps(week), encoding="utf-8")
    Path("new.json").write_text(json.dumps(week | {"start_date": "2026-01-12"}), encoding="utf-8")
    assert run("solve", "old.json", "-o", "old").exit_code == 0
    later = [line for line in procure.read_solution("old").lines if line.period > 0]
    assert later
    assert run("solve", "new.json", "-o", "new", "--start", "old", "--time-limit", "0.000001").exit_code == 0
    found = procure.read_solution("new").lines
    assert [(row.order_date, row.quantity) for row in found] == [(row.order_date, row.quantity) for row in later]
    early = run("solve", "old.json", "--start", "new")
    assert early.exit_code == 2
    assert "whole periods" in early.stderr
