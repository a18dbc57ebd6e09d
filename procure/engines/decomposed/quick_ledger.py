"""A ledger whose stocks come from the programs' tables where supply lies on a level: good to seven digits, and fast.

Only for comparing plans; what is kept is priced by `keep_ledger`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.programs import Programs
from procure.engines.interface import Task
from procure.solution.bills import bills_of, payments_of, spend_of
from procure.solution.decision import Decision
from procure.solution.ledger import Ledger, keep_ledger, order_costs, stock_costs
from procure.solution.stocks import Stocks, supply_of

Array = NDArray[np.float64]


def quick_ledger(task: Task, programs: Programs, decision: Decision) -> Ledger:
    """Compute a decision's ledger, its stocks out of tables."""
    network = task.network
    if task.laws.planned.sampled:
        return keep_ledger(network, task.laws, decision)
    stocks = _stocks(task, programs, decision)
    bills = bills_of(network, decision)
    return Ledger(
        network=network,
        decision=decision,
        stocks=stocks,
        bills=bills,
        cost={**order_costs(network, decision, bills), **stock_costs(network, task.laws, stocks)},
        spend=spend_of(bills),
        payments=payments_of(network, bills),
    )


def _stocks(task: Task, programs: Programs, decision: Decision) -> Stocks:
    law, cells = task.laws.planned, programs.cells
    receipts, supply = supply_of(task.network, law, decision)
    level = (supply - cells.opening) / cells.grain[:, None]
    whole = np.rint(level)
    at = whole.astype(np.int64) + cells.start[:, None]
    inside = (np.abs(level - whole) < 1e-9) & (at >= 0) & (at < cells.levels[:, None])
    periods = np.arange(supply.shape[1])[None, :]
    at = np.clip(at, 0, cells.levels[:, None] - 1)
    rows = cells.table[:, None] + periods * cells.levels[:, None]
    short, before = cells.short[rows + at].astype(float), cells.short[cells.earlier + at].astype(float)
    off = np.nonzero(~inside)
    if len(off[0]):
        short[off] = law.shortfall(off[0], off[1], supply[off])
        earlier = np.maximum(-supply[off], 0.0)
        later = off[1] > 0
        earlier[later] = law.shortfall(off[0][later], off[1][later] - 1, supply[off][later])
        before[off] = earlier
    expected = law.expected
    peak = supply + before
    peak[:, 1:] -= expected[:, :-1]
    on_hand = supply - expected + short
    return Stocks(receipts, supply, short, np.maximum(on_hand, 0.0), np.maximum(peak, 0.0))
