"""What orders cost and take per line and purchase order, as arrays made once per plan.

L lines, G groups; money is plan currency unless said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from procure.plan.records import Offer, Plan, Supplier
from procure.plan.terms import Tariff

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
    def of(tariffs: tuple[Tariff, ...]) -> TariffTable:
        """Stack the tariffs of a plan's offers."""
        width = max((len(t.starts) for t in tariffs), default=1)
        starts = np.full((len(tariffs), width), np.inf)
        prices, intercepts = np.zeros_like(starts), np.zeros_like(starts)
        for k, tariff in enumerate(tariffs):
            n = len(tariff.starts)
            starts[k, :n], prices[k, :n] = tariff.starts, tariff.prices
            intercepts[k, :n] = [tariff.intercept(tier) for tier in range(n)]
        return TariffTable(starts, prices, intercepts)

    def bills(self, offer: Indices, quantity: Array) -> Array:
        """Goods value of each quantity, above 0, at each offer; see `Tariff.bill`."""
        reached = Tariff.reaches(quantity)[:, None] >= self.starts[offer]
        tier = reached.sum(axis=1) - 1
        bills: Array = self.intercepts[offer, tier] + self.prices[offer, tier] * quantity
        return bills


@dataclass(frozen=True, eq=False)
class Lots:
    """Least and most units of an order line and the multiple that it comes in, shape (L,) each."""

    least: Array
    most: Array
    multiple: Array

    @staticmethod
    def of(offers: list[Offer]) -> Lots:
        """Read the lots off the offers of the lines."""
        most = [np.inf if o.maximum_order_quantity is None else o.maximum_order_quantity for o in offers]
        return Lots(
            np.array([o.minimum_order_quantity for o in offers], dtype=float),
            np.array(most, dtype=float),
            np.array([o.order_multiple for o in offers], dtype=float),
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
        offers = [network.offers[k] for k in network.line_offer]
        suppliers = [network.suppliers[k] for k in network.group_supplier]
        containers = [s.container for s in suppliers]
        rate = np.ones((len(suppliers), 1))
        rate[network.line_group, 0] = network.line_rate
        terms = [suppliers[g].payment_terms for g in network.line_group]
        days = [
            t.net_days + (int(d) if t.from_ == "receipt" else 0) for t, d in zip(terms, network.line_days, strict=True)
        ]
        return Fees(
            tariffs=TariffTable.of(network.tariffs),
            lots=Lots.of(offers),
            unit_freight=_column([o.unit_freight for o in offers]),
            line_fee=_column([o.fixed_line_cost for o in offers]),
            deposit=np.array([t.deposit for t in terms], dtype=float),
            balance_delay=np.array([d // network.plan.period_days for d in days], dtype=np.int64),
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
    for line, group in enumerate(network.line_group):
        container = suppliers[group].container
        if container is not None:
            loads[line] = network.usage(container.resource)[network.cell_item[network.line_cell[line]]]
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
    for order in plan.open_orders:
        if order.amount_due and order.due_date is not None:
            period = max((order.due_date - plan.start_date).days // plan.period_days, 0)
            if period < plan.periods:
                due[period] += order.amount_due
    return due
