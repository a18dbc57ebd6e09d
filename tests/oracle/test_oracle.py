from __future__ import annotations

import numpy as np
import pytest

from .arithmetic import Oracle
from .cases import CELL, NOW, oracle, plain, two_places, weekly

BREAKS = [{"minimum_quantity": 10, "unit_price": 4}, {"minimum_quantity": 20, "unit_price": 3}]
MATERIAL = {"unit_price": 5, "price_breaks": BREAKS}


# --- what depends on the offers -------------------------------------------------------------------


def test_main_offer_is_the_cheapest_landed_with_deepest_break_and_discount():
    slow = {"supplier": "S", "item": "A", "unit_price": 5, "lead_time": 14, "price_breaks": BREAKS}
    quick = {"supplier": "Q", "item": "A", "unit_price": 3, "unit_freight": 0.1, "lead_time": 1}
    plan = plain(offers=[slow, quick])
    plan["suppliers"] = [{"supplier": "S", "currency": "EUR"}, {"supplier": "Q", "currency": "EUR"}]
    assert Oracle(plan).protection(CELL) == 3
    assert Oracle(plan).network.replacement_cost("A") == 3
    plan["suppliers"][1]["order_discounts"] = [{"minimum_order_value": 500, "discount": 0.1}]
    assert Oracle(plan).protection(CELL) == 2
    assert Oracle(plan).network.replacement_cost("A") == pytest.approx(2.8)


def test_tie_of_main_offers_goes_to_the_shorter_lead_time():
    rows = [{"supplier": "S", "item": "A", "unit_price": 2, "lead_time": days} for days in (14, 3)]
    assert Oracle(plain(offers=rows)).protection(CELL) == 2


def test_an_offer_that_never_arrives_or_is_no_longer_valid_is_no_main_offer():
    late = {"supplier": "S", "item": "A", "unit_price": 1, "lead_time": 28}
    gone = {"supplier": "S", "item": "A", "unit_price": 1, "lead_time": 0, "valid_to": "2026-01-04"}
    usual = {"supplier": "S", "item": "A", "unit_price": 2, "lead_time": 8}
    case = Oracle(plain(offers=[late, gone, usual]))
    assert case.protection(CELL) == 3
    assert case.network.replacement_cost("A") == 1
    assert case.network.owed_cost(CELL) == 2


def test_protection_over_a_lane_adds_the_lane():
    case = Oracle(two_places(offer={"lead_time": 3}))
    assert (case.protection(CELL), case.protection(("A", "V"))) == (2, 3)
    assert Oracle(two_places(offers=[])).protection(("A", "V")) == 4


def test_units_owed_cost_the_plain_price_of_offers_valid_at_the_end():
    # the start of period 3 is 26 January
    rows = [
        {"supplier": "S", "item": "A", "unit_price": 1, "valid_to": "2026-01-25"},
        {"supplier": "S", "item": "A", "unit_price": 5, "price_breaks": BREAKS, "unit_freight": 0.5},
    ]
    supplier = {"order_discounts": [{"minimum_order_value": 9, "discount": 0.2}]}
    case = Oracle(plain(offers=rows, supplier=supplier))
    assert case.network.owed_cost(CELL) == 5.5
    assert case.network.replacement_cost("A") == pytest.approx(0.8)


def test_replacement_cost_given_counts_when_it_is_less():
    assert oracle(item={"replacement_cost": 1.5}).network.replacement_cost("A") == 1.5
    assert oracle(item={"replacement_cost": 2.5}).network.replacement_cost("A") == 2
    assert Oracle(plain(offers=[])).network.replacement_cost("A") == 0


def test_default_holding_cost_is_a_yearly_rate_on_the_replacement_cost():
    case = oracle(item={"holding_cost": None}, policy={"holding_rate": 0.365}, period_days=10)
    assert case.network.holding_cost("A") == pytest.approx(0.365 * 2 * 10 / 365)


def test_foreign_offers_are_landed_in_plan_currency():
    case = oracle(supplier={"currency": "USD"}, exchange_rates={"USD": 0.9}, offer={"unit_freight": 0.25})
    assert case.network.replacement_cost("A") == pytest.approx(2.05)


# --- money ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "quantity", "bill"),
    [
        ("all_units", 9, 45),
        ("all_units", 10, 40),
        ("all_units", 25, 75),
        ("incremental", 10, 50),
        ("incremental", 25, 50 + 40 + 15),
    ],
)
def test_bill_of_price_breaks(kind, quantity, bill):
    offer = oracle(offer={**MATERIAL, "price_break_type": kind}).network.offers["S/A"]
    assert offer.bill(quantity) == pytest.approx(bill)


