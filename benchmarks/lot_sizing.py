"""Published lot-sizing instances as plans: a machine of limited time, set-ups, stock, known demand.

`python benchmarks/lot_sizing.py` makes instances by a published recipe and compares; `--folder DIR` reads files of the
well-known text form instead (see `lot_sizing_files.py`), `--known FILE` takes published bounds (CSV: name, lower,
upper).

The capacitated lot-sizing problem in the words of a plan: the machine is a supplier whose capacity is its time, a
unit's processing time is what it takes of that resource, a set-up is an order line's fixed cost, goods come at once
and cost nothing, and waiting is so dear that nobody should (`late` says whether somebody does). Set-up times have no
place in a plan and are left out; a bound of the plan is then one of the instance as well, a total is not.

Beside the engines stands the textbook: the facility-location formulation (Krarup and Bilde, 1977), whose relaxation is
tight for each item, as a MILP for HiGHS that shares nothing with Procure.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pulp
from lot_sizing_files import Instance, generate, read_instance
from run import machine
from scale import put
from scale_tables import versions

import procure

Record = dict[str, Any]


def plan_of(instance: Instance) -> procure.Plan:
    """Tell the instance as a plan."""
    ids = [f"ITEM-{i + 1:03d}" for i in range(instance.items)]
    # a unit that waits a period costs more than any set-up and than keeping it all along
    dear = max(instance.set_up_cost) + max(instance.holding) * instance.periods
    record = {
        "format": "procure-plan/1",
        "name": instance.name,
        "start_date": "2026-01-05",
        "periods": instance.periods,
        "currency": "EUR",
        "suppliers": [{"supplier": "MACHINE", "capacity": {"time": instance.capacity}}],
        "items": [
            {"item": i, "backorder_cost": dear, "holding_cost": h, "replacement_cost": 0, "storage": {"time": a}}
            for i, h, a in zip(ids, instance.holding, instance.processing, strict=True)
        ],
        "warehouses": [{"warehouse": "STORE"}],
        "offers": [
            {
                "supplier": "MACHINE",
                "item": i,
                "unit_price": 0,
                "fixed_line_cost": cost,
                "lead_time": 0,
                "order_multiple": 1 if instance.whole else 0,
            }
            for i, cost in zip(ids, instance.set_up_cost, strict=True)
        ],
        "demand": [
            {"item": i, "warehouse": "STORE", "mean": list(column)}
            for i, column in zip(ids, zip(*instance.demand, strict=True), strict=True)
        ],
    }
    return procure.Plan.from_dict(record)


def planned(instance: Instance, engine: str, limit: float, gap: float) -> Record:
    """Solve the plan of an instance by an engine."""
    plan = plan_of(instance)
    before = time.monotonic()
    solution = procure.solve(plan, engine=engine, time_limit=limit, gap=gap)
    late = solution.expected_backorders.unit_periods
    return {"total": solution.cost.total, "bound": solution.bound, "late": late, "seconds": time.monotonic() - before}


def textbook(instance: Instance, limit: float, gap: float) -> Record:
    """Solve the facility-location formulation by HiGHS: x[i, s, t] units of period t's demand made in period s.

    min sum f_i y_is + sum h_i (t - s) x_ist; made up for: sum_s x_ist = d_ti; only after a set-up: x_ist <= d_ti y_is;
    within the time of the machine: sum_it a_i x_ist <= C.
    """
    problem, periods = pulp.LpProblem("clsp", pulp.LpMinimize), range(instance.periods)
    wanted = [(i, t) for t in periods for i in range(instance.items) if instance.demand[t][i] > 0]
    made = {(i, s, t): problem.add_variable(f"x_{i}_{s}_{t}", lowBound=0) for i, t in wanted for s in range(t + 1)}
    set_up = {
        (i, s): problem.add_variable(f"y_{i}_{s}", cat="Binary") for i in range(instance.items) for s in periods
    }
    problem.setObjective(
        pulp.lpSum(instance.set_up_cost[i] * y for (i, _), y in set_up.items())
        + pulp.lpSum(instance.holding[i] * (t - s) * x for (i, s, t), x in made.items())
    )
    for i, t in wanted:
        problem.addConstraint(pulp.lpSum(made[i, s, t] for s in range(t + 1)) == instance.demand[t][i], f"met_{i}_{t}")
    for (i, s, t), x in made.items():
        problem.addConstraint(x <= instance.demand[t][i] * set_up[i, s], f"ready_{i}_{s}_{t}")
    for s in periods:
        load = pulp.lpSum(instance.processing[i] * x for (i, r, _), x in made.items() if r == s)
        problem.addConstraint(load <= instance.capacity, f"time_{s}")
    before = time.monotonic()
    problem.solve(pulp.HiGHS(msg=False, timeLimit=limit, gapRel=gap))
    info = problem.solverModel.getInfo()
    found = info.primal_solution_status == 2
    total = info.objective_function_value if found else float("nan")
    return {"total": total, "bound": info.mip_dual_bound, "late": 0.0, "seconds": time.monotonic() - before}


def measure(instance: Instance, engine: str, limit: float, gap: float) -> Record:
    """Solve an instance by an engine or by the textbook."""
    found = textbook(instance, limit, gap) if engine == "textbook" else planned(instance, engine, limit, gap)
    times = any(instance.set_up_time)
    return {"instance": instance.name, "engine": engine, "limit": limit, "set_up_times_left_out": times, **found}


def table(rows: list[Record], known: dict[str, tuple[float, float]]) -> list[str]:
    """Lines of a Markdown table."""
    titles = ["instance", "engine", "limit, s", "time, s", "total", "late units", "bound", "gap", "above best bound"]
    lines = ["| " + " | ".join([*titles, "published"]) + " |", "| --- | --- |" + " --: |" * (len(titles) - 1)]
    for row in rows:
        same = [other["bound"] for other in rows if other["instance"] == row["instance"]]
        best = max([bound for bound in same if bound is not None])
        gaps = ["none" if b is None else f"{(row['total'] - b) / row['total']:.3%}" for b in (row["bound"], best)]
        low, high = known.get(row["instance"], (None, None))
        published = "" if low is None else f"{low:,.1f} to {high:,.1f}"
        name = row["instance"] + (" *" if row["set_up_times_left_out"] else "")
        figures = [f"{row['limit']:g}", f"{row['seconds']:.1f}", f"{row['total']:,.1f}", f"{row['late']:g}"]
        bound = "none" if row["bound"] is None else f"{row['bound']:,.1f}"
        lines.append("| " + " | ".join([name, row["engine"], *figures, bound, *gaps, published]) + " |")
    if any(row["set_up_times_left_out"] for row in rows):
        lines += ["", "\\* set-up times left out: the bound holds for the published instance, too, the total does not."]
    return lines


def known_bounds(path: Path | None) -> dict[str, tuple[float, float]]:
    """Published bounds by name of the instance, from a CSV file with columns name, lower, upper."""
    if path is None:
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["name"]: (float(row["lower"]), float(row["upper"])) for row in csv.DictReader(file)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Lot-sizing instances as plans.")
    parser.add_argument("--folder", type=Path, help="files to read instead of making instances")
    parser.add_argument("--known", type=Path, help="CSV of published bounds: name, lower, upper")
    parser.add_argument("--items", nargs="*", type=int, default=[6, 12, 24])
    parser.add_argument("--periods", nargs="*", type=int, default=[15, 30])
    parser.add_argument("--utilisation", nargs="*", type=float, default=[0.75, 0.85, 0.95])
    parser.add_argument("--seeds", nargs="*", type=int, default=[1])
    parser.add_argument("--engines", nargs="*", default=["decomposed", "auto", "compact", "textbook"])
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("-o", "--out", type=Path, help="page that takes the table")
    given = parser.parse_args()
    if given.folder:
        paths = sorted(path for path in given.folder.iterdir() if path.suffix.lower() in (".dat", ".txt", ""))
        instances = [read_instance(path) for path in paths if path.is_file()]
    else:
        sizes = itertools.product(given.items, given.periods, given.utilisation, given.seeds)
        instances = [generate(*size) for size in sizes]
    rows = []
    for instance, engine in itertools.product(instances, given.engines):
        print(f"{instance.name}, {engine} ...", file=sys.stderr, flush=True)
        rows.append(measure(instance, engine, given.time_limit, given.gap))
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    text = "\n".join([*heading(given), *table(rows, known_bounds(given.known))])
    if given.out:
        put(text, given.out, "lot_sizing.py")
    else:
        print(text)


def heading(given: argparse.Namespace) -> list[str]:
    """What the table shows and how it was made."""
    source = f"files of {given.folder.name}" if given.folder else f"instances made with seeds {given.seeds}"
    return [
        "## Lot sizing",
        "",
        f"Made by `python benchmarks/lot_sizing.py` on {date.today().isoformat()}: {source}, one after another.",
        f"A run ends after {given.time_limit:g} s or at a proven gap of {given.gap:.3%}.",
        f"Machine: {machine()}. Versions: {versions()}.",
        "",
        "The capacitated lot-sizing problem of Trigeiro, Thomas and McClain (1989) as a plan: a supplier's capacity is",
        "the machine's time, an order line's fixed cost the set-up, lead time 0, known demand, waiting dearer than any",
        "set-up. `textbook` is the facility-location formulation solved by HiGHS, which shares nothing with Procure.",
        "Late units are unit-periods that somebody waits: a plan with any breaks the rules of the instance.",
        "",
    ]


if __name__ == "__main__":
    main()
