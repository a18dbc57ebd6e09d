"""Solve the examples and refresh the summaries in expected/ and the output shown in each README.

Run `python examples/solve_examples.py [NAME ...]` after a change that is meant to change them. The summary is
that of the command in the README; expected/ keeps what the tests compare.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COMMAND = re.compile(r"^procure solve (?P<plan>\S+) -o out(?P<options>.*)$", re.MULTILINE)
OUTPUT = re.compile(r"(?<=<!-- output -->\n```text\n).*?(?=```)", re.DOTALL)

# The limits that each README says bind; the tests hold it to that.
BINDING: dict[str, list[dict[str, str]]] = {
    "quickstart": [{"resource": "order_budget"}, {"resource": "m3", "warehouse": "DEPOT"}],
    "outdoor-shop": [{"resource": "m3", "warehouse": "MUNICH"}, {"resource": "order_budget"}],
    "spare-parts": [{"resource": "cash"}],
}


def refresh(name: str) -> None:
    """Run the command of one README, then write the summary and its output."""
    readme = HERE / name / "README.md"
    text = readme.read_text(encoding="utf-8")
    found = COMMAND.search(text)
    if found is None:
        raise SystemExit(f"{readme} shows no command")
    with tempfile.TemporaryDirectory() as folder:
        plan = str((HERE.parent / found["plan"]).resolve())
        command = [sys.executable, "-m", "procure", "solve", plan, "-o", "out", *found["options"].split()]
        printed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
        solution = json.loads((Path(folder) / "out" / "solution.json").read_text(encoding="utf-8"))
    trimmed = "\n".join(line.rstrip() for line in printed.splitlines()) + "\n"
    readme.write_text(OUTPUT.sub(lambda _: trimmed, text, count=1), encoding="utf-8", newline="\n")
    summary = json.dumps(expected(name, solution), indent=2) + "\n"
    (HERE / "expected" / f"{name}.json").write_text(summary, encoding="utf-8", newline="\n")


def expected(name: str, solution: dict[str, Any]) -> dict[str, Any]:
    """Return what the tests compare, and what a reader may want to look up."""
    now = [order for order in solution["purchase_orders"] if order["period"] == 0]
    return {
        "total": round(solution["cost"]["total"], 2),
        "bound": round(solution["bound"], 2),
        "gap": round(solution["gap"], 5),
        "orders_now": len(now),
        "lines_now": sum(line["release"] for line in solution["orders"]),
        "spend_now": round(sum(order["total"] * order["exchange_rate"] for order in now), 2),
        "backorder_unit_periods": round(solution["expected_backorders"]["unit_periods"], 1),
        "backorder_unit_periods_without_orders": round(
            solution["expected_backorders_without_orders"]["unit_periods"], 1
        ),
        "binding": BINDING[name],
    }


if __name__ == "__main__":
    for example in sys.argv[1:] or BINDING:
        refresh(example)
