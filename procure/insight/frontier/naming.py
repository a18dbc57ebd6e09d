"""Limits by name: `capital`, `capital.order_budget`, `storage`, `storage.EAST`, `supplier.NORD`."""

from __future__ import annotations

from collections.abc import Iterator

from procure.errors import UsageError, did_you_mean
from procure.insight.frontier.axis import (
    Axis,
    Capacities,
    InventoryValue,
    OpeningCash,
    OrderBudget,
    Storage,
    SupplierCapacity,
)
from procure.plan.records import Plan

CAPITAL = "capital"
MONEY: tuple[type[Axis], ...] = (OrderBudget, OpeningCash, InventoryValue)
"""Limits on capital, in the order in which `capital` takes the first that the plan has."""
PLACES: tuple[type[Capacities], ...] = (Storage, SupplierCapacity)


def axis_of(plan: Plan, name: str, *, ranged: bool) -> Axis:
    """Find a limit by its name.

    Parameters
    ----------
    name
        `capital`, `capital.order_budget`, `capital.cash`, `capital.inventory_value`, `storage`, `storage.WAREHOUSE`,
        `supplier` or `supplier.SUPPLIER`.
    ranged
        Whether both ends of the curve are given, so that the plan need not have the limit.

    Raises
    ------
    UsageError
        There is no limit of that name, or the plan does not have it and no range is given.
    """
    there = [axis for axis in _all(plan) if axis.is_there]
    found = _named(plan, name, there)
    if found is None:
        known = [CAPITAL, *(axis.name for axis in _all(plan))]
        raise UsageError(f"there is no limit {name!r}{did_you_mean(name, known)}; {_those(there)}")
    if found.is_there:
        return found
    if isinstance(found, Capacities):
        raise UsageError(f"the plan has no limit on the {found.title}, so there is none to move; {_those(there)}")
    if not ranged:
        raise UsageError(
            f"the plan has no limit {found.name!r}, so where the curve should begin and end is not known; give both "
            f"--from and --to, or choose another: {_those(there)}"
        )
    return found


def _named(plan: Plan, name: str, there: list[Axis]) -> Axis | None:
    if name == CAPITAL:
        money = [axis for axis in there if isinstance(axis, MONEY)]
        return money[0] if money else OrderBudget(plan)
    return next((axis for axis in _all(plan) if axis.name == name), None)


def _all(plan: Plan) -> Iterator[Axis]:
    """Every limit that could be named in a plan."""
    yield from (kind(plan) for kind in MONEY)
    for kind in PLACES:
        yield kind(plan)
        yield from (kind(plan, getattr(row, kind.key)) for row in getattr(plan, kind.table))


def _those(there: list[Axis]) -> str:
    if not there:
        return "the plan has no limit that a frontier can move"
    return f"the plan has {', '.join(axis.name for axis in there)}"
