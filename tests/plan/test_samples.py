"""Demand given as joint sample paths."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from procure.errors import PlanError
from procure.plan import Plan, check_plan
from tests.good_plan import good_plan

GOOD = pd.DataFrame(
    [
        ("WASHER", "SHOP", sample, period, 10.0 * sample + period)
        for sample in range(3)
        for period in range(8)
    ],
    columns=["item", "warehouse", "sample", "period", "quantity"],
)


def read(folder: Path, frame: pd.DataFrame, name: str = "paths.csv") -> Plan:
    """Read the good plan with these samples."""
    if name.endswith(".parquet"):
        frame.to_parquet(folder / name)
    else:
        frame.to_csv(folder / name, index=False)
    return Plan.from_dict({**good_plan(), "demand_samples": name}, base=folder)


def messages(folder: Path, frame: pd.DataFrame, name: str = "paths.csv") -> list[str]:
    with pytest.raises(PlanError) as caught:
        read(folder, frame, name)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("name", ["paths.csv", "paths.parquet"])
def test_samples_are_read(tmp_path: Path, name: str) -> None:
    plan = read(tmp_path, GOOD, name)
    assert plan.samples is not None
    pd.testing.assert_frame_equal(plan.samples, GOOD, check_dtype=False)
    assert plan.samples["quantity"].dtype == float
    assert plan.samples["period"].dtype == "int64"


def test_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    text = "item;warehouse;sample;period;quantity\nWASHER;SHOP;a;0;1,5\nWASHER;SHOP;b;0;2\n"
    (tmp_path / "paths.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    plan = Plan.from_dict({**good_plan(), "demand_samples": "paths.csv"}, base=tmp_path)
    assert plan.samples is not None
    assert plan.samples["quantity"].tolist() == [1.5, 2.0]
    assert plan.samples["sample"].tolist() == ["a", "b"]


def with_value(column: str, value: Any) -> pd.DataFrame:
    frame = GOOD.astype({column: object})
    frame.loc[4, column] = value
    return frame


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("item", "WASCHER", "paths.csv, row 6, item: no item 'WASCHER' (did you mean 'WASHER'?)"),
        ("warehouse", "SHOPP", "paths.csv, row 6, warehouse: no warehouse 'SHOPP' (did you mean 'SHOP'?)"),
        ("item", None, "paths.csv, row 6, item: no item ''"),
        ("sample", None, "paths.csv, row 6, sample: must be given"),
        ("period", 8, "paths.csv, row 6, period: must be from 0 to 7, got 8"),
        ("period", -1, "paths.csv, row 6, period: must be from 0 to 7, got -1"),
        ("period", 1.5, "paths.csv, row 6, period: must be a whole number, got 1.5"),
        ("period", "first", "paths.csv, row 6, period: must be a whole number, got 'first'"),
        ("quantity", -1.0, "paths.csv, row 6, quantity: must be 0 or more, got -1"),
        ("quantity", None, "paths.csv, row 6, quantity: must be a finite number, got ''"),
        ("quantity", float("inf"), "paths.csv, row 6, quantity: must be a finite number, got inf"),
        ("quantity", "many", "paths.csv, row 6, quantity: must be a finite number, got 'many'"),
        (
            "period",
            3,
            "paths.csv, row 6, period: this item, warehouse, sample and period stands already further up",
        ),
    ],
)
def test_faults_of_samples(tmp_path: Path, column: str, value: Any, message: str) -> None:
    found = messages(tmp_path, with_value(column, value))
    assert [text for text in found if text.startswith(message)], found


def test_the_kind_of_file_makes_no_difference(tmp_path: Path) -> None:
    """Numbers keep all their digits, and samples their names."""
    odd = GOOD.assign(
        quantity=[number / 7 for number in range(24)], sample=GOOD["sample"].map("{:03d}".format)
    )
    for frame in (GOOD, odd):
        csv, parquet = read(tmp_path, frame), read(tmp_path, frame, "paths.parquet")
        assert csv.samples is not None
        assert parquet.samples is not None
        pd.testing.assert_frame_equal(csv.samples, parquet.samples)
        assert csv == parquet


def test_places_missing_in_some_paths_are_warned_of(tmp_path: Path) -> None:
    other = GOOD[GOOD["sample"] > 0].assign(warehouse="MAIN")
    data = {**good_plan(), "demand": [], "demand_samples": "paths.csv"}
    pd.concat([GOOD, other]).to_csv(tmp_path / "paths.csv", index=False)
    found = [str(warning) for warning in check_plan(Plan.from_dict(data, base=tmp_path))]
    assert [text for text in found if "WASHER at MAIN (2 of 3) are not in all sample paths" in text], found


def test_columns_are_known(tmp_path: Path) -> None:
    assert messages(tmp_path, GOOD.rename(columns={"quantity": "qantity"})) == [
        "paths.csv, row 1, quantity: this column is missing",
        "paths.csv, row 1, qantity: unknown column (did you mean 'quantity'?)",
    ]


def test_many_wrong_rows_are_counted(tmp_path: Path) -> None:
    frame = GOOD.assign(quantity=-1.0)
    assert messages(tmp_path, frame) == [
        "paths.csv, row 2, quantity: must be 0 or more, got -1; 23 more rows of this file too"
    ]


def test_rows_and_samples_of_one_place_contradict(tmp_path: Path) -> None:
    assert messages(tmp_path, GOOD.assign(warehouse="MAIN")) == [
        "paths.csv, row 2, item: the demand for WASHER at MAIN is given in demand too; keep one of them"
    ]


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "paths.parquet").write_bytes(b"PAR1")
    real = builtins.__import__

    def no_arrow(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] in ("pyarrow", "fastparquet"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_arrow)
    monkeypatch.setattr(pd, "read_parquet", lambda _: no_arrow("pyarrow"))
    with pytest.raises(PlanError, match=r"needs pyarrow to be read: pip install 'procure\[parquet\]'"):
        Plan.from_dict({**good_plan(), "demand_samples": "paths.parquet"}, base=tmp_path)


@pytest.mark.parametrize("name", ["paths.csv", "paths.parquet"])
def test_broken_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x00broken")
    with pytest.raises(PlanError) as caught:
        Plan.from_dict({**good_plan(), "demand_samples": name}, base=tmp_path)
    assert str(caught.value.faults[0]).startswith(f"plan, demand_samples: {name} ")


def test_other_faults_come_along(tmp_path: Path) -> None:
    GOOD.assign(quantity=-1.0).to_csv(tmp_path / "paths.csv", index=False)
    data = {**good_plan(), "demand_samples": "paths.csv", "currency": "Euro"}
    with pytest.raises(PlanError) as caught:
        Plan.from_dict(data, base=tmp_path)
    assert [fault.column for fault in caught.value.faults] == ["currency", "quantity"]
