"""Replay of single items under a fixed line cost, against the best (s, S) policy found by simulation search.

`python benchmarks/single_item.py` re-plans every week for 2,000 item-weeks at horizons of 13, 26, 40 and 52 weeks.
The items of a case are independent copies in one plan: nothing links them, so ten items over 200 weeks are 2,000
item-weeks, and their costs are ten independent observations. The policy is the best on a long demand of its own; it
is then compared on the demand that the replay meets. Costs are ordering, holding and backorders; purchase is the
same for whoever serves all demand and is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling import Planner, SolvePlanner
from procure.insight.rolling.ground import ground_of
from procure.insight.rolling.result import estimate
from procure.insight.rolling.rolled import plan_at
from procure.insight.rolling.week import carry_out, first_state
from procure.insight.rolling.world import World
from procure.plan.records import Plan

Array = NDArray[np.float64]

HORIZONS = (13, 26, 40, 52)
WARM_UP = 20
"""Weeks before costs count."""


@dataclass(frozen=True)
class Case:
    """An item: demand per week, costs, lead time [units, money, days].

    `copies` multiplies how often it stands in the plan: a slow mover is ordered so seldom that few copies tell nothing.
    """

    name: str
    line_cost: float
    mean: float = 20.0
    sd: float = 6.0
    holding: float = 1.0
    backorder: float = 9.0
    lead_time: float = 14.0
    copies: int = 1

    @property
    def cycle(self) -> float:
        """Weeks that an economic order lasts."""
        return float(np.sqrt(2.0 * self.line_cost / (self.holding * self.mean)))

    @property
    def lead(self) -> int:
        """Lead time [weeks]."""
        return int(-(-self.lead_time // 7))


CASES = (
    Case("short cycle", line_cost=40.0),
    Case("medium cycle", line_cost=160.0),
    Case("long cycle", line_cost=640.0),
    Case("slow mover", line_cost=20.0, mean=1.0, sd=1.2, holding=0.5, backorder=8.0, copies=4),
)


def plan_of(case: Case, items: int, periods: int) -> Plan:
    """Return independent copies of an item in one plan, with stock for the lead time and half a cycle."""
    names = [f"COPY-{k:03d}" for k in range(items)]
    stock = round(case.mean * (case.lead + 1 + case.cycle / 2))
    return Plan.from_dict(
        {
            "format": "procure-plan/1",
            "name": case.name,
            "start_date": "2026-01-05",
            "periods": periods,
            "currency": "EUR",
            "items": [{"item": i, "backorder_cost": case.backorder, "holding_cost": case.holding} for i in names],
            "warehouses": [{"warehouse": "W"}],
            "suppliers": [{"supplier": "S"}],
            "offers": [
                {
                    "supplier": "S",
                    "item": i,
                    "unit_price": 10.0,
                    "fixed_line_cost": case.line_cost,
                    "lead_time": case.lead_time,
                }
                for i in names
            ],
            "stock": [{"item": i, "warehouse": "W", "on_hand": stock} for i in names],
            "demand": [
                {"item": i, "warehouse": "W", "mean": [case.mean] * periods, "sd": [case.sd] * periods} for i in names
            ],
        }
    )


def replanned(case: Case, items: int, weeks: int, horizon: int, seed: int, planner: Planner) -> tuple[Array, float]:
    """Replay with re-planning: cost a week over purchase, by item after the warm-up, and seconds a plan."""
    plan = plan_of(case, items, horizon)
    ground = ground_of(plan, WARM_UP + weeks)
    world = World.of(ground, seed, 1)
    state, cost, seconds = first_state(ground, world, 0), np.zeros(items), 0.0
    for week in range(WARM_UP + weeks):
        started = time.perf_counter()
        solution = planner(plan_at(ground, state))
        seconds += time.perf_counter() - started
        state, entry = carry_out(ground, world, 0, state, solution)
        if week >= WARM_UP:
            cost += case.holding * entry.on_hand + case.backorder * entry.backorders
            for line in solution.lines:
                if line.period == 0:
                    cost[ground.index[line.item, line.warehouse]] += case.line_cost
    return cost / weeks, seconds / (WARM_UP + weeks)


def demand_of(case: Case, items: int, weeks: int, seed: int) -> Array:
    """The demand that the replay meets, shape (items, weeks) [units]."""
    ground = ground_of(plan_of(case, items, HORIZONS[0]), weeks)
    return World.of(ground, seed, 1).demand[0]


def policy_cost(case: Case, demand: Array, reorder: Array, order_up_to: Array) -> Array:
    """Cost a week of (s, S) policies by item, by plain simulation, shape (policies, items).

    At the start of a week the inventory position (on hand, less backorders, plus orders under way) is raised to
    S when it is at or below s; orders of `lead` weeks ago have arrived by then.
    """
    items, weeks = demand.shape
    position = np.full((len(reorder), items), float(round(case.mean * (case.lead + 1 + case.cycle / 2))))
    net, total = position.copy(), np.zeros((len(reorder), items))
    pipeline = [np.zeros_like(net) for _ in range(case.lead)]
    for week in range(weeks):
        order = np.where(position <= reorder[:, None], order_up_to[:, None] - position, 0.0)
        pipeline.append(order)
        position = position + order - demand[None, :, week]
        net = net + pipeline.pop(0) - demand[None, :, week]
        if week >= WARM_UP:
            cost = case.line_cost * (order > 0.0) + case.holding * np.maximum(net, 0.0)
            total += cost + case.backorder * np.maximum(-net, 0.0)
    return total / (weeks - WARM_UP)


def best_policy(case: Case, seed: int, items: int = 20, weeks: int = 500) -> tuple[int, int]:
    """Best (s, S) over a long demand of its own, coarse over the whole range and then step by step around it."""
    demand = demand_of(case, items, WARM_UP + weeks, seed + 1000)
    centre, spread = case.mean * (case.lead + 1), 4.0 * case.sd * np.sqrt(case.lead + 1)
    low, high, quantity = int(centre - spread - 2.0 * case.mean), int(centre + spread), case.mean * case.cycle
    step = max(1, round(quantity / 20), round((high - low) / 30))
    s, gap = _search(case, demand, np.arange(low, high, step), np.arange(1, int(2.5 * quantity) + 3 * step, step))
    around = np.arange(-step, step + 1)
    s, gap = _search(case, demand, s + around, np.unique(np.maximum(gap + around, 1)))
    return s, s + gap


def _search(case: Case, demand: Array, reorder: Array, gaps: Array) -> tuple[int, int]:
    """Best reorder point and the distance of S from it, over a grid."""
    s, gap = (grid.ravel() for grid in np.meshgrid(reorder, gaps, indexing="ij"))
    chunks = range(0, len(s), 100)
    cost = np.concatenate(
        [policy_cost(case, demand, s[k : k + 100], (s + gap)[k : k + 100]).mean(axis=1) for k in chunks]
    )
    k = int(cost.argmin())
    return int(s[k]), int(gap[k])


def measure(case: Case, items: int, weeks: int, horizons: tuple[int, ...], seed: int) -> dict[str, Any]:
    """One row of the table: the best policy, and how far each horizon is from it on the same demand."""
    s, big = best_policy(case, seed)
    items *= case.copies
    demand = demand_of(case, items, WARM_UP + weeks, seed)
    best = policy_cost(case, demand, np.array([s]), np.array([big]))[0]
    mean = float(best.mean())
    row: dict[str, Any] = {**asdict(case), "items": items, "cycle": case.cycle, "policy": (s, big), "best": mean}
    row["horizons"] = {}
    for horizon in horizons:
        cost, seconds = replanned(case, items, weeks, horizon, seed, SolvePlanner(time_limit=5.0, gap=1e-4))
        behind = estimate((cost - best) / mean)
        row["horizons"][horizon] = {"behind": behind.mean, "half_width": behind.half_width, "seconds": seconds}
        print(
            f"{case.name}, {horizon} weeks: {behind.mean:+.2%} ± {behind.half_width:.2%}, {seconds:.2f} s a plan",
            file=sys.stderr,
        )
    return row


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Lines of a Markdown table."""
    horizons = sorted({int(h) for row in rows for h in row["horizons"]})
    lines = [
        f"| item | copies | cycle | best (s, S) | its cost a week | {' | '.join(f'{h} weeks' for h in horizons)} |",
        "| --- | --: | --: | --: | --: |" + " --: |" * len(horizons),
    ]
    for row in rows:
        found = {int(h): f"{v['behind']:+.1%} ± {v['half_width']:.1%}" for h, v in row["horizons"].items()}
        policy = f"({row['policy'][0]}, {row['policy'][1]})"
        cells = [row["name"], f"{row['items']}", f"{row['cycle']:.1f}", policy, f"{row['best']:.2f}"]
        lines.append("| " + " | ".join([*cells, *(found.get(h, "") for h in horizons)]) + " |")
    return lines


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Single items re-planned every week against the best (s, S).")
    parser.add_argument("--items", type=int, default=10)
    parser.add_argument("--weeks", type=int, default=200, help="weeks after the warm-up")
    parser.add_argument("--horizons", nargs="*", type=int, default=list(HORIZONS))
    parser.add_argument("--cases", nargs="*", type=int, default=list(range(len(CASES))), help="positions from 0")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    rows = [
        measure(CASES[k], options.items, options.weeks, tuple(options.horizons), options.seed) for k in options.cases
    ]
    print("\n".join(table(rows)))
    if options.out:
        options.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
