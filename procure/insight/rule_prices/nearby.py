"""A plan without a rule near the present one: only the cells that the rule touches are decided anew.

All other orders and shipments stay, and take what they take of every limit. What is found is a plan to begin with; it
says nothing about how good a plan may be, since purchase orders that both share are counted twice here.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Task
from procure.engines.run import solve_task
from procure.plan.network import Network
from procure.solution.decision import Decision
from procure.solution.ledger import keep_ledger
from procure.solution.limits import Limits, used

Mask = NDArray[np.bool_]

FINE = 1e-8
"""Relative gap; it refers to a cost in which nothing is ordered anywhere else, which is a multiple of the plan's."""


def nearby(task: Task, present: Decision, touched: Mask, options: Options) -> Decision | None:
    """Decide some cells anew, and leave all others as they are.

    Parameters
    ----------
    task
        The plan without the rule.
    present
        The present decision, which keeps the limits.
    touched
        Cells to decide anew, shape (C,).
    options
        Time.

    Returns
    -------
    Decision or None
        Present orders elsewhere, new ones here; it may break a rule of purchase orders. None where no cell is left out,
        and where backorders of all cells together are limited.
    """
    network = task.network
    lines, moves = touched[network.line_cell], touched[network.move_from] & touched[network.move_to]
    if (lines.all() and moves.all()) or task.backorder_limit < np.inf:
        return None
    others = _only(present, ~lines, ~moves)
    part = replace(task, network=_open_only(network, lines, moves), start=_only(present, lines, moves))
    outcome, _ = solve_task(replace(part, limits=_left(task, others)), options.part(1.0, FINE), "compact")
    found = outcome.decision
    return Decision(
        np.where(lines[:, None], found.orders, others.orders),
        np.where(moves[:, None], found.shipments, others.shipments),
    )


def _only(decision: Decision, lines: Mask, moves: Mask) -> Decision:
    """The decision on some lines and moves, nothing on all others."""
    return Decision(
        np.where(lines[:, None], decision.orders, 0.0),
        np.where(moves[:, None], decision.shipments, 0.0),
    )


def _open_only(network: Network, lines: Mask, moves: Mask) -> Network:
    return replace(
        network,
        line_allowed=network.line_allowed & lines[:, None],
        move_allowed=network.move_allowed & moves[:, None],
    )


def _left(task: Task, others: Decision) -> Limits:
    """What the other orders leave of every limit, the start's own use apart."""
    network, laws = task.network, task.laws
    taken, nothing = (keep_ledger(network, laws, d) for d in (others, Decision.nothing(network)))
    return tuple(
        replace(limit, allowed=np.maximum(limit.allowed - (used(taken, limit) - used(nothing, limit)), 0.0))
        for limit in task.limits
    )
