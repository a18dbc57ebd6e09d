"""Engines, general solvers and rules of thumb side by side on catalogues of any size, one process each.

`python benchmarks/scale.py FOLDER --cells 150 3000 --terms orders --engines decomposed compact --time-limits 30`
appends one line per run to FOLDER/scale.jsonl and leaves out those that are there already, so that it can be stopped
and taken up again; then it prints the tables, or puts them into a page between two marker lines (`-o
docs/benchmarks.md`). `--growth 0.01` adds how the time to that gap grows with size. `--tables` only prints what is
there. Peers come with `pip install -e ".[benchmarks]"`; one that is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import scale_tables
from run import EXAMPLES, machine

Record = dict[str, Any]

HERE = Path(__file__).resolve().parent
WAREHOUSES = 3
PATIENCE, ALLOWANCE = 3.0, 900.0
"""A run is ended after so many times its limit and so many seconds more; loading a large plan takes its time."""
NEEDS = {
    "auto": None,
    "decomposed": None,
    "compact": None,
    "compact-cbc": "cbcbox",
    "compact-scip": "pyscipopt",
    "model-highs": None,
    "model-cbc": "cbcbox",
    "model-scip": "pyscipopt",
    "model-cp-sat": "ortools",
    "model-mathopt-scip": "ortools",
    "min-max": None,
    "repair-chain": None,
    "marginal": None,
}
"""Engines and peers, and the package that each needs beyond what the project itself asks for."""


@dataclass(frozen=True)
class Case:
    """A plan to run on.

    Attributes
    ----------
    name
        What the tables call it.
    path
        Where it lies.
    make
        Command that writes it there, if it must be made.
    """

    name: str
    path: Path
    make: tuple[str, ...] = ()


def main() -> None:
    """Run what the command line asks for and show the tables."""
    options = arguments()
    options.folder.mkdir(parents=True, exist_ok=True)
    wanted = list(cases(options))
    if not options.tables:
        warm_up(options)
        run_missing(options, wanted)
    text = page(options, [case.name for case in wanted])
    if options.out is None:
        print(text)
    else:
        put(text, options.out, "scale.py")


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Engines and peers side by side.")
    parser.add_argument("folder", type=Path, help="where plans and results are kept")
    parser.add_argument("--cells", nargs="*", type=int, default=[150, 3000], help="items x 3 warehouses")
    parser.add_argument("--terms", nargs="*", default=["orders"], choices=("plain", "lines", "orders", "all"))
    parser.add_argument("--periods", type=int, default=13)
    parser.add_argument("--seeds", nargs="*", type=int, default=[1])
    parser.add_argument("--examples", nargs="*", default=[], help="folders below examples/")
    parser.add_argument("--engines", nargs="*", default=list(NEEDS), choices=list(NEEDS))
    parser.add_argument("--time-limits", nargs="*", type=float, default=[60.0])
    parser.add_argument("--gap", type=float, default=1e-4, help="a run that proves it ends")
    parser.add_argument("--growth", nargs="*", type=float, default=[], help="gaps for the table of growth")
    parser.add_argument("--tables", action="store_true", help="run nothing")
    parser.add_argument("-o", "--out", type=Path, help="page that takes the tables")
    return parser.parse_args(given)


def cases(options: argparse.Namespace) -> Iterator[Case]:
    """Yield the plans, small ones first."""
    for name in options.examples:
        single = EXAMPLES / name / "plan.json"
        yield Case(name, single if single.exists() else single.parent)
    for cells in sorted(options.cells):
        for terms in options.terms:
            for seed in options.seeds:
                items = max(1, round(cells / WAREHOUSES))
                name = f"{items * WAREHOUSES:,} cells x {options.periods}, {terms}, seed {seed}"
                path = options.folder / "plans" / f"{items}-{options.periods}-{terms}-{seed}"
                size = ["--items", str(items), "--warehouses", str(WAREHOUSES), "--periods", str(options.periods)]
                script = str(HERE / "large_catalogue.py")
                yield Case(name, path, (script, *size, "--terms", terms, "--seed", str(seed), "-o", str(path)))


def missing_package(engine: str) -> str | None:
    """The package that an engine needs and that is not installed."""
    package = NEEDS[engine]
    return package if package is not None and importlib.util.find_spec(package) is None else None


def warm_up(options: argparse.Namespace) -> None:
    """Compile what is compiled at first use, so that no run is charged for it."""
    tiny = Case("warm-up", options.folder / "plans" / "warm-up")
    size = ("--items", "8", "--periods", "6", "--terms", "all", "-o", str(tiny.path))
    make(Case(tiny.name, tiny.path, (str(HERE / "large_catalogue.py"), *size)))
    run({"plan": str(tiny.path), "engine": "decomposed", "limit": 5.0, "target": 1e-3, "seed": 0})


def run_missing(options: argparse.Namespace, wanted: list[Case]) -> None:
    """Carry out the runs that are not there yet and append a line for each."""
    path = options.folder / "scale.jsonl"
    done = known(path)
    tasks = [(case, task) for case in wanted for task in tasks_of(case, options)]
    with path.open("a", encoding="utf-8") as file:
        for case, task in tasks:
            if key_of(case.name, task) in done or missing_package(task["engine"]):
                continue
            print(f"{case.name}, {task['engine']}, {task['limit']:g} s ...", file=sys.stderr, flush=True)
            make(case)
            others = busy()
            record = {"case": case.name, **task, **run(task), "busy": others, **circumstances()}
            file.write(json.dumps(record) + "\n")
            file.flush()


def tasks_of(case: Case, options: argparse.Namespace) -> Iterator[Record]:
    """Yield the runs of a plan; rules of thumb take the time they take, whatever the limit."""
    limits = sorted(options.time_limits)
    for engine in options.engines:
        for limit in limits[-1:] if engine in scale_tables.RULES else limits:
            yield {"plan": str(case.path), "engine": engine, "limit": limit, "target": options.gap, "seed": 0}


def key_of(case: str, record: Record) -> tuple[Any, ...]:
    """What makes two runs the same."""
    return case, record["engine"], record["limit"], record["target"], record["seed"]


def known(path: Path) -> dict[tuple[Any, ...], Record]:
    """Runs that are there; a line that was cut short is left out. A run that failed counts: it would fail again."""
    found: dict[tuple[Any, ...], Record] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[key_of(record["case"], record)] = record
    return found


def make(case: Case) -> None:
    """Write the plan of a case if it is not there; in a process of its own, so that no memory is kept."""
    if case.make and not case.path.exists():
        case.path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, *case.make], check=True, env=environment())


def run(task: Record) -> Record:
    """Carry out a task in a process of its own; an error is a result, too."""
    command = [sys.executable, str(HERE / "scale_run.py"), json.dumps(task)]
    patience = PATIENCE * task["limit"] + ALLOWANCE
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True
    ) as running:
        try:
            out, err = running.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, 9)
            return {"error": f"did not end in {patience:,.0f} s"}
    if running.returncode != 0:
        return {"error": (err.strip().splitlines() or [f"ended with {running.returncode}"])[-1][:200]}
    measured: Record = json.loads(out.splitlines()[-1])
    return measured


def busy(seconds: float = 1.0) -> float | None:
    """Share of the processors that others use just now; None where the system doesn't tell."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return None
    counts = []
    for wait in (seconds, 0.0):
        counts.append([int(word) for word in stat.read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]])
        time.sleep(wait)
    spent = [after - before for before, after in zip(*counts, strict=True)]
    idle = spent[3] + spent[4]
    return 1.0 - idle / max(sum(spent), 1)


