"""A plan with some more of one limit in one period, made from its JSON by hand: nothing of the product's."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def with_more(plan: dict[str, Any], saving: Any) -> dict[str, Any]:
    """Return the plan with ``saving.step`` more of its limit in ``saving.period``."""
    changed = deepcopy(plan)
    row, key = _limit(changed, saving)
    everywhere = saving.period is None
    more = row[key] + saving.step if everywhere else _more(row[key], changed["periods"], saving.period, saving.step)
    row[key] = more
    return changed


def _limit(plan: dict[str, Any], saving: Any) -> tuple[dict[str, Any], str]:
    if saving.offer is not None:
        return next(row for row in plan["offers"] if offer_id(plan, row) == saving.offer), "capacity"
    if saving.warehouse is not None:
        rows = plan["warehouses"]
        return next(row for row in rows if row["warehouse"] == saving.warehouse)["capacity"], saving.resource
    if saving.supplier is not None:
        return next(row for row in plan["suppliers"] if row["supplier"] == saving.supplier)["capacity"], saving.resource
    if saving.from_ is not None:
        ends = saving.from_, saving.to
        return next(row for row in plan["lanes"] if (row["from"], row["to"]) == ends)["capacity"], saving.resource
    if saving.resource == "cash":
        plan["capital"]["cash"].setdefault("inflow", 0.0)
        return plan["capital"]["cash"], "inflow"
    return plan["capital"], saving.resource


def offer_id(plan: dict[str, Any], row: dict[str, Any]) -> str:
    """Id of an offer, the default one where it has none."""
    if "offer" in row:
        return str(row["offer"])
    alike = [o for o in plan["offers"] if (o["supplier"], o["item"]) == (row["supplier"], row["item"])]
    number = 1 + alike.index(row)
    name = f"{row['supplier']}/{row['item']}"
    return name if number == 1 else f"{name}#{number}"


def _more(value: Any, periods: int, period: int, step: float) -> list[float]:
    amounts = list(value) if isinstance(value, (list, tuple)) else [float(value)] * periods
    amounts[period] += step
    return amounts
