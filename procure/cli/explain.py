"""`procure explain`: what binds, and what would help."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import json_option, seconds
from procure.cli.streams import say_json


@click.command()
@click.argument("solution", type=click.Path(path_type=Path))
@click.option("--prices", is_flag=True, help="What more of the limits that matter most would save.")
@click.option("--rules", is_flag=True, help="What minimums, multiples, containers, closures and order days cost.")
@click.option(
    "--time-limit",
    type=seconds,
    default="60",
    show_default=True,
    metavar="S",
    help="Seconds, about, for all that is solved again.",
)
@json_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def explain(solution: Path, prices: bool, rules: bool, time_limit: float, as_json: bool, quiet: bool) -> None:
    """Explain SOLUTION, a solution.json or its directory: what binds, and what would help."""
    from procure.cli.limit_prices import show_limit_prices
    from procure.cli.rule_prices import show_rule_prices
    from procure.cli.steps import steps

    known = procure.read_solution(solution)
    document: dict[str, object] = {}
    if prices:
        with steps("Solving again", quiet=quiet) as watch:
            found = procure.limit_prices(known, time_limit=time_limit, watch=watch)
        document["prices"] = found.model_dump(mode="json", by_alias=True)
        if not as_json and not quiet:
            show_limit_prices(found)
    if rules:
        with steps("Solving without rules", quiet=quiet) as watch:
            cost = procure.rule_prices(known, time_limit=time_limit, watch=watch)
        document["rules"] = cost.model_dump(mode="json", by_alias=True)
        if not as_json and not quiet:
            show_rule_prices(cost, {supplier.supplier: supplier.name for supplier in known.plan.suppliers})
    if as_json:
        say_json(document)
