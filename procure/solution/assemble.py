"""From a checked decision to a solution."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from procure.plan.network import Network
from procure.solution.customer_orders import promises
from procure.solution.ledger import Decision, Laws, Ledger, keep_ledger
from procure.solution.limits import Limits
from procure.solution.order_documents import order_lines, po_numbers, purchase_orders, transfers
from procure.solution.prices import Prices
from procure.solution.projection import limit_savings, projection, relaxations, resource_uses
from procure.solution.promise import Promise, promise_of
from procure.solution.records import (
    Backorders,
    CostParts,
    ExpectedBackorders,
    OpenLoop,
    Solution,
    Status,
)

MOST_RECORDS = 50_000
"""Order lines up to which each is a record; more stay columns, of which records are made as they are asked for."""


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
    prices: Prices | None = None,
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
    prices
        What more of each limit is worth, if it is known.
    """
    network = ledger.network
    raised = tuple(relaxations(network, given, limits))
    apart = max(ledger.total - bound, 0.0) / ledger.gross if math.isfinite(bound) else None
    status: Status = "relaxed" if raised else "feasible"
    if not raised and apart is not None and apart <= gap + 1e-9:
        status = "optimal"
    numbers = po_numbers(ledger)
    promise = promise_of(ledger, laws)
    lines = order_lines(ledger, numbers)
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
        expected_backorders=_expected_backorders(ledger, promise),
        without_orders=_without_orders(network, laws),
        fill_rate=promise.figures["fill_rate"],
        seconds=dict(seconds),
        lines=lines if len(lines) > MOST_RECORDS else tuple(lines),
        headers=tuple(purchase_orders(ledger, numbers)),
        transfers=tuple(transfers(ledger)),
        projected=projection(ledger),
        resources=tuple(resource_uses(ledger, limits, prices)),
        limit_savings=tuple(limit_savings(network, limits, prices)),
        relaxations=raised,
        warnings=tuple(warnings),
        promises=tuple(promises(network, ledger.decision)),
    )


def _expected_backorders(ledger: Ledger, promise: Promise) -> ExpectedBackorders:
    figures = promise.figures
    return ExpectedBackorders(
        unit_periods=float(ledger.stocks.backorders.sum()),
        end_units=float(ledger.stocks.backorders[:, -1].sum()),
        open_loop=OpenLoop(
            unit_periods=figures["backorders"],
            end_units=figures["end_units"],
            cost=figures["total"],
            on_hand=figures["on_hand"],
            error=promise.errors["backorders"],
        ),
    )


def _without_orders(network: Network, laws: Laws) -> Backorders:
    nothing = keep_ledger(network, laws, Decision.nothing(network)).stocks.backorders
    return Backorders(unit_periods=float(nothing.sum()), end_units=float(nothing[:, -1].sum()))
