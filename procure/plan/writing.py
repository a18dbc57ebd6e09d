"""Writes a plan as normalised JSON."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from procure.plan.records import TABLES, Plan, Record, Settings


@cache
def _adapter(record: type[Record]) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[record])  # type: ignore[valid-type]


def table_rows(plan: Plan, table: str, exclude_defaults: bool = False) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON values, without what is absent or, if asked, its default."""
    records = list(getattr(plan, table))
    rows: list[dict[str, Any]] = _adapter(TABLES[table]).dump_python(
        records, mode="json", by_alias=True, exclude_none=True, exclude_defaults=exclude_defaults
    )
    return rows


def setting_values(plan: Plan) -> dict[str, Any]:
    """Return the scalars as JSON values, without what is absent."""
    return plan.model_dump(mode="json", by_alias=True, exclude_none=True, include=set(Settings.model_fields))


def plan_json(plan: Plan) -> str:
    """Write a plan as JSON, one record a line, in an order and form of its own."""
    parts = [f'  "{key}": {_compact(value)}' for key, value in setting_values(plan).items()]
    for table in TABLES:
        if rows := table_rows(plan, table):
            lines = ",\n".join(f"    {_compact(row)}" for row in rows)
            parts.append(f'  "{table}": [\n{lines}\n  ]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
