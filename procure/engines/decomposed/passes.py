"""One pass over cells at given prices: their least cost, and what they pay.

C cells, L lines, M moves, G groups, W ways in, O ways out, T periods.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.aims import Aim, backorder_weights, least_cost
from procure.engines.decomposed.coarse import Paid, base_prices
from procure.engines.decomposed.draws import Draws
from procure.engines.decomposed.duals import Duals, LimitPrices, limit_prices, money_rates
from procure.engines.decomposed.kernel import Costs, solve_cells
from procure.engines.decomposed.programs import Programs
from procure.engines.decomposed.purchase_orders import OrderTerms
from procure.engines.decomposed.stock_prices import within_worth
from procure.engines.decomposed.subsidies import extreme_prices, most_subsidies, onward_costs, slopes_beyond
from procure.engines.decomposed.sums import Bounds
from procure.engines.interface import Task
from procure.solution.limits import Limits

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Counts = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Solved:
    """What the kernel filled in.

    Attributes
    ----------
    value
        Least cost of each cell at the prices, constants left out, shape (C,).
    steps
        Steps ordered on each way in, shape (W, T).
    leaving
        Steps leaving on each way out, shape (O, T).
    path
        Level of each cell, shape (C, T).
    """

    value: Array
    steps: Counts
    leaving: Counts
    path: Counts


@dataclass(frozen=True, eq=False)
class Ready:
    """What follows from the prices of limits and containers, before fees and subsidies are known.

    Attributes
    ----------
    load
        Prices of container room as they may be, shape (G, T).
    prices, rates
        What limits make of costs, and what a unit of goods and freight money of each line costs, shape (L, T).
    slopes
        Least that a unit above the useful levels costs in each period, shape (C, T); None where nobody asks.
    bounds
        What it says of purchase orders.
    """

    load: Array
    prices: LimitPrices
    rates: Array
    slopes: Array | None
    bounds: Bounds


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass found.

    Attributes
    ----------
    duals
        The prices it was made at.
    value
        Least cost of all cells at the prices, constants of theirs included [money].
    solved
        The plans of all cells.
    costs
        What the programs paid; None once it is given up.
    """

    duals: Duals
    value: float
    solved: Solved
    costs: Costs | None


MOST_IN_PIECE = 2048
"""Cells that one thread solves in one go, about."""


