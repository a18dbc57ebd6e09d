"""The buyer's desk: what has been ordered and shipped so far, and the position that follows from it.

C cells, L lines, M moves, T periods; E periods ahead. Quantities are units.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.insight.baselines.norms import Norms, norms_of
from procure.insight.baselines.outlook import Outlook
from procure.insight.baselines.routes import Routes, routes_at
from procure.plan.network import Network
from procure.solution.ledger import Decision, Laws, Ledger, keep_ledger, supply_of
from procure.solution.limits import Limits

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Desk:
    """Everything a policy looks at in a period.

    Parameters
    ----------
    network, laws, limits
        The plan in numbers, and the limits to keep.

    Attributes
    ----------
    period
        Period that is being decided.
    orders, shipments
        Decided so far, shape (L, T) and (M, T).
    routes, norms
        Sources of the cells and how they are tuned, as of the period.
    """

    def __init__(self, network: Network, laws: Laws, limits: Limits) -> None:
        self.network, self.laws, self.limits = network, laws, limits
        self.outlook = Outlook.of(network)
        self.period = 0
        self.orders = np.zeros((network.n_lines, network.periods))
        self.shipments = np.zeros((network.n_moves, network.periods))
        self._known: dict[bytes, tuple[Routes, Norms, Array, Array]] = {}
        self.turn_to(0)

    def turn_to(self, period: int) -> None:
        """Begin a period."""
        self.period = period
        key = (self.outlook.last_order >= period).tobytes()
        if key not in self._known:
            routes = routes_at(self.network, self.outlook, period)
            until, before = (self._echelon_variance(routes, later) for later in (True, False))
            self._known[key] = routes, norms_of(self.network, self.outlook, routes), until, before
        self.routes, self.norms, self._until, self._before = self._known[key]
        self.look()

    def look(self) -> None:
        """Take stock anew after something was decided."""
        _, self.supply = supply_of(self.network, self.laws.planned, self.decision())
        self.own = self._ahead(self.supply) - self.outlook.demand[:, 1:]
        self.net = self._echelon_net()

    def expect(self, lines: Indices, quantity: Array) -> None:
        """Count on orders of this period that are only wished for, until `look` takes stock anew."""
        for line, units in zip(lines[quantity > 0.0], quantity[quantity > 0.0], strict=True):
            arrival, cell = self.period + self.network.line_lead[line], self.network.line_cell[line]
            received = units * self.network.line_fraction[line]
            self.supply[cell, arrival:] += received
            self.own[cell, arrival:] += received
        self.net = self._echelon_net()

    def decision(self) -> Decision:
        """What has been decided so far."""
        return Decision(self.orders, self.shipments)

    def ledger(self) -> Ledger:
        """What has been decided so far, in numbers."""
        return keep_ledger(self.network, self.laws, self.decision())

    def _ahead(self, values: Array) -> Array:
        """Values per period, the last one going on, shape (C, E)."""
        more = self.outlook.span - values.shape[1]
        return np.hstack([values, np.repeat(values[:, -1:], more, axis=1)])

    def _echelon_net(self) -> Array:
        """Expected stock less backorders at the end of each period, less what supplied cells will lack, (C, E)."""
        net = self.own.copy()
        network = self.network
        for depth in range(int(self.routes.depth.max(initial=0)), 0, -1):
            for move in self.routes.supplied_by_lane(depth):
                lack = np.maximum(-net[network.move_to[move]], 0.0)
                net[network.move_from[move]] -= _later(lack, int(network.move_lead[move]))
        return net

    def _echelon_variance(self, routes: Routes, later: bool) -> Array:
        """Variance of the demand of periods 0..e-1, supplied cells included, shape (C, E + 1).

        With `later` their demand counts until what is shipped then arrives.
        """
        network, total = self.network, self.outlook.variance.copy()
        for depth in range(int(routes.depth.max(initial=0)), 0, -1):
            for move in routes.supplied_by_lane(depth):
                lead = int(network.move_lead[move]) if later else 0
                total[network.move_from[move]] += _later(total[network.move_to[move]], lead)
        return total

    def window_variance(self, end: Indices) -> Array:
        """Variance of the demand from this period to `end`, supplied cells included, shape (C,) [units squared]."""
        found: Array = self.at_end(self._until[:, 1:], end) - self._before[:, self.period]
        return found

    def safety(self, end: Indices) -> Array:
        """Safety stock for the time until `end`, shape (C,): z times the spread, at least the item's own.

        Nothing is kept beyond the end of an item that is phased out.
        """
        spread = np.sqrt(self.window_variance(end) + self.norms.risk)
        given = np.array([i.safety_stock or 0.0 for i in self.network.items])[self.network.cell_item]
        stock = np.maximum(self.norms.factor * spread, given)
        beyond = self.outlook.demand[:, -1] - self.at_end(self.outlook.demand[:, 1:], end)
        ends = (beyond <= 0.0) & (self.network.credit[self.network.cell_item] <= 0.0)
        return np.where(ends, 0.0, stock)

    def at_end(self, values: Array, end: Indices) -> Array:
        """Value of each cell at its own period, shape (C,); values (C, E)."""
        picked: Array = values[np.arange(len(values)), np.clip(end, 0, self.outlook.span - 1)]
        return picked

    def next_receipt(self) -> Indices:
        """Period in which an order or shipment of the next occasion would first serve, shape (C,)."""
        line, t = self.routes.line, self.period
        following = np.full(len(line), t + 1, dtype=np.int64)
        if self.network.n_lines:
            after = self.outlook.next_order[np.maximum(line, 0), t]
            following = np.where(line >= 0, after, following)
        return following + self.norms.lead

    def cover(self) -> Array:
        """Periods from now until each cell runs out, without further orders, shape (C,)."""
        ahead = self.net[:, self.period :]
        out = ahead < -1e-9
        first = np.where(out.any(axis=1), out.argmax(axis=1), ahead.shape[1])
        rate = np.maximum(self.norms.rate, 1e-9)
        left = self.at_end(self.net, self.period + first)
        lacking = np.clip(-left / rate, 0.0, 1.0)
        lasts: Array = np.where(out.any(axis=1), first + 1.0 - lacking, first + np.maximum(left, 0.0) / rate)
        return lasts


def _later(values: Array, periods: int) -> Array:
    """Values of some periods later, the last one going on."""
    if periods == 0:
        return values
    return np.concatenate([values[periods:], np.repeat(values[-1:], min(periods, len(values)))])[: len(values)]
