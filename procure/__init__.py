"""Purchase orders under uncertain demand: plan in, orders out.

>>> import procure
>>> plan = procure.read_plan("plan.json")        # doctest: +SKIP
>>> solution = procure.solve(plan)               # doctest: +SKIP
>>> solution.purchase_orders()                   # doctest: +SKIP
>>> solution.write("out")                        # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from procure import errors
    from procure.engines.interface import Progress
    from procure.engines.run import solve
    from procure.errors import NoPlanError, PlanError, ProcureError, SolverError, UsageError
    from procure.insight.baselines.run import baseline
    from procure.insight.comparison.compare import compare
    from procure.insight.comparison.records import Comparison
    from procure.insight.rolling.loop import replay
    from procure.insight.simulation.document import read_simulation
    from procure.insight.simulation.records import Simulation
    from procure.insight.simulation.run import simulate
    from procure.plan import check_plan, read_plan
    from procure.plan.records import Plan
    from procure.report.write import write_report
    from procure.solution.document import read_solution
    from procure.solution.records import Solution

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "NoPlanError",
    "Plan",
    "PlanError",
    "ProcureError",
    "Progress",
    "Simulation",
    "Solution",
    "SolverError",
    "UsageError",
    "__version__",
    "baseline",
    "check_plan",
    "compare",
    "errors",
    "read_plan",
    "read_simulation",
    "read_solution",
    "replay",
    "simulate",
    "solve",
    "write_report",
]

# Names are looked up when first used, so that `procure --help` needs none of the heavy libraries.
_HOMES = {
    "Comparison": "procure.insight.comparison.records",
    "NoPlanError": "procure.errors",
    "Plan": "procure.plan.records",
    "PlanError": "procure.errors",
    "ProcureError": "procure.errors",
    "Progress": "procure.engines.interface",
    "Simulation": "procure.insight.simulation.records",
    "Solution": "procure.solution.records",
    "SolverError": "procure.errors",
    "UsageError": "procure.errors",
    "baseline": "procure.insight.baselines.run",
    "check_plan": "procure.plan",
    "compare": "procure.insight.comparison.compare",
    "read_plan": "procure.plan",
    "read_simulation": "procure.insight.simulation.document",
    "read_solution": "procure.solution.document",
    "replay": "procure.insight.rolling.loop",
    "simulate": "procure.insight.simulation.run",
    "solve": "procure.engines.run",
    "write_report": "procure.report.write",
}


def __getattr__(name: str) -> Any:
    if name == "errors":
        return importlib.import_module("procure.errors")
    if name not in _HOMES:
        raise AttributeError(f"module 'procure' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
