"""Explain a solution: why each order line is there, and what else could be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from procure.errors import UsageError
from procure.insight.explanation.absent import Absent
from procure.insight.explanation.alternatives import Alternatives, as_record, landed_cost
from procure.insight.explanation.breaches import Rules
from procure.insight.explanation.change import Change
from procure.insight.explanation.extra_supply import ExtraSupply
from procure.insight.explanation.line_money import money_parts
from procure.insight.explanation.line_parts import LineParts
from procure.insight.explanation.parameters import parameters
from procure.insight.explanation.records import Counts, Explanation, LineExplanation, Served
from procure.insight.explanation.revaluation import Revaluation
from procure.insight.explanation.sentences import sentence
from procure.insight.explanation.served import served_by
from procure.insight.explanation.shortages import MOST, short_cells, shortage_of
from procure.plan.network import Network, build_network
from procure.plan.records import Plan
from procure.plan.terms import exchange_rates, order_date
from procure.solution.customer_orders import promises
from procure.solution.document import read_solution
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import limits_of
from procure.solution.records import OrderLine, Solution
from procure.solution.replay import decision_from, line_positions

Found = TypeVar("Found")
Watch = Callable[[int, int], None]
"""Called with the number of steps done and of all steps."""


def explain(
    solution: Solution | str | Path,
    item: str | None = None,
    warehouse: str | None = None,
    progress: Watch | None = None,
    *,
    most: int | None = None,
) -> Explanation:
    """Explain a solution.

    Parameters
    ----------
    solution
        A solution, its `solution.json`, or the directory that holds it with the plan beside it.
    item, warehouse
        Explain only what concerns these.
    progress
        Called after each line.
    most
        Explain only so many order lines, shortages and items not ordered: the dearest, orders to release now first.

    Returns
    -------
    Explanation
        Without `most` of every order line, and of the 100 dearest shortages.

    Raises
    ------
    UsageError
        There is no such item or warehouse, or the solution can't be read or does not fit its plan.
    """
    found = solution if isinstance(solution, Solution) else read_solution(solution)
    ensure_known(found.plan, item, warehouse)
    return Explainer(found).explanation(item, warehouse, most, progress)


def ensure_known(plan: Plan, item: str | None, warehouse: str | None) -> None:
    """Refuse ids that the plan does not have.

    Raises
    ------
    UsageError
        There is no such item or warehouse.
    """
    for name, table, value in (("item", plan.items, item), ("warehouse", plan.warehouses, warehouse)):
        if value is not None and not any(getattr(row, name) == value for row in table):
            raise UsageError(f"the plan has no {name} {value!r}; `--{name}` takes an id of its table {name}s")


class _Steps:
    """Counts what has been explained."""

    def __init__(self, of_all: int, watch: Watch) -> None:
        self._done, self._of_all, self._watch = 0, of_all, watch

    def each(self, records: Iterable[Found]) -> Iterator[Found]:
        """Pass records on, one step each."""
        for record in records:
            yield record
            self._done += 1
            self._watch(self._done, self._of_all)


def _ignore(done: int, of_all: int) -> None:
    """Nobody watches."""


class Explainer:
    """A solution, ready to be explained.

    Parameters
    ----------
    solution
        The solution; its orders are valued anew.
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self.network: Network = build_network(solution.plan)
        decision, laws = decision_from(self.network, solution), Laws.of(self.network)
        self.plan = Revaluation(keep_ledger(self.network, laws, decision), laws)
        self.rules = Rules(self.plan, limits_of(self.network))
        self.others = Alternatives(self.plan, self.rules)
        self.extra = ExtraSupply(self.plan, self.rules, self.others)
        self._served = served_by(self.network, decision)

    def explanation(
        self, item: str | None = None, warehouse: str | None = None, most: int | None = None, watch: Watch | None = None
    ) -> Explanation:
        """Explain everything that concerns an item and a warehouse, or the dearest of it."""
        cells = self._cells(item, warehouse)
        absent = Absent(self.plan, self.extra, cells)
        short = short_cells(self.plan, cells)
        rows = [row for row in self.solution.lines if item in (None, row.item) and warehouse in (None, row.warehouse)]
        chosen, missing = self._dearest(rows, most), absent.order[:most]
        shorts = short[: MOST if most is None else most].tolist()
        steps = _Steps(len(chosen) + len(missing) + len(shorts), watch or _ignore)
        return Explanation(
            plan=self.solution.plan_reference,
            currency=self.solution.plan.currency,
            last_day=order_date(self.network.plan, self.network.periods) - timedelta(days=1),
            lines=tuple(steps.each(self._lines(chosen))),
            not_ordered=tuple(steps.each(absent.record(k) for k in missing)),
            shortages=tuple(steps.each(shortage_of(self.plan, self.extra, cell) for cell in shorts)),
            counts=Counts(
                lines_now=sum(row.release for row in rows),
                lines_later=sum(not row.release for row in rows),
                not_ordered=len(absent.cells),
                shortages=len(short),
            ),
            promises=tuple(promises(self.network, self.plan.ledger.decision)),
            parameters=parameters(self.network, self.plan.ledger.decision),
            item=item,
            warehouse=warehouse,
        )

    def _dearest(self, rows: list[OrderLine], most: int | None) -> list[OrderLine]:
        """All lines as they come, or the dearest, those to release now first."""
        if most is None:
            return rows
        rates = dict(self._rates())
        return sorted(rows, key=lambda row: (not row.release, -row.goods_value * rates[row.supplier]))[:most]

    def _rates(self) -> Iterator[tuple[str, float]]:
        """Plan currency per unit of each supplier's."""
        plan = self.solution.plan
        yield from zip((s.supplier for s in plan.suppliers), exchange_rates(plan).tolist(), strict=True)

    def _cells(self, item: str | None, warehouse: str | None) -> NDArray[np.int64]:
        """Cells of an item and a warehouse."""
        network, chosen = self.network, np.ones(self.network.n_cells, dtype=bool)
        items, warehouses = network.names
        if item is not None:
            chosen &= network.cell_item == items.index(item)
        if warehouse is not None:
            chosen &= network.cell_warehouse == warehouses.index(warehouse)
        return np.flatnonzero(chosen)

    def _lines(self, rows: list[OrderLine]) -> Iterator[LineExplanation]:
        places = line_positions(self.network)
        lines = np.array([places[row.offer, row.warehouse] for row in rows], dtype=np.int64)
        periods = np.array([row.period for row in rows], dtype=np.int64)
        parts = LineParts(self.plan, self.rules, lines, periods)
        for k, row in enumerate(rows):
            yield self._line(row, int(lines[k]), parts, k)

    def _line(self, row: OrderLine, line: int, parts: LineParts, k: int) -> LineExplanation:
        period, network = row.period, self.network
        bill = self.plan.orders.bill(int(network.line_group[line]), period)
        money = money_parts(network, bill, line)
        best = self.others.next_best(line, period)
        worth = self.plan.differences([Change(orders={(line, period): 0.0})])[0]
        served: list[Served] = self._served.get((line, period), [])
        bare = LineExplanation(
            **{name: getattr(row, name) for name in ("po_number", "line_number", "item", "warehouse", "supplier")},
            **{name: getattr(row, name) for name in ("offer", "release", "order_date", "receipt_date", "quantity")},
            cover_until=parts.cover_until(k),
            parts=parts.parts(k),
            landed_cost=landed_cost(self.plan, line, period),
            cost=float(sum(part.amount for part in money)),
            money=money,
            worth=as_record(worth),
            next_best=None if best.kept is None else self.others.record(best.kept),
            barred=None if best.barred is None else self.others.record(*best.barred),
            serves=tuple(served),
            sentence="",
        )
        return bare.model_copy(update={"sentence": sentence(bare, self.solution.plan.currency)})
