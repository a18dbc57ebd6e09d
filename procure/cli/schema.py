"""`procure schema`: the JSON schema of a plan."""

from __future__ import annotations

import click

from procure.cli.streams import say_json


@click.command()
def schema() -> None:
    """Print the JSON schema of plan.json.

    An editor that is pointed to it by the key "$schema" completes and checks a plan while it is typed.
    """
    from procure.plan.schema import plan_schema

    say_json(plan_schema())
