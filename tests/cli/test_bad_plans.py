"""Faulty plans on the command line: exit code 2, the place named, no traceback, nothing written."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from procure.cli import cli
from tests.bad_plans import BAD_PLANS, BadPlan


@pytest.mark.parametrize("command", ["check", "solve"])
@pytest.mark.parametrize("bad", BAD_PLANS, ids=lambda bad: bad.name)
def test_a_faulty_plan_is_refused_with_its_place(bad: BadPlan, command: str, tmp_path, monkeypatch):
    folder = tmp_path / "plan"
    folder.mkdir()
    plan = bad.write(folder)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [command, str(plan)])
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert any(line.startswith(bad.place) and bad.fragment in line for line in done.stderr.splitlines())
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["plan"], "nothing is written"
