"""Which values occur in an array, found by hashing; pandas is loaded when first needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


def numbered(values: NDArray[Any] | Sequence[Any]) -> Indices:
    """Number the values in the order in which they first occur, shape (n,); None is a value, too."""
    import pandas as pd

    array = values if isinstance(values, np.ndarray) else _objects(values)
    return pd.factorize(array, use_na_sentinel=False)[0].astype(np.int64)


def first_rows(codes: Indices) -> Indices:
    """First row of each code, for codes that count up from 0, shape (codes,)."""
    first = np.empty(int(codes.max()) + 1 if len(codes) else 0, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # of several rows the last one assigned stays
    return first


def repeated(*columns: NDArray[Any] | Sequence[Any]) -> Mask:
    """Tell which rows have a combination of values that other rows have, too, shape (n,)."""
    import pandas as pd

    frame = pd.DataFrame({k: c if isinstance(c, np.ndarray) else _objects(c) for k, c in enumerate(columns)})
    found: Mask = frame.duplicated(keep=False).to_numpy()
    return found


def count_before(keys: Indices) -> Indices:
    """How many earlier rows have the same key, shape (n,)."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]])) if len(keys) else np.zeros(0, int)
    found = np.empty(len(keys), dtype=np.int64)
    found[order] = np.arange(len(keys)) - np.repeat(starts, np.diff(np.append(starts, len(keys))))
    return found


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
