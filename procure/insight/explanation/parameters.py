r"""Reorder points and safety stocks that the plan implies, for a system that orders by them.

Per item and warehouse: the demand, and what is shipped to other warehouses, over lead time and review period; the
reorder point that is best by the plan's own costs against its uncertainty; and the lot that the plan orders. The
reorder point s is the least, and not below the mean demand, with

.. math:: \frac{1}{Q} \int_s^{s+Q} P(D > y) dy = \frac{E(D - s)^+ - E(D - s - Q)^+}{Q} \le \frac{h}{h + b}

D the demand over lead time and review period, Q the lot, h and b the costs of a unit on hand and of a unit backordered
for a period: the best of an (s, Q) policy (Zipkin, Foundations of Inventory Management, 2000, chapter 6). Where
customers do not wait, P(D > s) <= h Q / (h Q + b d), d the mean demand per period (Nahmias, Production and Operations
Analysis, 2009, chapter 5). Everything is worked out on arrays, so that a million cells need no records. C cells.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from procure.insight.explanation.sources import Sources, sources_of
from procure.plan.network import Network
from procure.plan.table import numbers
from procure.solution.decision import Decision
from procure.solution.lot_marks import raised
from procure.solution.tables import PARAMETER_COLUMNS
from procure.uncertainty import families

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

BLOCK = 50_000
"""Cells worked out at once."""
HALVINGS = 40
SPREADS = 12.0
"""Standard deviations above the mean at which the search for a reorder point ends."""
DECIMALS = 2


def parameters(network: Network, decision: Decision) -> pd.DataFrame:
    """Table of `PARAMETER_COLUMNS`, one row per item and warehouse that is asked for something and has a source.

    Parameters
    ----------
    network
        The plan in numbers.
    decision
        What it orders and ships.

    Returns
    -------
    DataFrame
        Units; `supplier` is empty where the usual source is another warehouse. reorder_point = lead_time_demand +
        safety_stock; order_up_to = reorder_point + the lot.
    """
    sources = sources_of(network, decision)
    mean, variance = _demand_over(network, sources)
    lot = _lots(network, sources)
    reorder = np.zeros(len(sources.cell))
    for start in range(0, len(reorder), BLOCK):
        part = slice(start, start + BLOCK)
        rate = sources.mean[part].mean(axis=1)
        reorder[part] = _reorder_points(network, sources.cell[part], rate, mean[part], variance[part], lot[part])
    shown, reorder = np.round(mean, DECIMALS), np.maximum(reorder, mean)
    step = sources.multiple
    whole = (step > 0.0) & (step == np.floor(step))
    reorder = np.where(whole, np.ceil(reorder - 1e-6), np.round(reorder, DECIMALS))
    items, warehouses = (np.array(names, dtype=object) for names in network.names)
    suppliers = np.array([*(supplier.supplier for supplier in network.suppliers), ""], dtype=object)
    columns = (
        items[network.cell_item[sources.cell]],
        warehouses[network.cell_warehouse[sources.cell]],
        suppliers[sources.supplier],
        reorder,
        np.round(reorder + lot, DECIMALS),
        np.round(np.maximum(reorder - shown, 0.0), DECIMALS),
        shown,
    )
    return pd.DataFrame(dict(zip(PARAMETER_COLUMNS, columns, strict=True)))


def _demand_over(network: Network, sources: Sources) -> tuple[Array, Array]:
    """Mean and variance of the demand of the next lead time and review period, shape (C,) each.

    Parts of a period count pro rata; beyond the horizon demand goes on at its mean. A lead time that varies adds its
    variance times the demand per period squared.
    """
    span = (sources.lead_days + sources.review_days) / network.plan.period_days
    mean, variance = _running(sources.mean, span), _running(sources.variance, span)
    rate = mean / np.maximum(span, 1e-9)
    return mean, variance + (rate * sources.lead_sd / network.plan.period_days) ** 2


def _running(values: Array, span: Array) -> Array:
    """Sum over the first `span` periods of each row, parts of a period pro rata, shape (C,)."""
    periods = values.shape[1]
    sums = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    inside = np.minimum(span, periods)
    low = np.minimum(inside.astype(np.int64), periods - 1)
    row = np.arange(len(values))
    known = sums[row, low] + (inside - low) * values[row, low]
    total: Array = known + np.maximum(span - periods, 0.0) * values.mean(axis=1)
    return total


def _lots(network: Network, sources: Sources) -> Array:
    """Units of a usual order: the plan's mean one; else the economic one, by multiple and minimum, shape (C,)."""
    rate = sources.mean.mean(axis=1)
    least = rate * sources.review_days / network.plan.period_days
    holding = network.holding[network.cell_item[sources.cell]]
    with np.errstate(divide="ignore", invalid="ignore"):
        economic = np.sqrt(2.0 * sources.order_cost * rate / holding)
    economic = np.where(np.isfinite(economic), economic, 0.0)
    wanted = np.where(sources.usual > 0.0, sources.usual, np.maximum(economic, least))
    lot = np.minimum(np.maximum(wanted, sources.least), sources.most)
    smallest = np.where(sources.multiple > 0.0, sources.multiple, 1e-6)
    found: Array = np.maximum(raised(lot, sources.multiple), smallest)
    return found


def _reorder_points(network: Network, cell: Indices, rate: Array, mean: Array, variance: Array, lot: Array) -> Array:
    """Best reorder point of each cell, at least what its own safety stock or service level asks for, shape (C,)."""
    family = families.choose_family(network.plan.policy.distribution, mean, variance)
    item = network.cell_item[cell]
    holding, waiting = network.holding[item], network.unmet_cost[cell]
    lost = network.lost[cell]
    with np.errstate(divide="ignore", invalid="ignore"):
        allowed = np.where(lost, holding * lot / (holding * lot + waiting * rate), holding / (holding + waiting))
    allowed = np.where(np.isnan(allowed), 1.0, allowed)

    def short(point: Array) -> Array:
        """Share of the time, or of the cycles, without stock."""
        if not lost.any():
            return _mean_tail(family, mean, variance, point, lot)
        waits = _mean_tail(family, mean, variance, point, lot)
        return np.where(lost, families.tail(family, mean, variance, point), waits)

    low = np.zeros(len(cell))
    high: Array = mean + SPREADS * np.sqrt(np.maximum(variance, mean)) + 1.0
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        enough = short(middle) <= allowed
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.maximum(high, _asked_for(network, item, family, mean, variance))


def _mean_tail(family: NDArray[np.int8], mean: Array, variance: Array, point: Array, lot: Array) -> Array:
    """P(D > y), as a mean over y from the point to a lot above it."""
    above = families.loss(family, mean, variance, point) - families.loss(family, mean, variance, point + lot)
    value: Array = above / lot
    return value


def _asked_for(network: Network, item: Indices, family: NDArray[np.int8], mean: Array, variance: Array) -> Array:
    """Reorder point that an item's own safety stock and service level ask for; 0 where it has neither."""
    stock = numbers(network.items, "safety_stock", 0.0)[item]
    level = numbers(network.items, "service_level")[item]
    asked: Array = np.where(stock > 0.0, mean + stock, 0.0)
    served = np.flatnonzero(~np.isnan(level))
    if len(served):
        quantile = families.quantile(family[served], mean[served], variance[served], level[served])
        asked[served] = np.maximum(asked[served], quantile)
    return asked
