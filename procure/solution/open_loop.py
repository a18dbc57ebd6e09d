"""What a decision promises when nobody can react until the end of the horizon: the figures an open loop must meet.

Plans are fitted to the draws that they are made on, and look better on them than anywhere else. So nothing here uses
those. Where customers wait, backorders and stock follow from the laws of demand and supply, exactly: demand whose sum
is of no family by Fourier series, supply that is late or short by the law of what has arrived. Where unmet demand is
lost they depend on whole paths; these are drawn afresh. C cells, T periods, B batches of draws; units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.decision import Decision
from procure.solution.stocks import Laws, Stocks, analytic, supply_from
from procure.uncertainty.arrivals import Arrival, arrivals, supply_law
from procure.uncertainty.deliveries import Deliveries
from procure.uncertainty.draws import Source, demand_draws, order_draws, receipt_draws
from procure.uncertainty.law import Law
from procure.uncertainty.lost import stocks_where_lost
from procure.uncertainty.sums import DemandSum, demand_sum, no_family

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

PURPOSE = "promise"
"""Key of the draws; neither plans nor simulations draw under it."""

BATCHES = 20
"""Batches of draws, each stratified for itself; what their means differ by tells how exact the promise is."""

DRAWS_PER_SCENARIO = 10
"""Draws for each of the `scenarios` that plans are made on."""

LEAST, MOST = 5_000, 20_000
"""Fewest and most draws of a cell."""

SERIES = 10_000
"""Most cells whose demand is summed up by Fourier series, about a millisecond each; the others keep their family."""

BUDGET = 100_000_000
"""Draws of single periods in all cells together; beyond, each cell gets fewer, down to 50 a batch."""


@dataclass(frozen=True, eq=False)
class OpenLoopStocks:
    """Stocks of a decision with all surprises counted.

    Attributes
    ----------
    stocks
        Expected supply, backorders (or units lost in each period) and stock.
    batches
        By cell whose unmet demand is lost: mean backorders, on hand and peak stock of each batch of draws, shape
        (3, T, B) [units]. The other cells are exact.
    """

    stocks: Stocks
    batches: dict[int, Array] = field(default_factory=dict)

    def error(self, backorders: Array | float, on_hand: Array | float, peak: Array | float) -> float:
        """Return the standard error of a weighted sum of the stocks; 0 where nothing is drawn.

        Parameters
        ----------
        backorders, on_hand, peak
            Weights, to be broadcast to (C, T).
        """
        shape = self.stocks.supply.shape
        weights = [np.broadcast_to(weight, shape) for weight in (backorders, on_hand, peak)]
        totals = np.zeros(BATCHES)
        for cell, means in self.batches.items():
            for weight, mean in zip(weights, means, strict=True):
                totals += weight[cell] @ mean
        return float(totals.std(ddof=1)) / math.sqrt(BATCHES)


def open_loop_stocks(network: Network, laws: Laws, decision: Decision) -> OpenLoopStocks:
    """Compute what a decision leads to when nobody reacts."""
    law = laws.open_loop
    late_or_short = arrivals(network, decision.orders)
    receipts, supply = supply_from(network, _expected(network, late_or_short), decision)
    backorders, on_hand, peak = analytic(network, law, supply)
    unusual = _unusual(network, law)
    source, drawn = _source(network), dict[int, Array]()
    for cell in np.flatnonzero(_special(network, unusual, late_or_short)).tolist():
        uncertain = late_or_short.get(cell, [])
        if network.lost[cell]:
            drawn[cell] = _drawn(network, source, cell, supply[cell], uncertain)
            found = drawn[cell].mean(axis=2)
        else:
            demand = demand_sum(network, cell) if unusual[cell] else None
            found = _exact(law, cell, demand, supply[cell], uncertain)
        backorders[cell], on_hand[cell], peak[cell] = found
    stocks = Stocks(receipts, supply, backorders, np.maximum(on_hand, 0.0), np.maximum(peak, 0.0))
    return OpenLoopStocks(stocks, drawn)


def _unusual(network: Network, law: Law) -> Mask:
    """Cells with demand of no family, shape (C,): where they are very many, those whose demand varies most."""
    found = np.flatnonzero(no_family(network, law.family, law.mean, law.variance).any(axis=1))
    if len(found) > SERIES:
        found = found[np.argsort(-law.variance[found, -1], kind="stable")[:SERIES]]
    chosen = np.zeros(network.n_cells, dtype=bool)
    chosen[found] = True
    return chosen


def _special(network: Network, unusual: Mask, late_or_short: dict[int, list[Arrival]]) -> Mask:
    """Cells that the closed forms don't value: lost sales, uncertain supply, sums of no family."""
    special = network.lost | unusual
    special[list(late_or_short)] = True
    return special


