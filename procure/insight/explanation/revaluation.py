"""What a change of a few orders or transfers does to the cost of a whole plan: exact, and fast.

Only the purchase orders, lanes and cells that change are valued again, by the same arithmetic as `procure.solution`
has; a test holds both together. C cells, T periods; plan currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.explanation.change import PARTS, Change, Difference
from procure.insight.explanation.orders import Orders
from procure.solution.ledger import Laws, Ledger
from procure.solution.stocks import analytic_rows

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CellStocks:
    """Stocks of one cell, shape (T,) each [units]."""

    supply: Array
    backorders: Array
    on_hand: Array
    peak: Array


class Revaluation:
    """A plan, ready to be valued with changes.

    Parameters
    ----------
    ledger
        The plan's own decision in numbers.
    laws
        Laws of the plan.
    """

    def __init__(self, ledger: Ledger, laws: Laws) -> None:
        self.ledger, self.laws, self.network = ledger, laws, ledger.network
        self.orders = Orders(ledger)

    def differences(self, changes: Sequence[Change]) -> list[Difference]:
        """What each change costs more than the plan as it is, the stocks of all worked out at once."""
        cells = [list(self.changed_cells(change)) for change in changes]
        stocks = self.stocks_of([(cell, change) for change, own in zip(changes, cells, strict=True) for cell in own])
        found, k = [], 0
        for change, own in zip(changes, cells, strict=True):
            parts, backorders = dict.fromkeys(PARTS, 0.0), 0.0
            for cell in own:
                waiting, holding, units = self._stock_difference(cell, stocks[k])
                parts["waiting"] += waiting
                parts["holding"] += holding
                backorders += units
                k += 1
            for group, period in self.changed_orders(change):
                self._add_order(parts, change, group, period)
            parts["transport"] = self._transport(change)
            found.append(Difference(parts, backorders))
        return found

    def changed_cells(self, change: Change) -> Iterator[int]:
        """Cells whose supply changes."""
        network = self.network
        lines = (int(network.line_cell[line]) for line, _ in change.orders)
        ends = (int(end[move]) for move, _ in change.shipments for end in (network.move_from, network.move_to))
        yield from dict.fromkeys([*lines, *ends])

    def changed_orders(self, change: Change) -> dict[tuple[int, int], dict[int, float]]:
        """Purchase orders that change, by group and period: the new quantities of their changed lines."""
        found: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        for (line, period), units in change.orders.items():
            found[int(self.network.line_group[line]), period][line] = units
        return found

    def stocks_of(self, rows: Sequence[tuple[int, Change]]) -> list[CellStocks]:
        """Stocks of cells under a change each."""
        if not rows:
            return []
        sampled = self.laws.planned.sampled
        cells = np.array([cell for cell, _ in rows], dtype=np.int64)
        supply = np.array([self._supply(cell, change) for cell, change in rows])
        values = np.zeros((3, *supply.shape))
        plain = np.array([cell not in sampled for cell, _ in rows], dtype=bool)
        if plain.any():
            values[:, plain] = analytic_rows(self.laws.planned, cells[plain], supply[plain])
        for k in np.flatnonzero(~plain).tolist():
            cell, change = rows[k]
            values[:, k] = sampled[cell].stocks(self._ordered(cell, change), supply[k])
        backorders, on_hand, peak = values[0], np.maximum(values[1], 0.0), np.maximum(values[2], 0.0)
        return [CellStocks(supply[k], backorders[k], on_hand[k], peak[k]) for k in range(len(rows))]

    def _supply(self, cell: int, change: Change) -> Array:
        """Expected supply of a cell, shape (T,) [units]."""
        network, decision = self.network, self.ledger.decision
        supply: Array = self.ledger.stocks.supply[cell].copy()
        expected = self.laws.planned.deliveries.expected
        for (line, period), units in change.orders.items():
            if network.line_cell[line] == cell:
                more = units - decision.orders[line, period]
                if line in expected:
                    supply += more * expected[line][period]
                else:
                    supply[period + network.line_lead[line] :] += more * network.line_fraction[line]
        for (move, period), units in change.shipments.items():
            more = units - decision.shipments[move, period]
            if network.move_to[move] == cell:
                supply[period + network.move_lead[move] :] += more
            if network.move_from[move] == cell:
                supply[period:] -= more
        return supply

    def _ordered(self, cell: int, change: Change) -> Array:
        """Units of the uncertain orders of a cell that draws value."""
        sampled = self.laws.planned.sampled[cell]
        units = sampled.ordered(self.ledger.decision.orders).copy()
        if sampled.random is None:
            return units
        draws = sampled.random.draws
        for (line, period), amount in change.orders.items():
            units[(draws.lines == line) & (draws.periods == period)] = amount
        return units

    def _stock_difference(self, cell: int, stocks: CellStocks) -> tuple[float, float, float]:
        """Cost of waiting and of holding, and backorders, more than in the plan."""
        base = self.ledger.stocks
        was = CellStocks(base.supply[cell], base.backorders[cell], base.on_hand[cell], base.peak[cell])
        whole = slice(None)
        now, before = self.stock_costs(cell, stocks, whole), self.stock_costs(cell, was, whole)
        return now[0] - before[0], now[1] - before[1], float(stocks.backorders.sum() - was.backorders.sum())

    def stock_costs(self, cell: int, stocks: CellStocks, span: slice) -> tuple[float, float]:
        """Cost of waiting and of holding in some periods, what is owed and left at the end of the horizon included."""
        network, item = self.network, int(self.network.cell_item[cell])
        target = self.laws.target[cell]
        short = np.where(target > 0.0, target - (stocks.supply - self.laws.planned.expected[cell]), 0.0)
        final = np.zeros(network.periods)
        final[-1] = 1.0
        waits = network.unmet_cost[cell] + network.owed[cell] * final
        keeps = network.holding[item] - network.credit[item] * final
        waiting = (
            waits[span] @ stocks.backorders[span] + network.backorder_cost[item] * np.maximum(short[span], 0.0).sum()
        )
        return float(waiting), float(keeps[span] @ stocks.on_hand[span])

    def _add_order(self, parts: dict[str, float], change: Change, group: int, period: int) -> None:
        changed = self.changed_orders(change)[group, period]
        now = self.orders.bill(group, period, changed).costs(self.network)
        before = self.orders.bill(group, period).costs(self.network)
        for name, amount in now.items():
            parts[name] += amount - before[name]

    def _transport(self, change: Change) -> float:
        """Cost of transfers more than in the plan: by unit, and by shipment of a lane in a period."""
        network, shipments = self.network, self.ledger.decision.shipments
        total, used = 0.0, defaultdict[tuple[int, int], dict[int, float]](dict)
        for (move, period), units in change.shipments.items():
            lane = int(network.move_lane[move])
            total += network.lanes[lane].unit_cost * (units - shipments[move, period])
            used[lane, period][move] = units
        for (lane, period), changed in used.items():
            moves = np.flatnonzero(network.move_lane == lane)
            before = shipments[moves, period]
            now = np.array([changed.get(int(move), units) for move, units in zip(moves, before, strict=True)])
            total += network.lanes[lane].fixed_cost * (float((now > 0.0).any()) - float((before > 0.0).any()))
        return float(total)
