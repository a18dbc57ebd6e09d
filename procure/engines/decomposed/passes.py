"""One pass over all cells at given prices: the dual function, what the plans use, how the prices should move."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.aims import Aim, backorder_weights, least_cost
from procure.engines.decomposed.draws import Draws
from procure.engines.decomposed.duals import Duals, LimitPrices, limit_prices, money_rates
from procure.engines.decomposed.kernel import Costs, solve_cells
from procure.engines.decomposed.programs import Programs
from procure.engines.decomposed.purchase_orders import OrderTerms, order_values
from procure.engines.interface import Task
from procure.solution.limits import Limits

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
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
    steps: Indices
    leaving: Indices
    path: Indices


@dataclass(frozen=True, eq=False)
class Pass:
    """What one pass found.

    Attributes
    ----------
    duals
        The prices it was made at.
    bound
        Value of the dual function: a lower bound on the total [money].
    solved
        The plans of all cells.
    order_value
        What placing each purchase order costs at the prices before shares, shape (G, T).
    costs
        What the programs paid.
    """

    duals: Duals
    bound: float
    solved: Solved
    order_value: Array
    costs: Costs


MOST_IN_BLOCK = 2048
"""Cells that one thread solves in one go, about."""


class Passes:
    """Solves all programs at given prices.

    Parameters
    ----------
    task
        The plan in numbers.
    limits
        The shared limits to keep.
    programs
        The cells' programs.
    threads
        How many blocks are solved at a time; results do not depend on it.
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

    def costs(self, duals: Duals, prices: LimitPrices, rates: Array) -> Costs:
        """What the programs pay at the prices."""
        supply, _, wanted, missing = self._stock
        network, programs = self.network, self.programs
        group = network.line_group
        value = rates * network.line_rate[:, None]
        goods = value * (1.0 - duals.subsidy[group]) + prices.goods[network.group_supplier[group]]
        unit = rates * network.fees.unit_freight + prices.unit + duals.load[group] * network.fees.load[:, None]
        fixed = np.where(network.line_allowed, self.aim.worth * network.fees.line_fee, np.inf)
        fixed[network.line_fraction <= 0.0] = np.inf
        shipped = np.where(network.move_allowed, 0.0, np.inf)
        moved = self.aim.worth * self._lane_costs + prices.parcel + duals.stock
        costs = Costs(
            supply=supply + prices.peak,
            short=self.short_costs(prices),
            before=prices.peak,
            target=wanted,
            missing=missing,
            goods=_stacked(goods, np.zeros_like(shipped))[programs.source],
            unit=_stacked(unit, moved)[programs.source],
            fixed=_stacked(fixed, shipped)[programs.source] + duals.share,
            revenue=duals.stock[programs.out_move],
            gate=shipped[programs.out_move],
            forced=np.full((len(programs.out_move), network.periods), -1, dtype=np.int64),
        )
        return self.draws.adjusted(costs, prices)

    @cached_property
    def _lane_costs(self) -> Array:
        """Cost of a unit on each move, shape (M, 1) [money]."""
        network = self.network
        costs = np.array([lane.unit_cost for lane in network.lanes], dtype=float)
        return costs[network.move_lane].reshape(-1, 1)

    @cached_property
    def lane_fees(self) -> Array:
        """Cost of a trip on each lane, shape (lanes, 1) [money]."""
        fees = np.array([lane.fixed_cost for lane in self.network.lanes], dtype=float).reshape(-1, 1)
        return self.aim.worth * fees

    def run(self, duals: Duals) -> Pass:
        """Solve every cell and value the dual function."""
        prices = limit_prices(self.network, self.limits, duals.limits)
        rates = money_rates(self.network, prices, self.aim.worth)
        duals = self._clipped(duals, prices, rates)
        costs = self.costs(duals, prices, rates)
        order_value = order_values(self.terms, prices, rates, duals.subsidy, duals.load, self.aim.worth)
        closed = ~np.isfinite(order_value)
        if closed.any():
            costs.fixed[closed[self.network.line_group][self.programs.source]] = np.inf
        solved = self.solve(costs)
        orders_borne, trips_borne = self.borne(duals.share)
        orders = float(np.minimum(np.where(closed, 0.0, order_value) - orders_borne, 0.0)[~closed].sum())
        orders += float(np.minimum(self.lane_fees - trips_borne, 0.0).sum())
        expected, before = self._demand
        constant = prices.constant - float((self._stock[0] * expected).sum() + (prices.peak * before).sum())
        constant += self.draws.constant(self.aim.supply + prices.peak)
        bound = float(solved.value.sum()) + constant + orders
        return Pass(duals, bound, solved, order_value, costs)

    def learn(self, found: Pass) -> None:
        """Let what values the draws learn from a pass."""
        self.draws.learn(found.solved.path, found.solved.steps * self.programs.ways.unit[:, None])

    def mended(self, found: Pass, supply: Array, short: Array, ahead: int = 1) -> tuple[Array, Array]:
        """Supply and units short of a pass as they are meant where draws value them, both (C, T); see `Draws.mended`."""
        return self.draws.mended(found.solved.steps * self.programs.ways.unit[:, None], supply, short, ahead)

    def solve(self, costs: Costs, these: Indices | None = None) -> Solved:
        """Run the kernel over all cells, or over some; the others keep zeros."""
        programs, periods = self.programs, self.network.periods
        n_cells = len(programs.cells.levels)
        found = Solved(
            value=np.zeros(n_cells),
            steps=np.zeros((len(programs.source), periods), dtype=np.int64),
            leaving=np.zeros((len(programs.out_move), periods), dtype=np.int64),
            path=np.zeros((n_cells, periods), dtype=np.int64),
        )
        wanted = np.arange(n_cells) if these is None else these
        pieces = np.array_split(wanted, min(max(len(wanted) // MOST_IN_BLOCK, 4), len(wanted)))

        def one(piece: Indices) -> None:
            solve_cells(
                piece, programs.cells, programs.ways, programs.outs, costs,
                found.value, found.steps, found.leaving, found.path,
            )  # fmt: skip

        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(one, pieces))
        return found

    def borne(self, share: Array) -> tuple[Array, Array]:
        """Shares that ways bear together of each purchase order's fee, (G, T), and of each lane trip's, (lanes, T)."""
        network, periods = self.network, self.network.periods
        by_way = np.empty_like(share)
        by_way[self.programs.source] = share
        orders = np.zeros((len(network.group_supplier), periods))
        trips = np.zeros((len(network.lanes), periods))
        np.add.at(orders, network.line_group, by_way[: network.n_lines])
        np.add.at(trips, network.move_lane, by_way[network.n_lines :])
        return orders, trips

    def _clipped(self, duals: Duals, prices: LimitPrices, rates: Array) -> Duals:
        """Take back subsidies so high that it would pay to order more than the programs' levels hold."""
        if not self.terms.ruled.any():
            return duals
        most = self._most_subsidy(duals, prices, rates)
        return replace(duals, subsidy=np.minimum(duals.subsidy, most))

    def _most_subsidy(self, duals: Duals, prices: LimitPrices, rates: Array) -> Array:
        network, programs = self.network, self.programs
        onward = self._slopes_beyond(prices)
        arrival = np.arange(network.periods)[None, :] + network.line_lead[:, None]
        inside = arrival < network.periods
        kept = onward[network.line_cell[:, None], np.minimum(arrival, network.periods - 1)]
        tariffs = network.fees.tariffs
        cheapest = np.where(np.isfinite(tariffs.starts), tariffs.prices, np.inf).min(axis=1)[network.line_offer][:, None]
        goods = rates * network.line_rate[:, None] * cheapest
        rest = rates * network.fees.unit_freight + prices.unit + duals.load[network.line_group] * network.fees.load[:, None]
        rest = rest + prices.goods[network.group_supplier[network.line_group]] * cheapest
        rest = rest + self.draws.beyond(network.line_fraction[:, None] * kept, self.aim.supply + prices.peak)
        room = np.where(goods > 0.0, 1.0 + rest / np.where(goods > 0.0, goods, 1.0), np.inf)
        room = np.where(inside & network.line_allowed, room, np.inf)
        most = np.full((len(network.group_supplier), network.periods), np.inf)
        np.minimum.at(most, network.line_group, room)
        assert programs.top.shape == (network.n_cells,)
        return most - 1e-9

    def _slopes_beyond(self, prices: LimitPrices) -> Array:
        """Least that a unit above all useful levels costs from each period on, shape (C, T) [money per unit]."""
        cells, top = self.programs.cells, self.programs.top
        supply, short = self.aim.supply, self.short_costs(prices)
        below = np.maximum(top - 1, 0)
        at = cells.table[:, None] + np.arange(self.network.periods)[None, :] * cells.levels[:, None]
        width = (np.maximum(top - below, 1) * cells.grain)[:, None]
        fall = (cells.short[at + top[:, None]] - cells.short[at + below[:, None]]).astype(float) / width
        fall_before = (cells.before[at + top[:, None]] - cells.before[at + below[:, None]]).astype(float) / width
        flat = (top == below)[:, None]
        fall, fall_before = np.where(flat, -1.0, fall), np.where(flat, -1.0, fall_before)
        slopes = supply + prices.peak + short * fall + prices.peak * fall_before
        if self.network.n_moves:
            least = np.full((int(self.programs.component.max()) + 1, slopes.shape[1]), np.inf)
            np.minimum.at(least, self.programs.component, slopes)
            slopes = least[self.programs.component]
        onward: Array = np.cumsum(slopes[:, ::-1], axis=1)[:, ::-1]
        return onward


def _stacked(lines: Array, moves: Array) -> Array:
    return np.concatenate([lines, moves])
