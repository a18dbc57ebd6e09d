"""Order lines, purchase orders and transfers of a decision, numbered and dated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.table import Coded, Column, Columns
from procure.plan.table import Numbers as Count
from procure.plan.terms import order_date
from procure.solution.ledger import Ledger
from procure.solution.reasons import order_reasons, transfer_reasons
from procure.solution.records import OrderLine, Payment, PurchaseOrder, Transfer

Indices = NDArray[np.int64]
Numbers = Mapping[tuple[int, int], str]
"""Numbers of purchase orders by group and period."""


def po_numbers(ledger: Ledger) -> dict[tuple[int, int], str]:
    """Numbers of purchase orders by group and period: order date and a count, past those on open orders."""
    network = ledger.network
    taken = {order.po_number for order in network.plan.open_orders}
    counts: dict[int, int] = defaultdict(int)
    numbers = {}
    placed = sorted(zip(*np.nonzero(ledger.bills.placed), strict=True), key=lambda gt: (gt[1], gt[0]))
    for group, period in placed:
        day = f"{order_date(network.plan, int(period)):%y%m%d}"
        while True:
            counts[period] += 1
            number = f"{day}-{_four(counts[period])}"
            if number not in taken:
                break
        numbers[int(group), int(period)] = number
    return numbers


def _four(count: int) -> str:
    """Four characters that count on past 9999 with letters in front: A000, A001, ..."""
    if count < 10_000:
        return f"{count:04d}"
    letter, rest = divmod(count - 10_000, 1_000)
    return f"{chr(ord('A') + letter)}{rest:03d}"


def _day(network: Network, period: int, days: int = 0) -> date:
    return order_date(network.plan, period) + timedelta(days=days)


def order_lines(ledger: Ledger, numbers: Numbers) -> Columns[OrderLine]:
    """Order lines by period, purchase order and place, as columns: a large plan has millions."""
    network = ledger.network
    lines, periods = _by_purchase_order(ledger)
    group, cell = network.line_group[lines], network.line_cell[lines]
    quantity, goods = (table[lines, periods] for table in (ledger.decision.orders, ledger.bills.goods))
    first = np.ones(len(lines), dtype=bool)
    first[1:] = (group[1:] != group[:-1]) | (periods[1:] != periods[:-1])
    order = np.cumsum(first) - 1
    placed = zip(group[first].tolist(), periods[first].tolist(), strict=True)
    items, warehouses = network.names
    suppliers = [supplier.supplier for supplier in network.suppliers]
    columns: dict[str, Column] = {
        "po_number": Coded(order, [numbers[key] for key in placed]),
        "line_number": Count((np.arange(len(lines)) - np.flatnonzero(first)[order] + 1).astype(float), whole=True),
        "supplier": Coded(network.group_supplier[group], suppliers),
        "warehouse": Coded(network.cell_warehouse[cell], warehouses),
        "item": Coded(network.cell_item[cell], items),
        "offer": Coded(network.line_offer[lines], network.offer_ids),
        "period": Count(periods.astype(float), whole=True),
        "order_date": Coded(periods, [_day(network, t) for t in range(network.periods)]),
        "receipt_date": _receipt_dates(network, lines, periods),
        "quantity": Count(quantity),
        "unit_price": Count(goods / quantity),
        "goods_value": Count(goods),
        "release": Coded((periods == 0).astype(np.int64), (False, True)),
        "reason": Coded(np.arange(len(lines)), order_reasons(ledger, lines, periods)),
    }
    return Columns(OrderLine, columns)


def _receipt_dates(network: Network, lines: Indices, periods: Indices) -> Coded:
    """Nominal day of receipt of each order."""
    pairs = np.column_stack([periods, network.line_days[lines]])
    found, codes = np.unique(pairs, axis=0, return_inverse=True)
    return Coded(codes.ravel(), [_day(network, t, days) for t, days in found.tolist()])


def _by_purchase_order(ledger: Ledger) -> tuple[Indices, Indices]:
    """Order lines and their periods by period, group, item and warehouse."""
    network = ledger.network
    lines, periods = np.nonzero(ledger.decision.orders)
    cells = np.unique(network.line_cell[lines])
    rank = np.zeros(network.n_cells, dtype=np.int64)
    rank[sorted(cells.tolist(), key=network.place)] = np.arange(len(cells))
    order = np.lexsort((lines, rank[network.line_cell[lines]], network.line_group[lines], periods))
    return lines[order], periods[order]


def purchase_orders(ledger: Ledger, numbers: Numbers) -> Iterator[PurchaseOrder]:
    """Headers of the purchase orders by period."""
    fixed, containers = ledger.bills.order_fees, ledger.bills.container_costs
    lines: dict[tuple[int, int], list[int]] = defaultdict(list)
    found, periods = np.nonzero(ledger.decision.orders > 0.0)
    for line, period, group in zip(
        found.tolist(), periods.tolist(), ledger.network.line_group[found].tolist(), strict=True
    ):
        lines[group, period].append(line)
    for (group, period), number in sorted(numbers.items(), key=lambda e: (e[0][1], e[0][0])):
        own = lines[group, period]
        rate = float(ledger.network.line_rate[own[0]])
        fees = float(fixed[group, period]) / rate, float(containers[group, period]) / rate
        yield _header(ledger, group, period, number, own, fees)


def _header(
    ledger: Ledger, group: int, period: int, number: str, lines: Sequence[int], fees: tuple[float, float]
) -> PurchaseOrder:
    network, bills = ledger.network, ledger.bills
    supplier, rate = network.suppliers[network.group_supplier[group]], float(network.line_rate[lines[0]])
    kept = 1.0 - float(bills.discount_rate[group, period])
    goods = float(bills.order_goods[group, period])
    freight = {k: float(bills.freight[k, period]) / rate for k in lines}
    values = {k: float(bills.goods[k, period]) * kept + freight[k] for k in lines}
    deposit = supplier.payment_terms.deposit * sum(values.values())
    return PurchaseOrder(
        po_number=number,
        supplier=supplier.supplier,
        warehouse=network.warehouses[network.group_warehouse[group]].warehouse,
        period=period,
        order_date=_day(network, period),
        goods=goods,
        discount=goods * (1.0 - kept),
        freight=sum(freight.values()),
        fixed_cost=fees[0],
        containers=fees[1],
        container_count=int(bills.containers[group, period]),
        total=sum(values.values()) + sum(fees),
        currency=supplier.currency or network.plan.currency,
        exchange_rate=rate,
        deposit=deposit,
        deposit_due_date=_day(network, period) if deposit else None,
        balances=_balances(network, period, values, sum(fees)),
    )


def _balances(network: Network, period: int, values: Mapping[int, float], fees: float) -> tuple[Payment, ...]:
    """Payments after the deposit by due date; fixed cost and containers are due at the order date."""
    due: dict[date, float] = defaultdict(float)
    if fees:
        due[_day(network, period)] += fees
    for line, value in values.items():
        day = balance_due(network, line, period)
        due[day] += (1.0 - network.supplier_of_line(line).payment_terms.deposit) * value
    return tuple(Payment(due_date=day, amount=due[day]) for day in sorted(due) if due[day])


def balance_due(network: Network, line: int, period: int) -> date:
    """Day on which the rest of an order line is due, after the deposit."""
    terms = network.supplier_of_line(line).payment_terms
    days = int(network.line_days[line]) if terms.from_ == "receipt" else 0
    return _day(network, period, days + terms.net_days)


def transfers(ledger: Ledger) -> Iterator[Transfer]:
    """Transfers by ship period and move."""
    network = ledger.network
    moves, periods = np.nonzero(ledger.decision.shipments)
    order = np.lexsort((moves, periods))
    moves, periods = moves[order], periods[order]
    reasons = transfer_reasons(ledger, moves, periods)
    for move, period, reason in zip(moves.tolist(), periods.tolist(), reasons, strict=True):
        lane = network.lanes[network.move_lane[move]]
        yield Transfer(
            from_=lane.from_,
            to=lane.to,
            item=network.place(int(network.move_from[move]))[0],
            period=period,
            ship_date=_day(network, period),
            receipt_date=_day(network, period, int(network.move_days[move])),
            quantity=float(ledger.decision.shipments[move, period]),
            reason=reason,
        )
