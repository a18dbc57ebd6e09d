"""What a solve prints: what to order now, what to expect, what binds and how good it is."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from procure.cli.streams import say
from procure.cli.table import fitted, one_line
from procure.cli.wording import binding_limits, quality, relaxation_words, saving_words, units
from procure.insight.relaxation import reliefs
from procure.plan.table import coded, positions
from procure.solution.records import CostParts, OrderLine, PurchaseOrder, Solution
from procure.solution.wording import counted, money

MOST_ORDERS = 12
MOST_LINES = 5
MOST_NOTES = 8
PIPE_WIDTH = 120
SMALLEST = 0.005  # part of a cost that is worth showing
WIDE = 100  # columns of a terminal from which there is room for every figure


SAVINGS = "What more would save, about, under the orders placed (`procure explain --prices` solves again)"

ORDER_TABLE = (
    ("Order", "text"),
    ("Supplier", "name"),
    ("To", "name"),
    ("Lines", "number"),
    ("Units", "number"),
    ("Goods", "number"),
    ("Total", "number"),
    ("", "text"),
    ("Receipt", "text"),
)
GOODS = 5  # the column that a narrow terminal has no room for


def summary_document(solution: Solution, files: Sequence[Path]) -> dict[str, Any]:
    """Return the summary as a JSON document, with the names of `solution.json`."""
    now = [line for line in solution.lines if line.release]
    return {
        "plan": solution.plan.name,
        "currency": solution.plan.currency,
        "status": solution.status,
        "objective": solution.objective,
        "engine": solution.engine,
        "solver": solution.solver,
        "cost": solution.cost.model_dump(mode="json"),
        "bound": solution.bound,
        "gap": solution.gap,
        "backorder_bound": solution.backorder_bound,
        "expected_backorders": solution.expected_backorders.model_dump(mode="json"),
        "expected_backorders_without_orders": solution.without_orders.model_dump(mode="json"),
        "fill_rate": solution.fill_rate,
        "purchase_orders": len(_orders_now(solution)),
        "lines": len(now),
        "later_purchase_orders": len(solution.headers) - len(_orders_now(solution)),
        "transfers": len(solution.transfers),
        "limit_savings": [record.model_dump(mode="json", by_alias=True) for record in solution.limit_savings],
        "relaxations": [record.model_dump(mode="json") for record in solution.relaxations],
        "reliefs": [relief.model_dump(mode="json") for relief in reliefs(solution)],
        "warnings": list(solution.warnings),
        "seconds": {phase: round(seconds, 3) for phase, seconds in solution.seconds.items()},
        "files": [str(path) for path in files],
    }


def show_summary(solution: Solution, files: Sequence[Path]) -> None:
    """Print the summary on stdout: with colours on a terminal, as plain text in a pipe."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(solution, files, console.width):
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(solution: Solution, files: Sequence[Path], width: int) -> Iterator[RenderableType]:
    yield _headline(solution)
    if _orders_now(solution):
        yield Text()
        yield _orders(solution, width)
        yield Text()
        yield _biggest_lines(solution, width)
    yield Text()
    yield _outlook(solution, width)
    yield Text()
    yield _cost(solution.cost, solution.plan.currency, width)
    yield Text()
    yield from _notes("Limits that bind", binding_limits(solution), "No limit binds.", width)
    if solution.limit_savings:
        yield from _notes(SAVINGS, saving_words(solution), "", width)
    yield Text(quality(solution))
    if solution.relaxations:
        yield from _notes("Limits that could not be kept", relaxation_words(solution), "", width, style="bold red")
    if solution.warnings:
        yield from _notes("Warnings", solution.warnings, "", width, style="yellow")
    if files:
        names = ", ".join(path.name for path in files)
        yield Text.assemble("Written to ", (f"{files[0].parent}", "bold"), f": {names}")


def _orders_now(solution: Solution) -> list[PurchaseOrder]:
    return [header for header in solution.headers if header.period == 0]


def _spend(headers: Sequence[PurchaseOrder]) -> float:
    """Total of some orders [plan currency]."""
    return sum(header.total * header.exchange_rate for header in headers)


def _headline(solution: Solution) -> Text:
    now = _orders_now(solution)
    later = [header for header in solution.headers if header.period > 0]
    currency = solution.plan.currency
    lines = sum(line.release for line in solution.lines)
    text = Text.assemble((solution.plan.name, "bold"), f", {solution.plan.start_date}: ")
    if now:
        text.append(f"{counted(len(now), 'purchase order')} to release now", "bold green")
        text.append(f", {counted(lines, 'line')}, {money(_spend(now))} {currency} in all.")
    else:
        text.append("nothing to order now.", "bold green")
    if later:
        text.append(f" Later: {counted(len(later), 'order')}, {money(_spend(later))} {currency}.")
    shipped = sum(move.period == 0 for move in solution.transfers)
    if shipped:
        text.append(f" {counted(shipped, 'transfer')} to ship now.")
    return text


