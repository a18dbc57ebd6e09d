from __future__ import annotations

from pathlib import Path

import pytest

from procure.errors import PlanError
from procure.plan import read_plan
from tests.bad_plans import BAD_PLANS, BadPlan


@pytest.mark.parametrize("bad", BAD_PLANS, ids=lambda bad: bad.name)
def test_fault_names_its_place_and_its_cure(bad: BadPlan, tmp_path: Path) -> None:
    with pytest.raises(PlanError) as caught:
        read_plan(bad.write(tmp_path))
    faults = [f for f in caught.value.faults if f.place.startswith(bad.place) and bad.fragment in f.message]
    assert faults, str(caught.value)
    assert "pydantic" not in str(caught.value)
    assert "Input should" not in str(caught.value)


def test_names_are_unique() -> None:
    """Each bad plan has a name of its own."""
    names = [bad.name for bad in BAD_PLANS]
    assert len(set(names)) == len(names)