def test_order_header_and_cost_parts():
    # 25 units: goods 75 USD, 10 % off, 3 containers of 10, half is delivered
    tiers = [{"minimum_order_value": 50, "discount": 0.1}, {"minimum_order_value": 76, "discount": 0.5}]
    container = {"resource": "units", "size": 10, "cost": 4}
    supplier = {"currency": "USD", "fixed_order_cost": 6, "order_discounts": tiers, "container": container}
    terms = {
        "unit_freight": 0.2,
        "fixed_line_cost": 1.5,
        "delivered_fraction": {"1": 0.25, "0.5": 0.5, "0": 0.25},
    }
    case = oracle(supplier=supplier, offer={**MATERIAL, **terms}, exchange_rates={"USD": 0.8})
    (header,) = case.purchase_orders({("S/A", "W", 1): 25})
    assert (header.goods, header.discount, header.containers) == (75, 7.5, 3)
    assert header.spend == pytest.approx((75 - 7.5 + 6 + 12) * 0.8 + 25 * 0.2)
    costs = case.costs({("S/A", "W", 1): 25}, {})
    assert costs["purchase"] == pytest.approx(0.5 * 67.5 * 0.8)
    assert costs["freight"] == pytest.approx(0.5 * 25 * 0.2)
    assert costs["ordering"] == pytest.approx(6 * 0.8 + 1.5)
    assert costs["containers"] == pytest.approx(12 * 0.8)
    assert case.supply({("S/A", "W", 1): 25}, {})[CELL].tolist() == [0, 12.5, 12.5, 12.5]


def test_cash_falls_in_the_period_of_its_due_date():
    # ordered on day 0, received on day 10, the rest due on day 20: period 2; half of 8 * 2 is delivered
    supplier = {"fixed_order_cost": 5, "payment_terms": {"deposit": 0.25, "net_days": 10, "from": "receipt"}}
    case = oracle(supplier=supplier, offer={"lead_time": 10, "delivered_fraction": 0.5, "unit_freight": 1})
    amount = 0.5 * (16 + 8)
    assert case.payments({NOW: 8}).tolist() == pytest.approx([5 + 0.25 * amount, 0, 0.75 * amount, 0])
    supplier["payment_terms"]["from"] = "order"
    case = oracle(supplier=supplier, offer={"lead_time": 10})
    assert case.payments({NOW: 8}).tolist() == pytest.approx([5 + 4, 12, 0, 0])
    assert case.payments({("S/A", "W", 3): 8}).tolist() == pytest.approx([0, 0, 0, 9])


def test_payment_of_a_receipt_within_a_period_is_due_before_it_serves():
    case = oracle(offer={"lead_time": 10})
    assert case.payments({NOW: 1}).tolist() == [0, 2, 0, 0]
    assert case.supply({NOW: 1}, {})[CELL].tolist() == [0, 0, 1, 1]


def test_dues_of_open_orders_count_before_the_start_and_not_after_the_horizon():
    rows = [
        {"item": "A", "warehouse": "W", "quantity": 1, "receipt_date": "2026-01-06", "amount_due": money}
        for money in (10, 20, 40)
    ]
    for row, due in zip(rows, ("2025-12-01", "2026-01-19", "2026-02-02"), strict=True):
        row["due_date"] = due
    assert oracle(open_orders=rows).payments({}).tolist() == [10, 0, 20, 0]


# --- stock and service ----------------------------------------------------------------------------


def test_overdue_open_orders_arrive_after_overdue_days():
    row = {"item": "A", "warehouse": "W", "quantity": 5}
    days = ("2026-01-05", "2026-01-06", "2026-01-04", "2026-02-01")
    rows = [{**row, "receipt_date": day} for day in days]
    stock = [{"item": "A", "warehouse": "W", "on_hand": 3, "backorders": 4}]
    assert oracle(open_orders=rows[:1], stock=stock).opening[CELL].tolist() == [4, 4, 4, 4]
    assert oracle(open_orders=rows[1:2]).opening[CELL].tolist() == [0, 5, 5, 5]
    assert oracle(open_orders=rows[2:3], policy={"overdue_days": 8}).opening[CELL].tolist() == [0, 0, 5, 5]
    assert oracle(open_orders=rows[3:]).opening[CELL].tolist() == [0, 0, 0, 0]


def test_peak_stock_is_after_receipts_and_before_demand():
    path = oracle().projection({NOW: 6, ("S/A", "W", 2): 7}, {})[CELL]
    assert path.supply.tolist() == [6, 6, 13, 13]
    assert path.peak.tolist() == [6, 2, 5, 1]
    assert path.on_hand.tolist() == [2, 0, 1, 0]
    assert path.backorders.tolist() == [0, 2, 0, 3]


