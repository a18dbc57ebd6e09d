"""Mending: a decision that breaks rules is cut back until it keeps them all. Nothing is ever added.

What breaks a limit is taken back where it is needed last, as Netstock and SAP F&R publish; a purchase order that no
longer reaches its minimum is given up. What there is no room for is put off to the next purchase order of that supplier
that comes when there is room again, if one is placed anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.plan.network import Network
from procure.solution.carry_over import whole_multiples
from procure.solution.check import Violation, violations
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, Ledger, keep_ledger
from procure.solution.limits import Limits, excess
from procure.solution.unit_use import Entries, entries_of, unit_use

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

ROUNDS = 60
"""Most looks at a decision, before nothing at all is ordered."""
GENTLE = 30
"""Looks in which quantities are taken back in parts; then whole orders are."""
GRAIN = 1e-6
"""Least part of a quantity that is taken back, so that rounding never keeps it as it was."""
PARTS = 4.0
"""Parts in which a quantity is taken back, so that several items share a shortage of room or money."""


@dataclass(frozen=True, eq=False)
class _Look:
    """A decision with what it leads to, and the entries that may be cut."""

    ledger: Ledger
    entries: Entries
    whole: bool

    @property
    def network(self) -> Network:
        return self.ledger.network

    def cover(self, period: int | None = None) -> Array:
        """Periods of mean demand in stock after a period, by default after each entry's arrival, shape (N,)."""
        network, entries = self.network, self.entries
        at = np.minimum(entries.arrival if period is None else period, network.periods - 1)
        left = (self.ledger.stocks.supply - network.cumulative_mean())[entries.cell, at]
        cover: Array = left / np.maximum(network.mean.mean(axis=1)[entries.cell], 1e-9)
        return cover


def mended(network: Network, laws: Laws, limits: Limits, decision: Decision) -> Decision:
    """Cut a decision back until it keeps every rule of the plan and all limits.

    Parameters
    ----------
    limits
        The shared limits to keep.
    decision
        Whatever was decided; it is left as it is.

    Returns
    -------
    Decision
        A decision that orders and ships nothing more or earlier; ordering nothing, where that many cuts do not help.
    """
    decision = Decision(decision.orders.copy(), decision.shipments.copy())
    for look in range(ROUNDS):
        ledger = keep_ledger(network, laws, decision)
        broken = violations(ledger, limits)
        if not broken:
            return decision
        _cut(_Look(ledger, entries_of(decision, network), look >= GENTLE), broken, limits)
    return Decision.nothing(network)


def _cut(look: _Look, broken: list[Violation], limits: Limits) -> None:
    """Cut back what breaks rules of its own; only if nothing does, what breaks the shared limits."""
    own = [v for v in broken if v.limit is None]
    for violation in own:
        _cut_own(look, violation)
    if own:
        return
    for k in sorted({v.limit for v in broken if v.limit is not None}):
        over = excess(look.ledger, limits[k])
        period = int(np.flatnonzero(over)[0])
        use, before = unit_use(look.ledger, look.entries, limits[k], period), look.ledger.decision.orders.copy()
        is_room = limits[k].kind in ("storage", "inventory_value")
        _take(look, use, float(over[period]), look.cover(period if is_room else None))
        if is_room and not look.whole:
            last = int(np.flatnonzero(over)[-1])
            _put_off(look, before - look.ledger.decision.orders, last)


def _put_off(look: _Look, taken: Array, period: int) -> None:
    """Add what was taken back to the next order of its line that arrives after a period, where one is placed."""
    network, orders = look.network, look.ledger.decision.orders
    lots, periods = network.fees.lots, np.arange(network.periods)
    for line, ordered in np.argwhere(taken > 0.0).tolist():
        open_ = network.line_allowed[line] & look.ledger.bills.placed[network.line_group[line]]
        later = np.flatnonzero(open_ & (periods > ordered) & (periods + network.line_lead[line] > period))
        if len(later):
            quantity = orders[line, later[0]] + taken[line, ordered]
            if lots.least[line] <= quantity <= lots.most[line]:
                orders[line, later[0]] = quantity


