"""Plans as pyarrow tables: made of them, written as them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from procure.errors import UsageError
from procure.plan import frame as frames
from procure.plan.arrow_file import take_table
from procure.plan.csv_folder import SETTINGS_FILE
from procure.plan.field import Field, as_columns, fields_of
from procure.plan.forms import toml, with_samples_in
from procure.plan.record import Record
from procure.plan.records import TABLES, Plan
from procure.plan.source import Source
from procure.plan.table import ABSENT, LIST, ONE, Coded, Numbers, Series
from procure.plan.validation import validate
from procure.plan.writing import setting_values

Form = Literal["parquet", "csv"]
BAR = "|"


def plan_of_tables(settings: Mapping[str, Any], tables: Mapping[str, Any], base: Path | None = None) -> Plan:
    """Make a plan of pyarrow tables, with all checks.

    Parameters
    ----------
    settings
        The scalars of the plan.
    tables
        Tables by name, with the columns of the plan's files. Cells hold values of their own kind, or text as in a
        CSV file.
    base
        Folder that `demand_samples` is relative to; default: the current folder.

    Raises
    ------
    PlanError
        With every fault in the data.
    """
    source = Source(base or Path.cwd(), settings=dict(settings))
    for table, content in tables.items():
        take_table(content, table, source)
    return validate(source)


def tables_of(plan: Plan) -> dict[str, Any]:
    """Return the tables of a plan that are not empty as pyarrow tables, in the plan's order.

    Columns that hold their default throughout are left out. Numbers are numbers, lists over the periods lists of
    numbers, ids text; everything else is text as in a CSV file.
    """
    found = {table: getattr(plan, table) for table in TABLES}
    return {table: _arrow(TABLES[table], rows) for table, rows in found.items() if len(rows)}


def write_plan_folder(plan: Plan, folder: Path, form: Form = "parquet") -> tuple[str, ...]:
    """Write a plan of any size as a folder with one Parquet or CSV file per table and a ``plan.toml``.

    Parameters
    ----------
    plan
        The plan.
    folder
        Where to; created when it is not there. Files of the same names are replaced, others stay.
    form
        Form of the tables.

    Returns
    -------
    tuple of str
        Names of the files written.

    Raises
    ------
    UsageError
        When pyarrow is not installed.
    """
    if not frames.has_arrow():
        raise UsageError("a plan of this size is written by pyarrow: pip install 'procure[parquet]'")
    folder.mkdir(parents=True, exist_ok=True)
    placed = with_samples_in(plan, folder)
    (folder / SETTINGS_FILE).write_text(toml(setting_values(placed)), encoding="utf-8")
    names = [SETTINGS_FILE] if placed.samples is None else [SETTINGS_FILE, str(placed.demand_samples)]
    for table, content in tables_of(plan).items():
        names.append(f"{table}.{form}")
        _WRITERS[form](content, folder / names[-1])
    return tuple(names)


def _write_parquet(content: Any, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(content, path, compression="zstd")


def _write_csv(content: Any, path: Path) -> None:
    from pyarrow import csv

    csv.write_csv(_flat(content), path, csv.WriteOptions(quoting_style="needed"))


_WRITERS = {"parquet": _write_parquet, "csv": _write_csv}


def _flat(content: Any) -> Any:
    """Write the lists of a table as text: ``5|5|8``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for k, column in enumerate(content.columns):
        if pa.types.is_large_list(column.type):
            entries = column.combine_chunks().cast(pa.large_list(pa.string()))
            content = content.set_column(k, content.column_names[k], pc.binary_join(entries, BAR))
    return content


def _arrow(record: type[Record], rows: Sequence[Record]) -> Any:
    import pyarrow as pa

    columns = as_columns(record, rows)
    found = {}
    for name, field in fields_of(record).items():
        column = columns.columns[name]
        if isinstance(column, Numbers):
            array = _numbers(column, field)
        elif isinstance(column, Series):
            array = _series(column)
        else:
            array = _text(column, field)
        if array.null_count < len(array):
            found[field.heading] = array
    return pa.table(found)


def _numbers(column: Numbers, field: Field) -> Any:
    import pyarrow as pa

    absent = np.isnan(column.values)
    if field.default is not None and (column.values == field.default).all():
        absent = np.ones(len(column), dtype=bool)
    values = np.where(absent, 0.0, column.values)
    return pa.array(values.astype(np.int64) if column.whole else values, mask=absent)


def _series(column: Series) -> Any:
    import pyarrow as pa

    if (column.form != LIST).all():
        return pa.array(column.single(), mask=column.form == ABSENT)
    lists = pa.LargeListArray.from_arrays(pa.array(column.starts), pa.array(column.flat), mask=_nulls(column.form))
    if (column.form != ONE).all():
        return lists
    import pyarrow.compute as pc

    return pc.binary_join(lists.cast(pa.large_list(pa.string())), BAR)


def _nulls(form: NDArray[np.int8]) -> Any:
    import pyarrow as pa

    return pa.array(form == ABSENT)


def _text(column: Coded, field: Field) -> Any:
    import pyarrow as pa

    default = field.written([field.default])[0] if not field.required else None
    words = [None if value in (None, default) else _word(value) for value in field.written(column.values)]
    codes = pa.array(np.asarray(column.codes, dtype=np.int32))
    return pa.array(words, pa.large_string()).take(codes)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
