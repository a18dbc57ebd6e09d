"""One term of trade at a time, through the whole engine, with the answer worked out by hand."""

from __future__ import annotations

import json

import pytest

import procure
from tests.oracle.cases import plain, two_places, weekly

NO_END_VALUE = {"terminal_value": 0}


def solved(plan):
    return procure.solve(procure.Plan.from_dict(plan), gap=1e-7, time_limit=30)


def ordered(solution):
    return {line.period: line.quantity for line in solution.lines}


def shipped(solution):
    return {transfer.period: transfer.quantity for transfer in solution.transfers}


@pytest.mark.parametrize(
    ("carry_over", "orders", "total"),
    [
        # what is left of the first week pays for the second
        (True, {0: 2, 1: 4}, 12),
        # the second week pays for one unit only: three are bought a week early, 0.50 each
        (False, {0: 5, 1: 1}, 12 + 3 * 0.5),
    ],
)
def test_a_budget_carries_over_or_not(carry_over, orders, total):
    solution = solved(
        plain(
            periods=2,
            demand=[weekly([2, 4])],
            capital={"order_budget": [10, 2], "carry_over": carry_over},
        )
    )
    assert ordered(solution) == orders
    assert solution.cost.total == pytest.approx(total)


@pytest.mark.parametrize(("multiple", "quantity"), [(1, 5), (2, 4)])
def test_a_transfer_ships_only_what_is_there(multiple, quantity):
    # 5 in stock, 8 wanted, and nothing that is ordered arrives in time
    solution = solved(
        two_places(
            periods=2,
            stock=[{"item": "A", "warehouse": "W", "on_hand": 5}],
            demand=[weekly([0, 8], warehouse="V")],
            offer={"lead_time": 14},
            lane={"order_multiple": multiple},
        )
    )
    assert shipped(solution) == {0: quantity}
    owed = 8 - quantity
    left = 5 - quantity
    assert solution.cost.total == pytest.approx(owed * (3 + 2) + left * (2 * 0.5 - 2))


def test_nothing_arrives_after_a_phase_out():
    # the order of week 0 arrives on 12 January, the next one on the 19th, too late: so 16 now,
    # 4 of them owed for a week, 8 and 4 held for a week
    solution = solved(plain(item={"phase_out": "2026-01-13"}, offer={"lead_time": 7}))
    assert ordered(solution) == {0: 16}
    assert solution.cost.total == pytest.approx(32 + 4 * 3 + 12 * 0.5)


def test_what_a_phase_out_leaves_is_worth_nothing():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 10}]
    kept = solved(plain(periods=1, stock=stock, demand=[weekly([4])]))
    gone = solved(plain(periods=1, stock=stock, demand=[weekly([4])], item={"phase_out": "2026-01-06"}))
    assert kept.cost.terminal == pytest.approx(-6 * 2)
    assert gone.cost.terminal == 0


def test_never_more_than_the_cover_allows():
    # two weeks at a time, whatever the order costs
    item = {"backorder_cost": 30, "max_cover_days": 14}
    solution = solved(plain(item=item, supplier={"fixed_order_cost": 20}))
    assert ordered(solution) == {0: 8, 2: 8}
    assert solution.cost.total == pytest.approx(2 * 20 + 32 + 2 * 4 * 0.5)


@pytest.mark.parametrize(("fill", "quantity"), [(0, 12), (0.5, 15), (1, 20)])
def test_the_last_container_is_filled_as_far_as_it_must(fill, quantity):
    container = {"resource": "units", "size": 10, "cost": 30, "minimum_fill": fill}
    solution = solved(
        plain(
            item={"backorder_cost": 100},
            supplier={"container": container},
            periods=1,
            demand=[weekly([12])],
            policy=NO_END_VALUE,
        )
    )
    assert ordered(solution) == {0: quantity}
    assert solution.headers[0].container_count == 2
    assert solution.cost.containers == pytest.approx(60)


@pytest.mark.parametrize(
    ("discount", "quantity", "total"),
    [
        # 36 for 18, or 40 less a tenth for 20 and two left over at 0.50
        (0.1, 18, 36),
        (0.15, 20, 34 + 1),
    ],
)
def test_an_order_is_raised_to_a_discount_that_pays(discount, quantity, total):
    tiers = [{"minimum_order_value": 40, "discount": discount}]
    solution = solved(
        plain(
            item={"backorder_cost": 100},
            supplier={"order_discounts": tiers},
            periods=1,
            demand=[weekly([18])],
            policy=NO_END_VALUE,
        )
    )
    assert ordered(solution) == {0: quantity}
    assert solution.cost.total == pytest.approx(total)
    assert solution.headers[0].discount == pytest.approx(2 * quantity * discount if quantity == 20 else 0)


def test_an_overdue_order_is_taken_to_arrive_a_week_after_the_start():
    late = {"po_number": "251201-0001", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 9}
    solution = solved(plain(open_orders=[{**late, "receipt_date": "2026-01-01"}]))
    assert solution.projection()["receipts"].to_list()[1] >= 9
    assert ordered(solution) == {0: 4, 3: 3}
    assert any("open_orders" in warning for warning in solution.warnings)


def test_receipts_leave_out_what_was_there_at_the_start():
    stock = [{"item": "A", "warehouse": "W", "on_hand": 7, "backorders": 1}]
    solution = solved(plain(stock=stock))
    assert solution.projection()["receipts"].to_list() == pytest.approx([0, 2, 4, 4])
    assert solution.projection()["supply"].to_list() == pytest.approx([6, 8, 12, 16])


def test_demand_samples_are_read_from_a_file(tmp_path):
    # 2, 4, 6 or 8 units, one short costs 2.9, one left 1: the 0.744 quantile is 6, in a quarter 2 too few
    rows = [f"A,W,{k},0,{quantity}" for k, quantity in enumerate((2, 4, 6, 8))]
    text = "\n".join(["item,warehouse,sample,period,quantity", *rows])
    (tmp_path / "paths.csv").write_text(text + "\n", encoding="utf-8")
    plan = plain(
        item={"backorder_cost": 2.9, "holding_cost": 1}, periods=1, demand=[], demand_samples="paths.csv"
    )
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    solution = procure.solve(procure.read_plan(tmp_path / "plan.json"), gap=1e-7)
    assert ordered(solution) == {0: 6}
    assert solution.expected_backorders.unit_periods == pytest.approx(0.5)


def test_backorders_come_before_cost():
    # dear units are bought to the last one, since 0.1 % of 8 allows no unit more to wait
    plan = plain(periods=2, demand=[weekly([4, 4])], offer={"unit_price": 500})
    cheap = solved(plan | {"policy": {"objective": "cost", "terminal_value": 0}})
    served = solved(plan | {"policy": {"objective": "backorders"}})
    assert served.backorder_bound == pytest.approx(0, abs=1e-6)
    assert ordered(served) == {0: 4, 1: 4}
    assert served.expected_backorders.unit_periods <= cheap.expected_backorders.unit_periods


def test_a_scarce_budget_goes_to_the_item_that_matters_more():
    plan = plain(periods=1, demand=[weekly([4]), {**weekly([4]), "item": "B"}], capital={"order_budget": 8})
    plan["items"].append({**plan["items"][0], "item": "B", "priority": 3})
    plan["offers"].append({**plan["offers"][0], "item": "B"})
    plan["policy"] = {"objective": "backorders"}
    solution = solved(plan)
    assert {line.item: line.quantity for line in solution.lines} == {"B": 4}
    assert solution.backorder_bound == pytest.approx(4, abs=0.01)
