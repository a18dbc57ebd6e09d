"""What `procure explain` prints: a block of few lines for every order line."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from procure.cli.streams import say
from procure.cli.summary import PIPE_WIDTH
from procure.cli.wording import counted, money, units
from procure.insight.explanation.records import Explanation, LineExplanation
from procure.insight.explanation.sentences import quantity_words, served_words, supplier_words, worth_words

MOST_LINES = 12
INDENT = "  "


def show_explanation(found: Explanation, *, everything: bool) -> None:
    """Print an explanation on stdout: with colours on a terminal, as plain text in a pipe."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(found, console.width, everything=everything):
            console.print(part, soft_wrap=True)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(found: Explanation, width: int, *, everything: bool) -> Iterator[Text]:
    now = [line for line in found.lines if line.release]
    yield Text.assemble((found.plan.name, "bold"), f", {found.plan.start_date}: ", _counts(found.lines, now))
    shown = _shown(found.lines, everything=everything)
    for line in shown:
        yield Text()
        yield from _line(line, found.currency, width)
    hidden = len(found.lines) - len(shown)
    if hidden:
        yield Text()
        yield Text(f"and {counted(hidden, 'line')} more; --all shows them, --item and --warehouse choose some")


def _counts(lines: Sequence[LineExplanation], now: Sequence[LineExplanation]) -> str:
    return f"{counted(len(now), 'line')} to release now, {len(lines) - len(now)} later."


def _shown(lines: Sequence[LineExplanation], *, everything: bool) -> Sequence[LineExplanation]:
    """All lines as they come, or the dearest, those to release now first."""
    if everything:
        return lines
    return sorted(lines, key=lambda line: (not line.release, -line.cost))[:MOST_LINES]


def _line(line: LineExplanation, currency: str, width: int) -> Iterator[Text]:
    head = Text.assemble((line.item, "bold"), f" for {line.warehouse}: {units(line.quantity)} from {line.supplier}, ")
    head.append(f"ordered {line.order_date}, there {line.receipt_date}, {money(line.cost)} {currency}")
    yield head
    for text in (
        f"{quantity_words(line)}.",
        f"{worth_words(line.worth, currency)}.",
        f"{supplier_words(line, currency)}.",
        served_words(line),
    ):
        if text:
            yield Text(textwrap.fill(text, width, initial_indent=INDENT, subsequent_indent=2 * INDENT))
