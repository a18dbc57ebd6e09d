"""Solve plans of several sizes with several solvers, one process each; write docs/benchmarks.md.

`python benchmarks/run.py -o docs/benchmarks.md` takes about half an hour. Nothing here is part of the tests:
times depend on the machine, so the page says which one it was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from catalogue import catalogue

Result = dict[str, Any]

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
GRACE = 5.0  # a run is ended after so many times its limit; solvers' limits are soft
COLUMNS = (
    ("plan", "plan"),
    ("solver", "solver"),
    ("limit", "limit, s"),
    ("first", "first plan, s"),
    ("build", "building, s"),
    ("solve", "solving, s"),
    ("wall", "in all, s"),
    ("memory", "memory, MB"),
    ("total", "total"),
    ("bound", "bound"),
    ("gap", "gap"),
)


def main() -> None:
    """Run what the command line asks for and write the page."""
    options = arguments()
    if options.child:
        print(json.dumps(measure(options.child, options.solvers[0], options.time_limits[0], options.gap)))
        return
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name, plan in cases(options, Path(folder)):
            for limit in options.time_limits:
                for solver in options.solvers:
                    print(f"{name}, {solver}, {limit:g} s ...", file=sys.stderr, flush=True)
                    results.append(
                        {"plan": name, "solver": solver, "limit": limit} | run(plan, solver, limit, options.gap)
                    )
    text = page(results, options)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Time procure on plans of several sizes.")
    parser.add_argument("--examples", nargs="*", default=["quickstart", "outdoor-shop", "spare-parts"])
    parser.add_argument("--sizes", nargs="*", default=["30x2x13", "100x3x13"], help="items x warehouses x periods")
    parser.add_argument("--seeds", nargs="*", type=int, default=[1])
    parser.add_argument("--terms", choices=("all", "plain"), default="all")
    parser.add_argument("--solvers", nargs="*", default=["highs", "cbc"])
    parser.add_argument("--time-limits", nargs="*", type=float, default=[120.0])
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def cases(options: argparse.Namespace, folder: Path) -> Iterable[tuple[str, Path]]:
    """Yield name and place of every plan; catalogues are written into the folder."""
    for name in options.examples:
        single = EXAMPLES / name / "plan.json"
        yield name, single if single.exists() else single.parent
    for size in options.sizes:
        items, warehouses, periods = (int(number) for number in size.split("x"))
        for seed in options.seeds:
            path = folder / f"{size}-{seed}.json"
            path.write_text(json.dumps(catalogue(items, warehouses, periods, seed=seed, terms=options.terms)))
            yield f"{items} x {warehouses} x {periods}, seed {seed}", path


def run(plan: Path, solver: str, limit: float, gap: float) -> Result:
    """Solve a plan in a process of its own and return what was measured; an error is a result, too."""
    command = [sys.executable, __file__, "--child", str(plan), "--solvers", solver]
    command += ["--time-limits", str(limit), "--gap", str(gap)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GRACE * limit + 60, check=False)
    except subprocess.TimeoutExpired:
        return {"error": "did not end"}
    if done.returncode != 0:
        return {"error": (done.stderr.strip().splitlines() or ["failed"])[-1]}
    measured: Result = json.loads(done.stdout.splitlines()[-1])
    return measured


def measure(plan: Path, solver: str, limit: float, gap: float) -> Result:
    """Solve a plan in this process and return times, memory, total and bound."""
    import procure
    from procure.engines import stage

    build = Stopwatch(stage.build_model)  # type: ignore[attr-defined]
    stage.build_model = build  # type: ignore[attr-defined]
    seen: list[tuple[float, float]] = []
    started = time.monotonic()

    def watch(progress: Any) -> None:
        if progress.best is not None and (not seen or progress.best < seen[-1][1]):
            seen.append((time.monotonic() - started, progress.best))

    solution = procure.solve(procure.read_plan(plan), solver=solver, time_limit=limit, gap=gap, progress=watch)
    wall = time.monotonic() - started
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        # ordering nothing is always known; the first plan is the first one better than that
        "first": seen[1][0] if len(seen) > 1 else wall,
        "build": build.seconds,
        "solve": wall - build.seconds,
        "wall": wall,
        "memory": peak / 1024,
        "total": solution.cost.total,
        "bound": solution.bound,
        "gap": solution.gap,
    }


class Stopwatch:
    """A function that adds up the time spent in it.

    Attributes
    ----------
    seconds
        Time so far [s].
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.seconds = 0.0
        self._function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        started = time.monotonic()
        try:
            return self._function(*args, **kwargs)
        finally:
            self.seconds += time.monotonic() - started


def page(results: list[Result], options: argparse.Namespace) -> str:
    """Return the page: what was run, on what, and the table."""
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Made by `python benchmarks/run.py` on {date.today().isoformat()}. Plans are the examples and",
            "the catalogues of benchmarks/catalogue.py (items x warehouses x weeks, terms",
            f"`{options.terms}`). A run ends at a proven gap of {options.gap:.1%} or at its time limit.",
            "Building is the time to make the PuLP model, solving all the rest; memory is the peak of the",
            "largest process. The first plan is the first one better than ordering nothing.",
            "The gap is (total - bound) / max(1, |total|, total - terminal).",
            "",
            f"Machine: {machine()}. Versions: {versions()}.",
            "",
            "| " + " | ".join(title for _, title in COLUMNS) + " |",
            "|" + "|".join(" --- " if key in ("plan", "solver") else " --: " for key, _ in COLUMNS) + "|",
            *(row(result) for result in results),
            "",
        ]
    )


def row(result: Result) -> str:
    """Return one line of the table."""
    if "error" in result:
        return f"| {result['plan']} | {result['solver']} | {result['limit']:g} | {result['error']} |" + " |" * (
            len(COLUMNS) - 4
        )
    return "| " + " | ".join(shown(key, result[key]) for key, _ in COLUMNS) + " |"


def shown(key: str, value: Any) -> str:
    """Return a value as the table shows it."""
    if value is None or isinstance(value, str):
        return value or ""
    formats = {"gap": "{:.3%}", "total": "{:,.0f}", "bound": "{:,.0f}", "memory": "{:,.0f}", "limit": "{:g}"}
    return formats.get(key, "{:.1f}").format(value)


def machine() -> str:
    """Return processor, number of cores and memory."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}"


def versions() -> str:
    """Return the versions of Python and of what solves."""
    found = [f"Python {platform.python_version()}"]
    for package in ("procure", "pulp", "highspy", "cbcbox"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


if __name__ == "__main__":
    main()
