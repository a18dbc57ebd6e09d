"""Plans at prices: passes under given purchase orders, and the best mixture of what they bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.ascent import Ascent
from procure.engines.decomposed.mixture import Mixer
from procure.engines.decomposed.passes import Pass, Passes
from procure.engines.decomposed.pool import Pool
from procure.engines.decomposed.restricted import choose, promising, reduced_costs
from procure.engines.interface import Options
from procure.solution.ledger import Decision, Ledger
from procure.solution.limits import used

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

MOST_IN_MIXTURE = 400_000
"""Plans that the local search takes at most."""
FOR_MIXTURE = 3_000
"""Plans that the local search takes where there are few components, all together."""
MOST_IN_MASTER = 1_500
"""Plans that the restricted master takes at most, beyond one for each component."""
MOST_PARTS_IN_MASTER = 4_000
"""Components above which the restricted master is left out."""
MOST_IN_POOL = 6_000_000
"""Plans that are remembered at most; where there are more, the less promising half is forgotten."""
LEAST_PASSES = 3
"""Passes that are made between two mixtures, however long they take."""
NOISE = 0.3
"""Standard deviation of the logarithm by which the prices of limits are varied."""


class Search:
    """Looks for good decisions with the prices of an ascent.

    Parameters
    ----------
    passes, ascent
        What solves the programs, and the prices found.
    options
        Time, gap, stop.
    take
        Called with every decision in numbers; tells whether it is the best so far.
    nothing
        The decision to begin with, which keeps every limit.
    """

    def __init__(
        self, passes: Passes, ascent: Ascent, options: Options, take: Callable[[Ledger], bool], nothing: Decision
    ) -> None:
        self.passes, self.ascent, self.options, self._take = passes, ascent, options, take
        self.pool = Pool(passes)
        self._nothing = nothing
        self.best = self._near = self.pool.add_decision(nothing)
        self._prices = ascent.limits.copy()
        self._stream = np.random.default_rng(0)
        self._step = 0.5

    def collect(self, found: Pass) -> None:
        """Take the plans of a pass of the ascent."""
        self._see(self.pool.add(found))
        self._forget()

    def begin_with(self, decision: Decision) -> None:
        """Take a known decision, and its plans, as the best so far."""
        self.best = self.pool.add_decision(decision)

    def _see(self, ledger: Ledger) -> None:
        if self._take(ledger):
            self.best = ledger

    def begin(self) -> None:
        """Take over the prices of the ascent."""
        self._prices = self.ascent.limits.copy()

    def under_orders(self, placed: Mask, noise: float = 0.0, *, shut: bool = True) -> Ledger:
        """Plan with these purchase orders placed, at the present prices of limits.

        Parameters
        ----------
        shut
            Whether there are no others; else any line may place one if it bears the whole fee.
        """
        network, duals, worth = self.passes.network, self.ascent.duals(), self.passes.aim.worth
        share = duals.share.copy()
        lines = self.passes.programs.order[: network.n_lines]
        fee = np.full(placed.shape, np.inf)
        if not shut:
            fee = worth * np.repeat(network.fees.order_fee, placed.shape[1], axis=1)
        share[lines] = np.where(placed, 0.0, fee)[network.line_group]
        prices = self._prices * np.exp(noise * self._stream.standard_normal(self._prices.shape))
        ledger = self.pool.add(self.passes.run(replace(duals, limits=prices, share=share)))
        self._adjust(ledger)
        self._see(ledger)
        if self._merit(ledger) < self._merit(self._near):
            self._near = ledger
        self._forget()
        return ledger

    def _forget(self) -> None:
        """Keep only the most promising plans where there are very many."""
        pool = self.pool
        if pool.size <= max(MOST_IN_POOL, 2 * pool.uses.count):
            return
        cost = reduced_costs(
            self.passes.network, pool.plans, pool.uses, self._prices.reshape(-1), self.best, self.passes.aim.worth
        )
        always = [pool.find(decision) for decision in (self.best.decision, self._near.decision, self._nothing)]
        most = max(MOST_IN_POOL // pool.uses.count // 2, 2)
        pool.keep(promising(pool.plans, cost, most, np.unique(np.concatenate(always))))

    def _merit(self, ledger: Ledger) -> float:
        """Objective of a decision, and three times what it overdraws, at the prices or at sensible ones."""
        over = [np.maximum(used(ledger, limit) - limit.allowed, 0.0) for limit in self.passes.limits]
        if not over:
            return self.passes.aim.value(ledger)
        dear = 3.0 * np.maximum(self._prices, self.ascent.scale)
        return self.passes.aim.value(ledger) + float((dear * np.array(over)).sum())

    def _adjust(self, ledger: Ledger) -> None:
        """Raise the prices of what a real decision overdraws, lower those of what it leaves."""
        limits = self.passes.limits
        if not len(limits):
            return
        use = np.array([used(ledger, limit) for limit in limits])
        allowed = np.array([limit.allowed for limit in limits])
        over = (use - allowed) / np.maximum(np.maximum(np.abs(allowed), use), 1e-9)
        pull = np.where(over > 0.0, 4.0 * over, 0.25 * np.maximum(over, -0.2))
        self._prices = np.maximum(self._prices + self._step * self.ascent.scale * np.clip(pull, -0.2, 1.0), 0.0)
        self._step = max(0.93 * self._step, 0.02)

    def explore(self, count: int, over: Callable[[], bool]) -> None:
        """Plan under purchase orders around those that the ascent places mostly."""
        often = self.ascent.means.placed
        for k in range(count):
            if (over() and k >= LEAST_PASSES) or self.options.over:
                return
            bar = 0.5 if k % 3 == 0 else self._stream.uniform(0.05, 0.95, size=often.shape)
            self.under_orders(often > bar, 0.0 if k % 3 == 0 else NOISE)

    def vary(self, count: int, over: Callable[[], bool]) -> None:
        """Plan under the purchase orders of the best decision, a few flipped; now and then under others altogether."""
        placed = self.best.bills.placed
        usable = np.zeros(placed.shape, dtype=bool)
        np.logical_or.at(usable, self.passes.network.line_group, self.passes.network.line_allowed)
        possible = np.flatnonzero(usable.ravel())
        for k in range(count):
            if (over() and k >= LEAST_PASSES) or self.options.over or not len(possible):
                return
            varied = placed.copy()
            if k % 5 == 4:
                varied = self.ascent.means.placed > self._stream.uniform(0.05, 0.95, size=placed.shape)
            elif k:
                flips = self._stream.choice(possible, size=1 + k % 4 + len(possible) // 500)
                varied.flat[flips] = ~varied.flat[flips]
            self.under_orders(varied, NOISE if k % 2 else 0.0, shut=k % 4 != 3)

    def mix(self) -> None:
        """Choose the best mixture of all plans so far by local search."""
        network, pool = self.passes.network, self.pool
        if not pool.size:
            return
        prices = self._prices.reshape(-1)
        first = min((self.best, self._near), key=self._merit)
        start, safe = pool.find(first.decision), pool.find(self._nothing)
        cost = reduced_costs(network, pool.plans, pool.uses, prices, first, self.passes.aim.worth)
        rows = promising(pool.plans, cost, self._plans_in_mixture, np.union1d(start, safe))
        mixer = Mixer(network, pool.plans.take(rows), pool.uses, prices, cost[rows], self.passes.aim.worth)
        mixture = mixer.run(np.searchsorted(rows, start), lambda: self.options.over)
        self._see(self.pool.add_decision(pool.assemble(rows[mixture.rows])))

    @property
    def _plans_in_mixture(self) -> int:
        """Plans of each component that a sweep over all of them bears."""
        count = self.pool.uses.count
        return min(max(MOST_IN_MIXTURE // count, 3), int(np.clip(FOR_MIXTURE // count, 6, 60)))

    def restricted_master(self, time_limit: float, gap: float) -> None:
        """Choose the best mixture of the most promising plans by branch and cut, if there are not too many."""
        network, pool = self.passes.network, self.pool
        if not pool.size or pool.uses.count > MOST_PARTS_IN_MASTER or time_limit < 0.2:
            return
        start, safe = pool.find(self.best.decision), pool.find(self._nothing)
        cost = reduced_costs(network, pool.plans, pool.uses, self._prices.reshape(-1), self.best, self.passes.aim.worth)
        most = max(MOST_IN_MASTER // pool.uses.count, 2)
        rows = promising(pool.plans, cost, most, np.union1d(start, safe))
        chosen = choose(pool, rows, start, time_limit, gap, self.options.stop)
        if chosen is not None:
            self._see(pool.add_decision(pool.assemble(chosen)))
