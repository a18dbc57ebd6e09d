"""What supply can be relied on: expected receipts, and receipts drawn where a supplier may be late or short.

Under a law with window P the receipts of period t whose nominal arrival lies before t - P + 1 count as expected: at
their mean share, on time. Later ones are random, early ones included (section 2 of the plan format). So the
supply of draw k is the expected supply plus what each order in the window brings more or less than expected.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.plan.table import coded, numbers
from procure.plan.terms import whole_periods
from procure.uncertainty.draws import Source, nominal_receipt_days, order_draws, receipt_draws

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

PURPOSE = "plan"
"""Key of the draws that plans are made with; simulations draw under another one."""


@dataclass(frozen=True, eq=False)
class OrderDraws:
    """What may become of the orders of one cell: J possible orders at uncertain terms, K draws.

    Attributes
    ----------
    lines, periods
        Line and order period of each, shape (J,).
    arrival
        Period first served, shape (J, K).
    share
        Share delivered, shape (J, K); its mean is the mean delivered fraction.
    nominal
        Nominal arrival, shape (J,).
    open_units, open_nominal, open_arrival
        Quantity, nominal and drawn arrival of the open orders whose receipt date is uncertain, shape (N,), (N,)
        and (N, K).
    """

    lines: Indices
    periods: Indices
    arrival: Indices
    share: Array
    nominal: Indices
    open_units: Array
    open_nominal: Indices
    open_arrival: Indices

    @property
    def runs(self) -> int:
        """K, the number of draws."""
        return int(self.open_arrival.shape[1])


@dataclass(frozen=True, eq=False)
class RandomSupply:
    """Random supply of one cell under a window.

    Attributes
    ----------
    draws
        What becomes of orders.
    window
        Periods whose receipts are random.
    expected
        Share of each order expected by each period, shape (J, T).
    surprise
        Units that open orders bring more than expected, shape (T, K); None where they are certain.
    """

    draws: OrderDraws
    window: int
    expected: Array
    surprise: Array | None

    def supply(self, ordered: Array, expected: Array) -> Array:
        """Supply of each draw, shape (T, K) [units].

        Parameters
        ----------
        ordered
            Units of each possible order, shape (J,).
        expected
            Expected supply of the cell, shape (T,).
        """
        paths = np.repeat(expected[:, None], self.draws.runs, axis=1)
        if self.surprise is not None:
            paths += self.surprise
        for j in np.flatnonzero(ordered):
            paths += ordered[j] * self.surprise_of(int(j))
        return paths

    def surprise_of(self, order: int) -> Array:
        """Share of an order delivered by each period, less what is expected, shape (T, K)."""
        periods = np.arange(self.expected.shape[1])[:, None]
        draws = self.draws
        here = (draws.arrival[order] <= periods) * draws.share[order] - self.expected[order][:, None]
        return np.where(periods < draws.nominal[order] + self.window, here, 0.0)

    def slopes(self, weights: Array) -> Array:
        """Mean over draws of weight times surprise, for each order, shape (J, T).

        Parameters
        ----------
        weights
            Weight of each period and draw, shape (T, K).
        """
        periods = np.arange(len(weights))
        draws, runs = self.draws, weights.shape[1]
        found = np.zeros_like(self.expected)
        mean = weights.mean(axis=1)
        for t in periods:
            inside = (t < draws.nominal + self.window) & (draws.periods <= t)
            arrived = (draws.arrival[inside] <= t) * draws.share[inside]
            found[inside, t] = arrived @ weights[t] / runs - self.expected[inside, t] * mean[t]
        return found

    def ordered(self, orders: Array) -> Array:
        """Pick the units of the cell's uncertain orders out of all orders, shape (J,)."""
        units: Array = orders[self.draws.lines, self.draws.periods]
        return units


@dataclass(frozen=True, eq=False)
class Deliveries:
    """What orders and open orders bring under a law.

    Attributes
    ----------
    opening
        Expected supply without any order, shape (C, T) [units].
    expected
        By line whose terms are uncertain: share of an order expected by each period, shape (order period, T).
    cells
        Random supply by cell.
    """

    opening: Array
    expected: dict[int, Array] = field(default_factory=dict)
    cells: dict[int, RandomSupply] = field(default_factory=dict)


def uncertain_lines(network: Network) -> NDArray[np.bool_]:
    """Lines whose lead time or delivered fraction is random, shape (L,)."""
    random = np.zeros(len(network.offers), dtype=bool)
    for name in ("lead_time", "delivered_fraction"):
        random |= coded(network.offers, name).each(lambda value: value.is_random, bool)
    found: NDArray[np.bool_] = random[network.line_offer]
    return found & network.line_allowed.any(axis=1)


