"""Writing a report, and what to say where the charts' library is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from procure.errors import UsageError
from procure.solution.records import Solution
from procure.solution.write import write_as_set

REPORT_FILE = "report.html"
MARK = b'<meta name="generator" content="procure">'
"""Stands near the top of every report."""

HEAD = 4096
SUFFIXES = (".html", ".htm")
NEEDED = ("altair", "jinja2", "vl_convert")


def ensure_able() -> None:
    """Refuse to start where what draws the charts is not installed.

    Raises
    ------
    UsageError
        A library is missing; the message says what to install.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            f"a report needs {' and '.join(missing)}, which the base installation leaves out; "
            'install the extra: pip install "procure[report]"'
        )


def write_report(solution: Solution, path: str | Path, beside: str | Path | None = None) -> Path:
    """Write the report of a solution, whole or not at all.

    Parameters
    ----------
    solution
        What to report.
    path
        The HTML file.
    beside
        Directory of the solution, if it has one: promises and a frontier that lie there are shown, too.

    Raises
    ------
    UsageError
        The file can't be written, the extra is missing, or the solution does not fit its plan.
    """
    ensure_able()
    from procure.report.page import report_text

    target = Path(path)
    if target.is_dir() or target.suffix.lower() not in SUFFIXES:
        raise UsageError(f"can't write the report to {target}: name a file that ends in .html")
    text = report_text(solution, None if beside is None else Path(beside))

    def stage(folder: Path) -> tuple[str]:
        (folder / target.name).write_text(text, encoding="utf-8", newline="\n")
        return (target.name,)

    write_as_set(target.parent, stage)
    return target


def remove_stale(folder: Path) -> None:
    """Remove the report of an earlier solution from a directory that now holds another; leave other people's pages."""
    page = folder / REPORT_FILE
    try:
        with page.open("rb") as file:
            ours = MARK in file.read(HEAD)
    except OSError:
        return
    if ours:
        page.unlink(missing_ok=True)
