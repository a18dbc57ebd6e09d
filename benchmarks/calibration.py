"""Do plans keep their promises? Promised figures against open-loop simulations with fresh draws.

Each case is planned once and simulated with seeds of its own, which share nothing with those of another case. What is
promised is `expected_backorders.open_loop` of the solution. A 95 % interval misses a true promise once in twenty, so
the misses of a figure are binomial: of 20 seeds one is to be expected, and more than 3 come by chance in 1.6 % of all
figures. Over all cases together the expected number is that of all intervals times 0.05; see `verdicts`.
"""

from __future__ import annotations

import argparse
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

import procure
from procure.plan.records import Plan

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
FIGURES = {"total": "total", "backorders": "backorders", "on_hand": "on hand"}
MISS = 0.05
"""Share of the intervals that miss a promise that is true."""

Record = dict[str, Any]

SHORT = {"delivered_fraction": {"1": 0.8, "0.5": 0.15, "0": 0.05}}
FAMILIES = ("normal", "gamma", "poisson", "negative_binomial")
ITEM = "single item"


@dataclass(frozen=True)
class Case:
    """An example or a single item, changed.

    Attributes
    ----------
    name
        What the table calls it.
    example
        Folder below `examples`, or `ITEM`.
    policy
        Keys of the policy to set; `uncertainty` is `cumulative` if it does not say so.
    offer
        Keys of all offers to set.
    late
        Standard deviation of all lead times, over their mean; their law is gamma.
    overdue
        Standard deviation of the receipt dates of all open orders [days].
    lost
        Whether every second item loses what it can't serve.
    demand
        Keys of all demand rows to set.
    seconds
        Least time limit: a plan that orders nothing proves nothing.
    """

    name: str
    example: str
    policy: Record = field(default_factory=dict)
    offer: Record = field(default_factory=dict)
    late: float = 0.0
    overdue: float = 0.0
    lost: bool = False
    demand: Record = field(default_factory=dict)
    seconds: float = 0.0


def _of_example(example: str, seconds: float) -> list[Case]:
    def case(name: str, **changes: Any) -> Case:
        return Case(f"{example}, {name}", example, seconds=seconds, **changes)

    return [
        case("auto"),
        case("auto, protection", policy={"uncertainty": "protection"}),
        *(case(family.replace("_", " "), policy={"distribution": family}) for family in FAMILIES),
        case("random lead times", late=0.4),
        case("delivered fractions", offer=SHORT),
        case("late, short, open orders late", late=0.4, offer=SHORT, overdue=6.0),
        case("lost sales", lost=True),
        case("lost sales, late, short", lost=True, late=0.4, offer=SHORT),
    ]


JUMPS: Record = {"mean": [5, 40, 5, 5, 30, 5, 60, 5, 5, 20], "sd": [3, 60, 9, 4, 20, 12, 30, 3, 9, 25]}

CASES = (
    *_of_example("quickstart", 10.0),
    *_of_example("outdoor-shop", 30.0),
    *_of_example("spare-parts", 20.0),
    Case(f"{ITEM}, delivered fractions", ITEM, offer=SHORT),
    Case(f"{ITEM}, fractions, 20 scenarios", ITEM, {"scenarios": 20}, SHORT),
    Case(f"{ITEM}, random lead times", ITEM, late=0.6),
    Case(f"{ITEM}, open orders late", ITEM, overdue=9.0),
    Case(f"{ITEM}, lost sales", ITEM, lost=True),
    Case(f"{ITEM}, lost sales, 20 scenarios", ITEM, {"scenarios": 20}, lost=True),
    Case(f"{ITEM}, lost sales, late, short", ITEM, offer=SHORT, late=0.6, lost=True),
    Case(f"{ITEM}, negative binomial that jumps", ITEM, {"distribution": "negative_binomial"}, demand=JUMPS),
    Case(f"{ITEM}, gamma that jumps", ITEM, {"distribution": "gamma"}, demand=JUMPS),
    Case(f"{ITEM}, auto that jumps, fractions", ITEM, offer=SHORT, demand=JUMPS),
)


