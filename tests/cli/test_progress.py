"""Progress on a terminal, silence in a pipe, and Ctrl-C that keeps the best plan."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from procure.cli.progress import STOPPED, STOPPING, Run, chore, watch
from procure.engines.interface import Progress

ROOT = Path(__file__).parents[2]


def test_the_line_tells_bound_best_gap_and_seconds():
    run = Run()
    assert "starting" in run.__rich__()
    run.update(Progress(phase="cost", bound=99_000.0, best=100_000.0, gap=0.01, seconds=3.0))
    line = run.__rich__()
    for part in ("cost", "best total 100,000", "bound 99,000", "gap 1.00%", "0 s"):
        assert part in line
    run.stop.set()
    assert "stopping" in run.__rich__()


def test_a_pipe_stays_silent(capsys):
    with watch(quiet=False) as run:
        run.update(Progress(phase="cost", bound=None, best=1.0, gap=None, seconds=0.0))
    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("quiet", "shown"), [(False, True), (True, False)])
def test_a_terminal_shows_what_takes_its_time(monkeypatch, quiet, shown):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with chore("reading", quiet=quiet):
        pass
    assert ("reading" in stream.getvalue()) is shown


def test_a_pipe_hears_nothing_of_reading_and_writing(capsys):
    with chore("writing", quiet=False):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_progress_on_stderr(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with watch(quiet=False) as run:
        run.update(Progress(phase="cost", bound=90.0, best=100.0, gap=0.1, seconds=1.0))
    assert "best total 100" in stream.getvalue()


INTERRUPTED = """
    import os, signal, sys, time
    import procure
    from procure.cli import cli
    from tests import hand_made

    def solve(plan, *, stop, **_):
        os.kill(os.getpid(), signal.SIGINT)
        if {again}:
            os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(10)
        return hand_made.solution(plan=plan, status="feasible")

    vars(procure)["solve"] = solve
    open("plan.json", "w", encoding="utf-8").write(hand_made.plan().to_json())
    cli(["solve", "plan.json"])
"""


def interrupted(folder: Path, *, again: bool) -> subprocess.CompletedProcess[str]:
    paths = f"{ROOT}{os.pathsep}{ROOT / 'models'}"
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(INTERRUPTED).format(again=again)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no signals between processes")
def test_ctrl_c_keeps_the_best_plan_and_says_so(tmp_path):
    done = interrupted(tmp_path, again=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines() == [STOPPING, STOPPED]
    assert (tmp_path / "out" / "purchase_orders.csv").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no signals between processes")
def test_a_second_ctrl_c_quits_at_once_with_nothing_written(tmp_path):
    done = interrupted(tmp_path, again=True)
    assert done.returncode == 130
    assert not (tmp_path / "out").exists()


def test_the_handler_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with watch(quiet=True):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
