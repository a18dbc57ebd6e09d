"""The variables of the model, created once, named by block and indices only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pulp

from procure_milp.instance import Instance

Index = tuple[int, ...]
Variable = Any
"""A `pulp.LpVariable`; PuLP 3 and 4 type it differently."""


@dataclass(frozen=True, eq=False)
class Variables:
    """All variables by index.

    Attributes
    ----------
    lots
        Steps ordered, by (line, period, tier); whole unless the multiple is 0. [n]
    open
        1 if the line is ordered in the tier, by (line, period, tier). [y]
    placed
        1 if a purchase order is placed, by (group, period). [p]
    in_tier, tier_goods
        1 if the order gets discount tier k, by (group, period, k); goods of a line under it, by
        (line, period, k). [e, G]
    containers
        Whole containers, by (group, period). [N]
    parcels
        Steps shipped, by (move, period). [z]
    ships, trip
        1 if the cell ships out, by (cell, period); 1 if the lane runs, by (lane, period). [o, v]
    arrives
        1 if an order or transfer first serves the cell in the period, by (cell, period). [w]
    supply, short
        X and the shortfall under the safety stock target, by (cell, period). [X, s]
    piece
        Supply that lies in piece k of the envelope, by (cell, period, k). [d]
    unmet, stocked
        Expected backorders, or units lost so far, and peak stock of a sampled cell, by (cell, period). [U, Y]
    spend, payment
        Money committed and due, by (period,). [u, c]
    slack
        Excess of a relaxed limit, by (kind, position): kind 0 stock, 1 money. [x]
    """

    lots: dict[Index, Variable]
    open: dict[Index, Variable]
    placed: dict[Index, Variable]
    in_tier: dict[Index, Variable]
    tier_goods: dict[Index, Variable]
    containers: dict[Index, Variable]
    parcels: dict[Index, Variable]
    ships: dict[Index, Variable]
    trip: dict[Index, Variable]
    arrives: dict[Index, Variable]
    supply: dict[Index, Variable]
    piece: dict[Index, Variable]
    short: dict[Index, Variable]
    unmet: dict[Index, Variable]
    stocked: dict[Index, Variable]
    spend: dict[Index, Variable]
    payment: dict[Index, Variable]
    slack: dict[Index, Variable]


def create_variables(problem: pulp.LpProblem, inst: Instance) -> Variables:
    """Create the variables that the instance needs in `problem`."""
    new = _Maker(problem)
    line_periods = [(k, t, j) for k, line in enumerate(inst.lines) for j, t in enumerate(line.periods)]
    switched = [(k, t) for k, t, _ in line_periods if inst.lines[k].has_switch]
    group_periods = sorted({(inst.lines[k].group, t) for k, t, _ in line_periods})
    discounted = [(g, t) for g, t in group_periods if inst.groups[g].discounts]
    cells = [(c, t) for c in range(inst.n_cells) for t in range(inst.periods)]
    covered = [(c, t) for c, t in cells if inst.cover[c, t] < inst.supply_cap[c, t]]
    return Variables(
        lots=_lots(new, inst, line_periods),
        open=new.binary("open", ((k, t, i) for k, t in switched for i in range(len(inst.lines[k].tiers)))),
        placed=new.binary("placed", ((g, t) for g, t in group_periods if inst.groups[g].has_switch)),
        in_tier=new.binary(
            "in_tier", ((g, t, i) for g, t in discounted for i in range(len(inst.groups[g].discounts) + 1))
        ),
        tier_goods=new.positive(
            "tier_goods",
            (
                (k, t, i)
                for k, t, _ in line_periods
                if (tiers := inst.groups[inst.lines[k].group].discounts)
                for i in range(len(tiers) + 1)
            ),
        ),
        containers=new.whole("containers", ((g, t) for g, t in group_periods if inst.groups[g].has_containers)),
        parcels=_parcels(new, inst),
        ships=new.binary("ships", sorted({(m.origin, t) for m in inst.moves for t in m.periods})),
        trip=new.binary(
            "trip",
            sorted({(m.lane, t) for m in inst.moves if inst.lane_fee[m.lane] > 0.0 for t in m.periods}),
        ),
        arrives=new.binary("arrives", covered),
        supply={i: new.one("supply", i, float(inst.lowest[i]), _finite(inst.supply_cap[i])) for i in cells},
        piece={
            (c, t, k): new.one("piece", (c, t, k), high=None if piece.width == math.inf else piece.width)
            for (c, t), envelope in inst.envelopes.items()
            for k, piece in enumerate(envelope.pieces())
        },
        short=new.positive("short", ((c, t) for c, t in cells if inst.target[c, t] > 0.0)),
        unmet=new.positive("unmet", ((c, t) for c, t in cells if c in inst.sampled)),
        stocked=new.positive(
            "stocked", ((c, t) for (c, t), e in inst.envelopes.items() if c in inst.sampled and e.peak is not None)
        ),
        spend=new.positive("spend", _money_periods(inst, "order_budget")),
        payment=new.positive("payment", _money_periods(inst, "cash")),
        slack=new.positive(
            "slack",
            [(0, k) for k, row in enumerate(inst.stock_limits) if row.weight_of_slack > 0.0]
            + [(1, k) for k, row in enumerate(inst.money_limits) if row.weight_of_slack > 0.0],
        ),
    )


def _finite(number: float) -> float | None:
    return None if math.isinf(number) else float(number)


def _money_periods(inst: Instance, kind: str) -> list[Index]:
    last = max((row.period for row in inst.money_limits if row.kind == kind), default=-1)
    return [(t,) for t in range(last + 1)]


def _lots(new: _Maker, inst: Instance, line_periods: list[tuple[int, int, int]]) -> dict[Index, Variable]:
    lots: dict[Index, Variable] = {}
    for k, t, j in line_periods:
        line = inst.lines[k]
        for i, tier in enumerate(line.tiers):
            lots[k, t, i] = new.one("lots", (k, t, i), high=tier.most[j], whole=line.step > 0.0)
    return lots


def _parcels(new: _Maker, inst: Instance) -> dict[Index, Variable]:
    parcels: dict[Index, Variable] = {}
    for k, move in enumerate(inst.moves):
        for t, most in zip(move.periods, move.most, strict=True):
            parcels[k, t] = new.one("parcels", (k, t), high=most, whole=move.step > 0.0)
    return parcels


class _Maker:
    """Adds named variables to a problem."""

    def __init__(self, problem: pulp.LpProblem) -> None:
        self._problem = problem

    def one(
        self, block: str, index: Index, low: float = 0.0, high: float | None = None, *, whole: bool = False
    ) -> Variable:
        name = "_".join([block, *map(str, index)])
        category = "Integer" if whole else "Continuous"
        return self._problem.add_variable(name, lowBound=low, upBound=high, cat=category)

    def positive(self, block: str, indices: Iterable[Index]) -> dict[Index, Variable]:
        return {i: self.one(block, i) for i in indices}

    def whole(self, block: str, indices: Iterable[Index]) -> dict[Index, Variable]:
        return {i: self.one(block, i, whole=True) for i in indices}

    def binary(self, block: str, indices: Iterable[Index]) -> dict[Index, Variable]:
        return {i: self.one(block, i, high=1.0, whole=True) for i in indices}
