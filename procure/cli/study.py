"""A study of many plans: a bar on a terminal's stderr, and Ctrl-C that keeps what is found so far.

The first Ctrl-C asks the study to stop, the second ends the program.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from procure.cli.faults import INTERRUPTED
from procure.cli.steps import steps

Tell = Callable[[int, int], None]


@contextmanager
def study(label: str, what: str, *, quiet: bool) -> Iterator[tuple[Tell, threading.Event]]:
    """Watch a study: yield what to call with the steps done and all steps, and the wish to stop.

    Parameters
    ----------
    label
        What is done, for the bar.
    what
        What is found step by step, such as `points`.
    """
    stop = threading.Event()
    message = f"Stopping; the {what} found so far are kept (Ctrl-C again quits at once).\n"
    with _interrupts(stop, message, quiet=quiet), steps(label, quiet=quiet) as tell:
        yield tell, stop


@contextmanager
def _interrupts(stop: threading.Event, message: str, *, quiet: bool) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def on_interrupt(signum: int, frame: FrameType | None) -> None:
        if stop.is_set():
            # The solver's thread can't be joined; nothing has been written yet, so nothing is lost.
            os._exit(INTERRUPTED)
        stop.set()
        if not quiet:
            os.write(2, message.encode())

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
