"""All figures of docs/uncertainty.md: single items, two suppliers and the examples, re-planned every week.

`python benchmarks/uncertainty.py` takes about an hour and a quarter on two cores; `--quick` a fraction of that,
with a tenth of the runs. Results lie in a folder, case by case, so a run that was stopped is taken up again. The
page's text between the two marker lines is replaced; what stands outside them stays.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import date
from pathlib import Path
from typing import Any

import calibration
import dual_sourcing
import replay
import single_item
from run import machine, versions

BEGIN, END = "<!-- benchmarks/uncertainty.py begins -->", "<!-- benchmarks/uncertainty.py ends -->"
HOME = Path(__file__).resolve().parent.parent / "docs" / "uncertainty.md"


def main() -> None:
    """Measure and write the page."""
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(section(options))
    page = options.out.read_text(encoding="utf-8") if options.out.exists() else "# Uncertainty: what was measured\n"
    options.out.write_text(placed(page, text), encoding="utf-8")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Make the figures of docs/uncertainty.md.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the runs, for a first look")
    parser.add_argument("--folder", type=Path, default=Path("uncertainty-results"), help="where results are kept")
    parser.add_argument("-o", "--out", type=Path, default=HOME)
    replay.arguments(parser)
    options = parser.parse_args()
    if options.quick:
        options.runs = max(options.runs // 10, 2)
    return options


def placed(page: str, text: str) -> str:
    """The page with the text between the markers, which are added at its end if they are missing."""
    marked = f"{BEGIN}\n{text}\n{END}"
    if BEGIN not in page or END not in page:
        return f"{page.rstrip()}\n\n{marked}\n"
    before, rest = page.split(BEGIN, 1)
    return before + marked + rest.split(END, 1)[1]


def section(options: argparse.Namespace) -> list[str]:
    """All tables, with what they were made by."""
    items, weeks, seeds = (8, 50, 2) if options.quick else (80, 100, 20)
    horizons = (13, 26) if options.quick else single_item.HORIZONS
    singles = rows_of(options, single_item, items, weeks, horizons, options.seed)
    duals = rows_of(options, dual_sourcing, items, weeks, 13, options.seed)
    promises = rows_of(options, calibration, seeds, 1000, 10.0)
    lines = replay.replay_all(options)
    own = {example: replay.ours(options, example) for example in options.examples}
    rows = replay.compare(lines.values(), own, options.baselines)
    return [
        f"Made by `python benchmarks/uncertainty.py{' --quick' if options.quick else ''}` on "
        f"{date.today().isoformat()}, seed {options.seed}.",
        f"Machine: {machine()}. Versions: {versions()}.",
        "Intervals are 95 %, by Student's t over independent items or runs; differences are paired: both sides met the",
        "same demand.",
        "",
        "## Promised and simulated",
        "",
        *calibration.explained(seeds, 1000),
        "",
        *calibration.table(promises),
        "",
        "## Re-planned every week: a single item under a fixed line cost",
        "",
        "Cost over purchase (ordering, holding, backorders) against the best (s, S) policy. Each item stands",
        f"{items} times or more in one plan that nothing links, so each copy gets the orders that it would get alone,",
        f"and {weeks} weeks after a warm-up of {single_item.WARM_UP} are {items * weeks} item-weeks or more.",
        "",
        *single_item.table(singles),
        "",
        "## Re-planned every week: two suppliers, a cheap slow one and a dear fast one",
        "",
        f"Cost over the cheap price against the optimum by value iteration, {items} copies over {weeks} weeks, Poisson",
        "demand, a plan of 13 weeks every week.",
        "",
        *dual_sourcing.table(duals),
        "",
        "## Re-planned every week: the examples against rules of thumb",
        "",
        *_limits(options),
        "",
        *replay.table(rows),
    ]


def _limits(options: argparse.Namespace) -> list[str]:
    limits = []
    for name in options.examples:
        seconds, engine = options.time_limit or replay.TIME_LIMITS[name], options.engine or replay.ENGINES[name]
        limits.append(f"{name} {replay.weeks_of(options, name)} weeks at {seconds:g} s a plan, engine {engine}")
    followed = "After them min-max orders for as many weeks as the plan has, whoever planned before."
    return [
        f"{options.runs} runs each: {'; '.join(limits)}; gap {options.gap:.1%}, {options.jobs} runs at a time.",
        *([followed] if options.follow_up else []),
        "Realised cost counts what was truly delivered; stock left and under way in the end is credited at its",
        "replacement cost, with its part of the fixed costs of the orders that brought it; what is owed is charged.",
        "Backorders are summed over the ends of all weeks.",
    ]


def rows_of(options: argparse.Namespace, bench: Any, *settings: Any) -> list[dict[str, Any]]:
    """Rows of all cases of a benchmark, from the folder as far as they are there, else measured and put there."""
    folder = options.folder / bench.__name__ / "-".join(re.sub(r"[^0-9.]+", "_", str(s)) for s in settings)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{re.sub('[^a-z0-9]+', '-', case.name)}.json" for case in bench.CASES]
    missing = [(case, path) for case, path in zip(bench.CASES, paths, strict=True) if not path.exists()]
    with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(bench.measure, case, *settings): path for case, path in missing}
        for done in as_completed(waiting):
            waiting[done].write_text(json.dumps(done.result(), indent=1), encoding="utf-8")
            print(f"{bench.__name__}: {waiting[done].stem}", file=sys.stderr, flush=True)
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


if __name__ == "__main__":
    main()
