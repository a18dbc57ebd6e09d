"""Who plans in a replay: each run remembers its own last week, and dearer backorders change plans only."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import procure
from procure.errors import UsageError
from procure.insight.baselines import POLICIES, baseline, continued
from procure.insight.rolling import BaselinePlanner, FollowedUp, SolvePlanner, replay
from procure.insight.rolling.ground import ground_of
from procure.insight.rolling.planners import dearer_backorders, planner_of_run
from procure.insight.rolling.rolled import plan_at
from procure.insight.rolling.week import carry_out, first_state
from procure.insight.rolling.world import World
from procure.solution.check import violations
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import limits_of
from procure.solution.replay import decision_from
from tests.insight.rolling_plans import decided, one_item

UNSURE = [{"item": "A", "warehouse": "W", "mean": [4.0, 4.0, 4.0], "sd": [2.0, 2.0, 2.0]}]
EXACT = {"time_limit": 20.0, "gap": 1e-6}


def now(solution):
    """Return what a solution orders and ships in its first period."""
    lines = [(row.offer, row.warehouse, row.quantity) for row in solution.lines if row.period == 0]
    moves = [(row.from_, row.to, row.item, row.quantity) for row in solution.transfers if row.period == 0]
    return lines, moves


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", ["quickstart", "spare-parts", "outdoor-shop"])
def test_a_baseline_orders_the_same_this_week_however_far_it_looks(example, name, policy):
    """So a replay, which carries out the first week only, need not ask for more."""
    plan = example(name)
    ground = ground_of(plan, 3)
    world = World.of(ground, 5, 1)
    state, one_week = first_state(ground, world, 0), BaselinePlanner(policy)
    assert one_week.periods == 1
    for _ in range(3):
        plan = plan_at(ground, state)
        solution = one_week(plan)
        assert now(solution) == now(baseline(plan, policy))
        state, _ = carry_out(ground, world, 0, state, solution)


def test_a_factor_of_one_changes_nothing(example):
    plan = example("quickstart")
    assert dearer_backorders(plan, 1.0) is plan
    plans = one_item(demand=UNSURE)
    one, other = (replay(plans, SolvePlanner(**EXACT, **f), runs=2, seed=5) for f in ({}, {"backorder_factor": 1.0}))
    assert one.record() == other.record()


def test_dearer_backorders_change_nothing_else_of_a_plan(example):
    plan = example("quickstart")
    dear = dearer_backorders(plan, 3.0)
    assert [item.backorder_cost for item in dear.items] == [3.0 * item.backorder_cost for item in plan.items]
    kept = [item.model_dump(exclude={"backorder_cost"}) for item in plan.items]
    assert [item.model_dump(exclude={"backorder_cost"}) for item in dear.items] == kept
    assert dear.model_dump(exclude={"items"}) == plan.model_dump(exclude={"items"})


def test_dearer_backorders_are_charged_at_the_rates_of_the_plan():
    """10 on hand, 4 a week, nothing can be bought: 2 are owed after the third week, at 10.00, whatever was planned."""
    plan = one_item(offers=[])
    found = replay(plan, SolvePlanner(**EXACT, backorder_factor=7.0), runs=1, seed=5)
    assert found.planner == "procure, backorders x 7"
    assert found.totals("backorder").tolist() == [20]


def test_dearer_backorders_leave_fewer_of_them():
    plan = one_item(demand=UNSURE, periods=3, item={"backorder_cost": 1.5})
    cheap, dear = (
        replay(plan, SolvePlanner(**EXACT, backorder_factor=f), runs=6, weeks=6, seed=5) for f in (1.0, 10.0)
    )
    assert dear.backorders.mean() < cheap.backorders.mean()


def test_each_run_remembers_its_own_weeks_and_survives_a_process(monkeypatch):
    """A run alone and the same run after another come to the same; its second week is told of its first."""
    seen = []
    solve = SolvePlanner.__call__

    def watched(self, plan, last=None):
        solution = solve(self, plan, last)
        seen.append((plan.start_date, None if last is None else last.plan.start_date))
        return solution

    monkeypatch.setattr(SolvePlanner, "__call__", watched)
    planner = pickle.loads(pickle.dumps(SolvePlanner(**EXACT)))
    both = replay(one_item(demand=UNSURE), planner, runs=2, seed=5)
    weeks = [start for start, _ in seen[:3]]
    assert [last for _, last in seen] == [None, *weeks[:2]] * 2
    first = replay(one_item(demand=UNSURE), planner, runs=1, seed=5)
    assert first.totals()[0] == both.totals()[0]


def test_a_rule_follows_when_the_planner_has_had_its_weeks():
    plan = one_item(demand=UNSURE)
    asked = []

    def buyer(plan):
        asked.append(plan.start_date)
        return decided(plan, {"S/A": 8})

    for _ in range(2):
        found = replay(plan, FollowedUp(buyer, 2), runs=1, weeks=4, seed=5)
    assert [day.isoformat() for day in asked] == ["2026-01-05", "2026-01-12"] * 2
    alone = replay(plan, buyer, runs=1, weeks=2, seed=5)
    (course,), (short,) = found.courses, alone.courses
    assert course.series["spend"][:2].tolist() == short.series["spend"].tolist()
    assert course.series["served"][:2].tolist() == short.series["served"].tolist()
    rule = replay(plan, BaselinePlanner("min-max"), runs=1, weeks=4, seed=5).courses[0]
    assert course.series["demand"].tolist() == rule.series["demand"].tolist()
    assert found.planner == "buyer"


def test_a_rule_from_the_first_week_on_is_the_rule_itself(example):
    plan = example("quickstart")
    rule = BaselinePlanner("min-max")
    one, other = (replay(plan, p, runs=2, weeks=4, seed=5) for p in (rule, FollowedUp(BaselinePlanner("marginal"), 0)))
    assert one.totals().tolist() == other.totals().tolist()
    both = replay(plan, FollowedUp(SolvePlanner(**EXACT), 1), runs=2, weeks=4, seed=5)
    assert [np.isnan(course.gaps).tolist() for course in both.courses] == [[False, True, True, True]] * 2


def test_rules_are_asked_for_a_start_only_where_cells_are_linked(example, monkeypatch):
    asked = []
    monkeypatch.setattr("procure.insight.baselines.baseline", lambda plan, policy: asked.append(policy))
    plan = one_item(demand=UNSURE)
    best = procure.solve(plan, gap=0.0)
    assert SolvePlanner(**EXACT)(plan, best).cost.total == pytest.approx(best.cost.total)
    assert asked == []
    with pytest.raises(AttributeError):
        SolvePlanner(time_limit=1.0)(example("quickstart"))
    assert asked == list(POLICIES)


@pytest.mark.parametrize(
    ("planner", "changes"),
    [
        (SolvePlanner(objective="backorders"), {}),
        (SolvePlanner(engine="decomposed"), {}),
        (SolvePlanner(), {"demand": [{"item": "A", "warehouse": "W", "mean": [9000.0] * 3, "sd": [50.0] * 3}]}),
    ],
    ids=["backorders", "decomposed", "many levels"],
)
def test_rules_are_asked_where_cells_are_not_solved_one_by_one(planner, changes, monkeypatch):
    asked = []
    monkeypatch.setattr("procure.insight.baselines.baseline", lambda plan, policy: asked.append(policy))
    with pytest.raises(AttributeError):
        planner(one_item(**{"demand": UNSURE, **changes}))
    assert asked == list(POLICIES)


def test_a_planner_without_memory_is_used_as_it_is():
    forgetful = SolvePlanner(carry_over=False)
    assert planner_of_run(forgetful) is forgetful
    assert planner_of_run(baseline) is baseline
    assert planner_of_run(SolvePlanner()) is not planner_of_run(SolvePlanner())


def test_a_plan_carried_on_keeps_every_rule_and_orders_at_its_end(example):
    """It holds what last week planned, and in its last quarter what the policy orders."""
    ground = ground_of(example("outdoor-shop"), 2)
    world = World.of(ground, 5, 1)
    last = baseline(ground.plan, "marginal")
    state, _ = carry_out(ground, world, 0, first_state(ground, world, 0), last)
    plan = plan_at(ground, state)
    found = continued(plan, last, "min-max", periods=3)
    network = ground_of(plan, 1).network
    laws, limits = Laws.of(network), limits_of(network)
    assert not found.relaxations
    assert not violations(keep_ledger(network, laws, decision_from(network, found)), limits)
    dates = {row.order_date for row in found.lines}
    assert max(dates) > max(row.order_date for row in last.lines)


def test_a_run_starts_from_an_older_plan_and_is_no_dearer_for_it(example):
    """With no time at all the answer is the start: last week's plan, carried over, not a plan that orders nothing."""
    ground = ground_of(example("quickstart"), 2)
    world = World.of(ground, 5, 1)
    last = procure.solve(ground.plan, gap=0.02)
    state, _ = carry_out(ground, world, 0, first_state(ground, world, 0), last)
    plan = plan_at(ground, state)
    with_start, without = (procure.solve(plan, time_limit=1e-3, start=start) for start in (last, None))
    assert not without.lines
    assert with_start.cost.total < without.cost.total
    cheapest = procure.solve(plan, time_limit=1e-3, start=[last, baseline(plan, "marginal")])
    assert cheapest.cost.total == min(with_start.cost.total, baseline(plan, "marginal").cost.total)


def test_a_start_of_a_later_plan_is_refused(example):
    plan = example("quickstart")
    later = plan.model_copy(update={"start_date": plan.start_date.replace(day=plan.start_date.day + 7)})
    with pytest.raises(UsageError, match="whole periods"):
        procure.solve(plan, start=baseline(later, "min-max"))
