"""`procure solve`: the main job."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import (
    engine_option,
    json_option,
    plan_argument,
    quiet_option,
    seconds,
    set_option,
    share,
    solver_option,
)
from procure.cli.streams import say_json

RELAXED = 3


@click.command()
@plan_argument
@click.option(
    "-o",
    "--out",
    default="out",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Directory of the result.",
)
@click.option(
    "--objective",
    type=click.Choice(["cost", "backorders"]),
    help="What to minimise.  [default: as the plan says]",
)
@engine_option
@solver_option
@click.option(
    "--time-limit",
    type=seconds,
    default="60",
    show_default=True,
    metavar="S",
    help="Stop after about so many seconds with the best plan found.",
)
@click.option(
    "--gap",
    type=share,
    default="0.001",
    show_default=True,
    metavar="R",
    help="Stop when the plan is proven this close to the best one: 0.001 or 0.1%.",
)
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed of all draws.  [default: as the plan says]")
@click.option(
    "--start",
    type=click.Path(path_type=Path),
    metavar="SOLUTION",
    help="Start from this solution, last week's say: a solution.json or its directory.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Solve large plans on this Ray cluster; auto: the one of this machine.  [needs procure[cluster]]",
)
@click.option("--report", is_flag=True, help="Also write report.html, a page to look at (see `procure report`).")
@set_option
@json_option
@quiet_option
@click.pass_context
def solve(
    ctx: click.Context,
    plan: Path,
    out: Path,
    objective: str | None,
    engine: str,
    solver: str,
    time_limit: float,
    gap: float,
    seed: int | None,
    start: Path | None,
    cluster: str | None,
    report: bool,
    overrides: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Plan the purchase orders of PLAN.

    PLAN is a plan.json, a folder of CSV or Parquet files or an .xlsx workbook. The orders to release now are written to
    purchase_orders.csv in the output directory, with the supplier schedule, transfers and the whole solution.
    """
    from procure.cli.progress import chore, watch
    from procure.cli.summary import show_summary, summary_document
    from procure.report.write import REPORT_FILE, ensure_able, remove_stale, write_report
    from procure.solution.write import ensure_apart, ensure_writable

    if report:
        ensure_able()
    with chore("reading", quiet=quiet):
        records = procure.read_plan(plan, overrides)
    ensure_apart(plan, out)
    ensure_writable(out)
    known = None if start is None else procure.read_solution(start)
    with watch(quiet=quiet) as run:
        solution = procure.solve(
            records,
            objective=objective,
            engine=engine,
            solver=solver,
            time_limit=time_limit,
            gap=gap,
            seed=seed,
            start=known,
            cluster=cluster,
            progress=run.update,
            stop=run.stop,
        )
    with chore("writing", quiet=quiet):
        files = solution.write(out)
        remove_stale(out)
        if report:
            files = (*files, write_report(solution, out / REPORT_FILE, beside=out))
    if as_json:
        say_json(summary_document(solution, files))
    elif not quiet:
        show_summary(solution, files)
    if solution.status == "relaxed":
        ctx.exit(RELAXED)
