"""`procure check`: all faults and warnings of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

import procure
from procure.cli.options import json_option, plan_argument, set_option
from procure.cli.streams import say, say_json
from procure.errors import PlanError


@click.command()
@plan_argument
@set_option
@json_option
@click.pass_context
def check(ctx: click.Context, plan: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Show all faults and warnings of PLAN; nothing is solved.

    PLAN is a plan.json, a folder of CSV or Parquet files or an .xlsx workbook.
    """
    try:
        records = procure.read_plan(plan, overrides)
    except PlanError as error:
        if not as_json:
            raise
        say_json({"sound": False, "faults": [_fault(fault) for fault in error.faults], "warnings": []})
        ctx.exit(error.exit_code)
    warnings = [str(warning) for warning in procure.check_plan(records)]
    if as_json:
        say_json({"sound": True, "faults": [], "warnings": warnings})
        return
    say(f"The plan is sound: {_size(records)}.")
    for warning in warnings:
        say(f"Warning: {warning}")


def _fault(fault: Any) -> dict[str, Any]:
    value = fault.value
    return {
        "table": fault.table,
        "row": fault.row,
        "column": fault.column,
        "value": value if isinstance(value, str | int | bool | None) else str(value),
        "message": fault.message,
    }


def _size(plan: procure.Plan) -> str:
    counts = (
        (len(plan.items), "item"),
        (len(plan.warehouses), "warehouse"),
        (len(plan.suppliers), "supplier"),
        (len(plan.offers), "offer"),
        (len(plan.lanes), "lane"),
        (plan.periods, "period"),
    )
    return ", ".join(f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in counts if count)
