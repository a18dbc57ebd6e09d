"""Frontiers: curves worked out by hand, the knee, ranges, and what is refused."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

import procure
from procure import UsageError
from procure.insight.frontier.chart import chart, round_ticks
from procure.insight.frontier.grid import default_ends, grid, snapped
from procure.insight.frontier.knee import knee_of, lower_hull
from procure.insight.frontier.words import amount, figures, step_of
from tests.oracle.cases import plain, weekly

FINE = {"gap": 1e-6, "time_limit": 20}


def two_items(**plan):
    """One week, 10 units each of A and B asked for, 2.00 a unit, delivered at once.

    A unit of A ordered saves its 3.00 of waiting and 2.00 owed at the end for 2.00: 3.00 for a budget of 2.00. One of
    B saves 1.00.
    """
    raw = plain(periods=1, **plan)
    raw["items"].append({"item": "B", "backorder_cost": 1, "holding_cost": 0.5})
    raw["offers"].append({"supplier": "S", "item": "B", "unit_price": 2, "lead_time": 0})
    raw["demand"] = [weekly([10]), weekly([10], item="B")]
    return procure.Plan.from_dict(raw)


def curve(found):
    return [(p.limit, round(p.total, 6), round(p.backorders, 6)) for p in found.points]


# --- curves by hand ---------------------------------------------------------------------------------


def test_a_budget_buys_the_dearer_backorders_first():
    plan = two_items(capital={"order_budget": 20})
    found = procure.frontier(plan, "capital", 5, low=0, high=40, **FINE)
    assert curve(found) == [(0, 80, 20), (10, 65, 15), (20, 50, 10), (30, 45, 5), (40, 40, 0)]
    assert [p.is_present for p in found.points] == [False, False, True, False, False]
    assert [p.spend for p in found.points] == pytest.approx([0, 10, 20, 30, 40])
    assert found.unlimited == pytest.approx(40)


def test_the_knee_is_where_the_dear_backorders_are_gone():
    found = procure.frontier(two_items(), "capital.order_budget", 5, low=0, high=40, **FINE)
    knee = found.knee
    assert (knee.limit, knee.saves_before, knee.saves_beyond) == pytest.approx((20, 1.5, 0.5))
    assert knee.distance == pytest.approx(1 - 20 / 40 - 10 / 40)
    text = " ".join(found.words)
    assert "knee is at 20 EUR: up to there another 1 EUR saves at least 1.50 EUR, beyond it at most 0.50 EUR" in text


def test_the_default_range_begins_well_below_today_and_ends_where_the_limit_no_longer_binds():
    found = procure.frontier(two_items(capital={"order_budget": 20}), steps=4, **FINE)
    assert (found.points[0].limit, found.points[-1].limit) == pytest.approx((8, 40))
    assert found.points[-1].total == pytest.approx(40)
    assert 20 in [p.limit for p in found.points]


def test_cash_is_moved_by_what_is_there_at_the_start():
    # 10 come in the week itself, so 10 at the start pay for 10 units and 30 for all
    plan = two_items(capital={"cash": {"opening": 10, "inflow": 10}})
    found = procure.frontier(plan, "capital", 4, low=0, high=30, **FINE)
    assert found.limit == "capital.cash"
    assert curve(found) == [(0, 65, 15), (10, 50, 10), (20, 45, 5), (30, 40, 0)]
    assert found.unlimited == pytest.approx(30)


def test_stock_is_worth_what_it_costs_to_replace():
    # before the week's demand all that was ordered is there, at 2.00 a unit
    found = procure.frontier(two_items(capital={"inventory_value": 20}), "capital", 3, low=0, high=40, **FINE)
    assert curve(found) == [(0, 80, 20), (20, 50, 10), (40, 40, 0)]


def test_storage_scales_all_warehouses():
    # 8 units at once cost one order and 4 units held: 16 + 3 + 2 = 21; room for fewer asks for two orders: 16 + 6
    raw = plain(periods=2, demand=[weekly([4, 4])], supplier={"fixed_order_cost": 3})
    raw["warehouses"] = [{"warehouse": "W", "capacity": {"units": 4}}]
    found = procure.frontier(procure.Plan.from_dict(raw), "storage", 5, low="100%", high="200%", **FINE)
    assert [(p.limit, p.total) for p in found.points] == [
        (4, pytest.approx(22)),
        (5, pytest.approx(22)),
        (6, pytest.approx(22)),
        (7, pytest.approx(22)),
        (8, pytest.approx(21)),
    ]
    assert found.unit == "units"
    assert found.knee is None


def test_one_supplier_can_be_moved_alone():
    plan = two_items(supplier={"capacity": {"units": 10}})
    found = procure.frontier(plan, "supplier.S", 3, low=0, high=20, **FINE)
    assert curve(found) == [(0, 80, 20), (10, 50, 10), (20, 40, 0)]


def test_capacities_of_several_resources_are_moved_by_their_share():
    raw = plain()
    raw["items"][0]["storage"] = {"m3": 0.5}
    raw["warehouses"] = [{"warehouse": "W", "capacity": {"units": 8, "m3": 2}}]
    found = procure.frontier(procure.Plan.from_dict(raw), "storage", 2, low=0.5, high="150%", **FINE)
    assert found.unit == "share"
    assert [p.limit for p in found.points] == [0.5, 1.5]


def test_the_curve_never_rises_and_bounds_lie_below_it(example):
    found = procure.frontier(example("quickstart"), steps=3, time_limit=2, gap=0.05)
    totals, bounds = [p.total for p in found.points], [p.bound for p in found.points]
    assert all(a >= b for a, b in pairwise(totals))
    assert all(a >= b for a, b in pairwise(bounds))
    assert all(bound <= total + 1e-6 for bound, total in zip(bounds, totals, strict=True))
    for point in found.points:
        assert point.total == pytest.approx(sum(getattr(point.cost, part) for part in type(point.cost).model_fields))


def test_each_point_costs_what_solving_there_costs():
    found = procure.frontier(two_items(), "capital.order_budget", 4, low=3, high=33, **FINE)
    for point in found.points:
        plan = two_items(capital={"order_budget": point.limit})
        assert procure.solve(plan, **FINE).cost.total == pytest.approx(point.total, abs=1e-4)


def test_a_known_solution_counts_at_todays_limit():
    plan = two_items(capital={"order_budget": 20})
    known = procure.solve(plan, **FINE)
    found = procure.frontier(plan, steps=3, low=10, high=30, start=known, gap=0.5)  # so loose that steps bring little
    today = next(point for point in found.points if point.is_present)
    assert today.total == pytest.approx(known.cost.total)
    assert today.bound >= known.bound - 1e-9
    with pytest.raises(UsageError, match="another plan"):
        procure.frontier(two_items(), "capital.order_budget", low=0, high=9, start=known)


def test_least_backorders_first_when_the_plan_says_so():
    plan = two_items(policy={"objective": "backorders"})
    found = procure.frontier(plan, "capital.order_budget", 3, low=0, high=40, **FINE)
    assert [p.backorders for p in found.points] == pytest.approx([20, 10, 0], abs=0.3)
    assert found.objective == "backorders"


def test_a_start_that_breaks_the_limit_is_said_and_left_out_of_the_knee():
    raw = plain(stock=[{"item": "A", "warehouse": "W", "on_hand": 9}])
    raw["warehouses"] = [{"warehouse": "W", "capacity": {"units": 10}}]
    found = procure.frontier(procure.Plan.from_dict(raw), "storage", 3, low=6, high=12, **FINE)
    assert [p.status for p in found.points] == ["relaxed", "optimal", "optimal"]
    assert any("1 of the 3 points, the last at 6 units, had to exceed a limit" in note for note in found.notes)


def test_a_budget_with_empty_periods_always_binds():
    plan = procure.Plan.from_dict(
        plain(capital={"order_budget": [4, 0, 0, 0], "carry_over": False}, item={"holding_cost": 9})
    )
    found = procure.frontier(plan, steps=2, **FINE)
    assert found.unlimited is None
    assert (found.points[0].limit, found.points[-1].limit) == pytest.approx((1.6, 8))
    assert any("binds at every size" in note for note in found.notes)


def test_a_stop_keeps_the_points_found_so_far():
    stop = threading.Event()

    def progress(done, of_all):
        if done == 3:
            stop.set()

    found = procure.frontier(two_items(), "capital.order_budget", 9, low=0, high=40, progress=progress, stop=stop)
    assert [p.limit for p in found.points] == [35, 40]  # the loose end comes first
    assert found.notes[0] == "Stopped early: 2 of 9 points were found by then, and the last search was cut short."


def test_a_stop_before_the_first_point_still_tells_of_the_plan_without_the_limit(tmp_path):
    stop = threading.Event()
    stop.set()
    found = procure.frontier(two_items(capital={"order_budget": 20}), stop=stop)
    assert found.points == ()
    assert found.notes[0] == "Stopped early: 0 of 9 points were found by then, and the last search was cut short."
    assert found.words[0].startswith("Without the limit it would cost")
    found.write(tmp_path)
    assert procure.read_frontier(tmp_path) == found


# --- the knee ---------------------------------------------------------------------------------------


def test_the_knee_is_farthest_from_the_chord():
    knee = knee_of([0, 1, 2, 3, 4], [8, 4, 2, 1, 1])
    # distances: 0.25 + 3/7 from 1 leaves 0.321, then 0.357 and 0.25
    assert knee.limit == 2
    assert knee.distance == pytest.approx(1 - 0.5 - 1 / 7)
    assert (knee.saves_before, knee.saves_beyond) == (2, 1)


@pytest.mark.parametrize(
    ("limits", "values", "doubt"),
    [
        ([0, 1, 2], [4, 2, 0], 0),
        ([0, 1, 2], [4, 3.9, 0], 0),
        ([0, 1], [4, 1], 0),
        ([0, 1, 2], [1, 1, 1], 0),
        ([0, 1, 2], [4, 1, 0], 5),
        ([], [], 0),
    ],
    ids=["straight", "bends up", "two points", "flat", "within the gap", "none"],
)
def test_no_knee(limits, values, doubt):
    assert knee_of(limits, values, doubt) is None


def test_a_point_above_its_neighbours_is_not_on_the_curve():
    assert lower_hull([0, 1, 2, 3], [9, 8.5, 3, 1]) == [(0, 9), (2, 3), (3, 1)]


def test_what_the_knee_says_of_savings_holds_for_every_point():
    limits, values = [0, 1, 2, 3, 4, 5], [20, 13, 9.5, 4, 3.8, 1]
    knee = knee_of(limits, values)
    at = values[limits.index(knee.limit)]
    for limit, value in zip(limits, values, strict=True):
        if limit < knee.limit:
            assert value - at >= knee.saves_before * (knee.limit - limit) - 1e-9
        if limit > knee.limit:
            assert at - value <= knee.saves_beyond * (limit - knee.limit) + 1e-9


@pytest.mark.parametrize(
    ("budgets", "gap", "text"),
    [
        ((0, 20), 1e-6, "The curve has no knee"),
        ((50, 90), 1e-6, "Over this range the limit makes no difference."),
        ((0, 40), 0.9, "less than what the gaps leave open, so no knee is named"),
    ],
    ids=["straight", "flat", "not proven"],
)
def test_why_there_is_no_knee(budgets, gap, text):
    found = procure.frontier(two_items(), "capital.order_budget", 3, low=budgets[0], high=budgets[1], gap=gap)
    assert found.knee is None
    assert any(text in sentence for sentence in found.words), (found.words, curve(found))


# --- ranges, order, words ---------------------------------------------------------------------------


def test_today_takes_the_place_of_the_nearest_inner_point():
    assert grid(0, 40, 5, 19) == [0, 10, 19, 30, 40]
    assert grid(0, 40, 5, 1) == [0, 1, 20, 30, 40]
    assert grid(0, 40, 5, 50) == grid(0, 40, 5, None) == [0, 10, 20, 30, 40]


def test_today_is_known_in_spite_of_rounding():
    assert snapped([0.1 + 0.2, 0.4], 0.3) == [0.3, 0.4]
    assert snapped([1, 2], None) == [1, 2]


def test_default_ends():
    assert default_ends(20, 0, 40) == (8, 40)
    assert default_ends(60, 0, 40) == (16, 40)
    assert default_ends(20, 15, 40) == (15, 40)  # what ordering nothing needs
    assert default_ends(20, 0, float("inf")) == (8, 40)
    assert default_ends(-5, 0, 10) == (-20, 10)  # overdrawn cash


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (43600, "43,600"), (4.7, "4.7"), (0.12345, "0.1235"), (1234.5, "1,234")]
)
def test_figures(value, text):
    assert figures(value) == text


def test_round_ticks_cover_the_range():
    assert round_ticks(0, 40) == [0, 10, 20, 30, 40]
    ticks = round_ticks(35_067, 44_734)
    assert ticks[0] <= 35_067
    assert ticks[-1] >= 44_734
    assert len(ticks) <= 7
    assert round_ticks(5, 5)[0] <= 5 <= round_ticks(5, 5)[-1]


def test_a_frontier_comes_back_from_its_file(tmp_path):
    found = procure.frontier(two_items(), "capital.order_budget", 3, low=0, high=40, **FINE)
    paths = found.write(tmp_path)
    assert [path.name for path in paths] == ["frontier.csv", "frontier.svg", "frontier.json"]
    assert procure.read_frontier(tmp_path) == found
    rows = (tmp_path / "frontier.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("limit,share,is_present,status,total,bound")
    assert len(rows) == 4


def test_the_chart_shows_curve_knee_and_names_safely():
    plan = two_items(name="A & B <best>")
    found = procure.frontier(plan, "capital.order_budget", 5, low=0, high=40, **FINE)
    drawing = chart(found)
    assert drawing.count("<circle") == drawing.count('<rect class="dot') == 5
    assert "A &amp; B &lt;best&gt;" in drawing
    assert f"knee: {amount(found, 20)}" in drawing
    assert step_of(found) == 1
    assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "")


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": "capitol"}, "no limit 'capitol' \\(did you mean 'capital'\\?\\); the plan has no limit that"),
        ({"limit": "capital"}, "no limit 'capital.order_budget'.* --from and --to"),
        ({"limit": "capital.cash", "low": 3}, "no limit 'capital.cash'.* --from and --to"),
        ({"limit": "storage"}, "no limit on the storage of all warehouses"),
        ({"limit": "storage.X"}, "no limit 'storage.X'"),
        ({"limit": "capital", "low": 5, "high": 5}, "begin at 5 and end at 5"),
        ({"limit": "capital", "low": -5, "high": 5}, "can't be below 0"),
        ({"limit": "capital", "low": "50%", "high": 5}, "a share of today's limit"),
        ({"limit": "capital", "low": "much", "high": 5}, "--from needs a number"),
        ({"limit": "capital", "low": 1, "high": float("nan")}, "--to needs a number"),
        ({"limit": "capital", "low": 1, "high": 5, "steps": 1}, "2 steps or more"),
    ],
    ids=str,
)
def test_refused(arguments, message):
    with pytest.raises(UsageError, match=message):
        procure.frontier(two_items(), **arguments)


@pytest.mark.parametrize(
    ("text", "message"), [("{", "not JSON"), ("[]", "not a frontier"), ('{"format": "procure-frontier/1"}', "whole")]
)
def test_a_file_that_is_no_frontier(tmp_path, text, message):
    (tmp_path / "frontier.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        procure.read_frontier(tmp_path)
    with pytest.raises(UsageError, match="can't read"):
        procure.read_frontier(tmp_path / "nowhere.json")
