"""What HiGHS calls back while it runs, and searches that overrun their time limit."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Columns = NDArray[np.int32]

Watch = Callable[[float, float, Array | None], None]
"""Called with bound, best objective and, for a new solution, its columns."""

GRACE = 3.0
"""Seconds that a search may overrun its time limit."""
_KIND = highspy.cb.HighsCallbackType
KINDS = (
    _KIND.kCallbackMipInterrupt,
    _KIND.kCallbackMipImprovingSolution,
    _KIND.kCallbackMipUserSolution,
    _KIND.kCallbackSimplexInterrupt,
)
"""What a listener is called back for."""


class Listener:
    """What HiGHS calls back: it passes bounds and solutions on, and tells the solver to stop.

    It knows nothing of the session. HiGHS may keep a callback beyond `setCallback(None)`, out of sight of Python's
    garbage collector; one that led back to the session, which holds the solver, would keep both in memory for good.
    """

    def __init__(self) -> None:
        self.watch: Watch | None = None
        self.stop: threading.Event | None = None
        self.give_up = False
        self.deadline = np.inf
        self.last_bound = -np.inf
        self.offer: tuple[Columns, Array] | None = None

    def called_back(self, kind: Any, _message: str, out: Any, into: Any, _data: Any) -> None:
        """Answer one call of the solver."""
        if kind == _KIND.kCallbackMipUserSolution:
            self._give_start(into)
            return
        # the clock is read here, too: a linear relaxation runs in the caller's thread, and nobody else could end it
        late = self.give_up or time.monotonic() > self.deadline
        stopped = late or (self.stop is not None and self.stop.is_set())
        if stopped and into is not None:
            into.user_interrupt = True
        if self.watch is None or self.give_up:
            return
        self.last_bound = max(self.last_bound, float(out.mip_dual_bound))
        new = kind == _KIND.kCallbackMipImprovingSolution
        values = np.array(out.mip_solution) if new else None
        self.watch(float(out.mip_dual_bound), float(out.mip_primal_bound), values)

    def _give_start(self, into: Any) -> None:
        """Hand over the whole columns of the start, once; the solver works out the others.

        Only now, after presolve: HiGHS 1.15.1 cuts better solutions off where its presolve, by aggregation and probing,
        knows a start, and then calls the start the optimum.
        """
        if self.offer is None or into is None:
            return
        columns, values = self.offer
        self.offer = None
        into.setSolution(columns, values)
        into.repairSolution()


def finishes(highs: Any, listener: Listener, time_limit: float) -> bool:
    """Run HiGHS in a thread of its own; False if it ignores its time limit for long and is left behind.

    HiGHS looks at the clock and at its interrupt only between phases, and the first phase of a large model can take
    minutes. The thread ends by itself at the next look, since the stop stays set.

    Parameters
    ----------
    highs, listener
        The solver, and what it calls back.
    time_limit
        Seconds, about.
    """
    listener.last_bound = -np.inf
    runner = threading.Thread(target=highs.run, daemon=True, name="highs")
    runner.start()
    deadline = time.monotonic() + time_limit
    while runner.is_alive() and not listener.give_up:
        runner.join(0.1)
        if listener.stop is not None and listener.stop.is_set():
            deadline = min(deadline, time.monotonic())
        listener.give_up = time.monotonic() > deadline + GRACE
    if listener.give_up:
        _LEFT_BEHIND[:] = [thread for thread in _LEFT_BEHIND if thread.is_alive()]
        _LEFT_BEHIND.append(runner)
    return not listener.give_up


_LEFT_BEHIND: list[threading.Thread] = []


def still_running() -> bool:
    """Whether a search that overran its time limit has not ended yet."""
    return any(thread.is_alive() for thread in _LEFT_BEHIND)


@atexit.register
def _wait_for_searches() -> None:
    """An interpreter that ends under a running HiGHS dies with an abort; the search ends at its next look."""
    for thread in _LEFT_BEHIND:
        thread.join()
