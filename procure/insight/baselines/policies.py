"""The policies: what each would order now from the usual sources, before suppliers' and shared limits are asked.

Each takes the desk and gives the units that each cell wants to receive, shape (C,).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from procure.insight.baselines.desk import Desk
from procure.insight.baselines.expedite import Rush
from procure.insight.baselines.limits import Entry, Rank
from procure.insight.baselines.lots import legal

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

POINTS = 11
"""Quantities at which the return of a line is tabulated."""
STEPS = 40
"""Bisections for the quantity whose last unit still pays."""


def usual_lines(desk: Desk) -> Indices:
    """Lines that cells usually buy from and that are open now."""
    lines = np.unique(desk.routes.line[desk.routes.line >= 0])
    opens: Indices = lines[desk.network.line_allowed[lines, desk.period]]
    return opens


def shortfall(desk: Desk, cells: Indices) -> tuple[Array, Array]:
    """How far each cell is below its reorder point, and below its order-up-to level [units].

    The reorder point is the expected demand until an order of the next occasion arrives, plus safety stock; the
    order-up-to level covers the order cycle (periodic review: Silver, Pyke and Thomas, 2017, sections 6.9 and 6.10).
    Both are held against stock, less backorders, plus receipts due by then.
    """
    arrival = desk.period + desk.norms.lead
    before_next = np.maximum(desk.next_receipt() - 1, arrival)
    covered = np.maximum(arrival + desk.norms.cycle.astype(np.int64) - 1, before_next)
    point = desk.safety(before_next) - desk.at_end(desk.net, before_next)
    level = desk.safety(before_next) - desk.at_end(desk.net, covered)
    return point[cells], level[cells]


def min_max(desk: Desk) -> tuple[Indices, Array]:
    """Order up to the maximum whatever has fallen below its minimum, as Odoo and ERPNext do."""
    lines = usual_lines(desk)
    point, level = shortfall(desk, desk.network.line_cell[lines])
    return lines, legal(desk, lines, np.where(point > 1e-9, level, 0.0))


def repair_chain(desk: Desk) -> tuple[Indices, Array]:
    """When one item of a supplier has to be ordered, order what all of them need.

    As Netstock and SAP F&R do: the supplier's review decides, not the item. (Can-order policies: Silver, Pyke and
    Thomas, 2017, section 10.4.)
    """
    network, lines = desk.network, usual_lines(desk)
    point, level = shortfall(desk, network.line_cell[lines])
    due = np.zeros(len(network.group_supplier), dtype=bool)
    np.logical_or.at(due, network.line_group[lines], point > 1e-9)
    small = network.fees.line_fee[lines, 0] > 0.0
    wanted = np.where(due[network.line_group[lines]] & (~small | (point > 1e-9)), level, 0.0)
    quantity = legal(desk, lines, wanted)
    forced = quantity * network.line_fraction[lines] > 2.0 * np.maximum(wanted, 0.0)
    quantity = np.where(forced & (point <= 1e-9), 0.0, quantity)
    return lines, quantity


def marginal(desk: Desk) -> tuple[Indices, Array]:
    """Order every unit that returns more than it costs to hold; `least_return_first` says what money is short for.

    A unit returns the expected shortage that it avoids over the order cycle, less its holding cost, as Lokad
    describes ("economic purchase prioritization"); the last one that still pays is found by bisection, since returns
    diminish.
    """
    network, lines = desk.network, usual_lines(desk)
    cell = network.line_cell[lines]
    low, high = np.zeros(len(lines)), _far(desk, cell)
    curves = Returns(desk, cell)
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        pays = curves.at(middle) > 0.0
        low, high = np.where(pays, middle, low), np.where(pays, high, middle)
    multiple = np.maximum(network.fees.lots.multiple[lines], 0.0)
    share = np.maximum(network.line_fraction[lines], 1e-9)
    nearest = np.where(multiple > 0.0, np.round(low / share / np.where(multiple > 0, multiple, 1.0)), low / share)
    wanted = np.where(multiple > 0.0, nearest * multiple * share, low)
    quantity = legal(desk, lines, wanted)
    worth = curves.total(quantity * network.line_fraction[lines]) > desk.norms.fee[cell]
    return lines, np.where(worth, quantity, 0.0)


def least_return_first(desk: Desk, entries: list[Entry], rush: Rush) -> Rank:
    """Rank order lines by the return of their last unit per money, or per room where that is short, the least first.

    All returns are counted over the longest time between order days: where money is short, it is short for long, and
    what can be ordered every week must not stand back for what can't.
    """
    network, points = desk.network, np.linspace(0.0, 1.0, POINTS)
    lines = np.array([entry.index for entry in entries], dtype=np.int64)
    cell, share = network.line_cell[lines], network.line_fraction[lines]
    most = desk.orders[lines, desk.period]
    longest = int(desk.norms.review.max(initial=1.0))
    curves = Returns(desk, cell, longest)
    table = np.array([curves.at(most * p * share) for p in points]).T
    faster = {int(line): k for k, line in enumerate(rush.lines)}
    units = desk.orders[rush.lines, desk.period] * network.line_fraction[rush.lines]
    hurried = np.array([rush.returns(units * p) for p in points]).T
    for k, line in enumerate(lines.tolist()):
        if desk.routes.line[cell[k]] != line and line in faster:
            table[k] = hurried[faster[line]]
    row = {entry: k for k, entry in enumerate(entries)}

    def rank(entry: Entry, quantity: float, use: float) -> float:
        k = row[entry]
        return -float(np.interp(quantity, points * most[k], table[k])) / use

    return rank


def _far(desk: Desk, cell: Indices) -> Array:
    """More units than any cell could use in its cycle."""
    end = desk.period + desk.norms.lead + desk.norms.cycle.astype(np.int64) + 1
    spread = np.sqrt(desk.window_variance(end) + desk.norms.risk)
    return np.maximum(6.0 * spread - desk.at_end(desk.net, end), 0.0)[cell] + 1.0


class Returns:
    """Return of one more unit after so many, for some cells, over at least so many periods [plan currency]."""

    def __init__(self, desk: Desk, cell: Indices, at_least: int = 1) -> None:
        network = desk.network
        self._cell, self._lost = cell, network.lost[cell]
        self._short, self._held = network.unmet_cost[cell], network.holding[network.cell_item[cell]]
        arrival = desk.period + desk.norms.lead
        last = np.maximum(arrival + desk.norms.cycle.astype(np.int64), desk.next_receipt()) - 1
        self._ends = np.clip((last - arrival)[cell], at_least - 1, desk.outlook.span - 1)
        steps = range(int(self._ends.max(initial=0)) + 1)
        self._net = [desk.at_end(desk.net, arrival + k)[cell] for k in steps]
        self._spread = [np.sqrt(desk.window_variance(arrival + k) + desk.norms.risk)[cell] for k in steps]

    def at(self, units: Array) -> Array:
        """Return of one more unit after `units`, shape (cells,)."""
        total = np.zeros(len(self._cell))
        for k, (net, spread) in enumerate(zip(self._net, self._spread, strict=True)):
            chance = special.ndtr(-(net + units) / np.maximum(spread, 1e-9))
            short = np.where(self._lost, np.where(k == self._ends, self._short, 0.0), self._short)
            total += np.where(k <= self._ends, short * chance - self._held * (1.0 - chance), 0.0)
        return total

    def total(self, units: Array) -> Array:
        """Return of all `units` together, by the midpoint rule."""
        points = (np.arange(12) + 0.5) / 12.0
        value: Array = np.mean([self.at(units * p) for p in points], axis=0) * units
        return value
