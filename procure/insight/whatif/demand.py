"""`demand=+30%`, `demand.TENT-2P=x1.3`, `demand.EAST=-10%`: more or less demand, its uncertainty in proportion."""

from __future__ import annotations

from typing import Any

import pandas as pd

from procure.errors import UsageError
from procure.insight.whatif.grammar import Change
from procure.insight.whatif.rows import KEYS, factor_of, owners, times, with_rows
from procure.plan.records import Plan


def demand(plan: Plan, place: str, change: Change) -> Plan:
    """Multiply demand of all, of an item or of a warehouse: means, sds and sample paths alike.

    Raises
    ------
    UsageError
        No item or warehouse of that id, or no factor.
    """
    factor = factor_of(change, "demand")
    column = KEYS[owners(plan, place, ("items", "warehouses"), change.key)] if place else ""
    found = 0

    def multiplied(row: Any) -> Any:
        nonlocal found
        if column and getattr(row, column) != place:
            return row
        found += 1
        return row.model_copy(update={"mean": times(row.mean, factor), "sd": times(row.sd, factor)})

    changed = with_rows(plan, "demand", multiplied)
    samples = plan.samples
    if samples is not None:
        rows = samples[column] == place if column else pd.Series(data=True, index=samples.index)
        found += int(rows.sum())
        changed._samples = samples.assign(quantity=samples["quantity"].where(~rows, samples["quantity"] * factor))
    if not found:
        raise UsageError(f"{change.key}: there is no demand of '{place}' to change")
    return changed
