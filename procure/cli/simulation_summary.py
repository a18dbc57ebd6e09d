"""What a simulation prints: promises beside what came true, the worst items, the limits at risk."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.text import Text

from procure.cli.streams import say
from procure.cli.summary import PIPE_WIDTH, SMALLEST
from procure.cli.table import fitted, one_line
from procure.cli.wording import units
from procure.insight.simulation.records import Figure, Gap, ItemFigure, LimitFigure, Simulation
from procure.solution.wording import counted, money

WORST = 5
"""Items and limits that are shown."""

NAMES = {
    "backorders": "backorders (unit-periods)",
    "end_units": "units owed at the end",
    "fill_rate": "fill rate (%)",
    "on_hand": "on hand (unit-periods)",
}


def show_simulation(simulation: Simulation, files: Sequence[Path]) -> None:
    """Print a simulation on stdout: with colours on a terminal, as plain text in a pipe."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else PIPE_WIDTH, highlight=False)
    with console.capture() as capture:
        for part in _parts(simulation, files, console.width):
            console.print(part, soft_wrap=not terminal)
    say("\n".join(line.rstrip() for line in capture.get().rstrip().split("\n")))


def _parts(simulation: Simulation, files: Sequence[Path], width: int) -> Iterator[RenderableType]:
    yield _headline(simulation)
    yield Text()
    yield _figures(simulation, width)
    if simulation.items:
        yield Text()
        yield _items(simulation.items, width)
    yield Text()
    yield _limits(simulation, width)
    if simulation.gap is not None:
        yield Text(_gap(simulation.gap, simulation.currency))
    for note in simulation.notes:
        yield Text(f"- {note}")
    if files:
        names = ", ".join(path.name for path in files)
        yield Text.assemble("Written to ", (f"{files[0].parent}", "bold"), f": {names}")


def _headline(simulation: Simulation) -> Text:
    name = (simulation.reference.name, "bold")
    runs, weeks = counted(simulation.runs, "run"), counted(simulation.weeks, "period")
    if simulation.kind == "closed-loop":
        return Text.assemble(name, f": re-planned by {simulation.planner}, {runs} of {weeks}, seed {simulation.seed}.")
    text = Text.assemble(name, f": the plan as it stands, {runs} of {weeks}, seed {simulation.seed}. ")
    judged = [figure for figure in simulation.figures if figure.inside is not None]
    missed = [_name(figure) for figure in judged if not figure.inside]
    if missed:
        text.append(f"Outside the interval: {', '.join(missed)}.", "yellow")
    elif judged:
        text.append("Every promise lies within its interval.", "bold green")
    return text


def _name(figure: Figure) -> str:
    return NAMES.get(figure.figure, figure.figure.replace("_", " "))


def _figures(simulation: Simulation, width: int) -> RenderableType:
    shown = [figure for figure in simulation.figures if figure.figure in ("total", *NAMES) or _matters(figure)]
    has_promise = any(figure.promised is not None for figure in shown)
    title = f"Cost in {simulation.currency}, service"
    if not has_promise:
        columns = ((title, "text"), ("simulated", "number"), ("95 % interval", "number"))
        return fitted(columns, [(_name(figure), _show(figure, figure.mean), _range(figure)) for figure in shown], width)
    rows = [
        (
            _name(figure),
            "" if figure.promised is None else _show(figure, figure.promised),
            _show(figure, figure.mean),
            _range(figure),
            Text("outside", "yellow") if figure.inside is False else "",
        )
        for figure in shown
    ]
    columns_too = (
        (title, "text"),
        ("promised", "number"),
        ("simulated", "number"),
        ("95 % interval", "number"),
        ("", "text"),
    )
    return fitted(columns_too, rows, width)


def _matters(figure: Figure) -> bool:
    return max(abs(figure.mean), abs(figure.promised or 0.0)) >= SMALLEST


def _show(figure: Figure, value: float) -> str:
    if figure.unit == "share":
        return f"{100.0 * value:.2f}"
    return units(value) if figure.unit in ("units", "unit-periods") else money(value)


def _range(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "one run, none"
    low, high = _show(figure, figure.low), _show(figure, figure.high)
    return low if low == high else f"{low} to {high}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100.0 * value:.1f}"


def _items(items: Sequence[ItemFigure], width: int) -> RenderableType:
    """Return the items with the lowest fill rates."""
    worst = sorted(items, key=lambda row: (row.fill_rate, row.item))[:WORST]
    rows: list[tuple[str | Text, ...]] = [
        (
            one_line(row.item),
            units(row.demand),
            _percent(row.fill_rate),
            "" if row.low is None or row.high is None else f"{_percent(row.low)} to {_percent(row.high)}",
            _percent(row.promised_fill_rate),
        )
        for row in worst
    ]
    title = "Items" if len(items) <= WORST else "Items served worst"
    columns: tuple[tuple[str, str], ...] = (
        (title, "name"),
        ("demand", "number"),
        ("fill rate %", "number"),
        ("95 % interval", "number"),
        ("promised", "number"),
    )
    if all(row.promised_fill_rate is None for row in worst):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return fitted(columns, rows, width)


def _limits(simulation: Simulation, width: int) -> RenderableType:
    """Return the limits and periods most likely to be exceeded."""
    if not simulation.limits:
        return Text("No limit on storage, budget, cash or inventory value.")
    worst = sorted(simulation.limits, key=lambda row: -row.probability)[:WORST]
    at_risk = [row for row in worst if row.probability > 0.0]
    if not at_risk:
        return Text(f"No limit was exceeded in any of the {counted(simulation.runs, 'run')}.")
    rows: list[tuple[str | Text, ...]] = [
        (
            one_line(_place(row)),
            str(row.period),
            _percent(row.probability),
            f"{_percent(row.low)} to {_percent(row.high)}",
            "" if row.used is None else units(row.used),
            "" if row.limit is None else units(row.limit),
        )
        for row in at_risk
    ]
    columns: tuple[tuple[str, str], ...] = (
        ("Limits at risk", "name"),
        ("period", "number"),
        ("exceeded %", "number"),
        ("95 % interval", "number"),
        ("mean use", "number"),
        ("limit", "number"),
    )
    if all(row.limit is None for row in at_risk):
        columns, rows = columns[:-2], [row[:-2] for row in rows]
    return fitted(columns, rows, width)


def _place(row: LimitFigure) -> str:
    name = row.resource.replace("_", " ")
    return name if row.warehouse is None else f"storage of {row.warehouse}, {name}"


def _gap(gap: Gap, currency: str) -> str:
    if gap.is_exact:
        return f"Nothing is sampled: at most {money(gap.mean)} {currency} above the best open-loop plan, proven."
    if gap.upper is None or gap.relative is None:
        return f"Stochastic gap: {money(gap.mean)} {currency} on one sample; more replications give an interval."
    return (
        f"Stochastic gap: {money(gap.mean)} {currency} on average over {gap.replications} samples, "
        f"with 95 % confidence at most {money(gap.upper)} {currency} ({100.0 * gap.relative:.2g} %)."
    )
