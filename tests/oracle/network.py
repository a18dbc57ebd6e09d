"""What depends on where an item can come from: P, r, r_B, holding cost, first period served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .dates import Calendar, day
from .demand import Cell
from .offers import Lane, Offer, read_offers

INFINITE = float("inf")


class Network:
    """Items, warehouses, offers and lanes of a plan."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self.plan = plan
        self.calendar = Calendar.of(plan)
        self.policy = plan.get("policy", {})
        self.items = {row["item"]: row for row in plan.get("items", [])}
        self.warehouses = {row["warehouse"]: row for row in plan.get("warehouses", [])}
        self.suppliers = {row["supplier"]: row for row in plan.get("suppliers", [])}
        self.offers = read_offers(plan)
        lanes = [Lane(row, self.calendar) for row in plan.get("lanes", [])]
        self.lanes = {lane.ends: lane for lane in lanes}
        self.cells: list[Cell] = [(item, place) for item in self.items for place in self.warehouses]

    def usable_offers(self, cell: Cell) -> list[Offer]:
        """Offers usable for a cell."""
        item, warehouse = cell
        return [offer for offer in self.offers.values() if offer.item == item and offer.usable(warehouse)]

    def lanes_in(self, cell: Cell) -> list[Lane]:
        """Lanes that bring an item to a warehouse."""
        item, warehouse = cell
        return [lane for lane in self.lanes.values() if lane.ends[1] == warehouse and lane.carries(item)]

    def protection(self, cell: Cell) -> int:
        """P of a cell, periods; T for everything under ``cumulative`` and where sales are lost."""
        horizon = self.calendar.periods
        if self.policy.get("uncertainty", "protection") == "cumulative" or self.loses(cell[0]):
            return horizon
        return int(min(self._own_protection(cell, frozenset()), horizon))

    def _own_protection(self, cell: Cell, seen: frozenset[Cell]) -> float:
        """P by the main offer, else over the shortest chain of lanes, else without end."""
        usable = self.usable_offers(cell)
        if usable:
            least = min(offer.landed() for offer in usable)
            cheapest = [offer for offer in usable if offer.landed() <= least + 1e-9 * max(least, 1.0)]
            return 1 + min(offer.lead for offer in cheapest)
        origins = [
            (lane.lead, (cell[0], lane.ends[0]))
            for lane in self.lanes_in(cell)
            if (cell[0], lane.ends[0]) not in seen
        ]
        return min(
            (lead + self._own_protection(origin, seen | {cell}) for lead, origin in origins), default=INFINITE
        )

    def replacement_cost(self, item: str) -> float:
        """r: what it costs to have a unit again, plan currency."""
        costs = [offer.landed() for offer in self.offers.values() if offer.item == item]
        given = self.items[item].get("replacement_cost")
        return min([*costs, *([] if given is None else [float(given)])], default=0.0)

    def owed_cost(self, cell: Cell) -> float:
        """r_B: what a unit still owed at the end costs, plan currency."""
        last = self.calendar.periods - 1
        costs = [offer.landed(plain=True) for offer in self.usable_offers(cell) if offer.valid(last)]
        return min(costs, default=self.replacement_cost(cell[0]))

    def loses(self, item: str) -> bool:
        """Tell whether customers of an item go elsewhere when it is not there."""
        return bool(self.items[item].get("unmet_demand") == "lost")

    def uncertain(self) -> bool:
        """Tell whether supply is random or sales are lost anywhere."""
        offers = [offer.row.get(key) for offer in self.offers.values() for key in ("lead_time", "delivered_fraction")]
        late = any(row.get("lead_time_sd") for row in self.plan.get("open_orders", []))
        return late or any(isinstance(terms, Mapping) for terms in offers) or any(map(self.loses, self.items))

    def unmet_cost(self, item: str) -> float:
        """Money per unit backordered per period, or per unit lost."""
        extra = self.replacement_cost(item) if self.loses(item) else 0.0
        return float(self.items[item]["backorder_cost"]) + extra

    def holding_cost(self, item: str) -> float:
        """Money per unit on hand per period."""
        given = self.items[item].get("holding_cost")
        if given is not None:
            return float(given)
        yearly = self.policy.get("holding_rate", 0.25) * self.replacement_cost(item)
        return float(yearly * self.calendar.length / 365)

    def first_served(self, cell: Cell) -> int:
        """Earliest period that an order or a lane in can serve; T if there is none."""
        item, warehouse = cell
        horizon = self.calendar.periods
        orders = [
            period + offer.lead
            for offer in self.offers.values()
            if offer.item == item and offer.serves(warehouse)
            for period in range(horizon)
            if offer.in_calendar(period)
        ]
        lanes = [lane.lead for lane in self.lanes_in(cell) if lane.arrives(0)]
        return min([*orders, *lanes], default=horizon)

    def amount(self, item: str, resource: str) -> float:
        """Amount of a resource that one unit takes."""
        taken = self.items[item].get("storage") or {}
        return float(taken.get(resource, 1.0 if resource == "units" else 0.0))

    def end_credit(self, item: str) -> float:
        """Value of a unit left at the end, plan currency; nothing for an item phased out by then."""
        limit = self.items[item].get("phase_out")
        if (
            limit is not None
            and self.calendar.offset(day(limit)) < self.calendar.periods * self.calendar.length
        ):
            return 0.0
        return float(self.policy.get("terminal_value", 1.0)) * self.replacement_cost(item)
