"""From a solution back to the decision it is made of, on the plan it belongs to."""

from __future__ import annotations

import math
from datetime import date

from procure.errors import UsageError
from procure.plan.network import Network
from procure.plan.records import Plan
from procure.plan.terms import order_date
from procure.solution.decision import Array, Decision
from procure.solution.records import OrderLine, Solution


def ensure_of_plan(plan: Plan, solution: Solution) -> None:
    """Refuse a solution that was made from another plan.

    Raises
    ------
    UsageError
        The digests of the two plans differ.
    """
    wanted, found = plan.digest(), solution.plan.digest()
    if wanted != found:
        raise UsageError(
            f"the solution belongs to another plan (digest {found}) than the one given (digest {wanted}); name the "
            "plan.json beside the solution, since --set, --objective and --seed of a solve change the plan, or solve "
            "the plan again"
        )


def decision_from(network: Network, solution: Solution) -> Decision:
    """Turn order lines and transfers back into quantities.

    Parameters
    ----------
    network
        The plan in numbers.
    solution
        Its order lines and transfers are read, nothing else.

    Returns
    -------
    Decision
        Every line and transfer in its place.

    Raises
    ------
    UsageError
        A line or transfer that the plan does not know, with another item, supplier or date, or there twice.
    """
    decision = Decision.nothing(network)
    lines, moves = line_positions(network), move_positions(network)
    for row in solution.lines:
        what = f"order line {row.po_number}/{row.line_number}"
        place = lines.get((row.offer, row.warehouse))
        _check_line(network, row, place, what)
        _put(network, decision.orders, place, row.period, row.order_date, row.quantity, what)
    for move in solution.transfers:
        what = f"transfer of {move.item!r} from {move.from_!r} to {move.to!r}"
        place = moves.get((move.from_, move.to, move.item))
        _put(network, decision.shipments, place, move.period, move.ship_date, move.quantity, what)
    return decision


def line_positions(network: Network) -> dict[tuple[str, str], int]:
    """Position of each line by offer and warehouse."""
    offers = [network.offer_ids[k] for k in network.line_offer]
    warehouses = [network.place(int(cell))[1] for cell in network.line_cell]
    return {key: k for k, key in enumerate(zip(offers, warehouses, strict=True))}


def move_positions(network: Network) -> dict[tuple[str, str, str], int]:
    """Position of each move by origin, destination and item."""
    lanes = [network.lanes[k] for k in network.move_lane]
    items = [network.place(int(cell))[0] for cell in network.move_from]
    return {(lane.from_, lane.to, item): k for k, (lane, item) in enumerate(zip(lanes, items, strict=True))}


def _check_line(network: Network, row: OrderLine, line: int | None, what: str) -> None:
    """Hold an order line's item and supplier against its offer."""
    if line is None:
        return
    offer = network.offers[network.line_offer[line]]
    if (offer.item, offer.supplier) != (row.item, row.supplier):
        raise _fault(what, f"offer {row.offer!r} is for {offer.item!r} from {offer.supplier!r}, not for {row.item!r}")


def _put(network: Network, table: Array, place: int | None, period: int, day: date, quantity: float, what: str) -> None:
    """Enter a quantity where it belongs."""
    if place is None:
        raise _fault(what, "the plan has no offer or lane for it")
    if not 0 <= period < network.periods or order_date(network.plan, period) != day:
        raise _fault(what, f"period {period} of the plan does not begin on {day}")
    if not (math.isfinite(quantity) and quantity > 0.0):
        raise _fault(what, f"the quantity must be above 0, got {quantity:g}")
    if table[place, period]:
        raise _fault(what, f"is there twice in period {period}")
    table[place, period] = quantity


def _fault(what: str, message: str) -> UsageError:
    return UsageError(f"the solution does not fit its plan: {what}: {message}; solve the plan again")
