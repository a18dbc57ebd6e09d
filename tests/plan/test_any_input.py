"""Whatever stands in a plan, reading it ends in a plan or in faults that a buyer understands."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from procure.errors import PlanError, UsageError
from procure.plan import Plan, check_plan, read_plan
from procure.plan.forms import write_folder
from tests.good_plan import good_plan

JARGON = ("Input should", "Value error", "pydantic", "<number>", "<list>", "type=", "NoneType")

WORDS = [
    "",
    " ",
    "BOLT-M8",
    "MAIN",
    "FAR",
    "USD",
    "2026-03-04",
    "m3",
    "1,5",
    "a=b",
    "{",
    "lost",
    "é\n",
    "\ud800",
    "null",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [0, 1, -1, 2, 7, 8, 10**9, 10**20, 10**400, 0.5, 1e-300, 1e300, float("nan"), float("inf")]
    ),
    st.sampled_from(WORDS),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["item", "m3", "mean", "sd", "0.5", "first", "x"]), inner, max_size=3
        ),
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to everything in a plan."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


PLACES = sorted(places(good_plan()), key=str)


def judge(error: PlanError) -> None:
    assert error.faults
    assert all(fault.message and fault.table for fault in error.faults)
    for fault in error.faults:
        words = fault.message.split(", got ")[0]
        assert not [word for word in JARGON if word in words], str(fault)
    assert str(error).count("\n") >= len(error.faults)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3))
def test_anything_in_json(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    data = good_plan()
    for (*steps, last), value in changes:
        inner: Any = data
        for step in steps:
            try:
                inner = inner[step]
            except (KeyError, IndexError, TypeError):
                inner = None
        if isinstance(inner, dict) or (isinstance(inner, list) and last in range(len(inner))):
            inner[last] = value
    try:
        plan = Plan.from_dict(data)
    except PlanError as error:
        judge(error)
    else:
        check_plan(plan)
        assert Plan.from_dict(json.loads(plan.to_json())) == plan


CELLS = st.sampled_from(
    [
        *WORDS[:-2],
        "-5",
        "1e400",
        "nan",
        "=1",
        "1|2",
        "1 | ",
        "a=1; b=2",
        "a=1; a=2",
        "1..2",
        "[1, 2]",
        '{"a": 1}',
        '{"a"',
        "yes",
    ]
)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["items", "suppliers", "offers", "lanes", "demand", "warehouses"]), st.data())
def test_anything_in_a_cell(table: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_folder(Plan.from_dict(good_plan()), folder)
        path = folder / f"{table}.csv"
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[0]) - 1))
        rows[row][column] = data.draw(CELLS)
        delimiter = data.draw(st.sampled_from(",;\t"))
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
        try:
            check_plan(read_plan(folder))
        except PlanError as error:
            judge(error)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        for file in ("plan.json", "plan.xlsx", "plan.toml"):
            (Path(name) / file).write_bytes(content)
        for path in (Path(name) / "plan.json", Path(name) / "plan.xlsx", Path(name)):
            try:
                read_plan(path)
            except PlanError as error:
                judge(error)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["periods", "capital.order_budget", "capital.cash", "name", "x"]), st.text(max_size=8))
def test_any_override(key: str, value: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "plan.json"
        path.write_text(json.dumps(good_plan()), encoding="utf-8")
        try:
            read_plan(path, [f"{key}={value}"])
        except UsageError:
            pass
        except PlanError as error:
            judge(error)
