"""Do plans keep their promises? Promised figures against open-loop simulations with fresh draws.

Each case is planned once and simulated with seeds of its own, which share nothing with those of another case. What is
promised is `expected_backorders.open_loop` of the solution. `explained` says what number of misses is to be expected.
"""

from __future__ import annotations

import argparse
import json
import textwrap
import zlib
from pathlib import Path

import numpy as np
from calibration_cases import CASES, Case, Record, plan_of
from scipy import stats

import procure

FIGURES = {"total": "total", "backorders": "backorders", "on_hand": "on hand"}
MISS = 0.05
"""Share of the intervals that miss a promise that is true."""

def measure(case: Case, seeds: int, runs: int, time_limit: float) -> Record:
    """Plan a case, simulate it with seeds of its own, and count the promises that lie outside.

    Raises
    ------
    ValueError
        The plan orders nothing, so it would prove nothing; or a simulation is held against another promise than the
        solution's.
    """
    plan = plan_of(case)
    seconds = max(time_limit, case.seconds)
    # a rule of thumb to begin with, since in half a minute the search alone may find nothing to order on a busy machine
    solution = procure.solve(plan, start=procure.baseline(plan, "min-max"), time_limit=seconds, gap=0.002)
    if not solution.lines:
        raise ValueError(f"{case.name}: the plan found in {seconds:g} s orders nothing; allow more with --time-limit")
    first = 1000 * zlib.crc32(case.name.encode())
    simulations = [procure.simulate(plan, solution, runs=runs, seed=first + seed) for seed in range(seeds)]
    promised = solution.expected_backorders.open_loop
    found = {"total": promised.cost, "backorders": promised.unit_periods, "on_hand": promised.on_hand}
    row: Record = {"case": case.name, "seeds": seeds, "runs": runs, "lines": len(solution.lines), "gap": solution.gap}
    for name in FIGURES:
        row[name] = _figure(name, float(found[name] or 0.0), simulations)
    own = solution.expected_backorders.unit_periods
    is_same_law = plan.policy.uncertainty == "cumulative" and promised.unit_periods > 0.0
    row["fitted"] = own / promised.unit_periods - 1.0 if is_same_law else None
    return row


def _figure(name: str, promised: float, simulations: list[procure.Simulation]) -> Record:
    figures = [simulation.figure(name) for simulation in simulations]
    if any(abs((figure.promised or 0.0) - promised) > 1e-6 * max(1.0, abs(promised)) for figure in figures):
        raise ValueError(f"{name}: the solution promises {promised}, the simulation was held against another figure")
    means = np.array([figure.mean for figure in figures])
    spread = float(stats.t.ppf(0.975, len(means) - 1) * means.std(ddof=1) / len(means) ** 0.5)
    return {
        "promised": promised,
        "mean": float(means.mean()),
        "half_width": spread,
        "misses": sum(not figure.inside for figure in figures),
    }


def table(rows: list[Record]) -> list[str]:
    """Lines of Markdown: a row a case, and what the misses amount to.

    `gap` is how far the plan may lie above the best, proven. `fitted to its draws` is what the plan says of its
    backorders, less what it promises, over the latter.
    """
    head = [f"{name}: promised | simulated less promised | misses" for name in FIGURES.values()]
    lines = [
        f"| case | order lines | gap | fitted to its draws | {' | '.join(head)} |",
        "| --- | --: | --: | --: |" + " --: | --: | --: |" * len(FIGURES),
    ]
    for row in rows:
        cells = [row["case"], f"{row['lines']}", *(_percent(row[name]) for name in ("gap", "fitted"))]
        for name in FIGURES:
            figure = row[name]
            whole = max(abs(figure["promised"]), 1.0)
            off, half = ((figure["mean"] - figure["promised"]) / whole, figure["half_width"] / whole)
            cells += [f"{figure['promised']:,.0f}", f"{off:+.2%} ± {half:.2%}", f"{figure['misses']} of {row['seeds']}"]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", *verdicts(rows)]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def explained(seeds: int, runs: int) -> list[str]:
    """Say what the table shows and how many misses are to be expected."""
    most = int(stats.binom.ppf(0.95, seeds, MISS))
    how = f"""Each case is planned once, under `uncertainty: cumulative` but where `protection` stands, and
        simulated with {seeds} seeds of {runs:,} runs, which share nothing with each other nor with those of
        another case. A plan that orders nothing proves nothing and is refused. What is promised is
        `expected_backorders.open_loop` of the solution (`cost`, `unit_periods`, `on_hand`). A miss is a promise
        outside the 95 % interval of a simulation, widened by the promise's own error where lost sales had to be
        drawn. *Simulated less promised* is the mean over the seeds with its 95 % interval; *fitted to its
        draws* is what the plan says of its backorders less what it promises."""
    expected = f"""Expected misses: a 95 % interval misses a true promise once in twenty, and seeds share
        nothing, so the misses of one figure of one case are binomial ({seeds}; 0.05). {seeds * MISS:.2g} of
        {seeds} is to be expected, and more than {most} come with a chance of
        {stats.binom.sf(most, seeds, MISS):.1%}: significant at 5 % for a figure that is looked at alone. Of the
        many figures of the table some must be so by chance. Whether promises hold is told by all intervals of a
        figure over all cases together, which are binomial, too, below the table. Total, backorders and stock of
        one simulation depend on each other and are not added up."""
    return [*_wrapped(how), "", *_wrapped(expected)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), 140, break_on_hyphens=False)


def verdicts(rows: list[Record]) -> list[str]:
    """Say of each figure how many intervals miss it over all cases, and how many may with 95 % confidence.

    Cases and seeds share no draws, so over all of them the misses of a figure are binomial, too. Figures of one
    simulation depend on each other, so they are not added up.
    """
    lines = []
    for name, shown in FIGURES.items():
        of = sum(row["seeds"] for row in rows)
        misses = sum(row[name]["misses"] for row in rows)
        many = [row["case"] for row in rows if row[name]["misses"] > stats.binom.ppf(0.95, row["seeds"], MISS)]
        chance = sum(stats.binom.sf(stats.binom.ppf(0.95, row["seeds"], MISS), row["seeds"], MISS) for row in rows)
        lines.append(
            f"- {shown}: {misses} of {of} intervals miss, {of * MISS:.0f} are to be expected and at most "
            f"{stats.binom.ppf(0.95, of, MISS):.0f} come by chance with 95 % confidence. Significant by itself (5 %): "
            f"{len(many)} of {len(rows)} cases, {chance:.1f} to be expected{': ' + '; '.join(many) if many else ''}."
        )
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Promised figures against simulations with fresh draws.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--time-limit", type=float, default=10.0)
    parser.add_argument("--cases", default="", help="only cases whose name begins so")
    parser.add_argument("--folder", type=Path, help="where the rows are kept, so that a run can be taken up again")
    options = parser.parse_args()
    chosen = [case for case in CASES if case.name.startswith(options.cases)]
    rows = [_kept(case, options) for case in chosen]
    print("\n".join([*explained(options.seeds, options.runs), "", *table(rows)]))


def _kept(case: Case, options: argparse.Namespace) -> Record:
    """A row from the folder, or measured and put there."""
    if options.folder is None:
        return measure(case, options.seeds, options.runs, options.time_limit)
    options.folder.mkdir(parents=True, exist_ok=True)
    path: Path = options.folder / f"{case.name.replace(', ', '--').replace(' ', '-')}.json"
    if not path.exists():
        row = measure(case, options.seeds, options.runs, options.time_limit)
        path.write_text(json.dumps(row, indent=1), encoding="utf-8")
    found: Record = json.loads(path.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    main()
