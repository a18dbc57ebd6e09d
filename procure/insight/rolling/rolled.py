"""The plan as it stands at the start of a later week: the same horizon, with what is known by then.

Periods of the new plan are weeks from the current one on. Calendars go by dates and stay.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling.ground import Ground
from procure.insight.rolling.state import State
from procure.plan.records import Capital, Demand, Offer, OpenOrder, Plan, Stock, Supplier, Warehouse
from procure.plan.terms import ROUNDING, order_date

Array = NDArray[np.float64]


def plan_at(ground: Ground, state: State) -> Plan:
    """Return the plan that a buyer has at the start of a week; in week 0 the plan as it was given."""
    return ground.plan if state.week == 0 else rolled(ground, state)


def rolled(ground: Ground, state: State) -> Plan:
    """Move a plan on to the week of a state."""
    plan, week = ground.plan, state.week
    moved = plan.model_copy(
        update={
            "start_date": order_date(plan, week),
            "capital": _capital(ground, state),
            "warehouses": tuple(_warehouse(w, week) for w in plan.warehouses),
            "suppliers": tuple(_supplier(s, plan, week) for s in plan.suppliers),
            "offers": tuple(_offer(o, week) for o in plan.offers),
            "stock": tuple(_stock(ground, state)),
            "open_orders": tuple(_open_orders(ground, state)),
            "demand": tuple(_demand(ground, week)),
            "promotions": (),
            "backorder_queue": (),
        }
    )
    if ground.paths:
        moved._samples = _samples(ground, week)
    return moved


def _shifted(value: Any, week: int) -> Any:
    """A number, or a list that begins so many weeks later; beyond its end the last value holds."""
    if not isinstance(value, tuple):
        return value
    return tuple(value[min(week + k, len(value) - 1)] for k in range(len(value)))


def _warehouse(warehouse: Warehouse, week: int) -> Warehouse:
    capacity = {resource: _shifted(amount, week) for resource, amount in warehouse.capacity.items()}
    return warehouse.model_copy(update={"capacity": capacity})


def _supplier(supplier: Supplier, plan: Plan, week: int) -> Supplier:
    """The supplier with its rhythm of order days pinned to the calendar."""
    capacity = {resource: _shifted(amount, week) for resource, amount in supplier.capacity.items()}
    anchor = supplier.order_from or plan.start_date
    return supplier.model_copy(update={"capacity": capacity, "order_from": anchor})


def _offer(offer: Offer, week: int) -> Offer:
    if not isinstance(offer.capacity, tuple):
        return offer
    return offer.model_copy(update={"capacity": _shifted(offer.capacity, week)})


def _capital(ground: Ground, state: State) -> Capital:
    capital, week = ground.plan.capital, state.week
    changes: dict[str, Any] = {}
    if ground.budget is not None:
        changes["order_budget"] = _budget(ground, state)
    if capital.cash is not None and ground.inflow is not None and ground.cash is not None:
        come = float(ground.cash[week - 1]) if week else capital.cash.opening
        inflow = tuple(ground.inflow[week : week + ground.plan.periods].tolist())
        changes["cash"] = capital.cash.model_copy(update={"opening": come - state.paid + 0.0, "inflow": inflow})
    return capital.model_copy(update=changes)


def _budget(ground: Ground, state: State) -> tuple[float, ...]:
    """Budgets from this week on; with `carry_over` what earlier weeks left, or overdrew, comes on top."""
    assert ground.budget is not None
    ahead = ground.budget[state.week : state.week + ground.plan.periods].copy()
    if ground.plan.capital.carry_over:
        left = float(ground.budget[: state.week].sum()) - state.spent
        for period in range(len(ahead)):
            ahead[period], left = max(ahead[period] + left, 0.0), min(ahead[period] + left, 0.0)
    return tuple(ahead.tolist())


def _stock(ground: Ground, state: State) -> Iterator[Stock]:
    """Stock of every place that had a row or has something now."""
    given = {(row.item, row.warehouse) for row in ground.plan.stock}
    for place, net in zip(ground.places, state.net.tolist(), strict=True):
        if net or place in given:
            item, warehouse = place
            yield Stock.model_construct(
                item=item, warehouse=warehouse, on_hand=max(net, 0.0) + 0.0, backorders=max(-net, 0.0) + 0.0
            )


def _open_orders(ground: Ground, state: State) -> Iterator[OpenOrder]:
    """What is under way, each with its expected day, and what is to be paid."""
    start = order_date(ground.plan, state.week)
    today = float(state.week * ground.plan.period_days)
    for shipment in state.under_way:
        item, warehouse = ground.places[shipment.place]
        days, sd = shipment.due.expected(today)
        yield OpenOrder.model_construct(
            po_number=shipment.number,
            supplier=shipment.supplier,
            item=item,
            warehouse=warehouse,
            quantity=shipment.expected,
            receipt_date=_after(start, days),
            lead_time_sd=sd,
        )
    if ground.cash is not None:
        yield from _debts(ground, state, start, today)


def _debts(ground: Ground, state: State, start: date, today: float) -> Iterator[OpenOrder]:
    """Payments to come, by their due date, as open orders without a quantity."""
    owed: dict[date, float] = defaultdict(float)
    for payment in state.payments:
        amount, days = payment.seen(state.week, today)
        owed[_after(start, max(days, 0.0))] += amount
    for day, amount in sorted(owed.items()):
        if amount > 0.0:
            item, warehouse = ground.places[state.payments[0].place]
            yield OpenOrder.model_construct(
                po_number=f"payments due {day}",
                item=item,
                warehouse=warehouse,
                quantity=0.0,
                receipt_date=start,
                amount_due=amount,
                due_date=day,
            )


def _after(start: date, days: float) -> date:
    return start + timedelta(days=math.ceil(days - ROUNDING))


def _demand(ground: Ground, week: int) -> Iterator[Demand]:
    """Demand of the cells without samples over the new horizon, promotions included."""
    end = week + ground.plan.periods
    means, sds = ground.mean[:, week:end], np.sqrt(ground.variance[:, week:end])
    for cell in np.flatnonzero(ground.network.has_demand).tolist():
        if cell not in ground.paths:
            item, warehouse = ground.places[cell]
            yield Demand.model_construct(
                item=item, warehouse=warehouse, mean=tuple(means[cell].tolist()), sd=tuple(sds[cell].tolist())
            )


def _samples(ground: Ground, week: int) -> Any:
    """Sample paths over the new horizon."""
    import pandas as pd

    frames = []
    for cell, paths in ground.paths.items():
        item, warehouse = ground.places[cell]
        ahead = paths[:, week : week + ground.plan.periods]
        samples, periods = ahead.shape
        frames.append(
            pd.DataFrame(
                {
                    "item": item,
                    "warehouse": warehouse,
                    "sample": np.repeat(np.arange(samples), periods),
                    "period": np.tile(np.arange(periods), samples),
                    "quantity": ahead.ravel(),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
