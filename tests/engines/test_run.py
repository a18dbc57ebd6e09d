"""How a run goes: repeatable, interruptible, and open about how far it is."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path

import pytest

import procure
from procure.errors import UsageError
from tests.oracle.cases import plain, weekly
from tests.oracle.tiny_plans import tiny_plan

QUICKSTART = Path(__file__).resolve().parents[2] / "examples" / "quickstart" / "plan.json"


def told(solution):
    return solution.lines, solution.transfers, solution.cost, solution.resources


@pytest.mark.parametrize("seed", [3, 10, 42])
def test_the_same_plan_has_the_same_answer(seed):
    plan = procure.Plan.from_dict(tiny_plan(seed))
    assert told(procure.solve(plan, gap=1e-4)) == told(procure.solve(plan, gap=1e-4))


def test_quickstart_has_the_same_answer_twice():
    plan = procure.read_plan(QUICKSTART)
    assert told(procure.solve(plan, gap=0.02)) == told(procure.solve(plan, gap=0.02))


def test_a_run_stopped_before_it_began_has_a_plan_and_says_so():
    stop = threading.Event()
    stop.set()
    solution = procure.solve(procure.read_plan(QUICKSTART), stop=stop)
    assert any("stopped early" in warning for warning in solution.warnings)
    assert solution.status in ("feasible", "relaxed")
    assert solution.gap is None or solution.gap >= 0


def test_a_run_stopped_on_the_way_keeps_what_it_found():
    stop = threading.Event()
    seen = []

    def watch(progress):
        seen.append(progress)
        stop.set()

    solution = procure.solve(procure.read_plan(QUICKSTART), gap=1e-9, progress=watch, stop=stop)
    assert seen
    assert any("stopped early" in warning for warning in solution.warnings)
    if solution.bound is not None:
        assert solution.bound <= solution.cost.total + 1e-6


def test_progress_bounds_rise_and_totals_fall():
    seen = []
    solution = procure.solve(procure.read_plan(QUICKSTART), gap=0.005, progress=seen.append)
    bounds = [p.bound for p in seen if p.bound is not None]
    totals = [p.best for p in seen if p.best is not None]
    assert all(a <= b + 1e-9 for a, b in pairwise(bounds))
    assert all(a >= b - 1e-9 for a, b in pairwise(totals))
    assert totals[-1] >= solution.cost.total - 1e-6
    assert bounds[-1] <= solution.bound + 1e-6


def test_unknown_solvers_and_engines_are_refused():
    with pytest.raises(UsageError):
        procure.solve(procure.Plan.from_dict(plain()), solver="abacus")
    with pytest.raises(UsageError):
        procure.solve(procure.Plan.from_dict(plain()), engine="steam")


def test_a_plan_with_nothing_to_decide_is_priced():
    plan = plain(demand=[weekly([4])], periods=1, offer={"lead_time": 7})
    solution = procure.solve(procure.Plan.from_dict(plan))
    assert solution.lines == ()
    assert solution.cost.total == pytest.approx(4 * 3 + 4 * 2)
    assert solution.bound == pytest.approx(solution.cost.total)
