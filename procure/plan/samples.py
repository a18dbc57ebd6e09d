"""Reads joint sample paths of demand, and checks them as whole columns."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from procure.errors import Fault, did_you_mean
from procure.plan.draft import Draft
from procure.plan.faults import show
from procure.plan.records import Item, Warehouse

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("item", "warehouse", "sample", "period", "quantity")


class _UnreadableError(Exception):
    """The file can't be read; the text says why."""


def read_samples(draft: Draft) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read the sample paths that the plan names.

    Returns
    -------
    samples
        Columns item, warehouse, sample, period, quantity [units]; None without any.
    faults
        What is wrong with the file; per kind of fault, its first row and how many there are.
    """
    name = draft.settings.demand_samples
    if name is None or not draft.knows("demand_samples"):
        return None, []
    path = draft.source.base / name
    try:
        frame = _read(path)
    except _UnreadableError as error:
        return None, [draft.setting_fault("demand_samples", name, str(error))]
    if faults := list(_column_faults(frame, path.name)):
        return None, faults
    frame = frame.loc[:, list(COLUMNS)]
    faults = list(_row_faults(frame, path.name, draft))
    return (None, faults) if faults else (_typed(frame), [])


def _read(path: Path) -> pd.DataFrame:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise _UnreadableError(f"must be a .csv or .parquet file, got '{path.name}'")
    if not path.is_file():
        raise _UnreadableError(f"no file {path}; the path starts at the plan's folder")
    try:
        return _read_csv(path) if suffix == ".csv" else _read_parquet(path)
    except OSError as error:
        raise _UnreadableError(f"{path.name} can't be read: {error.strerror or error}") from error


def _read_csv(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
        delimiter = max(",;\t", key=header.count)
        frame = pd.read_csv(
            path,
            sep=delimiter,
            encoding="utf-8-sig",
            dtype=str,
            keep_default_na=False,
        )
        if delimiter == ";":
            points = {c: frame[c].str.replace(",", ".") for c in ("period", "quantity") if c in frame}
            frame = frame.assign(**points)
        return frame
    except UnicodeDecodeError:
        raise _UnreadableError(f"{path.name} is not UTF-8 text; save it as 'CSV UTF-8'") from None
    except (ValueError, csv.Error) as error:  # pandas' own errors are ValueErrors
        raise _UnreadableError(f"{path.name} can't be read as CSV: {error}") from error


def _read_parquet(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(path)
    except ImportError:
        cure = "pip install 'procure[parquet]', or give the samples as CSV"
        raise _UnreadableError(f"{path.name} needs pyarrow to be read: {cure}") from None
    except (ValueError, TypeError) as error:  # pyarrow's own errors are ValueErrors
        raise _UnreadableError(f"{path.name} can't be read as Parquet: {error}") from error


def _column_faults(frame: pd.DataFrame, label: str) -> Iterator[Fault]:
    for column in COLUMNS:
        if column not in frame.columns:
            yield Fault(label, 1, column, None, "this column is missing")
    for column in map(str, frame.columns):
        if column not in COLUMNS:
            yield Fault(label, 1, column, column, f"unknown column{did_you_mean(column, COLUMNS)}")


def _row_faults(frame: pd.DataFrame, label: str, draft: Draft) -> Iterator[Fault]:

    for column, record in (("item", Item), ("warehouse", Warehouse)):
        known = draft.ids(record, column)
        if known is not None:
            strange = ~frame[column].isin(list(known))
            yield from _first(frame, label, column, strange, partial(_no_id, noun=column, known=list(known)))
    unnamed = frame["sample"].isna() | (frame["sample"] == "")
    yield from _first(frame, label, "sample", unnamed, lambda _: "must be given")
    period = _numbers(frame["period"])
    yield from _first(frame, label, "period", ~(period % 1 == 0), lambda v: f"must be a whole number, got {_shown(v)}")
    if draft.periods is not None:
        last = draft.periods - 1
        outside = (period % 1 == 0) & ~period.between(0, last)
        yield from _first(frame, label, "period", outside, lambda v: f"must be from 0 to {last}, got {_shown(v)}")
    quantity = _numbers(frame["quantity"])
    finite = quantity.between(-1e15, 1e15)
    yield from _first(frame, label, "quantity", ~finite, lambda v: f"must be a finite number, got {_shown(v)}")
    negative = finite & (quantity < 0)
    yield from _first(frame, label, "quantity", negative, lambda v: f"must be 0 or more, got {_shown(v)}")
    repeated = frame.duplicated(["item", "warehouse", "sample", "period"])
    message = "this item, warehouse, sample and period stands already further up; keep one row"
    yield from _first(frame, label, "period", repeated, lambda _: message)
    yield from _both(frame, label, draft)


def _numbers(column: pd.Series[Any]) -> pd.Series[float]:
    """Numbers of a column, to the last digit; not a number where there is none."""
    import pandas as pd

    return pd.Series([_number(value) for value in column], index=column.index, dtype="float64")


def _number(value: Any) -> float:
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _shown(value: Any) -> str:
    number = _number(value)
    return show(value) if math.isnan(number) else show(number)


def _no_id(value: Any, noun: str, known: list[str]) -> str:
    near = did_you_mean(value, known) if isinstance(value, str) else ""
    return f"no {noun} {show(value)}{near}"


def _first(frame: pd.DataFrame, label: str, column: str, wrong: pd.Series[bool], message: Any) -> Iterator[Fault]:
    """Yield the first wrong row of a column, with the number of the others."""
    places = wrong.to_numpy().nonzero()[0]
    if not len(places):
        return
    value = frame[column].iloc[int(places[0])]
    others = f"; {len(places) - 1} more rows of this file too" if len(places) > 1 else ""
    yield Fault(label, int(places[0]) + 2, column, value, message(value) + others)


def _both(frame: pd.DataFrame, label: str, draft: Draft) -> Iterator[Fault]:
    """Find cells whose demand is given by rows as well."""
    rows = draft.demand_places()
    if not rows:
        return
    cells = frame[["item", "warehouse"]].drop_duplicates()
    for index, item, warehouse in cells.itertuples(name=None):
        if (item, warehouse) in rows:
            table = draft.source.label("demand")
            message = f"the demand for {item} at {warehouse} is given in {table} too; keep one of them"
            yield Fault(label, int(index) + 2, "item", item, message)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns the types they have whatever file they come from."""
    samples = frame["sample"].astype(str)
    whole = samples.str.fullmatch("0|-?[1-9][0-9]{0,17}").all()
    typed = frame.assign(sample=samples.astype("int64") if whole else samples.astype(object))
    period, quantity = _numbers(frame["period"]).astype("int64"), _numbers(frame["quantity"])
    typed = typed.assign(period=period, quantity=quantity)
    typed = typed.astype({"item": object, "warehouse": object})
    return typed.reset_index(drop=True)
