"""What orders cost and take per line and purchase order, as arrays made once per plan.

L lines, G groups; money is plan currency unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from procure.plan.records import Offer, Plan, Supplier
from procure.plan.table import coded, days, numbers
from procure.plan.terms import EVER, Tariff

if TYPE_CHECKING:
    from procure.plan.network import Network

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TariffTable:
    """Price breaks of all offers side by side, each of shape (offers, most tiers).

    Attributes
    ----------
    starts
        Quantity from which each tier holds, infinite where an offer has fewer [units].
    prices, intercepts
        Bill of a tier is intercept + price * quantity [supplier's currency].
    """

    starts: Array
    prices: Array
    intercepts: Array

    @staticmethod
    def of(offers: Sequence[Offer]) -> TariffTable:
        """Read the prices of a plan's offers."""
        steps = coded(offers, "price_breaks")
        width = 1 + max((len(breaks) for breaks in steps.values), default=0)
        starts = np.full((len(steps.values), width), np.inf)
        prices = np.zeros_like(starts)
        for k, breaks in enumerate(steps.values):
            starts[k, 1 : len(breaks) + 1] = [step.minimum_quantity for step in breaks]
            prices[k, 1 : len(breaks) + 1] = [step.unit_price for step in breaks]
        starts[:, 0] = 0.0
        starts, prices = starts[steps.codes], prices[steps.codes]
        prices[:, 0] = numbers(offers, "unit_price")
        incremental = coded(offers, "price_break_type").each(lambda kind: kind == "incremental", bool)
        return TariffTable(starts, prices, _intercepts(starts, prices, incremental))

    def bills(self, offer: Indices, quantity: Array) -> Array:
        """Goods value of each quantity, above 0, at each offer; see `Tariff.bill`."""
        reached = Tariff.reaches(quantity)[:, None] >= self.starts[offer]
        tier = reached.sum(axis=1) - 1
        bills: Array = self.intercepts[offer, tier] + self.prices[offer, tier] * quantity
        return bills


def _intercepts(starts: Array, prices: Array, incremental: NDArray[np.bool_]) -> Array:
    """Money that the bill of each tier lies above price times quantity (0 for all-units breaks)."""
    intercepts = np.zeros_like(prices)
    inside = np.isfinite(starts[:, 1:]) & incremental[:, None]
    steps = np.where(inside, (prices[:, :-1] - prices[:, 1:]) * np.where(inside, starts[:, 1:], 0.0), 0.0)
    intercepts[:, 1:] = np.where(inside, np.cumsum(steps, axis=1), 0.0)
    return intercepts


@dataclass(frozen=True, eq=False)
class Lots:
    """Least and most units of an order line and the multiple that it comes in, shape (L,) each."""

    least: Array
    most: Array
    multiple: Array

    @staticmethod
    def of(offers: Sequence[Offer], lines: Indices) -> Lots:
        """Read the lots off the offers of the lines."""
        return Lots(
            numbers(offers, "minimum_order_quantity")[lines],
            numbers(offers, "maximum_order_quantity", np.inf)[lines],
            numbers(offers, "order_multiple")[lines],
        )


@dataclass(frozen=True, eq=False)
class Fees:
    """Fees and terms as arrays; L lines, G groups.

    Attributes
    ----------
    tariffs
        Price breaks of all offers.
    lots
        Least, most and multiple of each line.
    unit_freight, line_fee
        Freight per unit, fixed cost per order line, shape (L, 1).
    deposit, balance_delay
        Share due at the order, periods after which the rest is due, shape (L,).
    load
        Amount of its container that a unit of each line takes, shape (L,).
    order_fee, container_cost
        Fixed cost of a purchase order, cost of a container, shape (G, 1).
    container_size
        Shape (G, 1), infinite without containers.
    minimum_fill
        Share of the last container that must be full, shape (G, 1).
    least_goods, most_goods
        Limits on a purchase order's goods value, shape (G, 1) [supplier's currency].
    tiers
        Order discounts, from the lowest: goods value from which each holds [supplier's currency] and the
        discount, shape (G, 1) each.
    """

    tariffs: TariffTable
    lots: Lots
    unit_freight: Array
    line_fee: Array
    deposit: Array
    balance_delay: Indices
    load: Array
    order_fee: Array
    container_cost: Array
    container_size: Array
    minimum_fill: Array
    least_goods: Array
    most_goods: Array
    tiers: tuple[tuple[Array, Array], ...]

    @staticmethod
    def of(network: Network) -> Fees:
        """Read the fees off a plan's offers and suppliers."""
        offers, lines, group = network.offers, network.line_offer, network.line_group
        suppliers = [network.suppliers[k] for k in network.group_supplier]
        containers = [s.container for s in suppliers]
        rate = np.ones((len(suppliers), 1))
        rate[network.line_group, 0] = network.line_rate
        terms = [s.payment_terms for s in suppliers]
        net_days = np.array([t.net_days for t in terms], dtype=np.int64)[group]
        from_receipt = np.array([t.from_ == "receipt" for t in terms], dtype=bool)[group]
        days = net_days + np.where(from_receipt, network.line_days, 0)
        return Fees(
            tariffs=TariffTable.of(offers),
            lots=Lots.of(offers, lines),
            unit_freight=numbers(offers, "unit_freight")[lines].reshape(-1, 1),
            line_fee=numbers(offers, "fixed_line_cost")[lines].reshape(-1, 1),
            deposit=np.array([t.deposit for t in terms], dtype=float)[group],
            balance_delay=days // network.plan.period_days,
            load=_loads(network, suppliers),
            order_fee=_column([s.fixed_order_cost for s in suppliers]) * rate,
            container_cost=_column([c.cost if c else 0.0 for c in containers]) * rate,
            container_size=_column([c.size if c else np.inf for c in containers]),
            minimum_fill=_column([c.minimum_fill if c else 0.0 for c in containers]),
            least_goods=_column([s.minimum_order_value or 0.0 for s in suppliers]),
            most_goods=_column([np.inf if s.maximum_order_value is None else s.maximum_order_value for s in suppliers]),
            tiers=_tiers(suppliers),
        )


def _column(values: list[float]) -> Array:
    return np.array(values, dtype=float).reshape(-1, 1)


def _loads(network: Network, suppliers: list[Supplier]) -> Array:
    loads = np.zeros(network.n_lines)
    containers = [s.container for s in suppliers]
    for resource in sorted({c.resource for c in containers if c is not None}):
        of_it = np.array([c is not None and c.resource == resource for c in containers], dtype=bool)
        lines = np.flatnonzero(of_it[network.line_group])
        loads[lines] = network.usage(resource)[network.cell_item[network.line_cell[lines]]]
    return loads


def _tiers(suppliers: list[Supplier]) -> tuple[tuple[Array, Array], ...]:
    depth = max((len(s.order_discounts) for s in suppliers), default=0)
    tiers = []
    for k in range(depth):
        rows = [s.order_discounts[k] if k < len(s.order_discounts) else None for s in suppliers]
        least = _column([np.inf if r is None else r.minimum_order_value for r in rows])
        tiers.append((least, _column([0.0 if r is None else r.discount for r in rows])))
    return tuple(tiers)


def committed(plan: Plan) -> Array:
    """Payments due for open orders in each period, shape (T,) [plan currency]."""
    due = np.zeros(plan.periods)
    start = plan.start_date.toordinal()
    amount = numbers(plan.open_orders, "amount_due", 0.0)
    period = np.maximum((days(plan.open_orders, "due_date", EVER) - start) // plan.period_days, 0)
    paid = (amount > 0.0) & (period < plan.periods)
    np.add.at(due, period[paid], amount[paid])
    return due
