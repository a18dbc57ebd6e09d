"""The shared limits of a plan, what a decision uses of them, and what the start itself already breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.table import ABSENT
from procure.plan.table import series as per_period
from procure.solution.ledger import Ledger

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
TOLERANCE = 1e-6
"""Relative slack within which a limit counts as kept."""


@dataclass(frozen=True, eq=False)
class Limit:
    """One limit over all periods.

    Attributes
    ----------
    kind
        `storage`, `inventory_value`, `cash`, `order_budget`, `supplier_capacity`, `offer_capacity` or
        `lane_capacity`; `backorders` inside an engine, for the second stage of that objective.
    place
        Index of the warehouse, supplier, offer or lane; None for capital.
    resource
        What is limited, `m3` or `value`, say.
    allowed
        Most that may be used, shape (T,). Cash: payments so far; budget: spend of the period, or so far with
        carry-over.
    """

    kind: str
    place: int | None
    resource: str
    allowed: Array

    @property
    def can_be_relaxed(self) -> bool:
        """Whether a start that breaks the limit gets slack instead of a refusal."""
        return self.kind in ("storage", "inventory_value", "cash")


Limits = tuple[Limit, ...]


def limits_of(network: Network) -> Limits:
    """All shared limits that the plan sets."""
    kinds = (_storage, _capital, _suppliers, _offers, _lanes)
    return tuple(limit for kind in kinds for limit in kind(network))


def series(value: float | tuple[float, ...], periods: int) -> Array:
    """Turn a number or a list into an amount per period."""
    if isinstance(value, tuple):
        return np.array(value, dtype=float)
    return np.full(periods, float(value))


def _storage(network: Network) -> Iterator[Limit]:
    for w, warehouse in enumerate(network.warehouses):
        for resource, amount in warehouse.capacity.items():
            yield Limit("storage", w, resource, series(amount, network.periods))


def _capital(network: Network) -> Iterator[Limit]:
    capital, periods = network.plan.capital, network.periods
    if capital.inventory_value is not None:
        yield Limit("inventory_value", None, "inventory_value", series(capital.inventory_value, periods))
    if capital.cash is not None:
        available = capital.cash.opening + np.cumsum(series(capital.cash.inflow, periods))
        yield Limit("cash", None, "cash", available)
    if capital.order_budget is not None:
        budget = series(capital.order_budget, periods)
        yield Limit("order_budget", None, "order_budget", np.cumsum(budget) if capital.carry_over else budget)


def _suppliers(network: Network) -> Iterator[Limit]:
    for s, supplier in enumerate(network.suppliers):
        for resource, amount in supplier.capacity.items():
            yield Limit("supplier_capacity", s, resource, series(amount, network.periods))


def _offers(network: Network) -> Iterator[Limit]:
    capacity = per_period(network.offers, "capacity")
    for o in np.flatnonzero(capacity.form != ABSENT).tolist():
        yield Limit("offer_capacity", o, "units", series(capacity.value(o) or 0.0, network.periods))


def _lanes(network: Network) -> Iterator[Limit]:
    for k, lane in enumerate(network.lanes):
        for resource, amount in lane.capacity.items():
            yield Limit("lane_capacity", k, resource, series(amount, network.periods))


def used(ledger: Ledger, limit: Limit) -> Array:
    """What a decision uses of a limit in each period, shape (T,), in the terms of `Limit.allowed`."""
    return _USE[limit.kind](ledger, limit)


def _storage_use(ledger: Ledger, limit: Limit) -> Array:
    network = ledger.network
    here = network.cell_warehouse == limit.place
    amount = network.usage(limit.resource)[network.cell_item[here]]
    value: Array = amount @ ledger.stocks.peak[here]
    return value


def _inventory_use(ledger: Ledger, limit: Limit) -> Array:
    value: Array = ledger.network.replacement[ledger.network.cell_item] @ ledger.stocks.peak
    return value


def _cash_use(ledger: Ledger, limit: Limit) -> Array:
    return np.cumsum(ledger.payments)


def _budget_use(ledger: Ledger, limit: Limit) -> Array:
    return np.cumsum(ledger.spend) if ledger.network.plan.capital.carry_over else ledger.spend


def _supplier_use(ledger: Ledger, limit: Limit) -> Array:
    network = ledger.network
    mine = network.group_supplier[network.line_group] == limit.place
    if limit.resource == "value":
        goods: Array = ledger.bills.goods[mine].sum(axis=0)
        return goods
    amount = network.usage(limit.resource)[network.cell_item[network.line_cell[mine]]]
    value: Array = amount @ ledger.decision.orders[mine]
    return value


def _offer_use(ledger: Ledger, limit: Limit) -> Array:
    quantity: Array = ledger.decision.orders[ledger.network.line_offer == limit.place].sum(axis=0)
    return quantity


def _backorder_use(ledger: Ledger, limit: Limit) -> Array:
    """Weighted backorders of all periods, counted in the last."""
    value = np.zeros(ledger.network.periods)
    value[-1] = ledger.weighted_backorders
    return value


def _lane_use(ledger: Ledger, limit: Limit) -> Array:
    network = ledger.network
    mine = network.move_lane == limit.place
    amount = network.usage(limit.resource)[network.cell_item[network.move_from[mine]]]
    value: Array = amount @ ledger.decision.shipments[mine]
    return value


_USE = {
    "storage": _storage_use,
    "inventory_value": _inventory_use,
    "cash": _cash_use,
    "order_budget": _budget_use,
    "supplier_capacity": _supplier_use,
    "offer_capacity": _offer_use,
    "lane_capacity": _lane_use,
    "backorders": _backorder_use,
}


def excess(ledger: Ledger, limit: Limit) -> Array:
    """How far each period's use lies above the limit, 0 where it is kept, shape (T,)."""
    over = used(ledger, limit) - limit.allowed
    return np.where(over > TOLERANCE * np.maximum(limit.allowed, 1e-3), np.maximum(over, 0.0), 0.0)


def broken_by_start(limits: Limits, nothing: Ledger) -> dict[int, Mask]:
    """Limits that ordering nothing breaks, by position: a mask of the periods that get slack."""
    return {
        k: over > 0.0
        for k, limit in enumerate(limits)
        if limit.can_be_relaxed and (over := excess(nothing, limit)).any()
    }


def relaxed(limits: Limits, slack: dict[int, Array]) -> Limits:
    """The same limits with `slack` added to those named by position."""
    return tuple(
        replace(limit, allowed=limit.allowed + slack[k]) if k in slack else limit for k, limit in enumerate(limits)
    )


def eased(limits: Limits, nothing: Ledger) -> Limits:
    """The limits, with what ordering nothing exceeds them by added where the start itself breaks them."""
    slack = broken_by_start(limits, nothing)
    return relaxed(limits, {k: np.where(mask, excess(nothing, limits[k]), 0.0) for k, mask in slack.items()})
