"""The end of a run."""

from __future__ import annotations

import os
import sys


def leave(code: object) -> None:
    """End at once if a solver is still on its way out: the result is written, nobody should wait for it.

    Parameters
    ----------
    code
        Exit code, as `SystemExit` carries it.
    """
    run = sys.modules.get("procure.engines.run")
    if run is not None and run.solver_still_runs():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))
