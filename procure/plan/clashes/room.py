"""Smallest orders, and safety stocks, that storage or the limit on inventory value never hold.

An order of q units that arrives in t leaves at least q + O_t - E D_{t-1} in stock, with O_t the supply without orders:
backorders that wait take their share at once. So this much is needed, whatever else is ordered. Cells from which
lanes lead away are left out, since stock can go on the day it comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from procure.plan.clashes.clash import Clash, few, figures, plainly, span, up_to
from procure.plan.clashes.smallest import SLACK, Array, Mask, Smallest
from procure.plan.table import numbers


def larger_than_room(smallest: Smallest) -> Iterator[Clash]:
    """Yield offers whose smallest order no warehouse of theirs can hold, by warehouse and resource."""
    for w, warehouse in enumerate(smallest.plan.warehouses):
        for resource, amount in warehouse.capacity.items():
            room = np.broadcast_to(np.array(amount, dtype=float), (smallest.plan.periods,))
            may_clash = smallest.usable & (smallest.units * smallest.usage(resource) > room.min() * (1.0 + SLACK))
            if not may_clash.any():
                continue
            found = _never_fits(smallest, may_clash, smallest.usage(resource), room, w)
            if found:
                taken = list(found.values())
                yield Clash(
                    "offers",
                    f"no order of {few(list(found))} ever fits into {warehouse.warehouse}: {span(taken, resource)} of "
                    f"storage, and there are {plainly(float(room.max()))} at most; raise capacity.{resource} "
                    f"{up_to(taken)} at least, or lower minimum_order_quantity and order_multiple",
                )


def worth_more_than_allowed(smallest: Smallest) -> Iterator[Clash]:
    """Yield offers whose smallest order is worth more than may be tied up in stock."""
    plan = smallest.plan
    limit = plan.capital.inventory_value
    if limit is None:
        return
    # r is at most what the offer itself costs landed at its plain price
    dear = numbers(plan.offers, "unit_price") * smallest.rate + numbers(plan.offers, "unit_freight")
    may_clash = smallest.usable & (smallest.units * dear > limit * (1.0 + SLACK))
    if not may_clash.any():
        return
    worth = smallest.network.replacement[smallest.item]
    found = _never_fits(smallest, may_clash, worth, np.full(plan.periods, limit), None)
    if found:
        taken = list(found.values())
        yield Clash(
            "offers",
            f"no order of {few(list(found))} ever fits under the limit on stock: {span(taken, plan.currency)} at "
            f"replacement cost, and capital.inventory_value is {plainly(limit)}; raise it {up_to(taken)} at least, or "
            "lower minimum_order_quantity and order_multiple",
        )


def _never_fits(
    smallest: Smallest, wanted: Mask, per_unit: Array, limit: Array, warehouse: int | None
) -> dict[str, float]:
    """Offers of which no order fits under a limit wherever it arrives, with the least that one would need."""
    network = smallest.network
    leaves = np.zeros(network.n_cells, dtype=bool)
    leaves[network.move_from] = True
    needs: dict[str, list[float]] = defaultdict(list)
    fits: set[str] = set()
    for line in np.flatnonzero(wanted[network.line_offer]).tolist():
        offer, cell = int(network.line_offer[line]), int(network.line_cell[line])
        if warehouse is not None and network.cell_warehouse[cell] != warehouse:
            continue
        arrivals = np.flatnonzero(network.line_allowed[line]) + int(network.line_lead[line])
        there = network.opening[cell, arrivals] - network.demand_before()[cell, arrivals]
        need = (smallest.units[offer] * float(network.line_fraction[line]) + there) * float(per_unit[offer])
        name = network.offer_ids[offer]
        if leaves[cell] or not len(arrivals) or (need <= limit[arrivals] * (1.0 + SLACK)).any():
            fits.add(name)
        else:
            needs[name].append(float(need.min()))
    return {name: min(least) for name, least in needs.items() if name not in fits}


def safety_beyond_room(smallest: Smallest) -> Iterator[Clash]:
    """Yield warehouses that can't hold the safety stocks asked for: their shortfall is charged every period."""
    plan, known = smallest.plan, smallest.known
    each = np.nan_to_num(numbers(plan.items, "safety_stock"))
    if not each.any():
        return
    item, warehouse = known.pair(np.unique(known.places(plan.demand)))
    for w, row in enumerate(plan.warehouses):
        here = np.unique(item[warehouse == w])
        for resource, amount in row.capacity.items():
            default = 1.0 if resource == "units" else 0.0
            usage = np.array([plan.items[k].storage.get(resource, default) for k in here.tolist()], dtype=float)
            taken = each[here] * usage
            most = float(np.max(amount))
            if taken.sum() > most * (1.0 + SLACK):
                largest = here[np.argsort(-taken, kind="stable")]
                names = [plan.items[k].item for k in largest.tolist() if each[k] > 0.0]
                yield Clash(
                    "items",
                    f"the safety stocks of {row.warehouse} ({few(names)}) need {figures(float(taken.sum()))} "
                    f"{resource} of storage, and there are {plainly(most)} at most, so part of them is always missing; "
                    f"raise capacity.{resource} to {figures(float(taken.sum()))} at least, or lower safety_stock",
                )
