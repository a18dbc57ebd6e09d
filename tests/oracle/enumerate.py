"""The exact optimum of a tiny plan: every combination of quantities, priced and judged."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .arithmetic import Oracle
from .grid import Grid, Mask
from .limit_grid import LimitGrid
from .limits import DUST, TOLERANCE, LimitKey


@dataclass(frozen=True)
class Best:
    """The best plan of a grid.

    ``backorder_bound`` is the least weighted sum of backorders (objective ``backorders`` only),
    ``relaxations`` the excesses allowed; ``ambiguous`` tells that other excesses have the same sum.
    """

    total: float
    orders: dict[tuple[str, str, int], float]
    transfers: dict[tuple[str, str, str, int], float]
    weighted_backorders: float
    backorder_bound: float | None
    relaxations: dict[LimitKey, float]
    ambiguous: bool
    combinations: int


class Search:
    """All combinations of a plan, and which of them are allowed."""

    def __init__(self, oracle: Oracle, cap: float | None = None, most: int = 3_000_000) -> None:
        self.grid = Grid(oracle, cap, most)
        self.limits = LimitGrid(self.grid)

    @cached_property
    def feasible(self) -> Mask:
        """Combinations that keep every limit, after the least relaxation that the start asks for."""
        return self.limits.feasible()

    def solve(self) -> Best:
        """Best combination by the plan's objective."""
        feasible, bound = self.feasible, None
        if self.grid.oracle.policy.get("objective", "cost") == "backorders":
            bound = float(self.grid.weighted_backorders[feasible].min())
            allowed = self.grid.oracle.backorder_allowance(bound)
            feasible = feasible & (self.grid.weighted_backorders <= allowed * (1 + TOLERANCE) + DUST)
        flat = int(np.argmin(np.where(feasible, self.grid.cost, np.inf)))
        orders, transfers = self.grid.decisions(flat)
        return Best(
            total=float(self.grid.cost.reshape(-1)[flat]),
            orders=orders,
            transfers=transfers,
            weighted_backorders=float(self.grid.weighted_backorders.reshape(-1)[flat]),
            backorder_bound=bound,
            relaxations=self.limits.excess,
            ambiguous=self.limits.ambiguous,
            combinations=self.grid.size,
        )

    def least_cost(self, most_backorders: float) -> float:
        """Least cost among combinations with at most so many weighted backorders."""
        allowed = self.feasible & (self.grid.weighted_backorders <= most_backorders)
        return float(self.grid.cost[allowed].min())


def enumerate_best(oracle: Oracle, cap: float | None = None, most: int = 3_000_000) -> Best:
    """Find the exact optimum of a tiny plan.

    ``cap`` bounds the quantity of every decision that the plan leaves unbounded; ``most`` combinations are
    tried at most.
    """
    return Search(oracle, cap, most).solve()