class Passes:
    """Solves the programs of some cells at given prices.

    Parameters
    ----------
    task
        The plan in numbers, or a part of it.
    limits
        The shared limits to keep.
    programs
        The cells' programs.
    threads
        How many pieces are solved at a time; results do not depend on it.
    aim
        What is minimised; cost if left out.
    draws
        What values the cells that only draws can value.
    """

    def __init__(
        self,
        task: Task,
        limits: Limits,
        programs: Programs,
        threads: int = 2,
        aim: Aim | None = None,
        draws: Draws | None = None,
    ) -> None:
        self.task, self.limits, self.programs, self._threads = task, limits, programs, threads
        self.aim = least_cost(task) if aim is None else aim
        self.draws = Draws(task, programs) if draws is None else draws
        self.terms = OrderTerms.of(programs)
        self.network = task.network

    @cached_property
    def _stock(self) -> tuple[Array, Array, Array, Array]:
        """Stock costs by cell and period without prices: of supply, of units short; wanted supply and its penalty."""
        aim, laws = self.aim, self.task.laws
        return aim.supply, aim.short, laws.planned.expected + laws.target, aim.missing

    def short_costs(self, prices: LimitPrices) -> Array:
        """Cost of a unit short, the price of backorders included, shape (C, T)."""
        if prices.backorders == 0.0:
            return self.aim.short
        return self.aim.short + prices.backorders * backorder_weights(self.network)

    @cached_property
    def _demand(self) -> tuple[Array, Array]:
        expected = self.task.laws.planned.expected
        before = np.zeros_like(expected)
        before[:, 1:] = expected[:, :-1]
        return expected, before

    def ready(self, limits: Array, load: Array) -> Ready:
        """Work out what prices of limits, (K, T), and of containers, (G, T), mean for the cells."""
        network, terms = self.network, self.terms
        prices = limit_prices(network, self.limits, limits)
        rates = money_rates(network, prices, self.aim.worth)
        load = terms.room_prices(load)
        slopes, most = None, np.full(load.shape, np.inf)
        if terms.ruled.any() or network.n_moves:
            slopes = slopes_beyond(self.programs, (self.aim.supply, self.short_costs(prices)), prices)
            most = most_subsidies(self.programs, self._stay(slopes, prices), prices, rates, load, terms.lines)
        return Ready(load, prices, rates, slopes, Bounds(most, terms.lines.least(rates), terms.lines.most(rates)))

    def priced(self, ready: Ready, subsidy: Array, share: Array, stock: Array) -> Duals:
        """Prices at which the least costs of cells make a lower bound.

        Parameters
        ----------
        subsidy
            Subsidies, no higher than all cells' `Ready.bounds` allow, shape (G, T).
        share
            What each way bears of its purchase order's or trip's fee, 0 or more, shape (W, T).
        stock
            Prices wanted for stock on each move, shape (M, T); cut to what they may be.
        """
        duals = Duals(np.maximum(share, 0.0), subsidy, ready.load, stock)
        if not self.network.n_moves or ready.slopes is None:
            return duals
        return replace(duals, stock=self._stock_prices(duals, ready.prices, ready.rates, ready.slopes))

    def run(self, ready: Ready, duals: Duals) -> Pass:
        """Solve every cell at prices that `priced` gave."""
        costs = self.costs(duals, ready.prices, ready.rates)
        solved = self.solve(costs)
        expected, before = self._demand
        peak = ready.prices.peak
        constant = -float((self._stock[0] * expected).sum() + (peak * before).sum())
        constant += self.draws.constant(self.aim.supply + peak)
        return Pass(duals, float(solved.value.sum()) + constant, solved, costs)

    def costs(self, duals: Duals, prices: LimitPrices, rates: Array) -> Costs:
        """What the programs pay at the prices."""
        supply, _, wanted, missing = self._stock
        network, programs = self.network, self.programs
        goods, unit, fixed = self._line_costs(duals, prices, rates)
        shipped = np.where(network.move_allowed, 0.0, np.inf)
        moved = self.aim.worth * self._lane_costs + prices.parcel + duals.stock
        paid = Paid(
            goods=_stacked(goods, np.zeros_like(shipped))[programs.source],
            unit=_stacked(unit, moved)[programs.source],
            fixed=_stacked(fixed, shipped)[programs.source] + duals.share,
        )
        costs = Costs(
            supply=supply + prices.peak,
            short=self.short_costs(prices),
            before=prices.peak,
            target=wanted,
            missing=missing,
            goods=paid.goods,
            unit=paid.unit,
            fixed=paid.fixed,
            revenue=duals.stock[programs.out_move],
            gate=shipped[programs.out_move],
            forced=np.full((len(programs.out_move), network.periods), -1, dtype=np.int64),
            base=base_prices(programs, paid, duals.stock),
        )
        return self.draws.adjusted(costs, prices)

    def _line_costs(self, duals: Duals, prices: LimitPrices, rates: Array) -> tuple[Array, Array, Array]:
        """What a tariff's money, a unit and an order cost on each line, (L, T) each; infinite where none may be."""
        network, group = self.network, self.network.line_group
        value = rates * network.line_rate[:, None]
        goods = value * (1.0 - duals.subsidy[group]) + prices.goods[network.group_supplier[group]]
        unit = rates * network.fees.unit_freight + prices.unit + duals.load[group] * network.fees.load[:, None]
        fixed = np.where(network.line_allowed, self.aim.worth * network.fees.line_fee, np.inf)
        fixed[network.line_fraction <= 0.0] = np.inf
        return goods, unit, fixed

    @cached_property
    def _lane_costs(self) -> Array:
        """Cost of a unit on each move, shape (M, 1) [money]."""
        network = self.network
        costs = np.array([lane.unit_cost for lane in network.lanes], dtype=float)
        return costs[network.move_lane].reshape(-1, 1)

    def learn(self, found: Pass) -> None:
        """Let what values the draws learn from a pass."""
        self.draws.learn(found.solved.path, found.solved.steps * self.programs.ways.unit[:, None])

    def mended(self, found: Pass, supply: Array, short: Array, ahead: int = 1) -> tuple[Array, Array]:
        """Supply and units short of a pass as meant where draws value them, both (C, T); see `Draws.mended`."""
        return self.draws.mended(found.solved.steps * self.programs.ways.unit[:, None], supply, short, ahead)

    def solve(self, costs: Costs, these: Indices | None = None) -> Solved:
        """Run the kernel over all cells, or over some; the others keep zeros."""
        programs, periods = self.programs, self.network.periods
        n_cells = len(programs.cells.levels)
        found = Solved(
            value=np.zeros(n_cells),
            steps=np.zeros((len(programs.source), periods), dtype=np.int32),
            leaving=np.zeros((len(programs.out_move), periods), dtype=np.int32),
            path=np.zeros((n_cells, periods), dtype=np.int32),
        )
        wanted = np.arange(n_cells) if these is None else these
        pieces = np.array_split(wanted, min(max(len(wanted) // MOST_IN_PIECE, 4), max(len(wanted), 1)))

        def one(piece: Indices) -> None:
            solve_cells(
                piece, programs.cells, programs.ways, programs.outs, costs,
                found.value, found.steps, found.leaving, found.path,
            )  # fmt: skip

        if self._threads == 1:
            for piece in pieces:
                one(piece)
            return found
        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(one, pieces))
        return found

    def borne(self, share: Array) -> tuple[Array, Array]:
        """Shares that ways bear together of each purchase order's fee, (G, T), and of each lane trip's, (lanes, T)."""
        n_lines = self.network.n_lines
        by_way = np.empty_like(share)
        by_way[self.programs.source] = share
        return self.terms.lines.sum(by_way[:n_lines]), self.terms.moves.sum(by_way[n_lines:])

    def _stay(self, slopes: Array, prices: LimitPrices) -> Array:
        """What the stay of a unit ordered above all useful levels costs, shape (L, T)."""
        network, periods = self.network, self.network.periods
        arrival = np.minimum(np.arange(periods)[None, :] + network.line_lead[:, None], periods - 1)
        kept = network.line_fraction[:, None] * onward_costs(self.programs, slopes)[network.line_cell[:, None], arrival]
        return self.draws.beyond(kept, self.aim.supply + prices.peak)

    def _stock_prices(self, duals: Duals, prices: LimitPrices, rates: Array, slopes: Array) -> Array:
        """Prices of stock on lanes at which no cell gains by stock beyond its levels."""
        goods, unit, fixed = self._line_costs(duals, prices, rates)
        lowest, highest = extreme_prices(self.programs)
        paid = np.minimum(goods * lowest, goods * highest) + unit
        paid = paid - self.draws.late_stay(self.aim.supply + prices.peak)
        layout = self.draws.layout
        with np.errstate(divide="ignore", invalid="ignore"):
            delivered = np.where(np.isfinite(fixed), paid / layout.line_fraction[:, None], np.inf)
        moved = self.aim.worth * self._lane_costs + prices.parcel
        return within_worth(layout, duals.stock, delivered, moved, slopes, onward_costs(self.programs, slopes))


def _stacked(lines: Array, moves: Array) -> Array:
    return np.concatenate([lines, moves])
