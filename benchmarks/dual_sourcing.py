"""Replay of an item with a cheap slow supplier and a dear fast one, against the optimum by value iteration.

`python benchmarks/dual_sourcing.py` re-plans every week for 2,000 weeks. The optimum is that of the Markov decision
process with net stock and the orders under way as its state, its long-run cost a week by relative value iteration
(Puterman, Markov Decision Processes, 1994, section 8.5); it is then followed on the demand that the replay meets.
Demand is Poisson. Costs are purchase above the cheap price, holding and backorders; nothing is fixed, so the plan's
purchase at the cheap price is the same for all.
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
from scipy import stats

from procure.insight.rolling import SolvePlanner
from procure.insight.rolling.ground import ground_of
from procure.insight.rolling.result import estimate
from procure.insight.rolling.rolled import plan_at
from procure.insight.rolling.week import carry_out, first_state
from procure.insight.rolling.world import World
from procure.plan.records import Plan

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

WARM_UP = 20
"""Weeks before costs count."""
MOST = 6
"""Most units of one order in the decision process."""
PRICE = 10.0


@dataclass(frozen=True)
class Case:
    """An item: Poisson demand a week, costs a unit and week, what the express supplier adds to the price of 10.

    The express supplier delivers in the week of the order, the regular one after `lead` weeks.
    """

    name: str
    mean: float
    holding: float
    backorder: float
    premium: float
    lead: int


CASES = (
    Case("express little dearer", mean=2.0, holding=1.0, backorder=9.0, premium=3.0, lead=2),
    Case("express dearer", mean=2.0, holding=1.0, backorder=9.0, premium=8.0, lead=2),
    Case("long regular lead time", mean=1.5, holding=1.0, backorder=19.0, premium=8.0, lead=3),
)


@dataclass(frozen=True, eq=False)
class Process:
    """States (net stock, units under way by week of arrival) and what each pair of orders costs.

    Net stock counts at the start of a week, before orders; units due this week are part of it. Demand is cut
    off where it is all but impossible, net stock is held within `low` and `high`.
    """

    case: Case
    low: int
    high: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Net stock, then units that come next week and so on."""
        return (self.high - self.low + 1, *(MOST + 1 for _ in range(self.case.lead - 1)))

    def demand(self) -> Array:
        """Probabilities of 0, 1, 2, ... units."""
        law = stats.poisson(self.case.mean)
        chances = law.pmf(np.arange(int(law.ppf(1.0 - 1e-9)) + 1))
        whole: Array = chances / chances.sum()
        return whole

    def week_cost(self) -> Array:
        """Expected cost of a week by net stock after express orders, shape (levels,)."""
        after = np.arange(self.low, self.high + 1)[:, None] - np.arange(len(self.demand()))[None, :]
        cost = self.case.holding * np.maximum(after, 0) + self.case.backorder * np.maximum(-after, 0)
        expected: Array = cost @ self.demand()
        return expected

    def expected_next(self, value: Array) -> Array:
        """Expected value a week on by net stock after express, pipeline and regular order.

        Shape (levels, *pipeline, MOST + 1): after demand the first of the pipeline joins the stock.
        """
        levels = self.shape[0]
        moved = np.zeros((levels, MOST + 1, *value.shape[1:]))
        stock = np.arange(levels)
        for units, chance in enumerate(self.demand()):
            for first in range(MOST + 1):
                moved[:, first] += chance * value[np.clip(stock - units + first, 0, levels - 1)]
        if self.case.lead == 1:
            return moved.reshape(levels, MOST + 1)
        return moved

    def solve(self, tolerance: float = 1e-6) -> tuple[float, Array, Array]:
        """Least long-run cost a week, and the regular and express order of every state."""
        value = np.zeros(self.shape)
        cost = self.week_cost().reshape(-1, *([1] * (self.case.lead - 1)))
        for _ in range(5000):
            ahead = self.expected_next(value)
            regular, stay = ahead.argmin(axis=-1), ahead.min(axis=-1) + cost
            new, express = self._with_express(stay)
            change = new - value
            value = new - new.flat[0]
            if change.max() - change.min() < tolerance:
                break
        return float(change.mean()), self._after_express(regular, express), express

    def _with_express(self, stay: Array) -> tuple[Array, Indices]:
        """Least cost over express orders, and the order, by net stock before it."""
        levels = self.shape[0]
        options = np.full((MOST + 1, *self.shape), np.inf)
        for units in range(MOST + 1):
            options[units, : levels - units] = stay[units:] + self.case.premium * units
        return options.min(axis=0), options.argmin(axis=0)

    def _after_express(self, regular: Indices, express: Indices) -> Indices:
        """The regular order of each state once its express order is placed."""
        index = np.indices(self.shape)
        return regular[(index[0] + express, *index[1:])]


def process_of(case: Case) -> Process:
    """Return a process wide enough that its edges hardly matter."""
    spread = int(case.mean * (case.lead + 1) + 6.0 * np.sqrt(case.mean * (case.lead + 1))) + 2
    return Process(case, -spread, spread)


def follow(process: Process, regular: Indices, express: Indices, demand: Array) -> tuple[Array, float]:
    """Cost a week by item when the optimum is followed, and the share of units bought express."""
    case, items = process.case, len(demand)
    net = np.full(items, _stock(case), dtype=np.int64)
    pipeline = [np.zeros(items, dtype=np.int64) for _ in range(case.lead - 1)]
    total, bought = np.zeros(items), np.zeros(2)
    for week, units in enumerate(demand.T.astype(np.int64)):
        state = np.clip(net - process.low, 0, process.shape[0] - 1), *pipeline
        slow, fast = regular[state], express[state]
        pipeline.append(slow)
        after = net + fast - units
        if week >= WARM_UP:
            total += case.premium * fast + case.holding * np.maximum(after, 0) + case.backorder * np.maximum(-after, 0)
            bought += slow.sum(), fast.sum()
        net = after + pipeline.pop(0)
    return total / (demand.shape[1] - WARM_UP), float(bought[1] / bought.sum())


