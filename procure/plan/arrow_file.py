"""Reads a table from a Parquet file, and large CSV files, as pyarrow arrays."""

from __future__ import annotations

import csv
import decimal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from procure.errors import Fault
from procure.plan import frame as frames
from procure.plan.cells import read_cell
from procure.plan.columns import Column
from procure.plan.frame import TABLES_BY_COLUMN, Frame
from procure.plan.sheet import Reader, headings_of, read_table
from procure.plan.source import Source


def read_parquet(path: Path, table: str, source: Source) -> None:
    """Read a table from a Parquet file.

    Columns hold values of their own kind (numbers, dates, lists, maps, lists of records) or text as in a CSV file.
    """
    if not frames.has_arrow():
        cure = "pip install 'procure[parquet]', or give the table as CSV"
        source.faults.append(Fault(path.name, message=f"needs pyarrow to be read: {cure}"))
        source.unread.add(table)
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        found = pq.ParquetFile(path).read()
    except (pa.ArrowException, ValueError, TypeError) as error:
        source.faults.append(Fault(path.name, message=f"can't be read as Parquet: {_first_line(error)}"))
        source.unread.add(table)
        return
    take_table(found, table, source)


def take_table(found: Any, table: str, source: Source) -> None:
    """Add the records of a pyarrow table to the source, a large one by column."""
    names, cells = list(found.column_names), [_even(found.column(k)) for k in range(found.num_columns)]
    if table in TABLES_BY_COLUMN and found.num_rows >= frames.LARGE:
        source.tables[table] = _frame(table, names, cells, read_value, source)
        return
    columns = [column.to_pylist() for column in cells]
    rows = zip(*columns, strict=True) if columns else iter(())
    read_table(table, enumerate([names, *rows], start=1), read_value, source)


def read_value(value: Any, column: Column) -> Any:
    """Return what the value of a Parquet file means; maps come as lists of pairs."""
    if isinstance(value, (list, tuple)):
        pairs = column.is_nested and all(isinstance(entry, tuple) and len(entry) == 2 for entry in value)
        return _filled_in(dict(value) if pairs else list(value))
    if isinstance(value, dict):
        return _filled_in(value)
    if isinstance(value, decimal.Decimal):
        return float(value)
    return read_cell(value, column)


def _filled_in(value: Any) -> Any:
    """Leave out the empty fields of records, which Parquet writes all alike."""
    if isinstance(value, dict):
        return {key: _filled_in(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_filled_in(entry) for entry in value]
    return value


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__


def read_large_csv(text: str, delimiter: str, table: str, read: Reader, source: Source) -> bool:
    """Read a large CSV file by column; False, and nothing done, when it is small or of an unusual form.

    Unusual are rows with more or fewer cells than the header, lines without anything, and loose quotation marks.
    """
    if table not in TABLES_BY_COLUMN or not frames.has_arrow() or _unusual(text, delimiter):
        return False
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = next(csv.reader([text.split("\n", 1)[0]], delimiter=delimiter), [])
    kinds = {f"f{k}": pa.large_string() for k in range(len(names))}
    try:
        found = arrow_csv.read_csv(
            pa.BufferReader(text.encode()),
            read_options=arrow_csv.ReadOptions(autogenerate_column_names=True, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values='"' in text),
            convert_options=arrow_csv.ConvertOptions(
                column_types=kinds, strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid:
        return False
    if found.num_columns != len(names) or found.num_rows <= frames.LARGE:
        return False
    cells = [_even(found.column(k).slice(1)) for k in range(found.num_columns)]
    header = [found.column(k)[0].as_py() for k in range(found.num_columns)]
    if not all(header):
        return False
    source.tables[table] = _frame(table, header, cells, read, source, delimiter)
    return True


def _unusual(text: str, delimiter: str) -> bool:
    """Tell whether a text is small, or holds what the reader of single rows must judge."""
    if text.count("\n") < frames.LARGE:
        return True
    body = text.rstrip("\r\n")
    if any(blank in body for blank in ("\n\n", "\n\r", "\r\r")) or body.startswith(("\r", "\n")):
        return True
    if '"' not in text:
        return False
    return _loose_quotes(text.encode(), delimiter)


def _loose_quotes(content: bytes, delimiter: str) -> bool:
    """Tell whether a quotation mark neither opens nor closes a cell, or is never closed.

    Marks in pairs stand for one inside a cell; the odd one out must have the end of a cell on one of its sides.
    """
    letters = np.frombuffer(b"\n" + content + b"\n", dtype=np.uint8)
    marks = np.flatnonzero(letters == ord('"'))
    begins = marks[np.concatenate([[True], np.diff(marks) > 1])]
    ends = marks[np.concatenate([np.diff(marks) > 1, [True]])]
    odd = (ends - begins) % 2 == 0
    border = np.array([*delimiter.encode(), *b"\r\n"], dtype=np.uint8)
    outside = np.isin(letters[begins[odd] - 1], border) | np.isin(letters[ends[odd] + 1], border)
    return int(odd.sum()) % 2 == 1 or not bool(outside.all())


def _frame(
    table: str, names: Sequence[str], cells: list[Any], read: Reader, source: Source, delimiter: str = ","
) -> Frame:
    """Keep the columns that have a meaning and the rows that hold anything."""
    headings = headings_of(table, 1, names, source)
    known = [k for k, heading in enumerate(headings) if heading is not None]
    filled = np.zeros(len(cells[0]), dtype=bool)
    for column in cells:
        filled |= column.is_valid().to_numpy(zero_copy_only=False)
    source.rows[table] = np.flatnonzero(filled) + 2
    if not filled.all():
        cells = [column.filter(_boolean(filled)) for column in cells]
    return Frame(
        headings=tuple(heading for heading in headings if heading is not None),
        cells=tuple(cells[k] for k in known),
        read=read,
        delimiter=delimiter,
    )


def _boolean(mask: Any) -> Any:
    import pyarrow as pa

    return pa.array(mask)


def _even(column: Any) -> Any:
    """One array of one of few types: long text without blanks at its ends, numbers, or what it was."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if str(column.type) in ("string", "string_view"):
        column = column.cast(pa.large_string())
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):  # pyarrow before 20 keeps chunks of an empty column
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    if pa.types.is_fixed_size_list(array.type):
        array = array.cast(pa.list_(array.type.value_type))
    if not pa.types.is_large_string(array.type):
        return array
    text = pc.utf8_trim_whitespace(array)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.large_string()), text)
