"""What several tests of this folder need."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from procure.plan import read_plan

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def _example(name):
    single = EXAMPLES / name / "plan.json"
    return read_plan(single if single.exists() else single.parent)


@pytest.fixture
def example():
    """Return the plan of an example by name."""
    return _example
