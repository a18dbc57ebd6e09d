"""From a ledger to a solution: orders, purchase orders, transfers, projection, use of limits."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from procure.plan.network import Network
from procure.plan.terms import order_date
from procure.solution.ledger import Decision, Ledger, Laws, keep_ledger, order_fees, stocks_under
from procure.solution.limits import Limit, Limits, used
from procure.solution.reasons import order_reason, transfer_reason
from procure.solution.records import (
    Backorders,
    CostParts,
    ExpectedBackorders,
    OrderLine,
    Payment,
    PurchaseOrder,
    Relaxation,
    ResourceUse,
    Solution,
    Status,
    Transfer,
)


def assemble(
    ledger: Ledger,
    laws: Laws,
    given: Limits,
    limits: Limits,
    *,
    bound: float,
    backorder_bound: float | None,
    gap: float,
    engine: str,
    solver: str,
    seconds: Mapping[str, float],
    warnings: Sequence[str],
) -> Solution:
    """Make the solution of a checked decision.

    Parameters
    ----------
    given, limits
        The limits of the plan, and those kept after relaxation.
    bound
        Proven lower bound on the total.
    gap
        Relative gap asked for.
    """
    network = ledger.network
    relaxations = tuple(_relaxations(network, given, limits))
    apart = max(ledger.total - bound, 0.0) / ledger.gross if math.isfinite(bound) else None
    status: Status = "relaxed" if relaxations else "feasible"
    if not relaxations and apart is not None and apart <= gap + 1e-9:
        status = "optimal"
    numbers = po_numbers(ledger)
    return Solution(
        plan=network.plan,
        status=status,
        objective=network.plan.policy.objective,
        engine=engine,
        solver=solver,
        cost=CostParts(**ledger.cost),
        bound=bound if math.isfinite(bound) else None,
        gap=apart,
        backorder_bound=backorder_bound,
        expected_backorders=_expected_backorders(ledger, laws),
        without_orders=_without_orders(network, laws),
        fill_rate=_fill_rate(ledger, laws),
        seconds=dict(seconds),
        lines=tuple(_lines(ledger, numbers)),
        headers=tuple(_headers(ledger, numbers)),
        transfers=tuple(_transfers(ledger)),
        projected=_projection(ledger, laws),
        resources=tuple(_resources(ledger, limits)),
        relaxations=relaxations,
        warnings=tuple(warnings),
    )


def po_numbers(ledger: Ledger) -> dict[tuple[int, int], str]:
    """Numbers of the purchase orders by group and period: order date and a count, past those on open orders."""
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


def _lines(ledger: Ledger, numbers: Mapping[tuple[int, int], str]) -> Iterator[OrderLine]:
    network = ledger.network
    found = [(int(t), int(network.line_group[k]), int(k)) for k, t in zip(*np.nonzero(ledger.decision.orders), strict=True)]
    found.sort(key=lambda e: (*e[:2], *network.place(int(network.line_cell[e[2]])), e[2]))
    counts: dict[str, int] = defaultdict(int)
    for period, group, line in found:
        number = numbers[group, period]
        counts[number] += 1
        item, warehouse = network.place(int(network.line_cell[line]))
        quantity = float(ledger.decision.orders[line, period])
        goods = float(ledger.bills.goods[line, period])
        yield OrderLine(
            po_number=number,
            line_number=counts[number],
            supplier=network.supplier_of_line(line).supplier,
            warehouse=warehouse,
            item=item,
            offer=network.offers[network.line_offer[line]].offer,
            period=period,
            order_date=_day(network, period),
            receipt_date=_day(network, period, int(network.line_days[line])),
            quantity=quantity,
            unit_price=goods / quantity,
            goods_value=goods,
            release=period == 0,
            reason=order_reason(ledger, line, period),
        )


def _headers(ledger: Ledger, numbers: Mapping[tuple[int, int], str]) -> Iterator[PurchaseOrder]:
    fixed, containers = order_fees(ledger.network, ledger.bills)
    for (group, period), number in sorted(numbers.items(), key=lambda e: (e[0][1], e[0][0])):
        rate = float(ledger.network.line_rate[ledger.network.line_group == group][0])
        fees = float(fixed[group, period]) / rate, float(containers[group, period]) / rate
        yield _header(ledger, group, period, number, rate, fees)


def _header(
    ledger: Ledger, group: int, period: int, number: str, rate: float, fees: tuple[float, float]
) -> PurchaseOrder:
    network, bills = ledger.network, ledger.bills
    supplier = network.suppliers[network.group_supplier[group]]
    lines = [int(k) for k in np.flatnonzero((network.line_group == group) & (ledger.decision.orders[:, period] > 0.0))]
    kept = 1.0 - float(bills.discount_rate[group, period])
    goods = float(bills.order_goods[group, period])
    freight = {k: _freight(ledger, k, period) / rate for k in lines}
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


def _freight(ledger: Ledger, line: int, period: int) -> float:
    offer = ledger.network.offers[ledger.network.line_offer[line]]
    return offer.unit_freight * float(ledger.decision.orders[line, period])


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


def _transfers(ledger: Ledger) -> Iterator[Transfer]:
    network = ledger.network
    found = [(int(t), int(k)) for k, t in zip(*np.nonzero(ledger.decision.shipments), strict=True)]
    for period, move in sorted(found):
        lane = network.lanes[network.move_lane[move]]
        yield Transfer(
            from_=lane.from_,
            to=lane.to,
            item=network.place(int(network.move_from[move]))[0],
            period=period,
            ship_date=_day(network, period),
            receipt_date=_day(network, period, int(network.move_days[move])),
            quantity=float(ledger.decision.shipments[move, period]),
            reason=transfer_reason(ledger, move, period),
        )


def _expected_backorders(ledger: Ledger, laws: Laws) -> ExpectedBackorders:
    open_loop, _, _ = stocks_under(ledger.network, laws.open_loop, ledger.stocks.supply)
    return ExpectedBackorders(
        unit_periods=float(ledger.stocks.backorders.sum()),
        end_units=float(ledger.stocks.backorders[:, -1].sum()),
        open_loop=Backorders(unit_periods=float(open_loop.sum()), end_units=float(open_loop[:, -1].sum())),
    )


def _without_orders(network: Network, laws: Laws) -> Backorders:
    nothing = keep_ledger(network, laws, Decision.nothing(network)).stocks.backorders
    return Backorders(unit_periods=float(nothing.sum()), end_units=float(nothing[:, -1].sum()))


def _fill_rate(ledger: Ledger, laws: Laws) -> float:
    """Share of the mean demand served from stock, with all surprises counted; 1 without demand."""
    demand = float(ledger.network.mean.sum())
    if demand <= 0.0:
        return 1.0
    _, on_hand, peak = stocks_under(ledger.network, laws.open_loop, ledger.stocks.supply)
    return float((peak - on_hand).sum()) / demand


def real_cells(ledger: Ledger) -> np.ndarray:
    """Cells with a demand row, a stock row, an open order, an order or a transfer."""
    network, plan = ledger.network, ledger.network.plan
    real = network.has_demand.copy()
    real[network.line_cell[ledger.decision.orders.any(axis=1)]] = True
    shipped = ledger.decision.shipments.any(axis=1)
    real[network.move_from[shipped]] = True
    real[network.move_to[shipped]] = True
    rows = {(r.item, r.warehouse) for r in (*plan.stock, *plan.open_orders)}
    for cell in range(network.n_cells):
        real[cell] |= network.place(cell) in rows
    return np.flatnonzero(real)


def _projection(ledger: Ledger, laws: Laws) -> pd.DataFrame:
    network, stocks = ledger.network, ledger.stocks
    cells = real_cells(ledger)
    places = [network.place(int(c)) for c in cells]
    periods = network.periods
    return pd.DataFrame(
        {
            "item": np.repeat(np.array([i for i, _ in places], dtype=object), periods),
            "warehouse": np.repeat(np.array([w for _, w in places], dtype=object), periods),
            "period": np.tile(np.arange(periods), len(cells)),
            "supply": stocks.supply[cells].ravel(),
            "demand_mean": network.mean[cells].ravel(),
            "receipts": stocks.receipts[cells].ravel(),
            "expected_on_hand": stocks.on_hand[cells].ravel(),
            "expected_backorders": stocks.backorders[cells].ravel(),
            "peak_stock": stocks.peak[cells].ravel(),
        }
    )


def _resources(ledger: Ledger, limits: Limits) -> Iterator[ResourceUse]:
    for limit in limits:
        amounts, allowed = used(ledger, limit), limit.allowed
        if limit.kind == "order_budget" and ledger.network.plan.capital.carry_over:
            before = np.concatenate([[0.0], amounts[:-1]])
            amounts, allowed = amounts - before, allowed - before
        for period in range(ledger.network.periods):
            yield ResourceUse(
                resource=limit.resource,
                **_place(ledger.network, limit),
                unit=_unit(ledger.network, limit),
                period=period,
                used=float(amounts[period]),
                limit=float(allowed[period]),
            )


def _place(network: Network, limit: Limit) -> dict[str, str]:
    if limit.place is None:
        return {}
    if limit.kind == "storage":
        return {"warehouse": network.warehouses[limit.place].warehouse}
    if limit.kind == "supplier_capacity":
        return {"supplier": network.suppliers[limit.place].supplier}
    if limit.kind == "offer_capacity":
        offer = network.offers[limit.place]
        return {"supplier": offer.supplier, "offer": offer.offer}
    lane = network.lanes[limit.place]
    return {"from_": lane.from_, "to": lane.to}


def _unit(network: Network, limit: Limit) -> str:
    if limit.kind == "supplier_capacity" and limit.resource == "value":
        return network.suppliers[limit.place or 0].currency or network.plan.currency
    return network.plan.currency if limit.place is None else limit.resource


def _relaxations(network: Network, given: Limits, limits: Limits) -> Iterator[Relaxation]:
    for before, after in zip(given, limits, strict=True):
        for period in np.flatnonzero(after.allowed > before.allowed):
            yield Relaxation(
                resource=before.resource,
                warehouse=None if before.place is None else network.warehouses[before.place].warehouse,
                unit=_unit(network, before),
                period=int(period),
                limit=float(before.allowed[period]),
                amount=float(after.allowed[period] - before.allowed[period]),
            )
