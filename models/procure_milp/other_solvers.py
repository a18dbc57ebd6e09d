"""Solvers other than HiGHS, by name, through PuLP: built anew for each search, bound read from the solver."""

from __future__ import annotations

import importlib
import math
import re
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pulp
from numpy.typing import NDArray

from procure_milp.build import Model, build_model
from procure_milp.instance import PathCut
from procure_milp.listening import Watch
from procure_milp.solve import Found, HighsSession, Session, column_order

Array = NDArray[np.float64]


class SolverMissingError(Exception):
    """The solver asked for is not installed."""


class PulpSession:
    """A model handed to a PuLP solver as a whole at each search.

    Parameters
    ----------
    model
        The model; built again from its instance when envelopes have changed.
    solver
        One of `OTHER_SOLVERS`.
    """

    def __init__(self, model: Model, solver: str) -> None:
        self._solver = solver
        self._changed = False
        self._take(model)

    def _take(self, model: Model) -> None:
        self.model = model
        self._columns = column_order(model.problem)
        self._position = {v.name: j for j, v in enumerate(self._columns)}
        self.width = len(self._columns)

    def column(self, variable: Any) -> int:
        """Position of a variable among the columns."""
        return self._position[variable.name]

    def bend(self, places: Sequence[tuple[int, int]]) -> None:
        """Remember that the model must be built again."""
        self._changed = self._changed or bool(places)

    def add_path_cuts(self, cuts: Sequence[PathCut]) -> None:
        """Remember that the model must be built again."""
        self._changed = self._changed or bool(cuts)

    def refresh(self) -> None:
        """Build the model again if envelopes or cuts have changed since."""
        if self._changed:
            self._take(build_model(self.model.instance, self.model.objective))
        self._changed = False

    def search(
        self,
        start: Array | None,
        time_limit: float,
        gap: float,
        stop: threading.Event,
        watch: Watch | None = None,
    ) -> Found:
        """Solve to an absolute gap; the solver can't be stopped from outside before its time limit."""
        del stop, watch
        if start is not None:
            for variable, value in zip(self._columns, start, strict=True):
                if variable.cat == "Integer":
                    variable.varValue = float(round(value))
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "solver.log"
            solver = make_solver(self._solver, max(time_limit, 1.0), gap, log)
            result = self.model.problem.solve(solver)
            bound = _BOUNDS[self._solver](self.model.problem, log)
        values = [v.varValue for v in self._columns]
        exact, has_solution = _outcome(self.model.problem, result)
        has_solution = has_solution and all(v is not None for v in values)
        found = np.array(values, dtype=float) if has_solution else None
        return Found(found, bound, exact)


def _outcome(problem: pulp.LpProblem, result: Any) -> tuple[bool, bool]:
    """Whether the solver proved its answer and whether it has one; PuLP 3 returns a number, PuLP 4 an object."""
    if hasattr(result, "has_solution"):
        return int(result.status) == 1, bool(result.has_solution)
    return problem.sol_status == 1, problem.sol_status in (1, 2)


def open_session(model: Model, solver: str) -> Session:
    """Hand a model to a solver by name.

    Raises
    ------
    SolverMissingError
        The solver is not installed.
    """
    ensure_available(solver)
    return HighsSession(model) if solver == "highs" else PulpSession(model, solver)


def ensure_available(solver: str) -> None:
    """Raise `SolverMissingError` if a solver is not installed."""
    if solver != "highs":
        make_solver(solver, 1.0, 0.0, Path("unused.log"))


def make_solver(name: str, time_limit: float, gap: float, log: Path) -> Any:
    """Make a PuLP solver with a time limit [s] and an absolute gap."""
    if name not in OTHER_SOLVERS:
        raise SolverMissingError(f"no solver {name!r}; there are highs, {', '.join(OTHER_SOLVERS)}")
    try:
        solver = OTHER_SOLVERS[name](time_limit, gap, log)
        available = bool(solver.available())
    except (ImportError, AttributeError, pulp.PulpSolverError):
        available = False
    if not available:
        cure = _CURES.get(name, "install it")
        raise SolverMissingError(f"solver {name!r} is not installed; {cure}, or use highs")
    return solver


def _cbc(time_limit: float, gap: float, log: Path) -> Any:
    options = {"timeLimit": time_limit, "gapAbs": gap, "gapRel": 0.0, "logPath": str(log), "warmStart": True}
    try:
        cbcbox = importlib.import_module("cbcbox")
    except ImportError:
        return pulp.COIN_CMD(msg=False, **options)
    return pulp.COIN_CMD(path=cbcbox.cbc_bin_path(), msg=False, **options)


def _in_process(solver: str) -> Callable[[float, float, Path], Any]:
    def make(time_limit: float, gap: float, log: Path) -> Any:
        del gap, log
        return getattr(pulp, solver)(msg=False, timeLimit=time_limit, gapRel=1e-6)

    return make


OTHER_SOLVERS: dict[str, Callable[[float, float, Path], Any]] = {
    "cbc": _cbc,
    "scip": _in_process("SCIP_PY"),
    "gurobi": _in_process("GUROBI"),
    "cplex": _in_process("CPLEX_PY"),
    "xpress": _in_process("XPRESS_PY"),
    "copt": _in_process("COPT"),
}
_CURES = {
    "cbc": "pip install 'procure[cbc]'",
    "scip": "pip install pyscipopt",
    "gurobi": "pip install gurobipy",
}


def _cbc_bound(_problem: pulp.LpProblem, log: Path) -> float:
    """Lower bound that CBC prints; the objective itself when it says that it is optimal without one."""
    text = log.read_text(errors="replace") if log.exists() else ""
    found = re.findall(r"^Lower bound:\s+(\S+)", text, flags=re.MULTILINE)
    if found:
        return _number(found[-1])
    if "Optimal solution found (within gap tolerance)" in text:
        return -math.inf
    found = re.findall(r"^Objective value:\s+(\S+)", text, flags=re.MULTILINE)
    return _number(found[-1]) if found and "Result - Optimal solution found" in text else -math.inf


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return -math.inf
    return value if abs(value) < 1e49 else -math.inf


def _asked(ask: Callable[[Any], float]) -> Callable[[pulp.LpProblem, Path], float]:
    def bound(problem: pulp.LpProblem, _log: Path) -> float:
        # a solver that can't say has proven nothing; the relaxation's bound still stands
        try:
            value = float(ask(problem.solverModel))
        except Exception:
            return -math.inf
        return value if math.isfinite(value) and abs(value) < 1e19 else -math.inf

    return bound


_BOUNDS: dict[str, Callable[[pulp.LpProblem, Path], float]] = {
    "cbc": _cbc_bound,
    "scip": _asked(lambda model: model.getDualbound()),
    "gurobi": _asked(lambda model: model.ObjBound),
    "cplex": _asked(lambda model: model.solution.MIP.get_best_objective()),
    "xpress": _asked(lambda model: model.getAttrib("bestbound")),
    "copt": _asked(lambda model: model.BestBnd),
}