def _expected(network: Network, late_or_short: dict[int, list[Arrival]]) -> Deliveries:
    """What orders and open orders are expected to bring, exactly."""
    opening = network.opening.copy()
    expected: dict[int, Array] = {}
    for cell, mine in late_or_short.items():
        for arrival in mine:
            if arrival.line is None:
                opening[cell] += arrival.expected - arrival.counted
                continue
            share = expected.setdefault(arrival.line, np.zeros((network.periods, network.periods)))
            share[arrival.period] = float(network.line_fraction[arrival.line]) * arrival.there
    return Deliveries(opening, expected)


def _sure(supply: Array, uncertain: list[Arrival]) -> Array:
    """Expected supply less what uncertain arrivals are expected to bring, shape (T,)."""
    return supply - sum((arrival.expected for arrival in uncertain), np.zeros_like(supply))


def _exact(law: Law, cell: int, demand: DemandSum | None, supply: Array, uncertain: list[Arrival]) -> Array:
    """Backorders, on hand and peak stock of a cell whose customers wait, shape (3, T).

    Parameters
    ----------
    demand
        Its cumulative demand, if that is of no family.
    supply
        Its expected supply, shape (T,).
    uncertain
        What of it is uncertain.
    """
    values, chances = supply_law(_sure(supply, uncertain), uncertain)
    periods = len(supply)

    def short(first: int) -> Array:
        """Expected shortfall of the demand up to `first` periods before each period, shape (T - first,)."""
        here = values[first:]
        if demand is None:
            loss = law.shortfall(cell, np.arange(periods - first)[:, None], here)
        else:
            loss = np.array([demand.loss(t, x) for t, x in enumerate(here)])
        found: Array = (loss * chances[first:]).sum(axis=1)
        return found

    backorders = short(0)
    peak = np.append(
        np.maximum(values[0], 0.0) @ chances[0], supply[1:] - law.expected[cell, :-1] + (short(1) if periods > 1 else 0)
    )
    return np.array([backorders, supply - law.expected[cell] + backorders, peak])


def _source(network: Network) -> Source:
    """The draws of a plan's cells whose unmet demand is lost."""
    policy = network.plan.policy
    wanted = min(max(DRAWS_PER_SCENARIO * policy.scenarios, LEAST), MOST)
    affordable = BUDGET // max(int(network.lost.sum()) * network.periods, 1)
    size = max(min(wanted, affordable) // BATCHES, 50)
    return Source(PURPOSE, policy.seed, BATCHES * size, stratified=True, batches=BATCHES)


def _drawn(network: Network, source: Source, cell: int, supply: Array, uncertain: list[Arrival]) -> Array:
    """Units lost, on hand and peak stock of a cell, mean of each batch, shape (3, T, B)."""
    paths = np.repeat(_sure(supply, uncertain)[:, None], source.runs, axis=1)
    periods = np.arange(network.periods)[:, None]
    for arrival in uncertain:
        came, units = _fate(network, source, arrival)
        paths += (came <= periods) * units
    demand = np.cumsum(demand_draws(network, source, cell), axis=0)
    stocks = np.array(stocks_where_lost(demand, paths))
    means: Array = stocks.reshape(*stocks.shape[:2], BATCHES, -1).mean(axis=3)
    return means


def _fate(network: Network, source: Source, arrival: Arrival) -> tuple[NDArray[np.int64], Array]:
    """Period of arrival and units of each draw, shape (K,) each."""
    if arrival.line is None:
        return receipt_draws(network, source, arrival.period), np.full(source.runs, arrival.ordered)
    came, share = order_draws(network, source, arrival.line, arrival.period)
    return came, share * arrival.ordered
