"""Which rules to try first: a guess of what each costs, from what the plan holds, owes and wastes [plan currency].

Only the order in which rules are tried follows from it; what is told of a rule comes from solving again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.insight.rule_prices.rules import Rule
from procure.solution.ledger import Ledger

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

NEAR = 1.1
"""An order value up to this times the minimum counts as lifted to it."""
PART_BY_CALENDAR = 0.1
"""Part of what cells owe and hold that a closed day may be blamed for."""
PART_BY_MULTIPLE = 0.5
"""Part of a lot that a multiple may round up, on average."""


class Suspicion:
    """Guesses what rules cost.

    Parameters
    ----------
    ledger
        The plan as it stands.
    """

    def __init__(self, ledger: Ledger) -> None:
        network = ledger.network
        self._ledger = ledger
        self._short: Array = (network.unmet_cost * ledger.stocks.backorders.sum(axis=1))[network.line_cell]
        self._held = _lot_costs(ledger)
        self._offers = {name: k for k, name in enumerate(network.offer_ids)}
        self._suppliers = {supplier.supplier: k for k, supplier in enumerate(network.suppliers)}

    def __call__(self, rule: Rule) -> float:
        """Guess what a rule costs [plan currency]."""
        return float(getattr(self, f"_{rule.kind}")(self._lines(rule)))

    def _lines(self, rule: Rule) -> Mask:
        network = self._ledger.network
        if rule.offer is not None:
            found: Mask = network.line_offer == self._offers[rule.offer]
            return found
        return np.asarray(network.group_supplier[network.line_group] == self._suppliers[rule.supplier])

    def _minimum_order_quantity(self, lines: Mask) -> float:
        lots, orders = self._ledger.network.fees.lots, self._ledger.decision.orders
        least = lots.least + np.maximum(lots.multiple, 0.0)
        lifted = (orders > 0.0) & (orders < least[:, None] * (1.0 - 1e-9))
        return float(self._held[lines][lifted[lines]].sum() + self._unordered(lines))

    def _order_multiple(self, lines: Mask) -> float:
        lots, orders = self._ledger.network.fees.lots, self._ledger.decision.orders
        part = np.where(orders > 0.0, lots.multiple[:, None] / np.maximum(orders, 1e-9), 0.0)
        return float(PART_BY_MULTIPLE * ((part * self._held)[lines].sum() + self._unordered(lines)))

    def _minimum_order_value(self, lines: Mask) -> float:
        bills, fees = self._ledger.bills, self._ledger.network.fees
        lifted = bills.placed & (bills.order_goods < NEAR * fees.least_goods)
        group = self._ledger.network.line_group[lines]
        return float(self._held[lines][lifted[group]].sum() + PART_BY_MULTIPLE * self._short[lines].sum())

    def _container(self, lines: Mask) -> float:
        """What is paid for the part of containers that stays empty."""
        bills, fees = self._ledger.bills, self._ledger.network.fees
        groups = np.unique(self._ledger.network.line_group[lines])
        filled = bills.load[groups] / fees.container_size[groups]
        return float((fees.container_cost[groups] * (bills.containers[groups] - filled)).sum())

    def _minimum_fill(self, lines: Mask) -> float:
        return PART_BY_CALENDAR * float(self._held[lines].sum() + self._short[lines].sum())

    _closure = _minimum_fill
    _order_every = _minimum_fill

    def _unordered(self, lines: Mask) -> float:
        """What cells owe that have no order on these lines at all."""
        idle = ~self._ledger.decision.orders.any(axis=1)
        return float(self._short[lines & idle].sum())


def _lot_costs(ledger: Ledger) -> Array:
    """Cost of holding each order while its own demand uses it up, shape (L, T)."""
    network, orders = ledger.network, ledger.decision.orders
    cell = network.line_cell
    rate = np.maximum(network.mean.mean(axis=1)[cell], 1e-9)[:, None]
    periods = np.minimum(orders / rate, network.periods - np.arange(network.periods))
    costs: Array = network.holding[network.cell_item[cell]][:, None] * orders * periods / 2.0
    return costs
