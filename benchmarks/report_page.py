"""How large the report of a large plan is, and how long it takes to make and to open.

`python benchmarks/report_page.py [--items 2000] [--warehouses 3] [--periods 26]` prints a row. The plan is one of
benchmarks/catalogue.py; its orders are not optimised, but as many as a plan may have: every fourth period a month's
demand from the first offer of each item-warehouse. The page is opened in headless Chromium and done when all charts are
drawn.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
from catalogue import catalogue
from playwright.sync_api import sync_playwright

import procure
from procure.plan.network import Network, build_network
from procure.report.page import report_text
from procure.solution.assemble import assemble
from procure.solution.decision import Decision
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import limits_of
from procure.solution.records import Solution

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def ordered(network: Network) -> Decision:
    """Order a month's demand every fourth period, where an order is allowed."""
    decision = Decision.nothing(network)
    _, first = np.unique(network.line_cell, return_index=True)
    month = np.ceil(4.0 * network.mean[network.line_cell[first]].mean(axis=1))
    for line, quantity in zip(first, month, strict=True):
        periods = np.flatnonzero(network.line_allowed[line])[::4]
        decision.orders[line, periods] = max(quantity, 1.0)
    return decision


def solution_of(items: int, warehouses: int, periods: int) -> Solution:
    """A plan with many orders."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(catalogue(items, warehouses, periods, seed=1)), encoding="utf-8")
        network = build_network(procure.read_plan(file))
    laws, limits = Laws.of(network), limits_of(network)
    ledger = keep_ledger(network, laws, ordered(network))
    about = {"engine": "benchmark", "solver": "none", "seconds": {}, "warnings": ()}
    return assemble(ledger, laws, limits, limits, bound=-np.inf, backorder_bound=None, gap=0.0, **about)


def opened(page: Path) -> float:
    """Seconds until all charts of a page are drawn."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        tab = started.new_context(viewport={"width": 1400, "height": 900}).new_page()
        start = time.perf_counter()
        tab.goto(page.as_uri())
        tab.wait_for_selector("html[data-drawn]")
        seconds = time.perf_counter() - start
        started.close()
    return seconds


def main() -> None:
    """Measure one plan."""
    arguments = argparse.ArgumentParser()
    for name, default in (("items", 2000), ("warehouses", 3), ("periods", 26)):
        arguments.add_argument(f"--{name}", type=int, default=default)
    size = arguments.parse_args()
    solution = solution_of(size.items, size.warehouses, size.periods)
    start = time.perf_counter()
    text = report_text(solution)
    made = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        page.write_text(text, encoding="utf-8")
        seconds = sorted(opened(page) for _ in range(3))[1]
        megabytes = page.stat().st_size / 1e6
    print(f"{size.items} items x {size.warehouses} x {size.periods}, {len(solution.lines):,} lines: ", end="")
    print(f"made in {made:.1f} s, {megabytes:.1f} MB, open in {seconds:.1f} s")


if __name__ == "__main__":
    main()
