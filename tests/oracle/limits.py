"""Every rule that a plan must keep, each judged on its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from .dates import day, per_period
from .offers import Lane, Offer, Row, reaches
from .purchases import Orders, PurchaseOrder, Transfers

if TYPE_CHECKING:
    from .arithmetic import Oracle

#: Kind of limit, place (warehouse, supplier, offer, ``from>to`` or empty), resource (or empty), period.
LimitKey = tuple[str, str, str, int]

#: Limits that may be relaxed where the start itself breaks them.
RELAXABLE = ("storage", "cash", "inventory_value")

#: "Keeps a limit" means within this of it, relative.
TOLERANCE = 1e-6

#: For limits of 0, where nothing is relative.
DUST = 1e-9


def over(used: float, limit: float) -> bool:
    """Tell whether a use breaks a limit."""
    return used > limit + TOLERANCE * abs(limit) + DUST


def is_multiple(quantity: float, multiple: float) -> bool:
    """Tell whether a quantity is in whole multiples; a multiple of 0 allows any."""
    return multiple <= 0 or abs(quantity / multiple - round(quantity / multiple)) < TOLERANCE


def order_multiple(row: Row) -> float:
    """Order multiple of an offer or a lane; 1 when it is left out."""
    given = row.get("order_multiple")
    return 1.0 if given is None else float(given)


class Limits:
    """Orders and transfers of one plan under every limit of it."""

    def __init__(self, oracle: Oracle, orders: Orders, transfers: Transfers) -> None:
        self.oracle = oracle
        self.network = oracle.network
        self.orders = {key: quantity for key, quantity in orders.items() if quantity > 0}
        self.transfers = {key: quantity for key, quantity in transfers.items() if quantity > 0}
        self.supply = oracle.supply(self.orders, self.transfers)

    @cached_property
    def headers(self) -> list[PurchaseOrder]:
        """Purchase orders."""
        return self.oracle.purchase_orders(self.orders)

    # --- limits with a use and an amount ------------------------------------------------------

    def uses(self) -> dict[LimitKey, tuple[float, float]]:
        """Use and limit of every limited resource and period."""
        found: dict[LimitKey, tuple[float, float]] = {}
        for part in (self._storage, self._capital, self._suppliers, self._offers, self._lanes):
            found.update(part())
        return found

    def excesses(self) -> dict[LimitKey, float]:
        """Excess over each broken limit that may be relaxed."""
        return {
            key: used - limit
            for key, (used, limit) in self.uses().items()
            if key[0] in RELAXABLE and over(used, limit)
        }

    @cached_property
    def _peak(self) -> dict[tuple[str, str], np.ndarray]:
        projection = self.oracle.projection(self.orders, self.transfers)
        return {cell: path.peak for cell, path in projection.items()}

    def _storage(self) -> Iterator[tuple[LimitKey, tuple[float, float]]]:
        peak = self._peak
        for place, row in self.network.warehouses.items():
            for resource, limit in (row.get("capacity") or {}).items():
                for t in range(self.oracle.periods):
                    used = sum(
                        self.network.amount(cell[0], resource) * float(path[t])
                        for cell, path in peak.items()
                        if cell[1] == place
                    )
                    yield ("storage", place, resource, t), (used, per_period(limit, t))

    def _capital(self) -> Iterator[tuple[LimitKey, tuple[float, float]]]:
        capital = self.oracle.capital
        if capital.get("inventory_value") is not None:
            peak = self._peak.items()
            for t in range(self.oracle.periods):
                value = sum(self.network.replacement_cost(c[0]) * float(path[t]) for c, path in peak)
                yield ("inventory_value", "", "", t), (value, float(capital["inventory_value"]))
        if capital.get("cash") is not None:
            paid = self.oracle.payments(self.orders).cumsum()
            for t in range(self.oracle.periods):
                yield ("cash", "", "", t), (float(paid[t]), self.oracle.cash_so_far(t))
        if capital.get("order_budget") is not None:
            yield from self._budget(capital["order_budget"], capital.get("carry_over", True))

    def _budget(self, budget: object, carry: bool) -> Iterator[tuple[LimitKey, tuple[float, float]]]:
        spend = self.oracle.spend(self.orders)
        allowed = np.array([per_period(budget, t) for t in range(self.oracle.periods)])
        if carry:
            spend, allowed = spend.cumsum(), allowed.cumsum()
        for t in range(self.oracle.periods):
            yield ("order_budget", "", "", t), (float(spend[t]), float(allowed[t]))

    def _suppliers(self) -> Iterator[tuple[LimitKey, tuple[float, float]]]:
        for name, row in self.network.suppliers.items():
            for resource, limit in (row.get("capacity") or {}).items():
                for t in range(self.oracle.periods):
                    placed = [h for h in self.headers if h.period == t and h.supplier["supplier"] == name]
                    used = sum(self._amount_ordered(header, resource) for header in placed)
                    yield ("supplier_capacity", name, resource, t), (used, per_period(limit, t))

    def _amount_ordered(self, header: PurchaseOrder, resource: str) -> float:
        if resource == "value":
            return header.goods
        return sum(self.network.amount(line.offer.item, resource) * line.quantity for line in header.lines)

    def _offers(self) -> Iterator[tuple[LimitKey, tuple[float, float]]]:
        for name, offer in self.network.offers.items():
            if offer.row.get("capacity") is None:
                continue
            for t in range(self.oracle.periods):
                used = sum(q for (o, _, u), q in self.orders.items() if (o, u) == (name, t))
                yield ("offer_capacity", name, "", t), (used, per_period(offer.row["capacity"], t))

    def _lanes(self) -> Iterator[tuple[LimitKey, tuple[float, float]]]:
        for ends, lane in self.network.lanes.items():
            for resource, limit in (lane.row.get("capacity") or {}).items():
                for t in range(self.oracle.periods):
                    used = sum(
                        self.network.amount(item, resource) * q
                        for (o, d, item, u), q in self.transfers.items()
                        if (o, d) == ends and u == t
                    )
                    yield ("lane_capacity", ">".join(ends), resource, t), (used, per_period(limit, t))

    # --- rules of single lines, orders and shipments ------------------------------------------

    def violations(self, relaxed: Mapping[LimitKey, float]) -> list[str]:
        """Name every broken rule."""
        found = []
        for key, (used, limit) in self.uses().items():
            if over(used, limit + relaxed.get(key, 0.0)):
                found.append(f"{key[0]} {key[1]} {key[2]} period {key[3]}: {used:g} > {limit:g}")
        for (name, warehouse, t), quantity in self.orders.items():
            broken = self._line_faults(self.network.offers[name], warehouse, t, quantity)
            found += [f"{rule}: {name} to {warehouse}, period {t}, {quantity:g}" for rule in broken]
        for header in self.headers:
            place = f"{header.supplier['supplier']} to {header.warehouse}, period {header.period}"
            found += [f"{rule}: {place}" for rule in self._order_faults(header)]
        for key, quantity in self.transfers.items():
            found += [f"{rule}: {key}, {quantity:g}" for rule in self._transfer_faults(key, quantity)]
        return found + [f"max_cover_days: {cell}, period {t}" for cell, t in self._cover_faults()]

    def _line_faults(self, offer: Offer, warehouse: str, t: int, quantity: float) -> list[str]:
        row = offer.row
        limit = row.get("maximum_order_quantity")
        rules = {
            "warehouses": offer.serves(warehouse),
            "minimum_order_quantity": not over(row.get("minimum_order_quantity") or 0.0, quantity),
            "order_multiple": is_multiple(quantity, order_multiple(row)),
            "maximum_order_quantity": limit is None or not over(quantity, limit),
            "arrives in horizon": offer.arrives(t),
            "validity": offer.valid(t),
            "closures": not offer.closed(t),
            "order_every": offer.order_day(t),
            "phase_out": self._wanted(offer.item, offer, t),
        }
        return [rule for rule, kept in rules.items() if not kept]

    def _wanted(self, item: str, way: Offer | Lane, t: int) -> bool:
        last = self.network.items[item].get("phase_out")
        return last is None or way.receipt(t) <= day(last)

    def _order_faults(self, header: PurchaseOrder) -> list[str]:
        low, high = header.supplier.get("minimum_order_value"), header.supplier.get("maximum_order_value")
        container = header.supplier.get("container") or {}
        rules = {
            "minimum_order_value": low is None or not over(low, header.goods),
            "maximum_order_value": high is None or not over(header.goods, high),
            "container minimum_fill": not over(container.get("minimum_fill") or 0.0, header.last_fill),
        }
        return [rule for rule, kept in rules.items() if not kept]

    def _transfer_faults(self, key: tuple[str, str, str, int], quantity: float) -> list[str]:
        origin, to, item, t = key
        lane = self.network.lanes.get((origin, to))
        if lane is None:
            return ["no such lane"]
        demand = self.oracle.demand.mean_of((item, origin))[:t].sum()
        rules = {
            "lane items": lane.carries(item),
            "lane order_multiple": is_multiple(quantity, order_multiple(lane.row)),
            "lane arrives in horizon": lane.arrives(t),
            "phase_out": self._wanted(item, lane, t),
            "transfer not expected there": reaches(self.supply[item, origin][t], demand - TOLERANCE * demand),
        }
        return [rule for rule, kept in rules.items() if not kept]

    def _cover_faults(self) -> Iterator[tuple[tuple[str, str], int]]:
        served = {
            ((offer.item, warehouse), t + offer.lead)
            for (name, warehouse, t) in self.orders
            for offer in [self.network.offers[name]]
        }
        for origin, to, item, t in self.transfers:
            served.add(((item, to), t + self.network.lanes[origin, to].lead))
        for cell, t in sorted(served):
            limit = self.oracle.cover_limit(cell, t) if t < self.oracle.periods else None
            if limit is not None and over(self.supply[cell][t], limit):
                yield cell, t
