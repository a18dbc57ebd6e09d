"""Smallest orders above what a supplier delivers in a period."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from procure.plan.clashes.clash import Clash, few, plainly, span, up_to
from procure.plan.clashes.smallest import SLACK, Smallest


def above_supplier_capacity(smallest: Smallest) -> Iterator[Clash]:
    """Yield offers whose smallest purchase order takes more than the supplier has in any period."""
    plan = smallest.plan
    for s, supplier in enumerate(plan.suppliers):
        for resource, amount in supplier.capacity.items():
            unit = supplier.currency or plan.currency if resource == "value" else resource
            needs = smallest.order_goods if resource == "value" else smallest.load(resource)
            there = smallest.most(np.broadcast_to(np.array(amount, dtype=float), (plan.periods,)))
            mine = smallest.usable & (smallest.seller == s)
            over = np.flatnonzero(mine & (needs > there * (1.0 + SLACK)))
            if not len(over):
                continue
            taken = needs[over].tolist()
            yield Clash(
                "offers",
                f"no order of {few(smallest.names(over))} can ever be placed: {span(taken, unit)}, and the capacity of "
                f"{supplier.supplier} is {plainly(float(there[over].max()))} a period at most; raise "
                f"capacity.{resource} {up_to(taken)}, or lower what an order takes at least",
            )