def environment() -> dict[str, str]:
    """The environment with this checkout first on Python's path."""
    paths = [str(HERE.parent), str(HERE.parent / "models"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def circumstances() -> Record:
    """Where, when and with what a run was made."""
    command = ["git", "describe", "--always", "--dirty"]
    asked = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    return {
        "machine": machine(),
        "versions": scale_tables.versions(),
        "revision": asked.stdout.strip() or None,
        "date": date.today().isoformat(),
    }


def page(options: argparse.Namespace, wanted: list[str]) -> str:
    """The tables, with how they were made and who is missing."""
    found = [record for record in known(options.folder / "scale.jsonl").values() if record["case"] in wanted]
    absent = {engine: package for engine in options.engines if (package := missing_package(engine))}
    lines = scale_tables.heading(found, absent, command_of(options))
    for name in wanted:
        lines += scale_tables.side_by_side(name, [record for record in found if record["case"] == name])
    for gap in options.growth:
        lines += scale_tables.growth(found, gap)
    return "\n".join(lines)


def command_of(options: argparse.Namespace) -> str:
    """The command that makes these tables again, wherever the results are kept."""
    words = ["python benchmarks/scale.py FOLDER", "--cells", *map(str, options.cells), "--terms", *options.terms]
    if options.examples:
        words += ["--examples", *options.examples]
    words += ["--seeds", *map(str, options.seeds), "--time-limits", *(f"{t:g}" for t in options.time_limits)]
    words += ["--gap", f"{options.gap:g}"]
    if options.growth:
        words += ["--growth", *(f"{gap:g}" for gap in options.growth)]
    return " ".join(words)


def placed(before: str, text: str, script: str) -> str:
    """The page with the text between a script's two marker lines, which are added at its end if they are missing."""
    begin, end = (f"<!-- benchmarks/{script} {word} -->" for word in ("begins", "ends"))
    marked = f"{begin}\n{text}\n{end}"
    if begin not in before or end not in before:
        return f"{before.rstrip()}\n\n{marked}\n"
    head, rest = before.split(begin, 1)
    return head + marked + rest.split(end, 1)[1]


def put(text: str, page: Path, script: str) -> None:
    """Put a script's text into a page."""
    before = page.read_text(encoding="utf-8") if page.exists() else "# Benchmarks\n"
    page.write_text(placed(before, text, script), encoding="utf-8")


if __name__ == "__main__":
    main()
