"""A plan with other offers or rules, solved and priced at the values of the plan that it is compared with.

What a unit is worth depends on the offers: replacement cost r, cost of a unit owed at the end r_B, default holding
cost and window P; and when a safety stock first counts depends on the calendars. Were each plan priced at its own
values, one more offer could make every unit in stock worth less, and one rule less could seem to cost money. So the
changed plan is solved with r = the smaller of both, so that no unit bought is worth more than it cost, and what it
decides is priced at the values of the base plan.

For whoever compares a plan with a changed one (`whatif`, prices of rules)::

    from procure.insight.pricing_at_base import solve_at_base

    found = solve_at_base(changed, base, start=solution, time_limit=20, gap=1e-3)
    saved = solution.cost.total - found.cost.total      # `solution` is one of `base`, priced at its own values

``found`` is a whole `Solution` of the changed plan: orders, projection, limits; its ``cost`` is at the values of the
base plan. Its ``bound`` and ``gap`` are None where r is not the same in both plans, since nothing is proven about
the total at base values then. Only offers and rules are held against each other: demand, limits, `holding_cost`,
`holding_rate`, `terminal_value`, dates of `phase_out` and all costs that the changed plan gives stay its own.

`valued_to_solve` and `valued_at_base` give the two networks, for arithmetic without a solve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.engines.run import solve_network
from procure.plan.network import Network, build_network
from procure.plan.records import Plan
from procure.plan.table import coded, numbers
from procure.plan.valuation import end_credits, holding_costs
from procure.solution.records import Solution

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


def solve_at_base(changed: Plan, base: Plan, **options: Any) -> Solution:
    """Solve a changed plan, and price what it decides at the values of the base plan.

    Parameters
    ----------
    changed
        The plan to solve.
    base
        The plan whose r, r_B, holding cost, window P and first periods of safety stock count.
    **options
        As those of `procure.solve`: `engine`, `solver`, `time_limit`, `gap`, `start`, `progress`, `stop`.

    Returns
    -------
    Solution
        Of the changed plan. Its cost is at base values; no bound is known unless r is the same in both plans.
    """
    own, ground = build_network(changed), build_network(base)
    to_solve, at_base = valued_to_solve(own, ground), valued_at_base(own, ground)
    same = np.array_equal(to_solve.replacement, at_base.replacement)
    return solve_network(to_solve, priced=None if same else at_base, **options)


def valued_at_base(changed: Network, base: Network) -> Network:
    """Return the changed plan in numbers with the values of the base plan: what both are priced at.

    Items and cells are found by their ids; those that the base plan does not have keep their own values.
    """
    return _valued(changed, base, _base_replacement(changed, base))


def valued_to_solve(changed: Network, base: Network) -> Network:
    """Return the same with r = the smaller of base and own: what the changed plan is solved with.

    An item with neither an offer nor a `replacement_cost` has no r of its own. It can't be bought, so nothing is ever
    worth more than it cost.
    """
    at_base = _base_replacement(changed, base)
    own = np.where(_has_worth(changed), changed.replacement, at_base)
    return _valued(changed, base, np.minimum(own, at_base))


def _has_worth(network: Network) -> Mask:
    """Items whose replacement cost follows from the plan itself, shape (I,)."""
    found = ~np.isnan(numbers(network.items, "replacement_cost"))
    known = {name: k for k, name in enumerate(network.names[0])}
    found[np.unique(coded(network.offers, "item").positions(known))] = True
    return found


def _base_replacement(changed: Network, base: Network) -> Array:
    """Replacement cost r of every item of the changed plan in the base plan, shape (I,)."""
    there = _found(changed.names[0], base.names[0])
    known = there >= 0
    replacement = changed.replacement.copy()
    replacement[known] = base.replacement[there[known]]
    return replacement


def _valued(changed: Network, base: Network, replacement: Array) -> Network:
    here, there = _cells(changed, base)
    owed, window, served = changed.owed.copy(), changed.window.copy(), changed.first_served.copy()
    stays = ~changed.lost[here] & ~base.lost[there]
    owed[here[stays]] = base.owed[there[stays]]
    if _same_clock(changed.plan, base.plan):
        window[here[stays]] = base.window[there[stays]]
        served[here] = base.first_served[there]
    return replace(
        changed,
        replacement=replacement,
        holding=holding_costs(changed.plan, _base_replacement(changed, base)),
        credit=end_credits(changed.plan, replacement),
        owed=owed,
        window=window,
        first_served=served,
    )


def _same_clock(changed: Plan, base: Plan) -> bool:
    """Whether periods, and what counts as a surprise, mean the same in both plans."""
    return (changed.start_date, changed.periods, changed.period_days, changed.policy.uncertainty) == (
        base.start_date,
        base.periods,
        base.period_days,
        base.policy.uncertainty,
    )


def _cells(changed: Network, base: Network) -> tuple[Indices, Indices]:
    """Positions of the cells that both plans have, in the changed one and in the base one."""
    items, warehouses = (_found(mine, other) for mine, other in zip(changed.names, base.names, strict=True))
    places = zip(items[changed.cell_item].tolist(), warehouses[changed.cell_warehouse].tolist(), strict=True)
    there = np.array([base.cell_index.get(place, -1) if min(place) >= 0 else -1 for place in places], dtype=np.int64)
    here = np.flatnonzero(there >= 0)
    return here, there[here]


def _found(ids: Sequence[str], among: Sequence[str]) -> Indices:
    """Position of each id among others, -1 where it is not there."""
    known = {name: k for k, name in enumerate(among)}
    return np.array([known.get(name, -1) for name in ids], dtype=np.int64)