def _orders(solution: Solution, width: int) -> RenderableType:
    names = {supplier.supplier: supplier.name for supplier in solution.plan.suppliers}
    orders = sorted(_orders_now(solution), key=lambda header: -header.total * header.exchange_rate)
    lines: dict[str, list[OrderLine]] = {}
    for line in solution.lines:
        lines.setdefault(line.po_number, []).append(line)
    rows = []
    for header in orders[:MOST_ORDERS]:
        own = lines.get(header.po_number, [])
        rows.append(
            (
                header.po_number,
                one_line(names.get(header.supplier) or header.supplier),
                one_line(header.warehouse),
                str(len(own)),
                units(sum(line.quantity for line in own)),
                money(header.goods),
                money(header.total),
                header.currency,
                min(line.receipt_date for line in own).isoformat() if own else "",
            )
        )
    table = fitted(_without_goods(ORDER_TABLE, width), [_without_goods(row, width) for row in rows], width)
    hidden = len(orders) - MOST_ORDERS
    return Group(table, Text(f"  and {hidden} more in purchase_orders.csv")) if hidden > 0 else table


def _without_goods(cells: Sequence[Any], width: int) -> Sequence[Any]:
    return cells if width >= WIDE else (*cells[:GOODS], *cells[GOODS + 1 :])


def _biggest_lines(solution: Solution, width: int) -> RenderableType:
    """Return the lines that cost most, with their reasons."""
    headers = {header.po_number: header for header in solution.headers}
    items = solution.plan.items
    known, description = positions(items, "item"), coded(items, "description")

    def value(line: OrderLine) -> float:
        header = headers.get(line.po_number)
        return line.goods_value * (header.exchange_rate if header else 1.0)

    now = [line for line in solution.lines if line.release]
    rows = [
        (
            one_line(line.item),
            one_line(description.value(known[line.item]) if line.item in known else ""),
            units(line.quantity),
            money(line.goods_value),
            headers[line.po_number].currency if line.po_number in headers else "",
            one_line(line.reason),
        )
        for line in sorted(now, key=value, reverse=True)[:MOST_LINES]
    ]
    title = "Lines" if len(now) <= MOST_LINES else "Biggest lines"
    kinds = (
        (title, "name"),
        ("", "name"),
        ("Units", "number"),
        ("Goods", "number"),
        ("", "text"),
        ("Why", "name"),
    )
    return fitted(kinds, rows, width)


def _outlook(solution: Solution, width: int) -> RenderableType:
    expected, without = solution.expected_backorders, solution.without_orders
    rows = (
        ("unit-periods over the horizon", units(expected.unit_periods), units(without.unit_periods)),
        ("units owed at the end", units(expected.end_units), units(without.end_units)),
        ("fill rate", f"{100.0 * solution.fill_rate:.1f} %", ""),
    )
    columns = (("Expected backorders", "text"), ("with the orders", "number"), ("without", "number"))
    return fitted(columns, rows, width)


def _cost(cost: CostParts, currency: str, width: int) -> RenderableType:
    """Parts of the cost that are not zero, in as many columns as fit."""
    parts = [(name.replace("_", " "), getattr(cost, name)) for name in CostParts.model_fields]
    entries = [(name, money(amount)) for name, amount in parts if abs(amount) >= SMALLEST]
    across = 4 if width >= WIDE else 3
    rows: list[Sequence[str | Text]] = [
        tuple(cell for entry in entries[start : start + across] for cell in entry)
        for start in range(0, len(entries), across)
    ]
    rows.append((Text("total", "bold"), Text(money(cost.total), "bold")))
    pairs = [("", "text"), ("", "number")] * (across - 1)
    return fitted(((f"Expected cost, {currency}", "text"), ("", "number"), *pairs), rows, width)


def _notes(
    title: str, notes: Sequence[str], otherwise: str, width: int, style: str = "bold"
) -> Iterator[RenderableType]:
    if not notes:
        yield Text(otherwise)
        return
    yield Text(f"{title}:", style)
    for note in notes[:MOST_NOTES]:
        yield Text(textwrap.fill(note, width, initial_indent="  - ", subsequent_indent="    ", break_long_words=False))
    if len(notes) > MOST_NOTES:
        yield Text(f"  - and {len(notes) - MOST_NOTES} more in solution.json")
