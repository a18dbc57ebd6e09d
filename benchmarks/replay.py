"""Closed-loop replay of the examples: Procure against every baseline in the same world.

`python benchmarks/replay.py FOLDER` appends one line per example, planner and run to FOLDER/replay.jsonl and leaves out
those that are there already, so that it can be stopped and taken up again. Runs go round by round, so that what is
there at any time can be compared. Then it prints the table: realised cost and backorders, and what Procure saves
against each baseline as paired differences with 95 % intervals, also with dearer backorders (`--backorders 1.5 2`): how
much fewer they become, and what that costs. After the weeks replayed come as many as the plan has, in which min-max
orders whoever planned before: what a planner ordered last shows its worth in them (`--no-follow-up`: it is credited at
its replacement cost).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.insight.rolling import BaselinePlanner, FollowedUp, SolvePlanner
from procure.insight.rolling.ground import Ground, ground_of
from procure.insight.rolling.loop import run_once
from procure.insight.rolling.planners import Planner
from procure.insight.rolling.result import Estimate, estimate
from procure.insight.rolling.world import World
from procure.plan import read_plan
from procure.plan.records import Plan

Array = NDArray[np.float64]
Line = dict[str, Any]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
WEEKS = {"quickstart": 8, "outdoor-shop": 8, "spare-parts": 12}
"""Weeks that a planner plans."""
TIME_LIMITS = {"quickstart": 3.0, "outdoor-shop": 12.0, "spare-parts": 6.0}
"""Seconds for one week's plan, about."""
ENGINES = {"quickstart": "auto", "outdoor-shop": "compact", "spare-parts": "auto"}
"""Engines: with lanes and a start the MILP alone makes the better plan of so few seconds."""
FACTORS: dict[str, tuple[float, ...]] = {"quickstart": (4.0,), "outdoor-shop": (), "spare-parts": ()}
"""How much dearer backorders are to Procure, besides as they are: enough to leave fewer of them than any rule."""
BASELINES = ("min-max", "repair-chain", "marginal")
PROCURE, DEARER = "procure", "procure, backorders x "
"""Planners: Procure with the plan's own costs, and with backorders that cost it so many times more."""


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
    engine: str = "auto"
    after: int = 0

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from others in the file; how and how long Procure may plan is part of it."""
        limits = () if self.planner in BASELINES else (self.time_limit, self.gap, self.engine)
        followed = (f"followed up {self.after}",) if self.after else ()
        return self.example, self.planner, self.run, self.weeks, self.seed, *limits, *followed

    def planner_itself(self) -> Planner:
        """Return who plans."""
        return FollowedUp(self._first(), self.weeks) if self.after else self._first()

    def _first(self) -> Planner:
        if self.planner in BASELINES:
            return BaselinePlanner(self.planner)
        factor = 1.0 if self.planner == PROCURE else float(self.planner.removeprefix(DEARER))
        return SolvePlanner(self.time_limit, self.gap, engine=self.engine, backorder_factor=factor)


@cache
def plan_of(example: str) -> Plan:
    """Return the plan of an example."""
    single = EXAMPLES / example / "plan.json"
    return read_plan(single if single.exists() else single.parent)


@cache
def scene(example: str, weeks: int, seed: int, runs: int) -> tuple[Ground, World]:
    """Return the ground and the world of an example, once a process."""
    ground = ground_of(plan_of(example), weeks)
    return ground, World.of(ground, seed, runs)


def carry_through(task: Task, runs: int) -> Line:
    """Replay one run and return its line."""
    ground, world = scene(task.example, task.weeks + task.after, task.seed, runs)
    course = run_once(ground, world, task.planner_itself(), task.run)
    return {
        "key": list(task.key),
        "cost": course.totals,
        "backorders": course.backorder_unit_periods,
        "fill_rate": course.fill_rate,
        "storage_weeks": int((course.series["storage_excess"] > 1e-6).sum()),
        "cash_weeks": int((course.series["cash_excess"] > 1e-6).sum()),
        "seconds": float(course.seconds[: task.weeks].mean()),
        "gap": None if np.isnan(course.gaps).all() else float(np.nanmean(course.gaps)),
        "proven": float(np.mean(~np.isnan(course.gaps[: task.weeks]))),
    }


def ours(options: argparse.Namespace, example: str) -> list[str]:
    """Names of Procure's planners."""
    factors = FACTORS[example] if options.backorders is None else options.backorders
    return [PROCURE, *(f"{DEARER}{factor:g}" for factor in factors)]


def weeks_of(options: argparse.Namespace, example: str) -> int:
    """Weeks to plan of an example."""
    return int(options.weeks or WEEKS[example])


