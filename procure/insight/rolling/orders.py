"""The purchase orders that a solution places now: what truly comes of them, when, and for how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling.ground import Ground
from procure.insight.rolling.lateness import Due
from procure.insight.rolling.state import Payment, Shipment, State
from procure.insight.rolling.world import World
from procure.plan.records import Offer
from procure.plan.terms import whole_periods
from procure.solution.records import OrderLine, PurchaseOrder, Solution


@dataclass
class Placed:
    """Orders of one week.

    Attributes
    ----------
    shipments, payments
        What they bring and what is to be paid later.
    cost
        Cost of the parts that orders have, for what is truly delivered [plan currency].
    spend
        Money committed, for the quantities ordered.
    paid
        Money paid at the order date.
    """

    shipments: list[Shipment] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    cost: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("purchase", "freight", "ordering", "containers"), 0.0)
    )
    spend: float = 0.0
    paid: float = 0.0


@dataclass(frozen=True)
class Called:
    """An order line in plan currency, with what truly comes of it."""

    line: OrderLine
    offer: Offer
    goods: float
    freight: float
    days: float
    share: float

    @property
    def value(self) -> float:
        """Goods after order discount, and freight, of the quantity ordered."""
        return self.goods + self.freight


def place_orders(ground: Ground, world: World, run: int, state: State, solution: Solution) -> Placed:
    """Place the purchase orders of the solution's first period.

    What is not delivered is not paid. The deposit is paid on what is expected to be delivered, the balance
    settles the account.
    """
    placed = Placed()
    for header in solution.headers:
        if header.period == 0:
            _place(ground, state, header, placed, list(_called(ground, world, run, state, header, solution)))
    return placed


def _called(
    ground: Ground, world: World, run: int, state: State, header: PurchaseOrder, solution: Solution
) -> Iterator[Called]:
    """Lines of a purchase order; its discount goes by goods value."""
    kept = 1.0 - header.discount / header.goods if header.goods > 0.0 else 1.0
    for line in solution.lines:
        if line.period == 0 and line.po_number == header.po_number:
            offer = ground.offers[line.offer]
            yield Called(
                line=line,
                offer=offer,
                goods=line.goods_value * kept * header.exchange_rate,
                freight=line.quantity * offer.unit_freight,
                days=world.lead_days(offer, line.warehouse, state.week, run),
                share=world.delivered_share(offer, line.warehouse, state.week, run),
            )


def _place(ground: Ground, state: State, header: PurchaseOrder, placed: Placed, lines: list[Called]) -> None:
    rate = header.exchange_rate
    fees = (header.fixed_cost + header.containers) * rate
    placed.cost["ordering"] += header.fixed_cost * rate
    placed.cost["containers"] += header.containers * rate
    placed.spend += fees
    placed.paid += fees
    deposit = ground.suppliers[header.supplier].payment_terms.deposit
    for called, fixed in zip(lines, _fixed_costs(ground, header, lines), strict=True):
        placed.cost["purchase"] += called.goods * called.share
        placed.cost["freight"] += called.freight * called.share
        placed.cost["ordering"] += called.offer.fixed_line_cost
        placed.spend += called.value
        shipment = _shipment(ground, state, called, fixed)
        placed.shipments.append(shipment)
        expected = called.value * called.offer.delivered_fraction.mean
        placed.paid += deposit * expected
        placed.payments.append(_balance(ground, state, called, shipment, deposit * expected))


def _fixed_costs(ground: Ground, header: PurchaseOrder, lines: list[Called]) -> list[float]:
    """Fixed costs of a purchase order per unit of each line: its own fee by value, containers by what they hold."""
    container = ground.suppliers[header.supplier].container
    values = np.array([called.value for called in lines])
    loads = np.zeros(len(lines))
    if container is not None:
        use = ground.network.usage(container.resource)
        items = [int(ground.item[ground.index[c.line.item, c.line.warehouse]]) for c in lines]
        loads = np.array([use[i] * c.line.quantity for i, c in zip(items, lines, strict=True)])
    fixed, containers = header.fixed_cost * header.exchange_rate, header.containers * header.exchange_rate
    own = np.array([called.offer.fixed_line_cost for called in lines])
    whole = own + fixed * _parts(values) + containers * _parts(loads)
    units = np.array([called.line.quantity for called in lines])
    return [float(x) for x in whole / units]


def _parts(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each weight in their sum; equal parts of nothing."""
    total = float(weights.sum())
    return weights / total if total > 0.0 else np.full(len(weights), 1.0 / max(len(weights), 1))


def _shipment(ground: Ground, state: State, called: Called, fixed: float) -> Shipment:
    line, period_days = called.line, ground.plan.period_days
    return Shipment(
        number=line.po_number,
        supplier=line.supplier,
        place=ground.index[line.item, line.warehouse],
        expected=line.quantity * called.offer.delivered_fraction.mean,
        delivered=line.quantity * called.share,
        due=Due(float(state.week * period_days), called.offer.lead_time),
        period=state.week + whole_periods(called.days, period_days),
        fixed=fixed,
    )


def _balance(ground: Ground, state: State, called: Called, shipment: Shipment, deposit: float) -> Payment:
    """The rest of a line's value after the deposit."""
    terms = ground.suppliers[called.line.supplier].payment_terms
    at_receipt = terms.from_ == "receipt"
    return Payment(
        place=shipment.place,
        expected=called.value * called.offer.delivered_fraction.mean - deposit,
        amount=called.value * called.share - deposit,
        due=shipment.due if at_receipt else None,
        net_days=terms.net_days,
        received=shipment.period,
        day=shipment.due.since + (called.days if at_receipt else 0.0) + terms.net_days,
    )
