"""The next best offer for an order line: what the plan would cost with it, all other orders as they are.

The line is taken off its purchase order, and the same expected receipt is ordered elsewhere: by the other offer's
multiple and minimum, on the order day that costs least. Exact, by `Revaluation`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.breaches import Rules
from procure.insight.explanation.change import Change, Difference
from procure.insight.explanation.records import Alternative, CostDifference
from procure.insight.explanation.revaluation import Revaluation
from procure.plan.network import Network
from procure.plan.terms import ROUNDING, order_date

Indices = NDArray[np.int64]
MOST_TRIED = 12
"""Cheapest choices whose rules are looked at, before the search for one that keeps them ends."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Units of another line and period in place of an order line, and what that costs more."""

    line: int
    period: int
    units: float
    change: Change
    difference: Difference


@dataclass(frozen=True, eq=False)
class NextBest:
    """The cheapest other offer that keeps every rule, and a cheaper one that would not.

    Attributes
    ----------
    kept, barred
        Each with the rules that it breaks; None where there is none.
    """

    kept: Choice | None
    barred: tuple[Choice, list[str]] | None


class Alternatives:
    """Other offers for the cells of a plan."""

    def __init__(self, plan: Revaluation, rules: Rules) -> None:
        self._plan, self._rules, self._network = plan, rules, plan.network
        order = np.argsort(plan.network.line_cell, kind="stable")
        self._order, self._cells = order, plan.network.line_cell[order]

    def lines_of(self, cell: int) -> Indices:
        """Lines that serve a cell."""
        start, stop = np.searchsorted(self._cells, [cell, cell + 1])
        return self._order[start:stop]

    def next_best(self, line: int, period: int) -> NextBest:
        """Look for the next best offer."""
        changes = list(self._substitutes(line, period))
        found = self._plan.differences([change for *_, change in changes])
        choices = [Choice(*place, difference=cost) for place, cost in zip(changes, found, strict=True)]
        return self._kept_and_barred(sorted(choices, key=lambda choice: choice.difference.total))

    def _kept_and_barred(self, choices: Sequence[Choice]) -> NextBest:
        barred: tuple[Choice, list[str]] | None = None
        for choice in choices[:MOST_TRIED]:
            broken = self._rules.broken_by(choice.change)
            if not broken:
                return NextBest(choice, barred)
            barred = barred or (choice, broken)
        return NextBest(None, barred)

    def _substitutes(self, line: int, period: int) -> Iterator[tuple[int, int, float, Change]]:
        """Other lines of the cell, with every period in which they may be ordered."""
        network, orders = self._network, self._plan.ledger.decision.orders
        wanted = float(orders[line, period] * network.line_fraction[line])
        for other in self.lines_of(int(network.line_cell[line])).tolist():
            if other == line or network.line_fraction[other] <= 0.0:
                continue
            units = fitting(network, other, wanted / float(network.line_fraction[other]))
            for day in np.flatnonzero(network.line_allowed[other]).tolist():
                total = units + float(orders[other, day])
                yield other, day, units, Change(orders={(line, period): 0.0, (other, day): total})

    def record(self, choice: Choice, broken: Sequence[str] = ()) -> Alternative:
        """Describe a choice."""
        network, day = self._network, order_date(self._network.plan, choice.period)
        offer = network.offers[network.line_offer[choice.line]]
        return Alternative(
            supplier=offer.supplier,
            offer=offer.offer,
            order_date=day,
            receipt_date=day + timedelta(days=int(network.line_days[choice.line])),
            quantity=choice.units,
            landed_cost=self._landed(choice),
            lead_time_sd=offer.lead_time.sd,
            delivered_fraction=float(network.line_fraction[choice.line]),
            more=as_record(choice.difference),
            breaks=tuple(broken),
        )

    def _landed(self, choice: Choice) -> float:
        """Price and freight of a unit of the changed order."""
        group = int(self._network.line_group[choice.line])
        changed = self._plan.changed_orders(choice.change)[group, choice.period]
        return landed_cost(self._plan, choice.line, choice.period, changed)


def landed_cost(plan: Revaluation, line: int, period: int, changed: dict[int, float] | None = None) -> float:
    """Price after breaks and discount, and freight, of a unit of an order line [plan currency]."""
    bill = plan.orders.bill(int(plan.network.line_group[line]), period, changed)
    k = int(np.flatnonzero(bill.lines == line)[0])
    return float((bill.net_goods[k] + bill.freight[k]) / bill.quantity[k])


def fitting(network: Network, line: int, wanted: float) -> float:
    """The least quantity of an offer that brings as much as is wanted; its maximum where that is less."""
    lots = network.fees.lots
    multiple, most = float(lots.multiple[line]), float(lots.most[line])

    def up(units: float) -> float:
        return math.ceil(units / multiple * (1.0 - ROUNDING) - ROUNDING) * multiple if multiple > 0.0 else units

    units = max(up(wanted), up(float(lots.least[line])))
    if units > most:
        units = math.floor(most / multiple + ROUNDING) * multiple if multiple > 0.0 else most
    return units


def as_record(difference: Difference) -> CostDifference:
    """Turn a difference into its record; its parts add up."""
    return CostDifference(**difference.parts, total=difference.total, backorders=difference.backorders)
