"""Tables read by column say the same as tables read record by record, sound or at fault."""

from __future__ import annotations

import csv
import decimal
import io
import json
import random
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from procure.errors import PlanError, UsageError
from procure.plan import Plan, frame, large_tables, read_plan
from procure.plan.arrow_plan import write_plan_folder
from procure.plan.field import fields_of
from procure.plan.forms import write_folder
from procure.plan.records import TABLES
from procure.plan.table import Columns
from tests.bad_plans import BAD_PLANS, BadPlan
from tests.good_plan import good_plan

BY_RECORD, BY_COLUMN = 10**9, 1


def outcome(path: Path, large: int, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the records of a plan, or its faults in an order of their own."""
    monkeypatch.setattr(frame, "LARGE", large)
    try:
        plan = read_plan(path)
    except PlanError as error:
        return sorted((str(fault), repr(fault.value)) for fault in error.faults)
    return [plan.digest(), *(tuple(getattr(plan, table)) for table in TABLES)]


def same(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Read a plan both ways, and return what came out of it."""
    by_record = outcome(path, BY_RECORD, monkeypatch)
    assert outcome(path, BY_COLUMN, monkeypatch) == by_record
    return by_record


def as_folder(plan: dict[str, Any], path: Path) -> Path:
    """Write a plan that may be at fault as a folder, values as they are."""
    path.mkdir()
    settings = {key: value for key, value in good_plan().items() if key not in TABLES}
    source = Plan.from_dict(settings)
    write_folder(source, path)
    for table in TABLES:
        rows = plan.get(table)
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
            header = list(dict.fromkeys(str(name) for row in rows for name in row))
            with (path / f"{table}.csv").open("w", encoding="utf-8", newline="", errors="replace") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(header)
                writer.writerows([[_cell(row.get(name)) for name in header] for row in rows])
    return path


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, (dict, list, bool)) else value


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_sound_plan_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Any) -> None:
    plan = Plan.from_dict(good_plan())
    write_plan_folder(plan, tmp_path, form)
    assert same(tmp_path, monkeypatch)[0] == plan.digest()
    read = read_plan(tmp_path)
    assert isinstance(read.offers, Columns)
    assert read.offers[-1] == plan.offers[-1]
    assert read.offers[1:3] == plan.offers[1:3]
    with pytest.raises(IndexError):
        read.offers[len(plan.offers)]


