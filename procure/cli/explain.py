"""`procure explain`: why each line, what would help."""

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
@click.option("--all", "everything", is_flag=True, help="Show every order line, later ones too, not only the largest.")
@json_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def explain(
    solution: Path, item: str | None, warehouse: str | None, everything: bool, as_json: bool, quiet: bool
) -> None:
    """Explain SOLUTION: why each order line is there, in sums that add up.

    SOLUTION is a directory written by `solve` or `baseline`, or the solution.json in it. Each quantity is shown as a
    sum of demand, stock, a buffer for surprises and what rules and limits add, with what the plan would cost without
    the line and with the next best supplier.
    """
    from procure.cli.explanation import show_explanation
    from procure.cli.steps import steps

    with steps("Explaining", quiet=quiet) as watch:
        found = procure.explain(solution, item=item, warehouse=warehouse, progress=watch)
    if as_json:
        say_json(found.model_dump(mode="json"))
    elif not quiet:
        show_explanation(found, everything=everything)
