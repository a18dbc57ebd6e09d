"""What a decision promises when nobody can react: its ledger with all surprises counted."""

from __future__ import annotations

from dataclasses import dataclass

from procure.plan.network import Network
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, Ledger, keep_ledger


@dataclass(frozen=True, eq=False)
class Promise:
    """Promised figures of an open loop.

    Attributes
    ----------
    ledger
        The decision under the law with all surprises counted.
    cost
        Cost by part; the safety stock's penalty is the plan's own, since no world charges it.
    planned
        Total cost as the plan's own `uncertainty` counts it.
    """

    ledger: Ledger
    cost: dict[str, float]
    planned: float


def promise_of(network: Network, decision: Decision) -> Promise:
    """Work out what a decision promises under the open-loop law."""
    laws = Laws.of(network)
    planned = keep_ledger(network, laws, decision)
    opened = keep_ledger(network, Laws(laws.open_loop, laws.open_loop, laws.target), decision)
    cost = {**opened.cost, "safety_stock": planned.cost["safety_stock"]}
    return Promise(opened, cost, planned.total)
