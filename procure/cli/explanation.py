"""What `procure explain` prints: a few lines for every order line, then what is short, not ordered, and who waits."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.streams import say
from procure.cli.summary import PIPE_WIDTH
from procure.cli.table import Row, fitted, one_line
from procure.cli.wording import units
from procure.insight.explanation.records import Explanation, LineExplanation, Shortage
from procure.insight.explanation.sentences import money_words, quantity_words, served_words, supplier_words, worth_words
from procure.solution.wording import counted, money

MOST = 10
"""Lines, shortages and items not ordered that are shown where not everything is asked for."""
INDENT = "  "


def show_explanation(found: Explanation, files: Sequence[Path], *, everything: bool) -> None:
    """Print an explanation on stdout: with colours on a terminal, as plain text in a pipe."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(found, files, console.width, everything=everything):
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(found: Explanation, files: Sequence[Path], width: int, *, everything: bool) -> Iterator[RenderableType]:
    counts = found.counts
    headline = f"{counted(counts.lines_now, 'line')} to release now, {counts.lines_later:,} later."
    yield Text.assemble((found.plan.name, "bold"), f", {found.plan.start_date}: {headline}")
    for line in found.lines:
        yield from _line(line, found.currency, width)
    yield from _more(counts.lines_now + counts.lines_later - len(found.lines), "line", before=True)
    if found.shortages:
        yield from _title("Expected to be short, dearest first:")
        for short in found.shortages:
            yield from _short(short, found.currency, width)
        yield from _more(counts.shortages - len(found.shortages), "item")
    if found.not_ordered:
        yield from _title("Not ordered now:")
        for row in found.not_ordered:
            yield from _filled(f"{row.item} at {row.warehouse}: {row.detail}", width)
        yield from _more(counts.not_ordered - len(found.not_ordered), "item")
    if found.promises_shown:
        yield from _title("Customers who wait:")
        yield from _promises(found, width, everything=everything)
    if files:
        yield Text()
        names = ", ".join(path.name for path in files)
        yield Text.assemble("Written to ", (f"{files[0].parent}", "bold"), f": {names}")


def _title(text: str) -> Iterator[Text]:
    yield Text()
    yield Text(text, "bold")


def _more(hidden: int, name: str, *, before: bool = False) -> Iterator[Text]:
    """How many there are that are not shown."""
    if hidden > 0:
        if before:
            yield Text()
        yield Text(f"{INDENT}and {counted(hidden, name)} more; --all shows everything, --item and --warehouse a part")


def _line(line: LineExplanation, currency: str, width: int) -> Iterator[Text]:
    yield Text()
    head = Text.assemble((line.item, "bold"), f" for {line.warehouse}: {units(line.quantity)} from {line.supplier}, ")
    head.append(f"ordered {line.order_date}, there {line.receipt_date}")
    yield head
    yield from _filled(f"{quantity_words(line)}.", width)
    yield from _filled(f"{money_words(line, currency)}.", width)
    yield from _filled(f"{worth_words(line.worth, currency)}.", width)
    yield from _filled(f"{supplier_words(line, currency)}.", width)
    if line.serves:
        yield from _filled(f"{served_words(line)}.", width)


def _filled(text: str, width: int) -> Iterator[Text]:
    yield Text(textwrap.fill(text, width, initial_indent=INDENT, subsequent_indent=2 * INDENT, break_long_words=False))


def _short(short: Shortage, currency: str, width: int) -> Iterator[Text]:
    kind = "units lost" if short.lost else "unit-periods of backorders"
    what = f"{short.item} at {short.warehouse}: {units(short.backorders)} {kind}, {money(short.cost)} {currency}"
    yield from _filled(f"{what}. {_sentence(short.detail)}", width)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _promises(found: Explanation, width: int, *, everything: bool) -> Iterator[RenderableType]:
    promises = found.promises_shown
    rows: list[Row] = [
        (
            one_line(promise.order_id),
            one_line(promise.item),
            one_line(promise.warehouse),
            units(promise.quantity),
            *(str(d) if d else f"after {found.last_day}" for d in (promise.promised_date_50, promise.promised_date_90)),
        )
        for promise in (promises if everything else promises[:MOST])
    ]
    columns = (
        ("Order", "name"),
        ("Item", "name"),
        ("At", "name"),
        ("Units", "number"),
        ("50 % by", "text"),
        ("90 % by", "text"),
    )
    yield fitted(columns, rows, width)
    if len(promises) > len(rows):
        yield Text(f"{INDENT}and {counted(len(promises) - len(rows), 'customer order')} more in promises.csv")
