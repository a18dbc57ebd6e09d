"""`simulation.json` with `items.csv`, `limits.csv` and `runs.csv`: a simulation as files, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from pydantic import ValidationError

from procure.errors import UsageError
from procure.insight.simulation.records import FORMAT, RUN_COLUMNS, Figure, Gap, ItemFigure, LimitFigure, Simulation
from procure.solution.records import PlanReference, Record
from procure.solution.stored import stored
from procure.solution.write import csv_text, write_as_set

SIMULATION_FILE = "simulation.json"
FILES = ("items.csv", "limits.csv", "runs.csv", SIMULATION_FILE)

AnyRecord = TypeVar("AnyRecord", bound=Record)


def head(simulation: Simulation) -> dict[str, Any]:
    """Everything but the single runs, as JSON values."""
    return {
        "format": FORMAT,
        "kind": simulation.kind,
        "plan": simulation.reference.model_dump(mode="json"),
        "currency": simulation.currency,
        "uncertainty": simulation.uncertainty,
        "planner": simulation.planner,
        "seed": simulation.seed,
        "run_count": simulation.runs,
        "weeks": simulation.weeks,
        "figures": _dumped(simulation.figures),
        "items": _dumped(simulation.items),
        "limits": _dumped(simulation.limits),
        "limits_ever": _dumped(simulation.limits_ever),
        "gap": None if simulation.gap is None else simulation.gap.model_dump(mode="json"),
        "notes": list(simulation.notes),
    }


def _dumped(records: Sequence[Record]) -> list[dict[str, Any]]:
    return [record.model_dump(mode="json") for record in records]


def write_simulation(simulation: Simulation, directory: str | Path) -> tuple[Path, ...]:
    """Write the files of a simulation as a set; return their paths.

    Raises
    ------
    UsageError
        The directory can't be made or written to.
    """
    texts = dict(zip(FILES, _texts(simulation), strict=True))

    def stage(staging: Path) -> Sequence[str]:
        for name, text in texts.items():
            (staging / name).write_text(text, encoding="utf-8", newline="")
        return FILES

    return write_as_set(directory, stage)


def _texts(simulation: Simulation) -> tuple[str, ...]:
    """Return the text of each file, in the order of `FILES`."""
    rows = simulation.table.to_numpy(dtype=float).tolist()
    runs = [{"run": k, **dict(zip(RUN_COLUMNS, row, strict=True))} for k, row in enumerate(rows)]
    lines = ",\n".join(json.dumps(run, allow_nan=False) for run in runs)
    whole = json.dumps(head(simulation), indent=1, ensure_ascii=False, allow_nan=False)
    return (
        _csv(ItemFigure, simulation.items),
        _csv(LimitFigure, (*simulation.limits, *simulation.limits_ever)),
        csv_text(("run", *RUN_COLUMNS), [tuple(run.values()) for run in runs]),
        f'{whole.removesuffix("}").rstrip()},\n "runs": [\n{lines}\n]\n}}\n',
    )


def _csv(kind: type[Record], records: Sequence[Record]) -> str:
    columns = tuple(kind.model_fields)
    return csv_text(columns, [tuple(getattr(record, name) for name in columns) for record in records])


def read_simulation(path: str | Path) -> Simulation:
    """Read a simulation back.

    Parameters
    ----------
    path
        A `simulation.json`, or the directory that holds it.

    Raises
    ------
    UsageError
        The file is missing or is no simulation.
    """
    source, document = stored(path, SIMULATION_FILE, FORMAT, "a simulation")
    try:
        return _simulation(document)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise UsageError(f"{source} is not a whole simulation ({first}); simulate the plan again") from error


def _simulation(document: dict[str, Any]) -> Simulation:
    plain = ("currency", "uncertainty", "kind", "planner", "seed", "weeks")
    return Simulation(
        reference=PlanReference.model_validate(document["plan"]),
        runs=document["run_count"],
        **{name: document[name] for name in plain},
        figures=_records(Figure, document["figures"]),
        items=_records(ItemFigure, document["items"]),
        limits=_records(LimitFigure, document["limits"]),
        limits_ever=_records(LimitFigure, document["limits_ever"]),
        gap=None if document["gap"] is None else Gap.model_validate(document["gap"]),
        notes=tuple(document["notes"]),
        table=pd.DataFrame(document["runs"]).loc[:, list(RUN_COLUMNS)],
    )


def _records(kind: type[AnyRecord], rows: Sequence[dict[str, Any]]) -> tuple[AnyRecord, ...]:
    return tuple(kind.model_validate(row) for row in rows)
