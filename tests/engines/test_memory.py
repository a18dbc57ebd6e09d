"""A run leaves nothing behind: weekly planning solves hundreds of plans in one process."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest

import procure

QUICKSTART = Path(__file__).resolve().parents[2] / "examples" / "quickstart" / "plan.json"
HEAVY = ("HighsSession", "Highs", "LpProblem", "Model", "Stage", "Translation", "Network", "Solution")
"""What holds a whole model, or all numbers of a plan."""


def alive() -> Counter[str]:
    gc.collect()
    return Counter(name for name in (type(thing).__name__ for thing in gc.get_objects()) if name in HEAVY)


@pytest.mark.parametrize("objective", ["cost", "backorders"])
def test_solving_in_a_loop_keeps_no_model(objective):
    """The solver's callbacks led back to the model, beyond the reach of Python's garbage collector."""
    plan = procure.read_plan(QUICKSTART)
    before = alive()
    for _ in range(2):
        procure.solve(plan, objective=objective, gap=0.05)
    assert alive() == before
