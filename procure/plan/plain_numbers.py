"""Numbers of whole columns at once, from pyarrow arrays: what is written plainly is read here, all else cell by cell.

What is read here means the same as `procure.plan.cells` makes of it; a test holds the two together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_PLAIN = {
    ",": r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$",
    ";": r"^-?\d+(,\d+)?$",
    "\t": r"^-?\d+$",
}
"""Numbers that mean one thing only, by what separates the cells of the file."""

_EXACT = 2.0**53


def plain_numbers(cells: Any, delimiter: str) -> tuple[Array, Mask]:
    """Return the numbers of an array and which cells are understood, shape (n,) each; NaN for the others.

    Parameters
    ----------
    cells
        Array of text, integers or floats; of anything else nothing is understood.
    delimiter
        What separates the cells of the file.
    """
    import pyarrow as pa

    kind = cells.type
    if pa.types.is_large_string(kind):
        return _of_text(cells, delimiter)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return _of_numbers(cells)
    return np.full(len(cells), np.nan), np.zeros(len(cells), dtype=bool)


def _of_text(cells: Any, delimiter: str) -> tuple[Array, Mask]:
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = pc.fill_null(pc.match_substring_regex(cells, _PLAIN[delimiter]), False)
    text = pc.if_else(plain, cells, pa.scalar(None, cells.type))
    if delimiter == ";":
        text = pc.replace_substring(text, ",", ".")
    return _values(text.cast(pa.float64())), _mask(plain)


def _of_numbers(cells: Any) -> tuple[Array, Mask]:
    import pyarrow as pa

    values = _values(cells.cast(pa.float64(), safe=False))
    exact = np.abs(values) <= _EXACT if pa.types.is_integer(cells.type) else ~np.isnan(values)
    return values, exact & filled(cells)


def filled(cells: Any) -> Mask:
    """Tell which cells of an array hold anything, shape (n,)."""
    return _mask(cells.is_valid())


def _mask(cells: Any) -> Mask:
    found: Mask = cells.to_numpy(zero_copy_only=False).astype(bool)
    return found


def _values(cells: Any) -> Array:
    """Numbers of an array of doubles, NaN for null."""
    found: Array = cells.to_numpy(zero_copy_only=False)
    return np.asarray(found, dtype=np.float64)


def split(cells: Any) -> tuple[Any, NDArray[np.int64]] | None:
    """Return the entries of lists one after another and how many each row has; None without lists of numbers.

    Text is split at its bars. A row without anything has no entries.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = cells.type
    if pa.types.is_large_string(kind):
        lists = pc.split_pattern(cells, "|")
    elif is_list(kind) and not pa.types.is_string(kind.value_type):
        lists = cells
    else:
        return None
    sizes = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    entries = lists.flatten()
    if pa.types.is_large_string(entries.type):
        entries = pc.utf8_trim_whitespace(entries)
    return entries, sizes


def is_list(kind: Any) -> bool:
    """Tell whether a pyarrow type is one of lists."""
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