@pytest.mark.parametrize("bad", BAD_PLANS, ids=lambda bad: bad.name)
def test_faults_are_the_same(bad: BadPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bad.write(tmp_path)
    if path.suffix == ".json":
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            pytest.skip("not a plan of another form")
        if not isinstance(data, dict):
            pytest.skip("not a plan of another form")
        path = as_folder(data, tmp_path / "folder")
    elif not path.is_dir():
        pytest.skip("a workbook is always read record by record")
    same(path, monkeypatch)


NUMBERS = (
    "", " ", "-1", "0", "1e16", "1e999", "nan", "inf", "1_000", "1,5", "1.234,5", "0x10", "true", "null", " 7 ", "-0.0",
    "1e-9", "2.5", "007", "+5", ".5", "5.", "9" * 20,
)  # fmt: skip
LISTS = (
    "5|", "5 | 6", "1|2|3|4|5|6|7|8", "0|0|0|0|0|0|0|0", "1|2|3|4|5|6|7|x", "[1,2,3,4,5,6,7,8]", "[1,null]", "[]", "{}",
    '{"mean": 3}', '{"a": 1, "a": 2}',
    "mean=3; sd=1", "14=0.7; 21=0.3", "100=2;50=1", "100=2;500=1", "units=1", "m3=-1",
)  # fmt: skip
WORDS = (
    "x", "a\tb", "EA", "lost",
    "2026-03-04", "2026-02-30", "1999-01-01", "BOLT-M8", "NUT-M8", "BOLT-M9", "WASHER", "MAIN",
    "SHOP", "FAR", "NEAR", "MAIN | MAIN", "MAIN | BONN", "#N/A", "FAR/BOLT-M8",
)  # fmt: skip
CELLS = (*NUMBERS, *LISTS, *WORDS)


def corrupt(path: Path, chance: random.Random) -> None:
    """Change a few cells, columns or rows of the tables of a folder."""
    for _ in range(chance.randint(1, 4)):
        file = chance.choice([p for p in sorted(path.glob("*.csv")) if p.stem in TABLES])
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
        change: Callable[[list[list[str]], random.Random], None] = chance.choice(
            [_change_cell, _change_cell, _change_cell, _repeat_row, _empty_column, _drop_column]
        )
        change(rows, chance)
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(rows)


def _change_cell(rows: list[list[str]], chance: random.Random) -> None:
    row = chance.choice(rows[1:])
    row[chance.randrange(len(row))] = chance.choice(CELLS)


def _repeat_row(rows: list[list[str]], chance: random.Random) -> None:
    rows.append(list(chance.choice(rows[1:])))


def _empty_column(rows: list[list[str]], chance: random.Random) -> None:
    column = chance.randrange(len(rows[0]))
    for row in rows[1:]:
        row[column] = chance.choice(["", chance.choice(CELLS)])


def _drop_column(rows: list[list[str]], chance: random.Random) -> None:
    if len(rows[0]) > 1:
        column = chance.randrange(len(rows[0]))
        for row in rows:
            del row[column]


@pytest.mark.parametrize("seed", range(40))
def test_plans_with_random_faults_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    write_folder(Plan.from_dict(good_plan()), tmp_path)
    corrupt(tmp_path, random.Random(seed))
    if seed % 2 == 0:
        as_parquet(tmp_path)
    same(tmp_path, monkeypatch)


def as_parquet(path: Path) -> None:
    """Turn the CSV files of a folder into Parquet files, columns of numbers into numbers."""
    for file in sorted(path.glob("*.csv")):
        if file.stem in TABLES:
            header, *rows = csv.reader(io.StringIO(file.read_text(encoding="utf-8")))
            columns = [pa.array(_typed([row[k] for row in rows])) for k in range(len(header))]
            pq.write_table(pa.Table.from_arrays(columns, header), file.with_suffix(".parquet"))
            file.unlink()


def _typed(cells: list[str]) -> list[Any]:
    try:
        return [None if cell == "" else float(cell) for cell in cells]
    except ValueError:
        return list(cells)


PRICES = [[{"minimum_quantity": 5.0, "unit_price": 1.0}], None, [{"minimum_quantity": 5.0, "unit_price": None}]]


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("offers", "unit_price", pa.array([1, 2, None])),
        ("offers", "unit_price", pa.array([1.5, float("nan"), -2.0])),
        ("offers", "unit_price", pa.array([1.5, 2.0, 3.0], pa.float32())),
        ("offers", "unit_price", pa.array([True, False, True])),
        ("offers", "unit_price", pa.array([2**60, 1, 2])),
        ("offers", "unit_price", pa.array(["1.5", "x", " 2 "])),
        ("offers", "unit_price", pa.array([decimal.Decimal("1.5"), None, decimal.Decimal("-1.00")])),
        ("offers", "price_breaks", pa.array(PRICES)),
        ("offers", "price_breaks", pa.array(["5=1", "[]", '[{"minimum_quantity": 5, "unit_price": 1}]'])),
        ("offers", "warehouses", pa.array([["MAIN"], ["MAIN", "SHOP"], ["NOWHERE"]])),
        ("offers", "lead_time", pa.array([{"mean": 3.0, "sd": 1.0}, {"mean": 3.0, "sd": None}, None])),
        ("offers", "lead_time", pa.array([[("14", 0.5), ("21", 0.5)], None, []], pa.map_(pa.string(), pa.float64()))),
        ("offers", "valid_from", pa.array([date(2026, 1, 1), None, date(1700, 1, 1)])),
        ("offers", "valid_from", pa.array([datetime(2026, 1, 1), None, datetime(2026, 1, 1, 5)])),
        ("offers", "valid_from", pa.array([20260101, 0, 1])),
        ("offers", "item", pa.array([1, 2, 3])),
        ("offers", "item", pa.array(["BOLT-M8", None, "NUT"]).dictionary_encode()),
        ("offers", "capacity", pa.array([[1.0] * 8, [1.0, None], None])),
        ("offers", "capacity", pa.array([[1] * 8, [], None], pa.list_(pa.int64()))),
        ("offers", "capacity", pa.array([[1.0] * 8, [2.0] * 8, None], pa.list_(pa.float64(), 8))),
        ("offers", "capacity", pa.array([["1"] * 8, ["x"] * 8, None])),
        ("items", "storage", pa.array([[("m3", 0.5)], [("box", -1.0)], None], pa.map_(pa.string(), pa.float64()))),
        ("items", "storage", pa.array([{"m3": 0.5, "box": None}, {"m3": None, "box": 2.0}, None])),
        ("items", "storage.m3", pa.array([0.5, None, float("nan")])),
        ("demand", "period", pa.array([0, 1, 2**40])),
        ("demand", "period", pa.array([0.0, 1.5, None])),
    ],
)  # fmt: skip
def test_parquet_columns_of_every_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, column: str, values: Any
) -> None:
    settings = {key: value for key, value in good_plan().items() if key not in TABLES}
    write_folder(Plan.from_dict(settings), tmp_path)
    tables: dict[str, dict[str, Any]] = {
        "items": {"item": ["BOLT-M8", "NUT-M8", "WASHER"], "backorder_cost": [1, 2, 3]},
        "warehouses": {"warehouse": ["MAIN", "SHOP"]},
        "suppliers": {"supplier": ["A", "B", "C"]},
        "offers": {"supplier": ["A", "B", "C"], "item": ["BOLT-M8", "NUT-M8", "WASHER"], "unit_price": [1, 2, 3],
                   "lead_time": [1, 2, 3]},
        "demand": {"item": ["BOLT-M8", "NUT-M8", "WASHER"], "warehouse": ["MAIN"] * 3, "mean": [1, 2, 3],
                   "period": [0] * 3},
    }  # fmt: skip
    tables[table][column] = values
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    same(tmp_path, monkeypatch)


