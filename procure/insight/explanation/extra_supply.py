"""More supply for a cell: every order and transfer that could still bring it, and what each would cost the plan.

Quantities tried are those that meet the shortages as they are expected, by multiple and minimum; the least order, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.alternatives import Alternatives, as_record, fitting
from procure.insight.explanation.breaches import Rules
from procure.insight.explanation.change import Change, Difference
from procure.insight.explanation.records import Help
from procure.insight.explanation.revaluation import Revaluation
from procure.plan.terms import order_date
from procure.solution.lot_marks import raised

Array = NDArray[np.float64]

MOST_TRIED = 12
"""Cheapest choices whose rules are looked at."""


Tried = tuple[int | None, int | None, int, float, Change]
"""Line, move, period, units and change of an `Extra`."""


@dataclass(frozen=True, eq=False)
class Extra:
    """An order or transfer on top of the plan.

    Attributes
    ----------
    line, move, period
        Position of the line that is ordered and of the move that is shipped, if there is one, and the period of the
        order, or of the shipment without one.
    units
        Units more than in the plan.
    """

    line: int | None
    move: int | None
    period: int
    units: float
    change: Change
    difference: Difference


class ExtraSupply:
    """Looks for more supply.

    Parameters
    ----------
    plan
        The plan, ready to be valued.
    rules
        Its rules.
    others
        Its offers by cell.
    """

    def __init__(self, plan: Revaluation, rules: Rules, others: Alternatives) -> None:
        self._plan, self._rules, self._others, self._network = plan, rules, others, plan.network

    def lines_of(self, cell: int) -> NDArray[np.int64]:
        """Lines that serve a cell."""
        return self._others.lines_of(cell)

    def choices(self, cell: int) -> list[Extra]:
        """Everything tried for a cell, the cheapest first."""
        places = [*self._orders(cell), *self._transfers(cell), *self._orders_shipped_on(cell)]
        found = self._plan.differences([change for *_, change in places])
        extras = [Extra(*place, difference=cost) for place, cost in zip(places, found, strict=True)]
        return sorted(extras, key=lambda extra: extra.difference.total)

    def kept_and_barred(self, extras: Sequence[Extra]) -> tuple[Extra | None, tuple[Extra, list[str]] | None]:
        """The cheapest that keeps every rule, and a cheaper one that does not, with what it breaks."""
        barred: tuple[Extra, list[str]] | None = None
        for extra in extras[:MOST_TRIED]:
            broken = self._rules.broken_by(extra.change)
            if not broken:
                return extra, barred
            barred = barred or (extra, broken)
        return None, barred

    def _wanted(self, cell: int) -> list[float]:
        """Units that meet what is expected to be owed at its worst or in the end; half, twice, a spread more."""
        owed = self._plan.ledger.stocks.backorders[cell]
        if self._network.lost[cell]:
            owed = np.cumsum(owed)
        worst, last = float(owed.max()), float(owed[-1])
        spread = float(np.sqrt(self._plan.laws.planned.variance[cell].max()))
        return sorted({0.0, 0.5 * worst, worst, 2.0 * worst, last, 2.0 * last, worst + spread})

    def _orders(self, cell: int) -> Iterator[Tried]:
        network, orders = self._network, self._plan.ledger.decision.orders
        for line in self._others.lines_of(cell).tolist():
            share = float(network.line_fraction[line])
            if share <= 0.0:
                continue
            sizes = {fitting(network, line, wanted / share) for wanted in self._wanted(cell)}
            for period in np.flatnonzero(network.line_allowed[line]).tolist():
                before = float(orders[line, period])
                for units in sorted(sizes):
                    if units > 0.0:
                        yield line, None, period, units, Change(orders={(line, period): before + units})

    def _transfers(self, cell: int) -> Iterator[Tried]:
        network, shipments = self._network, self._plan.ledger.decision.shipments
        for move in np.flatnonzero(network.move_to == cell).tolist():
            multiple = float(network.lanes[network.move_lane[move]].order_multiple)
            wanted = np.array(self._wanted(cell))
            sizes = np.unique(np.maximum(raised(wanted, np.full(len(wanted), multiple)), multiple))
            for period in np.flatnonzero(network.move_allowed[move]).tolist():
                before = float(shipments[move, period])
                for units in sizes[sizes > 0.0].tolist():
                    yield None, move, period, units, Change(shipments={(move, period): before + units})

    def _orders_shipped_on(self, cell: int) -> Iterator[Tried]:
        """Orders to another warehouse that are shipped on as soon as they are there."""
        network, decision = self._network, self._plan.ledger.decision
        for move in np.flatnonzero(network.move_to == cell).tolist():
            for line in self._others.lines_of(int(network.move_from[move])).tolist():
                for period in np.flatnonzero(network.line_allowed[line]).tolist():
                    then = period + int(network.line_lead[line])
                    if not network.move_allowed[move, then]:
                        continue
                    for units in self._shippable(cell, line, move):
                        orders = {(line, period): units[0] + float(decision.orders[line, period])}
                        shipments = {(move, then): units[1] + float(decision.shipments[move, then])}
                        yield line, move, period, units[1], Change(orders=orders, shipments=shipments)

    def _shippable(self, cell: int, line: int, move: int) -> Iterator[tuple[float, float]]:
        """Units ordered and units shipped on of what they are expected to bring, each amount once."""
        network = self._network
        share, multiple = (
            float(network.line_fraction[line]),
            float(network.lanes[network.move_lane[move]].order_multiple),
        )
        if share <= 0.0:
            return
        for ordered in sorted({fitting(network, line, wanted / share) for wanted in self._wanted(cell)}):
            brought = ordered * share
            shipped = np.floor(brought / multiple + 1e-9) * multiple if multiple > 0.0 else brought
            if shipped > 0.0:
                yield ordered, float(shipped)

    def record(self, extra: Extra, broken: Sequence[str] = ()) -> Help:
        """Describe a choice."""
        network, day = self._network, order_date(self._network.plan, extra.period)
        comes, source, via = day, "", None
        if extra.line is not None:
            comes, source = day + timedelta(days=int(network.line_days[extra.line])), self._supplier(extra.line)
        if extra.move is not None:
            lane, lead = network.lanes[network.move_lane[extra.move]], int(network.move_days[extra.move])
            if extra.line is None:
                comes, source = day + timedelta(days=lead), lane.from_
            else:
                shipped = order_date(network.plan, extra.period + int(network.line_lead[extra.line]))
                comes, via = shipped + timedelta(days=lead), lane.from_
        return Help(
            kind="transfer" if extra.line is None else "order",
            source=source,
            via=via,
            quantity=extra.units,
            on=day,
            receipt_date=comes,
            more=as_record(extra.difference),
            breaks=tuple(broken),
        )

    def _supplier(self, line: int) -> str:
        supplier: str = self._network.supplier_of_line(line).supplier
        return supplier
