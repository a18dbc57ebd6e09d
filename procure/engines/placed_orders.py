"""The linear program under the orders of a plan: what one more unit of each limit would save there.

The switches of the MILP are held as the plan has them: which purchase orders and order lines are placed, in which
price tier, in how many containers, which lanes run. Quantities are free of their multiples, since a MILP has no dual
prices and with whole multiples held nothing is left that could move. The convex functions are refined by tangents where
the program's answer lies, until they agree with it, so that the slopes that make the prices are true ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.engines.interface import Options, Task
from procure.engines.placed_only import placed_only, side_rate
from procure.engines.reach import Reach, reach_of
from procure.engines.rounding import Draft
from procure.engines.stage import Goal, Stage
from procure.engines.start import start_columns
from procure.solution.decision import Decision
from procure.solution.limits import Limits
from procure.solution.prices import raised
from procure_milp.solve import Found, HighsSession

Array = NDArray[np.float64]

ROUNDS = 60
"""Most rounds of tangents."""
EXACT, NEARLY = 1e-8, 1e-5
"""Part of the gross cost by which the program may rise from round to round in the end; where time runs out."""
AROUND = (0.0, -0.3, 0.3, -0.1, 0.1)
"""Where the first tangents are drawn, in standard deviations from the plan's supply."""
STEPS = ("lots", "parcels")
"""Blocks of whole variables that are quantities, not switches."""


