"""Solve an MPS file with OR-Tools and print solutions as they come: `ortools_peer.py FILE SOLVER SECONDS GAP`.

A line is `{"bound": proven lower bound or null, "values": {column: value other than 0} or null}`; times are those at
which the reader gets the lines. No highspy here: see `exported.py`.
"""

from __future__ import annotations

import json
import math
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from ortools.math_opt.io.python import mps_converter
from ortools.math_opt.python import mathopt

SOLVERS = {"cp-sat": mathopt.SolverType.CP_SAT, "mathopt-scip": mathopt.SolverType.GSCIP}


def main() -> None:
    """Solve what the command line names."""
    path, solver, seconds, gap = sys.argv[1:5]
    model = mathopt.Model.from_model_proto(mps_converter.mps_to_model_proto(Path(path).read_text(encoding="ascii")))
    limit = timedelta(seconds=float(seconds))
    tolerances = {"absolute_gap_tolerance": float(gap), "relative_gap_tolerance": 0.0}
    parameters = mathopt.SolveParameters(time_limit=limit, **tolerances)
    watched = mathopt.CallbackRegistration(events={mathopt.Event.MIP_SOLUTION})
    if solver == "mathopt-scip":
        # its callback may show points before they are checked; solutions are taken at the end only
        result = mathopt.solve(model, SOLVERS[solver], params=parameters)
    else:
        result = mathopt.solve(model, SOLVERS[solver], params=parameters, callback_reg=watched, cb=_seen)
    bounds = result.termination.objective_bounds
    tell(bounds.dual_bound, result.variable_values() if result.has_primal_feasible_solution() else None)


def _seen(data: Any) -> Any:
    tell(data.mip_stats.dual_bound, data.solution)
    return mathopt.CallbackResult()


def tell(bound: float | None, values: Any) -> None:
    """Print one line."""
    found = None if values is None else {variable.name: value for variable, value in values.items() if value}
    known = bound is not None and math.isfinite(bound)
    print(json.dumps({"bound": bound if known else None, "values": found}), flush=True)


if __name__ == "__main__":
    main()
