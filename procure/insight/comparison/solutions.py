"""Two solutions of one plan: cost parts, backorders, bounds, spend, and what is ordered otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal

from procure.insight.comparison.records import (
    Better,
    Difference,
    OrderChange,
    Side,
    SolutionComparison,
    TransferChange,
)
from procure.solution.records import CostParts, OrderLine, Solution

SAME = 1e-6
"""Relative difference below which two figures are the same."""

Change = Literal["added", "dropped", "changed"]
OrderKey = tuple[int, str, str, str, date]
TransferKey = tuple[int, str, str, str, date]


def compare_solutions(a: Solution, b: Solution, sides: tuple[Side, Side]) -> SolutionComparison:
    """Compare two solutions of the same plan."""
    mine, other = _orders(a), _orders(b)
    values = [_values(solution) for solution in (a, b)]
    orders = list(_changes(mine, other))
    transfers = list(_changes(_transfers(a), _transfers(b)))
    return SolutionComparison(
        plan=a.plan_reference,
        currency=a.plan.currency,
        a=sides[0],
        b=sides[1],
        cost=tuple(_cost(a, b)),
        figures=tuple(_figures(a, b)),
        orders=tuple(_order(key, *units, values[1].get(key, 0.0) - values[0].get(key, 0.0)) for key, units in orders),
        same_orders=len(mine.keys() | other.keys()) - len(orders),
        transfers=tuple(_transfer(key, *quantities) for key, quantities in transfers),
        same_transfers=len(_transfers(a).keys() | _transfers(b).keys()) - len(transfers),
        better=_better(a, b),
    )


def _better(a: Solution, b: Solution) -> Better | None:
    gross = max(1.0, abs(a.cost.total), abs(a.cost.total - a.cost.terminal))
    if abs(a.cost.total - b.cost.total) <= SAME * gross:
        return None
    return "A" if a.cost.total < b.cost.total else "B"


def difference(figure: str, unit: str, a: float | None, b: float | None) -> Difference:
    """Return a figure of both with its difference, where both are known."""
    apart = None if a is None or b is None else b - a
    return Difference(figure=figure, unit=unit, a=a, b=b, difference=apart)


def _cost(a: Solution, b: Solution) -> Iterator[Difference]:
    for part in (*CostParts.model_fields, "total"):
        yield difference(part, a.plan.currency, getattr(a.cost, part), getattr(b.cost, part))


def _figures(a: Solution, b: Solution) -> Iterator[Difference]:
    mine, other = (dict(_known(solution)) for solution in (a, b))
    for (figure, unit), value in mine.items():
        yield difference(figure, unit, value, other[figure, unit])


def _known(solution: Solution) -> Iterator[tuple[tuple[str, str], float | None]]:
    expected, currency = solution.expected_backorders, solution.plan.currency
    now = [header for header in solution.headers if header.period == 0]
    yield ("backorders", "unit-periods"), expected.unit_periods
    yield ("backorders_at_the_end", "units"), expected.end_units
    yield ("backorders_open_loop", "unit-periods"), expected.open_loop.unit_periods
    yield ("fill_rate", "share"), solution.fill_rate
    yield ("bound", currency), solution.bound
    yield ("gap", "share"), solution.gap
    yield ("spend_now", currency), sum(header.total * header.exchange_rate for header in now)
    yield ("spend", currency), sum(header.total * header.exchange_rate for header in solution.headers)
    yield ("purchase_orders_now", "orders"), len(now)
    yield ("purchase_orders", "orders"), len(solution.headers)
    yield ("transfers", "transfers"), len(solution.transfers)


def _orders(solution: Solution) -> dict[OrderKey, float]:
    """Units by period, supplier, warehouse and item; several offers of a supplier for an item add up."""
    found: dict[OrderKey, float] = {}
    for line in solution.lines:
        found[_key(line)] = found.get(_key(line), 0.0) + line.quantity
    return found


def _values(solution: Solution) -> dict[OrderKey, float]:
    """Goods value likewise, plan currency."""
    rates = {header.po_number: header.exchange_rate for header in solution.headers}
    found: dict[OrderKey, float] = {}
    for line in solution.lines:
        value = line.goods_value * rates.get(line.po_number, 1.0)
        found[_key(line)] = found.get(_key(line), 0.0) + value
    return found


def _key(line: OrderLine) -> OrderKey:
    return line.period, line.supplier, line.warehouse, line.item, line.order_date


def _transfers(solution: Solution) -> dict[TransferKey, float]:
    return {(m.period, m.from_, m.to, m.item, m.ship_date): m.quantity for m in solution.transfers}


def _changes(a: Mapping[Any, float], b: Mapping[Any, float]) -> Iterator[tuple[Any, tuple[float, float]]]:
    """What differs, by period first."""
    for key in sorted(a.keys() | b.keys()):
        before, after = a.get(key, 0.0), b.get(key, 0.0)
        if abs(before - after) > SAME * max(abs(before), abs(after)):
            yield key, (before, after)


def _kind(a: float, b: float) -> Change:
    if a == 0.0:
        return "added"
    return "dropped" if b == 0.0 else "changed"


def _order(key: OrderKey, a: float, b: float, value: float) -> OrderChange:
    period, supplier, warehouse, item, day = key
    return OrderChange(
        change=_kind(a, b),
        supplier=supplier,
        warehouse=warehouse,
        item=item,
        period=period,
        order_date=day,
        release=period == 0,
        a=a,
        b=b,
        difference=b - a,
        value=value,
    )


def _transfer(key: TransferKey, a: float, b: float) -> TransferChange:
    period, origin, to, item, day = key
    return TransferChange(
        change=_kind(a, b), from_=origin, to=to, item=item, period=period, ship_date=day, a=a, b=b, difference=b - a
    )
