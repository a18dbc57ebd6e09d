"""The objective `backorders`: how many the second stage may have, and what a gap of the first refers to."""

from __future__ import annotations

from procure.plan.network import Network
from procure.solution.ledger import Ledger


def weighted_demand(network: Network) -> float:
    """Priority-weighted mean demand over the horizon [weighted units]."""
    return float(network.priority[network.cell_item] @ network.mean.sum(axis=1))


def gross_backorders(ledger: Ledger) -> float:
    """Weighted backorders that a relative gap refers to: at least 0.1 % of the weighted mean demand."""
    return max(ledger.weighted_backorders, 1e-3 * weighted_demand(ledger.network), 1e-6)


def backorder_limit(first: Ledger) -> float:
    """Most weighted backorders of the second stage: 1.01 times the least found and 0.1 % of weighted demand."""
    return 1.01 * first.weighted_backorders + 1e-3 * weighted_demand(first.network)