def _cut_own(look: _Look, violation: Violation) -> None:
    """Cut back what breaks a rule of an order line, a purchase order, a transfer or a cell's cover."""
    entries, network, period = look.entries, look.network, violation.period
    if violation.line is not None:
        look.ledger.decision.orders[violation.line, period] = 0.0
    elif violation.group is not None:
        _cut_order(look, violation, violation.group)
    elif violation.move is not None:
        _cut_shipments(look, violation.move, period)
    elif violation.cell is not None:
        mine = (entries.cell == violation.cell) & (entries.arrival <= period)
        over = look.ledger.stocks.supply[violation.cell, period] - network.cover_caps[violation.cell][period]
        _take(look, mine * entries.share, float(over), entries.arrival.astype(float))


def _cut_shipments(look: _Look, move: int, period: int) -> None:
    """Ship no more from a cell than is there, the latest shipments first; a transfer at fault itself is given up."""
    entries, network = look.entries, look.network
    origin = network.move_from[move]
    over = float(network.demand_before()[origin, period] - look.ledger.stocks.supply[origin, period])
    if over <= 0.0:
        look.ledger.decision.shipments[move, period] = 0.0
        return
    mine = ~entries.is_line & (network.move_from[np.where(entries.is_line, 0, entries.index)] == origin)
    _take(look, (mine & (entries.period <= period)).astype(float), over, entries.period.astype(float))


def _cut_order(look: _Look, violation: Violation, group: int) -> None:
    """Give a purchase order up, or cut it to its maximum or to full containers."""
    ledger, fees, period = look.ledger, look.network.fees, violation.period
    mine = look.entries.is_line & (look.entries.period == period)
    mine &= look.network.line_group[np.where(look.entries.is_line, look.entries.index, 0)] == group
    lines = look.entries.index[mine]
    use, over = np.zeros(len(mine)), np.inf
    if violation.rule == "order_maximum":
        use[mine] = ledger.bills.goods[lines, period] / np.maximum(ledger.decision.orders[lines, period], 1e-9)
        over = float(ledger.bills.order_goods[group, period] - fees.most_goods[group, 0])
    elif violation.rule == "container_fill" and ledger.bills.containers[group, period] > 1.0:
        use[mine] = fees.load[lines]
        full = (ledger.bills.containers[group, period] - 1.0) * fees.container_size[group, 0]
        over = float(ledger.bills.load[group, period] - full)
    if np.isinf(over):
        ledger.decision.orders[lines, period] = 0.0
    else:
        _take(look, use, over, look.cover())


def _take(look: _Look, use: Array, over: float, cover: Array) -> None:
    """Take `over` back from entries that use something, most cover first, in parts and again until it is enough."""
    order = [int(k) for k in np.argsort(-cover, kind="stable") if use[k] > 0.0]
    parts = look.entries.quantity(look.ledger.decision) / PARTS
    while over > 0.0 and order:
        for k in list(order):
            before = look.entries.quantity_at(look.ledger.decision, k)
            needed = max(min(over / float(use[k]), float(parts[k])), GRAIN * max(before, 1.0))
            after = _less(look, k, before, needed)
            look.entries.put(look.ledger.decision, k, after)
            over -= (before - after) * float(use[k])
            if after <= 0.0:
                order.remove(k)
            if over <= 0.0:
                return


def _less(look: _Look, k: int, before: float, needed: float) -> float:
    """Quantity after at least `needed` units are taken off, in whole multiples; 0 below the minimum or by whole."""
    if look.whole:
        return 0.0
    multiple, least = look.entries.multiple[k], look.entries.least[k]
    after = whole_multiples(max(before - needed, 0.0), float(multiple))
    return after if after >= max(float(least), 1e-6) else 0.0
