"""`procure baseline`: what a buyer who follows a common rule would order."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import json_option, plan_argument, quiet_option, set_option
from procure.cli.streams import say_json

POLICIES = ("min-max", "repair-chain", "marginal")
RELAXED = 3


@click.command()
@plan_argument
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    default="min-max",
    show_default=True,
    help="Rule that the buyer follows.",
)
@click.option(
    "-o",
    "--out",
    default="baseline",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Directory of the result.",
)
@set_option
@json_option
@quiet_option
@click.pass_context
def baseline(
    ctx: click.Context, plan: Path, policy: str, out: Path, overrides: tuple[str, ...], as_json: bool, quiet: bool
) -> None:
    """Plan PLAN as a buyer without an optimiser would: the yardstick for `procure solve`.

    min-max orders up to a maximum what has fallen below its reorder point, as Odoo and ERPNext do. repair-chain turns
    needs into multiples, supplier minimums, discounts and containers, then scales them down to budget and space, as
    SAP F&R and Netstock publish. marginal buys the units with the best return per money first, as Lokad describes.

    The files are those of `procure solve`; put the two side by side with `procure compare`.
    """
    from procure.cli.summary import show_summary, summary_document
    from procure.report.write import remove_stale
    from procure.solution.write import ensure_apart, ensure_writable

    records = procure.read_plan(plan, overrides)
    ensure_apart(plan, out)
    ensure_writable(out)
    solution = procure.baseline(records, policy)
    files = solution.write(out)
    remove_stale(out)
    if as_json:
        say_json(summary_document(solution, files))
    elif not quiet:
        show_summary(solution, files)
    if solution.status == "relaxed":
        ctx.exit(RELAXED)
