"""What is asked for and not ordered now: one reason each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.extra_supply import ExtraSupply
from procure.insight.explanation.records import NotOrdered, Why
from procure.insight.explanation.revaluation import Revaluation
from procure.insight.explanation.sentences import help_words
from procure.plan.terms import order_date
from procure.solution.covers import flows

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

MOST_SEARCHED = 200
"""Cells for which orders are tried; of more, those where waiting costs most."""
SMALLEST = 0.005
"""Money that is worth a word [plan currency]."""


class Absent:
    """Cells of a plan of which nothing is ordered or shipped now.

    Parameters
    ----------
    plan
        The plan, ready to be valued.
    extra
        Looks for more supply.
    cells
        Cells that are looked at.

    Attributes
    ----------
    cells
        Those of them of which nothing comes now, although they are asked for.
    order
        Their positions, those that ask for an answer first.
    """

    def __init__(self, plan: Revaluation, extra: ExtraSupply, cells: Indices) -> None:
        self._plan, self._extra, self._network = plan, extra, plan.network
        network, decision = plan.network, plan.ledger.decision
        now = np.zeros(network.n_cells, dtype=bool)
        now[network.line_cell[decision.orders[:, 0] > 0.0]] = True
        now[network.move_to[decision.shipments[:, 0] > 0.0]] = True
        self.cells = cells[network.has_demand[cells] & ~now[cells]]
        ordered, moved, out = flows(network, decision, self.cells)
        arrives = (ordered + moved) > 0.0
        self._first = np.where(arrives.any(axis=1), arrives.argmax(axis=1), -1)
        self._lasts = self._last_days(np.cumsum(out, axis=1))
        waiting = network.unmet_cost[self.cells] * plan.ledger.stocks.backorders[self.cells].sum(axis=1)
        # what asks for an answer comes first, and of that what costs most
        plain = (self._first >= 0) | np.array([lasts is None for lasts in self._lasts], dtype=bool)
        self.order: list[int] = np.lexsort((-waiting, plain)).tolist()
        self._searched = {int(self.cells[k]) for k in self.order[:MOST_SEARCHED]}

    def _last_days(self, shipped: Array) -> list[date | None]:
        """Last day that stock and open orders are expected to last in each cell; None: beyond the horizon.

        Parameters
        ----------
        shipped
            Sent to other warehouses so far, shape (cells, T) [units].
        """
        network = self._network
        short = network.opening[self.cells] - network.cumulative_mean()[self.cells] - shipped < -1e-6
        first = np.where(short.any(axis=1), short.argmax(axis=1), -1).tolist()
        return [None if t < 0 else order_date(network.plan, t) - timedelta(days=1) for t in first]

    def record(self, k: int) -> NotOrdered:
        """Say why nothing is ordered of the k-th cell now."""
        cell = int(self.cells[k])
        item, warehouse = self._network.place(cell)
        why, detail, more = self._reason(k, cell)
        return NotOrdered(item=item, warehouse=warehouse, why=why, detail=detail, lasts_until=self._lasts[k], **more)

    def _reason(self, k: int, cell: int) -> tuple[Why, str, dict[str, Any]]:
        lasts = self._lasts[k]
        if self._first[k] >= 0:
            return "later", self._later(k, cell), {}
        if lasts is None:
            return "enough", "stock and open orders last beyond the horizon", {}
        return self._closed(cell) or self._searched_for(cell)

    def _later(self, k: int, cell: int) -> str:
        """When something comes, and how long stock lasts; who takes no orders now."""
        plan = self._network.plan
        comes, lasts = order_date(plan, int(self._first[k])), self._lasts[k]
        until = "beyond the horizon" if lasts is None else f"until {lasts}"
        if lasts is not None and lasts < plan.start_date:
            until = "not even the first period"
        text = f"more comes by {comes}; stock and open orders last {until}"
        lines = self._extra.lines_of(cell)
        if len(lines) and not self._network.line_allowed[lines, 0].any():
            text += "; no supplier takes an order for it now"
        return text

    def _closed(self, cell: int) -> tuple[Why, str, dict[str, Any]] | None:
        """The reason where nothing can be ordered at all."""
        network = self._network
        lines, moves = self._extra.lines_of(cell), np.flatnonzero(network.move_to == cell)
        if not len(lines) and not len(moves):
            return "no_offer", "no offer for it arrives within the horizon", {}
        if network.line_allowed[lines].any() or network.move_allowed[moves].any():
            return None
        end = network.items[network.cell_item[cell]].phase_out
        if end is not None and network.first_served[cell] < network.periods:  # which phase-outs are not asked for
            return "phase_out", f"nothing arrives before it is phased out on {end}", {}
        return "calendar", "no supplier takes orders for it in the horizon", {}

    def _searched_for(self, cell: int) -> tuple[Why, str, dict[str, Any]]:
        if cell not in self._searched:
            return "not_searched", "not looked into, since waiting costs more elsewhere; --item does", {}
        kept, barred = self._extra.kept_and_barred(self._extra.choices(cell))
        if barred is not None and barred[0].difference.total < -SMALLEST:
            found = self._extra.record(*barred)
            return "limit", help_words(found, self._network.plan.currency), {"more": found.more}
        if kept is None:
            if barred is None:
                return "calendar", "nothing can be ordered or shipped", {}
            found = self._extra.record(*barred)
        else:
            found = self._extra.record(kept)
        words = help_words(found, self._network.plan.currency)
        if found.more.total < -SMALLEST:
            return "open", f"{words}; the plan is not proven to be the best", {"more": found.more}
        return "not_worth", words, {"more": found.more}
