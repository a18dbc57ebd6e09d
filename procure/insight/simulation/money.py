"""What is paid in each run: goods and freight by the share delivered, and when. T periods, K runs; plan currency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.insight.simulation.course import is_random
from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure.uncertainty.draws import Source, delivered_shares, lead_days

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Paid:
    """Money of each run.

    Attributes
    ----------
    purchase, freight
        Cost of what is delivered, shape (K,).
    payments
        Payments due by the end of each period, open orders included, shape (T, K).
    """

    purchase: Array
    freight: Array
    payments: Array


def paid_of(ledger: Ledger, source: Source) -> Paid:
    """Pay for what is delivered when it is due: the deposit for what is expected, the balance settles the account."""
    network, bills = ledger.network, ledger.bills
    due = np.zeros((network.periods, source.runs))
    due += ((bills.order_fees + bills.container_costs).sum(axis=0) + network.committed)[:, None]
    purchase, freight = np.zeros(source.runs), np.zeros(source.runs)
    for line, period in np.argwhere(ledger.decision.orders > 0.0).tolist():
        goods, carriage = float(bills.net_goods[line, period]), float(bills.freight[line, period])
        share, balance = _drawn(network, source, line, period)
        purchase += goods * share
        freight += carriage * share
        deposit = float(network.fees.deposit[line] * network.line_fraction[line]) * (goods + carriage)
        due[period] += deposit
        inside = np.flatnonzero(balance < network.periods)
        due[balance[inside], inside] += ((goods + carriage) * share - deposit)[inside]
    return Paid(purchase, freight, np.cumsum(due, axis=0))


def _drawn(network: Network, source: Source, line: int, period: int) -> tuple[Array, NDArray[np.int64]]:
    """Share delivered of an order, and the period in which its balance is due, shape (K,) each."""
    if not is_random(network, line):
        share = np.full(source.runs, float(network.line_fraction[line]))
        return share, np.full(source.runs, period + int(network.fees.balance_delay[line]), dtype=np.int64)
    offer = network.offers[network.line_offer[line]]
    _, warehouse = network.place(int(network.line_cell[line]))
    key = offer.offer, warehouse, period
    share = delivered_shares(offer.delivered_fraction, source.uniforms("delivered fraction", *key))
    terms = network.supplier_of_line(line).payment_terms
    days = np.full(source.runs, float(terms.net_days))
    if terms.from_ == "receipt":
        days += lead_days(offer.lead_time, source.uniforms("lead time", *key))
    return share, period + (days // network.plan.period_days).astype(np.int64)
