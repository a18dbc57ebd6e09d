"""The law of a cell's supply when orders are late or short: exact, without draws.

Orders and open orders are late and short independently of each other, so what has arrived by a period is a sum of
independent amounts, each with few values. For backorders and stock of customers who wait nothing else is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from procure.plan.distributions import LeadTime
from procure.plan.network import Network
from procure.plan.terms import ROUNDING
from procure.uncertainty.draws import nominal_receipt_days

Array = NDArray[np.float64]
Values = tuple[Array, Array]
"""Values of a random amount and their probabilities."""

SETTLED = 1.0 - 1e-9
"""Probability from which an arrival counts as there for good."""

VALUES = 400
"""Most values of a supply that are kept; nearby ones are put together at their mean."""


@dataclass(frozen=True, eq=False)
class Arrival:
    """An order or open order of which time or share is uncertain.

    Attributes
    ----------
    line, period
        Order line and period; None and the position among the plan's open orders for one of these.
    ordered
        Units ordered.
    units, chance
        Units that it may bring, and how likely each is, shape (S,).
    there
        Probability that it has arrived by each period, shape (T,).
    counted
        Units that `Network.opening` counts of it by each period, shape (T,).
    """

    line: int | None
    period: int
    ordered: float
    units: Array
    chance: Array
    there: Array
    counted: Array

    @property
    def expected(self) -> Array:
        """Units expected by each period, shape (T,)."""
        return float(self.units @ self.chance) * self.there


def arrivals(network: Network, orders: Array) -> dict[int, list[Arrival]]:
    """Uncertain arrivals by cell, those of open orders first.

    Parameters
    ----------
    orders
        Units ordered by line and period, shape (L, T).
    """
    found: dict[int, list[Arrival]] = {}
    for k, row in enumerate(network.plan.open_orders):
        if row.lead_time_sd > 0.0 and row.quantity > 0.0:
            found.setdefault(network.cell_at(row.item, row.warehouse), []).append(_open_order(network, k))
    for line, period in np.argwhere(orders > 0.0).tolist():
        offer = network.offers[network.line_offer[line]]
        if offer.lead_time.is_random or offer.delivered_fraction.is_random:
            arrival = _order(network, line, period, float(orders[line, period]))
            found.setdefault(int(network.line_cell[line]), []).append(arrival)
    return found


def _open_order(network: Network, order: int) -> Arrival:
    """An open order whose error is normal; it never comes before the start."""
    row = network.plan.open_orders[order]
    nominal, days = nominal_receipt_days(network, row), _days(network, network.periods)
    there = special.ndtr((days - nominal) / row.lead_time_sd)
    counted = np.where(days >= nominal - ROUNDING, row.quantity, 0.0)
    return Arrival(None, order, row.quantity, np.array([row.quantity]), np.ones(1), there, counted)


def _order(network: Network, line: int, period: int, quantity: float) -> Arrival:
    offer = network.offers[network.line_offer[line]]
    share, chance = np.array(offer.delivered_fraction.points or ((offer.delivered_fraction.mean, 1.0),)).T
    there = np.zeros(network.periods)
    there[period:] = _lead_chances(offer.lead_time, _days(network, network.periods - period))
    return Arrival(line, period, quantity, quantity * share, chance, there, np.zeros(network.periods))


def _days(network: Network, periods: int) -> Array:
    """Days after which 0, 1, ... periods are over."""
    return np.arange(periods, dtype=np.float64) * network.plan.period_days


def _lead_chances(lead: LeadTime, days: Array) -> Array:
    """P(lead time is at most so many days), whole ones; drawn lead times are rounded up to whole days."""
    if lead.points:
        values, chance = np.array(lead.points).T
        return np.asarray((values <= days[:, None] + ROUNDING) @ chance, dtype=np.float64)
    if lead.sd > 0.0:
        shape, scale = (lead.mean / lead.sd) ** 2, lead.sd**2 / lead.mean
        return np.asarray(special.gammainc(shape, days / scale), dtype=np.float64)
    return (days >= lead.mean - ROUNDING).astype(float)


def supply_law(sure: Array, uncertain: list[Arrival]) -> tuple[Array, Array]:
    """Values of the supply of each period and their probabilities, shape (T, n) each; 0 where there are fewer.

    Parameters
    ----------
    sure
        Supply without the uncertain arrivals, shape (T,) [units].
    """
    settled, waiting = (np.zeros(1), np.ones(1)), list(uncertain)
    laws = []
    for t, amount in enumerate(sure):
        for arrival in [a for a in waiting if a.there[t] >= SETTLED]:
            settled = _plus(settled, arrival, 1.0)
        waiting = [a for a in waiting if a.there[t] < SETTLED]
        values, chances = settled
        for arrival in waiting:
            values, chances = _plus((values, chances), arrival, float(arrival.there[t]))
        laws.append((amount + values, chances))
    return _stacked([values for values, _ in laws]), _stacked([chances for _, chances in laws])


def _stacked(rows: list[Array]) -> Array:
    """Rows of different lengths, filled up with 0."""
    table = np.zeros((len(rows), max(map(len, rows))))
    for row, values in zip(table, rows, strict=True):
        row[: len(values)] = values
    return table


def _plus(law: Values, arrival: Arrival, there: float) -> Values:
    """Law of a sum and an arrival that is there with some probability."""
    if there <= 0.0:
        return law
    units, chance = arrival.units, arrival.chance * there
    if there < 1.0:
        units, chance = np.append(units, 0.0), np.append(chance, 1.0 - there)
    values, chances = (law[0][:, None] + units).ravel(), (law[1][:, None] * chance).ravel()
    return _fewer(values, chances) if len(values) > VALUES else (values, chances)


def _fewer(values: Array, chances: Array) -> Values:
    """Put values of equal narrow intervals together at their mean, which keeps the mean of all."""
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return np.array([low]), np.array([float(chances.sum())])
    place = np.minimum(((values - low) / (high - low) * VALUES).astype(np.int64), VALUES - 1)
    weight = np.asarray(np.bincount(place, chances, VALUES), dtype=np.float64)
    total = np.bincount(place, chances * values, VALUES)
    filled = weight > 0.0
    kept: Array = weight[filled]
    return total[filled] / kept, kept
