"""Random supply for a dynamic program that knows one arrival of each order: the earliest, and how much may come then.

R lines with random supply, T periods, K draws. FORMULATION.md, "Prices: lost sales, random supply, backorders first".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.uncertainty.law import Law

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RandomTerms:
    """What orders bring in cells with random supply.

    Attributes
    ----------
    lines
        Lines of these cells, shape (R,).
    expected
        Share of an order of each period that is expected by each period, shape (R, T, T).
    lead
        Periods after which the program lets all of it serve, shape (R,).
    share
        Share that it then brings, shape (R,).
    """

    lines: Indices
    expected: Array
    lead: Indices
    share: Array

    @staticmethod
    def of(network: Network, law: Law) -> RandomTerms:
        """Work out the terms of all lines of cells with random supply."""
        cells = np.array(sorted(law.deliveries.cells), dtype=np.int64)
        lines = np.flatnonzero(np.isin(network.line_cell, cells))
        found = RandomTerms(
            lines,
            np.zeros((len(lines), network.periods, network.periods)),
            network.line_lead[lines].copy(),
            network.line_fraction[lines].copy(),
        )
        for row, line in enumerate(lines):
            _fill(found, row, network, law, int(line))
        return found

    def counted(self) -> Array:
        """Share of an order of each period that a program counts by each period, shape (R, T, T)."""
        placed = np.arange(self.expected.shape[1])
        there = placed[None, None, :] >= placed[:, None] + self.lead[:, None, None]
        value: Array = self.share[:, None, None] * there
        return value

    def earliest(self, network: Network) -> Network:
        """The network with these leads and shares, for the layout of programs only."""
        lead, share = network.line_lead.copy(), network.line_fraction.copy()
        lead[self.lines], share[self.lines] = self.lead, self.share
        return replace(network, line_lead=lead, line_fraction=share)


def _fill(found: RandomTerms, row: int, network: Network, law: Law, line: int) -> None:
    cell, periods = int(network.line_cell[line]), np.arange(network.periods)
    arrived = periods[None, :] >= (periods + network.line_lead[line])[:, None]
    found.expected[row] = network.line_fraction[line] * arrived
    if line not in law.deliveries.expected:
        return
    supply = law.deliveries.cells[cell]
    draws, mine = supply.draws, np.flatnonzero(supply.draws.lines == line)
    found.expected[row][draws.periods[mine]] = supply.expected[mine]
    came = np.where(draws.share[mine] > 0.0, draws.arrival[mine] - draws.periods[mine][:, None], network.periods)
    found.lead[row] = max(min(int(came.min(initial=network.periods)), int(network.line_lead[line])), 0)
    if cell in law.lost_paths:
        found.share[row] = _most(network, line, draws.share[mine])


def _most(network: Network, line: int, drawn: Array) -> float:
    """Largest share that any draw delivers: paths of demand and supply belong together one by one."""
    points = network.offers[network.line_offer[line]].delivered_fraction.points
    share = max((value for value, _ in points), default=float(network.line_fraction[line]))
    highest = float(drawn.max(initial=0.0))
    # drawn shares are scaled to their mean, so that the largest may lie a little above
    return share if highest <= share * (1.0 + 1e-12) else highest
