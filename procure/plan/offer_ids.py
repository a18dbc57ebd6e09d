"""Default ids of offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from procure.plan.occurring import count_before
from procure.plan.table import Coded, Columns, coded


def offer_ids(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the id of each offer: its own, or supplier/item, then supplier/item#2 for the second.

    Parameters
    ----------
    rows
        Offers as read, with or without ids.
    """
    count: Counter[tuple[str, str]] = Counter()
    found = []
    for row in rows:
        supplier, item = str(row.get("supplier", "")), str(row.get("item", ""))
        count[supplier, item] += 1
        found.append(row["offer"] if isinstance(row.get("offer"), str) and row["offer"] else _id(supplier, item, count))
    return found


def _id(supplier: str, item: str, count: Counter[tuple[str, str]]) -> str:
    number = count[supplier, item]
    return f"{supplier}/{item}#{number}" if number > 1 else f"{supplier}/{item}"


def with_offer_ids(offers: Columns[Any]) -> Columns[Any]:
    """Return a table of offers in which every offer has its id, given or default."""
    supplier, item, given = (coded(offers, name) for name in ("supplier", "item", "offer"))
    names = given.strings().tolist()
    sellers, sold = supplier.strings().tolist(), item.strings().tolist()
    pairs = supplier.codes.astype(np.int64) * len(item.values) + item.codes
    numbers = count_before(pairs)
    for k, name in enumerate(names):
        if not name:
            names[k] = f"{sellers[k]}/{sold[k]}#{numbers[k] + 1}" if numbers[k] else f"{sellers[k]}/{sold[k]}"
    return offers.replaced(offer=Coded(np.arange(len(names)), names))