def tasks(options: argparse.Namespace) -> Iterator[Task]:
    """All runs asked for; run by run, so that what is there so far can be compared."""
    for run in range(options.runs):
        for example in options.examples:
            for planner in (*options.baselines, *ours(options, example)):
                yield Task(
                    example=example,
                    planner=planner,
                    run=run,
                    weeks=weeks_of(options, example),
                    seed=options.seed,
                    time_limit=options.time_limit or TIME_LIMITS[example],
                    gap=options.gap,
                    engine=options.engine or ENGINES[example],
                    after=plan_of(example).periods if options.follow_up else 0,
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
            example, planner, run = line["key"][:3]
            said = f"{example}, {planner}, run {run}: cost {line['cost']['total']:,.0f}, {line['seconds']:.1f} s a plan"
            print(f"{count} of {len(missing)}: {said}", file=sys.stderr, flush=True)
    return {task.key: done[task.key] for task in wanted}


def compare(lines: Iterable[Line], own: Mapping[str, Iterable[str]], baselines: Iterable[str]) -> list[Line]:
    """One row per example and planner; for baselines, with what each planner of ours saves, run by run.

    `own` holds our planners by example.
    """
    by_planner: dict[tuple[str, str], dict[int, Line]] = {}
    for line in lines:
        example, planner, run = line["key"][:3]
        by_planner.setdefault((example, planner), {})[run] = line
    rows = []
    for example, planners in own.items():
        for planner in planners:
            rows.append({"example": example, "planner": planner, **_means(by_planner[example, planner])})
        for baseline in baselines:
            theirs = by_planner[example, baseline]
            for planner in planners:
                paired = _paired(by_planner[example, planner], theirs)
                rows.append(
                    {"example": example, "planner": baseline, "against": planner, **_means(theirs), **paired}
                )
    return rows


def _paired(mine: dict[int, Line], theirs: dict[int, Line]) -> Line:
    """Cost saved and backorders avoided against another planner, over the runs that both have."""
    both = sorted(set(mine) & set(theirs))
    return {
        "saved": estimate(np.array([theirs[k]["cost"]["total"] - mine[k]["cost"]["total"] for k in both])),
        "fewer": estimate(np.array([theirs[k]["backorders"] - mine[k]["backorders"] for k in both])),
    }


def _means(runs: dict[int, Line]) -> Line:
    return {
        "runs": len(runs),
        "cost": float(np.mean([line["cost"]["total"] for line in runs.values()])),
        "backorders": float(np.mean([line["backorders"] for line in runs.values()])),
        "fill_rate": float(np.mean([line["fill_rate"] for line in runs.values()])),
        "over": float(np.mean([line["storage_weeks"] + line["cash_weeks"] for line in runs.values()])),
        "seconds": float(np.mean([line["seconds"] for line in runs.values()])),
        **_gaps(list(runs.values())),
    }


def _gaps(lines: list[Line]) -> Line:
    """Mean gap of the weekly plans that have a bound, and the share of all that has one."""
    weights = np.array([line.get("proven", 0.0) for line in lines])
    if not weights.any():
        return {}
    gaps = np.array([line.get("gap") or 0.0 for line in lines])
    return {"gap": float(np.average(gaps, weights=weights)), "proven": float(weights.mean())}


def table(rows: list[Line]) -> list[str]:
    """Lines of a Markdown table."""
    lines = [
        "| example | planner | runs | realised cost | against | Procure saves | backorders, unit-weeks | "
        "fewer with Procure | fill rate | weeks over a limit | s a plan | mean gap (plans with a bound) |",
        "| --- | --- | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for r in rows:
        gap = f"{r['gap']:.1%} ({r['proven']:.0%})" if "gap" in r else ""
        cells = [r["example"], r["planner"], str(r["runs"]), f"{r['cost']:,.0f}", r.get("against", "")]
        cells += [_shown(r.get("saved"), r["cost"])]
        cells += [f"{r['backorders']:,.0f}", _shown(r.get("fewer")), f"{r['fill_rate']:.1%}", f"{r['over']:.1f}"]
        lines.append("| " + " | ".join([*cells, f"{r['seconds']:.1f}", gap]) + " |")
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
    parser.add_argument("--baselines", nargs="*", default=list(BASELINES), choices=list(BASELINES))
    parser.add_argument(
        "--backorders",
        nargs="*",
        type=float,
        metavar="F",
        help=f"plan also with backorders F times dearer; default: {FACTORS}",
    )
    parser.add_argument("--engine", help=f"as procure.solve has it; default: {ENGINES}")
    parser.add_argument(
        "--follow-up",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="min-max orders afterwards, for as long as the plan",
    )
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--weeks", type=int, help=f"default: {WEEKS}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, help=f"seconds a plan; default: {TIME_LIMITS}")
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--jobs", type=int, default=2)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Procure against baselines, re-planned every week.")
    parser.add_argument("folder", type=Path)
    arguments(parser)
    options = parser.parse_args()
    lines = replay_all(options)
    own = {example: ours(options, example) for example in options.examples}
    print("\n".join(table(compare(lines.values(), own, options.baselines))))


if __name__ == "__main__":
    main()
