"""Cells that only draws can value: random supply, and unmet demand that is lost."""

from __future__ import annotations

from collections.abc import Iterator

from pulp import lpSum

from procure_milp.expressions import Row, backorder_envelope, peak_envelope, quantity
from procure_milp.instance import Instance
from procure_milp.variables import Variables


def unmet_floor(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C28. Backorders under random supply are at least those of its mean; so are units lost so far [units].

    .. math:: U_{ct} \ge B_{ct}(X_{ct})
    """
    for c, t in var.unmet:
        yield (c, t), var.unmet[c, t] - backorder_envelope(inst, var, c, t) >= 0.0


def stocked_floor(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C29. Peak stock under random supply is at least that of its mean [units].

    .. math:: Y_{ct} \ge S_{ct}(X_{ct})
    """
    for c, t in var.stocked:
        yield (c, t), var.stocked[c, t] - peak_envelope(inst, var, c, t) >= 0.0


def path_cut(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C30. A subgradient over the draws bounds backorders, units lost or peak stock from below [units].

    .. math:: U_{ct}, Y_{ct} \ge \kappa + \sum_s \beta_s X_{cs} + \sum_{l,u} \gamma_{lu} q_{lu}
    """
    for k, cut in enumerate(inst.path_cuts):
        value = getattr(var, cut.of)[cut.cell, cut.period]
        supply = lpSum(slope * var.supply[cut.cell, t] for t, slope in cut.supply)
        orders = lpSum(slope * quantity(inst, var, line, t) for line, t, slope in cut.orders)
        yield (cut.cell, cut.period, k), value - supply - orders >= cut.constant


def lost_grows(inst: Instance, var: Variables) -> Iterator[Row]:
    r"""C31. Units lost so far never become fewer [units].

    .. math:: U_{ct} \ge U_{c,t-1}
    """
    for c in sorted(inst.lost):
        for t in range(1, inst.periods):
            yield (c, t), var.unmet[c, t] - var.unmet[c, t - 1] >= 0.0
