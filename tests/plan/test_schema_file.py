"""The JSON schema for editors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pydantic
import pytest

from procure.errors import PlanError
from procure.plan import Plan
from procure.plan.records import TABLES, Settings
from procure.plan.records import Plan as PlanRecord
from procure.plan.schema import SHIPPED, plan_schema
from tests.good_plan import good_plan


@pytest.mark.skipif(
    tuple(map(int, pydantic.VERSION.split(".")[:2])) < (2, 12),
    reason="an older pydantic words it differently",
)
def test_the_shipped_schema_is_current() -> None:
    """Write it with: python -m procure.plan.schema."""
    assert json.loads(SHIPPED.read_text(encoding="utf-8")) == plan_schema()


def test_it_knows_every_key() -> None:
    properties = plan_schema()["properties"]
    assert set(properties) == {"$schema", *Settings.columns(), *TABLES}
    assert plan_schema()["additionalProperties"] is False


def fields(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, record in {"plan": schema, **schema["$defs"]}.items():
        for column, field in record.get("properties", {}).items():
            yield f"{name}.{column}", field


def test_every_column_is_described() -> None:
    assert [name for name, field in fields(plan_schema()) if not field.keys() & {"description", "$ref"}] == []


def test_every_quantity_names_its_unit() -> None:
    """Units stand in the description of every number."""
    numbers = [
        (f"{record.__name__}.{name}", field.description or "")
        for record in [PlanRecord, *TABLES.values()]
        for name, field in record.model_fields.items()
        if field.annotation is float
    ]
    words = (
        "unit",
        "currency",
        "days",
        "0 to 1",
        "between 0 and 1",
        "per year",
        "factor",
        "weight",
        "served",
    )
    assert [name for name, text in numbers if not any(word in text.lower() for word in words)] == []


def test_editors_may_point_to_it() -> None:
    data = {"$schema": "plan.schema.json", **good_plan()}
    assert Plan.from_dict(data) == Plan.from_dict(good_plan())
    json.dumps(plan_schema())


def test_only_at_the_top() -> None:
    data = good_plan()
    data["policy"]["$schema"] = "x"
    with pytest.raises(PlanError, match="unknown key"):
        Plan.from_dict(data)
