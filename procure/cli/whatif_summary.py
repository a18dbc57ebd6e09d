"""What scenarios print: figures side by side, then a few sentences for each."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.streams import say, speaks_unicode
from procure.cli.summary import PIPE_WIDTH, SMALLEST
from procure.cli.table import fitted, one_line
from procure.cli.wording import units
from procure.insight.whatif.records import Outcome, ScenarioOutcome, WhatIf
from procure.solution.records import CostParts
from procure.solution.wording import counted, money

FIRST, EACH = 28, 13
"""Columns of the terminal that the names of the figures and each scenario take."""


def show_whatif(found: WhatIf, files: Sequence[Path]) -> None:
    """Print scenarios on stdout: with colours on a terminal, as plain text in a pipe."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(found, files, console.width):
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(found: WhatIf, files: Sequence[Path], width: int) -> Iterator[RenderableType]:
    name = (" ".join(found.plan.name.split()), "bold")
    yield Text.assemble(name, f", {found.plan.start_date}: the plan and {counted(len(found.scenarios), 'scenario')}.")
    beside = max(1, (width - FIRST) // EACH - 1)
    for first in range(0, max(len(found.scenarios), 1), beside):
        yield Text()
        yield _table(found, found.scenarios[first : first + beside], width)
    yield Text()
    for outcome in found.scenarios:
        changed = ", ".join(outcome.changes)
        title = outcome.name if outcome.name == changed else f"{outcome.name} ({changed})"
        yield Text(_fill(title, width), "bold")
        for sentence in outcome.words:
            yield Text(_fill(sentence, width, "  "))
    for note in found.notes:
        yield Text(_fill(f"- {note}", width, after="  "))
    if files:
        names = ", ".join(path.name for path in files)
        yield Text.assemble("Written to ", (f"{files[0].parent}", "bold"), f": {names}")


def _fill(text: str, width: int, indent: str = "", after: str | None = None) -> str:
    rest = indent if after is None else after
    return textwrap.fill(
        text, width, initial_indent=indent, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _table(found: WhatIf, scenarios: Sequence[ScenarioOutcome], width: int) -> RenderableType:
    outcomes: list[Outcome] = [found.base, *scenarios]
    columns = [(f"Expected cost, {found.currency}", "text"), *((_title(o.name), "number") for o in outcomes)]
    rows: list[list[str | Text]] = []
    for part in CostParts.model_fields:
        amounts = [getattr(outcome.cost, part) for outcome in outcomes]
        if any(abs(amount) >= SMALLEST for amount in amounts):
            rows.append([part.replace("_", " "), *map(money, amounts)])
    for title, write in FIGURES:
        cells = [write(outcome) for outcome in outcomes]
        if any(cells):
            rows.append([Text(c, "bold") if title in BOLD else c for c in (title, *cells)])
    return fitted(columns, rows, width)


def _title(name: str) -> str:
    text = one_line(name).plain
    cut = "…" if speaks_unicode() else "."
    return text if len(text) <= EACH - 2 else f"{text[: EACH - 3]}{cut}"


def _difference(outcome: Outcome) -> str:
    return _signed(outcome.difference, money) if isinstance(outcome, ScenarioOutcome) else ""


def _changed(outcome: Outcome) -> str:
    return str(outcome.changed_now) if isinstance(outcome, ScenarioOutcome) else ""


def _changed_value(outcome: Outcome) -> str:
    return _signed(outcome.changed_now_value, money) if isinstance(outcome, ScenarioOutcome) else ""


def _signed(value: float, write: Callable[[float], str]) -> str:
    text = write(abs(value))
    return text if not float(text.replace(",", "")) else f"{'-' if value < 0.0 else '+'}{text}"


def _gap(outcome: Outcome) -> str:
    return "not known" if outcome.gap is None else f"{100.0 * outcome.gap:.2f} %"


FIGURES: tuple[tuple[str, Callable[[Outcome], str]], ...] = (
    ("total", lambda o: money(o.total)),
    ("difference", _difference),
    ("proven bound", lambda o: "not known" if o.bound is None else money(o.bound)),
    ("gap to the bound", _gap),
    ("backorders, unit-periods", lambda o: units(o.backorders)),
    ("owed at the end, units", lambda o: units(o.end_units)),
    ("fill rate", lambda o: f"{100.0 * o.fill_rate:.1f} %"),
    ("order spend in all", lambda o: money(o.spend)),
    ("order spend now", lambda o: money(o.spend_now)),
    ("lines now", lambda o: str(o.lines_now)),
    ("lines changed now", _changed),
    ("their goods value", _changed_value),
    ("over a limit", lambda o: "yes" if o.relaxations else ""),
)
BOLD = ("total", "difference")
