"""One week of a replay: orders and transfers of the solution, receipts, then demand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling.ground import Ground
from procure.insight.rolling.lateness import Due
from procure.insight.rolling.left import with_batches_on_hand
from procure.insight.rolling.orders import place_orders
from procure.insight.rolling.state import Payment, Shipment, State
from procure.insight.rolling.transfers import ship
from procure.insight.rolling.world import World
from procure.plan.distributions import LeadTime
from procure.solution.records import Solution
from procure.uncertainty.draws import nominal_receipt_days

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Entry:
    """What a week came to.

    Attributes
    ----------
    cost
        By part, without the worth of what is left in the end [plan currency].
    demand, served, on_hand, backorders, lost
        By place, shape (C,): demand, units served from stock, stock and backorders at the end, units lost.
    spend, payments
        Order spend and payments of the week.
    storage_excess
        Excess of the peak stock over each storage limit [resource], shape (limits,).
    cash_excess
        Payments so far above the cash that has come in so far.
    missing
        Units of transfers that were not there to be shipped.
    """

    cost: dict[str, float]
    demand: Array
    served: Array
    on_hand: Array
    backorders: Array
    lost: Array
    spend: float
    payments: float
    storage_excess: Array
    cash_excess: float
    missing: float


def first_state(ground: Ground, world: World, run: int) -> State:
    """Where things stand when a run begins; open orders are still to be received."""
    return State(
        week=0,
        net=ground.opening,
        under_way=tuple(_open_order(ground, world, run, k) for k in range(len(ground.plan.open_orders))),
        payments=tuple(_owed(ground)),
    )


def _open_order(ground: Ground, world: World, run: int, order: int) -> Shipment:
    row = ground.plan.open_orders[order]
    days = float(nominal_receipt_days(ground.network, row))
    return Shipment(
        number=row.po_number,
        supplier=row.supplier,
        place=ground.index[row.item, row.warehouse],
        expected=row.quantity,
        delivered=row.quantity,
        due=Due(0.0, LeadTime(days, row.lead_time_sd), is_normal=True),
        period=int(world.receipts[order, run]),
    )


def _owed(ground: Ground) -> list[Payment]:
    found = []
    for row in ground.plan.open_orders:
        if row.amount_due and row.due_date is not None:
            place = ground.index[row.item, row.warehouse]
            day = float((row.due_date - ground.plan.start_date).days)
            found.append(Payment(place, row.amount_due, row.amount_due, None, 0, received=0, day=day))
    return found


def carry_out(ground: Ground, world: World, run: int, state: State, solution: Solution) -> tuple[State, Entry]:
    """Carry out the first period of a solution and let the week pass.

    Parameters
    ----------
    state
        The start of the week, from which the solution's plan was made.

    Returns
    -------
    The start of the next week, its receipts included, and what this week came to.
    """
    placed = place_orders(ground, world, run, state, solution)
    state = replace(state, under_way=(*state.under_way, *placed.shipments)).received()
    shipped = ship(ground, state, solution)
    state = shipped.state
    paid, payments = _pay(ground, (*state.payments, *placed.payments), state.week)
    paid += placed.paid
    after = replace(state, payments=payments, spent=state.spent + placed.spend, paid=state.paid + paid)
    demand = world.demand[run, :, state.week]
    net, lost = _served(ground, state.net, demand)
    peak, on_hand, backorders = (np.maximum(x, 0.0) for x in (state.net, net, -net))
    owing = np.where(ground.lost, lost, backorders)
    entry = Entry(
        cost={
            **placed.cost,
            "transfer": shipped.cost,
            "holding": float(ground.holding @ on_hand),
            "backorder": float(ground.shortage @ owing),
        },
        demand=demand,
        served=peak - np.maximum(state.net - demand, 0.0),
        on_hand=on_hand,
        backorders=backorders,
        lost=lost,
        spend=placed.spend,
        payments=paid,
        storage_excess=_storage_excess(ground, peak, state.week),
        cash_excess=_cash_excess(ground, after),
        missing=shipped.missing,
    )
    later = with_batches_on_hand(ground, replace(after, net=net))
    return replace(later, week=state.week + 1).received(), entry


def _served(ground: Ground, net: Array, demand: Array) -> tuple[Array, Array]:
    """On hand less backorders after the demand, and units lost, by place."""
    left = net - demand
    lost = np.where(ground.lost, np.maximum(-left, 0.0), 0.0)
    return left + lost, lost


def _pay(ground: Ground, payments: tuple[Payment, ...], week: int) -> tuple[float, tuple[Payment, ...]]:
    """Pay what is due by the end of a week; return the amount and what stays open."""
    end = (week + 1) * ground.plan.period_days
    paid = sum(p.amount for p in payments if p.day < end)
    return paid, tuple(p for p in payments if p.day >= end)


def _storage_excess(ground: Ground, peak: Array, week: int) -> Array:
    return np.array([max(float(takes @ peak - limit[week]), 0.0) for takes, limit in ground.storage])


def _cash_excess(ground: Ground, after: State) -> float:
    return 0.0 if ground.cash is None else max(after.paid - float(ground.cash[after.week]), 0.0)
