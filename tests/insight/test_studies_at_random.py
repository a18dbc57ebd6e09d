"""Frontiers and scenarios on random tiny plans, held against direct solves of the same plans."""

from __future__ import annotations

import pytest

import procure
from procure.insight.frontier.naming import axis_of
from procure.insight.whatif.apply import changed_plan
from procure.insight.whatif.grammar import read_scenario
from tests.oracle.tiny_plans import tiny_plan

pytestmark = pytest.mark.slow

GAP = 1e-4
HOW = {"gap": GAP, "time_limit": 20}


def plans(wanted):
    """Sound tiny plans that minimise cost and have what is wanted, by seed."""
    for seed in range(400):
        try:
            plan = procure.Plan.from_dict(tiny_plan(seed))
        except procure.PlanError:
            continue
        if plan.policy.objective == "cost" and wanted(plan):
            yield seed, plan


def room(solution):
    """How far the total of a solution within the gap may lie off the best one."""
    cost = solution.cost
    return 2 * GAP * max(1.0, abs(cost.total), cost.total - cost.terminal) + 1e-6


@pytest.mark.parametrize("limit", ["capital.order_budget", "storage"])
def test_every_point_is_what_a_direct_solve_finds(limit):
    judged = 0
    for seed, plan in plans(lambda plan: axis_there(plan, limit)):
        found = procure.frontier(plan, limit, 4, low="30%", high="200%", **HOW)
        axis = axis_of(plan, limit, ranged=True)
        before = None
        for point in found.points:
            direct = procure.solve(axis.at(point.limit), **HOW)
            assert point.total == pytest.approx(direct.cost.total, abs=room(direct)), (seed, point.limit)
            assert (point.status == "relaxed") == (direct.status == "relaxed"), (seed, point.limit)
            assert point.bound <= direct.cost.total + 1e-6 * max(1.0, abs(direct.cost.total)), (seed, point.limit)
            if before is not None and "relaxed" not in (before.status, point.status):
                assert point.total <= before.total + 1e-9, (seed, point.limit)
            before, judged = point, judged + 1
        if judged >= 60:
            break
    assert judged >= 40


def axis_there(plan, limit):
    try:
        return axis_of(plan, limit, ranged=False).is_there
    except procure.UsageError:
        return False


@pytest.mark.parametrize("text", ["demand=+40%", "storage=-40%", "capital.order_budget=x0.5"])
def test_scenarios_that_leave_offers_alone_are_what_a_direct_solve_finds(text):
    judged = 0
    for seed, plan in plans(lambda plan: True):
        try:
            other = changed_plan(plan, read_scenario(text))
        except (procure.UsageError, procure.PlanError):
            continue
        found = procure.whatif(plan, [text], **HOW).scenarios[0]
        direct = procure.solve(other, **HOW)
        assert found.total == pytest.approx(direct.cost.total, abs=room(direct)), seed
        judged += 1
        if judged >= 15:
            break
    assert judged >= 10
