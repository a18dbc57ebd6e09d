"""The command line: one small module per command, no logic.

Only click is imported here and at the top of the command modules; a command imports what it needs when it
runs, so that `procure --help` answers at once.
"""

from __future__ import annotations

import click

import procure
from procure.cli.baseline import baseline
from procure.cli.check import check
from procure.cli.compare import compare
from procure.cli.explain import explain
from procure.cli.faults import FaultReport
from procure.cli.frontier import frontier
from procure.cli.init import init
from procure.cli.leave import leave
from procure.cli.report import report
from procure.cli.schema import schema
from procure.cli.simulate import simulate
from procure.cli.solve import solve
from procure.cli.streams import tolerate_any_text
from procure.cli.whatif import whatif

EPILOG = (
    "Exit codes: 0 a plan that keeps every limit; 1 internal fault; 2 usage or input at fault; "
    "3 a plan that had to relax a limit; 4 no plan in the time given."
)


@click.group(
    cls=FaultReport,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(procure.__version__, message="procure %(version)s")
@click.option("--debug", is_flag=True, envvar="PROCURE_DEBUG", help="Show tracebacks of internal faults.")
def cli(debug: bool) -> None:
    """Purchase orders under uncertain demand: what to order, from whom, how much and when.

    Start with `procure init my-plan`, then `procure solve my-plan/plan.json`.
    """
    tolerate_any_text()


for command in (
    init, check, solve, simulate, baseline, compare, explain, frontier, whatif, report, schema,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """Run the command line; the entry point `procure`."""
    try:
        cli(prog_name="procure")
    except SystemExit as done:
        leave(done.code)
        raise