@pytest.mark.parametrize("text", ["item;backorder_cost;storage\nA;1,5;m3=0,5\nB;1.500;\nC;1.234,5;m3=1|2\n",
                                  "item\tbackorder_cost\nA\t1,5\nB\t1,500\nC\t7\n",
                                  "item,backorder_cost,storage.m3,storage.box,storage\nA,1,0.5,,\nB,2,,3,\nC,3,1,2,m3=1\n",
                                  "item,backorder_cost,\nA,1,\nB,2,\n",
                                  "item,backorder_cost,\nA,1,\nB,2,x\n",
                                  "item,backorder_cost\n\nA,1\n\nB,-2\n",
                                  "item,backorder_cost\nA,1\n,\nB,-2\n",
                                  "item,backorder_cost\nA,1,5\nB,-2\n",
                                  'item,backorder_cost\n"A ""x""",1\n"B\nC",-2\n',
                                  'item,backorder_cost\n"A"x,1\nB,-2\n',
                                  "item,backorder_cost\rA,1\rB,-2\r"])  # fmt: skip
def test_files_of_every_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    settings = {key: value for key, value in good_plan().items() if key not in TABLES}
    write_folder(Plan.from_dict(settings), tmp_path)
    (tmp_path / "items.csv").write_bytes(text.encode())
    same(tmp_path, monkeypatch)


def test_very_many_faults_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(Plan.from_dict(good_plan()), tmp_path)
    rows = "".join(f"B{k},-1\n" for k in range(50))
    (tmp_path / "items.csv").write_text("item,backorder_cost\n" + rows)
    monkeypatch.setattr(frame, "LARGE", BY_COLUMN)
    monkeypatch.setattr(large_tables, "MOST_EXAMINED", 20)
    with pytest.raises(PlanError) as caught:
        read_plan(tmp_path)
    faults = [str(fault) for fault in caught.value.faults if fault.table == "items.csv"]
    assert faults[0] == "items.csv: 30 more rows look wrong; mend the others and check again"
    assert faults[1] == "items.csv, row 2, backorder_cost: must be 0 or more, got -1"
    assert len(faults) == 21


def test_without_pyarrow_csv_is_read_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(Plan.from_dict(good_plan()), tmp_path)
    monkeypatch.setattr(frame, "LARGE", BY_COLUMN)
    monkeypatch.setattr(frame, "has_arrow", lambda: False)
    plan = read_plan(tmp_path)
    assert isinstance(plan.offers, tuple)
    assert plan == Plan.from_dict(good_plan())
    with pytest.raises(UsageError, match=r"pip install 'procure\[parquet\]'"):
        write_plan_folder(plan, tmp_path)


def test_parquet_that_cannot_be_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_plan_folder(Plan.from_dict(good_plan()), tmp_path)
    (tmp_path / "items.parquet").write_bytes(b"PAR1 and nothing else")
    (tmp_path / "offers.csv").write_text("supplier\n")
    with pytest.raises(PlanError) as caught:
        read_plan(tmp_path)
    one, two = (str(fault) for fault in caught.value.faults)
    assert one.startswith("items.parquet: can't be read as Parquet: ")
    assert two == "offers.parquet: the folder holds offers.csv, too; keep one of the two"
    monkeypatch.setattr(frame, "has_arrow", lambda: False)
    with pytest.raises(PlanError, match=r"stock.parquet: needs pyarrow to be read: pip install 'procure\[parquet\]'"):
        read_plan(tmp_path)


@pytest.mark.parametrize("record", TABLES.values(), ids=lambda record: record.__name__)
def test_a_field_by_itself_takes_what_its_record_takes(record: Any) -> None:
    """Rules are read off the record, at their ends too."""
    near = [v + d for v in (0.0, 1.0, 10_000.0, 1e15) for d in (-1.0, -1e-9, 0.0, 1e-9, 1.0)]
    for field in fields_of(record).values():
        values = [*near, -1e15, -2e15, 2e15, float("inf"), *NUMBERS, *WORDS, [1.0], [], {"m3": 1.0}, {}, True, "a" * 99]
        _, refused = field.check(values)
        for value, wrong in zip(values, refused, strict=True):
            try:
                record.model_validate({field.heading: value})
                blamed = False
            except ValidationError as error:
                blamed = any(detail["loc"][0] in (field.heading, field.name) for detail in error.errors())
            assert blamed == wrong, (field.name, value)
        if field.is_number:
            numbers = np.array([v for v in near if abs(v) < 1e16])
            expected = [not field.check([v])[1][0] for v in numbers.tolist()]
            if not field.is_whole:
                assert field.accepts(numbers).tolist() == expected