def test_costs_of_known_demand_by_hand():
    # holding 0.5 * (2 + 1), backorders 3 * (2 + 3), at the end 3 units owed at 2
    costs = oracle().costs({NOW: 6, ("S/A", "W", 2): 7}, {})
    assert costs["purchase"] == 26
    assert costs["holding"] == 1.5
    assert costs["backorder"] == 15
    assert costs["terminal"] == 6
    assert costs["total"] == 48.5


def test_stock_left_is_worth_its_replacement_cost_unless_phased_out():
    assert oracle(policy={"terminal_value": 0.5}).costs({NOW: 20}, {})["terminal"] == -0.5 * 2 * 4
    assert oracle(item={"phase_out": "2026-02-01"}).costs({NOW: 20}, {})["terminal"] == 0
    assert oracle(item={"phase_out": "2026-02-02"}).costs({NOW: 20}, {})["terminal"] == -8


def test_expected_backorders_count_all_surprises_in_open_loop():
    # Poisson 2 a week; supply 3, then 5. P = 1: in week 1 the first week counts as 2, known
    case = oracle(demand=[weekly([2, 2], [2**0.5, 2**0.5])], periods=2)
    orders = {NOW: 3, ("S/A", "W", 1): 2}
    owed = case.expected_backorders(orders, {})
    late = 9 * np.exp(-2) - 1
    assert owed["unit_periods"] == pytest.approx(2 * late)
    assert owed["end_units"] == pytest.approx(late)
    # open loop, week 1: Poisson 4 against 5, stock left 5 p0 + 4 p1 + 3 p2 + 2 p3 + 1 p4
    left = np.exp(-4) * (5 + 4 * 4 + 3 * 8 + 2 * 32 / 3 + 32 / 3)
    assert owed["open_loop"]["end_units"] == pytest.approx(left - 1)
    assert owed["open_loop"]["unit_periods"] == pytest.approx(late + left - 1)


def test_fill_rate_is_the_share_served_from_stock():
    assert oracle().fill_rate({NOW: 12}, {}) == pytest.approx(12 / 16)
    random = oracle(demand=[weekly([2], [2**0.5])], periods=1)
    assert random.fill_rate({NOW: 3}, {}) == pytest.approx((3 - 9 * np.exp(-2)) / 2)


def test_safety_target_is_the_larger_of_units_and_quantile():
    # P = 2, Poisson mean 4: the 0.9 quantile is 7 (P(D <= 6) = 0.889)
    spread = [2**0.5] * 4
    levels = {"service_level": 0.9, "safety_stock": 2}
    case = oracle(item=levels, offer={"lead_time": 7}, demand=[weekly([2] * 4, spread)])
    assert [case.safety_target(CELL, t) for t in range(4)] == [0, 3, 3, 3]
    case = oracle(item={"safety_stock": 2}, offer={"lead_time": 7})
    # from period 1 on: X - D is 0 - 8, 12 - 12, 12 - 16
    assert case.costs({("S/A", "W", 1): 12}, {})["safety_stock"] == 3 * (10 + 2 + 6)


def test_safety_stock_waits_for_the_first_order_day_and_needs_demand():
    closed = {"closures": [{"first": "2026-01-05", "last": "2026-01-12"}]}
    assert oracle(item={"safety_stock": 2}, supplier=closed).network.first_served(CELL) == 2
    asleep = oracle(
        item={"safety_stock": 2}, demand=[], stock=[{"item": "A", "warehouse": "W", "on_hand": 1}]
    )
    assert asleep.costs({}, {})["safety_stock"] == 0
    assert Oracle(two_places(lane={"lead_time": 8})).network.first_served(("A", "V")) == 2


def test_transfers_move_supply_and_cost_per_unit_and_shipment():
    case = Oracle(two_places(lane={"unit_cost": 0.5, "fixed_cost": 3}))
    moves = {("W", "V", "A", 1): 4.0, ("W", "V", "A", 2): 2.0}
    supply = case.supply({NOW: 10}, moves)
    assert supply[CELL].tolist() == [10, 6, 4, 4]
    assert supply["A", "V"].tolist() == [0, 0, 4, 6]
    assert case.costs({NOW: 10}, moves)["transfer"] == 3 + 6


def test_weighted_backorders_and_their_allowance():
    case = oracle(item={"priority": 2})
    assert case.weighted_backorders({}, {}) == 2 * (4 + 8 + 12 + 16)
    assert case.backorder_allowance(80) == pytest.approx(80.8 + 0.001 * 32)
