"""From a checked decision to a solution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from procure.plan.network import Network
from procure.solution.ledger import Decision, Laws, Ledger, keep_ledger, stocks_of
from procure.solution.limits import Limits
from procure.solution.order_documents import order_lines, po_numbers, purchase_orders, transfers
from procure.solution.projection import projection, relaxations, resource_uses
from procure.solution.records import (
    Backorders,
    CostParts,
    ExpectedBackorders,
    Solution,
    Status,
)


def assemble(
    ledger: Ledger,
    laws: Laws,
    given: Limits,
    limits: Limits,
    *,
    bound: float,
    backorder_bound: float | None,
    gap: float,
    engine: str,
    solver: str,
    seconds: Mapping[str, float],
    warnings: Sequence[str],
) -> Solution:
    """Make the solution of a checked decision.

    Parameters
    ----------
    given, limits
        The limits of the plan, and those kept after relaxation.
    bound
        Proven lower bound on the total.
    gap
        Relative gap asked for.
    """
    network = ledger.network
    raised = tuple(relaxations(network, given, limits))
    apart = max(ledger.total - bound, 0.0) / ledger.gross if math.isfinite(bound) else None
    status: Status = "relaxed" if raised else "feasible"
    if not raised and apart is not None and apart <= gap + 1e-9:
        status = "optimal"
    numbers = po_numbers(ledger)
    return Solution(
        plan=network.plan,
        status=status,
        objective=network.plan.policy.objective,
        engine=engine,
        solver=solver,
        cost=CostParts(**ledger.cost),
        bound=bound if math.isfinite(bound) else None,
        gap=apart,
        backorder_bound=backorder_bound,
        expected_backorders=_expected_backorders(ledger, laws),
        without_orders=_without_orders(network, laws),
        fill_rate=_fill_rate(ledger, laws),
        seconds=dict(seconds),
        lines=tuple(order_lines(ledger, numbers)),
        headers=tuple(purchase_orders(ledger, numbers)),
        transfers=tuple(transfers(ledger)),
        projected=projection(ledger),
        resources=tuple(resource_uses(ledger, limits)),
        relaxations=raised,
        warnings=tuple(warnings),
    )


def _expected_backorders(ledger: Ledger, laws: Laws) -> ExpectedBackorders:
    open_loop = stocks_of(ledger.network, laws.open_loop, ledger.decision).backorders
    return ExpectedBackorders(
        unit_periods=float(ledger.stocks.backorders.sum()),
        end_units=float(ledger.stocks.backorders[:, -1].sum()),
        open_loop=Backorders(unit_periods=float(open_loop.sum()), end_units=float(open_loop[:, -1].sum())),
    )


def _without_orders(network: Network, laws: Laws) -> Backorders:
    nothing = keep_ledger(network, laws, Decision.nothing(network)).stocks.backorders
    return Backorders(unit_periods=float(nothing.sum()), end_units=float(nothing[:, -1].sum()))


def _fill_rate(ledger: Ledger, laws: Laws) -> float:
    """Share of the mean demand served from stock, with all surprises counted; 1 without demand."""
    demand = float(ledger.network.mean.sum())
    if demand <= 0.0:
        return 1.0
    stocks = stocks_of(ledger.network, laws.open_loop, ledger.decision)
    served = float((stocks.peak - stocks.on_hand).sum())
    return served / demand
