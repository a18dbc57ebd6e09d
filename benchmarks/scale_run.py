"""One run of one engine or peer on one plan, in a process of its own: what was found when, and what it took.

`scale.py` starts it; the task comes as JSON on the command line, and the record goes to stdout as one line of JSON.
Clocks: loading is `read_plan`; planning is everything after it, from plan to priced solution. Points in time are
seconds of planning.
"""

from __future__ import annotations

import importlib
import json
import math
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exported import MODEL_PEERS, solve_exported
from run import Stopwatch

Record = dict[str, Any]

COMPACT = {"compact": "highs", "compact-cbc": "cbc", "compact-scip": "scip"}
RULES = ("min-max", "repair-chain", "marginal")
PARTS = (
    ("network", "procure.engines.run", "build_network"),
    ("tables", "procure.engines.decomposed.engine", "programs_of"),
    ("model", "procure.engines.stage", "build_model"),
    ("assemble", "procure.engines.run", "assemble"),
)
"""Functions whose time is told apart: label, module, name."""
FINE = 0.02
"""Share of the time in which at most two points are kept, the first and the last."""


class Trace:
    """Best total and proven bound against time.

    Attributes
    ----------
    points
        Seconds of planning, best total, bound (None: not known), gap (None: not known).
    first
        Seconds until the first plan that is better than the one known from the start.
    """

    def __init__(self) -> None:
        self.points: list[tuple[float, float, float | None, float | None]] = []
        self.first: float | None = None
        self._started = time.monotonic()
        self._begun: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds since planning began."""
        return time.monotonic() - self._started

    def watch(self, progress: Any) -> None:
        """Take a report of an engine's progress; only those of the cost stage have a total."""
        if progress.phase == "cost" and progress.best is not None:
            self.see(progress.best, progress.bound, progress.gap)

    def see(self, best: float, bound: float | None, gap: float | None) -> None:
        """Remember where the run is now."""
        now = self.seconds
        if self._begun is None:
            self._begun = best
        elif self.first is None and best < self._begun - 1e-9 * abs(self._begun):
            self.first = now
        if len(self.points) > 1 and now < self.points[-2][0] * (1.0 + FINE) + 0.02:
            self.points.pop()
        self.points.append((now, best, bound, gap))


def measure(task: Record) -> Record:
    """Run a task and return its record.

    Parameters
    ----------
    task
        `plan` (path), `engine` (name), `limit` [s], `target` (gap at which to stop), `seed`.
    """
    import procure

    before = time.monotonic()
    plan = procure.read_plan(task["plan"])
    loading = time.monotonic() - before
    watches = {label: _watched(module, name) for label, module, name in PARTS}
    trace = Trace()
    found = _run(plan, task, trace)
    planning = trace.seconds
    trace.see(found["total"], found["bound"], found["gap"])
    return {
        "cells": _cells(plan),
        "loading": loading,
        "planning": planning,
        "first": trace.first,
        "parts": {label: watch.seconds for label, watch in watches.items() if watch is not None},
        "memory": _peak() / 1024,
        "cpu": _cpu(),
        "points": trace.points,
        **found,
    }


def _run(plan: Any, task: Record, trace: Trace) -> Record:
    import procure

    engine = task["engine"]
    if engine in MODEL_PEERS:
        return solve_exported(plan, engine, task["limit"], task["target"], trace)
    if engine in RULES:
        return _figures(procure.baseline(plan, engine))
    name, solver = ("compact", COMPACT[engine]) if engine in COMPACT else (engine, "highs")
    how = {"engine": name, "solver": solver, "time_limit": task["limit"], "gap": task["target"], "seed": task["seed"]}
    return _figures(procure.solve(plan, **how, progress=trace.watch))


def _figures(solution: Any) -> Record:
    bound = solution.bound if solution.bound is not None and math.isfinite(solution.bound) else None
    return {
        "total": solution.cost.total,
        "bound": bound,
        "gap": solution.gap if bound is not None else None,
        "gross": max(1.0, abs(solution.cost.total), solution.cost.total - solution.cost.terminal),
        "status": solution.status,
        "phases": dict(solution.seconds),
    }


def _cells(plan: Any) -> int:
    from procure.plan.network import build_network

    return int(build_network(plan).n_cells)


def _watched(module: str, name: str) -> Stopwatch | None:
    """Time a function where it is used; None if it is not there."""
    home = importlib.import_module(module)
    function: Callable[..., Any] | None = getattr(home, name, None)
    if function is None:
        return None
    watch = Stopwatch(function)
    setattr(home, name, watch)
    return watch


def _peak() -> float:
    """Peak memory of this process or of the largest that it started [KiB]."""
    return float(max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def _cpu() -> float:
    """Processor time of this process, loading included, and of those that it started [s]."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    print(json.dumps(measure(json.loads(sys.argv[1]))))
