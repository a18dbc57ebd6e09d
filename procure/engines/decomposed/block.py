"""Some of the cells: their programs, their shares of fees, their plans.

Commands come in an order that is the same wherever the block lives, and all that it knows follows from its part of the
plan and from these commands. G groups, H headers (groups, then lanes, times T), K limits, L lines, M moves, T periods,
W ways in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.aims import AIMS
from procure.engines.decomposed.draws import Draws, EarlyDraws, LikelyDraws, early_programs, with_tails
from procure.engines.decomposed.feasible import decision_from
from procure.engines.decomposed.grouping import Grouping
from procure.engines.decomposed.passes import Pass, Passes, Ready
from procure.engines.decomposed.pool import Plans, Pool
from procure.engines.decomposed.programs import programs_of
from procure.engines.decomposed.random_terms import RandomTerms
from procure.engines.decomposed.restricted import promising, reduced_costs
from procure.engines.decomposed.sums import Borne, Bounds, Opening, Tally, Use
from procure.engines.decomposed.uses import Local, use_of
from procure.engines.interface import Task
from procure.engines.useful import useful_levels
from procure.solution.decision import Decision
from procure.solution.ledger import Ledger
from procure.solution.limits import Limits

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

LEAST_WEIGHT = 1e-3
"""Least share of a purchase order's fee that a line bears, relative to an equal share."""
DEFLECTION = 0.7
"""Weight of earlier steps in the direction of the next."""


@dataclass(frozen=True)
class Kind:
    """What blocks are for.

    Attributes
    ----------
    aim
        `cost` or `backorders`.
    early
        Whether orders come as early as they may where supply is random: what bounds are made of.
    capped
        Whether backorders are limited, so that more supply always helps.
    threads
        Pieces solved at a time within the block.
    """

    aim: str
    early: bool = False
    capped: bool = False
    threads: int = 1


@dataclass(frozen=True, eq=False)
class Choices:
    """Promising plans of a block.

    Attributes
    ----------
    plans
        The plans, components numbered within the block.
    cost
        What each costs at the prices, shape (N,).
    rows
        Position of each in the block's pool.
    start
        Position among them of each component's plan in the decision to begin with.
    """

    plans: Plans
    cost: Array
    rows: Indices
    start: Indices


