"""`procure compare`: two solutions, or two simulations, side by side."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import json_option
from procure.cli.streams import say_json


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="List every order that differs, not only the largest.",
)
@json_option
def compare(a: Path, b: Path, everything: bool, as_json: bool) -> None:
    """Compare A and B: two solutions or two simulations of the same plan.

    A and B are directories written by `solve`, `baseline` or `simulate`, or the solution.json or simulation.json in
    them. Differences are B less A. Simulations with the same seed and number of runs are compared run by run.
    """
    from procure.cli.comparison import show_comparison

    found = procure.compare(a, b)
    if as_json:
        say_json(found.model_dump(mode="json", by_alias=True))
    else:
        show_comparison(found, everything=everything)
