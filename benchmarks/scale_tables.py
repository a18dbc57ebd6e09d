"""Tables of `scale.py`: gap and total against time, one plan each, and how time grows with size."""

from __future__ import annotations

import math
import platform
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

Record = dict[str, Any]

RULES = ("min-max", "repair-chain", "marginal")
TIMES = (5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)
"""Seconds of planning at which runs are compared."""
MOST_BUSY = 0.1
"""Share of the processors that others may use when a run begins without its being said."""
PACKAGES = ("procure", "pulp", "highspy", "cbcbox", "pyscipopt", "ortools", "numpy", "numba")


def versions() -> str:
    """Versions of Python and of what solves."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def heading(found: list[Record], absent: dict[str, str], command: str) -> list[str]:
    """How the runs were made, and what the columns mean."""
    lines = ["## Engines and peers", "", f"Made by `{command}`;", 'peers come with `pip install -e ".[benchmarks]"`.']
    for key, title in (("machine", "Machine"), ("versions", "Versions"), ("revision", "Revision"), ("date", "Made on")):
        values = sorted({str(record[key]) for record in found if record.get(key)})
        if values:
            lines.append(f"{title}: {'; '.join(values)}.")
    lines += [f"Not installed, so not run: {', '.join(f'{e} ({p})' for e, p in absent.items())}."] if absent else []
    if busy := sum((record.get("busy") or 0.0) > MOST_BUSY for record in found):
        said = f"{busy} of {len(found)} runs began while others used more than {MOST_BUSY:.0%} of the processors"
        lines.append(f"{said}: their times say little.")
    return [
        *lines,
        "",
        "Every run has a process of its own. Planning is all from the plan in memory to the priced solution;",
        "loading is apart, compilation at first use not counted. Every total is worked out from the orders by",
        "plain arithmetic. The gap is (total - proven bound) / max(1, |total|, total - terminal), as each run",
        "itself can prove it; above the best bound puts the bounds of all runs of the plan together, so that rules",
        "of thumb, which prove nothing, can be seen, too. `compact-*` is Procure's compact engine, started by",
        "HiGHS and searched with the solver that is named; `model-*` is the compact MILP after its cuts at the",
        "root, handed to a general solver without a start: costs that are convex are taken by tangents there, so",
        "even an optimum of that model leaves a small gap. CBC, SCIP and MathOpt's SCIP show nothing on the way;",
        "their gap stands from the end of the run on. CP-SAT works on a copy of the model in whole numbers, whose",
        "bound was seen above the total of a sound plan; its bound is taken for none, and that of the root stands",
        "instead. Options: peers run with their defaults, a time limit and a gap. Plans:",
        "benchmarks/large_catalogue.py, 3 warehouses.",
        "",
    ]


def side_by_side(name: str, runs: list[Record]) -> list[str]:
    """The table of one plan: each run's gap at several times, and what it took."""
    if not runs:
        return []
    good = [record for record in runs if "error" not in record]
    proven = max((record["bound"] for record in good if record["bound"] is not None), default=None)
    longest = max((record["limit"] for record in runs), default=0.0)
    times = [t for t in TIMES if t <= longest]
    titles = ["engine", "limit, s", "loading, s", "building, s", "first plan, s"]
    titles += [f"gap at {t:g} s" for t in times] + ["planning, s", "processor, s", "memory, MB"]
    titles += ["total", "bound", "gap", "above best bound"]
    stop = f"Stops at a proven gap of {runs[0]['target']:.3%}. Random draws: seed {runs[0]['seed']}."
    lines = [f"### {name}", "", stop, ""]
    lines += ["| " + " | ".join(titles) + " |", "| --- |" + " --: |" * (len(titles) - 1)]
    for record in sorted(runs, key=lambda record: (record["limit"], record["engine"] in RULES)):
        cells = [record["engine"], f"{record['limit']:g}"]
        if "error" in record:
            lines.append("| " + " | ".join([*cells, record["error"], *[""] * (len(titles) - 3)]) + " |")
            continue
        cells += [_seconds(record["loading"]), _seconds(_building(record)), _seconds(record["first"])]
        cells += [_gap(gap_at(record, t)) if t <= record["limit"] * 1.01 else "" for t in times]
        cells += [_seconds(record["planning"]), _seconds(record["cpu"])]
        cells += [f"{record['memory']:,.0f}", _money(record["total"])]
        above = None if proven is None else max(record["total"] - proven, 0.0) / record["gross"]
        cells += [_money(record["bound"]), _gap(record["gap"]), _gap(above)]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", *_tangents(good), *_contradictions(good), *_behind(good, times)]


def _building(record: Record) -> float | None:
    """Seconds from plan to model: arrays and tables, or the export of the model."""
    if "export" in record:
        return float(record["export"])
    parts = record.get("parts", {})
    return sum(parts.get(label, 0.0) for label in ("network", "tables", "model")) or None


def _tangents(runs: list[Record]) -> list[str]:
    """How large the exported model is, and what its tangents leave of the truth."""
    lines = []
    for record in runs:
        if record.get("columns") is None:
            continue
        said = f"{record['engine']}, {record['limit']:g} s: {record['rows']:,} rows, {record['columns']:,} columns"
        if record.get("model_total") is not None:
            share = (record["total"] - record["model_total"]) / record["gross"]
            said += f"; what its best plan truly costs is {share:+.3%} off what the model says"
        lines.append(f"- {said}.")
    return [*lines, ""] if lines else []