class PlacedOrders(Stage):
    """The linear program under the purchase orders and lane trips of a decision.

    Parameters
    ----------
    task
        The plan in numbers.
    limits
        Limits that the decision keeps.
    decision
        The plan's decision.
    options
        Time and stop.
    backorder_limit
        Most weighted backorders; inf but in the second stage of the objective `backorders`.
    """

    def __init__(
        self, task: Task, limits: Limits, decision: Decision, options: Options, backorder_limit: float = np.inf
    ) -> None:
        network = placed_only(task.network, decision)
        goal = Goal(
            name="cost",
            value=lambda ledger: ledger.total,
            gross=lambda ledger: ledger.gross,
            gap=EXACT,
            limits=limits,
            kept=limits,
            slack={},
            backorder_limit=backorder_limit,
        )
        super().__init__(replace(task, network=network), goal, options, decision)
        self.phase = "prices"
        self.session: HighsSession | None = None
        self._found: Found | None = None

    @cached_property
    def _reach(self) -> Reach:
        """Without the limits, which would else stand in the bounds of quantities as well and share their price."""
        network, law = self.task.network, self.task.laws.planned
        found = reach_of(network, law, self.levels, (), self.best.ledger.total)
        return replace(found, most_lots=self._room(found.most_lots))

    def _room(self, most_lots: Array) -> Array:
        """At least what the plan orders, which may be more than could be useful."""
        network, orders = self.task.network, self.best.ledger.decision.orders
        steps = np.array([offer.order_multiple or 1.0 for offer in network.offers])[network.line_offer][:, None]
        room: Array = np.maximum(most_lots, orders / steps)
        return room

    def solve(self) -> Array | None:
        """Hold the switches and solve, until the tangents are exact.

        Returns
        -------
        ndarray or None
            What one more unit of every limit and period saves, shape (limits, T) [plan currency per unit of the limit],
            as `Limit.allowed` counts; None if time ran out.
        """
        inst = self.translation.instance
        if not inst.lines and not inst.moves:
            return np.zeros((len(self.goal.limits), self.task.network.periods))
        inst.path_cuts.extend(self.path_cuts.at(self.best.ledger.decision))
        self._bend_around_plan()
        self.session = self._open(inst)
        values = start_columns(self.session, self.translation, self.best.ledger.decision)
        switches = np.array(sorted(self._switches(self.session)), dtype=np.int32)
        self.session.fix(switches, values[switches])
        self._found = self._solved()
        return None if self._found is None else self._prices(self.session)

    def _bend_around_plan(self) -> None:
        """Draw tangents about the plan's supply, near which the answer lies."""
        law, cells = self.task.laws.planned, self.translation.cells
        supply = self.best.ledger.stocks.supply[cells]
        spread = np.sqrt(law.variance[cells])
        where, when = (np.asarray(a, dtype=np.int64) for a in np.indices(supply.shape))
        for part in AROUND:
            points = np.maximum(supply + part * spread, self.translation.instance.lowest)
            true, slopes = self.curves.backorders(where, when, points)
            self._bend_backorders(points, true, slopes, np.zeros_like(points))
            self._bend_peaks(points)

    def step(
        self, limit: int, period: int | None, amount: float, *, whole: bool = False
    ) -> tuple[float, float, Decision | None] | None:
        """Give so much more of a limit in a period, or in every one, and solve again.

        Parameters
        ----------
        whole
            Whether to round the answer to whole multiples, too.

        Returns
        -------
        tuple or None
            Cost saved [plan currency] and expected backorders avoided [unit-periods] under the orders placed, and a
            decision near the answer if one is asked for; None if time ran out.
        """
        before, session = self._found, self.session
        if before is None or session is None:
            return None
        changed = self.goal.limits[limit]
        more = raised(self.task.network, changed, period, amount) - changed.allowed
        rows = [(f"{block}_{name}_{t}", more[t] * rate) for block, name, t, rate in self._rows() if name == limit]
        session.widen(rows)
        after = self._solved()
        limits = self.goal.limits
        wider = (*limits[:limit], replace(changed, allowed=changed.allowed + more), *limits[limit + 1 :])
        rounded = rounded_decision(self, wider, after) if whole and after is not None else None
        session.widen([(row, -add) for row, add in rows])
        if after is None:
            return None
        # tangents found on the way hold for the program as it was, too
        saved = before.bound - after.bound
        return max(saved, 0.0), self._backorders(before) - self._backorders(after), rounded

    def rounded(self) -> Decision | None:
        """A decision near the program's answer, in whole multiples; None where there is no answer."""
        return None if self._found is None else rounded_decision(self, self.goal.limits, self._found)

    def close(self) -> None:
        """Let go of the solver."""
        if self.session is not None:
            self.session.close()

    def step_columns(self, period: int) -> list[int]:
        """Columns of the quantities of a period."""
        assert self.session is not None
        var = self.session.model.variables
        blocks = [getattr(var, block) for block in STEPS]
        return [self.session.column(v) for block in blocks for index, v in block.items() if index[1] == period]

    def _backorders(self, found: Found) -> float:
        """Expected backorders, or units lost, at an answer of the program [unit-periods]."""
        assert found.values is not None
        inst = self.translation.instance
        supply, unmet = self.places.supply(found.values), self.places.unmet(found.values)
        cells, periods = (np.asarray(a, dtype=np.int64) for a in np.indices(supply.shape))
        owed, _ = self.curves.backorders(cells, periods, supply)
        for cell in inst.sampled:
            owed[cell] = np.diff(unmet[cell], prepend=0.0) if cell in inst.lost else unmet[cell]
        return float(owed.sum())

    def _switches(self, session: HighsSession) -> Iterator[int]:
        var = session.model.variables
        steps = {session.column(v) for block in STEPS for v in getattr(var, block).values()}
        return (int(column) for column in session.whole if int(column) not in steps)

    def _solved(self) -> Found | None:
        """Solve and refine until the program rises no more; None if time ran out."""
        assert self.session is not None
        latest: Found | None = None
        rise = np.inf
        for _ in range(ROUNDS):
            self._tell(-np.inf)
            found = self.session.relax(max(self.options.time_left, 0.05), keep=True)
            if self.options.over or found.values is None or not found.exact:
                return latest if rise <= NEARLY * self._gross and not self.options.stop.is_set() else None
            rise = found.bound - latest.bound if latest is not None else np.inf
            latest = found
            if rise <= EXACT * self._gross or not self._refine(self.session, found.values, 0.0):
                break
        return latest

    def _prices(self, session: HighsSession) -> Array:
        prices = np.zeros((len(self.goal.limits), self.task.network.periods))
        duals = session.row_duals()
        for block, name, period, rate in self._rows():
            prices[name, period] = max(-duals[session.row(f"{block}_{name}_{period}")] * rate, 0.0)
        return prices

    def _rows(self) -> Iterator[tuple[str, int, int, float]]:
        """Block, limit, period of every row that is a limit, and units of its side per unit of the limit."""
        inst = self.translation.instance
        for stock in inst.stock_limits:
            yield "storage", stock.name, stock.period, 1.0
        for money in inst.money_limits:
            yield "money_limit", money.name, money.period, 1.0
        for capacity in inst.capacities:
            rate = side_rate(self.task.network, self.goal.limits[capacity.name])
            yield "order_capacity", capacity.name, capacity.period, rate


def rounded_decision(program: PlacedOrders, limits: Limits, found: Found) -> Decision | None:
    """Round an answer period by period, fix that, solve again: relax and fix, as the dive does, under held switches.

    Parameters
    ----------
    limits
        The limits to keep; the program's rows have them.
    found
        The answer to round.
    """
    session, places = program.session, program.places
    assert session is not None
    draft = Draft(program.task, limits, program.translation)
    values, fixed = found.values, []
    assert values is not None
    for period in range(program.task.network.periods):
        draft.round(period, places.lots(values)[:, period], places.parcels(values)[:, period])
        columns = np.array(program.step_columns(period), dtype=np.int32)
        if not len(columns) or program.options.over:
            continue
        session.fix(columns, start_columns(session, program.translation, draft.decision())[columns])
        fixed += columns.tolist()
        again = session.relax(max(program.options.time_left, 0.05), keep=True)
        values = again.values if again.values is not None and again.exact else values
    if fixed:
        session.free(np.array(fixed, dtype=np.int32))
    draft.clean()
    return draft.decision()
