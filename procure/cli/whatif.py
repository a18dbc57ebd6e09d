"""`procure whatif`: scenarios side by side."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import engine_option, json_option, plan_argument, quiet_option, seconds, share, solver_option
from procure.cli.streams import say_json


@click.command()
@plan_argument
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="TEXT",
    help="A scenario, 'NAME: KEY=VALUE, KEY=VALUE'. May be repeated.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A change; all --set and --without-supplier together are one more scenario. May be repeated.",
)
@click.option(
    "--without-supplier",
    "without",
    multiple=True,
    metavar="SUPPLIER",
    help="A supplier that takes no more orders, as supplier.SUPPLIER.out=true. May be repeated.",
)
@click.option(
    "--base",
    type=click.Path(path_type=Path),
    metavar="SOLUTION",
    help="A solution of PLAN to compare with: a solution.json or its directory.  [default: PLAN is solved first]",
)
@click.option(
    "-o",
    "--out",
    default="out",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Directory of whatif.csv and whatif.json.",
)
@engine_option
@solver_option
@click.option(
    "--time-limit",
    type=seconds,
    default="60",
    show_default=True,
    metavar="S",
    help="Seconds, about, for each plan.",
)
@click.option("--gap", type=share, default="0.002", show_default=True, metavar="R", help="Relative gap of each plan.")
@json_option
@quiet_option
def whatif(
    plan: Path,
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    without: tuple[str, ...],
    base: Path | None,
    out: Path,
    engine: str,
    solver: str,
    time_limit: float,
    gap: float,
    as_json: bool,
    quiet: bool,
) -> None:
    """Solve PLAN as it is and under scenarios, side by side.

    A change is KEY=VALUE. VALUE is a factor (x1.3, +30%, -20%) or takes the place of what is there. KEY is demand,
    price, lead_time or storage, each also of one id (demand.TENT-2P, lead_time.NORD), a column of a row
    (supplier.NORD.out=true, offer.NORD/BAG.minimum_order_quantity=0) or a setting (capital.order_budget=-20%).

    All are priced at what a unit is worth in PLAN as it is, so that totals can be compared.
    """
    from procure.cli.study import study
    from procure.cli.whatif_summary import show_whatif
    from procure.insight.whatif.document import FILES
    from procure.insight.whatif.grammar import read_scenario, unnamed
    from procure.solution.write import ensure_apart, ensure_writable

    wanted = [read_scenario(text) for text in scenarios]
    single = unnamed(settings, without)
    wanted += [] if single is None else [single]
    records = procure.read_plan(plan)
    ensure_apart(plan, out, FILES)
    ensure_writable(out)
    known = None if base is None else procure.read_solution(base)
    with study("Solving", "scenarios", quiet=quiet) as (tell, stop):
        found = procure.whatif(
            records,
            wanted,
            base=known,
            engine=engine,
            solver=solver,
            time_limit=time_limit,
            gap=gap,
            progress=tell,
            stop=stop,
        )
    files = found.write(out)
    if as_json:
        say_json({**found.model_dump(mode="json", by_alias=True), "files": [str(path) for path in files]})
    elif not quiet:
        show_whatif(found, files)
