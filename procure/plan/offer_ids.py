"""Default ids of offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any


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
        default = f"{supplier}/{item}"
        if (number := count[supplier, item]) > 1:
            default += f"#{number}"
        found.append(row["offer"] if isinstance(row.get("offer"), str) and row["offer"] else default)
    return found