def draw_orders(network: Network) -> dict[int, OrderDraws]:
    """Draw lead times, delivered fractions and receipt dates of every cell where any of them is random."""
    policy = network.plan.policy
    source = Source(PURPOSE, policy.seed, policy.scenarios, stratified=True)
    lines = np.flatnonzero(uncertain_lines(network))
    receipts = _uncertain_receipts(network)
    cells = sorted({*network.line_cell[lines].tolist(), *receipts})
    return {cell: _draw(network, source, cell, lines, receipts.get(cell, [])) for cell in cells}


def _draw(network: Network, source: Source, cell: int, lines: Indices, receipts: list[int]) -> OrderDraws:
    plan = network.plan
    mine = [(int(k), int(t)) for k in lines[network.line_cell[lines] == cell] for t in _order_periods(network, int(k))]
    arrival = np.zeros((len(mine), source.runs), dtype=np.int64)
    share = np.zeros((len(mine), source.runs))
    for j, (line, period) in enumerate(mine):
        arrival[j], drawn = order_draws(network, source, line, period)
        share[j] = rescaled(drawn, float(network.line_fraction[line]))
    pairs = np.array(mine, dtype=np.int64).reshape(-1, 2)
    rows = [plan.open_orders[k] for k in receipts]
    due = [whole_periods(nominal_receipt_days(network, row), plan.period_days) for row in rows]
    return OrderDraws(
        lines=pairs[:, 0],
        periods=pairs[:, 1],
        arrival=arrival,
        share=share,
        nominal=pairs[:, 1] + network.line_lead[pairs[:, 0]],
        open_units=np.array([row.quantity for row in rows], dtype=float),
        open_nominal=np.array(due, dtype=np.int64),
        open_arrival=np.array([receipt_draws(network, source, k) for k in receipts], dtype=np.int64).reshape(
            len(rows), source.runs
        ),
    )


def _order_periods(network: Network, line: int) -> Indices:
    return np.flatnonzero(network.line_allowed[line])


def rescaled(drawn: Array, mean: float) -> Array:
    """Scale draws so that their mean is the given one; all are the mean if none of them is above 0."""
    total = float(drawn.mean())
    return drawn * (mean / total) if total > 0.0 else np.full_like(drawn, mean)


def _uncertain_receipts(network: Network) -> dict[int, list[int]]:
    """Open orders whose receipt date is uncertain, by cell."""
    found: dict[int, list[int]] = {}
    orders = network.plan.open_orders
    for k in np.flatnonzero((numbers(orders, "lead_time_sd") > 0.0) & (numbers(orders, "quantity") > 0.0)).tolist():
        found.setdefault(network.cell_at(orders[k].item, orders[k].warehouse), []).append(k)
    return found


def deliveries_of(network: Network, draws: dict[int, OrderDraws], window: Indices) -> Deliveries:
    """Work out expected and random supply under a window.

    Parameters
    ----------
    draws
        Draws of all cells with anything random.
    window
        P of each cell, shape (C,) [periods].
    """
    opening = network.opening.copy()
    found = Deliveries(opening)
    for cell, mine in draws.items():
        width = int(window[cell])
        late = _late_receipts(network, mine, width)
        opening[cell] += late.mean(axis=1)
        surprise = late - late.mean(axis=1, keepdims=True) if len(mine.open_units) else None
        found.cells[cell] = RandomSupply(mine, width, _expected_shares(network, mine, width), surprise)
    for supply in found.cells.values():
        for line in sorted(set(supply.draws.lines.tolist())):
            share = np.zeros((network.periods, network.periods))
            chosen = supply.draws.lines == line
            share[supply.draws.periods[chosen]] = supply.expected[chosen]
            found.expected[line] = share
    return found


def _expected_shares(network: Network, draws: OrderDraws, window: int) -> Array:
    """Share of each order that is expected by each period, shape (J, T)."""
    periods = np.arange(network.periods)
    share = np.zeros((len(draws.lines), network.periods))
    for t in periods:
        share[:, t] = ((draws.arrival <= t) * draws.share).mean(axis=1)
    mean = network.line_fraction[draws.lines][:, None]
    return np.where(periods[None, :] < (draws.nominal + window)[:, None], share, mean)


def _late_receipts(network: Network, draws: OrderDraws, window: int) -> Array:
    """Units that open orders bring by each period more than if all came on time, shape (T, K)."""
    periods = np.arange(network.periods)[:, None]
    more = np.zeros((network.periods, draws.runs))
    for units, nominal, arrival in zip(draws.open_units, draws.open_nominal, draws.open_arrival, strict=True):
        change = (arrival[None, :] <= periods) * 1.0 - (nominal <= periods)
        more += units * np.where(periods < nominal + window, change, 0.0)
    return more
