"""Studies of many plans: Ctrl-C keeps what is found, and a pipe stays silent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from procure.cli.study import study

ROOT = Path(__file__).parents[2]


def test_the_first_interrupt_asks_to_stop(capfd):
    before = signal.getsignal(signal.SIGINT)
    with study("Solving", "points", quiet=False) as (tell, stop):
        tell(1, 3)
        assert not stop.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5)
    assert capfd.readouterr().err == "Stopping; the points found so far are kept (Ctrl-C again quits at once).\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_a_pipe_hears_nothing(capfd):
    with study("Solving", "points", quiet=True) as (tell, stop):
        tell(1, 3)
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_second_interrupt_quits_at_once():
    script = """
        import os, signal, time
        from procure.cli.study import study
        with study("Solving", "points", quiet=True):
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        print("still here")
    """
    path = os.pathsep.join([str(ROOT), str(ROOT / "models")])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env={**os.environ, "PYTHONPATH": path}, capture_output=True
    )
    assert (done.returncode, done.stdout) == (130, b"")
