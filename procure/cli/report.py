"""`procure report`: a page to look at."""

from __future__ import annotations

from pathlib import Path

import click

import procure
from procure.cli.options import json_option, quiet_option
from procure.cli.streams import say, say_json


@click.command()
@click.argument("solution", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The page.  [default: report.html beside the solution]",
)
@json_option
@quiet_option
def report(solution: Path, out: Path | None, as_json: bool, quiet: bool) -> None:
    """Write a page about SOLUTION: orders, stock, limits, cost and what to do.

    SOLUTION is a solution.json or its directory. The page is one HTML file that needs no network: tables to sort and
    search, and charts. Promises and a frontier that lie beside the solution are shown, too. Needs the extra:
    pip install "procure[report]".
    """
    from procure.cli.progress import chore
    from procure.report.write import REPORT_FILE, ensure_able, write_report

    ensure_able()
    folder = solution if solution.is_dir() else solution.parent
    with chore("reading", quiet=quiet):
        known = procure.read_solution(solution)
    with chore("drawing", quiet=quiet):
        written = write_report(known, out or folder / REPORT_FILE, beside=folder)
    if as_json:
        say_json({"plan": known.plan.name, "files": [str(written)], "bytes": written.stat().st_size})
    elif not quiet:
        say(f"Written to {written} ({written.stat().st_size / 1e6:.1f} MB): open it in a browser.")
