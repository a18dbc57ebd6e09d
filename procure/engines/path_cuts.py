"""Subgradient cuts of cells that only draws can value (the L-shaped method, without scenario variables).

Backorders, units lost and peak stock are means over draws of convex functions of the cell's supply and uncertain
orders. At the point of a relaxation the value and a subgradient are exact, and so is the cut through it, for these
draws (Van Slyke and Wets, L-shaped linear programs, SIAM Journal on Applied Mathematics 17, 1969).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from procure.engines.translate import Translation
from procure.plan.network import Network
from procure.solution.ledger import Decision, Laws, supply_of
from procure.uncertainty.sampled import SampledCell, Slopes
from procure_milp.expressions import step_size
from procure_milp.instance import Line, PathCut

Array = NDArray[np.float64]
TINY = 1e-9
"""Slopes below this are left out of a cut; its constant makes up for it, so that it stays below."""

EXACT = 1e-7
"""How far peak stock may lie below the true one, relative: limits count it."""


class PathCuts:
    """Makes the cuts of an instance's sampled cells.

    Parameters
    ----------
    network, laws
        The plan in numbers.
    translation
        The instance and its places.
    """

    def __init__(self, network: Network, laws: Laws, translation: Translation) -> None:
        self._network, self._law, self._translation = network, laws.planned, translation
        line_of = {int(line): k for k, line in enumerate(translation.lines)}
        self._cells: list[tuple[int, SampledCell, list[tuple[int, int, int]]]] = []
        for c in sorted(translation.instance.sampled):
            cell = self._law.sampled[int(translation.cells[c])]
            self._cells.append((c, cell, list(_uncertain(cell, line_of, translation.instance.lines))))

    def at(self, decision: Decision) -> Iterator[PathCut]:
        """Cuts at a decision, for every sampled cell and period."""
        _, supply = supply_of(self._network, self._law, decision)
        places = self._translation.cells
        shape = self._translation.instance.opening.shape
        lowest = np.full(shape, -np.inf)
        orders = decision.orders[self._translation.lines]
        yield from self.violated(supply[places], orders, lowest, lowest, np.zeros(shape))

    def violated(
        self, supply: Array, orders: Array, unmet: Array, stocked: Array, tolerances: Array
    ) -> Iterator[PathCut]:
        """Cuts where the model lies below the true functions by more than a tolerance.

        Parameters
        ----------
        supply
            Expected supply, shape (C, T) [units].
        orders
            Units by instance line and period, shape (lines, T).
        unmet, stocked
            What the model says of U and Y, shape (C, T) [units].
        tolerances
            How far below is let pass, shape (C, T) [units].
        """
        for c, cell, uncertain in self._cells:
            ordered = np.zeros(0 if cell.random is None else len(cell.random.draws.lines))
            for j, line, period in uncertain:
                ordered[j] = orders[line, period]
            for of, found, below in self._functions(c, cell, ordered, supply[c], unmet[c], stocked[c]):
                allowed = tolerances[c] if of == "unmet" else EXACT * np.maximum(found.value, 1.0)
                # a slope of next to nothing is dropped by solvers, and the cut would lie a hair too high
                steep = np.abs(np.diag(found.supply)) > TINY if of == "stocked" or not cell.is_lost else True
                for t in np.flatnonzero((below > allowed) & steep):
                    yield self._cut(c, int(t), of, found, supply[c], ordered, uncertain)

    def _functions(
        self, c: int, cell: SampledCell, ordered: Array, supply: Array, unmet: Array, stocked: Array
    ) -> Iterator[tuple[str, Slopes, Array]]:
        """The functions that the model needs, with how far it lies below them in each period."""
        found = cell.unmet(ordered, supply)
        yield "unmet", found, found.value - unmet
        counted = [self._translation.instance.envelopes[c, t].peak is not None for t in range(len(supply))]
        if any(counted):
            found = cell.peak(ordered, supply)
            yield "stocked", found, np.where(counted, found.value - stocked, -np.inf)

    def _cut(
        self,
        cell: int,
        period: int,
        of: str,
        at: Slopes,
        supply: Array,
        ordered: Array,
        uncertain: list[tuple[int, int, int]],
    ) -> PathCut:
        lines = self._translation.instance.lines
        by_supply = [(int(t), float(at.supply[period, t])) for t in np.flatnonzero(at.supply[period])]
        constant = float(at.value[period]) - sum(slope * float(supply[t]) for t, slope in by_supply)
        by_order = []
        for j, line, placed in uncertain:
            slope = float(at.orders[j, period])
            constant -= slope * float(ordered[j])
            if abs(slope) > TINY:
                by_order.append((line, placed, slope))
            elif slope < 0.0:
                constant += slope * most_units(lines[line], placed)
        return PathCut(cell, period, of, tuple(by_supply), tuple(by_order), constant)


def most_units(line: Line, period: int) -> float:
    """Most units of an order line in a period."""
    position = line.periods.index(period)
    return max(tier.most[position] for tier in line.tiers) * step_size(line.step)


def _uncertain(cell: SampledCell, line_of: dict[int, int], lines: tuple[Line, ...]) -> Iterator[tuple[int, int, int]]:
    """Uncertain orders that the instance has: position, instance line and order period."""
    if cell.random is not None:
        draws = cell.random.draws
        for j, (line, period) in enumerate(zip(draws.lines.tolist(), draws.periods.tolist(), strict=True)):
            if line in line_of and period in lines[line_of[line]].periods:
                yield j, line_of[line], period
