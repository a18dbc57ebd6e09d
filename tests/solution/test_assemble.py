"""From a decision to documents: numbers, dates, prices, payments, reasons."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

import procure
from procure.plan.network import build_network
from procure.solution.assemble import assemble
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import limits_of
from tests.oracle.cases import plain, two_places, weekly


def solution_of(plan, orders, shipments=None, bound=0.0, gap=0.01):
    network = build_network(procure.Plan.from_dict(plan))
    laws, limits = Laws.of(network), limits_of(network)
    moved = Decision.nothing(network).shipments if shipments is None else np.array(shipments, dtype=float)
    ledger = keep_ledger(network, laws, Decision(np.array(orders, dtype=float), moved))
    return assemble(
        ledger,
        laws,
        limits,
        limits,
        bound=bound,
        backorder_bound=None,
        gap=gap,
        engine="hand",
        solver="none",
        seconds={},
        warnings=(),
    )


def test_one_purchase_order_for_supplier_warehouse_and_period():
    plan = plain(periods=2, demand=[weekly([4, 4]), {**weekly([2, 0]), "item": "B"}])
    plan["items"].append({**plan["items"][0], "item": "B"})
    plan["offers"].append({**plan["offers"][0], "item": "B"})
    solution = solution_of(plan, [[4, 4], [2, 0]])
    assert [(line.po_number, line.line_number, line.item) for line in solution.lines] == [
        ("260105-0001", 1, "A"),
        ("260105-0001", 2, "B"),
        ("260112-0001", 1, "A"),
    ]
    assert [header.goods for header in solution.headers] == [12, 8]
    assert [line.release for line in solution.lines] == [True, True, False]


def test_numbers_of_open_orders_are_not_given_again():
    taken = {"po_number": "260105-0001", "supplier": "S", "item": "A", "warehouse": "W", "quantity": 1}
    solution = solution_of(plain(open_orders=[{**taken, "receipt_date": "2026-01-12"}]), [[4, 0, 0, 0]])
    assert [line.po_number for line in solution.lines] == ["260105-0002"]


def test_a_purchase_order_speaks_the_suppliers_currency():
    plan = plain(
        exchange_rates={"USD": 0.5},
        supplier={
            "currency": "USD",
            "fixed_order_cost": 10,
            "order_discounts": [{"minimum_order_value": 15, "discount": 0.25}],
            "payment_terms": {"deposit": 0.5, "net_days": 10, "from": "receipt"},
        },
        offer={"lead_time": 7, "unit_freight": 0.25},
    )
    (header,) = solution_of(plan, [[8, 0, 0, 0]]).headers
    # 16 less a quarter, freight of 2 euros is 4 dollars; half of 16 now, half on 22 January
    assert (header.currency, header.exchange_rate) == ("USD", 0.5)
    assert (header.goods, header.discount, header.freight, header.fixed_cost) == (16, 4, 4, 10)
    assert header.total == 26
    assert (header.deposit, header.deposit_due_date) == (8, date(2026, 1, 5))
    assert [(p.due_date, p.amount) for p in header.balances] == [
        (date(2026, 1, 5), 10),
        (date(2026, 1, 22), 8),
    ]


def test_a_line_has_dates_and_the_price_after_breaks():
    breaks = [{"minimum_quantity": 4, "unit_price": 1}]
    offer = {"lead_time": 9, "price_breaks": breaks, "price_break_type": "incremental"}
    (line,) = solution_of(plain(offer=offer), [[0, 8, 0, 0]]).lines
    assert (line.order_date, line.receipt_date) == (date(2026, 1, 12), date(2026, 1, 21))
    assert line.goods_value == 12
    assert line.unit_price == 1.5


@pytest.mark.parametrize(
    ("stock", "orders", "reason"),
    [
        ({"on_hand": 3}, [9, 0, 4, 0], "demand 8 to 01-18, 3 in stock, 4 spare"),
        ({"on_hand": 0, "backorders": 2}, [16, 0, 0, 0], "demand 16 to 02-01, 2 owed, 2 short"),
    ],
)
def test_the_reason_names_demand_until_the_next_receipt_and_stock(stock, orders, reason):
    plan = plain(stock=[{"item": "A", "warehouse": "W", **stock}])
    found = solution_of(plan, [orders]).lines[0].reason
    assert found == reason
    assert len(found) <= 40


def test_the_reason_names_what_is_shipped_on():
    plan = two_places(demand=[weekly([1, 1, 1, 1]), weekly([0, 5, 0, 0], warehouse="V")])
    solution = solution_of(plan, [[9, 0, 0, 0]], [[5, 0, 0, 0]])
    assert solution.lines[0].reason == "demand 4 + 5 out to 02-01, 0 in stock"
    (transfer,) = solution.transfers
    assert (transfer.ship_date, transfer.receipt_date) == (date(2026, 1, 5), date(2026, 1, 12))
    assert transfer.reason == "demand 5 to 02-01, 0 in stock"


@pytest.mark.parametrize(("bound", "status"), [(42.0, "optimal"), (30.0, "feasible")])
def test_the_status_is_optimal_within_the_gap(bound, status):
    # four weeks at 4: 32 of purchase, nothing else
    solution = solution_of(plain(), [[4, 4, 4, 4]], bound=bound - 10.0)
    assert solution.cost.total == 32
    assert solution.status == status
    assert solution.gap == pytest.approx((42.0 - bound) / 32)


def test_without_a_bound_there_is_no_gap():
    solution = solution_of(plain(), [[4, 4, 4, 4]], bound=-np.inf)
    assert (solution.bound, solution.gap, solution.status) == (None, None, "feasible")


def test_use_of_a_budget_that_carries_over_is_told_by_period():
    solution = solution_of(plain(capital={"order_budget": 9}), [[3, 0, 5, 0]])
    assert [(r.used, r.limit) for r in solution.resources] == [(6, 9), (0, 12), (10, 21), (0, 20)]


def test_fill_rate_and_backorders_with_and_without_orders():
    solution = solution_of(plain(periods=2, demand=[weekly([4, 4])]), [[4, 2]])
    assert solution.fill_rate == pytest.approx(6 / 8)
    assert solution.expected_backorders.unit_periods == 2
    assert solution.without_orders.unit_periods == 4 + 8
