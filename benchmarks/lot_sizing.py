"""Published lot-sizing instances as plans: a machine of limited time, set-ups, stock, known demand.

`python benchmarks/lot_sizing.py` makes instances by a published recipe and compares; `--folder DIR` reads files of the
well-known text form instead (see `read_instance`), `--known FILE` takes published bounds (CSV: name, lower, upper).

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
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulp
from scale_tables import versions

import procure

Record = dict[str, Any]
Row = tuple[float, ...]

COLUMNS_PER_BLOCK = 15
"""Items in one row of demand; a file with more has the rows of the next block below."""


@dataclass(frozen=True)
class Instance:
    """A capacitated lot-sizing problem.

    Attributes
    ----------
    name
        What it is called.
    capacity
        Time of the machine in each period.
    processing, holding, set_up_time, set_up_cost
        By item: time of a unit, cost of a unit in stock at the end of a period, time and cost of a set-up.
    demand
        Units by period and item.
    """

    name: str
    capacity: float
    processing: Row
    holding: Row
    set_up_time: Row
    set_up_cost: Row
    demand: tuple[Row, ...]

    @property
    def items(self) -> int:
        """Number of items."""
        return len(self.holding)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.demand)

    @property
    def whole(self) -> bool:
        """Whether whole lots are enough: with set-ups fixed, whole numbers and one processing time leave a flow."""
        numbers = [self.capacity / self.processing[0], *itertools.chain(*self.demand)]
        return len(set(self.processing)) == 1 and all(float(x).is_integer() for x in numbers)


def read_instance(path: Path) -> Instance:
    """Read a file of the form in which Trigeiro, Thomas and McClain (1989) circulate.

    Items and periods; a line with a 1, which some files leave out; the capacity of every period; for each item its
    processing time, holding cost, set-up time and set-up cost; for each period the demand of every item, in blocks of
    at most 15 items below one another. What follows the numbers is a legend.

    Raises
    ------
    ValueError
        The numbers do not make up the items and periods that the first line names.
    """
    rows = list(_numbers(path.read_text(encoding="latin-1")))
    items, periods = (int(x) for x in rows[0][:2])
    first = 3 if len(rows[2]) == 1 else 2
    terms, rest = rows[first : first + items], rows[first + items :]
    blocks = -(-items // COLUMNS_PER_BLOCK)
    if len(terms) < items or len(rest) < blocks * periods:
        raise ValueError(f"{path.name}: {len(rows)} lines of numbers are too few for {items} items, {periods} periods")
    if len(rest[0]) >= items:
        blocks = 1
    demand: list[Row] = [()] * periods
    for block in range(blocks):
        found = rest[block * periods : (block + 1) * periods]
        width = min(len(row) for row in found)  # a stray number stands at the end of a row of one known file
        demand = [known + row[:width] for known, row in zip(demand, found, strict=True)]
    if len(demand[0]) != items or any(len(row) != 4 for row in terms):
        raise ValueError(f"{path.name}: {len(demand[0])} columns of demand for {items} items")
    processing, holding, set_up_time, set_up_cost = zip(*terms, strict=True)
    return Instance(path.stem, rows[first - 1][0], processing, holding, set_up_time, set_up_cost, tuple(demand))


def _numbers(text: str) -> Iterator[Row]:
    """Lines of numbers, until the first that is none."""
    for line in text.splitlines():
        try:
            row = tuple(float(word) for word in line.split())
        except ValueError:
            return
        if row:
            yield row


def write_instance(instance: Instance, path: Path) -> None:
    """Write an instance in the form that `read_instance` reads."""
    terms = zip(instance.processing, instance.holding, instance.set_up_time, instance.set_up_cost, strict=True)
    rows: list[Row] = [(instance.items, instance.periods), (1,), (instance.capacity,), *terms]
    for block in range(0, instance.items, COLUMNS_PER_BLOCK):
        rows += [row[block : block + COLUMNS_PER_BLOCK] for row in instance.demand]
    path.write_text("".join("\t".join(f"{x:g}" for x in row) + "\n" for row in rows), encoding="ascii")


def generate(items: int, periods: int, utilisation: float, seed: int) -> Instance:
    """Make an instance by the recipe of Trigeiro, Thomas and McClain (1989), section on test problems.

    Theirs, as far as the files in circulation and papers that use them show (the paper itself was not at hand): demand
    even between 75 and 125, a quarter of it 0 in the first four periods; holding cost 1 to 5; set-up cost 200 to 1,000
    in steps of 200; one unit of time per unit; capacity by a target of utilisation. Not theirs: no set-up times (see
    above), and capacity is raised where the first periods would not do.
    """
    rng = random.Random(f"{items} {periods} {utilisation} {seed}")
    demand = tuple(
        tuple(0.0 if t < 4 and rng.random() < 0.25 else float(rng.randint(75, 125)) for _ in range(items))
        for t in range(periods)
    )
    loads = list(itertools.accumulate(sum(row) for row in demand))
    least = max(-(-load // (t + 1)) for t, load in enumerate(loads))
    return Instance(
        name=f"{items} x {periods}, {utilisation:.0%}, seed {seed}",
        capacity=max(float(round(loads[-1] / periods / utilisation)), least),
        processing=(1.0,) * items,
        holding=tuple(float(rng.randint(1, 5)) for _ in range(items)),
        set_up_time=(0.0,) * items,
        set_up_cost=tuple(float(rng.randrange(200, 1001, 200)) for _ in range(items)),
        demand=demand,
    )


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
    parser.add_argument("-o", "--out", type=Path, help="JSON file for the figures")
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
    print(f"{versions()}; gap {given.gap:.3%}.\n")
    print("\n".join(table(rows, known_bounds(given.known))))
    if given.out:
        given.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