OFFER: Record = {"unit_price": 4.0, "order_multiple": 5, "lead_time": 10, "fixed_line_cost": 9.0}


def single_item() -> Record:
    """Return ten weeks of one item; two open orders are under way."""
    orders = [("P1", "2026-01-12"), ("P2", "2026-01-21")]
    place = {"item": "A", "warehouse": "W"}
    return {
        "format": "procure-plan/1",
        "name": ITEM,
        "start_date": "2026-01-05",
        "periods": 10,
        "currency": "EUR",
        "items": [{"item": "A", "backorder_cost": 6.0, "holding_cost": 0.4}],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [{"supplier": "S", "currency": "EUR"}],
        "offers": [{"supplier": "S", "item": "A", **OFFER}],
        "stock": [{**place, "on_hand": 30}],
        "open_orders": [
            {**place, "po_number": number, "supplier": "S", "quantity": 25, "receipt_date": day}
            for number, day in orders
        ],
        "demand": [{**place, "mean": [18.0] * 10, "sd": [9.0] * 10}],
    }


def plan_of(case: Case) -> Plan:
    """Return the plan of a case."""
    record = single_item() if case.example == ITEM else _example(case.example)
    record["policy"] = {**record.get("policy", {}), "uncertainty": "cumulative", **case.policy}
    record["offers"] = [_offer(case, offer) for offer in record["offers"]]
    record["demand"] = [{**row, **case.demand} for row in record["demand"]]
    if case.overdue:
        record["open_orders"] = [{**row, "lead_time_sd": case.overdue} for row in record["open_orders"]]
    if case.lost:
        _lose(record)
    return procure.Plan.from_dict(record)


def _example(name: str) -> Record:
    single = EXAMPLES / name / "plan.json"
    plan = procure.read_plan(single if single.exists() else single.parent)
    record: Record = json.loads(plan.to_json())
    return record


def _offer(case: Case, offer: Record) -> Record:
    """Return an offer with the terms of the case."""
    days = offer.get("lead_time", 0)
    late = {"lead_time": {"mean": days, "sd": case.late * days}} if case.late and days else {}
    return {**offer, **late, **case.offer}


def _lose(record: Record) -> None:
    """Let every second item that no lane carries lose what it can't serve; lanes for all items go."""
    lanes = record.get("lanes", [])
    if any(not lane.get("items") for lane in lanes):
        record["lanes"] = lanes = []
    kept = {item for lane in lanes for item in lane["items"]}
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


def measure(case: Case, seeds: int, runs: int, time_limit: float) -> Record:
    """Plan a case, simulate it with seeds of its own, and count the promises that lie outside.

    Raises
    ------
    ValueError
        The plan orders nothing, so it would prove nothing; or a simulation is held against another promise than the
        solution's.
    """
    plan = plan_of(case)
    seconds = max(time_limit, case.seconds)
    # a rule of thumb to begin with, since in half a minute the search alone may find nothing to order on a busy machine
    solution = procure.solve(plan, start=procure.baseline(plan, "min-max"), time_limit=seconds, gap=0.002)
    if not solution.lines:
        raise ValueError(f"{case.name}: the plan found in {seconds:g} s orders nothing; allow more with --time-limit")
    first = 1000 * zlib.crc32(case.name.encode())
    simulations = [procure.simulate(plan, solution, runs=runs, seed=first + seed) for seed in range(seeds)]
    promised = solution.expected_backorders.open_loop
    found = {"total": promised.cost, "backorders": promised.unit_periods, "on_hand": promised.on_hand}
    row: Record = {"case": case.name, "seeds": seeds, "runs": runs, "lines": len(solution.lines), "gap": solution.gap}
    for name in FIGURES:
        row[name] = _figure(name, float(found[name] or 0.0), simulations)
    own = solution.expected_backorders.unit_periods
    is_same_law = plan.policy.uncertainty == "cumulative" and promised.unit_periods > 0.0
    row["fitted"] = own / promised.unit_periods - 1.0 if is_same_law else None
    return row


