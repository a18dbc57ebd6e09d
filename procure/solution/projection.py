"""The expected course of stock, and what a decision uses of every limit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.ledger import Ledger
from procure.solution.limits import Limit, Limits, used
from procure.solution.prices import Prices
from procure.solution.records import LimitSaving, Relaxation, ResourceUse


def real_cells(ledger: Ledger) -> NDArray[np.intp]:
    """Cells with a demand row, a stock row, an open order, an order or a transfer."""
    network, plan = ledger.network, ledger.network.plan
    real = network.has_demand.copy()
    real[network.line_cell[ledger.decision.orders.any(axis=1)]] = True
    shipped = ledger.decision.shipments.any(axis=1)
    real[network.move_from[shipped]] = True
    real[network.move_to[shipped]] = True
    real[network.cells_of(plan.stock)] = True
    real[network.cells_of(plan.open_orders)] = True
    return np.flatnonzero(real)


def projection(ledger: Ledger) -> pd.DataFrame:
    """Course of every real cell, one row per item, warehouse and period: `PROJECTION_COLUMNS`."""
    network, stocks = ledger.network, ledger.stocks
    cells = real_cells(ledger)
    items, warehouses = (np.array(names, dtype=object) for names in network.names)
    periods = network.periods
    return pd.DataFrame(
        {
            "item": np.repeat(items[network.cell_item[cells]], periods),
            "warehouse": np.repeat(warehouses[network.cell_warehouse[cells]], periods),
            "period": np.tile(np.arange(periods), len(cells)),
            "supply": stocks.supply[cells].ravel(),
            "demand_mean": network.mean[cells].ravel(),
            "receipts": stocks.receipts[cells].ravel(),
            "expected_on_hand": stocks.on_hand[cells].ravel(),
            "expected_backorders": stocks.backorders[cells].ravel(),
            "peak_stock": stocks.peak[cells].ravel(),
        }
    )


def resource_uses(ledger: Ledger, limits: Limits, prices: Prices | None = None) -> Iterator[ResourceUse]:
    """Use of every limit by period; of an order budget that carries over, what is left so far counts."""
    for k, limit in enumerate(limits):
        amounts, allowed = used(ledger, limit), limit.allowed
        if limit.kind == "order_budget" and ledger.network.plan.capital.carry_over:
            before = np.concatenate([[0.0], amounts[:-1]])
            amounts, allowed = amounts - before, allowed - before
        for period in range(ledger.network.periods):
            yield ResourceUse(
                resource=limit.resource,
                **place_of(ledger.network, limit),
                unit=unit_of(ledger.network, limit),
                period=period,
                used=float(amounts[period]),
                limit=float(allowed[period]),
                shadow_price=None if prices is None else _known(prices.values[k, period]),
            )


def limit_savings(network: Network, limits: Limits, prices: Prices | None) -> Iterator[LimitSaving]:
    """What some more of the limits that matter most would save, largest first."""
    if prices is None:
        return
    for saving in prices.savings:
        limit = limits[saving.limit]
        yield LimitSaving(
            resource=limit.resource,
            **place_of(network, limit),
            unit=unit_of(network, limit),
            period=saving.period,
            step=saving.step,
            saved=saving.saved,
            backorders_avoided=saving.avoided,
            basis=prices.basis,
        )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def place_of(network: Network, limit: Limit) -> dict[str, str]:
    """Ids of the place that a limit belongs to, as the records have them."""
    if limit.place is None:
        return {}
    if limit.kind == "storage":
        return {"warehouse": network.warehouses[limit.place].warehouse}
    if limit.kind == "supplier_capacity":
        return {"supplier": network.suppliers[limit.place].supplier}
    if limit.kind == "offer_capacity":
        offer = network.offers[limit.place]
        return {"supplier": offer.supplier, "offer": offer.offer}
    lane = network.lanes[limit.place]
    return {"from_": lane.from_, "to": lane.to}


def unit_of(network: Network, limit: Limit) -> str:
    """Unit of a limit; a currency code for money."""
    if limit.kind == "supplier_capacity" and limit.resource == "value":
        return network.suppliers[limit.place or 0].currency or network.plan.currency
    return network.plan.currency if limit.place is None else limit.resource


def relaxations(network: Network, given: Limits, limits: Limits) -> Iterator[Relaxation]:
    """Limits that were raised, and by how much."""
    for before, after in zip(given, limits, strict=True):
        for period in np.flatnonzero(after.allowed > before.allowed):
            yield Relaxation(
                resource=before.resource,
                warehouse=None if before.place is None else network.warehouses[before.place].warehouse,
                unit=unit_of(network, before),
                period=int(period),
                limit=float(before.allowed[period]),
                amount=float(after.allowed[period] - before.allowed[period]),
            )