def _stock(case: Case) -> int:
    return round(case.mean * (case.lead + 1))


def plan_of(case: Case, items: int, periods: int, *, express: bool) -> Plan:
    """Return independent copies of the item in one plan, with or without the express supplier."""
    names = [f"COPY-{k:02d}" for k in range(items)]
    regular = {"supplier": "REGULAR", "unit_price": PRICE, "lead_time": 7 * case.lead}
    fast = {"supplier": "EXPRESS", "unit_price": PRICE + case.premium, "lead_time": 0}
    terms = [regular, fast] if express else [regular]
    row: dict[str, Any] = {"warehouse": "W"}
    return Plan.from_dict(
        {
            "format": "procure-plan/1",
            "name": case.name,
            "start_date": "2026-01-05",
            "periods": periods,
            "currency": "EUR",
            "items": [{"item": i, "backorder_cost": case.backorder, "holding_cost": case.holding} for i in names],
            "warehouses": [row],
            "suppliers": [{"supplier": t["supplier"]} for t in terms],
            "offers": [{"item": i, **t} for i in names for t in terms],
            "stock": [{"item": i, **row, "on_hand": _stock(case)} for i in names],
            "demand": [
                {"item": i, **row, "mean": [case.mean] * periods, "sd": [float(np.sqrt(case.mean))] * periods}
                for i in names
            ],
            "policy": {"distribution": "poisson"},
        }
    )


def replanned(case: Case, plan: Plan, weeks: int, seed: int) -> tuple[Array, float, float]:
    """Replay with re-planning: cost a week over the cheap price by item, share bought express, seconds a plan."""
    planner = SolvePlanner(time_limit=20.0, gap=1e-4)
    ground = ground_of(plan, WARM_UP + weeks)
    world = World.of(ground, seed, 1)
    state, cost, seconds, bought = first_state(ground, world, 0), np.zeros(len(plan.items)), 0.0, np.zeros(2)
    for week in range(WARM_UP + weeks):
        started = time.perf_counter()
        solution = planner(plan_at(ground, state))
        seconds += time.perf_counter() - started
        state, entry = carry_out(ground, world, 0, state, solution)
        if week < WARM_UP:
            continue
        cost += case.holding * entry.on_hand + case.backorder * entry.backorders
        for line in solution.lines:
            if line.period == 0:
                fast = line.supplier == "EXPRESS"
                cost[ground.index[line.item, line.warehouse]] += case.premium * line.quantity * fast
                bought[int(fast)] += line.quantity
    return cost / weeks, float(bought[1] / max(bought.sum(), 1.0)), seconds / (WARM_UP + weeks)


def measure(case: Case, items: int, weeks: int, horizon: int, seed: int) -> dict[str, Any]:
    """One row of the table."""
    process = process_of(case)
    gain, regular, express = process.solve()
    plans = [plan_of(case, items, horizon, express=e) for e in (True, False)]
    demand = World.of(ground_of(plans[0], WARM_UP + weeks), seed, 1).demand[0]
    optimal, share = follow(process, regular, express, demand)
    (both, used, seconds), (alone, _, _) = (replanned(case, plan, weeks, seed) for plan in plans)
    mean = float(optimal.mean())
    behind, saved = estimate((both - optimal) / mean), estimate((alone - both) / mean)
    print(f"{case.name}: {behind.mean:+.2%} ± {behind.half_width:.2%}, {seconds:.2f} s a plan", file=sys.stderr)
    return {
        **asdict(case),
        "horizon": horizon,
        "gain": gain,
        "optimal": mean,
        "express_share": share,
        "procure": float(both.mean()),
        "procure_express_share": used,
        "regular_only": float(alone.mean()),
        "behind": behind.mean,
        "behind_half_width": behind.half_width,
        "saved": saved.mean,
        "saved_half_width": saved.half_width,
        "seconds": seconds,
    }


def table(rows: list[dict[str, Any]]) -> list[str]:
    """Lines of a Markdown table."""
    lines = [
        "| item | optimum a week (long run) | optimum, this demand | Procure | behind | regular alone | "
        "saved by express | express share: optimum | Procure |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for r in rows:
        cells = [
            r["name"],
            f"{r['gain']:.3f}",
            f"{r['optimal']:.3f}",
            f"{r['procure']:.3f}",
            f"{r['behind']:+.1%} ± {r['behind_half_width']:.1%}",
            f"{r['regular_only']:.3f}",
            f"{r['saved']:+.1%} ± {r['saved_half_width']:.1%}",
            f"{r['express_share']:.0%}",
            f"{r['procure_express_share']:.0%}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Two suppliers re-planned every week against the optimum.")
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--weeks", type=int, default=100, help="weeks after the warm-up")
    parser.add_argument("--horizon", type=int, default=13)
    parser.add_argument("--cases", nargs="*", type=int, default=list(range(len(CASES))), help="positions from 0")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--out", type=Path, help="JSON file for the figures")
    options = parser.parse_args()
    rows = [measure(CASES[k], options.items, options.weeks, options.horizon, options.seed) for k in options.cases]
    print("\n".join(table(rows)))
    if options.out:
        options.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
