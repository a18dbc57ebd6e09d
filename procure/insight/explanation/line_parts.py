"""The parts of an order line's quantity: what is needed, a buffer for surprises, and what rules and limits add."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.best_orders import DECIMALS, best_quantities
from procure.insight.explanation.breaches import Rules
from procure.insight.explanation.change import Change
from procure.insight.explanation.lots import EXACT, Lot, rule_parts
from procure.insight.explanation.records import Part, PartName
from procure.insight.explanation.revaluation import Revaluation
from procure.plan.terms import order_date
from procure.solution.covers import Covers, covers_of

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

NEED: tuple[tuple[PartName, str, float], ...] = (
    ("demand_before", "demand_before", 1.0),
    ("demand", "demand", 1.0),
    ("moved_out", "moved_out", 1.0),
    ("waiting", "waiting", 1.0),
    ("on_hand", "on_hand", -1.0),
    ("open_orders", "open_orders", -1.0),
    ("own_orders", "ordered", -1.0),
    ("transfers_in", "moved_in", -1.0),
    ("gone", "gone", -1.0),
)
"""Parts of the need, with what of a cover each is and its sign."""


class LineParts:
    """Parts of the quantities of some order lines.

    Parameters
    ----------
    plan
        The plan, ready to be valued.
    rules
        Its rules.
    lines, periods
        Line and order period, shape (N,).
    """

    def __init__(self, plan: Revaluation, rules: Rules, lines: Indices, periods: Indices) -> None:
        self._plan, self._rules, self._network = plan, rules, plan.network
        self._lines, self._periods = lines, periods
        network = plan.network
        self.cover: Covers = covers_of(plan.ledger, network.line_cell[lines], periods + network.line_lead[lines])
        self._quantity = plan.ledger.decision.orders[lines, periods]
        self._share = network.line_fraction[lines]
        self._best = best_quantities(plan, lines, periods, self.cover)

    def parts(self, k: int) -> tuple[Part, ...]:
        """Parts of the k-th quantity; they add up to it."""
        found = [*self._need(k)]
        need = sum(part.units for part in found)
        own, best, share = float(self._best.own[k]), float(self._best.priced[k]), float(self._share[k])
        found += self._buffer(k, own * share - need, (best - own) * share)
        start = max(best, 0.0)
        if best < -EXACT:
            found.append(Part(part="surplus", units=-best * share, detail="more is there than is needed and buffered"))
        stock = self._for_transfers(k, start)
        if stock > start + EXACT:
            found.append(Part(part="transfers", units=(stock - start) * share, detail="to be there for transfers"))
            start = stock
        if start * (1.0 - share) > EXACT:
            found.append(
                Part(part="short_delivery", units=start * (1.0 - share), detail=f"{100.0 * share:.0f} % is delivered")
            )
        lot = self._lot(k)
        found += rule_parts(lot, start)
        found += self._remainder(k, lot.quantity - sum(part.units for part in found))
        return tuple(part.model_copy(update={"units": round(part.units, DECIMALS)}) for part in found if part.units)

    def _need(self, k: int) -> Iterator[Part]:
        own = float(self._quantity[k] * self._share[k])
        for name, column, sign in NEED:
            units = float(getattr(self.cover, column)[k])
            units -= own if column == "ordered" else 0.0
            if abs(units) > EXACT:
                yield Part(part=name, units=sign * units, detail=self._dates(k) if name == "demand" else "")

    def cover_until(self, k: int) -> date:
        """Last day of the k-th cover."""
        return order_date(self._network.plan, int(self.cover.end[k])) - timedelta(days=1)

    def _dates(self, k: int) -> str:
        return f"{order_date(self._network.plan, int(self.cover.arrival[k]))} to {self.cover_until(k)}"

    def _buffer(self, k: int, units: float, by_price: float) -> Iterator[Part]:
        """What is best against surprises more than the need, and what the price of the next receipt changes."""
        if abs(units) > EXACT:
            detail = "" if units > 0.0 else "waiting costs less than covering all of it"
            yield Part(part="buffer", units=units, detail=detail)
        if abs(by_price) > EXACT:
            when = order_date(self._network.plan, int(self.cover.end[k]))
            how = "dearer" if by_price > 0.0 else "cheaper"
            yield Part(part="next_price", units=by_price, detail=f"what comes next, on {when}, is {how}")

    def _for_transfers(self, k: int, start: float) -> float:
        """Units with which the stock that transfers of the cover take is expected to be there."""
        plan, network = self._plan, self._network
        cell = int(network.line_cell[self._lines[k]])
        span = slice(int(self.cover.arrival[k]), int(self.cover.end[k]))
        shipped = (plan.ledger.decision.shipments[network.move_from == cell] > 0.0).any(axis=0)[span]
        if not shipped.any() or self._share[k] <= 0.0:
            return start
        now = plan.ledger.stocks.supply[cell][span] - network.demand_before()[cell][span]
        spare = float(now[shipped].min())
        return max(start, float(self._quantity[k]) - spare / float(self._share[k]))

    def _lot(self, k: int) -> Lot:
        line, period = int(self._lines[k]), int(self._periods[k])
        group = int(self._network.line_group[line])
        return Lot(self._network, line, group, float(self._quantity[k]), self._plan.orders.bill(group, period))

    def _remainder(self, k: int, units: float) -> Iterator[Part]:
        """What no single rule explains: held back by limits, asked for by the objective, or chosen together."""
        if abs(units) <= EXACT:
            return
        change = self._with(k, -units)
        if units < 0.0:
            step = float(self._network.fees.lots.multiple[self._lines[k]]) or 1e-3 * float(self._quantity[k])
            broken = self._rules.broken_by(self._with(k, step)) or self._rules.broken_by(change)
            if broken:
                yield Part(part="held_back", units=units, detail="; ".join(broken))
                return
        if units > 0.0 and self._network.plan.policy.objective == "backorders":
            yield Part(part="objective", units=units, detail="for fewer backorders, whatever they cost")
            return
        more = self._plan.differences([change])[0].total
        how = f"would cost {more:,.2f} more" if more >= 0.0 else f"would save {-more:,.2f}"
        without = f"{abs(units):,.6g} {'more' if units < 0.0 else 'fewer'} alone {how}"
        yield Part(part="together", units=units, detail=without)

    def _with(self, k: int, more: float) -> Change:
        """The k-th line with some units more."""
        line, period = int(self._lines[k]), int(self._periods[k])
        return Change(orders={(line, period): float(self._quantity[k]) + more})
