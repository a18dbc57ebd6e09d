"""The oracle: what a plan's orders and transfers cost, by hand-written arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from .dates import Calendar, day, per_period
from .demand import Cell, Demand
from .limits import LimitKey, Limits
from .losses import Array, Window
from .lost import RUNS, demand_paths
from .network import Network
from .projection import Projection, where_customers_wait, where_sales_are_lost
from .purchases import Orders, PurchaseOrder, Transfers, purchase_orders
from .supply import Flow, Receipt, receipt_chances

COST_PARTS = (
    "purchase",
    "freight",
    "ordering",
    "containers",
    "transfer",
    "holding",
    "backorder",
    "safety_stock",
    "terminal",
)


class Oracle:
    """Arithmetic of one plan, given as the raw ``plan.json`` dict.

    ``samples`` gives demand paths by (item, warehouse), shape (samples, periods).
    """

    def __init__(self, plan: Mapping[str, Any], samples: Mapping[Cell, Array] | None = None) -> None:
        self.plan = plan
        self.calendar = Calendar.of(plan)
        self.periods = self.calendar.periods
        self.network = Network(plan)
        self.demand = Demand(plan, samples)
        self.cells = self.network.cells
        self.capital: Mapping[str, Any] = plan.get("capital", {})
        self.policy: Mapping[str, Any] = plan.get("policy", {})
        self._protection = {cell: self.network.protection(cell) for cell in self.cells}
        self._windows: dict[tuple[Cell, int, int], Window] = {}
        self._demand_paths: dict[Cell, Array] = {}

    # --- demand -------------------------------------------------------------------------------

    def protection(self, cell: Cell) -> int:
        """P of a cell, periods."""
        return self._protection[cell]

    def window(self, cell: Cell, t: int, protection: int | None = None) -> Window:
        """Demand D_t of a cell, with its own P or another one."""
        key = cell, t, self._protection[cell] if protection is None else protection
        if key not in self._windows:
            self._windows[key] = self.demand.window(*key)
        return self._windows[key]

    def safety_target(self, cell: Cell, t: int) -> float:
        """Target of E[X_t - D_t], units; 0 where nothing is asked."""
        if cell not in self.demand.rows or t < self.network.first_served(cell):
            return 0.0
        item = self.network.items[cell[0]]
        target = float(item.get("safety_stock") or 0.0)
        if item.get("service_level") is not None:
            window = self.window(cell, t)
            target = max(target, window.quantile(item["service_level"]) - window.mean)
        return max(target, 0.0)

    def cover_limit(self, cell: Cell, t: int) -> float | None:
        """Most expected supply when something first serves in t, units; None without ``max_cover_days``."""
        days = self.network.items[cell[0]].get("max_cover_days")
        if days is None:
            return None
        mean = self.demand.mean_of(cell)
        beyond = np.full(int(days / self.calendar.length) + 2, mean.mean())
        ahead = np.concatenate([mean[t:], beyond])
        count = max(days / self.calendar.length, 1.0)
        whole = int(count)
        return float(mean[:t].sum() + ahead[:whole].sum() + (count - whole) * ahead[whole])

    # --- supply -------------------------------------------------------------------------------

    @cached_property
    def opening(self) -> dict[Cell, Array]:
        """Expected supply of each cell when nothing is ordered or shipped."""
        return self.supply({}, {})

    def flows(self, orders: Orders, transfers: Transfers) -> dict[Cell, Flow]:
        """Supply of every cell: stock, transfers, open orders and orders."""
        flows = {cell: Flow(np.zeros(self.periods), self._protection[cell]) for cell in self.cells}
        for row in self.plan.get("stock", []):
            flows[row["item"], row["warehouse"]].sure[:] += (row.get("on_hand") or 0.0) - (row.get("backorders") or 0.0)
        for place, row in enumerate(self.plan.get("open_orders", [])):
            flows[row["item"], row["warehouse"]].receipts.append(self._open_receipt(place, row))
        for (name, warehouse, period), quantity in orders.items():
            offer = self.network.offers[name]
            if quantity > 0:
                flows[offer.item, warehouse].receipts.append(offer.receipt_of(warehouse, period, quantity))
        for (origin, to, item, period), quantity in transfers.items():
            flows[item, origin].sure[period:] -= quantity
            flows[item, to].sure[period + self.network.lanes[origin, to].lead :] += quantity
        return flows

    def _open_receipt(self, place: int, row: Mapping[str, Any]) -> Receipt:
        days = self._days_to_arrival(row)
        return Receipt(
            key=("open", place),
            quantity=float(row["quantity"]),
            nominal=self.calendar.periods_in(days),
            chances=receipt_chances(self.calendar, days, float(row.get("lead_time_sd") or 0.0)),
        )

    def _days_to_arrival(self, row: Mapping[str, Any]) -> float:
        """Days from the start until an open order arrives; overdue ones take ``overdue_days``."""
        days = self.calendar.offset(day(row["receipt_date"]))
        return float(days if days >= 0 else self.policy.get("overdue_days", 7))

    def supply(self, orders: Orders, transfers: Transfers) -> dict[Cell, Array]:
        """E[X_t] of every cell."""
        return {cell: flow.expected() for cell, flow in self.flows(orders, transfers).items()}

    def project(self, cell: Cell, flow: Flow, protection: int | None = None) -> Projection:
        """Expected stock and backorders of a cell."""
        mean = self.demand.mean_of(cell)
        if self.network.loses(cell[0]):
            if cell not in self._demand_paths:
                self._demand_paths[cell] = demand_paths(self.demand, cell, RUNS)
            return where_sales_are_lost(flow, mean, self._demand_paths[cell])
        windows = [self.window(cell, t, protection) for t in range(-1, self.periods)]
        return where_customers_wait(flow, mean, windows, protection)

    def projection(
        self, orders: Orders, transfers: Transfers, protection: int | None = None
    ) -> dict[Cell, Projection]:
        """Projection of every cell; ``protection`` = T counts all surprises (open loop)."""
        flows = self.flows(orders, transfers)
        return {cell: self.project(cell, flow, protection) for cell, flow in flows.items()}

    # --- money --------------------------------------------------------------------------------

    def purchase_orders(self, orders: Orders) -> list[PurchaseOrder]:
        """Order headers."""
        return purchase_orders(self.network, orders)

    def shortfall(self, cell: Cell, supply: Array) -> float:
        """Sum over periods of the shortfall under the safety target, units."""
        targets = [self.safety_target(cell, t) for t in range(self.periods)]
        means = self.demand.mean_of(cell).cumsum()
        gaps = [
            max(target - (x - mean), 0.0)
            for target, x, mean in zip(targets, supply, means, strict=True)
            if target > 0
        ]
        return float(sum(gaps))

    def costs(self, orders: Orders, transfers: Transfers) -> dict[str, float]:
        """Every cost part and ``total``, plan currency."""
        parts = dict.fromkeys(COST_PARTS, 0.0)
        for order in self.purchase_orders(orders):
            parts["purchase"] += order.purchase
            parts["freight"] += order.freight_paid
            parts["ordering"] += order.placing
            parts["containers"] += order.container_cost * order.rate
        parts["transfer"] = self._transfer_cost(transfers)
        for cell, path in self.projection(orders, transfers).items():
            item = self.network.items[cell[0]]
            parts["holding"] += self.network.holding_cost(cell[0]) * float(path.on_hand.sum())
            parts["backorder"] += self.network.unmet_cost(cell[0]) * float(path.backorders.sum())
            parts["safety_stock"] += item["backorder_cost"] * self.shortfall(cell, path.supply)
            if not self.network.loses(cell[0]):
                parts["terminal"] += self.network.owed_cost(cell) * float(path.backorders[-1])
            parts["terminal"] -= self.network.end_credit(cell[0]) * float(path.on_hand[-1])
        return {**parts, "total": sum(parts.values())}

    def cost_error(self, orders: Orders, transfers: Transfers) -> float:
        """Standard error of the total; 0 where no sales are lost."""
        network, variance = self.network, 0.0
        for (item, _), path in self.projection(orders, transfers).items():
            if path.paths is not None:
                rates = network.holding_cost(item), network.unmet_cost(item), network.end_credit(item)
                variance += path.paths.error(*rates) ** 2
        return variance**0.5

    def _transfer_cost(self, transfers: Transfers) -> float:
        sent = {key: quantity for key, quantity in transfers.items() if quantity > 0}
        shipments = {(origin, to, period) for origin, to, _, period in sent}
        fixed = sum(self.network.lanes[o, d].row.get("fixed_cost") or 0.0 for o, d, _ in shipments)
        units = sum(
            (self.network.lanes[o, d].row.get("unit_cost") or 0.0) * q for (o, d, _, _), q in sent.items()
        )
        return float(fixed + units)

    def payments(self, orders: Orders) -> Array:
        """Payments due in each period, plan currency."""
        due = np.zeros(self.periods)
        dated = [pair for order in self.purchase_orders(orders) for pair in order.payments()]
        for when, amount in [*dated, *self._open_order_payments()]:
            period = max(self.calendar.period_containing(when), 0)
            if period < self.periods:
                due[period] += amount
        return due

    def _open_order_payments(self) -> Iterator[tuple[Any, float]]:
        for row in self.plan.get("open_orders", []):
            if row.get("amount_due") is None:
                continue
            arrival = self.calendar.receipt_date(0, self._days_to_arrival(row))
            yield (day(row["due_date"]) if row.get("due_date") else arrival), float(row["amount_due"])

    def cash_so_far(self, t: int) -> float:
        """Opening cash and inflow of periods 0..t, plan currency."""
        cash = self.capital["cash"]
        inflow = cash.get("inflow") or 0.0
        return float(cash.get("opening") or 0.0) + sum(per_period(inflow, u) for u in range(t + 1))

    def spend(self, orders: Orders) -> Array:
        """Order spend of each period, plan currency."""
        spend = np.zeros(self.periods)
        for order in self.purchase_orders(orders):
            spend[order.period] += order.spend
        return spend

    # --- service ------------------------------------------------------------------------------

    def expected_backorders(self, orders: Orders, transfers: Transfers) -> dict[str, Any]:
        """``unit_periods``, ``end_units`` and the same under ``open_loop``."""

        def measure(protection: int | None) -> dict[str, float]:
            paths = self.projection(orders, transfers, protection).values()
            return {
                "unit_periods": float(sum(path.backorders.sum() for path in paths)),
                "end_units": float(sum(path.backorders[-1] for path in paths)),
            }

        return {**measure(None), "open_loop": measure(self.periods)}

    def fill_rate(self, orders: Orders, transfers: Transfers) -> float:
        """Share of demand served from stock, all surprises counted; 1 without demand."""
        paths = self.projection(orders, transfers, self.periods).values()
        demand = sum(float(path.demand_mean.sum()) for path in paths)
        served = sum(float((path.peak - path.on_hand).sum()) for path in paths)
        return served / demand if demand else 1.0

    def priority(self, item: str) -> float:
        """Weight of an item's backorders in the objective ``backorders``."""
        given = self.network.items[item].get("priority")
        return 1.0 if given is None else float(given)

    def weighted_backorders(self, orders: Orders, transfers: Transfers) -> float:
        """Objective ``backorders``: sum of priority * B_t."""
        paths = self.projection(orders, transfers).items()
        return sum(self.priority(cell[0]) * float(path.backorders.sum()) for cell, path in paths)

    def backorder_allowance(self, best: float) -> float:
        """Most weighted backorders that the second stage may have."""
        weighted = sum(self.priority(c[0]) * float(self.demand.mean_of(c).sum()) for c in self.cells)
        return 1.01 * best + 0.001 * weighted

    # --- limits -------------------------------------------------------------------------------

    def limits(self, orders: Orders, transfers: Transfers) -> Limits:
        """Judge orders and transfers by every limit of the contract."""
        return Limits(self, orders, transfers)

    def violations(
        self, orders: Orders, transfers: Transfers, relaxed: Mapping[LimitKey, float] | None = None
    ) -> list[str]:
        """Name every broken rule; ``relaxed`` gives the excess allowed for single limits."""
        return self.limits(orders, transfers).violations(relaxed or {})

    def relaxable(self) -> dict[LimitKey, float]:
        """Limits that doing nothing breaks, with the excess: only these get slack."""
        return self.limits({}, {}).excesses()

    def resources(self, orders: Orders, transfers: Transfers) -> dict[LimitKey, tuple[float, float]]:
        """Use and limit of everything that has a limit."""
        return self.limits(orders, transfers).uses()
