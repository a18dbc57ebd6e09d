"""The arithmetic of a decision, by hand."""

from __future__ import annotations

import numpy as np
import pytest

import procure
from procure.plan.network import build_network
from procure.solution.ledger import Decision, Laws, committed_payments, keep_ledger, payment_periods
from tests.oracle.cases import plain, two_places, weekly


def ledger_of(plan, orders, shipments=None):
    network = build_network(procure.Plan.from_dict(plan))
    nothing = Decision.nothing(network).shipments
    moved = nothing if shipments is None else np.array(shipments, dtype=float)
    return keep_ledger(network, Laws.of(network), Decision(np.array(orders, dtype=float), moved))


def test_two_weeks_by_hand():
    # 2 on hand, demand 4 and 4; 3 ordered now, 5 next week
    plan = plain(
        periods=2,
        stock=[{"item": "A", "warehouse": "W", "on_hand": 2}],
        demand=[weekly([4, 4])],
        supplier={"fixed_order_cost": 7},
        offer={"unit_freight": 0.5, "fixed_line_cost": 1},
    )
    ledger = ledger_of(plan, [[3, 5]])
    assert ledger.stocks.receipts.tolist() == [[3, 5]]
    assert ledger.stocks.supply.tolist() == [[5, 10]]
    assert ledger.stocks.on_hand.tolist() == [[1, 2]]
    assert ledger.stocks.backorders.tolist() == [[0, 0]]
    assert ledger.stocks.peak.tolist() == [[5, 6]]
    assert ledger.cost == pytest.approx(
        {
            "purchase": 16,
            "freight": 4,
            "ordering": 2 * (7 + 1),
            "containers": 0,
            "transfer": 0,
            "holding": 3 * 0.5,
            "backorder": 0,
            "safety_stock": 0,
            "terminal": -2 * 2.5,
        }
    )
    assert ledger.spend.tolist() == [6 + 1.5 + 7, 10 + 2.5 + 7]
    assert ledger.payments.tolist() == ledger.spend.tolist()
    assert ledger.total == pytest.approx(16 + 4 + 16 + 1.5 - 5)
    assert ledger.gross == pytest.approx(16 + 4 + 16 + 1.5)


def test_units_owed_cost_their_price_at_the_end():
    ledger = ledger_of(plain(periods=2, demand=[weekly([4, 4])]), [[3, 2]])
    assert ledger.stocks.backorders.tolist() == [[1, 3]]
    assert ledger.cost["backorder"] == pytest.approx(4 * 3)
    assert ledger.cost["terminal"] == pytest.approx(3 * 2)
    assert ledger.weighted_backorders == pytest.approx(4)


def test_the_safety_stock_is_missed_at_the_backorder_cost():
    # target 3: 4 + 1 against a mean of 4 leaves 1, so 2 are missing; 9 against 8 as well
    ledger = ledger_of(plain(periods=2, item={"safety_stock": 3}, demand=[weekly([4, 4])]), [[5, 4]])
    assert ledger.cost["safety_stock"] == pytest.approx((2 + 2) * 3)


def test_price_breaks_discount_containers_and_rate():
    plan = plain(
        periods=1,
        exchange_rates={"USD": 0.5},
        supplier={
            "currency": "USD",
            "fixed_order_cost": 10,
            "order_discounts": [
                {"minimum_order_value": 10, "discount": 0.1},
                {"minimum_order_value": 15, "discount": 0.2},
            ],
            "container": {"resource": "units", "size": 4, "cost": 6},
        },
        offer={"price_breaks": [{"minimum_quantity": 10, "unit_price": 1.6}]},
        demand=[weekly([4])],
    )
    ledger = ledger_of(plan, [[10]])
    assert ledger.bills.goods.tolist() == [[16]]
    assert ledger.bills.discount_rate.tolist() == [[0.2]]
    assert ledger.bills.containers.tolist() == [[3]]
    assert ledger.cost["purchase"] == pytest.approx(16 * 0.8 * 0.5)
    assert ledger.cost["ordering"] == pytest.approx(5)
    assert ledger.cost["containers"] == pytest.approx(3 * 6 * 0.5)


@pytest.mark.parametrize(("quantity", "bill"), [(4, 8), (9, 18), (10, 20), (12, 23), (25, 38)])
def test_incremental_breaks(quantity, bill):
    # 2.00 up to 10, then 1.50 up to 20, then 0.60: 10 at 2 + 10 at 1.5 + 5 at 0.6 = 38
    breaks = [{"minimum_quantity": 10, "unit_price": 1.5}, {"minimum_quantity": 20, "unit_price": 0.6}]
    offer = {"price_breaks": breaks, "price_break_type": "incremental"}
    ledger = ledger_of(plain(periods=1, offer=offer, demand=[weekly([4])]), [[quantity]])
    assert ledger.bills.goods[0, 0] == pytest.approx(bill)


def test_what_is_not_delivered_is_neither_paid_nor_received():
    ledger = ledger_of(plain(periods=1, offer={"delivered_fraction": 0.5}, demand=[weekly([4])]), [[8]])
    assert ledger.stocks.supply.tolist() == [[4]]
    assert ledger.cost["purchase"] == pytest.approx(8)
    assert ledger.payments.tolist() == [8]
    assert ledger.spend.tolist() == [16]


def test_deposit_and_balance_fall_due_in_their_weeks():
    # half at the order, half ten days after the receipt of 12 January: on the 22nd, in week 2
    terms = {"deposit": 0.5, "net_days": 10, "from": "receipt"}
    plan = plain(supplier={"payment_terms": terms, "fixed_order_cost": 3}, offer={"lead_time": 7})
    ledger = ledger_of(plan, [[6, 0, 1, 0]])
    assert payment_periods(ledger.network, 0, 0) == ((0.5, 0), (0.5, 2))
    assert ledger.payments.tolist() == [6 + 3, 0, 6 + 1 + 3, 0]


def test_open_orders_are_paid_when_due():
    row = {"po_number": "1", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 1}
    rows = [
        {**row, "receipt_date": "2026-01-07", "amount_due": 5, "due_date": "2025-12-20"},
        {**row, "po_number": "2", "receipt_date": "2026-01-07", "amount_due": 7, "due_date": "2026-01-19"},
        {**row, "po_number": "3", "receipt_date": "2026-01-07", "amount_due": 9, "due_date": "2026-06-01"},
    ]
    ledger = ledger_of(plain(open_orders=rows), [[0, 0, 0, 0]])
    assert committed_payments(ledger.network).tolist() == [5, 0, 7, 0]
    assert ledger.payments.tolist() == [5, 0, 7, 0]


def test_transfers_leave_now_and_arrive_later():
    plan = two_places(
        periods=2,
        stock=[{"item": "A", "warehouse": "W", "on_hand": 5}],
        demand=[weekly([0, 2], warehouse="V")],
        lane={"unit_cost": 0.25, "fixed_cost": 4},
    )
    ledger = ledger_of(plan, [[0, 0]], [[3, 0]])
    where = {ledger.network.place(c)[1]: c for c in range(2)}
    assert ledger.stocks.supply[where["W"]].tolist() == [2, 2]
    assert ledger.stocks.supply[where["V"]].tolist() == [0, 3]
    assert ledger.cost["transfer"] == pytest.approx(3 * 0.25 + 4)
