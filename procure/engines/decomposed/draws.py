"""What programs make of cells that only draws can value: a relaxation for bounds, an approximation for plans.

FORMULATION.md, "Prices: lost sales, random supply, backorders first". C cells, R lines with random supply, T periods.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.duals import LimitPrices
from procure.engines.decomposed.kernel import Cells, Costs, own_rows
from procure.engines.decomposed.late_cuts import LateCuts
from procure.engines.decomposed.lost_tables import lost_tables
from procure.engines.decomposed.programs import Programs, programs_of
from procure.engines.decomposed.random_terms import RandomTerms
from procure.engines.interface import Task
from procure.engines.useful import TAIL, Levels
from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure.uncertainty.law import Law

Array = NDArray[np.float64]
Counts = NDArray[np.int32]
Indices = NDArray[np.int64]


class Draws:
    """Cells whose unmet demand is lost; their supply is taken as the programs have it.

    Parameters
    ----------
    task
        The plan in numbers.
    programs
        Programs whose tables are written.
    """

    def __init__(self, task: Task, programs: Programs) -> None:
        self._law: Law = task.laws.planned
        self._network: Network = task.network
        self._programs, self._cells = programs, programs.cells
        self.tables = lost_tables(self._law.lost_paths)
        self._lost = np.array(list(self.tables), dtype=np.int64)

    def adjusted(self, costs: Costs, prices: LimitPrices) -> Costs:
        """Costs for the tables of these cells, which are written at the same time."""
        if not len(self._lost):
            return costs
        short, before = costs.short.copy(), costs.before.copy()
        for cell, table in self.tables.items():
            each = short[cell].copy()
            each[:-1] += before[cell, 1:]
            table.fill(self._cells, each)
        short[self._lost], before[self._lost] = 1.0, 0.0
        return costs._replace(short=short, before=before)

    def constant(self, supply: Array) -> float:
        """What the programs leave out, at these costs of supply, shape (C, T)."""
        return 0.0

    def beyond(self, kept: Array, supply: Array) -> Array:
        """What the stay of a unit ordered above all useful levels costs, shape (L, T).

        Parameters
        ----------
        kept
            The same where supply is certain.
        supply
            Cost of a unit of supply, shape (C, T).
        """
        return kept

    @property
    def layout(self) -> Network:
        """The network with the leads and shares by which the programs count orders."""
        return self._network

    def late_stay(self, supply: Array) -> Array:
        """Most by which the stay of a unit ordered is counted less than if all came when it is counted, shape (L, T).

        Parameters
        ----------
        supply
            Cost of a unit of supply, shape (C, T).
        """
        return np.zeros((self._network.n_lines, self._network.periods))

    def learn(self, path: Counts, units: Array) -> None:
        """Write tables nearer to what a pass has chosen.

        Parameters
        ----------
        path, units
            Levels, shape (C, T), and units ordered on each way in, shape (W, T).
        """
        for cell, table in self.tables.items():
            table.learn(self._supply(path, cell))

    def mended(self, units: Array, supply: Array, short: Array, ahead: int) -> tuple[Array, Array]:
        """Supply and units short by level, (C, T), turned into what is expected.

        Parameters
        ----------
        units
            Units ordered on each way in, shape (W, T).
        ahead
            Whether `short` is short of the demand up to the period (0) or up to the one before (1).
        """
        return supply, short

    def know(self, ledger: Ledger) -> None:
        """Take over what a known decision says."""
        for cell, table in self.tables.items():
            table.know(ledger.stocks.supply[cell])

    def _supply(self, path: Counts, cell: int) -> Array:
        cells = self._cells
        supply: Array = cells.opening[cell] + (path[cell] - cells.start[cell]) * cells.grain[cell]
        return supply

    def lost(self, path: Counts) -> dict[int, Array]:
        """Units lost so far in each of these cells, shape (T,)."""
        return {cell: table.lost(self._supply(path, cell)) for cell, table in self.tables.items()}


class EarlyDraws(Draws):
    """A relaxation: in cells with random supply orders come at once, as early as they may.

    What is linear in expected supply is borne by the orders themselves, unit by unit; what falls with supply is taken
    at the supply that is there at most.
    """

    def __init__(self, task: Task, programs: Programs, terms: RandomTerms) -> None:
        super().__init__(task, programs)
        self._terms = terms
        self._random = np.array(sorted(self._law.deliveries.cells), dtype=np.int64)
        network = self._network
        self._cell = network.line_cell[terms.lines]
        self._ways = programs.order[terms.lines]
        self._moves = np.flatnonzero(np.isin(network.move_to, self._random))
        self._outs = np.flatnonzero(np.isin(network.move_from[programs.out_move], self._random))
        self._linked = np.union1d(network.move_to, network.move_from)
        without = {*self._linked.tolist(), *self.tables}
        self.cuts = [
            LateCuts(network, self._law, self._cells, terms, cell, np.flatnonzero(self._cell == cell))
            for cell in self._random.tolist()
            if cell not in without
        ]
        for cell, table in self.tables.items():
            known = self._law.deliveries.cells.get(cell)
            if known is not None and known.surprise is not None:
                table.assume(known.surprise)

    def adjusted(self, costs: Costs, prices: LimitPrices) -> Costs:
        """Move what is linear in supply from stock to orders and transfers."""
        unit, revenue, supply = costs.unit.copy(), costs.revenue.copy(), costs.supply.copy()
        unit[self._ways] += self._stay(costs.supply)
        unit[self._ways] += self._charges(costs, unit)
        onward = np.cumsum(supply[:, ::-1], axis=1)[:, ::-1]
        network, periods = self._network, self._network.periods
        ways = self._programs.order[network.n_lines + self._moves]
        arrival = np.arange(periods)[None, :] + network.move_lead[self._moves][:, None]
        inside = arrival < periods
        kept = onward[network.move_to[self._moves][:, None], np.minimum(arrival, periods - 1)]
        unit[ways] += np.where(inside, kept, 0.0)
        revenue[self._outs] += onward[network.move_from[self._programs.out_move[self._outs]]]
        supply[self._random] = 0.0
        return super().adjusted(costs._replace(unit=unit, revenue=revenue, supply=supply), prices)

    def _stay(self, supply: Array) -> Array:
        """Cost of a unit's expected stay, shape (R, T)."""
        value: Array = np.einsum("rut,rt->ru", self._terms.expected, supply[self._cell])
        return value

    def _charges(self, costs: Costs, unit: Array) -> Array:
        """What the lateness of a unit costs, shape (R, T)."""
        charged = np.zeros((len(self._terms.lines), self._network.periods))
        for cut in self.cuts:
            ways = self._ways[cut.rows]
            price = costs.goods[ways] * cut.cheapest + unit[ways]
            charged[cut.rows] = cut.charge(costs.short[cut.cell], costs.before[cut.cell], price)
        return charged

    def mended(self, units: Array, supply: Array, short: Array, ahead: int) -> tuple[Array, Array]:
        """Take back what is counted of orders before it is expected; add what cuts charge for it."""
        supply, short = supply.copy(), short.copy()
        late = np.einsum("rut,ru->rt", self._terms.counted() - self._terms.expected, units[self._ways])
        np.add.at(supply, self._cell, -late)
        for cut in self.cuts:
            short[cut.cell] += cut.charged(units[self._ways[cut.rows]], ahead)
        return supply, short

    def know(self, ledger: Ledger) -> None:
        """Draw the cuts of lateness at a decision."""
        super().know(ledger)
        for cut in self.cuts:
            cut.know(ledger)

    def learn(self, path: Counts, units: Array) -> None:
        """Use more or less of the cuts, too."""
        super().learn(path, units)
        for cut in self.cuts:
            cut.learn(path[cut.cell], units[self._ways[cut.rows]])

    def constant(self, supply: Array) -> float:
        """Cost of the supply that is there without decisions."""
        return float((supply[self._random] * self._law.deliveries.opening[self._random]).sum())

    def beyond(self, kept: Array, supply: Array) -> Array:
        """Replace the rows of lines with random supply: nothing is short up there, and cuts keep within prices.

        Where lanes can take a unit elsewhere it may leave before all of what is counted of its order has come.
        """
        found, stay = kept.copy(), self._stay(supply)
        elsewhere = np.minimum(kept[self._terms.lines], stay) - self.late_stay(supply)[self._terms.lines]
        linked = np.isin(self._cell, self._linked)[:, None]
        found[self._terms.lines] = np.where(linked, elsewhere, stay)
        return found

    @property
    def layout(self) -> Network:
        """The network with the earliest arrivals."""
        return self._terms.earliest(self._network)

    def late_stay(self, supply: Array) -> Array:
        """Cost of supply between the earliest and the expected arrival."""
        found = super().late_stay(supply)
        late = np.maximum(self._terms.counted() - self._terms.expected, 0.0)
        found[self._terms.lines] = np.einsum("rut,rt->ru", late, np.maximum(supply[self._cell], 0.0))
        return found


