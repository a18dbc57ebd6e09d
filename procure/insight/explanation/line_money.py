"""What an order line costs if all of it is delivered, in parts that add up [plan currency]."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from procure.insight.explanation.orders import OrderBill
from procure.insight.explanation.records import MoneyPart
from procure.plan.network import Network


def money_parts(network: Network, bill: OrderBill, line: int) -> tuple[MoneyPart, ...]:
    """Parts of the cost of a line of a purchase order, its share of what the whole order costs included.

    The fixed cost of the order is shared by goods value, its containers by what each line takes of them. So the lines
    of an order add up to its total and their own fixed costs.
    """
    return tuple(MoneyPart(part=name, amount=amount) for name, amount in _parts(network, bill, line) if amount)


def _parts(network: Network, bill: OrderBill, line: int) -> Iterator[tuple[str, float]]:
    k, rate = int(np.flatnonzero(bill.lines == line)[0]), float(network.line_rate[line])
    quantity, goods = float(bill.quantity[k]), float(bill.goods[k]) * rate
    plain = network.tariffs[network.line_offer[line]].prices[0] * quantity * rate
    yield "goods", plain
    yield "price_break", goods - plain
    yield "order_discount", float(bill.net_goods[k]) - goods
    yield "freight", float(bill.freight[k])
    yield "line", float(bill.line_fees[k])
    yield "order", bill.order_fee * _share(bill.goods, k)
    yield "containers", bill.container_cost * _share(bill.quantity * network.fees.load[bill.lines], k)


def _share(amounts: np.ndarray[tuple[int, ...], np.dtype[np.float64]], k: int) -> float:
    """Share of one line in a sum; equal shares of nothing."""
    total = float(amounts.sum())
    return float(amounts[k]) / total if total > 0.0 else 1.0 / len(amounts)
