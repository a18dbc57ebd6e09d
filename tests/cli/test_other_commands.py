"""`procure` itself, `init`, `check` and `schema`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from procure.cli.init import examples_folder
from tests import hand_made

ROOT = Path(__file__).parents[2]
EXAMPLES = ("outdoor-shop", "quickstart", "spare-parts")
HEAVY = {"numpy", "openpyxl", "pandas", "pulp", "pydantic", "highspy", "rich", "scipy"}


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    paths = f"{ROOT}{os.pathsep}{ROOT / 'models'}"
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": paths, **environment},
    )


def test_help_needs_none_of_the_heavy_libraries():
    script = (
        "import sys\n"
        "from procure.cli import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})\n"
    )
    done = python("-c", script)
    loaded = set(done.stdout.decode().split("LOADED")[1].split())
    assert not loaded & HEAVY


def test_nothing_but_json_is_printed_not_even_by_the_solver(tmp_path):
    """Solvers print from C, past sys.stdout, which a test in this process would not see."""
    plan = ROOT / "examples" / "quickstart" / "plan.json"
    done = python("-m", "procure", "solve", str(plan), "-o", str(tmp_path), "--gap", "0.5", "--json")
    assert json.loads(done.stdout)["status"]
    assert done.stderr == b""


def test_version():
    done = run("--version")
    assert done.output == f"procure {procure.__version__}\n"


@pytest.mark.parametrize("command", [(), *((name,) for name in cli.commands)])
def test_every_command_has_help(command):
    long, short = run(*command, "--help"), run(*command, "-h")
    assert long.exit_code == 0
    assert long.output == short.output
    assert long.output.startswith(f"Usage: procure {' '.join(command)}".rstrip())


def test_exit_codes_are_in_the_help():
    assert "4 no plan in the time given" in " ".join(run("--help").output.split())


def test_an_unknown_command_is_refused():
    done = run("slove")
    assert done.exit_code == 2
    assert "slove" in done.stderr


def test_python_m_procure_is_procure():
    done = python("-m", "procure", "--version")
    assert done.stdout.decode().strip() == f"procure {procure.__version__}"


# -- init --


@pytest.mark.parametrize("example", EXAMPLES)
def test_init_writes_a_plan_that_is_sound(tmp_path, example):
    done = run("init", tmp_path / "my plan", "--example", example)
    assert done.exit_code == 0, done.output
    command = done.output.splitlines()[1].split(maxsplit=2)
    assert command[:2] == ["procure", "check"]
    assert run("check", command[2].strip('"')).exit_code == 0


def test_init_starts_from_quickstart(tmp_path):
    run("init", tmp_path / "new")
    plan, example = (folder / "plan.json" for folder in (tmp_path / "new", examples_folder() / "quickstart"))
    assert plan.read_bytes() == example.read_bytes()


def test_init_keeps_what_is_there_unless_forced(tmp_path):
    (tmp_path / "plan.json").write_text("mine")
    done = run("init", tmp_path)
    assert done.exit_code == 2
    assert "is not empty" in done.stderr
    assert (tmp_path / "plan.json").read_text() == "mine"
    assert run("init", tmp_path, "--force").exit_code == 0
    assert (tmp_path / "plan.json").read_text() != "mine"


def test_init_names_the_examples_there_are(tmp_path):
    done = run("init", tmp_path / "new", "--example", "quikstart")
    assert done.exit_code == 2
    assert f"no example 'quikstart'; there are {', '.join(EXAMPLES)}" in done.stderr
    assert not (tmp_path / "new").exists()


def test_init_into_the_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "new").write_text("a file")
    done = run("init", tmp_path / "new" / "deep")
    assert done.exit_code == 2
    assert "can't write to" in done.stderr


# -- check --


@pytest.fixture
def plan_file(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(hand_made.PLAN), encoding="utf-8")
    return path


@pytest.fixture
def faulty_file(tmp_path):
    path = tmp_path / "plan.json"
    stock = [{"item": "BOLT-M9", "warehouse": "KÖLN", "on_hand": -1}]
    path.write_text(json.dumps({**hand_made.PLAN, "stock": stock}), encoding="utf-8")
    return path


def test_check_says_that_a_plan_is_sound(plan_file):
    done = run("check", plan_file)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(
        "The plan is sound: 2 items, 2 warehouses, 2 suppliers, 2 offers, 1 lane, 4 periods.\n"
    )


def test_check_shows_warnings_on_stdout(plan_file, monkeypatch):
    monkeypatch.setitem(vars(procure), "check_plan", lambda plan: ["items, row 2: nobody offers it"])
    done = run("check", plan_file)
    assert "Warning: items, row 2: nobody offers it\n" in done.stdout
    assert json.loads(run("check", plan_file, "--json").stdout) == {
        "sound": True,
        "faults": [],
        "warnings": ["items, row 2: nobody offers it"],
    }


def test_check_shows_every_fault_on_stderr(faulty_file):
    done = run("check", faulty_file)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Error: ")
    assert "BOLT-M9" in done.stderr
    assert "-1" in done.stderr


def test_check_prints_faults_as_json(faulty_file):
    done = run("check", faulty_file, "--json")
    assert done.exit_code == 2
    document = json.loads(done.stdout)
    assert document["sound"] is False
    assert all(fault["message"] and fault["table"] == "stock" for fault in document["faults"])


def test_check_takes_settings(plan_file):
    assert "8 periods" in run("check", plan_file, "--set", "periods=8").stdout


def test_schema_is_json():
    document = json.loads(run("schema").stdout)
    assert "offers" in document["properties"]
