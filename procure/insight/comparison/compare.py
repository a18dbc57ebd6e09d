"""Compare two solutions, or two simulations, of one plan."""

from __future__ import annotations

from pathlib import Path

from procure.errors import UsageError
from procure.insight.comparison.records import Comparison, Side
from procure.insight.comparison.simulations import compare_simulations
from procure.insight.comparison.solutions import compare_solutions
from procure.insight.simulation.records import Simulation
from procure.solution.document import read_solution
from procure.solution.records import PlanReference, Solution
from procure.solution.stored import document_at

Result = Solution | Simulation
KINDS = {"solution.json": "procure-solution/1", "simulation.json": "procure-simulation/1"}
"""File of each kind of result, with its format."""


def compare(a: Result | str | Path, b: Result | str | Path) -> Comparison:
    """Compare two solutions, or two simulations, of the same plan.

    Parameters
    ----------
    a, b
        Both solutions or both simulations; or where they are: a `solution.json` or `simulation.json`, or the
        directory that holds it.

    Returns
    -------
    Comparison
        Differences are B less A. Simulations of one seed and number of runs are paired run by run, since they saw
        the same world; others are compared as independent samples, with a warning.

    Raises
    ------
    UsageError
        They belong to different plans, are of different kinds, or can't be read.
    """
    kind = _kind_of(a, b)
    first, second = _read(a, kind), _read(b, kind)
    sides = _side(a, first), _side(b, second)
    if isinstance(first, Solution) and isinstance(second, Solution):
        _ensure_same_plan(first.plan_reference, second.plan_reference, sides)
        return compare_solutions(first, second, sides)
    if isinstance(first, Simulation) and isinstance(second, Simulation):
        _ensure_same_plan(first.reference, second.reference, sides)
        return compare_simulations(first, second, sides)
    raise UsageError("one is a solution, the other a simulation; compare two of a kind")


def _kind_of(a: Result | str | Path, b: Result | str | Path) -> str:
    """Name of the file that both are or hold, where they are paths."""
    paths = [Path(x) for x in (a, b) if isinstance(x, str | Path)]
    found = [_kinds(path) for path in paths]
    common = [name for name in KINDS if all(name in names for names in found)]
    if len(common) > 1 and paths:
        raise UsageError(
            f"{' and '.join(str(path) for path in paths)} hold solutions and simulations; name the files to compare: "
            "solution.json or simulation.json"
        )
    if not common:
        raise UsageError("one is a solution, the other a simulation; compare two of a kind")
    return common[0]


def _kinds(path: Path) -> list[str]:
    """Which results a path leads to."""
    if path.is_dir():
        names = [name for name in KINDS if (path / name).is_file()]
        if not names:
            raise UsageError(f"{path} holds neither solution.json nor simulation.json; solve or simulate first")
        return names
    form = document_at(path).get("format")
    names = [name for name, wanted in KINDS.items() if form == wanted]
    if not names:
        raise UsageError(f"{path} is neither a solution nor a simulation: its format is {form!r}")
    return names


def _read(result: Result | str | Path, kind: str) -> Result:
    if not isinstance(result, str | Path):
        return result
    path = Path(result)
    place = path / kind if path.is_dir() else path
    if kind == "solution.json":
        return read_solution(place)
    from procure.insight.simulation.document import read_simulation

    return read_simulation(place)


def _side(given: Result | str | Path, result: Result) -> Side:
    source = str(given) if isinstance(given, str | Path) else ""
    if isinstance(result, Solution):
        return Side(source=source, label=f"{result.engine} {result.solver}")
    return Side(source=source, label=result.planner)


def _ensure_same_plan(a: PlanReference, b: PlanReference, sides: tuple[Side, Side]) -> None:
    """Refuse to compare results of different plans."""
    if a.digest != b.digest:
        names = [side.source or name for side, name in zip(sides, "AB", strict=True)]
        raise UsageError(
            f"{names[0]} belongs to the plan {a.name!r} (digest {a.digest}), {names[1]} to {b.name!r} "
            f"(digest {b.digest}); solve both from the same plan, with the same --set, --objective and --seed"
        )
