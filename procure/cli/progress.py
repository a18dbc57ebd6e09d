"""Progress of a long run, and Ctrl-C that keeps the best plan.

Progress goes to stderr and only to a terminal. The first Ctrl-C asks the run to stop, the second ends the
program.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from procure.cli.faults import INTERRUPTED

if TYPE_CHECKING:
    from procure.engines.interface import Progress

STOPPING = "Stopping; the best plan so far is kept (Ctrl-C again quits at once)."
STOPPED = "Stopped before the gap asked for was reached: this is the best plan so far."
REFRESH_PER_SECOND = 4


class Run:
    """A run being watched.

    Attributes
    ----------
    stop
        Set when the user wants the run to end.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.started = time.monotonic()
        self.latest: Progress | None = None

    def update(self, progress: Progress) -> None:
        """Take note of how far the run is."""
        self.latest = progress

    def __rich__(self) -> str:
        """Return the line shown on a terminal."""
        seconds = time.monotonic() - self.started
        phase = "starting"
        parts = [f"{seconds:4.0f} s"]
        if self.latest is not None:
            phase = self.latest.phase
            if self.latest.best is not None:
                parts.append(f"best total {self.latest.best:,.0f}")
            if self.latest.bound is not None:
                parts.append(f"bound {self.latest.bound:,.0f}")
            if self.latest.gap is not None:
                parts.append(f"gap {self.latest.gap:.2%}")
        if self.stop.is_set():
            phase = "stopping (Ctrl-C again quits at once)"
        return f"[bold]{phase:<9}[/bold]  {'   '.join(parts)}"


class Chore:
    """Something that takes its time and can't say how far it is."""

    def __init__(self, name: str) -> None:
        self.name, self.started = name, time.monotonic()

    def __rich__(self) -> str:
        """Return the line shown on a terminal."""
        return f"[bold]{self.name:<9}[/bold]  {time.monotonic() - self.started:4.0f} s"


@contextmanager
def chore(name: str, *, quiet: bool) -> Iterator[None]:
    """Show on a terminal what the program is busy with."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    with _line(Chore(name)):
        yield


@contextmanager
def watch(*, quiet: bool) -> Iterator[Run]:
    """Watch a run: show progress on a terminal, turn Ctrl-C into a wish to stop."""
    run = Run()
    live = not quiet and sys.stderr.isatty()
    with _interrupts(run, announce=not live and not quiet):
        if live:
            with _line(run):
                yield run
        else:
            yield run
    if run.stop.is_set() and not quiet:
        print(STOPPED, file=sys.stderr)


def _line(run: Run | Chore) -> Any:
    from rich.console import Console
    from rich.live import Live

    console = Console(stderr=True, highlight=False)
    return Live(run, console=console, refresh_per_second=REFRESH_PER_SECOND, transient=True)


@contextmanager
def _interrupts(run: Run, *, announce: bool) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Callable[..., Any] | int | None = signal.signal(signal.SIGINT, _handler(run, announce))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _handler(run: Run, announce: bool) -> Callable[[int, FrameType | None], None]:
    def on_interrupt(signum: int, frame: FrameType | None) -> None:
        if run.stop.is_set():
            # The solver's thread can't be joined; nothing has been written yet, so nothing is lost.
            os._exit(INTERRUPTED)
        run.stop.set()
        if announce:
            os.write(2, f"{STOPPING}\n".encode())

    return on_interrupt
