"""`procure report`, `procure solve --report`, and what they say where the extra is missing."""

from __future__ import annotations

import importlib.util
import json

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from tests.report import reported


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


@pytest.fixture
def folder(tmp_path):
    """A directory with a solution."""
    reported.solution().write(tmp_path)
    return tmp_path


@pytest.fixture
def without_extra(monkeypatch):
    """A base installation."""
    real = importlib.util.find_spec
    missing = ("altair", "vl_convert")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in missing else real(name, *rest))


def test_the_page_goes_beside_the_solution(folder):
    done = run("report", folder)
    assert done.exit_code == 0, done.output
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "report.html (1.0 MB): open it in a browser" in done.stdout


def test_or_where_it_is_wanted(folder):
    done = run("report", folder / "solution.json", "-o", folder / "page.html", "--json")
    assert done.exit_code == 0, done.output
    page = folder / "page.html"
    assert json.loads(done.stdout) == {
        "plan": reported.PLAN["name"],
        "files": [str(page)],
        "bytes": page.stat().st_size,
    }
    assert not (folder / "report.html").exists()


def test_without_the_extra_it_says_what_to_install(folder, without_extra):
    done = run("report", folder)
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: a report needs altair and vl_convert")
    assert 'pip install "procure[report]"' in done.stderr
    assert not (folder / "report.html").exists()


def test_a_solve_without_the_extra_does_not_even_start(tmp_path, without_extra, monkeypatch):
    monkeypatch.setitem(vars(procure), "solve", lambda *_, **__: pytest.fail("solved in vain"))
    done = run("solve", tmp_path / "plan.json", "-o", tmp_path, "--report")
    assert done.exit_code == 2
    assert 'pip install "procure[report]"' in done.stderr


def test_a_solve_writes_the_page_and_the_next_one_removes_it(tmp_path, monkeypatch):
    monkeypatch.setitem(vars(procure), "solve", lambda *_, **__: reported.solution())
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(reported.PLAN), encoding="utf-8")
    out = tmp_path / "out"
    done = run("solve", plan, "-o", out, "--report")
    assert done.exit_code == 0, done.output
    assert (out / "report.html").exists()
    assert "report.html" in done.stdout
    assert run("solve", plan, "-o", out).exit_code == 0
    assert not (out / "report.html").exists()


def test_a_missing_solution_is_named(tmp_path):
    done = run("report", tmp_path)
    assert done.exit_code == 2
    assert "solution.json" in done.stderr