def _contradictions(runs: list[Record]) -> list[str]:
    """Bounds, proven or claimed, above the total of another run's plan: one of the two is wrong."""
    least = min(runs, key=lambda record: float(record["total"]), default=None)
    lines = []
    for record in runs:
        for kind in ("bound", "claimed"):
            bound = record.get(kind)
            if least is not None and bound is not None and bound > least["total"] + 1e-6 * least["gross"]:
                said = f"{record['engine']}, {record['limit']:g} s: the {kind} {bound:,.0f} lies above the total"
                lines.append(f"- {said} {least['total']:,.0f} that {least['engine']} found, so it proves nothing.")
    return [*lines, ""] if lines else []


def _behind(runs: list[Record], times: list[float]) -> list[str]:
    """Where `decomposed` or `auto` has a dearer plan or wider gap than a run with its limit or a rule of thumb."""
    lines = []
    for ours in (record for record in runs if record["engine"] in ("decomposed", "auto")):
        others = [r for r in runs if r["engine"] in RULES or r["limit"] == ours["limit"]]
        others = [r for r in others if r["engine"] not in ("decomposed", "auto")]
        worse = [said for theirs in others for said in behind(ours, theirs, times)]
        if others:
            said = "; ".join(worse) if worse else "no dearer plan and no wider gap at any of these times"
            lines.append(f"- {ours['engine']}, {ours['limit']:g} s, against {len(others)} others: {said}.")
    return [*lines, ""] if lines else []


def behind(ours: Record, theirs: Record, times: list[float]) -> list[str]:
    """Times at which another run has a cheaper plan or a narrower gap, by more than rounding."""
    found = []
    for t in times:
        if t > ours["limit"] * 1.01:
            break
        a, b = point_at(ours, t), point_at(theirs, t)
        if a is None or b is None:
            continue
        if b[1] < a[1] - 1e-6 * ours["gross"]:
            found.append(f"{theirs['engine']} is cheaper by {(a[1] - b[1]) / ours['gross']:.3%} at {t:g} s")
        if b[3] is not None and (a[3] is None or b[3] < a[3] - 1e-6):
            found.append(f"{theirs['engine']} has a gap of {b[3]:.3%} against {_gap(a[3])} at {t:g} s")
    return found


def point_at(record: Record, seconds: float) -> list[Any] | None:
    """The last point at or before a time."""
    before = [point for point in record["points"] if point[0] <= seconds]
    return before[-1] if before else None


def gap_at(record: Record, seconds: float) -> float | None:
    """Proven gap at a time; None where there was none yet."""
    point = point_at(record, seconds)
    return None if point is None else point[3]


def time_to(record: Record, gap: float) -> float | None:
    """Seconds of planning until a gap was proven; None if it never was."""
    return next((point[0] for point in record["points"] if point[3] is not None and point[3] <= gap), None)


def growth(found: list[Record], gap: float) -> list[str]:
    """Time to a gap by size, for each engine and kind of terms, with the fitted exponent."""
    lines = [f"### Growth: time to a gap of {gap:.2%}", ""]
    lines += ["| engine | terms | cells | time to the gap, s | planning, s | loading, s | memory, MB | exponent |"]
    lines += ["| --- | --- | --: | --: | --: | --: | --: | --: |"]
    for (engine, terms), runs in sorted(_by_kind(found).items()):
        sizes, seconds = [], []
        for record in sorted(runs, key=lambda record: record["cells"]):
            needed = time_to(record, gap)
            cells = [engine, terms, f"{record['cells']:,}", _seconds(needed) or f"not in {record['limit']:g}"]
            cells += [_seconds(record["planning"]), _seconds(record["loading"]), f"{record['memory']:,.0f}"]
            step = ""
            if needed is not None:
                sizes.append(record["cells"])
                seconds.append(needed)
                step = f"{exponent(sizes[-2:], seconds[-2:]):.2f}" if len(set(sizes[-2:])) == 2 else ""
            lines.append("| " + " | ".join([*cells, step]) + " |")
        if len(set(sizes)) > 1:
            lines.append(f"| {engine} | {terms} | all | items^{exponent(sizes, seconds):.2f} | | | | |")
    said = "The exponent of a row is that from the row before; the last of each engine is fitted to all."
    return [*lines, "", said, ""]


def _by_kind(found: list[Record]) -> dict[tuple[str, str], list[Record]]:
    """Runs on catalogues by engine and terms; of several limits the longest."""
    longest: dict[tuple[str, str], dict[str, Record]] = defaultdict(dict)
    for record in found:
        if "error" in record or " cells x " not in record["case"] or record["bound"] is None:
            continue
        kind = record["engine"], record["case"].split(", ")[1]
        known = longest[kind].get(record["case"])
        if known is None or record["limit"] > known["limit"]:
            longest[kind][record["case"]] = record
    return {kind: list(runs.values()) for kind, runs in longest.items()}


def exponent(sizes: list[float], seconds: list[float]) -> float:
    """The x of time ~ size^x, by least squares on logarithms."""
    x, _ = np.polyfit(np.log(sizes), np.log(seconds), 1)
    return float(x)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _gap(value: float | None) -> str:
    return "none" if value is None or not math.isfinite(value) else f"{value:.3%}"


def _money(value: float | None) -> str:
    return "none" if value is None else f"{value:,.0f}"
