"""What a frontier prints: a table with a bar, then what the curve says."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.streams import say, speaks_unicode
from procure.cli.summary import PIPE_WIDTH, WIDE
from procure.cli.table import fitted, one_line
from procure.cli.wording import units
from procure.insight.frontier.records import Frontier, FrontierPoint
from procure.insight.frontier.words import amount, figures, step_of
from procure.solution.wording import counted, money

BAR = 10  # columns of the longest bar
EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def show_frontier(found: Frontier, files: Sequence[Path]) -> None:
    """Print a frontier on stdout: with colours on a terminal, as plain text in a pipe."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(found, files, console.width):
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(found: Frontier, files: Sequence[Path], width: int) -> Iterator[RenderableType]:
    name, points = (" ".join(found.plan.name.split()), "bold"), counted(len(found.points), "point")
    yield Text.assemble(name, f", {found.plan.start_date}: {points} against the {found.title}.")
    yield Text()
    if found.points:
        yield _table(found, width)
        yield Text()
    for text in found.words:
        yield Text(_fill(text, width))
    for note in found.notes:
        yield Text(_fill(note, width, "- ", "  "))
    if files:
        names = ", ".join(path.name for path in files)
        yield Text.assemble("Written to ", (f"{files[0].parent}", "bold"), f": {names}")


def _fill(text: str, width: int, first: str = "", after: str = "") -> str:
    return textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=after, break_long_words=False, break_on_hyphens=False
    )


def _table(found: Frontier, width: int) -> RenderableType:
    """The points; spend and gap only where there is room for them."""
    wide = width >= WIDE
    heights = found.heights
    least, spread = min(heights), (max(heights) - min(heights)) or 1.0
    step = amount(found, step_of(found)).removesuffix(" of today's capacities")
    limit = "Limit, %" if found.unit == "share" else f"Limit, {found.unit}"
    columns: list[tuple[str, str, Callable[[int, FrontierPoint], str | Text]]] = [
        (limit, "number", lambda _, p: _limit(found, p)),
        (f"Cost, {found.currency}", "number", lambda _, p: money(p.total)),
        ("", "text", lambda k, _: Text(_bar((heights[k] - least) / spread, BAR if wide else BAR // 2), "blue")),
        ("backorders" if wide else "waiting", "number", lambda _, p: units(p.backorders)),
        ("fill rate", "number", lambda _, p: f"{100.0 * p.fill_rate:.1f} %"),
        *([("spend", "number", lambda _, p: money(p.spend))] if wide else []),
        (f"+{step if wide else step.partition(' ')[0]} saves", "number", lambda k, _: _saves(found, k)),
        *([("gap", "number", lambda _, p: _gap(p))] if wide else []),
        ("", "text", lambda _, p: _mark(found, p)),
    ]
    rows = [[_cell(write(k, point)) for _, _, write in columns] for k, point in enumerate(found.points)]
    return fitted([(title, kind) for title, kind, _ in columns], rows, width)


def _cell(value: str | Text) -> Text:
    return one_line(value) if isinstance(value, str) else value


def _gap(point: FrontierPoint) -> str:
    return "none" if point.gap is None else f"{100.0 * point.gap:.2f} %"


def _limit(found: Frontier, point: FrontierPoint) -> str:
    return figures(100.0 * point.limit) if found.unit == "share" else figures(point.limit)


def _saves(found: Frontier, k: int) -> str:
    """What some more of the limit saves on the way to the next point."""
    if k + 1 == len(found.points):
        return ""
    here, there = found.points[k], found.points[k + 1]
    saved = (here.total - there.total) / (there.limit - here.limit) * step_of(found)
    return money(saved) if saved >= 0.0 else f"-{money(-saved)}"


def _mark(found: Frontier, point: FrontierPoint) -> str:
    marks = [
        "today" if point.is_present else "",
        "knee" if found.knee is not None and point.limit == found.knee.limit else "",
        "over a limit" if point.status == "relaxed" else "",
    ]
    return ", ".join(mark for mark in marks if mark)


def _bar(share: float, longest: int) -> str:
    """Return a bar as long as a share, in eighths of a column where the terminal has them."""
    if not speaks_unicode():
        return "#" * max(1, round(longest * share))
    whole, eighths = divmod(max(1, round(8 * longest * share)), 8)
    return "█" * whole + EIGHTHS[eighths]
