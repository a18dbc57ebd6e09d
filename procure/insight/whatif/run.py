"""Scenarios on one page: read, change, solve the plan as it is, solve each scenario at its values, set side by side."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from procure.engines.run import solve
from procure.errors import UsageError
from procure.insight.comparison.records import Side
from procure.insight.comparison.solutions import compare_solutions
from procure.insight.pricing_at_base import solve_at_base
from procure.insight.relaxation import reliefs
from procure.insight.whatif.apply import changed_plan
from procure.insight.whatif.grammar import Scenario, read_scenario
from procure.insight.whatif.records import Outcome, ScenarioOutcome, WhatIf
from procure.insight.whatif.words import words_of
from procure.plan.records import Plan
from procure.solution.records import PlanReference, Solution
from procure.solution.replay import ensure_of_plan

BASE = "base"


def whatif(
    plan: Plan,
    scenarios: Sequence[str | Scenario],
    *,
    base: Solution | None = None,
    engine: str = "auto",
    solver: str = "highs",
    time_limit: float = 60.0,
    gap: float = 2e-3,
    progress: Callable[[int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> WhatIf:
    """Solve a plan as it is and under named scenarios, and set them side by side.

    Parameters
    ----------
    plan
        The plan as it is.
    scenarios
        `NAME: KEY=VALUE, KEY=VALUE` each, such as `Nord fails: supplier.NORD.out=true, demand=+10%`; docs/guide.md
        lists the keys.
    base
        A solution of the plan; default: it is solved first.
    engine, solver, time_limit, gap
        As in `solve`, for each plan; `time_limit` in seconds.
    progress
        Called with the plans solved and all plans.
    stop
        Set it from another thread to end with the scenarios solved so far.

    Returns
    -------
    WhatIf
        Offers change what a unit is worth, so each scenario is solved with r = the smaller of base and own, and all
        are priced at the base plan's r, r_B, holding cost and window.

    Raises
    ------
    UsageError
        A scenario can't be read, names what is not there, or two have one name; `base` is of another plan.
    PlanError
        A changed plan is at fault.
    """
    began, stop = time.monotonic(), stop or threading.Event()
    read = [s if isinstance(s, Scenario) else read_scenario(s) for s in scenarios]
    _ensure_told_apart(read)
    changed = [changed_plan(plan, scenario) for scenario in read]
    if base is not None:
        ensure_of_plan(plan, base)
    tell = progress or (lambda done, of_all: None)
    tell(0, len(read) + 1)
    how: dict[str, Any] = {"engine": engine, "solver": solver, "time_limit": time_limit, "gap": gap, "stop": stop}
    known = solve(plan, prices=False, **how) if base is None else base
    found = []
    for k, (scenario, other) in enumerate(zip(read, changed, strict=True)):
        tell(k + 1, len(read) + 1)
        if stop.is_set():
            break
        found.append(_beside(known, scenario, solve_at_base(other, plan, start=known, **how)))
    tell(len(read) + 1, len(read) + 1)
    return WhatIf(
        plan=PlanReference(name=plan.name, start_date=plan.start_date, periods=plan.periods, digest=plan.digest()),
        currency=plan.currency,
        objective=plan.policy.objective,
        base=Outcome(name=BASE, **_figures(known)),
        scenarios=tuple(found),
        notes=_notes(len(found), len(read), found),
        seconds=round(time.monotonic() - began, 3),
    )


def _ensure_told_apart(scenarios: Sequence[Scenario]) -> None:
    if not scenarios:
        raise UsageError("there is no scenario; give one, such as 'Nord fails: supplier.NORD.out=true'")
    names = Counter([BASE, *(scenario.name for scenario in scenarios)])
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise UsageError(f"two scenarios are called '{twice[0]}'; give each a name of its own")


def _figures(solution: Solution) -> dict[str, Any]:
    now = [header for header in solution.headers if header.period == 0]
    return {
        "status": solution.status,
        "total": solution.cost.total,
        "bound": solution.bound,
        "gap": solution.gap,
        "cost": solution.cost,
        "backorders": solution.expected_backorders.unit_periods,
        "end_units": solution.expected_backorders.end_units,
        "fill_rate": solution.fill_rate,
        "spend": sum(header.total * header.exchange_rate for header in solution.headers),
        "spend_now": sum(header.total * header.exchange_rate for header in now),
        "purchase_orders_now": len(now),
        "lines_now": sum(line.release for line in solution.lines),
        "relaxations": solution.relaxations,
    }


def _beside(base: Solution, scenario: Scenario, solution: Solution) -> ScenarioOutcome:
    """The outcome of a scenario beside that of the plan as it is."""
    compared = compare_solutions(base, solution, (Side(label=BASE), Side(label=scenario.name)))
    now = sorted((change for change in compared.orders if change.release), key=lambda change: -abs(change.value))
    outcome = ScenarioOutcome(
        name=scenario.name,
        changes=tuple(change.text for change in scenario.changes),
        **_figures(solution),
        difference=solution.cost.total - base.cost.total,
        least_difference=_apart(solution.bound, base.cost.total),
        most_difference=_apart(solution.cost.total, base.bound),
        backorders_difference=solution.expected_backorders.unit_periods - base.expected_backorders.unit_periods,
        changed_now=len(now),
        changed_now_value=sum(change.value for change in now),
        release=tuple(now),
        transfers_now=tuple(change for change in compared.transfers if change.period == 0),
        changed_later=len(compared.orders) - len(now),
    )
    over = [relief.words for relief in reliefs(solution)]
    words = words_of(outcome, base.plan, solution.plan, base.cost.total, over)
    return outcome.model_copy(update={"words": tuple(words)})


def _apart(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _notes(done: int, asked: int, found: Sequence[ScenarioOutcome]) -> tuple[str, ...]:
    notes = []
    if done < asked:
        notes.append(f"Stopped early: {done} of {asked} scenarios were solved by then.")
    unknown = [outcome.name for outcome in found if outcome.bound is None]
    if unknown:
        notes.append(
            f"No bound is told for {', '.join(unknown)}: nothing is proven there about the total at the values of the "
            "base plan."
        )
    return tuple(notes)
