"""Cuts that charge lateness: what supply that may be late or short costs beyond supply that comes at once.

Let R be the supply if every order came as early as it may, and E_k what draw k lacks of it. For any slope s_k of 0 to 1

    g(R - E_k) >= s_k E_k + min over x <= R of [g(x) - s_k (R - x)],

g convex and falling (units short of demand). The first term is linear in orders and borne by them, the second a convex
function of R. With s_k the slope at a known plan's supply both together are exact there. C cells, T periods, K draws.
FORMULATION.md, "Prices: lost sales, random supply, backorders first".
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.kernel import Cells, own_rows
from procure.engines.decomposed.random_terms import RandomTerms
from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure.uncertainty.deliveries import RandomSupply
from procure.uncertainty.law import Law

Array = NDArray[np.float64]
Counts = NDArray[np.int32]
Indices = NDArray[np.int64]

FIRST_WEIGHT = 0.8
"""Share of the cuts in the mean of cuts and plain tables to begin with."""
STEP = 0.3
"""First step of that share."""


@dataclass(eq=False)
class _Side:
    """One of the two tables of a cell: units short of the demand up to t (ahead 0), or up to t - 1 (ahead 1).

    Attributes
    ----------
    base
        The table at certain supply, shape (T, levels).
    cut
        The second term above, mean over draws, shape (T, levels).
    counted, brought
        Mean over draws of the slope, shape (T,), and of slope times share brought by an order, shape (lines, T, T).
    """

    base: Array
    cut: Array
    counted: Array
    brought: Array


class LateCuts:
    """The cuts of one cell with random supply whose customers wait.

    Parameters
    ----------
    cell
        Position of the cell.
    rows
        Its lines, as positions in `terms`.
    """

    def __init__(self, network: Network, law: Law, cells: Cells, terms: RandomTerms, cell: int, rows: Indices) -> None:
        self._law, self._cells, self._terms, self.cell, self.rows = law, cells, terms, cell, rows
        self._random: RandomSupply = law.deliveries.cells[cell]
        periods, n = network.periods, int(cells.levels[cell])
        self._rows = own_rows(cells, cell)
        shape = len(rows), periods, periods
        self._sides = [
            _Side(
                cells.short[rows].reshape(periods, n).astype(float),
                np.zeros((periods, n)),
                np.zeros(periods),
                np.zeros(shape),
            )
            for rows in self._rows
        ]
        self._counted = terms.counted()[rows]
        self._lead = terms.lead[rows]
        tariffs = network.fees.tariffs
        prices = np.where(np.isfinite(tariffs.starts), tariffs.prices, np.inf).min(axis=1)
        self.cheapest = prices[network.line_offer[terms.lines[rows]]][:, None]
        self._allowed = network.line_allowed[terms.lines[rows]]
        self._surplus = self._most_surplus()
        self.weight = np.full(periods, FIRST_WEIGHT)
        self._used = np.zeros(periods)
        self._late = self._paid = np.zeros((2, len(rows), periods, periods))
        self._costs = np.zeros((2, periods))
        self.known = False
        self._steps = 0

    def _most_surplus(self) -> float:
        """How much more than the share counted a draw may bring, relative."""
        lines = self._terms.lines[self.rows].tolist()
        most = 0.0
        for line, share in zip(lines, self._terms.share[self.rows].tolist(), strict=True):
            mine = self._random.draws.lines == line
            if mine.any() and share > 0.0:
                most = max(most, float(self._random.draws.share[mine].max()) / share - 1.0)
        return max(most, 0.0)

    def know(self, ledger: Ledger) -> None:
        """Draw the cuts at a decision."""
        random, cells, cell = self._random, self._cells, self.cell
        supply = random.supply(random.ordered(ledger.decision.orders), ledger.stocks.supply[cell])
        surprise = np.zeros((len(supply), 1)) if random.surprise is None else random.surprise
        opening, grain = cells.opening[cell], float(cells.grain[cell])
        first = opening - cells.start[cell] * grain
        shifts = np.broadcast_to(surprise, supply.shape)
        for side, ahead in zip(self._sides, (0, 1), strict=True):
            slope, value = self._slopes(supply, ahead)
            _cut(side.base, supply, value, slope, shifts, self._surplus, opening, first, grain, side.cut)
            side.counted[:] = slope.mean(axis=1)
            side.brought[:] = self._brought(slope)
        self.known = True

    def _slopes(self, supply: Array, ahead: int) -> tuple[Array, Array]:
        """Chance that the demand up to `ahead` periods before exceeds supply, and units short of it, shape (T, K)."""
        sampled = self._law.sampled[self.cell]
        slope: Array = np.where(supply < 0.0, 1.0, 0.0)
        value: Array = np.maximum(-supply, 0.0)
        slope[ahead:] = sampled.exceeds(supply, ahead)
        value[ahead:] = sampled.short(supply, ahead)
        return slope, value

    def _brought(self, slope: Array) -> Array:
        """Mean over draws of slope times share brought, by line, order period and period, shape (lines, T, T)."""
        found = self._terms.expected[self.rows] * slope.mean(axis=1)
        draws = self._random.draws
        beyond = self._random.slopes(np.broadcast_to(slope, (len(slope), draws.runs)))
        for k, line in enumerate(self._terms.lines[self.rows]):
            mine = np.flatnonzero(draws.lines == line)
            found[k, draws.periods[mine]] += beyond[mine]
        value: Array = np.maximum(found, 0.0)
        return value

    def charge(self, short: Array, before: Array, price: Array) -> Array:
        """Choose how much of the cuts to use; returns what an order's lateness costs a unit, shape (lines, T).

        Parameters
        ----------
        short, before
            Cost of a unit short by period in each table, shape (T,).
        price
            What a unit ordered costs otherwise, its stay included, shape (lines, T): never so much of the cuts that
            more and more units would pay.
        """
        if not self.known:
            return np.zeros_like(price)
        costs = np.array([short, before])
        brought = np.array([side.brought for side in self._sides])
        worth = np.einsum("it,ilut->lut", costs, brought)
        weight = _kept_within(self.weight.copy(), worth, price, self._lead, self._allowed)
        self._used = weight
        counted = np.array([side.counted for side in self._sides])[:, None, None, :] * self._counted
        self._late = counted - brought
        self._paid = costs[:, None, None, :] * self._late
        value: Array = np.einsum("t,ilut->lu", weight, self._paid)
        for side, where in zip(self._sides, self._rows, strict=True):
            mixed = side.base + weight[:, None] * (side.cut - side.base)
            self._cells.short[where] = (mixed - 2e-7 * np.abs(mixed)).ravel()
        self._costs = costs
        return value

    def charged(self, units: Array, ahead: int) -> Array:
        """Units short that the cuts charge for the lateness of orders, shape (T,)."""
        value: Array = self._used * np.einsum("lut,lu->t", self._late[ahead], units)
        return value

    def learn(self, path: Counts, units: Array) -> None:
        """Use more of the cuts where a pass is late, less where it has been given too much for it.

        Parameters
        ----------
        path, units
            Levels, shape (T,), and units ordered on each line, shape (lines, T).
        """
        if not self.known:
            return
        self._steps += 1
        periods = np.arange(len(path))
        gained = np.einsum("ilut,lu->t", self._paid, units)
        given = sum(
            cost * (side.base[periods, path] - side.cut[periods, path])
            for side, cost in zip(self._sides, self._costs, strict=True)
        )
        change = (gained - given) / np.maximum(np.abs(gained) + np.abs(given), 1e-9)
        self.weight = np.clip(self.weight + change * STEP / np.sqrt(self._steps), 0.0, 1.0)


def _kept_within(weight: Array, worth: Array, price: Array, lead: Indices, allowed: NDArray[np.bool_]) -> Array:
    """Lower weights until no further unit of any order pays for itself by the cuts alone, shape (T,)."""
    for u in range(price.shape[1] - 1, -1, -1):
        for k in np.flatnonzero(allowed[:, u]):
            over = float(worth[k, u] @ weight) - max(float(price[k, u]), 0.0) * (1.0 - 1e-9)
            for t in range(u, len(weight)):
                if over <= 0.0:
                    break
                here = worth[k, u, t] * weight[t]
                if here > 0.0:
                    left = max(here - over, 0.0)
                    over -= here - left
                    weight[t] *= left / here
    return weight


@numba.njit(cache=True, nogil=True)
def _cut(base, supply, value, slope, surprise, surplus, opening, first, grain, out):  # type: ignore[no-untyped-def]
    """Second term of the cut by period and level, mean over draws; between levels a table is read at the next up."""
    periods, draws = supply.shape
    n = base.shape[1]
    for t in range(periods):
        for j in range(n):
            level = first[t] + j * grain
            total = 0.0
            for k in range(draws):
                most = level + surplus * max(level - opening[t], 0.0) + surprise[t, k]
                if most >= supply[t, k] - 1e-9 * max(abs(most), 1.0):
                    total += value[t, k] - slope[t, k] * (level + surprise[t, k] - supply[t, k])
                else:
                    at = int(np.ceil((most - first[t]) / grain - 1e-9))
                    held = base[t, at] if 0 <= at < n else (base[t, 0] if at < 0 else 0.0)
                    total += held - slope[t, k] * (level + surprise[t, k] - most)
            out[t, j] = total / draws
