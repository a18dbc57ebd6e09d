"""The limits that a frontier can move, each as one number on an axis."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network, build_network
from procure.plan.records import Cash, Plan
from procure.solution.ledger import Ledger
from procure.solution.limits import Limit, limits_of, series, used
from procure.solution.records import Relaxation

Array = NDArray[np.float64]

SHARE = "share"
"""Unit of an axis that moves capacities of several resources together."""


class Axis(ABC):
    """A limit of a plan as a number that can be moved.

    Parameters
    ----------
    plan
        The plan with today's limit.

    Attributes
    ----------
    name, title, unit
        What the limit is called, in words, and its unit.
    present
        Today's value; None if the plan has no such limit.
    """

    name: str
    title: str
    unit: str
    present: float | None
    kinds: tuple[str, ...]

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @property
    def is_there(self) -> bool:
        """Whether the plan has the limit."""
        return self.present is not None

    @abstractmethod
    def at(self, value: float) -> Plan:
        """The plan with the limit at a value."""

    @abstractmethod
    def free(self) -> Plan:
        """The plan without the limit."""

    def least(self, ledger: Ledger) -> float:
        """Least value of the limit that a decision keeps; inf where none would do.

        Parameters
        ----------
        ledger
            The decision on the network of `reference`.
        """
        ratios = [self._ratio(used(ledger, limit), limit.allowed) for limit in self._limits(ledger.network)]
        return self.reference_value * max(ratios, default=0.0)

    @staticmethod
    def _ratio(use: Array, allowed: Array) -> float:
        """How many times the limit would have to be what it is."""
        if (use[allowed <= 0.0] > 1e-6).any():
            return np.inf
        some = allowed > 0.0
        return float((use[some] / allowed[some]).max(initial=0.0))

    @property
    def reference_value(self) -> float:
        """A value above 0: today's, if there is one."""
        return self.present if self.present is not None and self.present > 0.0 else 1.0

    def reference(self) -> Network:
        """The plan in numbers, with the limit at `reference_value`."""
        return build_network(self.at(self.reference_value))

    def _limits(self, network: Network) -> list[Limit]:
        return [limit for limit in limits_of(network) if limit.kind in self.kinds and self._is_mine(network, limit)]

    def _is_mine(self, network: Network, limit: Limit) -> bool:
        return True

    def concerns(self, relaxation: Relaxation) -> bool:
        """Whether a relaxation is one of this limit."""
        return relaxation.warehouse is None and relaxation.resource in self.kinds

    def _with_capital(self, **changes: Any) -> Plan:
        capital = self.plan.capital.model_copy(update=changes)
        return self.plan.model_copy(update={"capital": capital})


class OrderBudget(Axis):
    """All budgets of the horizon in one sum; their course stays as it is."""

    name, title, kinds = "capital.order_budget", "order budget over the horizon", ("order_budget",)

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.unit = plan.currency
        budget = plan.capital.order_budget
        given = None if budget is None else series(budget, plan.periods)
        self.present = None if given is None else float(given.sum())
        even = np.full(plan.periods, 1.0 / plan.periods)
        self._course = given / given.sum() if given is not None and given.sum() > 0.0 else even

    def at(self, value: float) -> Plan:
        """The plan with budgets that sum to a value."""
        if value == self.present:
            return self.plan
        return self._with_capital(order_budget=tuple((value * self._course).tolist()))

    def free(self) -> Plan:
        """The plan without a budget."""
        return self._with_capital(order_budget=None)


class OpeningCash(Axis):
    """Cash at the start; what comes in later stays as it is."""

    name, title, kinds = "capital.cash", "cash at the start", ("cash",)

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.unit = plan.currency
        self.present = None if plan.capital.cash is None else plan.capital.cash.opening

    def at(self, value: float) -> Plan:
        """The plan with so much cash at the start."""
        cash = self.plan.capital.cash or Cash()
        return self._with_capital(cash=cash.model_copy(update={"opening": value}))

    def free(self) -> Plan:
        """The plan without a limit on cash."""
        return self._with_capital(cash=None)

    def least(self, ledger: Ledger) -> float:
        """Least cash at the start out of which everything can be paid when it is due."""
        over = max(float((used(ledger, limit) - limit.allowed).max()) for limit in self._limits(ledger.network))
        return self.reference_value + over


class InventoryValue(Axis):
    """Money tied up in stock."""

    name, title, kinds = "capital.inventory_value", "inventory value", ("inventory_value",)

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.unit = plan.currency
        self.present = plan.capital.inventory_value

    def at(self, value: float) -> Plan:
        """The plan with so much money allowed in stock."""
        return self._with_capital(inventory_value=value)

    def free(self) -> Plan:
        """The plan without a limit on it."""
        return self._with_capital(inventory_value=None)


class Capacities(Axis):
    """Capacities of warehouses or suppliers, all scaled alike.

    Parameters
    ----------
    place
        One warehouse or supplier; all by default.
    """

    table: str
    key: str
    many: str

    def __init__(self, plan: Plan, place: str | None = None) -> None:
        super().__init__(plan)
        self.place = place
        self.name = self.name if place is None else f"{self.name}.{place}"
        self.title = f"{self.title} of {self.many if place is None else place}"
        given = [(r, a) for row in getattr(plan, self.table) if self._here(row) for r, a in row.capacity.items()]
        names = {resource for resource, _ in given}
        amount = sum(float(series(value, plan.periods).mean()) for _, value in given)
        one = len(names) == 1 and self._adds_up(next(iter(names)))
        self.unit = next(iter(names)) if one else SHARE
        self.present = None if amount <= 0.0 else amount if one else 1.0

    def _adds_up(self, resource: str) -> bool:
        """Whether amounts of a resource at several places are of one unit."""
        return True

    def _here(self, row: Any) -> bool:
        return self.place is None or getattr(row, self.key) == self.place

    def at(self, value: float) -> Plan:
        """The plan with all capacities scaled, their sum at a value."""
        factor = value / (self.present or 1.0)
        return self.plan if factor == 1.0 else self._changed(factor)

    def free(self) -> Plan:
        """The plan without these capacities."""
        return self._changed(None)

    def _changed(self, factor: float | None) -> Plan:
        rows = tuple(
            row.model_copy(update={"capacity": _scaled(row.capacity, factor)}) if self._here(row) else row
            for row in getattr(self.plan, self.table)
        )
        return self.plan.model_copy(update={self.table: rows})

    def _is_mine(self, network: Network, limit: Limit) -> bool:
        return self.place is None or getattr(getattr(network, self.table)[limit.place], self.key) == self.place

    def concerns(self, relaxation: Relaxation) -> bool:
        """Whether a relaxation is one of these storage limits."""
        storage = self.table == "warehouses" and relaxation.warehouse is not None
        return storage and self.place in (None, relaxation.warehouse)


class Storage(Capacities):
    """Room of warehouses."""

    name, title, kinds = "storage", "storage", ("storage",)
    table, key, many = "warehouses", "warehouse", "all warehouses"


class SupplierCapacity(Capacities):
    """What suppliers can deliver per order period."""

    name, title, kinds = "supplier", "capacity", ("supplier_capacity",)
    table, key, many = "suppliers", "supplier", "all suppliers"

    def _adds_up(self, resource: str) -> bool:
        return resource != "value"  # suppliers have currencies of their own


def _scaled(capacity: dict[str, Any], factor: float | None) -> dict[str, Any]:
    """Capacities times a factor; none at all without one."""
    if factor is None:
        return {}
    return {r: tuple(v * factor for v in a) if isinstance(a, tuple) else a * factor for r, a in capacity.items()}
