"""The solution of a plan with large tables: the same solution, with the plan beside it as a folder of Parquet files."""

from __future__ import annotations

from pathlib import Path

import pytest

import procure
from procure.errors import UsageError
from procure.plan import Plan, frame, read_plan
from procure.plan.arrow_plan import write_plan_folder
from procure.plan.table import Columns
from procure.solution import write
from procure.solution.write import ensure_apart

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart" / "plan.json"


@pytest.fixture
def by_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The quickstart, read by column."""
    write_plan_folder(read_plan(QUICKSTART), tmp_path / "input")
    monkeypatch.setattr(frame, "LARGE", 1)
    monkeypatch.setattr(write, "MOST_AS_TEXT", 1)
    plan = read_plan(tmp_path / "input")
    assert isinstance(plan.demand, Columns)
    return plan


def test_solved_written_and_read_again(tmp_path: Path, by_column: Plan) -> None:
    expected = procure.solve(read_plan(QUICKSTART), gap=0.01, time_limit=30)
    solution = procure.solve(by_column, gap=0.01, time_limit=30)
    assert solution.lines == expected.lines
    assert solution.cost == expected.cost
    out = tmp_path / "out"
    names = {path.relative_to(out).as_posix() for path in solution.write(out)}
    assert "plan_tables/plan.toml" in names
    assert "plan.json" not in names
    again = procure.read_solution(out)
    assert again.plan == expected.plan
    assert [(line.offer, line.period, line.quantity) for line in again.lines] == [
        (line.offer, line.period, line.quantity) for line in solution.lines
    ]


def test_the_plan_of_an_earlier_run_does_not_stay_behind(tmp_path: Path, by_column: Plan) -> None:
    small = procure.baseline(read_plan(QUICKSTART))
    large = procure.baseline(by_column)
    small.write(tmp_path)
    large.write(tmp_path)
    assert not (tmp_path / "plan.json").exists()
    assert procure.read_solution(tmp_path).plan == small.plan
    (tmp_path / "plan_tables" / "notes.txt").write_text("mine")
    small.write(tmp_path)
    assert [path.name for path in (tmp_path / "plan_tables").iterdir()] == ["notes.txt"]
    assert procure.read_solution(tmp_path).plan == small.plan


def test_a_plan_of_some_size_is_still_one_text(
    tmp_path: Path, by_column: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "MOST_AS_TEXT", 200)
    procure.baseline(by_column).write(tmp_path)
    assert (tmp_path / "plan.json").read_text(encoding="utf-8") == read_plan(QUICKSTART).to_json()


def test_files_that_no_run_wrote_stay(tmp_path: Path, by_column: Plan) -> None:
    mine = tmp_path / "plan_tables" / "lanes.parquet"
    mine.parent.mkdir()
    mine.write_bytes(b"mine")
    (tmp_path / "plan.json").write_text("mine")
    procure.baseline(by_column).write(tmp_path)
    assert mine.read_bytes() == b"mine"
    assert (tmp_path / "plan.json").read_text() == "mine"


def test_a_plan_is_not_replaced_by_its_own_result(tmp_path: Path) -> None:
    (tmp_path / "plan_tables").mkdir()
    with pytest.raises(UsageError, match="would replace the plan"):
        ensure_apart(tmp_path / "plan_tables", tmp_path)
