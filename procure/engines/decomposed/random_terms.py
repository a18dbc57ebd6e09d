"""Random supply for a dynamic program that knows one arrival of each order: when it comes at the earliest, and with how much.

R lines of cells with random supply, T periods, K draws. FORMULATION.md, "Prices: lost sales, random supply, backorders first".
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.uncertainty.deliveries import RandomSupply
from procure.uncertainty.law import Law

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

EARLY = 0.2
"""Share of its holding cost that a unit may save, by coming early, before the arrival that a program counts with."""


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
    early
        Most by which a draw (where unmet demand is lost) or the mean lies above that by each period, shape (R, T, T).
    """

    lines: Indices
    expected: Array
    lead: Indices
    share: Array
    early: Array

    @staticmethod
    def of(network: Network, law: Law, short: Array, kept: Array) -> RandomTerms:
        """Work out the terms of all lines of cells with random supply.

        Parameters
        ----------
        short, kept
            Most that a unit short of demand or target costs in a period before the last, and least that a unit of supply
            costs, shape (C,). So little may come early that it always pays to order less in the end.
        """
        ratio = np.where(short > 0.0, kept / np.where(short > 0.0, short, 1.0), 0.0)
        early = EARLY * ratio[network.line_cell] / np.maximum(network.line_lead, 1)
        cells = np.array(sorted(law.deliveries.cells), dtype=np.int64)
        lines = np.flatnonzero(np.isin(network.line_cell, cells))
        periods = network.periods
        found = RandomTerms(
            lines,
            np.zeros((len(lines), periods, periods)),
            network.line_lead[lines].copy(),
            network.line_fraction[lines].copy(),
            np.zeros((len(lines), periods, periods)),
        )
        for row, line in enumerate(lines):
            _fill(found, row, network, law, float(early[line]))
        return found

    def earliest(self, network: Network) -> Network:
        """The network with these leads and shares, for the layout of programs only."""
        lead, share = network.line_lead.copy(), network.line_fraction.copy()
        lead[self.lines], share[self.lines] = self.lead, self.share
        return replace(network, line_lead=lead, line_fraction=share)


def _fill(found: RandomTerms, row: int, network: Network, law: Law, early: float) -> None:
    line, periods = int(found.lines[row]), np.arange(network.periods)
    cell = int(network.line_cell[line])
    supply = law.deliveries.cells[cell]
    arrived = periods[None, :] >= (periods + network.line_lead[line])[:, None]
    found.expected[row] = network.line_fraction[line] * arrived
    if line in law.deliveries.expected:
        mine = np.flatnonzero(supply.draws.lines == line)
        found.expected[row][supply.draws.periods[mine]] = supply.expected[mine]
        if cell in law.lost_paths:
            _count_every_draw(found, row, network, supply, mine)
        else:
            _count_most(found, row, network, supply, mine, early)


def _count_most(
    found: RandomTerms, row: int, network: Network, supply: RandomSupply, mine: Indices, early: float
) -> None:
    """Lead before which next to nothing comes, in the mean over draws."""
    line, periods = found.lines[row], network.periods
    share = network.line_fraction[line]
    since = np.zeros(periods)
    for j in mine:
        placed = int(supply.draws.periods[j])
        since[: periods - placed] = np.maximum(since[: periods - placed], supply.expected[j, placed:])
    come = np.flatnonzero(since > early * share)
    found.lead[row] = min([*come[:1].tolist(), int(network.line_lead[line])])
    _note_early(found, row)


def _count_every_draw(found: RandomTerms, row: int, network: Network, supply: RandomSupply, mine: Indices) -> None:
    """Lead and share of the most timely draw: the paths of demand and supply belong together one by one."""
    draws, line = supply.draws, found.lines[row]
    lead = (draws.arrival[mine].min(axis=1) - draws.periods[mine]).min(initial=int(network.line_lead[line]))
    points = network.offers[network.line_offer[line]].delivered_fraction.points
    found.lead[row] = max(int(lead), 0)
    share = max((value for value, _ in points), default=float(network.line_fraction[line]))
    # drawn shares are scaled to their mean, so that the largest may lie a little above
    found.share[row] = max(share, float(draws.share[mine].max(initial=0.0)) * (1.0 - 1e-12))
    most = np.where(draws.arrival[mine][:, :, None] <= np.arange(network.periods), draws.share[mine][:, :, None], 0.0)
    table = np.zeros((network.periods, network.periods))
    table[draws.periods[mine]] = most.max(axis=1)
    _note_early(found, row, table)


def _note_early(found: RandomTerms, row: int, most: Array | None = None) -> None:
    periods = np.arange(found.early.shape[1])
    counted = found.share[row] * (periods[None, :] >= (periods + found.lead[row])[:, None])
    found.early[row] = np.maximum((found.expected[row] if most is None else most) - counted, 0.0)
