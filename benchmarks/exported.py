"""General solvers on the same exported model: the compact MILP as it is after its cuts at the root.

The model takes convex costs by tangents from below, so it is a relaxation of the plan: a solver's bound on it is a
bound on the plan, and what a decision truly costs is worked out by plain arithmetic (`total`); what the model itself
says it costs stands beside it (`model_total`). HiGHS, CBC and SCIP get the model through PuLP, OR-Tools as an MPS
file in a process of its own: its library and highspy bring two versions of HiGHS and can't be loaded together.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Task
from procure.engines.opening import relax_limits
from procure.engines.places import Places
from procure.engines.stage import ROUNDS, Goal, Stage
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.ledger import Decision, Laws
from procure.solution.limits import Limits, limits_of
from procure_milp.build import Model, build_model
from procure_milp.other_solvers import PulpSession
from procure_milp.solve import HighsSession, row_order

Array = NDArray[np.float64]
Record = dict[str, Any]

MODEL_PEERS = {
    "model-highs": "highs",
    "model-cbc": "cbc",
    "model-scip": "scip",
    "model-cp-sat": "cp-sat",
    "model-mathopt-scip": "mathopt-scip",
}
"""Peers that solve the exported model, and what solves it."""
UNPROVEN = ("cp-sat",)
"""Solvers whose bound belongs to a copy of the model in whole numbers, and was seen above the total of a sound plan."""
OR_TOOLS = Path(__file__).with_name("ortools_peer.py")


class Root(Stage):
    """A stage that stops after the cuts at the root and hands its model over."""

    def exported(self) -> Model:
        """The whole model with all tangents and inequalities found at the root."""
        session = self._open(self.translation.instance)
        try:
            self._relax(session, ROUNDS)
        finally:
            session.close()
        return build_model(self.translation.instance, self.goal.name)

    def take_over(self, session: Any) -> None:
        """Read columns as this session numbers them."""
        self.places = Places(session, self.translation)

    def value(self, values: Array) -> bool:
        """Take the decision in these columns if it is sound and better by plain arithmetic."""
        return self._offer(values)

    def proven(self, bound: float) -> float:
        """Bound on the plan's total of a bound on the model's objective."""
        lifted = bound + self.constant if self._reach.proven else -np.inf
        return float(max(lifted, self.best.bound))


def root_of(plan: Plan, limit: float, gap: float) -> Root:
    """Make the stage of a plan, with limits relaxed where the start breaks them."""
    network = build_network(plan)
    laws = Laws.of(network)
    task = Task(network, laws, limits_of(network))
    options = Options(time_limit=limit, gap=gap)
    limits, start = relax_limits(task, options, Decision.nothing(network))
    return Root(task, _cost(limits, gap), options, start)


def _cost(limits: Limits, gap: float) -> Goal:
    return Goal(
        name="cost",
        value=lambda ledger: ledger.total,
        gross=lambda ledger: ledger.gross,
        gap=gap,
        limits=limits,
        kept=limits,
        slack={},
    )


class Search:
    """A solver at work on the exported model.

    Parameters
    ----------
    root
        The stage that values decisions.
    model
        The model.
    solver
        One of the values of `MODEL_PEERS`.
    trace
        Told of every better plan and bound.
    """

    def __init__(self, root: Root, model: Model, solver: str, trace: Any) -> None:
        self.root, self.model, self.trace, self._solver = root, model, trace, solver
        self.session = HighsSession(model) if solver == "highs" else PulpSession(model, solver)
        self.bound, self.claimed, self.model_total = -np.inf, -np.inf, np.inf
        root.take_over(self.session)

    def run(self, seconds: float, gap: float) -> None:
        """Search so many seconds, or to an absolute gap."""
        if self._solver in ("highs", "cbc", "scip"):
            found = self.session.search(None, seconds, gap, threading.Event(), self._watch)
            self._seen(found.bound, found.values)
        else:
            self._ask_or_tools(seconds, gap)

    def _watch(self, bound: float, _best: float, values: Array | None) -> None:
        self._seen(bound, values)

    def _seen(self, bound: float, values: Array | None) -> None:
        if np.isfinite(bound):
            self.claimed = max(self.claimed, bound)
            self.bound = self.bound if self._solver in UNPROVEN else self.claimed
        if values is not None and self.root.value(values):
            self.model_total = self._objective(values) + self.root.constant
        ledger, proven = self.root.best.ledger, self.root.proven(self.bound)
        known = bool(np.isfinite(proven))
        gap = max(ledger.total - proven, 0.0) / ledger.gross if known else None
        self.trace.see(ledger.total, proven if known else None, gap)

    def _objective(self, values: Array) -> float:
        terms = self.model.problem.objective.items()
        return float(sum(rate * values[self.session.column(variable)] for variable, rate in terms))

    def _ask_or_tools(self, seconds: float, gap: float) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.mps"
            self.model.problem.writeMPS(str(path))
            command = [sys.executable, str(OR_TOOLS), str(path), self._solver, str(seconds), str(gap)]
            # lines other than JSON are the solver's own messages
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
                for line in running.stdout or ():
                    if line.startswith("{"):
                        self._take_line(json.loads(line))
            if running.returncode:
                raise RuntimeError(f"{self._solver} ended with {running.returncode}")

    def _take_line(self, line: Record) -> None:
        values = None
        if line["values"] is not None:
            values = np.zeros(self.session.width)
            for variable in self.model.problem.variables():
                values[self.session.column(variable)] = line["values"].get(variable.name, 0.0)
        self._seen(-np.inf if line["bound"] is None else line["bound"], values)


def solve_exported(plan: Plan, peer: str, limit: float, gap: float, trace: Any) -> Record:
    """Export the model of a plan and solve it by a peer.

    Parameters
    ----------
    limit
        Seconds for building the model with its cuts, and for the search in what is left.
    gap
        Relative gap at which to stop.

    Returns
    -------
    Record
        Among others `rows`, `columns` and `export` [s] of the model, `model_total`, and `claimed`, the bound that the
        solver tells. Where that proves nothing, `bound` is that of the cuts at the root.
    """
    root = root_of(plan, limit, gap)
    trace.see(root.best.ledger.total, None, None)
    model = root.exported()
    exported = trace.seconds
    search = Search(root, model, MODEL_PEERS[peer], trace)
    search.run(max(limit - exported, 1.0), 0.6 * gap * root.best.ledger.gross)
    ledger, bound = root.best.ledger, root.proven(search.bound)
    known = bool(np.isfinite(bound))
    return {
        "total": ledger.total,
        "bound": bound if known else None,
        "gap": max(ledger.total - bound, 0.0) / ledger.gross if known else None,
        "gross": ledger.gross,
        "status": "feasible",
        "export": exported,
        "rows": len(row_order(model.problem)),
        "columns": search.session.width,
        "claimed": search.claimed + root.constant if np.isfinite(search.claimed) else None,
        "model_total": search.model_total if np.isfinite(search.model_total) else None,
    }
