"""How long large plans take to load, and how much memory: `python benchmarks/loading.py` prints a table.

Plans are those of benchmarks/large_catalogue.py, three warehouses and 13 weeks, terms `all`. Every row is a process of
its own. Folders are kept, so that a second run need not make them again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from large_catalogue import Size, large_catalogue

from procure.plan import check_plan, read_plan
from procure.plan.arrow_plan import Form, write_plan_folder
from procure.plan.network import build_network
from procure.solution.ledger import Laws

SIZES = (3_000, 30_000, 300_000, 1_000_000)
FORMS: tuple[Form, ...] = ("parquet", "csv")
WAREHOUSES = 3
COLUMNS = ("load, s", "check, s", "of both CPU, s", "so far, MB", "network, s", "laws, s", "digest, s", "in all, MB")


def measure(folder: Path) -> dict[str, float]:
    """Return seconds of each step and the peak of memory after some [MB], in this process."""
    found: dict[str, float] = {}

    def timed(name: str, step: Any) -> Any:
        start = time.perf_counter()
        result = step()
        found[f"{name}, s"] = time.perf_counter() - start
        return result

    before = time.process_time()
    plan = timed("load", lambda: read_plan(folder))
    timed("check", lambda: check_plan(plan))
    found["of both CPU, s"] = time.process_time() - before
    found["so far, MB"] = peak()
    network = timed("network", lambda: build_network(plan))
    timed("laws", lambda: Laws.of(network))
    timed("digest", plan.digest)
    found["in all, MB"] = peak()
    return found


def peak() -> float:
    """Most memory that this process has held so far [MB]."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def measured(folder: Path) -> dict[str, float]:
    """Measure in a new process."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", str(folder)], capture_output=True, text=True, check=True
    )
    values: dict[str, float] = json.loads(done.stdout)
    return values


def made(cells: int, form: Form, folder: Path) -> Path:
    """Return a folder with a plan of so many item-warehouses, made if it is not there."""
    place = folder / f"{cells}-{form}"
    if not (place / "plan.toml").exists():
        write_plan_folder(large_catalogue(Size(-(-cells // WAREHOUSES))), place, form)
    return place


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description="Measure how long large plans take to load.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="item-warehouses")
    parser.add_argument("--folder", type=Path, default=Path("large-catalogues"), help="where the plans are kept")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure)))
        return
    heads = ("item-warehouses", "form", *COLUMNS)
    print(f"| {' | '.join(heads)} |\n| --: | --- |{' --: |' * len(COLUMNS)}", flush=True)
    for cells in given.sizes:
        for form in FORMS:
            values = measured(made(cells, form, given.folder))
            shown = (f"{values[c]:,.0f}" if "MB" in c else f"{values[c]:.1f}" for c in COLUMNS)
            print(f"| {cells:,} | {form} | {' | '.join(shown)} |", flush=True)


if __name__ == "__main__":
    main()
