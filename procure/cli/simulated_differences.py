"""What a comparison of simulations prints: which did better with 95 % confidence, and the intervals."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from procure.cli.differences import SMALLEST, amount, bold, heading, name_of, signed, value_of
from procure.cli.table import fitted
from procure.insight.comparison.records import SimulatedDifference, SimulationComparison
from procure.solution.wording import money

WORDS = {
    "backorders": "backorders",
    "end_units": "owed at end",
    "fill_rate": "fill rate",
    "on_hand": "on hand",
}
"""Short names, since a table of intervals is wide."""


def simulations(found: SimulationComparison, width: int) -> Iterator[RenderableType]:
    """Lay out a comparison of simulations."""
    yield from heading(found, f", simulated ({found.loop.replace('-', ' ')}), {_runs(found)}")
    for warning in found.warnings:
        yield Text(f"Warning: {warning}", "yellow")
    yield Text(_simulated_verdict(found))
    yield Text()
    yield _simulated(found, width)
    yield Text("  Backorders and units on hand are unit-periods, summed over the horizon.", "dim")


def _runs(found: SimulationComparison) -> str:
    if found.paired:
        return f"{found.runs[0]:,} runs, paired (seed {found.seeds[0]})"
    return f"{found.runs[0]:,} and {found.runs[1]:,} runs, not paired"


def _simulated_verdict(found: SimulationComparison) -> str:
    total, backorders = found.figure("total"), found.figure("backorders")
    sentences = [_cost_sentence(found, total)]
    if backorders.better is not None:
        fewer = value_of(backorders, abs(backorders.difference or 0.0))
        sentences.append(f"{backorders.better} has fewer backorders, by {fewer} unit-periods.")
    else:
        sentences.append("The backorders do not differ with 95 % confidence.")
    return " ".join(sentences)


def _cost_sentence(found: SimulationComparison, total: SimulatedDifference) -> str:
    if total.low is None or total.high is None:
        return f"B costs {signed(total)} {found.currency} compared with A; how sure that is, can't be said."
    low, high = sorted((abs(total.low), abs(total.high)))
    if total.better is None:
        apart = f"from {signed(total, total.low)} to {signed(total, total.high)} {found.currency}"
        return f"Neither is cheaper with 95 % confidence: B less A lies between {apart.removeprefix('from ')}."
    won = ""
    if found.won is not None:
        won = f"; it is cheaper in {100.0 * (found.won if total.better == 'B' else 1.0 - found.won):.0f} % of the runs"
    apart = amount(total, found.currency)
    return f"{total.better} is cheaper by {apart}, {money(low)} to {money(high)} with 95 % confidence{won}."


def _simulated(found: SimulationComparison, width: int) -> RenderableType:
    shown = [row for row in found.figures if any(abs(x or 0.0) >= SMALLEST for x in (row.a, row.b))]
    cells = [
        (
            WORDS.get(row.figure, name_of(row)),
            value_of(row, row.a),
            value_of(row, row.b),
            signed(row),
            *_interval(row),
            row.better or "",
        )
        for row in shown
    ]
    columns = (
        (f"Mean, {found.currency}", "name"),
        ("A", "number"),
        ("B", "number"),
        ("B less A", "number"),
        ("95 % from", "number"),
        ("to", "number"),
        ("Better", "text"),
    )
    return fitted(columns, [bold(c) if c[0] == "total" else c for c in cells], width)


def _interval(row: SimulatedDifference) -> tuple[str, str]:
    if row.low is None or row.high is None:
        return "", ""
    return tuple(signed(row, end).removesuffix(" pts") for end in (row.low, row.high))  # type: ignore[return-value]
