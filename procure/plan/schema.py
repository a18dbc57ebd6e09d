"""The JSON schema of a plan, generated from the records; an editor completes and checks a plan by it.

``python -m procure.plan.schema`` writes the copy that is shipped beside this module.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from procure.plan.records import Plan

SHIPPED = Path(__file__).with_name("plan.schema.json")
"""The copy of the schema that is part of the package."""


def plan_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of a plan in JSON."""
    schema = Plan.model_json_schema(by_alias=True, mode="validation")
    schema["properties"]["$schema"] = {"type": "string", "description": "Where an editor finds this schema."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "procure plan",
        "description": "A plan for procure: what to buy, from whom, under which limits (format procure-plan/1).",
    }


def schema_text() -> str:
    """Return the schema as it is shipped."""
    return json.dumps(plan_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SHIPPED.write_text(schema_text(), encoding="utf-8")
