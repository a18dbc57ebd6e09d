"""The fingerprint of a plan: taken of its columns, so that it is the same whatever form the plan came in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from procure.plan.field import Field, as_columns, fields_of
from procure.plan.occurring import first_rows, numbered
from procure.plan.records import TABLES, Plan, Record
from procure.plan.table import Coded, Column, Columns, Numbers
from procure.plan.writing import setting_values

if TYPE_CHECKING:
    import pandas as pd

_BETWEEN = "\x1f"
"""Separates values; no text of a plan holds it."""


def plan_digest(plan: Plan) -> str:
    """Return the SHA-256 of what a plan says, samples included, wherever they are stored."""
    settings = setting_values(plan.model_copy(update={"demand_samples": None}))
    digest = hashlib.sha256(_json(settings).encode())
    for table, record in TABLES.items():
        rows = getattr(plan, table)
        if len(rows):
            digest.update(f"{_BETWEEN}{table} {_table(record, rows)}".encode())
    if plan.samples is not None:
        digest.update(_sample_bytes(plan.samples))
    return digest.hexdigest()


def _table(record: type[Record], rows: Sequence[Record]) -> str:
    """Digest of a table; of one of columns, which never change, it is taken once."""
    if isinstance(rows, Columns):
        rows.digest = rows.digest or _of_columns(rows)
        return rows.digest
    return _of_columns(as_columns(record, rows))


def _of_columns(rows: Columns[Any]) -> str:
    digest = hashlib.sha256(str(len(rows)).encode())
    record: type[Record] = rows.record
    for name, field in fields_of(record).items():
        digest.update(f"{_BETWEEN}{field.heading}{_BETWEEN}".encode())
        for part in _parts(rows.columns[name], field):
            digest.update(np.ascontiguousarray(part).data if isinstance(part, np.ndarray) else part)
    return digest.hexdigest()


def _parts(column: Column, field: Field) -> Sequence[Any]:
    """What a column holds, as bytes or arrays of little-endian numbers."""
    if isinstance(column, Numbers):
        return [np.where(np.isnan(column.values), np.nan, column.values).astype("<f8")]
    if isinstance(column, Coded):
        return _coded(column, field)
    return [column.form, column.sizes.astype("<i8"), column.flat.astype("<f8")]


def _coded(column: Coded, field: Field) -> Sequence[Any]:
    """Number the values that occur in the order of the rows; then the numbers, and the values once each."""
    words = [_word(value) for value in field.written(column.values)]
    codes = numbered(numbered(words)[column.codes])
    occurring = [words[k] for k in np.asarray(column.codes)[first_rows(codes)].tolist()]
    return [codes.astype("<i8"), _BETWEEN.join(occurring).encode("utf-8", "surrogatepass")]


def _word(value: Any) -> str:
    """Write a value so that no two values are written alike."""
    return f"'{value}" if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _sample_bytes(samples: pd.DataFrame) -> bytes:
    ordered = samples.assign(sample=samples["sample"].astype(str))
    ordered = ordered.sort_values(["item", "warehouse", "sample", "period"])
    return ordered.to_csv(index=False, lineterminator="\n").encode()
