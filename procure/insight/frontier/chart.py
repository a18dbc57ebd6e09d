"""The chart of a frontier: one self-contained SVG, cost above backorders, readable in light and dark.

Two panels one above the other share the axis of the limit, so that no curve needs a scale of its own on the right.
Points are marked by shape as well as by colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from procure.insight.frontier.records import Frontier
from procure.insight.frontier.words import amount

WIDTH, HEIGHT = 720, 560
LEFT, RIGHT = 92, 44
TICKS = 5
ROOM = 200  # pixels that the name of a mark takes

STYLE = """
:root { --ink: #1d2733; --soft: #5c6b7a; --line: #d5dbe2; --paper: #ffffff; --cost: #1f5fa8; --wait: #a8480b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf3; --soft: #a3b1c0; --line: #36424f; --paper: #14191f; --cost: #7fb4f0; --wait: #f0a070; }
}
.paper { fill: var(--paper); }
text { font: 13px system-ui, sans-serif; fill: var(--ink); }
.title { font-size: 16px; font-weight: 600; }
.soft { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); stroke-width: 1; }
.cost { stroke: var(--cost); } .wait { stroke: var(--wait); }
.curve { fill: none; stroke-width: 2.5; }
.dot { fill: var(--paper); stroke-width: 2.5; }
.mark { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 4 3; }
.mark-name { paint-order: stroke; stroke: var(--paper); stroke-width: 4; }
.band { fill: var(--cost); opacity: 0.18; }
"""


@dataclass(frozen=True)
class Panel:
    """A part of the chart with a scale of its own; `top` and `height` in pixels."""

    title: str
    kind: str
    top: int
    height: int
    values: Sequence[float]

    @property
    def ticks(self) -> Sequence[float]:
        """Round values of the scale."""
        return round_ticks(min(self.values), max(self.values))

    def y(self, value: float) -> float:
        """Pixel of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.top + self.height * (1.0 - (value - low) / (high - low))


def chart(frontier: Frontier) -> str:
    """Draw a frontier as an SVG document."""
    return "\n".join([*_head(frontier), *_body(frontier), "</svg>", ""])


def _head(frontier: Frontier) -> Iterator[str]:
    name, title = escape(frontier.plan.name), escape(f"Cost and backorders against {frontier.title}")
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="title words">'
    )
    yield f'<title id="title">{title}</title>'
    yield f'<desc id="words">{escape(" ".join(frontier.words))}</desc>'
    yield f"<style>{STYLE}</style>"
    yield f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>'
    yield f'<text class="title" x="16" y="28">{title}</text>'
    yield f'<text class="soft" x="16" y="48">{name}, {frontier.plan.start_date}</text>'


def _body(frontier: Frontier) -> Iterator[str]:
    points = frontier.points
    if not points:
        return
    known = [p.total if p.bound is None else p.bound for p in points]
    cost = Panel(f"Total expected cost, {frontier.currency}", "cost", 92, 220, [*(p.total for p in points), *known])
    waiting = Panel("Expected backorders, unit-periods", "wait", 362, 130, [0.0, *(p.backorders for p in points)])
    scale = round_ticks(points[0].limit, points[-1].limit)
    first, last = min(scale[0], points[0].limit), max(scale[-1], points[-1].limit)

    def x(limit: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (limit - first) / (last - first if last > first else 1.0)

    across = [x(p.limit) for p in points]
    for panel in (cost, waiting):
        yield from _frame(panel)
    yield from _limits(frontier, scale, x)
    if any(low < high for low, high in zip(known, [p.total for p in points], strict=True)):
        yield f'<text class="soft" x="{WIDTH - RIGHT}" y="78" text-anchor="end">shaded: down to the proven bound</text>'
    edge = [*zip(across, map(cost.y, [p.total for p in points]), strict=True)]
    edge += [*zip(reversed(across), map(cost.y, reversed(known)), strict=True)]
    yield f'<polygon class="band" points="{_path(edge)}"/>'
    yield from _marks(frontier, x)
    for panel, values in ((cost, [p.total for p in points]), (waiting, [p.backorders for p in points])):
        yield from _curve(panel, across, values)


def _frame(panel: Panel) -> Iterator[str]:
    yield f'<text x="16" y="{panel.top - 14}">{escape(panel.title)}</text>'
    for tick in panel.ticks:
        y = panel.y(tick)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:,.10g}</text>'


def _limits(frontier: Frontier, scale: Sequence[float], x: object) -> Iterator[str]:
    place = x if callable(x) else float
    for tick in scale:
        label = f"{100.0 * tick:,.10g} %" if frontier.unit == "share" else f"{tick:,.10g}"
        yield f'<text class="soft" x="{place(tick):.1f}" y="512" text-anchor="middle">{label}</text>'
    unit = "share of today's" if frontier.unit == "share" else frontier.unit
    middle = (LEFT + WIDTH - RIGHT) / 2
    title = escape(f"{frontier.title}, {unit}")
    yield f'<text x="{middle}" y="538" text-anchor="middle">{title[0].upper()}{title[1:]}</text>'


def _marks(frontier: Frontier, x: object) -> Iterator[str]:
    """Where today's limit and the knee lie."""
    place = x if callable(x) else float
    today = [p.limit for p in frontier.points if p.is_present]
    marks = [("today", value) for value in today]
    if frontier.knee is not None:
        same = marks and marks[0][1] == frontier.knee.limit
        marks = [("today, knee", marks[0][1])] if same else [*marks, ("knee", frontier.knee.limit)]
    for row, (word, value) in enumerate(sorted(marks, key=lambda mark: mark[1])):
        at = place(value)
        is_left = at > WIDTH - ROOM or (row == 0 and len(marks) > 1 and at > LEFT + ROOM)
        anchor, shift = ("end", -5) if is_left else ("start", 5)
        yield f'<line class="mark" x1="{at:.1f}" x2="{at:.1f}" y1="84" y2="492"/>'
        label = escape(f"{word}: {amount(frontier, value)}")
        spot = f'x="{at + shift:.1f}" y="{104 + 18 * row}" text-anchor="{anchor}"'
        yield f'<text class="soft mark-name" {spot}>{label}</text>'


def _curve(panel: Panel, across: Sequence[float], values: Sequence[float]) -> Iterator[str]:
    places = [*zip(across, map(panel.y, values), strict=True)]
    yield f'<polyline class="curve {panel.kind}" points="{_path(places)}"/>'
    for x, y in places:
        if panel.kind == "cost":
            yield f'<circle class="dot {panel.kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
        else:
            yield f'<rect class="dot {panel.kind}" x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>'


def _path(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def round_ticks(low: float, high: float) -> Sequence[float]:
    """Round values that cover a range, some five of them."""
    width = high - low if high > low else max(abs(high), 1.0)
    size = 10.0 ** np.floor(np.log10(width / (TICKS - 1)))
    step = next(size * k for k in (1.0, 2.0, 2.5, 5.0, 10.0) if size * k * TICKS >= width)
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(f"{k * step:.12g}") for k in np.arange(first, max(last, first + 1) + 1)]
