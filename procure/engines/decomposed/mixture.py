"""The best mixture of plans that a local search finds: one for each component, under everything shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.mixing import Columns, Headers, State, flip_headers, put_in, shut_headers, switch_parts
from procure.engines.decomposed.plan_uses import money_rows
from procure.engines.decomposed.pool import Plans
from procure.plan.network import Network
from procure.solution.limits import Limits

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

SWEEPS = 10
"""Most sweeps over all components in a row."""
AT_A_TIME = 200
"""Headers that are tried between two looks at the clock."""
PARTS_AT_A_TIME = 50_000
"""Components that are visited between two looks at the clock."""
MOST_SWEPT, UNDECIDED = 20_000, 0.2
"""Components above which most sweeps visit the least decided only, and the share that these are."""
TOO_MUCH = 1e-7
"""Relative excess of a row that counts as none."""
ROUNDS = 12
"""Most times that weights of overdrawn rows are raised."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """A choice of plans, what it costs, and whether it keeps every row and every order's rules."""

    rows: Indices
    cost: float
    keeps: bool


class Mixer:
    """Local search over plans.

    Parameters
    ----------
    plans
        At least one for each component.
    count
        Number of components.
    headers
        Terms of purchase orders and trips.
    allowed
        Most use of each shared row.
    prices
        Price of each shared row; overdrawing costs a multiple.
    cost
        What each plan costs at the prices, shape (N,): the cheapest are tried first.
    """

    def __init__(
        self, plans: Plans, count: int, headers: Headers, allowed: Array, prices: Array, cost: Array
    ) -> None:
        self._order = np.lexsort((cost, plans.part)).astype(np.int64)
        self.columns = _columns(plans.take(self._order), count)
        self.headers, self.allowed = headers, allowed
        high = max(float(prices.max(initial=0.0)), 1e-3)
        self._weight = np.maximum(3.0 * prices, 1e-3 * high)
        self._n_headers = len(headers.fee) * headers.periods
        self._member_at, self._member = self._members()
        has_rule = (self.headers.fee > 0.0) | (self.headers.least > 0.0) | (self.headers.size > 0.0)
        used = np.flatnonzero(np.diff(self._member_at))
        self._flippable = used[has_rule[used // headers.periods]]
        self._margin = np.zeros(count)

    def _members(self) -> tuple[Indices, Indices]:
        """Components with a plan on each header."""
        columns = self.columns
        part = np.repeat(np.arange(len(columns.part) - 1), np.diff(columns.part))
        owner = np.repeat(part, np.diff(columns.order_at))
        pairs = np.unique(columns.header * len(columns.part) + owner)
        header, member = pairs // len(columns.part), pairs % len(columns.part)
        at = np.zeros(self._n_headers + 1, dtype=np.int64)
        np.cumsum(np.bincount(header, minlength=self._n_headers), out=at[1:])
        return at, member

    def rounds(self, start: Indices, over: Callable[[], bool]) -> Iterator[Mixture]:
        """Improve a choice until nothing helps, with weights that grow where a row stays overdrawn.

        First components alone, until every row is kept, then whole headers, too: in a large plan these take minutes.
        Each mixture that keeps everything is told if it is better than those before, or the last one if none does.
        """
        where = np.empty(len(self._order), dtype=np.int64)
        where[self._order] = np.arange(len(self._order))
        chosen = np.sort(where[start])
        weight, penalty, best = self._weight.copy(), 0.5, None
        flip = False
        for _ in range(ROUNDS):
            state = self._state(chosen, weight, penalty)
            self._flip(self._broken(state), state, weight, penalty, over)
            self._descend(state, weight, penalty, over, flip=flip)
            self._shut(state, weight, penalty)
            chosen = state.chosen.copy()
            mixture = self._mixture(self._state(chosen, weight, penalty))
            if mixture.keeps and (best is None or mixture.cost < best.cost):
                best = mixture
                yield mixture
            if over() or (mixture.keeps and flip):
                break
            flip = flip or mixture.keeps
            weight = np.where(self._overdrawn(state), weight * 3.0, weight)
            penalty *= 1.0 if mixture.keeps else 3.0
        if best is None:
            yield mixture

    def _descend(
        self, state: State, weight: Array, penalty: float, over: Callable[[], bool], *, flip: bool
    ) -> None:
        least = -1e-5 * max(abs(float(self.columns.cost[state.chosen].sum())), 1.0)
        for sweep in range(SWEEPS):
            gained = self._sweep(self._undecided(sweep), state, weight, penalty, over)
            if flip:
                gained += self._flip(self._flippable, state, weight, penalty, over)
            if over() or gained > least:
                return

    def _undecided(self, sweep: int) -> Indices:
        """Components to visit: all in every third sweep, else those of many that were nearest to another choice."""
        count = len(self._margin)
        if sweep % 3 == 0 or count <= MOST_SWEPT:
            return np.arange(count)
        return np.flatnonzero(self._margin <= np.quantile(self._margin, UNDECIDED))

    def _sweep(
        self, these: Indices, state: State, weight: Array, penalty: float, over: Callable[[], bool]
    ) -> float:
        """Give each of these components its best plan; returns how the objective changes."""
        gained = 0.0
        for k in range(0, len(these), PARTS_AT_A_TIME):
            gained += switch_parts(
                these[k : k + PARTS_AT_A_TIME], self.columns, self.headers, state, self.allowed, weight, penalty,
                self._margin,
            )  # fmt: skip
            if over():
                break
        return gained

    def _flip(self, these: Indices, state: State, weight: Array, penalty: float, over: Callable[[], bool]) -> float:
        """Try to flip headers; returns how the objective changes."""
        scratch, gained = np.zeros(len(state.chosen), dtype=np.int64), 0.0
        for k in range(0, len(these), AT_A_TIME):
            if over():
                break
            gained += flip_headers(
                these[k : k + AT_A_TIME], self._member_at, self._member, self.columns, self.headers, state,
                self.allowed, weight, penalty, scratch, self._margin,
            )  # fmt: skip
        return gained

    def _shut(self, state: State, weight: Array, penalty: float) -> None:
        """Clear purchase orders that break their rules and that no single choice mends, if limits are kept by then."""
        if self._overdrawn(state).any():
            return
        shut = np.zeros(self._n_headers, dtype=bool)
        while len(broken := [h for h in self._broken(state) if not shut[h]]):
            shut_headers(
                np.array(broken), self._member_at, self._member, self.columns, self.headers, state, self.allowed,
                weight, penalty, shut,
            )  # fmt: skip

    def _overdrawn(self, state: State) -> NDArray[np.bool_]:
        over: NDArray[np.bool_] = state.use > self.allowed + TOO_MUCH * np.maximum(np.abs(self.allowed), 1e-3)
        return over

    def _broken(self, state: State) -> Indices:
        """Placed purchase orders that break their own rules."""
        headers, placed = self.headers, np.flatnonzero(state.count > 0)
        owner = placed // headers.periods
        goods = state.goods[placed]
        broken = (goods < headers.least[owner] * (1.0 - 1e-9)) | (goods > headers.most[owner])
        size = np.where(headers.size[owner] > 0.0, headers.size[owner], 1.0)
        boxes = np.ceil(state.load[placed] / size - 1e-9)
        lack = (boxes - 1.0 + headers.fill[owner]) * size - state.load[placed]
        broken |= (headers.size[owner] > 0.0) & (state.load[placed] > 1e-9) & (lack > 1e-7 * size)
        return np.asarray(placed[broken])

    def _state(self, chosen: Indices, weight: Array, penalty: float) -> State:
        n = self._n_headers
        state = State(chosen.copy(), np.zeros(len(self.allowed)), np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n))
        put_in(chosen, self.columns, self.headers, state, self.allowed, weight, penalty)
        return state

    def _mixture(self, state: State) -> Mixture:
        kept = not self._overdrawn(state).any() and not len(self._broken(state))
        return Mixture(self._order[state.chosen], self._cost(state), kept)

    def _cost(self, state: State) -> float:
        """Objective of a choice without any penalty."""
        n, free = self._n_headers, np.zeros_like(self.allowed)
        fresh = State(
            state.chosen, np.zeros(len(self.allowed)), np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros(n)
        )
        return float(put_in(state.chosen, self.columns, self.headers, fresh, self.allowed, free, 0.0))


def _columns(plans: Plans, count: int) -> Columns:
    part = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(plans.part, minlength=count), out=part[1:])
    return Columns(
        part=part,
        cost=plans.cost,
        row_at=plans.use.at,
        row=plans.use.data[0],
        amount=plans.use.data[1],
        order_at=plans.orders.at,
        header=plans.orders.data[0],
        goods=plans.orders.data[1],
        load=plans.orders.data[2],
    )