def _figure(name: str, promised: float, simulations: list[procure.Simulation]) -> Record:
    figures = [simulation.figure(name) for simulation in simulations]
    if any(abs((figure.promised or 0.0) - promised) > 1e-6 * max(1.0, abs(promised)) for figure in figures):
        raise ValueError(f"{name}: the solution promises {promised}, the simulation was held against another figure")
    means = np.array([figure.mean for figure in figures])
    spread = float(stats.t.ppf(0.975, len(means) - 1) * means.std(ddof=1) / len(means) ** 0.5)
    return {
        "promised": promised,
        "mean": float(means.mean()),
        "half_width": spread,
        "misses": sum(not figure.inside for figure in figures),
    }


def table(rows: list[Record]) -> list[str]:
    """Lines of Markdown: a row a case, and what the misses amount to.

    `gap` is how far the plan may lie above the best, proven. `fitted to its draws` is what the plan says of its
    backorders, less what it promises, over the latter.
    """
    head = [f"{name}: promised | simulated less promised | misses" for name in FIGURES.values()]
    lines = [
        f"| case | order lines | gap | fitted to its draws | {' | '.join(head)} |",
        "| --- | --: | --: | --: |" + " --: | --: | --: |" * len(FIGURES),
    ]
    for row in rows:
        cells = [row["case"], f"{row['lines']}", *(_percent(row[name]) for name in ("gap", "fitted"))]
        for name in FIGURES:
            figure = row[name]
            whole = max(abs(figure["promised"]), 1.0)
            off, half = ((figure["mean"] - figure["promised"]) / whole, figure["half_width"] / whole)
            cells += [f"{figure['promised']:,.0f}", f"{off:+.2%} ± {half:.2%}", f"{figure['misses']} of {row['seeds']}"]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", *verdicts(rows)]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def verdicts(rows: list[Record]) -> list[str]:
    """Say of each figure how many intervals miss it over all cases, and how many may with 95 % confidence.

    Cases and seeds share no draws, so over all of them the misses of a figure are binomial, too. Figures of one
    simulation depend on each other, so they are not added up.
    """
    lines = []
    for name, shown in FIGURES.items():
        of = sum(row["seeds"] for row in rows)
        misses = sum(row[name]["misses"] for row in rows)
        many = [row["case"] for row in rows if row[name]["misses"] > stats.binom.ppf(0.95, row["seeds"], MISS)]
        chance = sum(stats.binom.sf(stats.binom.ppf(0.95, row["seeds"], MISS), row["seeds"], MISS) for row in rows)
        lines.append(
            f"- {shown}: {misses} of {of} intervals miss, {of * MISS:.0f} are to be expected and at most "
            f"{stats.binom.ppf(0.95, of, MISS):.0f} come by chance with 95 % confidence. Significant by itself (5 %): "
            f"{len(many)} of {len(rows)} cases, {chance:.1f} to be expected{': ' + '; '.join(many) if many else ''}."
        )
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Promised figures against simulations with fresh draws.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--time-limit", type=float, default=10.0)
    parser.add_argument("--cases", default="", help="only cases whose name begins so")
    parser.add_argument("--folder", type=Path, help="where the rows are kept, so that a run can be taken up again")
    options = parser.parse_args()
    chosen = [case for case in CASES if case.name.startswith(options.cases)]
    print("\n".join(table([_kept(case, options) for case in chosen])))


def _kept(case: Case, options: argparse.Namespace) -> Record:
    """A row from the folder, or measured and put there."""
    if options.folder is None:
        return measure(case, options.seeds, options.runs, options.time_limit)
    options.folder.mkdir(parents=True, exist_ok=True)
    path: Path = options.folder / f"{case.name.replace(', ', '--').replace(' ', '-')}.json"
    if not path.exists():
        row = measure(case, options.seeds, options.runs, options.time_limit)
        path.write_text(json.dumps(row, indent=1), encoding="utf-8")
    found: Record = json.loads(path.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    main()
