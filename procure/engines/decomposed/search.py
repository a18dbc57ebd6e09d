"""Plans at prices: passes under given purchase orders, and the best mixture of what they bring."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.accounts import Account, account
from procure.engines.decomposed.ascent import Ascent
from procure.engines.decomposed.block import Choices
from procure.engines.decomposed.mixture import Mixer, headers_of
from procure.engines.decomposed.plan_uses import allowed_rows
from procure.engines.decomposed.pool import Plans
from procure.engines.decomposed.restricted import choose
from procure.engines.decomposed.sums import Tally, added
from procure.solution.ledger import Decision

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

Take = Callable[[Account, Callable[[], Decision]], bool]
"""Takes a decision in sums if it is the best so far, and has it made out in full only then."""


class Search:
    """Looks for good decisions with the prices of an ascent.

    Parameters
    ----------
    ascent
        The prices found, and the blocks that make plans.
    over
        Tells whether the run is over: its time, its gap, or somebody stopped it.
    stop
        Stops the restricted master.
    take
        Called with every decision; tells whether it is the best so far.
    nothing
        The decision to begin with, which keeps every limit.
    """

    def __init__(
        self, ascent: Ascent, over: Callable[[], bool], stop: threading.Event, take: Take, nothing: Decision
    ) -> None:
        self.ascent, self._over, self._stop, self._take = ascent, over, stop, take
        dual = ascent.dual
        self._crew, self._network, self._limits = dual.crew, dual.network, dual.limits
        self._worth, self._parts = dual.aim.worth, dual.opening.parts
        self.headers = headers_of(self._network, self._limits, self._worth)
        self._allowed = allowed_rows(self._network, self._limits)
        self._possible = np.flatnonzero((dual.opening.lines > 0.0).ravel())
        self._prices = ascent.limits.copy()
        self._stream = np.random.default_rng(0)
        self._step = 0.5
        self._best = self._near = self._added(nothing)
        for name in ("nothing", "best", "near"):
            self._crew.all("tag", name)

    def begin_with(self, decision: Decision) -> None:
        """Take a known decision, and its plans, as the best so far."""
        self._best = self._added(decision)
        self._crew.all("tag", "best")

    def begin(self) -> None:
        """Take over the prices of the ascent."""
        self._prices = self.ascent.limits.copy()

    def collect(self) -> None:
        """Take the plans of the last pass of the ascent."""
        self._see(self._in_all(self._crew.all("keep")))
        self._forget()

    def _added(self, decision: Decision) -> Account:
        parts = [(part.decision(decision),) for part in self._crew.parts]
        return self._in_all(self._crew.each("add", parts))

    def _in_all(self, tallies: list[Tally]) -> Account:
        return account(added(tallies), self.headers, self._allowed)

    def _see(self, found: Account) -> None:
        if self._take(found, self._made_out):
            self._best = found
            self._crew.all("tag", "best")

    def _made_out(self) -> Decision:
        """The last decision of all blocks."""
        network, crew = self._network, self._crew
        orders = np.zeros((network.n_lines, network.periods))
        shipments = np.zeros((network.n_moves, network.periods))
        for part, decision in zip(crew.parts, crew.all("decision"), strict=True):
            orders[part.lines], shipments[part.moves] = decision.orders, decision.shipments
        return Decision(orders, shipments)

    def under_orders(self, placed: Mask, noise: float = 0.0, *, shut: bool = True) -> None:
        """Plan with these purchase orders placed, (G, T), at the present prices of limits.

        Parameters
        ----------
        shut
            Whether there are no others; else any line may place one if it bears the whole fee.
        """
        fee = np.full(placed.shape, np.inf)
        if not shut:
            fee = self._worth * np.repeat(self._network.fees.order_fee, placed.shape[1], axis=1)
        prices = self._prices * np.exp(noise * self._stream.standard_normal(self._prices.shape))
        self.ascent.dual.under(replace(self.ascent.prices, limits=prices), np.where(placed, 0.0, fee))
        found = self._in_all(self._crew.all("keep"))
        self._adjust(found)
        self._see(found)
        if self._merit(found) < self._merit(self._near):
            self._near = found
            self._crew.all("tag", "near")
        self._forget()

    def _terms(self, like: Account) -> tuple[Array, Array]:
        """What a plan pays and saves on each header if those of a known decision are placed anyway, (H,) each."""
        fee = np.where(like.count > 0.0, 0.0, np.repeat(self.headers.fee, self.headers.periods))
        return self._worth * fee, self._worth * like.saving

    def _forget(self) -> None:
        """Keep only the most promising plans where there are very many."""
        most = max(MOST_IN_POOL // max(self._parts, 1) // 2, 1)
        self._crew.all("forget", self._prices.reshape(-1), *self._terms(self._best), most)

    def _merit(self, found: Account) -> float:
        """Objective of a decision, and three times what it overdraws, at the prices or at sensible ones."""
        dear = 3.0 * np.maximum(self._prices, self.ascent.scale)
        return found.value + float((dear * found.over).sum())

    def _adjust(self, found: Account) -> None:
        """Raise the prices of what a real decision overdraws, lower those of what it leaves."""
        if not len(self._limits):
            return
        allowed = np.array([limit.allowed for limit in self._limits])
        use = found.use + (allowed - self._allowed.reshape(allowed.shape))
        over = (use - allowed) / np.maximum(np.maximum(np.abs(allowed), use), 1e-9)
        pull = np.where(over > 0.0, 4.0 * over, 0.25 * np.maximum(over, -0.2))
        self._prices = np.maximum(self._prices + self._step * self.ascent.scale * np.clip(pull, -0.2, 1.0), 0.0)
        self._step = max(0.93 * self._step, 0.02)

    def explore(self, count: int, over: Callable[[], bool]) -> None:
        """Plan under purchase orders around those that the ascent places mostly."""
        often = self.ascent.placed
        for k in range(count):
            if (over() and k >= LEAST_PASSES) or self._over():
                return
            bar = 0.5 if k % 3 == 0 else self._stream.uniform(0.05, 0.95, size=often.shape)
            self.under_orders(often > bar, 0.0 if k % 3 == 0 else NOISE)

    def vary(self, count: int, over: Callable[[], bool]) -> None:
        """Plan under the purchase orders of the best decision, a few flipped; now and then under others altogether."""
        often, possible = self.ascent.placed, self._possible
        placed = (self._best.count[: often.size] > 0.0).reshape(often.shape)
        for k in range(count):
            if (over() and k >= LEAST_PASSES) or self._over() or not len(possible):
                return
            varied = placed.copy()
            if k % 5 == 4:
                varied = often > self._stream.uniform(0.05, 0.95, size=placed.shape)
            elif k:
                flips = self._stream.choice(possible, size=1 + k % 4 + len(possible) // 500)
                varied.flat[flips] = ~varied.flat[flips]
            self.under_orders(varied, NOISE if k % 2 else 0.0, shut=k % 4 != 3)

    def mix(self) -> None:
        """Choose the best mixture of all plans so far by local search."""
        if not self._parts:
            return
        near = self._merit(self._near) < self._merit(self._best)
        name, first = ("near", self._near) if near else ("best", self._best)
        found = self._choices(self._plans_in_mixture, name, first)
        plans, cost, start = _joined(found)
        mixer = Mixer(plans, self._parts, self.headers, self._allowed, self._prices.reshape(-1), cost)
        for mixture in mixer.rounds(start, self._over):
            self._choose(found, mixture.rows)

    @property
    def _plans_in_mixture(self) -> int:
        """Plans of each component that a sweep over all of them bears."""
        count = self._parts
        return min(max(MOST_IN_MIXTURE // count, 3), int(np.clip(FOR_MIXTURE // count, 6, 60)))

    def restricted_master(self, time_limit: float, gap: float) -> None:
        """Choose the best mixture of the most promising plans by branch and cut, if there are not too many."""
        if not 0 < self._parts <= MOST_PARTS_IN_MASTER or time_limit < 0.2:
            return
        found = self._choices(max(MOST_IN_MASTER // self._parts, 2), "best", self._best)
        plans, _, start = _joined(found)
        chosen = choose(plans, self.headers, self._allowed, start, time_limit, gap, self._stop)
        if chosen is not None:
            self._choose(found, chosen)

    def _choices(self, most: int, start: str, like: Account) -> list[Choices]:
        return self._crew.all("choices", self._prices.reshape(-1), *self._terms(like), most, start)

    def _choose(self, found: list[Choices], rows: Indices) -> None:
        """Take the decision that consists of these of the plans found, one of each component."""
        rows = np.sort(rows)
        ends = np.cumsum([len(choices.rows) for choices in found])
        at = np.split(rows, np.searchsorted(rows, ends[:-1]))
        begins = [0, *ends[:-1].tolist()]
        each = [(choices.rows[mine - begin],) for choices, mine, begin in zip(found, at, begins, strict=True)]
        self._see(self._in_all(self._crew.each("choose", each)))


def _joined(found: list[Choices]) -> tuple[Plans, Array, Indices]:
    """The plans of all blocks, components numbered on, what each costs, and the positions of the start."""
    plans, starts, parts, rows = [], [], 0, 0
    for choices in found:
        plans.append(replace(choices.plans, part=choices.plans.part + parts))
        starts.append(choices.start + rows)
        parts += len(choices.start)
        rows += len(choices.rows)
    return Plans.joined(plans), np.concatenate([choices.cost for choices in found]), np.concatenate(starts)
