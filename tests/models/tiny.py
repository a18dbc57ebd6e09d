"""A tiny instance made by hand: one cell, three periods, one line, nothing that costs or limits anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pulp

from procure_milp.envelope import Envelope, Tangents
from procure_milp.expressions import Row
from procure_milp.instance import Group, Instance, Line, Move, Tier
from procure_milp.variables import Variables, create_variables

PERIODS = 3


def tier(price: float = 2.0, least: float = 0.0, most: float = 10.0, intercept: float = 0.0) -> Tier:
    """Return a price tier with the same steps in every period."""
    return Tier(price, intercept, (least,) * PERIODS, (most,) * PERIODS)


def line(**changes: Any) -> Line:
    """Return a line that serves cell 0 at once, in single units."""
    made = Line(
        cell=0,
        group=0,
        lead=0,
        step=1.0,
        fraction=1.0,
        periods=(0, 1, 2),
        tiers=(tier(),),
        freight=0.0,
        fee=0.0,
        has_switch=False,
        deposit=0.0,
        deposit_period=(0, 1, 2),
        balance_period=(0, 1, 2),
    )
    return replace(made, **changes)


def move(**changes: Any) -> Move:
    """Return a move from cell 0 to cell 1 that takes a period, in single units."""
    made = Move(
        lane=0, origin=0, target=1, lead=1, step=1.0, unit_cost=0.5, periods=(0, 1), most=(8.0, 8.0)
    )
    return replace(made, **changes)


def envelope(start: float = 0.0, mean: float = 4.0, *, counted: bool = False) -> Envelope:
    """Return B = max(mean - X, 0) and, where counted, S = max(X, 0), as of known demand."""
    below = Tangents(start)
    below.add(-1.0, mean, 0.0)
    below.add(0.0, mean, 0.0)
    if not counted:
        return Envelope(below)
    above = Tangents(start)
    above.add(1.0, 0.0, 0.0)
    above.add(0.0, 0.0, 0.0)
    return Envelope(below, above)


def instance(n_cells: int = 1, *, counted: bool = False, **changes: Any) -> Instance:
    """Return cells with a demand of 4 units in period 0, none later; holding cost 1, backorder cost 9."""
    shape = (n_cells, PERIODS)
    made = Instance(
        periods=PERIODS,
        opening=np.zeros(shape),
        expected=np.full(shape, 4.0),
        expected_before=np.repeat([[0.0, 4.0, 4.0]], n_cells, axis=0),
        supply_cost=np.full(shape, 1.0),
        backorder_cost=np.full(shape, 10.0),
        weight=np.ones(shape),
        target=np.zeros(shape),
        target_cost=np.full(n_cells, 9.0),
        cover=np.full(shape, np.inf),
        supply_cap=np.full(shape, np.inf),
        lowest=np.zeros(shape),
        lines=(line(),),
        groups=(Group(),),
        moves=(),
        lane_fee=(0.0,),
        capacities=(),
        stock_limits=(),
        money_limits=(),
        envelopes={(c, t): envelope(counted=counted) for c in range(n_cells) for t in range(PERIODS)},
    )
    return replace(made, **changes)


def rows(block: Any, inst: Instance) -> dict[tuple[int, ...], tuple[dict[str, float], str, float]]:
    """Return the rows of one block: by index, coefficients by variable, sense and right-hand side."""
    var = variables(inst)
    return {index: plain(row) for index, row in block(inst, var)}


def variables(inst: Instance) -> Variables:
    """Return the variables of an instance, in a problem of their own."""
    problem = pulp.LpProblem("tiny", pulp.LpMinimize)
    made = create_variables(problem, inst)
    _ALIVE.append(problem)
    return made


_ALIVE: list[pulp.LpProblem] = []
"""Variables die with their problem."""


def plain(row: Row) -> tuple[dict[str, float], str, float]:
    """Return the coefficients, sense and right-hand side of a constraint."""
    senses = {-1: "<=", 0: "==", 1: ">="}
    weights = {v.name: float(a) for v, a in row.items() if a != 0.0}
    return weights, senses[row.sense], -float(row.constant) + 0.0


def weights(expression: Any) -> dict[str, float]:
    """Return the coefficients of an expression."""
    return {v.name: float(a) for v, a in expression.items() if a != 0.0}
