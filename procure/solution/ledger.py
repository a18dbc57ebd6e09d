"""Plain arithmetic: what a decision costs and uses, without any solver.

Everything that a solution reports is computed from the final order and transfer quantities, here and in
`stocks` and `bills`. C cells, L lines, G groups, M moves, T periods; units and plan currency unless said
otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.bills import (
    Bills,
    bills_of,
    committed_payments,
    payment_periods,
    payments_of,
    spend_of,
)
from procure.solution.decision import Decision
from procure.solution.stocks import Laws, Stocks, stocks_of, supply_of

__all__ = [
    "Bills",
    "Decision",
    "Laws",
    "Ledger",
    "Stocks",
    "committed_payments",
    "keep_ledger",
    "payment_periods",
    "stock_costs",
    "stocks_of",
    "supply_of",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ledger:
    """A decision in numbers; made by `keep_ledger`."""

    network: Network
    decision: Decision
    stocks: Stocks
    bills: Bills
    cost: dict[str, float]
    spend: Array
    """Order spend committed in each period, shape (T,)."""
    payments: Array
    """Payments due in each period, open orders included, shape (T,)."""

    @property
    def total(self) -> float:
        """Total expected cost over the horizon."""
        return sum(self.cost.values())

    @property
    def gross(self) -> float:
        """The money that a relative gap refers to: max(1, |total|, total without the terminal part)."""
        return max(1.0, abs(self.total), self.total - self.cost["terminal"])

    @property
    def weighted_backorders(self) -> float:
        """Sum of priority times backorders or units lost, the objective `backorders` [weighted unit-periods]."""
        weights = self.network.priority[self.network.cell_item]
        return float(weights @ self.stocks.backorders.sum(axis=1))


def keep_ledger(network: Network, laws: Laws, decision: Decision) -> Ledger:
    """Compute stocks, bills, cost parts, spend and payments of a decision."""
    stocks = stocks_of(network, laws.planned, decision)
    bills = bills_of(network, decision)
    return Ledger(
        network=network,
        decision=decision,
        stocks=stocks,
        bills=bills,
        cost={**order_costs(network, decision, bills), **stock_costs(network, laws, stocks)},
        spend=spend_of(bills),
        payments=payments_of(network, bills),
    )


def order_costs(network: Network, decision: Decision, bills: Bills) -> dict[str, float]:
    """Cost of ordering and moving, by part [plan currency]."""
    lines = np.count_nonzero(decision.orders > 0.0, axis=1)
    return {
        "purchase": float(network.line_fraction @ bills.net_goods.sum(axis=1)),
        "freight": float(network.line_fraction @ bills.freight.sum(axis=1)),
        "ordering": float(bills.order_fees.sum() + lines @ network.fees.line_fee[:, 0]),
        "containers": float(bills.container_costs.sum()),
        "transfer": _transfer_cost(network, decision),
    }


def _transfer_cost(network: Network, decision: Decision) -> float:
    moves, periods = np.nonzero(decision.shipments)
    unit = np.array([lane.unit_cost for lane in network.lanes])
    fixed = np.array([lane.fixed_cost for lane in network.lanes])
    lane = network.move_lane[moves]
    used = np.zeros((len(network.lanes), network.periods), dtype=bool)
    used[lane, periods] = True
    return float(unit[lane] @ decision.shipments[moves, periods] + fixed @ used.sum(axis=1))


def stock_costs(network: Network, laws: Laws, stocks: Stocks, cells: Mask | None = None) -> dict[str, float]:
    """Cost of stock and of what is short, by part, over all cells or those of a mask."""
    here = np.ones(network.n_cells, dtype=bool) if cells is None else cells
    item, backorders, on_hand = network.cell_item[here], stocks.backorders[here], stocks.on_hand[here]
    target = laws.target[here]
    short = np.maximum(target - (stocks.supply[here] - laws.planned.expected[here]), 0.0)
    short = np.where(target > 0.0, short, 0.0)
    owed = network.owed[here] @ backorders[:, -1]
    left = network.credit[item] @ on_hand[:, -1]
    return {
        "holding": float(network.holding[item] @ on_hand.sum(axis=1)),
        "backorder": float(network.unmet_cost[here] @ backorders.sum(axis=1)),
        "safety_stock": float(network.backorder_cost[item] @ short.sum(axis=1)),
        "terminal": float(owed - left),
    }
