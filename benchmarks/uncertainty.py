"""All figures of docs/uncertainty.md: single items, two suppliers and the examples, re-planned every week.

`python benchmarks/uncertainty.py` takes about an hour on two cores; `--quick` a few minutes, with a tenth of the
runs. Results lie in a folder, so a run that was stopped is taken up again. The page's text between the two marker
lines is replaced; what stands outside them stays.
"""

from __future__ import annotations

import argparse
import json
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
    items, weeks = (4, 50) if options.quick else (20, 100)
    singles = kept(options.folder / f"single-{items}-{weeks}-{options.seed}.json", single_rows, items, weeks, options)
    duals = kept(options.folder / f"dual-{items}-{weeks}-{options.seed}.json", dual_rows, items, weeks, options)
    seeds = 2 if options.quick else 20
    promises = kept(options.folder / f"promises-{seeds}.json", promise_rows, seeds, 1000, options)
    lines = replay.replay_all(options)
    rows = replay.compare(lines.values(), options.examples, options.baselines, replay.ours(options))
    return [
        "## Promised and simulated",
        "",
        *calibration.explained(seeds, 1000),
        "",
        *calibration.table(promises),
        "",
        "## Re-planned every week",
        "",
        f"Made by `python benchmarks/uncertainty.py{' --quick' if options.quick else ''}` on "
        f"{date.today().isoformat()}, seed {options.seed}.",
        f"Machine: {machine()}. Versions: {versions()}.",
        "Intervals are 95 %, by Student's t over independent items or runs; differences are paired: both sides met the",
        "same demand.",
        "",
        "### A single item under a fixed line cost",
        "",
        "Cost over purchase (ordering, holding, backorders) against the best (s, S) policy. Each item stands",
        f"{items} times in one plan that nothing links, so each copy gets the orders that it would get alone, and",
        f"{weeks} weeks after a warm-up of {single_item.WARM_UP} are {items * weeks} item-weeks.",
        "",
        *single_item.table(singles),
        "",
        "### Two suppliers: a cheap slow one and a dear fast one",
        "",
        f"Cost over the cheap price against the optimum by value iteration, {items} copies over {weeks} weeks, Poisson",
        "demand, a plan of 13 weeks every week.",
        "",
        *dual_sourcing.table(duals),
        "",
        "### The examples against rules of thumb",
        "",
        *_limits(options),
        "",
        *replay.table(rows),
    ]


def _limits(options: argparse.Namespace) -> list[str]:
    limits = []
    for name in options.examples:
        weeks, seconds = replay.weeks_of(options, name), options.time_limit or replay.TIME_LIMITS[name]
        limits.append(f"{name} {weeks} weeks at {seconds:g} s a plan")
    return [
        f"{options.runs} runs each: {', '.join(limits)}, gap {options.gap:.1%}, {options.jobs} runs at a time.",
        "Realised cost counts what was truly delivered; stock left and under way is credited at its replacement cost,",
        "with its part of the fixed costs of the orders that brought it; what is owed is charged. Backorders are",
        "summed over the ends of the weeks.",
    ]


def kept(path: Path, make: Any, items: int, weeks: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Rows from a file, or made and put there."""
    if not path.exists():
        path.write_text(json.dumps(make(items, weeks, options), indent=1), encoding="utf-8")
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def single_rows(items: int, weeks: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure the single items."""
    horizons = (13, 26) if options.quick else single_item.HORIZONS
    return [single_item.measure(case, items, weeks, horizons, options.seed) for case in single_item.CASES]


def promise_rows(seeds: int, runs: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure how plans keep their promises."""
    return [calibration.measure(case, seeds, runs, 20.0) for case in calibration.CASES]


def dual_rows(items: int, weeks: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measure the two suppliers."""
    return [dual_sourcing.measure(case, items, weeks, 13, options.seed) for case in dual_sourcing.CASES]


if __name__ == "__main__":
    main()
