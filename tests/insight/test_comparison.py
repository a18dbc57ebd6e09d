"""Two results side by side: differences by hand, and what is refused."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

import procure
from procure import UsageError
from procure.insight.comparison import compare
from procure.insight.simulation.records import RUN_COLUMNS, Simulation
from procure.solution.records import CostParts, ExpectedBackorders, OpenLoop
from tests import hand_made

T_4 = 2.7764451051977987  # Student's t, 4 degrees of freedom, 97.5 %
T_8 = 2.3060041350333704  # 8 degrees of freedom


def simulation(total, *, backorders=None, seed=0, kind="open-loop", weeks=4) -> Simulation:
    """A simulation of the hand-made plan with the totals given by run, all of it purchase."""
    runs = len(total)
    columns = {name: np.zeros(runs) for name in RUN_COLUMNS}
    columns |= {"purchase": np.array(total, float), "total": np.array(total, float), "fill_rate": np.full(runs, 0.9)}
    columns["backorders"] = np.zeros(runs) if backorders is None else np.array(backorders, float)
    return Simulation(
        reference=hand_made.solution().plan_reference,
        currency="EUR",
        uncertainty="cumulative",
        kind=kind,
        planner="procure",
        seed=seed,
        runs=runs,
        weeks=weeks,
        figures=(),
        items=(),
        limits=(),
        limits_ever=(),
        gap=None,
        notes=(),
        table=pd.DataFrame(columns),
    )


def by_name(rows) -> dict:
    return {row.figure: row for row in rows}


# --- solutions ----------------------------------------------------------------------------------


def test_costs_stand_side_by_side():
    a = hand_made.solution(cost=CostParts(purchase=100, holding=5))
    b = hand_made.solution(cost=CostParts(purchase=90, holding=8, terminal=-2))
    found = by_name(compare(a, b).cost)
    assert {name: (row.a, row.b, row.difference) for name, row in found.items() if row.a or row.b} == {
        "purchase": (100, 90, -10),
        "holding": (5, 8, 3),
        "terminal": (0, -2, -2),
        "total": (105, 96, -9),
    }
    assert compare(a, b).better == "B"
    assert compare(b, a).better == "A"
    assert compare(a, a).better is None


def test_backorders_and_gap_stand_side_by_side():
    none = OpenLoop(unit_periods=1, end_units=0.5)
    b = hand_made.solution(
        bound=None,
        gap=None,
        fill_rate=0.9,
        expected_backorders=ExpectedBackorders(unit_periods=10.3456, end_units=0.1, open_loop=none),
    )
    found = by_name(compare(hand_made.solution(), b).figures)
    assert found["backorders"].difference == pytest.approx(-2)
    assert found["backorders_at_the_end"].difference == pytest.approx(-3)
    assert found["backorders_open_loop"].difference == pytest.approx(-19)
    assert found["fill_rate"].difference == pytest.approx(-0.0871)
    assert (found["bound"].a, found["bound"].b, found["bound"].difference) == (195.5, None, None)


def test_orders_are_added_dropped_and_changed():
    first = hand_made.line()
    later = hand_made.line(period=2, order_date=date(2026, 3, 16), release=False)
    a = hand_made.solution(lines=(later, first, hand_made.line(item="MUTTER-Ø8", quantity=7)))
    b = hand_made.solution(
        lines=(
            hand_made.line(quantity=1000),
            hand_made.line(item="MUTTER-Ø8", quantity=7),
            later,
            hand_made.line(warehouse="BONN", quantity=50),
        )
    )
    found = compare(a, b)
    assert found.same_orders == 2
    assert [(o.change, o.warehouse, o.item, o.a, o.b) for o in found.orders] == [
        ("added", "BONN", "BOLT-M8", 0, 50),
        ("changed", "KÖLN", "BOLT-M8", 1200, 1000),
    ]
    assert [o.change for o in compare(b, a).orders] == ["dropped", "changed"]


def test_the_value_of_a_change_is_in_plan_currency():
    # The hand-made line is on an order in dollars at 0.9: 120 USD against 100 USD.
    cut = hand_made.solution(lines=(hand_made.line(quantity=1000, goods_value=100.0),))
    (change,) = compare(hand_made.solution(lines=(hand_made.line(),)), cut).orders
    assert change.value == pytest.approx((100 - 120) * 0.9)


def test_orders_to_release_now_come_first():
    later = hand_made.line(period=2, order_date=date(2026, 3, 16), release=False, item="A")
    found = compare(hand_made.solution(lines=()), hand_made.solution(lines=(later, hand_made.line())))
    assert [order.release for order in found.orders] == [True, False]


def test_other_offers_of_the_same_supplier_are_the_same_order():
    a = hand_made.solution(lines=(hand_made.line(),))
    b = hand_made.solution(lines=(hand_made.line(quantity=700, offer="x"), hand_made.line(quantity=500, offer="y")))
    assert compare(a, b).orders == ()


# --- simulations --------------------------------------------------------------------------------


def test_runs_of_the_same_worlds_are_paired():
    # Differences -1, -2, -3, -2, -2: mean -2, sd sqrt(0.5), so half a width of t sqrt(0.5 / 5).
    a, b = [100, 200, 300, 400, 500], [99, 198, 297, 398, 498]
    found = compare(simulation(a), simulation(b))
    total, width = found.figure("total"), T_4 * math.sqrt(0.5 / 5)
    assert found.paired
    assert found.won == 1.0
    assert total.difference == pytest.approx(-2)
    assert (total.low, total.high) == (pytest.approx(-2 - width), pytest.approx(-2 + width))
    assert total.better == "B"
    assert found.figure("purchase").better == "B"
    assert found.figure("holding").better is None
    assert compare(simulation(b), simulation(a)).figure("total").better == "A"


def test_other_worlds_are_not_paired():
    # Equal variances and sizes: Welch's degrees of freedom are 8; sd of 1..5 in hundreds is 158.1.
    a, b = [100, 200, 300, 400, 500], [99, 199, 299, 399, 499]
    found = compare(simulation(a), simulation(b, seed=1))
    total = found.figure("total")
    assert not found.paired
    assert found.won is None
    assert "--seed" in found.warnings[0]
    assert total.high == pytest.approx(-1 + T_8 * math.sqrt(2 * 25_000 / 5))
    assert total.better is None


def test_a_higher_fill_rate_is_better():
    a, b = simulation([1, 2, 3]), simulation([1, 2, 3])
    b.table["fill_rate"] = [0.95, 0.96, 0.95]
    assert compare(a, b).figure("fill_rate").better == "B"
    assert compare(b, a).figure("fill_rate").better == "A"


def test_a_single_run_has_no_interval():
    found = compare(simulation([1]), simulation([2]))
    assert (found.figure("total").low, found.figure("total").better) == (None, None)
    assert "single run" in found.warnings[-1]


# --- what is refused ----------------------------------------------------------------------------


def test_another_plan_is_refused_and_both_are_named():
    other = hand_made.solution(plan=hand_made.plan(name="Other"))
    digests = [s.plan_reference.digest for s in (hand_made.solution(), other)]
    with pytest.raises(UsageError) as error:
        compare(hand_made.solution(), other)
    assert all(digest in str(error.value) for digest in digests)
    assert "'Other'" in str(error.value)


@pytest.mark.parametrize(
    ("other", "said"),
    [({"kind": "closed-loop"}, "--replan"), ({"weeks": 8}, "number of periods")],
)
def test_other_simulations_are_refused(other, said):
    with pytest.raises(UsageError, match=said):
        compare(simulation([1, 2]), simulation([1, 2], **other))


def test_a_solution_and_a_simulation_are_refused():
    with pytest.raises(UsageError, match="two of a kind"):
        compare(hand_made.solution(), simulation([1, 2]))


def test_results_are_read_from_their_places(tmp_path):
    hand_made.solution().write(tmp_path / "a")
    hand_made.solution(lines=()).write(tmp_path / "b")
    read = compare(tmp_path / "a", tmp_path / "b" / "solution.json")
    assert read.orders == compare(hand_made.solution(), hand_made.solution(lines=())).orders
    assert read.orders
    assert read.a.source == str(tmp_path / "a")


def test_solutions_and_simulations_in_one_place_must_be_named(tmp_path):
    solution = procure.baseline(hand_made.plan(), "min-max")
    for name in "ab":
        solution.write(tmp_path / name)
        procure.simulate(hand_made.plan(), solution, runs=5).write(tmp_path / name)
    with pytest.raises(UsageError, match="name the files"):
        compare(tmp_path / "a", tmp_path / "b")
    found = compare(tmp_path / "a" / "simulation.json", tmp_path / "b")
    assert found.kind == "simulations"
    assert found.figure("total").difference == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "can't read"), ("{", "not JSON"), ('{"format": "x/1"}', "neither a solution"), ("[]", "neither")],
)
def test_what_is_no_result_is_refused(tmp_path, text, said):
    place = tmp_path / "solution.json"
    if text is not None:
        place.write_text(text)
    with pytest.raises(UsageError, match=said):
        compare(place, place)


def test_an_empty_directory_is_refused(tmp_path):
    with pytest.raises(UsageError, match="solve or simulate first"):
        compare(tmp_path, tmp_path)
