"""Write the plans of examples/outdoor-shop and examples/spare-parts anew.

Run `python examples/make_examples.py`. The plans are seeded, so the committed files come out again, byte for
byte. The plan of examples/quickstart is written by hand.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import outdoor_shop
import spare_parts

Record = dict[str, Any]


def write_all(folder: Path) -> None:
    """Write both plans below a folder."""
    write_csv_folder(outdoor_shop.plan(), folder / "outdoor-shop")
    write_json(spare_parts.plan(), folder / "spare-parts" / "plan.json")


def write_json(plan: Record, path: Path) -> None:
    """Write a plan as JSON, one record a line, so that a change shows as the lines it touches."""
    parts = []
    for key, value in plan.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f"  {json.dumps(key)}: [\n{rows}\n  ]")
        else:
            parts.append(f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8", newline="\n")


def write_csv_folder(plan: Record, folder: Path) -> None:
    """Write a plan as a folder: plan.toml for the scalars, one CSV file per table."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {key: value for key, value in plan.items() if isinstance(value, list)}
    scalars = {key: value for key, value in plan.items() if key not in tables}
    (folder / "plan.toml").write_text(toml(scalars), encoding="utf-8", newline="\n")
    for name, rows in tables.items():
        (folder / f"{name}.csv").write_text(table(rows), encoding="utf-8", newline="\n")


def toml(scalars: Record) -> str:
    """Return the scalars as TOML: plain keys first, then one section for each map."""
    plain = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in scalars.items()
        if not isinstance(value, dict)
    ]
    for key, section in scalars.items():
        if isinstance(section, dict):
            plain += ["", f"[{key}]"] + [f"{name} = {json.dumps(value)}" for name, value in section.items()]
    return "\n".join(plain) + "\n"


def table(rows: list[Record]) -> str:
    """Return rows as CSV; a list or map stands in its cell as JSON, an absent value is an empty cell."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                key: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
                for key, value in row.items()
            }
        )
    return text.getvalue()


if __name__ == "__main__":
    write_all(Path(__file__).parent)
