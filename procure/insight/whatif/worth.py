"""What an item is worth that nobody offers any more."""

from __future__ import annotations

from typing import Any

from procure.insight.whatif.rows import with_rows
from procure.plan.network import build_network
from procure.plan.records import Plan


def worth_kept(changed: Plan, base: Plan) -> Plan:
    """Give items that lost their last offer the replacement cost that they have in the base plan.

    Without offer and `replacement_cost` an item's r would be 0, and its stock worth nothing while the scenario is
    solved. It can't be bought, so nothing is ever worth more than it cost.
    """
    lost = {offer.item for offer in base.offers} - {offer.item for offer in changed.offers}
    if not lost:
        return changed
    network = build_network(base)
    worth = dict(zip(network.names[0], network.replacement.tolist(), strict=True))

    def kept(item: Any) -> Any:
        if item.item not in lost or item.replacement_cost is not None:
            return item
        return item.model_copy(update={"replacement_cost": worth[item.item]})

    return with_rows(changed, "items", kept)