class LikelyDraws(Draws):
    """An approximation: orders come at their nominal arrival, with the spread of supply that a known decision has."""

    def __init__(self, task: Task, programs: Programs) -> None:
        super().__init__(task, programs)
        cells = self._cells
        self._base = {
            cell: tuple(cells.short[rows].copy() for rows in own_rows(cells, cell))
            for cell in self._law.deliveries.cells
            if cell not in self.tables
        }

    def know(self, ledger: Ledger) -> None:
        """Take the spread of supply from a decision."""
        super().know(ledger)
        for cell, random in self._law.deliveries.cells.items():
            expected = ledger.stocks.supply[cell]
            surprise = random.supply(random.ordered(ledger.decision.orders), expected) - expected[:, None]
            if cell in self.tables:
                self.tables[cell].assume(surprise)
            else:
                self._spread(cell, surprise)

    def _spread(self, cell: int, surprise: Array) -> None:
        cells, periods = self._cells, self._network.periods
        n, grain = int(cells.levels[cell]), float(cells.grain[cell])
        for where, base in zip(own_rows(cells, cell), self._base[cell], strict=True):
            rows = cells.short[where].reshape(periods, n)
            for t in range(periods):
                rows[t] = _averaged(base.reshape(periods, n)[t].astype(float), surprise[t] / grain, grain)


