"""Rules and limits that a change of a plan would break, each in a clause. T periods."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.change import Change
from procure.insight.explanation.orders import OrderBill
from procure.insight.explanation.revaluation import CellStocks, Revaluation
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

    def broken_by(self, change: Change) -> list[str]:
        """Name what the change would break, limits last; empty if it keeps everything."""
        return [*self.own_rules(change), *self.limits(change)]

    def own_rules(self, change: Change) -> list[str]:
        """Name the terms of order lines, purchase orders and transfers, and covers, that would be broken."""
        cells = list(self._plan.changed_cells(change))
        stocks = dict(zip(cells, self._plan.stocks_of([(cell, change) for cell in cells]), strict=True))
        return [
            *self._lines(change),
            *self._orders(change),
            *self._shipments(change, stocks),
            *self._covers(change, stocks),
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

    def limits(self, change: Change) -> list[str]:
        """Name the shared limits that would be exceeded, each with the first day."""
        if not self._limits:
            return []
        more = _More(self._plan, change)
        found = []
        for limit, use, allowed in zip(self._limits, self._used, self._allowed, strict=True):
            extra = more.of(limit)
            if extra is None or not (extra > 0.0).any():
                continue
            over = (use + extra - allowed > TOLERANCE * np.maximum(allowed, 1e-3)) & (extra > 0.0)
            if over.any():
                found.append(f"{self.words(limit)} would be exceeded on {self._day(int(over.argmax()))}")
        return found

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


class _More:
    """What a change uses of limits more than the plan, worked out when it is asked for."""

    def __init__(self, plan: Revaluation, change: Change) -> None:
        self._plan, self._network, self._change = plan, plan.network, change
        cells = list(plan.changed_cells(change))
        stocks = plan.stocks_of([(cell, change) for cell in cells])
        base = plan.ledger.stocks.peak
        self._peak = {cell: found.peak - base[cell] for cell, found in zip(cells, stocks, strict=True)}
        self._bills = [
            (group, period, plan.orders.bill(group, period, changed), plan.orders.bill(group, period))
            for (group, period), changed in plan.changed_orders(change).items()
        ]

    def of(self, limit: Limit) -> Array | None:
        """Use of a limit by period more than before, shape (T,); None where the change has nothing to do with it."""
        network = self._network
        if limit.kind == "storage":
            size = network.usage(limit.resource)
            here = [c for c in self._peak if network.cell_warehouse[c] == limit.place]
            return self._sum(here, size) if here else None
        if limit.kind == "inventory_value":
            return self._sum(list(self._peak), network.replacement)
        if limit.kind == "cash":
            return np.cumsum(
                sum(
                    (now.payments(network, t) - was.payments(network, t) for _, t, now, was in self._bills),
                    np.zeros(network.periods),
                )
            )
        if limit.kind == "order_budget":
            spend = np.zeros(network.periods)
            for _, period, now, was in self._bills:
                spend[period] += now.spend - was.spend
            return np.cumsum(spend) if network.plan.capital.carry_over else spend
        return self._capacity(limit)

    def _sum(self, cells: list[int], weight: Array) -> Array:
        total = np.zeros(self._network.periods)
        for cell in cells:
            total += weight[self._network.cell_item[cell]] * self._peak[cell]
        return total

    def _capacity(self, limit: Limit) -> Array | None:
        """Use of the capacity of a supplier, an offer or a lane more than before."""
        network, decision = self._network, self._plan.ledger.decision
        total = np.zeros(network.periods)
        if limit.kind == "supplier_capacity" and limit.resource == "value":
            for group, period, now, was in self._bills:
                if network.group_supplier[group] == limit.place:
                    total[period] += float(now.goods.sum() - was.goods.sum())
            return total
        by_lane = limit.kind == "lane_capacity"
        changed = self._change.shipments if by_lane else self._change.orders
        table = decision.shipments if by_lane else decision.orders
        for (index, period), units in changed.items():
            if self._belongs(limit, index):
                cell = network.move_from[index] if by_lane else network.line_cell[index]
                size = 1.0 if limit.kind == "offer_capacity" else network.usage(limit.resource)[network.cell_item[cell]]
                total[period] += size * (units - table[index, period])
        return total

    def _belongs(self, limit: Limit, index: int) -> bool:
        network = self._network
        if limit.kind == "lane_capacity":
            return bool(network.move_lane[index] == limit.place)
        if limit.kind == "offer_capacity":
            return bool(network.line_offer[index] == limit.place)
        return bool(network.group_supplier[network.line_group[index]] == limit.place)
