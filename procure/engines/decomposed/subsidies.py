"""How far orders may be made cheaper before it would pay to order without end.

C cells, L lines, G groups, T periods. FORMULATION.md, "Levels of the programs", has the argument.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.duals import LimitPrices
from procure.engines.decomposed.grouping import Grouping
from procure.engines.decomposed.programs import Programs

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

ROUNDED = 3e-7
"""Relative error of a table's values, rounded down to single precision."""


def most_subsidies(
    programs: Programs, stay: Array, prices: LimitPrices, rates: Array, load: Array, lines: Grouping
) -> Array:
    """Highest subsidy of each group at which no unit above the useful levels pays, shape (G, T).

    Parameters
    ----------
    stay
        Least that a unit ordered above the useful levels costs while it is there, shape (L, T).
    rates
        What a unit of goods and freight money of each line costs, shape (L, T).
    load
        Price of a unit of each group's container, shape (G, T).
    lines
        Lines by group.
    """
    network = programs.network
    fees, periods, group = network.fees, network.periods, network.line_group
    arrival = np.arange(periods)[None, :] + network.line_lead[:, None]
    other = rates * fees.unit_freight + prices.unit + load[group] * fees.load[:, None]
    other = other + stay
    value, goods = rates * network.line_rate[:, None], prices.goods[network.group_supplier[group]]
    room = np.full(value.shape, np.inf)
    for price in extreme_prices(programs):
        paid = value * price
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.minimum(room, np.where(paid > 0.0, 1.0 + (other + goods * price) / paid, np.inf))
    room = np.where((arrival < periods) & network.line_allowed, room, np.inf)
    return lines.least(room) - 1e-9


def extreme_prices(programs: Programs) -> tuple[Array, Array]:
    """Lowest and highest price of each line over its breaks, shape (L, 1) [supplier's currency]."""
    tariffs, offer = programs.network.fees.tariffs, programs.network.line_offer
    there = np.isfinite(tariffs.starts)
    lowest = np.where(there, tariffs.prices, np.inf).min(axis=1)[offer][:, None]
    highest = np.where(there, tariffs.prices, 0.0).max(axis=1)[offer][:, None]
    return lowest, highest


def slopes_beyond(programs: Programs, stock: tuple[Array, Array], prices: LimitPrices) -> Array:
    """Least that one more unit above all useful levels costs in each period, shape (C, T) [money per unit].

    Parameters
    ----------
    stock
        Cost of a unit of supply and of a unit short, shape (C, T) each.
    """
    supply, short = stock
    slopes: Array = supply + prices.peak + short * _fall(programs, _rows(programs))
    slopes += prices.peak * _fall(programs, programs.cells.earlier)
    return slopes


def onward_costs(programs: Programs, slopes: Array) -> Array:
    """Least that a unit above all useful levels costs from each period on, wherever lanes take it, shape (C, T)."""
    if programs.network.n_moves:
        slopes = _along_lanes(programs, slopes)
    onward: Array = np.cumsum(slopes[:, ::-1], axis=1)[:, ::-1]
    return onward


def _rows(programs: Programs) -> Indices:
    """Where the rows of units short of the demand up to each period begin, shape (C, T)."""
    cells = programs.cells
    rows: Indices = cells.table[:, None] + np.arange(programs.network.periods)[None, :] * cells.levels[:, None]
    return rows


def _fall(programs: Programs, at: Indices) -> Array:
    """Least slope of units short above `Programs.top`, shape (C, T): a secant below it, rounding allowed for.

    Parameters
    ----------
    at
        Where the rows of units short begin, shape (C, T).
    """
    cells, top, table = programs.cells, programs.top, programs.cells.short
    below = np.maximum(top - 1, 0)
    upper, lower = table[at + top[:, None]].astype(float), table[at + below[:, None]].astype(float)
    least = upper - lower * (1.0 + ROUNDED) - 1e-9
    slope = least / (np.maximum(top - below, 1) * cells.grain)[:, None]
    fall: Array = np.maximum(np.where((top == below)[:, None], -1.0, slope), -1.0)
    return fall


def _along_lanes(programs: Programs, slopes: Array) -> Array:
    """A unit may move to where it costs least, and costs nothing on its way."""
    cheapest = np.full((int(programs.component.max()) + 1, slopes.shape[1]), np.inf)
    np.minimum.at(cheapest, programs.component, slopes)
    cheapest[:, :-1] = np.minimum(cheapest[:, :-1], 0.0)
    linked = np.bincount(programs.component, minlength=len(cheapest))[programs.component] > 1
    value: Array = np.where(linked[:, None], cheapest[programs.component], slopes)
    return value
