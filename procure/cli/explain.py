"""`procure explain`: why each line, what is short, what binds and what would help."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import procure
from procure.cli.options import json_option, quiet_option, seconds
from procure.cli.streams import say_json

if TYPE_CHECKING:
    from procure.solution.records import Solution


@click.command()
@click.argument("solution", type=click.Path(path_type=Path))
@click.option("--item", metavar="I", help="Explain only this item.")
@click.option("--warehouse", metavar="W", help="Explain only this warehouse.")
@click.option("--all", "everything", is_flag=True, help="Show everything, later order lines too, not only the dearest.")
@click.option("--prices", is_flag=True, help="What more of the limits that matter most would save.")
@click.option("--rules", is_flag=True, help="What minimums, multiples, containers, closures and order days cost.")
@click.option(
    "--time-limit",
    type=seconds,
    default="60",
    show_default=True,
    metavar="S",
    help="Seconds, about, for what is solved again: with --prices, and with --rules.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Directory for parameters.csv and promises.csv.  [default: the solution's]",
)
@json_option
@quiet_option
def explain(
    solution: Path,
    item: str | None,
    warehouse: str | None,
    everything: bool,
    prices: bool,
    rules: bool,
    time_limit: float,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Explain SOLUTION: why each line, in sums that add up; what is short, what binds, and what would help.

    SOLUTION is a directory written by `solve` or `baseline`, or the solution.json in it. Each quantity is shown as a
    sum of demand, stock, a buffer for surprises and what rules and limits add, with what the plan would cost without
    the line and with the next best supplier. parameters.csv gets the reorder points and safety stocks that the plan
    implies, promises.csv the dates that customers who wait can be told; both are for the whole plan. With --prices and
    --rules the plan is solved again with a little more of a limit, or without a rule, and compared.
    """
    from procure.cli.explanation import MOST, show_explanation
    from procure.cli.steps import steps
    from procure.solution.write import ensure_writable

    known = procure.read_solution(solution)
    folder = out or (solution if solution.is_dir() else solution.parent)
    ensure_writable(folder)
    with steps("Explaining", quiet=quiet) as watch:
        most = None if everything or as_json else MOST
        found = procure.explain(known, item=item, warehouse=warehouse, progress=watch, most=most)
    files = found.write(folder)
    shown = not as_json and not quiet
    if shown:
        show_explanation(found, files, everything=everything)
    more: dict[str, Any] = {}
    if prices:
        more["prices"] = _prices(known, time_limit, shown=shown, quiet=quiet)
    if rules:
        more["rules"] = _rules(known, time_limit, shown=shown, quiet=quiet)
    if as_json:
        say_json({**found.summary(), **more, "files": [str(path) for path in files]})


def _prices(known: Solution, time_limit: float, *, shown: bool, quiet: bool) -> dict[str, Any]:
    """Solve again with more of the limits that matter most."""
    from procure.cli.limit_prices import show_limit_prices
    from procure.cli.steps import steps

    with steps("Solving again", quiet=quiet) as watch:
        found = procure.limit_prices(known, time_limit=time_limit, watch=watch)
    if shown:
        show_limit_prices(found)
    return found.model_dump(mode="json", by_alias=True)


def _rules(known: Solution, time_limit: float, *, shown: bool, quiet: bool) -> dict[str, Any]:
    """Solve again without rules."""
    from procure.cli.rule_prices import show_rule_prices
    from procure.cli.steps import steps

    with steps("Solving without rules", quiet=quiet) as watch:
        found = procure.rule_prices(known, time_limit=time_limit, watch=watch)
    if shown:
        show_rule_prices(found, {supplier.supplier: supplier.name for supplier in known.plan.suppliers})
    return found.model_dump(mode="json", by_alias=True)
