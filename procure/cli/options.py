"""Kinds of argument and options that commands share."""

from __future__ import annotations

import math
from pathlib import Path

import click


def number(text: str, *, percent: bool = False) -> float:
    """Read a finite number; a share may also be given in percent."""
    share = percent and text.endswith("%")
    try:
        value = float(text.removesuffix("%") if share else text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a number") from None
    if not math.isfinite(value):
        raise click.BadParameter(f"must be finite, got {text}")
    return value / 100.0 if share else value


def seconds(text: str) -> float:
    """Read a time limit [s]."""
    value = number(text)
    if value <= 0.0:
        raise click.BadParameter(f"must be above 0, got {text}")
    return value


def share(text: str) -> float:
    """Read a share: `0.01` or `1%`."""
    value = number(text, percent=True)
    if value < 0.0:
        raise click.BadParameter(f"must be 0 or more, got {text}")
    return value


plan_argument = click.argument("plan", type=click.Path(path_type=Path))

set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a scalar of the plan, e.g. capital.order_budget=25000. May be repeated.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

ENGINES = ("auto", "compact", "decomposed")
SOLVERS = ("highs", "cbc", "scip", "gurobi", "cplex", "xpress", "copt")

engine_option = click.option(
    "--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="How a plan is solved."
)

solver_option = click.option(
    "--solver", type=click.Choice(SOLVERS), default="highs", show_default=True, help="Solver to use."
)

quiet_option = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
