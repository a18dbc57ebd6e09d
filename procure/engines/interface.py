"""What every engine takes and gives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import Limits


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    phase
        `relax limits`, `backorders`, `cost` or `prices`.
    bound, best, gap
        Proven bound, best total found and their relative gap; None while unknown.
    seconds
        Time since the start.
    """

    phase: str
    bound: float | None
    best: float | None
    gap: float | None
    seconds: float


@dataclass(frozen=True)
class Options:
    """How to solve.

    Attributes
    ----------
    solver
        Name of the MILP solver.
    time_limit
        Seconds for the whole run, about.
    gap
        Relative gap at which to stop.
    progress
        Called from time to time.
    stop
        Set it to end the run with the best plan so far.
    cluster
        Address of the Ray cluster that solves blocks of cells; None: this process does.
    """

    solver: str = "highs"
    time_limit: float = 60.0
    gap: float = 1e-3
    progress: Callable[[Progress], None] | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)
    cluster: str | None = None

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.monotonic() - self.started

    @property
    def time_left(self) -> float:
        """Seconds until the time limit."""
        return self.time_limit - self.seconds

    def part(self, share: float, gap: float | None = None) -> Options:
        """The same options with a share of the time that is left, and with another gap if one is given."""
        return replace(
            self, time_limit=self.seconds + share * self.time_left, gap=self.gap if gap is None else gap
        )

    @property
    def over(self) -> bool:
        """Whether to end now."""
        return self.stop.is_set() or self.time_left <= 0.0


@dataclass(frozen=True, eq=False)
class Task:
    """A plan in numbers with its laws and the limits to keep; a decision to begin with and a bound, if they are known.

    A finite `backorder_limit` says that the first stage of the objective `backorders` is done; `start` keeps it.
    """

    network: Network
    laws: Laws
    limits: Limits
    start: Decision | None = None
    bound: float = -np.inf
    backorder_limit: float = np.inf


@dataclass(frozen=True, eq=False)
class Outcome:
    """What an engine found.

    Attributes
    ----------
    decision
        The best decision, which keeps every limit of `limits`.
    limits
        The limits, relaxed where the start breaks them.
    bound
        Proven lower bound on the total cost.
    backorder_bound
        Proven lower bound of the first stage of the objective `backorders`; None under `cost`.
    seconds
        Time by phase.
    engine, solver
        Names.
    backorder_limit
        Most weighted backorders of the second stage of the objective `backorders`; inf under `cost`.
    prices
        Dual price of every limit and period in the engine's relaxation, shape (limits, T) [plan currency per unit of
        the limit]; None if it has none.
    """

    decision: Decision
    limits: Limits
    bound: float
    backorder_bound: float | None
    seconds: dict[str, float]
    engine: str
    solver: str
    backorder_limit: float = np.inf
    prices: NDArray[np.float64] | None = None

    def gap_left(self, task: Task) -> float:
        """Relative gap between the decision's total and the bound."""
        ledger = keep_ledger(task.network, task.laws, self.decision)
        return (ledger.total - self.bound) / ledger.gross
