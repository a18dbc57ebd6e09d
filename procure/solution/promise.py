"""What a decision promises: cost, backorders, service and stock with all surprises counted, as an open loop meets them.

Stocks are valued apart from the draws that the decision was made on (`open_loop`); what is spent on orders is the same
under every law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from procure.solution.ledger import Laws, Ledger, stock_costs
from procure.solution.open_loop import OpenLoopStocks, open_loop_stocks
from procure.solution.stocks import Stocks

Array = NDArray[np.float64]
Weights = tuple[Array | float, Array | float, Array | float]
"""Of backorders, stock on hand and peak stock, each to be broadcast to (C, T)."""


@dataclass(frozen=True, eq=False)
class Promise:
    """Promised figures of an open loop.

    Attributes
    ----------
    ledger
        The decision with all surprises counted. The safety stock's penalty is the plan's own: no world charges it.
    figures
        Cost by part and `total` [plan currency]; `backorders` and `on_hand` [unit-periods]; `end_units` [units];
        `fill_rate`, served from stock over mean demand, 1 without demand.
    errors
        Standard errors of those that draws value; 0 for all others.
    """

    ledger: Ledger
    figures: dict[str, float]
    errors: dict[str, float]

    @property
    def stocks(self) -> Stocks:
        """Expected stocks and backorders."""
        return self.ledger.stocks


def promise_of(planned: Ledger, laws: Laws) -> Promise:
    """Work out what a decision promises.

    Parameters
    ----------
    planned
        The decision as the plan's own `uncertainty` counts it.
    laws
        Laws of the plan.
    """
    found = open_loop_stocks(planned.network, laws, planned.decision)
    cost = {**planned.cost, **stock_costs(planned.network, laws, found.stocks)}
    cost["safety_stock"] = planned.cost["safety_stock"]
    ledger = replace(planned, stocks=found.stocks, cost=cost)
    return Promise(ledger, _figures(ledger), _errors(ledger, found))


def _figures(ledger: Ledger) -> dict[str, float]:
    stocks, demand = ledger.stocks, float(ledger.network.mean.sum())
    return {
        **ledger.cost,
        "total": ledger.total,
        "backorders": float(stocks.backorders.sum()),
        "end_units": float(stocks.backorders[:, -1].sum()),
        "fill_rate": float((stocks.peak - stocks.on_hand).sum()) / demand if demand > 0.0 else 1.0,
        "on_hand": float(stocks.on_hand.sum()),
    }


def _errors(ledger: Ledger, found: OpenLoopStocks) -> dict[str, float]:
    errors = dict.fromkeys(_figures(ledger), 0.0)
    if found.batches:
        errors |= {name: found.error(*weights) for name, weights in _weights(ledger)}
    return errors


def _weights(ledger: Ledger) -> Iterator[tuple[str, Weights]]:
    """How each figure is made of backorders, stock on hand and peak stock."""
    network = ledger.network
    item = network.cell_item
    last = np.zeros(network.periods)
    last[-1] = 1.0
    holding, unmet = network.holding[item][:, None], network.unmet_cost[:, None]
    owed, credit = network.owed[:, None] * last, network.credit[item][:, None] * last
    demand = float(network.mean.sum())
    yield "holding", (0.0, holding, 0.0)
    yield "backorder", (unmet, 0.0, 0.0)
    yield "terminal", (owed, -credit, 0.0)
    yield "total", (unmet + owed, holding - credit, 0.0)
    yield "backorders", (1.0, 0.0, 0.0)
    yield "end_units", (last, 0.0, 0.0)
    yield "on_hand", (0.0, 1.0, 0.0)
    if demand > 0.0:
        yield "fill_rate", (0.0, -1.0 / demand, 1.0 / demand)
