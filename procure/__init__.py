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
    from procure.insight.explanation.explain import explain
    from procure.insight.explanation.records import Explanation
    from procure.insight.frontier.document import read_frontier
    from procure.insight.frontier.records import Frontier
    from procure.insight.frontier.run import frontier
    from procure.insight.limit_prices.records import LimitPrices
    from procure.insight.limit_prices.run import limit_prices
    from procure.insight.rolling.loop import replay
    from procure.insight.rule_prices.records import RulePrices
    from procure.insight.rule_prices.run import rule_prices
    from procure.insight.simulation.document import read_simulation
    from procure.insight.simulation.records import Simulation
    from procure.insight.simulation.run import simulate
    from procure.insight.whatif.document import read_whatif
    from procure.insight.whatif.records import WhatIf
    from procure.insight.whatif.run import whatif
    from procure.plan import check_plan, read_plan
    from procure.plan.records import Plan
    from procure.report.write import write_report
    from procure.solution.document import read_solution
    from procure.solution.records import Solution

__version__ = "0.1.0"

__all__ = [
    "Comparison",
    "Explanation",
    "Frontier",
    "LimitPrices",
    "NoPlanError",
    "Plan",
    "PlanError",
    "ProcureError",
    "Progress",
    "RulePrices",
    "Simulation",
    "Solution",
    "SolverError",
    "UsageError",
    "WhatIf",
    "__version__",
    "baseline",
    "check_plan",
    "compare",
    "errors",
    "explain",
    "frontier",
    "limit_prices",
    "read_frontier",
    "read_plan",
    "read_simulation",
    "read_solution",
    "read_whatif",
    "replay",
    "rule_prices",
    "simulate",
    "solve",
    "whatif",
    "write_report",
]

# Names are looked up when first used, so that `procure --help` needs none of the heavy libraries.
_HOMES = {
    "Comparison": "procure.insight.comparison.records",
    "Explanation": "procure.insight.explanation.records",
    "LimitPrices": "procure.insight.limit_prices.records",
    "Frontier": "procure.insight.frontier.records",
    "NoPlanError": "procure.errors",
    "Plan": "procure.plan.records",
    "PlanError": "procure.errors",
    "ProcureError": "procure.errors",
    "Progress": "procure.engines.interface",
    "RulePrices": "procure.insight.rule_prices.records",
    "Simulation": "procure.insight.simulation.records",
    "Solution": "procure.solution.records",
    "SolverError": "procure.errors",
    "UsageError": "procure.errors",
    "WhatIf": "procure.insight.whatif.records",
    "baseline": "procure.insight.baselines.run",
    "check_plan": "procure.plan",
    "compare": "procure.insight.comparison.compare",
    "explain": "procure.insight.explanation.explain",
    "limit_prices": "procure.insight.limit_prices.run",
    "frontier": "procure.insight.frontier.run",
    "read_frontier": "procure.insight.frontier.document",
    "read_plan": "procure.plan",
    "read_simulation": "procure.insight.simulation.document",
    "read_solution": "procure.solution.document",
    "read_whatif": "procure.insight.whatif.document",
    "replay": "procure.insight.rolling.loop",
    "rule_prices": "procure.insight.rule_prices.run",
    "simulate": "procure.insight.simulation.run",
    "solve": "procure.engines.run",
    "whatif": "procure.insight.whatif.run",
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