def headers_of(network: Network, limits: Limits, worth: float) -> Headers:
    """Terms of purchase orders and lane trips, in plan currency.

    Parameters
    ----------
    limits
        The shared rows, period by period.
    worth
        What money of purchase orders and trips counts.
    """
    fees, lanes = network.fees, len(network.lanes)
    n_groups = len(network.group_supplier)
    rate = np.ones(n_groups)
    rate[network.line_group] = network.line_rate
    scale = np.ones(n_groups)
    np.minimum.at(scale, network.line_group, network.line_fraction)
    found = [np.isfinite(least[:, 0]) for least, _ in fees.tiers]
    there = np.array(found, dtype=bool).reshape(len(found), n_groups)
    starts = np.array([least[:, 0] * rate for least, _ in fees.tiers]).reshape(len(found), n_groups)
    savings = np.array([discount[:, 0] for _, discount in fees.tiers]).reshape(len(found), n_groups)
    tier_at = np.zeros(n_groups + lanes + 1, dtype=np.int64)
    np.cumsum(np.concatenate([there.sum(axis=0), np.zeros(lanes, dtype=np.int64)]), out=tier_at[1:])
    money_at, money = money_rows(network, limits, ("order_budget", "cash"))
    relief_at, relief = money_rows(network, limits, ("order_budget",))
    trip = np.array([lane.fixed_cost for lane in network.lanes], dtype=float)
    deposit, delay = np.full(n_groups, np.inf), np.zeros(n_groups, dtype=np.int64)
    np.minimum.at(deposit, network.line_group, fees.deposit)
    np.maximum.at(delay, network.line_group, fees.balance_delay)
    cash = [k for k, limit in enumerate(limits) if limit.kind == "cash"]
    size = np.where(np.isfinite(fees.container_size[:, 0]), fees.container_size[:, 0], 0.0)

    def with_lanes(values: Array, of_lanes: float) -> Array:
        return np.concatenate([values, np.full(lanes, of_lanes)])

    return Headers(
        periods=network.periods,
        worth=worth,
        fee=np.concatenate([fees.order_fee[:, 0], trip]),
        least=with_lanes(fees.least_goods[:, 0] * rate, 0.0),
        most=with_lanes(fees.most_goods[:, 0] * rate, np.inf),
        tier_at=tier_at,
        start=starts.T[there.T],
        saving=savings.T[there.T],
        size=with_lanes(size, 0.0),
        container=with_lanes(fees.container_cost[:, 0], 0.0),
        fill=with_lanes(fees.minimum_fill[:, 0], 0.0),
        scale=with_lanes(scale, 1.0),
        money_at=money_at,
        money=money,
        relief_at=relief_at,
        relief=relief,
        cash=cash[0] * network.periods if cash else -1,
        deposit=with_lanes(deposit, 0.0),
        delay=np.concatenate([delay, np.zeros(lanes, dtype=np.int64)]),
    )
