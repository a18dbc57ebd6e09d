"""`procure explain`: why each line, what is short and what would help."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import json_option
from procure.cli.streams import say_json


@click.command()
@click.argument("solution", type=click.Path(path_type=Path))
@click.option("--item", metavar="I", help="Explain only this item.")
@click.option("--warehouse", metavar="W", help="Explain only this warehouse.")
@click.option("--all", "everything", is_flag=True, help="Show everything, later order lines too, not only the dearest.")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Directory for parameters.csv and promises.csv.  [default: the solution's]",
)
@json_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def explain(
    solution: Path,
    item: str | None,
    warehouse: str | None,
    everything: bool,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Explain SOLUTION: why each line, in sums that add up; what is short, and what would help.

    SOLUTION is a directory written by `solve` or `baseline`, or the solution.json in it. Each quantity is shown as a
    sum of demand, stock, a buffer for surprises and what rules and limits add, with what the plan would cost without
    the line and with the next best supplier. parameters.csv gets the reorder points and safety stocks that the plan
    implies, promises.csv the dates that customers who wait can be told; both are for the whole plan.
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
    if as_json:
        say_json({**found.summary(), "files": [str(path) for path in files]})
    elif not quiet:
        show_explanation(found, files, everything=everything)