class Block:
    """Solves and remembers the plans of its cells.

    Parameters
    ----------
    task
        The part of the plan in numbers.
    limits
        The limits to keep, of the whole plan.
    kind
        What it is for.
    """

    def __init__(self, task: Task, limits: Limits, kind: Kind) -> None:
        aim = AIMS[kind.aim](task)
        only = kind.capped or kind.aim == "backorders"
        useful = useful_levels(task.network, task.laws, backorders_only=only)
        levels = with_tails(useful, task.laws.planned, aim.short)
        self._beyond = levels.money, levels.backorders
        random = bool(task.laws.planned.deliveries.cells)
        draws: Draws | None = None
        if kind.early:
            terms = RandomTerms.of(task.network, task.laws.planned)
            programs = early_programs(task, levels, terms)
            draws = EarlyDraws(task, programs, terms)
        else:
            programs = programs_of(task.network, task.laws, useful)
            draws = LikelyDraws(task, programs) if random else None
        self.passes = Passes(task, limits, programs, kind.threads, aim, draws)
        network = self._network = task.network
        self._line_ways, self._move_ways = np.split(programs.order, [network.n_lines])
        item = network.cell_item[network.move_from]
        self._worth = (network.replacement if aim.worth else network.priority)[item][:, None]
        self._stock = np.repeat(self._worth, network.periods, axis=1)
        self._flow_drift = np.zeros_like(self._stock)
        self.pool = Pool(self.passes)
        self._tags: dict[str, NDArray[np.uint64]] = {}
        self._ready: Ready | None = None
        self._found: Pass | None = None
        self._local: Local | None = None
        self._decision: Decision | None = None

    def opening(self) -> Opening:
        """Tell what is known before the first price."""
        network, terms = self._network, self.passes.terms
        return Opening(
            parts=self.pool.uses.count,
            money=self._beyond[0],
            backorders=self._beyond[1],
            most_goods=terms.most_goods,
            most_load=terms.most_load,
            weightless=terms.weightless.astype(float),
            lines=terms.lines.sum(network.line_allowed.astype(float)),
            moves=terms.moves.sum(network.move_allowed.astype(float)),
        )

    def begin(self, total: Opening) -> None:
        """Take what all blocks together said, and share fees equally."""
        passes, network = self.passes, self._network
        passes.terms = replace(
            passes.terms,
            most_goods=total.most_goods,
            most_load=total.most_load,
            weightless=total.weightless > 0.0,
        )
        self._equal = _equal_shares(network.line_allowed, total.lines, passes.terms.lines)
        self._equal_trips = _equal_shares(network.move_allowed, total.moves, passes.terms.moves)
        self._weight, self._trip_weight = self._equal, self._equal_trips

    def ready(self, limits: Array, load: Array) -> Bounds:
        """Take prices of limits, (K, T), and of containers, (G, T)."""
        self._ready = self.passes.ready(limits, load)
        return self._ready.bounds

    def solve(self, subsidy: Array, borne: Borne) -> Use:
        """Solve all cells at the prices taken, with these subsidies, (G, T), and fees."""
        assert self._ready is not None
        duals = self.passes.priced(self._ready, subsidy, self._shares(borne), self._stock)
        found = self.passes.run(self._ready, duals)
        use, self._local = use_of(self.passes, found)
        self._ready = None
        # costs are as large as all else; only shipments that must be made good need them again
        self._found = found if self._network.n_moves else replace(found, costs=None)
        return use

    def _shares(self, borne: Borne) -> Array:
        """What each way pays for being on an order or a trip, shape (W, T)."""
        network, group = self._network, self._network.line_group
        share = np.zeros((network.n_lines + network.n_moves, network.periods))
        fee = borne.orders[group]
        if borne.shared:
            fee = np.where(np.isfinite(fee), self._weight * np.where(np.isfinite(fee), fee, 0.0), np.inf)
        share[self._line_ways] = fee
        share[self._move_ways] = self._trip_weight * borne.trips[network.move_lane]
        return share

    def step(self, step: float) -> tuple[Array, Array]:
        """Let prices of stock and weights of fees answer to the last pass.

        Returns the sums of the weights, (G, T) and (lanes, T), by which `settle` makes them shares again.
        """
        found, local = self._found, self._local
        assert found is not None
        assert local is not None
        self.passes.learn(found)
        self._weight = _grown(self._weight, local.opened[self._line_ways], self._equal, step)
        self._trip_weight = _grown(self._trip_weight, local.opened[self._move_ways], self._equal_trips, step)
        self._move_stock_prices(found, local, step)
        return self.passes.terms.lines.sum(self._weight), self.passes.terms.moves.sum(self._trip_weight)

    def settle(self, lines: Array, moves: Array) -> None:
        """Make shares of weights whose sums over all blocks are these, (G, T) and (lanes, T)."""
        self._weight = _divided(self._weight, lines, self.passes.terms.lines)
        self._trip_weight = _divided(self._trip_weight, moves, self.passes.terms.moves)

    def _move_stock_prices(self, found: Pass, local: Local, step: float) -> None:
        """Stock is dearer where more is wanted than offered."""
        wanted, offered = local.wanted, local.offered
        apart = (wanted - offered) / np.maximum(np.maximum(wanted, offered), 1.0)
        self._flow_drift = DEFLECTION * self._flow_drift + (1.0 - DEFLECTION) * apart
        self._stock = found.duals.stock + 0.01 * step * self._worth * self._flow_drift

    def shares(self) -> tuple[Array, Array, Array]:
        """Weights of lines and of moves and prices of stock, for a block of the same cells and another kind."""
        return self._weight, self._trip_weight, self._stock

    def take_shares(self, weight: Array, trips: Array, stock: Array) -> None:
        """Take over what `shares` of another block gave."""
        self._weight, self._trip_weight, self._stock = weight.copy(), trips.copy(), stock.copy()

    def know(self, ledger: Ledger) -> None:
        """Let what values the draws learn from a known decision of this block."""
        self.passes.draws.know(ledger)

    def keep(self) -> Tally:
        """Make a decision of the last pass and remember its plans."""
        assert self._found is not None
        return self.add(decision_from(self.passes, self._found))

    def add(self, decision: Decision) -> Tally:
        """Remember the plans of a decision."""
        self._decision = decision
        self._tags["last"], tally = self.pool.add_decision(decision)
        return tally

    def tag(self, name: str) -> None:
        """Give the last decision another name, by which it is found again."""
        self._tags[name] = self._tags["last"]

    def decision(self) -> Decision:
        """The last decision."""
        assert self._decision is not None
        return self._decision

    def forget(self, prices: Array, fee: Array, saving: Array, most: int) -> None:
        """Keep only the most promising plans where there are more than twice as many, and those of named decisions.

        Parameters
        ----------
        prices
            Of limits, shape (K * T,).
        fee, saving
            What a plan pays for being on each header, and the share of its goods value that it saves, shape (H,).
        most
            Plans of each component that are kept.
        """
        if self.pool.size <= 2 * most * self.pool.uses.count:
            return
        cost = reduced_costs(self.pool.plans, prices, fee, saving)
        always = [self.pool.find(prints) for prints in self._tags.values()]
        self.pool.keep(promising(self.pool.plans, cost, most, np.unique(np.concatenate(always))))

    def choices(self, prices: Array, fee: Array, saving: Array, most: int, start: str) -> Choices:
        """The most promising plans, with those of a named decision and of doing nothing; see `forget`."""
        pool = self.pool
        cost = reduced_costs(pool.plans, prices, fee, saving)
        begin, safe = pool.find(self._tags[start]), pool.find(self._tags["nothing"])
        rows = promising(pool.plans, cost, most, np.union1d(begin, safe))
        return Choices(pool.plans.take(rows), cost[rows], rows, np.searchsorted(rows, begin))

    def choose(self, rows: Indices) -> Tally:
        """Take the decision that consists of these plans of the pool."""
        return self.add(self.pool.assemble(rows))


def _equal_shares(allowed: NDArray[np.bool_], counted: Array, of: Grouping) -> Array:
    """Equal shares of all that may be on the same order or trip."""
    shares: Array = allowed / np.maximum(counted[of.owner], 1.0)
    return shares


def _grown(weight: Array, opened: NDArray[np.bool_], equal: Array, step: float) -> Array:
    """Weights that have grown where something is opened."""
    grown: Array = np.maximum(np.where(opened, weight * np.exp(2.0 * step), weight), LEAST_WEIGHT * equal)
    return grown


def _divided(weight: Array, sums: Array, of: Grouping) -> Array:
    """Weights that add up to 1."""
    value: Array = weight / np.maximum(sums, 1e-300)[of.owner] if len(weight) else weight
    return value
