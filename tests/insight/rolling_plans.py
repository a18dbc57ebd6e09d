"""Small plans and planners for the tests of the closed loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from procure.plan.network import Network, build_network
from procure.plan.records import Plan
from procure.solution.assemble import assemble
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import limits_of
from procure.solution.records import Solution

Wanted = Mapping[str, float]
"""Units by offer, or by lane written `A>B`, of one item."""


def one_item(**changes: Any) -> Plan:
    """Return a plan for one item at one place: 10 on hand, 4 asked for a week, a supplier one week away."""
    offer = {"supplier": "S", "item": "A", "unit_price": 2.0, "unit_freight": 0.5, "fixed_line_cost": 3.0}
    data: dict[str, Any] = {
        "format": "procure-plan/1",
        "name": "one item",
        "start_date": "2026-01-05",
        "periods": 3,
        "currency": "EUR",
        "items": [{"item": "A", "backorder_cost": 10.0, "holding_cost": 1.0} | changes.pop("item", {})],
        "warehouses": [{"warehouse": "W"} | changes.pop("warehouse", {})],
        "suppliers": [{"supplier": "S", "fixed_order_cost": 5.0} | changes.pop("supplier", {})],
        "offers": [offer | {"lead_time": 7} | changes.pop("offer", {})],
        "stock": [{"item": "A", "warehouse": "W", "on_hand": 10}],
        "demand": [{"item": "A", "warehouse": "W", "mean": [4.0, 4.0, 4.0]}],
    }
    return Plan.from_dict(data | changes)


def two_places(on_hand: float = 4.0, **lane: Any) -> Plan:
    """Return a plan for one item at two places, a lane between them and stock at the first."""
    return Plan.from_dict(
        {
            "format": "procure-plan/1",
            "name": "two places",
            "start_date": "2026-01-05",
            "periods": 3,
            "currency": "EUR",
            "items": [{"item": "A", "backorder_cost": 10.0, "holding_cost": 1.0, "replacement_cost": 6.0}],
            "warehouses": [{"warehouse": "W"}, {"warehouse": "V"}],
            "lanes": [{"from": "W", "to": "V", "lead_time": 7, "unit_cost": 0.5, "fixed_cost": 8.0, **lane}],
            "stock": [{"item": "A", "warehouse": "W", "on_hand": on_hand}],
            "demand": [{"item": "A", "warehouse": "V", "mean": [1.0, 1.0, 1.0]}],
        }
    )


def decided(plan: Plan, wanted: Wanted) -> Solution:
    """Return the solution that orders and ships these units now and nothing later."""
    network = build_network(plan)
    decision = Decision.nothing(network)
    for name, units in wanted.items():
        row, rows = _row(network, name, decision)
        row[rows, 0] = units
    return solution_of(network, decision)


def _row(network: Network, name: str, decision: Decision) -> tuple[Any, int]:
    if ">" in name:
        lanes = [f"{lane.from_}>{lane.to}" for lane in network.lanes]
        return decision.shipments, int(np.flatnonzero(network.move_lane == lanes.index(name))[0])
    offers = [offer.offer for offer in network.offers]
    return decision.orders, int(np.flatnonzero(network.line_offer == offers.index(name))[0])


def solution_of(network: Network, decision: Decision) -> Solution:
    """Return the solution of a decision, checked by nobody."""
    laws, limits = Laws.of(network), limits_of(network)
    return assemble(
        keep_ledger(network, laws, decision),
        laws,
        limits,
        limits,
        bound=-np.inf,
        backorder_bound=None,
        gap=0.0,
        engine="by hand",
        solver="none",
        seconds={},
        warnings=(),
    )


def script(*weeks: Wanted) -> Callable[[Plan], Solution]:
    """Return a planner that follows a list, week by week, and then orders nothing; it keeps the plans it saw."""
    return Script(weeks)


class Script:
    """See `script`."""

    name = "script"

    def __init__(self, weeks: Sequence[Wanted]) -> None:
        self.weeks, self.seen = list(weeks), list[Plan]()

    def __call__(self, plan: Plan) -> Solution:
        week = len(self.seen)
        self.seen.append(plan)
        return decided(plan, self.weeks[week] if week < len(self.weeks) else {})


def cover_buyer(plan: Plan) -> Solution:
    """Order the first allowed line of each cell up to the demand of its lead time and two weeks more."""
    network = build_network(plan)
    decision = Decision.nothing(network)
    supply, done = network.opening, set[int]()
    for line in range(network.n_lines):
        cell, lead = int(network.line_cell[line]), int(network.line_lead[line])
        if cell in done or not network.line_allowed[line, 0]:
            continue
        done.add(cell)
        until = min(lead + 2, network.periods)
        missing = float(network.mean[cell, :until].sum() - supply[cell, until - 1])
        multiple = float(network.fees.lots.multiple[line]) or 1.0
        if missing > 0.0:
            units = max(missing, float(network.fees.lots.least[line]))
            decision.orders[line, 0] = np.ceil(units / multiple) * multiple
    return solution_of(network, decision)
