"""What a comparison prints: which is better and by how much, in plain words, then the figures."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.differences import SMALLEST, amount, bold, heading, name_of, signed, value_of
from procure.cli.simulated_differences import simulations
from procure.cli.streams import say
from procure.cli.summary import PIPE_WIDTH
from procure.cli.table import fitted, one_line
from procure.cli.wording import units
from procure.insight.comparison.records import (
    Comparison,
    Difference,
    OrderChange,
    SolutionComparison,
    TransferChange,
)
from procure.solution.wording import counted, money

MOST_CHANGES = 12


def show_comparison(found: Comparison, *, everything: bool) -> None:
    """Print a comparison on stdout: with colours on a terminal, as plain text in a pipe."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    if isinstance(found, SolutionComparison):
        parts = _solutions(found, console.width, everything=everything)
    else:
        parts = simulations(found, console.width)
    with console.capture() as capture:
        for part in parts:
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _solutions(found: SolutionComparison, width: int, *, everything: bool) -> Iterator[RenderableType]:
    yield from heading(found, "")
    yield Text(_solution_verdict(found))
    yield Text()
    yield _figures(f"Expected cost, {found.currency}", found.cost, width)
    yield Text()
    yield _figures("", found.figures, width)
    yield Text()
    yield from _orders(found, width, everything=everything)
    yield from _transfers(found, width, everything=everything)


def _solution_verdict(found: SolutionComparison) -> str:
    total = {row.figure: row for row in found.cost}["total"]
    backorders = {row.figure: row for row in found.figures}["backorders"]
    if found.better is None:
        cost = "Both are expected to cost the same"
    else:
        cost = f"{found.better} is expected to cost {amount(total, found.currency)} less"
    return f"{cost}, {_backorder_words(backorders, found.better)}."


def _backorder_words(row: Difference, better: str | None) -> str:
    """Say how the backorders of the better one compare with the other's."""
    a, b = row.a or 0.0, row.b or 0.0
    mine, other = (a, b) if better == "A" else (b, a)
    if abs(mine - other) < 0.05:
        return "with as many backorders"
    subject = "with" if better else "B has"
    share = f" ({100.0 * abs(mine - other) / other:.0f} %)" if other > 0.0 else ""
    how = "fewer" if mine < other else "more"
    return f"{subject} {units(abs(mine - other))} {how} unit-periods of backorders{share}"


def _figures(title: str, rows: Sequence[Difference], width: int) -> RenderableType:
    shown = [row for row in rows if any(abs(x or 0.0) >= SMALLEST for x in (row.a, row.b))]
    cells = [(name_of(row), value_of(row, row.a), value_of(row, row.b), signed(row)) for row in shown]
    columns = ((title, "text"), ("A", "number"), ("B", "number"), ("B less A", "number"))
    return fitted(columns, [bold(c) if c[0] == "total" else c for c in cells], width)


def _orders(found: SolutionComparison, width: int, *, everything: bool) -> Iterator[RenderableType]:
    if not found.orders:
        yield Text(f"Both order the same: {counted(found.same_orders, 'line')}.")
        return
    now = [change for change in found.orders if change.release]
    later = [change for change in found.orders if not change.release]
    yield Text(f"Orders: {counted(found.same_orders, 'line')} alike, {_counts(found.orders)}.")
    for title, changes in (("Now", now), ("Later", later)):
        if changes:
            yield Text()
            yield _order_table(title, changes, found.currency, width, everything=everything)
            if len(changes) > MOST_CHANGES and not everything:
                yield Text(f"  and {len(changes) - MOST_CHANGES} more; --all lists them")


def _counts(changes: Sequence[OrderChange | TransferChange]) -> str:
    kinds = [change.change for change in changes]
    return f"{kinds.count('added')} only in B, {kinds.count('dropped')} only in A, {kinds.count('changed')} changed"


def _largest(changes: Sequence[OrderChange], *, everything: bool) -> Sequence[OrderChange]:
    """All changes as they come, or the largest by value."""
    if everything:
        return changes
    return sorted(changes, key=lambda change: -abs(change.value))[:MOST_CHANGES]


def _order_table(
    title: str, changes: Sequence[OrderChange], currency: str, width: int, *, everything: bool
) -> RenderableType:
    later = title == "Later"
    rows = [
        (
            one_line(change.item),
            one_line(change.supplier),
            one_line(change.warehouse),
            *((change.order_date.isoformat(),) if later else ()),
            units(change.a),
            units(change.b),
            _plus(change.difference),
            f"{'-' if change.value < 0.0 else '+'}{money(abs(change.value))}",
        )
        for change in _largest(changes, everything=everything)
    ]
    day = (("Ordered", "text"),) if later else ()
    columns = (
        (title, "name"),
        ("Supplier", "name"),
        ("To", "name"),
        *day,
        ("A", "number"),
        ("B", "number"),
        ("B less A", "number"),
        (f"in {currency}", "number"),
    )
    return fitted(columns, rows, width)


def _plus(quantity: float) -> str:
    return f"{'-' if quantity < 0.0 else '+'}{units(abs(quantity))}"


def _transfers(found: SolutionComparison, width: int, *, everything: bool) -> Iterator[RenderableType]:
    if not found.transfers:
        return
    yield Text()
    yield Text(f"Transfers: {found.same_transfers} alike, {_counts(found.transfers)}.")
    if everything:
        rows = [
            (one_line(m.item), one_line(m.from_), one_line(m.to), m.ship_date.isoformat(), units(m.a), units(m.b))
            for m in found.transfers
        ]
        columns = (
            ("", "name"),
            ("From", "name"),
            ("To", "name"),
            ("Shipped", "text"),
            ("A", "number"),
            ("B", "number"),
        )
        yield fitted(columns, rows, width)
