"""The open-loop simulation: hand-worked runs, promises that come true, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import procure
from procure.errors import UsageError
from procure.insight.simulation.course import stocks
from procure.insight.simulation.intervals import mean_interval, ratio_interval, share_interval, upper_bound
from procure.insight.simulation.records import RUN_COLUMNS
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.ledger import Decision
from tests.insight.rolling_plans import decided, one_item, solution_of, two_places

SEEDS = range(20)


def planned(plan, **orders):
    """Return the solution that orders these units: `t0=5.0` in period 0 of the first line."""
    network = build_network(plan)
    decision = Decision.nothing(network)
    for period, units in orders.items():
        decision.orders[0, int(period[1:])] = units
    return solution_of(network, decision)


def uncertain(**changes):
    """Return a plan over six periods with random demand, all surprises counted."""
    item = {"item": "A", "warehouse": "W"} | changes.pop("demand", {"mean": [5.0] * 6, "sd": [3.0] * 6})
    policy = {"uncertainty": "cumulative", "scenarios": 20} | changes.pop("policy", {})
    return one_item(periods=6, demand=[item], policy=policy, **changes)


def test_a_plan_without_surprises_costs_what_it_says_in_every_run():
    # 10 on hand, 4 asked for a period, 5 ordered at once for period 1: 6, 7 and 3 are left.
    plan = one_item()
    found = procure.simulate(plan, decided(plan, {"S/A": 5.0}), runs=3)
    first = found.table.iloc[0]
    assert found.table.nunique().max() == 1
    assert first["purchase"] == pytest.approx(5 * 2.0)
    assert first["freight"] == pytest.approx(5 * 0.5)
    assert first["ordering"] == pytest.approx(5.0 + 3.0)
    assert first["holding"] == pytest.approx(6.0 + 7.0 + 3.0)
    assert first["terminal"] == pytest.approx(-3 * 2.5)
    assert first["on_hand"] == pytest.approx(16.0)
    assert (first["backorders"], first["fill_rate"]) == (0.0, 1.0)
    assert all(figure.inside for figure in found.figures)


def test_backorders_wait_and_are_owed_in_the_end():
    # 10 on hand, 12 asked for: 2 units wait at the end, 10 of 12 are served.
    plan = one_item()
    found = procure.simulate(plan, decided(plan, {}), runs=2)
    first = found.table.iloc[0]
    assert first["backorder"] == pytest.approx(2 * 10.0)
    assert first["end_units"] == pytest.approx(2.0)
    assert first["fill_rate"] == pytest.approx(10 / 12)


def test_what_is_lost_does_not_wait():
    demand, supply = np.array([[5.0], [8.0], [9.0]]), np.array([[3.0], [3.0], [7.0]])
    unmet, on_hand, peak = stocks(supply, demand, lost=True)
    # 3 units for 5: 2 lost. None for 3: 3 lost. Then 4 come for 1: 3 are left.
    assert unmet[:, 0].tolist() == [2.0, 3.0, 0.0]
    assert on_hand[:, 0].tolist() == [0.0, 0.0, 3.0]
    assert peak[:, 0].tolist() == [3.0, 0.0, 4.0]


def test_only_what_is_delivered_is_paid_and_held():
    # All or nothing, half of the time: in each run 8 units come and are paid, or none.
    plan = one_item(offer={"delivered_fraction": {"1": 0.5, "0": 0.5}})
    table = procure.simulate(plan, decided(plan, {"S/A": 8.0}), runs=200).table
    assert set(table["purchase"]) == {0.0, 16.0}
    came = table["purchase"] > 0.0
    assert 60 < came.sum() < 140
    assert set(table.loc[came, "on_hand"]) == {6.0 + 10.0 + 6.0}
    assert set(table.loc[~came, "on_hand"]) == {6.0 + 2.0}


def test_an_order_serves_from_the_period_in_which_it_truly_arrives():
    # 12 units arrive after one period or after two, 10 are there at the start and 4 are asked for each period.
    plan = one_item(offer={"lead_time": {"7": 0.5, "14": 0.5}})
    table = procure.simulate(plan, decided(plan, {"S/A": 12.0}), runs=100).table
    assert set(table["on_hand"]) == {6.0 + 14.0 + 10.0, 6.0 + 2.0 + 10.0}


def test_transfers_leave_one_place_and_reach_the_other():
    # 4 units at W, 3 shipped to V for period 1: W holds 1 in each of 3 periods; V owes 1, then holds 1, then 0.
    plan = two_places()
    first = procure.simulate(plan, decided(plan, {"W>V": 3.0}), runs=1).table.iloc[0]
    assert first["transfer"] == pytest.approx(3 * 0.5 + 8.0)
    assert first["on_hand"] == pytest.approx(3.0 + 1.0)
    assert first["backorders"] == pytest.approx(1.0)


def test_the_chance_of_exceeding_storage_counts_runs():
    # Peak stock is 10, then 12 or 6: with the delivery it exceeds a limit of 10 in period 1 only.
    plan = one_item(offer={"delivered_fraction": {"1": 0.5, "0": 0.5}}, warehouse={"capacity": {"units": 10.0}})
    found = procure.simulate(plan, decided(plan, {"S/A": 6.0}), runs=400)
    share = float((found.table["purchase"] > 0.0).mean())
    assert [limit.probability for limit in found.limits] == [0.0, pytest.approx(share), 0.0]
    assert found.limits_ever[0].probability == pytest.approx(share)
    assert found.limits[1].low < share < found.limits[1].high


def test_cash_counts_what_is_truly_paid():
    # 8 units at 2.50 are paid at receipt in period 1 when they come; 20 in cash don't pay for that.
    plan = one_item(
        offer={"delivered_fraction": {"1": 0.5, "0": 0.5}},
        supplier={"fixed_order_cost": 5.0},
        capital={"cash": {"opening": 20.0}},
    )
    found = procure.simulate(plan, decided(plan, {"S/A": 8.0}), runs=400)
    share = float((found.table["purchase"] > 0.0).mean())
    # 5 for the order in period 0; 25 in all by period 1 when the goods come.
    assert [limit.probability for limit in found.limits] == [0.0, pytest.approx(share), pytest.approx(share)]


JUMPS = {"mean": [5.0, 1.0, 12.0, 2.0, 8.0, 5.0], "sd": [2.0, 3.0, 14.0, 4.0, 4.0, 9.0]}

CASES = {
    "normal": {"policy": {"distribution": "normal"}},
    "gamma": {"policy": {"distribution": "gamma"}},
    "poisson": {"policy": {"distribution": "poisson"}},
    "negative binomial": {"policy": {"distribution": "negative_binomial"}},
    "auto": {},
    "normal that jumps": {"policy": {"distribution": "normal"}, "demand": JUMPS},
    "gamma that jumps": {"policy": {"distribution": "gamma"}, "demand": JUMPS},
    "poisson that jumps": {"policy": {"distribution": "poisson"}, "demand": JUMPS},
    "negative binomial that jumps": {"policy": {"distribution": "negative_binomial"}, "demand": JUMPS},
    "auto that jumps, short": {"offer": {"delivered_fraction": {"1": 0.7, "0": 0.3}}, "demand": JUMPS},
    "random lead time": {"offer": {"lead_time": {"7": 0.6, "14": 0.3, "28": 0.1}}},
    "gamma lead time": {"offer": {"lead_time": {"mean": 10, "sd": 6}}},
    "delivered fraction": {"offer": {"delivered_fraction": {"1": 0.8, "0.5": 0.1, "0": 0.1}}},
    "late open order": {
        "open_orders": [
            {
                "po_number": "P1",
                "supplier": "S",
                "item": "A",
                "warehouse": "W",
                "quantity": 6,
                "receipt_date": "2026-01-15",
                "lead_time_sd": 6,
            }
        ]
    },
    "lost sales": {"item": {"unmet_demand": "lost"}},
    "lost sales, random supply": {
        "item": {"unmet_demand": "lost"},
        "offer": {"lead_time": {"7": 0.6, "21": 0.4}, "delivered_fraction": {"1": 0.8, "0": 0.2}},
    },
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_promises_come_true(changes):
    # A 95 % interval misses a true promise once in twenty. The seeds share nothing, so the misses of a figure are
    # binomial: five or more of twenty come by chance in 0.26 % of all figures, a mean beyond 3.5 errors in 0.05 %.
    plan = uncertain(**{key: dict(value) if isinstance(value, dict) else value for key, value in changes.items()})
    solution = planned(plan, t0=5.0, t1=6.0, t2=5.0, t3=4.0)
    found = [procure.simulate(plan, solution, runs=400, seed=seed) for seed in SEEDS]
    for name in ("total", "backorders", "on_hand", "fill_rate"):
        figures = [simulation.figure(name) for simulation in found]
        assert sum(not figure.inside for figure in figures) <= 4, name
        z = [3.92 * (f.mean - f.promised) / (f.high - f.low) for f in figures if f.high > f.low]
        assert z, name
        assert abs(np.mean(z)) * len(z) ** 0.5 < 3.5, name


def test_with_protection_the_promise_is_the_open_loop():
    plan = uncertain(policy={"uncertainty": "protection"})
    solution = planned(plan, t0=5.0, t1=6.0, t2=5.0, t3=4.0)
    found = procure.simulate(plan, solution, runs=400)
    promised = found.figure("backorders").promised
    assert promised == pytest.approx(solution.expected_backorders.open_loop.unit_periods)
    assert promised > solution.expected_backorders.unit_periods
    assert found.figure("fill_rate").promised == pytest.approx(solution.fill_rate)
    assert "protection" in found.notes[0]


def test_the_same_seed_gives_the_same_worlds_and_another_seed_others():
    plan = uncertain()
    solution = planned(plan, t0=5.0)
    once, again = (procure.simulate(plan, solution, runs=20, seed=3).table for _ in range(2))
    assert once.equals(again)
    assert not once.equals(procure.simulate(plan, solution, runs=20, seed=4).table)


def test_a_solution_of_another_plan_is_refused_with_both_digests():
    plan, other = one_item(), one_item(name="another")
    with pytest.raises(UsageError) as refused:
        procure.simulate(plan, decided(other, {}))
    assert plan.digest() in str(refused.value)
    assert other.digest() in str(refused.value)


@pytest.mark.parametrize("wrong", [{"runs": 0}, {"jobs": 0}, {"replications": -1}])
def test_numbers_that_make_no_sense_are_refused(wrong):
    plan = one_item()
    with pytest.raises(UsageError, match=next(iter(wrong))):
        procure.simulate(plan, decided(plan, {}), **wrong)


def many_items(count=70):
    base = {"backorder_cost": 10.0, "holding_cost": 1.0}
    items = [f"I{k}" for k in range(count)]
    return Plan.from_dict(
        {
            "format": "procure-plan/1",
            "name": "many items",
            "start_date": "2026-01-05",
            "periods": 3,
            "currency": "EUR",
            "items": [{"item": name, **base} for name in items],
            "warehouses": [{"warehouse": "W", "capacity": {"units": 500.0}}],
            "stock": [{"item": name, "warehouse": "W", "on_hand": 7} for name in items],
            "demand": [{"item": name, "warehouse": "W", "mean": [2.0] * 3, "sd": [1.5] * 3} for name in items],
        }
    )


def test_two_processes_find_the_same_to_the_last_digit():
    plan = many_items()
    solution, seen = decided(plan, {}), []
    alone = procure.simulate(plan, solution, runs=10)
    both = procure.simulate(plan, solution, runs=10, jobs=2, progress=lambda done, of_all: seen.append((done, of_all)))
    assert both.table.equals(alone.table)
    assert (both.figures, both.items, both.limits) == (alone.figures, alone.items, alone.limits)
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_what_is_written_reads_back_the_same(tmp_path):
    plan = uncertain(warehouse={"capacity": {"units": 20.0}})
    found = procure.simulate(plan, planned(plan, t0=5.0), runs=15)
    files = found.write(tmp_path / "sim")
    assert [path.name for path in files] == ["items.csv", "limits.csv", "runs.csv", "simulation.json"]
    assert sorted(path.name for path in (tmp_path / "sim").iterdir()) == sorted(path.name for path in files)
    assert len(files[2].read_text(encoding="utf-8").splitlines()) == 16
    back = procure.read_simulation(tmp_path / "sim")
    assert back.table.equals(found.table)
    assert tuple(back.table.columns) == RUN_COLUMNS
    assert back.summary() == found.summary()


def test_a_file_that_is_no_simulation_is_refused(tmp_path):
    (tmp_path / "simulation.json").write_text('{"format": "procure-plan/1"}', encoding="utf-8")
    with pytest.raises(UsageError, match="not a simulation"):
        procure.read_simulation(tmp_path)
    with pytest.raises(UsageError, match="can't read"):
        procure.read_simulation(tmp_path / "nothing.json")


def test_the_gap_is_exact_where_nothing_is_sampled():
    # Nothing ordered, 2 units wait in the end for 20; buying them costs 5 + 3 more and only 2 * 2.50 either way.
    plan = one_item(policy={"uncertainty": "cumulative"})
    solution = decided(plan, {})
    found = procure.simulate(plan, solution, runs=2, replications=5).gap
    best = procure.solve(
        plan.model_copy(update={"policy": plan.policy.model_copy(update={"uncertainty": "cumulative"})})
    )
    assert (found.replications, found.is_exact) == (1, True)
    assert found.mean == pytest.approx(solution.cost.total - best.bound, abs=1e-6)
    assert found.mean > 5.0


def test_the_gap_of_a_sampled_plan_has_an_upper_end():
    plan = one_item(
        demand=[{"item": "A", "warehouse": "W", "mean": [5.0] * 3, "sd": [3.0] * 3}],
        offer={"delivered_fraction": {"1": 0.8, "0": 0.2}},
        policy={"scenarios": 50},
    )
    solution = procure.solve(plan, gap=0.01)
    found = procure.simulate(plan, solution, runs=2, replications=2, gap=0.01).gap
    assert (found.replications, found.is_exact) == (2, False)
    assert found.mean >= 0.0
    assert found.upper > found.mean
    worse = procure.simulate(plan, planned(plan, t0=400.0), runs=2, replications=2, gap=0.01).gap
    assert worse.mean > found.upper


def test_intervals_match_the_textbook():
    # Mean 3, sd sqrt(2.5), t(4) = 2.776: half width 1.963. Wilson for 5 of 10: 0.237 to 0.763.
    assert mean_interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0])) == pytest.approx((3.0, 1.0367, 4.9633), abs=1e-3)
    assert mean_interval(np.array([2.0])) == (2.0, None, None)
    assert share_interval(5, 10) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-3)
    assert share_interval(0, 10)[:2] == (0.0, 0.0)
    assert ratio_interval(np.array([1.0, 2.0]), np.array([2.0, 4.0])) == pytest.approx((0.5, 0.5, 0.5))
    # t(4), one-sided = 2.132
    assert upper_bound(np.array([1.0, 2.0, 3.0, 4.0, 5.0])) == pytest.approx(3.0 + 2.1318 * 0.70711, abs=1e-3)
