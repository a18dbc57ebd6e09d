"""What a report tells, recomputed from the orders by plain arithmetic. C cells, T periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.errors import UsageError
from procure.plan.network import Network, build_network
from procure.plan.records import Plan
from procure.solution.ledger import Laws, Ledger, keep_ledger
from procure.solution.projection import real_cells
from procure.solution.records import Solution
from procure.solution.replay import decision_from

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

AGREES = 1e-6
"""How far, relative, a stored total may lie from the recomputed one."""


SHORT = 0.5
"""Units from which something is called short."""


@dataclass(frozen=True, eq=False)
class Facts:
    """A solution with the figures behind it; made by `facts_of`."""

    solution: Solution
    laws: Laws
    ledger: Ledger

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.solution.plan

    @property
    def network(self) -> Network:
        """The plan in numbers."""
        return self.ledger.network

    @cached_property
    def starts(self) -> list[date]:
        """First day of every period."""
        step = timedelta(days=self.plan.period_days)
        return [self.plan.start_date + t * step for t in range(self.plan.periods)]

    @cached_property
    def backorder_cost(self) -> Array:
        """Expected cost of backorders or lost units by cell, shape (C,) [plan currency]."""
        cost: Array = self.network.unmet_cost * self.ledger.stocks.backorders.sum(axis=1)
        return cost

    @cached_property
    def runs_out(self) -> NDArray[np.bool_]:
        """Where stock is expected to fall short of demand, shape (C, T).

        Customers who wait: by the end of the period expected demand exceeds supply by half a unit or more. Others: so
        much, and a quarter of the period's demand, is lost in it.
        """
        stocks, network = self.ledger.stocks, self.network
        waiting = stocks.on_hand - stocks.backorders <= -SHORT
        losing = stocks.backorders >= np.maximum(SHORT, 0.25 * network.mean)
        return np.where(network.lost[:, None], losing, waiting)

    @cached_property
    def worst_first(self) -> Indices:
        """Every cell with anything to tell: dearest backorders first, then the most demand."""
        cells = real_cells(self.ledger)
        demand = self.network.mean[cells].sum(axis=1)
        order = np.lexsort((cells, -demand, -np.round(self.backorder_cost[cells], 2)))
        found: Indices = cells[order]
        return found


def facts_of(solution: Solution) -> Facts:
    """Recompute what a solution leads to.

    Raises
    ------
    UsageError
        Its orders don't fit its plan, or don't cost what the solution says.
    """
    network = build_network(solution.plan)
    laws = Laws.of(network)
    ledger = keep_ledger(network, laws, decision_from(network, solution))
    said = solution.cost.total
    if abs(ledger.total - said) > AGREES * ledger.gross + 0.01:
        raise UsageError(
            f"the orders of the solution cost {ledger.total:,.2f} in all, but it says {said:,.2f}: it was changed, or "
            "made by another version; solve the plan again"
        )
    return Facts(solution, laws, ledger)
