"""Closed-loop replay of the examples: Procure against every baseline in the same world.

`python benchmarks/replay.py FOLDER` appends one line per example, planner and run to FOLDER/replay.jsonl and leaves out
those that are there already, so that it can be stopped and taken up again. Then it prints the table: realised cost
and backorders, and what Procure saves against each baseline as paired differences with 95 % intervals.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling import BaselinePlanner, SolvePlanner
from procure.insight.rolling.ground import Ground, ground_of
from procure.insight.rolling.loop import run_once
from procure.insight.rolling.planners import Planner
from procure.insight.rolling.result import Estimate, estimate
from procure.insight.rolling.world import World
from procure.plan import read_plan

Array = NDArray[np.float64]
Line = dict[str, Any]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
WEEKS = {"quickstart": 8, "outdoor-shop": 8, "spare-parts": 12}
"""Weeks replayed; what is under way in the end counts at its worth."""
TIME_LIMITS = {"quickstart": 3.0, "outdoor-shop": 15.0, "spare-parts": 10.0}
"""Seconds for one week's plan, about."""
BASELINES = ("min-max", "repair-chain", "marginal")
PROCURE = "procure"


@dataclass(frozen=True)
class Task:
    """One run of one planner on one example."""

    example: str
    planner: str
    run: int
    weeks: int
    seed: int
    time_limit: float
    gap: float

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from others in the file; how long Procure may plan is part of it."""
        limits = (self.time_limit, self.gap) if self.planner == PROCURE else ()
        return self.example, self.planner, self.run, self.weeks, self.seed, *limits

    def planner_itself(self) -> Planner:
        """Return who plans."""
        if self.planner == PROCURE:
            return SolvePlanner(time_limit=self.time_limit, gap=self.gap)
        return BaselinePlanner(self.planner)


@cache
def scene(example: str, weeks: int, seed: int, runs: int) -> tuple[Ground, World]:
    """Return the ground and the world of an example, once a process."""
    single = EXAMPLES / example / "plan.json"
    ground = ground_of(read_plan(single if single.exists() else single.parent), weeks)
    return ground, World.of(ground, seed, runs)


def carry_through(task: Task, runs: int) -> Line:
    """Replay one run and return its line."""
    ground, world = scene(task.example, task.weeks, task.seed, runs)
    course = run_once(ground, world, task.planner_itself(), task.run)
    return {
        "key": list(task.key),
        "cost": course.totals,
        "backorders": course.backorder_unit_periods,
        "fill_rate": course.fill_rate,
        "storage_weeks": int((course.series["storage_excess"] > 1e-6).sum()),
        "cash_weeks": int((course.series["cash_excess"] > 1e-6).sum()),
        "seconds": float(course.seconds.mean()),
    }


def tasks(options: argparse.Namespace) -> Iterator[Task]:
    """All runs asked for; run by run, so that what is there so far can be compared."""
    for run in range(options.runs):
        for example in options.examples:
            for planner in (*options.baselines, PROCURE):
                yield Task(
                    example=example,
                    planner=planner,
                    run=run,
                    weeks=options.weeks or WEEKS[example],
                    seed=options.seed,
                    time_limit=options.time_limit or TIME_LIMITS[example],
                    gap=options.gap,
                )


def known(path: Path) -> dict[tuple[Any, ...], Line]:
    """Lines that are in the file already; a line that was cut short is left out."""
    found = {}
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        found[tuple(line["key"])] = line
    return found


def replay_all(options: argparse.Namespace) -> dict[tuple[Any, ...], Line]:
    """Replay what is not in the file yet, write it down as it comes, and return every line asked for."""
    options.folder.mkdir(parents=True, exist_ok=True)
    path = options.folder / "replay.jsonl"
    done, wanted = known(path), list(tasks(options))
    missing = [task for task in wanted if task.key not in done]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, mp_context=context) as pool, path.open("a", encoding="utf-8") as file:
        waiting = {pool.submit(carry_through, task, options.runs): task for task in missing}
        for count, finished in enumerate(as_completed(waiting), start=1):
            line = finished.result()
            file.write(json.dumps(line) + "\n")
            file.flush()
            done[tuple(line["key"])] = line
            print(f"{count} of {len(missing)}: {', '.join(map(str, line['key'][:3]))}", file=sys.stderr)
    return {task.key: done[task.key] for task in wanted}


def compare(lines: Iterable[Line], examples: Iterable[str], baselines: Iterable[str]) -> list[Line]:
    """One row per example and planner, with what Procure saves against it, run by run."""
    by_planner: dict[tuple[str, str], dict[int, Line]] = {}
    for line in lines:
        example, planner, run = line["key"][:3]
        by_planner.setdefault((example, planner), {})[run] = line
    rows = []
    for example in examples:
        ours = by_planner[example, PROCURE]
        rows.append({"example": example, "planner": PROCURE, **_means(ours)})
        for baseline in baselines:
            theirs = by_planner[example, baseline]
            both = sorted(set(ours) & set(theirs))
            saved = estimate(np.array([theirs[k]["cost"]["total"] - ours[k]["cost"]["total"] for k in both]))
            fewer = estimate(np.array([theirs[k]["backorders"] - ours[k]["backorders"] for k in both]))
            rows.append({"example": example, "planner": baseline, **_means(theirs), "saved": saved, "fewer": fewer})
    return rows


def _means(runs: dict[int, Line]) -> Line:
    return {
        "runs": len(runs),
        "cost": float(np.mean([line["cost"]["total"] for line in runs.values()])),
        "backorders": float(np.mean([line["backorders"] for line in runs.values()])),
        "fill_rate": float(np.mean([line["fill_rate"] for line in runs.values()])),
        "over": float(np.mean([line["storage_weeks"] + line["cash_weeks"] for line in runs.values()])),
        "seconds": float(np.mean([line["seconds"] for line in runs.values()])),
    }


def table(rows: list[Line]) -> list[str]:
    """Lines of a Markdown table."""
    lines = [
        "| example | planner | runs | realised cost | Procure saves | backorders, unit-weeks | fewer with Procure | "
        "fill rate | weeks over a limit | s a plan |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for r in rows:
        cells = [r["example"], r["planner"], str(r["runs"]), f"{r['cost']:,.0f}", _shown(r.get("saved"), r["cost"])]
        cells += [f"{r['backorders']:,.0f}", _shown(r.get("fewer")), f"{r['fill_rate']:.1%}", f"{r['over']:.1f}"]
        lines.append("| " + " | ".join([*cells, f"{r['seconds']:.1f}"]) + " |")
    return lines


def _shown(difference: Estimate | None, base: float | None = None) -> str:
    """A paired difference with its interval, and its share of the baseline's cost."""
    if difference is None:
        return ""
    share = f" ({difference.mean / base:+.1%})" if base else ""
    return f"{difference.mean:+,.0f} ± {difference.half_width:,.0f}{share}"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--examples", nargs="*", default=list(WEEKS), choices=list(WEEKS))
    parser.add_argument("--baselines", nargs="*", default=list(BASELINES))
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--weeks", type=int, help=f"default: {WEEKS}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, help=f"seconds a plan; default: {TIME_LIMITS}")
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--jobs", type=int, default=2)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Procure against baselines, re-planned every week.")
    parser.add_argument("folder", type=Path)
    arguments(parser)
    options = parser.parse_args()
    lines = replay_all(options)
    print("\n".join(table(compare(lines.values(), options.examples, options.baselines))))


if __name__ == "__main__":
    main()
