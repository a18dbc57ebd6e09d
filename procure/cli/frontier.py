"""`procure frontier`: cost and backorders against a limit."""

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


@click.command()
@plan_argument
@click.option(
    "--limit",
    default="capital",
    show_default=True,
    metavar="NAME",
    help="Limit to move: capital, capital.order_budget, capital.cash, capital.inventory_value, storage, "
    "storage.WAREHOUSE, supplier or supplier.SUPPLIER.",
)
@click.option("--steps", type=click.IntRange(min=2), default=9, show_default=True, metavar="N", help="Points.")
@click.option(
    "--from",
    "low",
    metavar="X",
    help="First value of the limit, or a share of today's such as 50%.  [default: well below today's]",
)
@click.option("--to", "high", metavar="X", help="Last value, likewise.  [default: where it no longer binds]")
@click.option(
    "-o",
    "--out",
    default="out",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Directory of frontier.json, frontier.csv and frontier.svg.",
)
@click.option(
    "--start",
    type=click.Path(path_type=Path),
    metavar="SOLUTION",
    help="A solution of PLAN, for today's limit and to start from: a solution.json or its directory.",
)
@engine_option
@solver_option
@click.option(
    "--time-limit",
    type=seconds,
    default="30",
    show_default=True,
    metavar="S",
    help="Seconds, about, for each step.",
)
@click.option("--gap", type=share, default="0.002", show_default=True, metavar="R", help="Relative gap of each step.")
@set_option
@json_option
@quiet_option
def frontier(
    plan: Path,
    limit: str,
    steps: int,
    low: str | None,
    high: str | None,
    out: Path,
    start: Path | None,
    engine: str,
    solver: str,
    time_limit: float,
    gap: float,
    overrides: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Show what PLAN costs, and who waits, with more or less of a limit.

    The plan is solved for a row of values of the limit, from well below today's to where it no longer binds. capital
    is the first of order budget, cash and inventory value that the plan has. An order budget is moved as the sum over
    the horizon, cash as what is there at the start, and capacities are all scaled alike. The knee is the point from
    which more of the limit brings little.

    A frontier.json beside a solution.json becomes part of its report.
    """
    from procure.cli.frontier_summary import show_frontier
    from procure.cli.study import study
    from procure.insight.frontier.document import FILES
    from procure.solution.write import ensure_apart, ensure_writable

    records = procure.read_plan(plan, overrides)
    ensure_apart(plan, out, FILES)
    ensure_writable(out)
    known = None if start is None else procure.read_solution(start)
    with study("Solving", "points", quiet=quiet) as (tell, stop):
        found = procure.frontier(
            records,
            limit,
            steps,
            low=low,
            high=high,
            start=known,
            engine=engine,
            solver=solver,
            time_limit=time_limit,
            gap=gap,
            progress=tell,
            stop=stop,
        )
    files = found.write(out)
    if as_json:
        say_json({**found.model_dump(mode="json"), "files": [str(path) for path in files]})
    elif not quiet:
        show_frontier(found, files)
