"""Progress of work that is done in steps: a bar on a terminal's stderr, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def steps(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while work is done; what is given back is called with the steps done and all steps."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, of_all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, of_all: bar.update(task, completed=done, total=of_all)
