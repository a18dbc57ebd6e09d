"""`procure simulate`: a plan in worlds that it was not made with."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import json_option, plan_argument, quiet_option, seconds, set_option, share
from procure.cli.streams import say_json

POLICIES = ("procure", "min-max", "repair-chain", "marginal")


@click.command()
@plan_argument
@click.argument("solution", required=False, type=click.Path(path_type=Path))
@click.option("--runs", type=click.IntRange(min=1), metavar="N", help="Runs.  [default: 1000; 30 with --replan]")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Seed of the worlds; the same seed gives every plan the same demand and deliveries.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Directory for simulation.json and CSV files.")
@click.option("--replan", is_flag=True, help="Plan anew every period; only that period's orders are carried out.")
@click.option(
    "--policy",
    type=click.Choice(POLICIES),
    help="Who plans, with --replan.  [default: procure]",
)
@click.option(
    "--weeks",
    type=click.IntRange(min=1),
    metavar="N",
    help="Periods to replay, with --replan.  [default: the plan's horizon]",
)
@click.option(
    "--follow-up",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Further periods, with --replan, in which min-max orders, whoever planned before: what was ordered last "
    "shows its worth.",
)
@click.option(
    "--time-limit",
    type=seconds,
    metavar="S",
    help="Seconds, about, for each plan that is solved.  [default: 60; 10 with --replan]",
)
@click.option(
    "--gap",
    type=share,
    metavar="R",
    help="Relative gap of each plan that is solved.  [default: 0.001; 0.005 with --replan]",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Processes.")
@click.option(
    "--replications",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Sampled plans to solve for the stochastic optimality gap; 0: none.",
)
@set_option
@json_option
@quiet_option
def simulate(
    plan: Path,
    solution: Path | None,
    runs: int | None,
    seed: int,
    out: Path | None,
    replan: bool,
    policy: str | None,
    weeks: int | None,
    follow_up: int,
    time_limit: float | None,
    gap: float | None,
    jobs: int,
    replications: int,
    overrides: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate the SOLUTION of PLAN with demand and deliveries drawn anew.

    The plan is simulated as it stands (open loop): its promises beside what comes true, with 95 % confidence
    intervals, and how likely each limit is exceeded. With --replan it is made anew every period with what is then
    known (closed loop), by Procure or by a rule; SOLUTION is then only checked and may be left out.
    """
    from procure.cli.simulation_summary import show_simulation
    from procure.cli.steps import steps
    from procure.insight.simulation.document import FILES
    from procure.insight.simulation.request import Request
    from procure.solution.write import ensure_apart, ensure_writable

    request = Request(
        runs=runs,
        seed=seed,
        replan=replan,
        policy=policy,
        weeks=weeks,
        follow_up=follow_up,
        time_limit=time_limit,
        gap=gap,
        jobs=jobs,
        replications=replications,
    )
    request.check(has_solution=solution is not None)
    records = procure.read_plan(plan, overrides)
    known = None if solution is None else procure.read_solution(solution)
    if out is not None:
        ensure_apart(plan, out, FILES)
        ensure_writable(out)
    with steps("Simulating", quiet=quiet) as watch:
        found = request.carry_out(records, known, watch)
    files = () if out is None else found.write(out)
    if as_json:
        say_json({**found.summary(), "files": [str(path) for path in files]})
    elif not quiet:
        show_simulation(found, files)
