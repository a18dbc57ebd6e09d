"""Purchase orders whose least goods or least container fill no warehouse ever holds.

All that an order brings in t leaves at least its load, less what waits: sum of min(O_t - E D_{t-1}, 0) over the cells
that the supplier delivers to, each unit at what it takes. Only suppliers whose goods for a warehouse all come at once
are judged, and none from whose cells lanes lead away.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from procure.plan.clashes.clash import Clash, figures, plainly
from procure.plan.clashes.smallest import SLACK, Array, Indices, Smallest
from procure.plan.fees import TariffTable
from procure.plan.network import Network
from procure.plan.records import Supplier


def orders_beyond_room(smallest: Smallest) -> Iterator[Clash]:
    """Yield suppliers none of whose purchase orders ever fits into a warehouse, by resource."""
    judged = _may_clash(smallest)
    if not judged:
        return
    network = smallest.network
    for group in np.flatnonzero(np.isin(network.group_supplier, sorted(judged))).tolist():
        lines = np.flatnonzero(network.line_group == group)
        if _come_at_once(network, lines):
            yield from _of_group(network, group, lines)


def _may_clash(smallest: Smallest) -> set[int]:
    """Suppliers of which some order could be too large, by the offer that takes most room for its price."""
    plan, found = smallest.plan, set()
    rooms: dict[str, float] = {}
    for warehouse in plan.warehouses:
        for resource, amount in warehouse.capacity.items():
            rooms[resource] = min(rooms.get(resource, np.inf), float(np.min(amount)))
    least_goods = np.array([s.minimum_order_value for s in plan.suppliers], dtype=float)
    for resource, room in rooms.items():
        usage, dearest = smallest.usage(resource), TariffTable.of(plan.offers).prices.max(axis=1)
        taken = np.divide(usage, dearest, out=np.zeros(len(usage)), where=dearest > 0.0) * least_goods[smallest.seller]
        found |= set(smallest.seller[smallest.usable & (taken > room)].tolist())
        found |= {s for s, row in enumerate(plan.suppliers) if _fill(row, resource) > room}
    return found


def _fill(supplier: Supplier, resource: str) -> float:
    """Least amount of a resource in the last container of a purchase order."""
    container = supplier.container
    return 0.0 if container is None or container.resource != resource else container.minimum_fill * container.size


def _of_group(network: Network, group: int, lines: Indices) -> Iterator[Clash]:
    supplier = network.suppliers[network.group_supplier[group]]
    warehouse = network.warehouses[network.group_warehouse[group]]
    for resource, amount in warehouse.capacity.items():
        room = np.broadcast_to(np.array(amount, dtype=float), (network.periods,))
        load, why = _least_load(network, group, lines, resource)
        need = _never_fits(network, lines, load, network.usage(resource), room)
        if need is not None:
            yield Clash(
                "suppliers",
                f"no purchase order of {supplier.supplier} ever fits into {warehouse.warehouse}: its {why} takes "
                f"{figures(need)} {resource} of storage at least, and there are {plainly(float(room.max()))} at most; "
                f"raise capacity.{resource} to {figures(need)} at least, or lower {why}",
            )


def _come_at_once(network: Network, lines: Indices) -> bool:
    """Whether everything that a purchase order brings comes in one period and stays where it comes."""
    cells = network.line_cell[lines]
    return len(set(network.line_lead[lines].tolist())) == 1 and not np.isin(cells, network.move_from).any()


def _least_load(network: Network, group: int, lines: Indices, resource: str) -> tuple[float, str]:
    """Least amount of a resource on a purchase order, and the term that asks for it."""
    fees, offers = network.fees, network.line_offer[lines]
    usage = network.usage(resource)[network.cell_item[network.line_cell[lines]]]
    dearest = fees.tariffs.prices[offers].max(axis=1)
    per_money = np.divide(usage, dearest, out=np.full(len(lines), np.inf), where=dearest > 0.0)
    for_goods = float(fees.least_goods[group, 0] * per_money.min()) if np.isfinite(per_money.min()) else 0.0
    supplier = network.suppliers[network.group_supplier[group]]
    for_fill = _fill(supplier, resource) if (usage > 0.0).all() else 0.0  # an order without load needs no container
    if for_fill >= for_goods:
        return for_fill, "container.minimum_fill"
    return for_goods, "minimum_order_value"


def _never_fits(network: Network, lines: Indices, load: float, usage: Array, room: Array) -> float | None:
    """What a purchase order needs at least, if it fits in no period in which one can arrive."""
    if load <= room.min() * (1.0 + SLACK):
        return None
    arrivals = np.flatnonzero(network.line_allowed[lines].any(axis=0)) + int(network.line_lead[lines[0]])
    cells = np.unique(network.line_cell[lines])
    there = network.opening[cells][:, arrivals] - network.demand_before()[cells][:, arrivals]
    waiting = usage[network.cell_item[cells]] @ np.minimum(there, 0.0)
    need = load * float(network.line_fraction[lines].min()) + waiting
    return None if not len(arrivals) or (need <= room[arrivals] * (1.0 + SLACK)).any() else float(need.min())
