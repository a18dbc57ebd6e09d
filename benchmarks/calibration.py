"""Do plans keep their promises? Promised figures against open-loop simulations with fresh draws.

Each case is planned once under `uncertainty: cumulative` and simulated with many seeds. A 95 % interval
misses a true promise once in twenty; a case with clearly more misses promises too much or too little.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import procure
from procure.plan.records import Plan

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
FIGURES = ("total", "backorders", "on_hand")


@dataclass(frozen=True)
class Case:
    """An example, changed.

    Attributes
    ----------
    name
        What the table calls it.
    example
        Folder below `examples`.
    policy
        Keys of the policy to set.
    offer
        Keys of all offers to set.
    lost
        Whether every second item loses what it can't serve.
    """

    name: str
    example: str
    policy: dict[str, Any]
    offer: dict[str, Any]
    lost: bool = False


CASES = (
    Case("quickstart, auto", "quickstart", {}, {}),
    Case("quickstart, normal", "quickstart", {"distribution": "normal"}, {}),
    Case("quickstart, gamma", "quickstart", {"distribution": "gamma"}, {}),
    Case("quickstart, poisson", "quickstart", {"distribution": "poisson"}, {}),
    Case("quickstart, negative binomial", "quickstart", {"distribution": "negative_binomial"}, {}),
    Case("quickstart, random lead times", "quickstart", {}, {"lead_time": {"mean": 12.0, "sd": 5.0}}),
    Case("quickstart, delivered fractions", "quickstart", {}, {"delivered_fraction": {"1": 0.9, "0.5": 0.1}}),
    Case("quickstart, lost sales", "quickstart", {}, {}, lost=True),
    Case("outdoor-shop", "outdoor-shop", {}, {}),
    Case("outdoor-shop, delivered fractions", "outdoor-shop", {}, {"delivered_fraction": {"1": 0.95, "0.5": 0.05}}),
    Case("spare-parts", "spare-parts", {}, {}),
    Case("spare-parts, random lead times", "spare-parts", {}, {"lead_time": {"7": 0.5, "14": 0.3, "28": 0.2}}),
)


def plan_of(case: Case) -> Plan:
    """Return the plan of a case."""
    single = EXAMPLES / case.example / "plan.json"
    plan = procure.read_plan(single if single.exists() else single.parent, ["policy.uncertainty=cumulative"])
    record = json.loads(plan.to_json())
    record["policy"] = {**record.get("policy", {}), **case.policy}
    record["offers"] = [{**offer, **case.offer} for offer in record["offers"]]
    if case.lost:
        shipped = {item for lane in record.get("lanes", ()) for item in lane.get("items") or ()}
        if any(not lane.get("items") for lane in record.get("lanes", ())):
            record["lanes"] = []
        _lose(record, shipped)
    return procure.Plan.from_dict(record)


def _lose(record: dict[str, Any], kept: set[str]) -> None:
    """Let every second item that no lane carries lose what it can't serve."""
    lost = {item["item"] for item in record["items"][::2]} - kept
    for item in record["items"]:
        if item["item"] in lost:
            item["unmet_demand"] = "lost"
            for key in ("safety_stock", "service_level"):
                item.pop(key, None)
    for stock in record["stock"]:
        if stock["item"] in lost:
            stock["backorders"] = 0.0
    record["backorder_queue"] = [row for row in record.get("backorder_queue", ()) if row["item"] not in lost]


def measure(case: Case, seeds: int, runs: int, time_limit: float) -> dict[str, Any]:
    """Plan a case, simulate it with each seed, and count the promises that lie outside."""
    plan = plan_of(case)
    solution = procure.solve(plan, time_limit=time_limit, gap=0.01)
    simulations = [procure.simulate(plan, solution, runs=runs, seed=1000 + seed) for seed in range(seeds)]
    row: dict[str, Any] = {"case": case.name, "seeds": seeds, "runs": runs}
    for name in FIGURES:
        found = [simulation.figure(name) for simulation in simulations]
        row[name] = {
            "promised": found[0].promised,
            "mean": sum(f.mean for f in found) / seeds,
            "misses": sum(not f.inside for f in found),
        }
    return row


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Lines of a Markdown table."""
    lines = ["| case | " + " | ".join(f"{n}: promised | simulated | misses" for n in FIGURES) + " |"]
    lines.append("| --- |" + " --: | --: | --: |" * len(FIGURES))
    for row in rows:
        cells = [row["case"]]
        for name in FIGURES:
            figure = row[name]
            cells += [f"{figure['promised']:,.0f}", f"{figure['mean']:,.0f}", f"{figure['misses']} of {row['seeds']}"]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Promised figures against simulations with fresh draws.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--time-limit", type=float, default=20.0)
    options = parser.parse_args()
    rows = [measure(case, options.seeds, options.runs, options.time_limit) for case in CASES]
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
