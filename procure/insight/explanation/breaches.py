"""Rules and limits that a change of a plan would break, each in a clause. T periods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.change import Change
from procure.insight.explanation.orders import OrderBill
from procure.insight.explanation.revaluation import CellStocks, Revaluation
from procure.insight.explanation.usage import Usage, Where
from procure.plan.terms import order_date
from procure.solution.limits import TOLERANCE, Limit, Limits, used

Array = NDArray[np.float64]


class Rules:
    """The rules and limits of a plan, with what is left of each.

    A limit that the plan itself exceeds, since the start already does, counts as used up.

    Parameters
    ----------
    revaluation
        The plan.
    limits
        Its shared limits.
    """

    def __init__(self, revaluation: Revaluation, limits: Limits) -> None:
        self._plan, self._network = revaluation, revaluation.network
        self._limits = limits
        self._used = [used(revaluation.ledger, limit) for limit in limits]
        self._allowed = [np.maximum(limit.allowed, use) for limit, use in zip(limits, self._used, strict=True)]
        self._at: dict[Where, list[int]] = defaultdict(list)
        for k, limit in enumerate(limits):
            self._at[limit.kind, limit.place].append(k)

    def broken_by(self, change: Change) -> list[str]:
        """Name what the change would break, limits last; empty if it keeps everything."""
        cells = list(self._plan.changed_cells(change))
        stocks = dict(zip(cells, self._plan.stocks_of([(cell, change) for cell in cells]), strict=True))
        return [
            *self._lines(change),
            *self._orders(change),
            *self._shipments(change, stocks),
            *self._covers(change, stocks),
            *self._shared(change, stocks),
        ]

    def _lines(self, change: Change) -> Iterator[str]:
        lots, network = self._network.fees.lots, self._network
        for (line, period), units in change.orders.items():
            if units <= 0.0:
                continue
            if not network.line_allowed[line, period]:
                yield f"{self._supplier(line)} takes no such order on {self._day(period)}"
            if units > lots.most[line] * (1.0 + TOLERANCE):
                yield f"its maximum order quantity of {lots.most[line]:g} would be exceeded"
            if units < lots.least[line] * (1.0 - TOLERANCE):
                yield f"its minimum order quantity of {lots.least[line]:g} would not be reached"

    def _orders(self, change: Change) -> Iterator[str]:
        fees = self._network.fees
        for (group, period), changed in self._plan.changed_orders(change).items():
            bill = self._plan.orders.bill(group, period, changed)
            if not len(bill.lines):
                continue
            goods, place = float(bill.goods.sum()), self._order_words(group, period)
            if goods < fees.least_goods[group, 0] * (1.0 - TOLERANCE):
                yield f"{place} would be below its minimum of {fees.least_goods[group, 0]:,.2f}"
            if goods > fees.most_goods[group, 0] * (1.0 + TOLERANCE):
                yield f"{place} would be above its maximum of {fees.most_goods[group, 0]:,.2f}"
            if self._underfilled(group, bill):
                yield f"the last container of {place} would not be filled enough"

    def _underfilled(self, group: int, bill: OrderBill) -> bool:
        fees = self._network.fees
        size = float(fees.container_size[group, 0])
        if not np.isfinite(size) or bill.containers <= 0.0:
            return False
        least = (bill.containers - 1.0 + float(fees.minimum_fill[group, 0])) * size
        return bill.load < least - TOLERANCE * max(size, least)

    def _shipments(self, change: Change, stocks: dict[int, CellStocks]) -> Iterator[str]:
        network, shipments = self._network, self._plan.ledger.decision.shipments
        for (move, period), units in change.shipments.items():
            if units > 0.0 and not network.move_allowed[move, period]:
                yield "the transfer would come too late"
        for cell, found in stocks.items():
            planned = (shipments[network.move_from == cell] > 0.0).any(axis=0)
            for (move, period), units in change.shipments.items():
                planned[period] |= units > 0.0 and int(network.move_from[move]) == cell
            left = found.supply - network.demand_before()[cell]
            short = planned & (left < -TOLERANCE * np.maximum(1.0, np.abs(found.supply)))
            if short.any():
                where = network.place(cell)[1]
                yield f"{where} would not have the stock for its transfers of {self._day(int(short.argmax()))}"

    def _covers(self, change: Change, stocks: dict[int, CellStocks]) -> Iterator[str]:
        network = self._network
        for cell, found in stocks.items():
            cap = network.cover_caps.get(cell)
            if cap is None:
                continue
            arrives = self._arrivals(cell, change)
            over = arrives & (found.supply > cap + TOLERANCE * np.maximum(cap, 1.0))
            over &= found.supply > self._plan.ledger.stocks.supply[cell] + TOLERANCE
            if over.any():
                days = network.items[network.cell_item[cell]].max_cover_days
                yield f"stock would last more than {days:g} days after the receipt of {self._day(int(over.argmax()))}"

    def _arrivals(self, cell: int, change: Change) -> NDArray[np.bool_]:
        """Periods in which an order or transfer first serves a cell, shape (T,)."""
        network, decision = self._network, self._plan.ledger.decision
        arrives = np.zeros(network.periods, dtype=bool)
        for table, own, lead, changed in (
            (decision.orders, network.line_cell, network.line_lead, change.orders),
            (decision.shipments, network.move_to, network.move_lead, change.shipments),
        ):
            for index in np.flatnonzero(own == cell).tolist():
                for period in range(network.periods - int(lead[index])):
                    if changed.get((index, period), table[index, period]) > 0.0:
                        arrives[period + int(lead[index])] = True
        return arrives

    def _shared(self, change: Change, stocks: dict[int, CellStocks]) -> Iterator[str]:
        """Name the shared limits that would be exceeded, each with the first day."""
        more = Usage(self._plan, change, stocks)
        for k in sorted(k for place in more.places() for k in self._at.get(place, ())):
            use, allowed, extra = self._used[k], self._allowed[k], more.of(self._limits[k])
            over = (use + extra - allowed > TOLERANCE * np.maximum(allowed, 1e-3)) & (extra > 0.0)
            if over.any():
                yield f"{self.words(self._limits[k])} would be exceeded on {self._day(int(over.argmax()))}"

    def words(self, limit: Limit) -> str:
        """Name a limit."""
        network, what = self._network, limit.resource.replace("_", " ")
        if limit.place is None:
            return f"the {what}"
        if limit.kind == "storage":
            return f"the storage ({what}) of {network.warehouses[limit.place].warehouse}"
        if limit.kind == "supplier_capacity":
            return f"the capacity ({what}) of {network.suppliers[limit.place].supplier}"
        if limit.kind == "offer_capacity":
            return f"the capacity of offer {network.offer_ids[limit.place]}"
        lane = network.lanes[limit.place]
        return f"the capacity ({what}) of the lane from {lane.from_} to {lane.to}"

    def _supplier(self, line: int) -> str:
        return self._network.supplier_of_line(line).supplier

    def _order_words(self, group: int, period: int) -> str:
        supplier = self._network.suppliers[self._network.group_supplier[group]].supplier
        return f"the order at {supplier} of {self._day(period)}"

    def _day(self, period: int) -> str:
        return order_date(self._network.plan, period).isoformat()
