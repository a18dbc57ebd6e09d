"""Transfers between warehouses."""

from __future__ import annotations

from collections.abc import Iterator

from procure_milp.expressions import Row
from procure_milp.instance import Instance
from procure_milp.variables import Variables


def shipment_out(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C19. A shipment switches on the rule that its stock must be there [steps].

    .. math:: z_{mt} \le z^{max}_{mt} o_{ct}
    """
    for k, move in enumerate(inst.moves):
        for t, most in zip(move.periods, move.most, strict=True):
            yield (k, t), var.parcels[k, t] - most * var.ships[move.origin, t] <= 0.0


def shipment_expected(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C20. In a period with a shipment out, expected stock before demand is not negative after it [units].

    .. math:: X_{ct} - E D_{c,t-1} \ge -(E D_{c,t-1} - \underline X_{ct})(1 - o_{ct})
    """
    for c, t in var.ships:
        before = float(inst.expected_before[c, t])
        shortage = max(before - float(inst.lowest[c, t]), 0.0)
        yield (c, t), var.supply[c, t] - shortage * var.ships[c, t] >= before - shortage


def lane_runs(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C21. A shipment pays the fixed cost of its lane [steps].

    .. math:: z_{mt} \le z^{max}_{mt} v_{kt}
    """
    for k, move in enumerate(inst.moves):
        for t, most in zip(move.periods, move.most, strict=True):
            if (move.lane, t) in var.trip:
                yield (k, t), var.parcels[k, t] - most * var.trip[move.lane, t] <= 0.0


def shipment_arrives(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C22. A transfer that first serves a covered cell switches its cover limit on [steps].

    .. math:: z_{mu} \le z^{max}_{mu} w_{c,u + L_m}
    """
    for k, move in enumerate(inst.moves):
        for t, most in zip(move.periods, move.most, strict=True):
            arrives = var.arrives.get((move.target, t + move.lead))
            if arrives is not None:
                yield (k, t), var.parcels[k, t] - most * arrives <= 0.0
