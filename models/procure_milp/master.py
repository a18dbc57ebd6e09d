"""The restricted master: one plan for each cell out of a few, under everything that cells share.

Binaries choose a plan for each cell and place purchase orders; discounts, least and most values, containers and shared
limits are those of FORMULATION.md, "Prices". It knows plans by what they cost and use only.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import pulp
from numpy.typing import NDArray

from procure_milp.solve import column_order

Array = NDArray[np.float64]
Key = tuple[int, int]
"""A purchase order: group and period."""


@dataclass(frozen=True, eq=False)
class CellPlan:
    """One plan of one cell.

    Attributes
    ----------
    cell
        The cell.
    cost
        Its own cost: stock, goods without order discounts, freight, line fees [money].
    orders
        Goods value [money] and container room that it puts on each purchase order.
    use
        Amount of each shared row that it takes.
    """

    cell: int
    cost: float
    orders: dict[Key, tuple[float, float]]
    use: dict[int, float]


@dataclass(frozen=True, eq=False)
class OrderRule:
    """Terms of one possible purchase order [money, units of the container's resource].

    Attributes
    ----------
    fee, minimum, maximum
        Fixed cost; least and most goods value.
    discounts, scale
        Goods value from which each holds, and what it saves of the goods value; share of the saving that is expected to
        come.
    size, container_cost, minimum_fill
        Container; size 0 for none.
    use
        Amount of each shared row that the fee takes, and that a container takes.
    relief
        Shared rows that a discount relieves, and the share of it that each sees.
    """

    fee: float
    minimum: float = 0.0
    maximum: float = np.inf
    discounts: tuple[tuple[float, float], ...] = ()
    scale: float = 1.0
    size: float = 0.0
    container_cost: float = 0.0
    minimum_fill: float = 0.0
    use: tuple[int, ...] = ()
    relief: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Master:
    """A restricted master; `allowed` by shared row, `start` the plan chosen for each cell to begin with.

    `worth` is what money of purchase orders counts in the objective.
    """

    plans: tuple[CellPlan, ...]
    orders: dict[Key, OrderRule]
    allowed: Array
    start: frozenset[int]
    worth: float = 1.0


@dataclass(frozen=True, eq=False)
class Chosen:
    """Positions of the plans chosen, or None without a solution."""

    plans: list[int] | None
    objective: float


def solve_master(master: Master, time_limit: float, gap: float, stop: threading.Event) -> Chosen:
    """Choose plans by branch and cut, to a relative gap.

    Parameters
    ----------
    time_limit
        Seconds, about.
    """
    problem, chosen = _build(master)
    solver = pulp.HiGHS(msg=False, output_flag=False)
    solver.createAndConfigureSolver(problem)
    solver.buildSolverModel(problem)
    highs = problem.solverModel
    columns = {v.name: k for k, v in enumerate(column_order(problem))}
    highs.setOptionValue("time_limit", max(time_limit, 0.1))
    highs.setOptionValue("mip_rel_gap", gap)
    first = np.array([columns[v.name] for v in chosen], dtype=np.int32)
    highs.setSolution(len(first), first, np.array([float(k in master.start) for k in range(len(chosen))]))
    _run(highs, time_limit, stop)
    info = highs.getInfo()
    if info.primal_solution_status != 2:
        return Chosen(None, np.inf)
    values = np.array(highs.getSolution().col_value)[first]
    return Chosen(np.flatnonzero(values > 0.5).tolist(), float(info.objective_function_value))


def _run(highs: Any, time_limit: float, stop: threading.Event) -> None:
    """Run in a thread of its own, so that a stop reaches it; see `procure_milp.solve`."""

    def asked(_kind: Any, _message: str, _out: Any, into: Any, _data: Any) -> None:
        if stop.is_set() and into is not None:
            into.user_interrupt = True

    highs.setCallback(asked, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt):
        highs.startCallback(kind)
    highs.run()
    highs.setCallback(None, None)


def _build(master: Master) -> tuple[pulp.LpProblem, list[Any]]:
    problem = pulp.LpProblem("master", pulp.LpMinimize)
    chosen = [problem.add_variable(f"chosen_{k}", 0, 1, cat="Integer") for k in range(len(master.plans))]
    rows: dict[int, list[Any]] = defaultdict(list)
    cost: list[Any] = [p.cost * x for p, x in zip(master.plans, chosen, strict=True)]
    cells: dict[int, list[Any]] = defaultdict(list)
    for plan, x in zip(master.plans, chosen, strict=True):
        cells[plan.cell].append(x)
        for row, amount in plan.use.items():
            rows[row].append(amount * x)
    for cell, members in cells.items():
        problem.addConstraint(pulp.lpSum(members) == 1, f"one_plan_{cell}")
    for number, (key, members) in enumerate(sorted(_on_order(master).items())):
        rule = master.orders.get(key)
        if rule is not None:
            for row, name in _purchase_order(problem, number, rule, master, members, chosen, cost, rows):
                problem.addConstraint(row, name)
    for row, terms in sorted(rows.items()):
        if np.isfinite(master.allowed[row]):
            problem.addConstraint(pulp.lpSum(terms) <= float(master.allowed[row]), f"shared_{row}")
    problem.setObjective(pulp.lpSum(cost))
    return problem, chosen


def _on_order(master: Master) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for k, plan in enumerate(master.plans):
        for key in plan.orders:
            found[key].append(k)
    return found


def _purchase_order(  # type: ignore[no-untyped-def]
    problem, number: int, rule: OrderRule, master: Master, members: list[int], chosen, cost, rows
) -> Iterator[tuple[Any, str]]:
    """Rows of one purchase order; adds its terms to the cost and to the shared rows."""
    key = next(k for k in master.plans[members[0]].orders if master.orders.get(k) is rule)
    placed = problem.add_variable(f"placed_{number}", 0, 1, cat="Integer")
    cost.append(master.worth * rule.fee * placed)
    for row in rule.use:
        rows[row].append(rule.fee * placed)
    of_cell: dict[int, list[Any]] = defaultdict(list)
    for k in members:
        of_cell[master.plans[k].cell].append(chosen[k])
    for cell, mine in of_cell.items():
        yield pulp.lpSum(mine) <= placed, f"on_order_{number}_{cell}"
    goods = pulp.lpSum(master.plans[k].orders[key][0] * chosen[k] for k in members)
    if rule.minimum > 0.0:
        yield goods >= rule.minimum * placed, f"minimum_{number}"
    if np.isfinite(rule.maximum):
        yield goods <= rule.maximum * placed, f"maximum_{number}"
    if rule.discounts:
        yield from _discounts(problem, number, rule, goods, placed, members, key, master, cost, rows)
    if rule.size > 0.0:
        load = pulp.lpSum(master.plans[k].orders[key][1] * chosen[k] for k in members)
        yield from _containers(problem, number, rule, load, master.worth, cost, rows)


def _discounts(  # type: ignore[no-untyped-def]
    problem, number: int, rule: OrderRule, goods, placed, members, key, master: Master, cost, rows
) -> Iterator[tuple[Any, str]]:
    most = min(_most_goods(master, members, key), rule.maximum)
    tiers, parts = [], []
    for k, (start, rate) in enumerate(rule.discounts):
        if start > most * (1.0 + 1e-9):
            continue
        tier = problem.add_variable(f"tier_{number}_{k}", 0, 1, cat="Integer")
        part = problem.add_variable(f"part_{number}_{k}", 0, most)
        tiers.append(tier)
        parts.append(part)
        cost.append(-master.worth * rate * rule.scale * part)
        for row, share in rule.relief:
            rows[row].append(-rate * share * part)
        yield part >= start * tier, f"tier_from_{number}_{k}"
        yield part <= most * tier, f"tier_upto_{number}_{k}"
    if tiers:
        yield pulp.lpSum(tiers) <= placed, f"one_tier_{number}"
        yield pulp.lpSum(parts) <= goods, f"parts_{number}"


def _most_goods(master: Master, members: list[int], key: Key) -> float:
    most: dict[int, float] = defaultdict(float)
    for k in members:
        plan = master.plans[k]
        most[plan.cell] = max(most[plan.cell], plan.orders[key][0])
    return sum(most.values())


def _containers(problem, number: int, rule: OrderRule, load, worth, cost, rows) -> Iterator[tuple[Any, str]]:  # type: ignore[no-untyped-def]
    count = problem.add_variable(f"containers_{number}", 0, cat="Integer")
    cost.append(worth * rule.container_cost * count)
    for row in rule.use:
        rows[row].append(rule.container_cost * count)
    yield load <= rule.size * count, f"room_{number}"
    if rule.minimum_fill > 0.0:
        yield load >= rule.size * (count - 1.0 + rule.minimum_fill), f"fill_{number}"
