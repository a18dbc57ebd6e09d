"""Build the PuLP problem: create the variables, loop over the blocks, set the objective."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulp

from procure_milp.constraints import BLOCKS
from procure_milp.expressions import Row
from procure_milp.instance import Instance
from procure_milp.objective import OBJECTIVES
from procure_milp.variables import Variables, create_variables


@dataclass(frozen=True, eq=False)
class Model:
    """A problem with its variables; they die together."""

    instance: Instance
    problem: pulp.LpProblem
    variables: Variables
    objective: str


def build_model(inst: Instance, objective: str = "cost") -> Model:
    """Build the model of an instance.

    Parameters
    ----------
    inst
        The numbers.
    objective
        `cost`, `backorders` or `relaxation`.
    """
    problem = pulp.LpProblem("procure", pulp.LpMinimize)
    var = create_variables(problem, inst)
    problem.setObjective(OBJECTIVES[objective](inst, var))
    for block in BLOCKS:
        _add(problem, block.__name__, block(inst, var))
    return Model(inst, problem, var, objective)


def _add(problem: pulp.LpProblem, block: str, rows: Iterable[Row]) -> None:
    for index, row in rows:
        problem.addConstraint(row, "_".join([block, *map(str, index)]))