def _averaged(values: Array, shifts: Array, grain: float) -> Array:
    """Mean of a table read at shifted levels; below the first level it has slope -1, above the last it is flat."""
    steps, count = np.unique(np.round(shifts).astype(np.int64), return_counts=True)
    n = len(values)
    total = np.zeros(n)
    for step, times in zip(steps, count, strict=True):
        at = np.arange(n) + step
        total += times * (values[np.clip(at, 0, n - 1)] + grain * np.maximum(-at, 0))
    mean: Array = total / count.sum()
    return mean


def with_tails(levels: Levels, law: Law, worth: Array) -> Levels:
    """Levels that reach where next to nothing is short, in cells with random supply whose customers wait.

    Parameters
    ----------
    worth
        Most that a unit short costs, shape (C, T).
    """
    cells = np.array(sorted(set(law.deliveries.cells) - set(law.lost_paths)), dtype=np.int64)
    if not len(cells):
        return levels
    rows, columns = cells[:, None], np.arange(levels.level.shape[1])[None, :]
    chance = np.full((len(cells), levels.level.shape[1]), 1.0 - TAIL)
    level = levels.level.copy()
    level[cells] = np.maximum(level[cells], law.quantile(rows, columns, chance))
    left = law.shortfall(rows, columns, level[cells])
    onward = np.maximum.accumulate(level[:, ::-1], axis=1)[:, ::-1]
    return replace(levels, level=level, onward=onward, money=levels.money + float((worth[cells] * left).sum()))


def early_programs(task: Task, levels: Levels, terms: RandomTerms) -> Programs:
    """Programs in which orders come as early as they may; a cover limit that they could then break is left out."""
    network = task.network
    found = programs_of(terms.earliest(network), task.laws, levels)
    cap, capped = found.cells.cap.copy(), found.cells.capped.copy()
    cells: Cells = found.cells
    for cell in task.laws.planned.deliveries.cells:
        cap[cell], capped[cell] = cells.levels[cell] - 1, False
    return replace(found, network=network, cells=cells._replace(cap=cap, capped=capped))
