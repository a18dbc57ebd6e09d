"""`solution.json`: a solution as a JSON document, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from pydantic import ValidationError

from procure.errors import UsageError
from procure.plan import read_plan
from procure.solution.records import (
    FORMAT,
    PROJECTION_COLUMNS,
    Backorders,
    CostParts,
    CustomerPromise,
    ExpectedBackorders,
    LimitSaving,
    OrderLine,
    PlanReference,
    PurchaseOrder,
    Record,
    Relaxation,
    ResourceUse,
    Solution,
    Transfer,
)
from procure.solution.stored import stored

AnyRecord = TypeVar("AnyRecord", bound=Record)

DIGITS = 15  # significant; the 16th and 17th of a double are noise of the arithmetic
PROJECTION_DECIMALS = 9
CHUNK = 100_000

PLAN_FOLDER = "plan_tables"
"""Holds the plan beside a solution as Parquet files, where its tables are too large for a `plan.json`."""


def solution_text(solution: Solution, files: Mapping[str, str]) -> Iterator[str]:
    """Yield `solution.json` piece by piece: a key a line, and lists a record a line.

    Parameters
    ----------
    solution
        What to write.
    files
        SHA-256 of the files written with it, by name.
    """
    yield "{\n"
    for key, value in _head(solution).items():
        yield f"{json.dumps(key)}: {_json(value)},\n"
    for key, records in _lists(solution):
        yield from _list(key, (_json(record.model_dump(mode="json", by_alias=True)) for record in records))
    yield from _list("projection", _projection_lines(solution.projected))
    yield f'"warnings": {_json(list(solution.warnings))},\n'
    yield f'"files": {_json(dict(files))}\n'
    yield "}\n"


def read_solution(path: str | Path) -> Solution:
    """Read a solution and the plan beside it.

    Parameters
    ----------
    path
        A `solution.json`, or the directory that holds it.

    Raises
    ------
    UsageError
        The file is missing, is not a solution, or belongs to another plan than the `plan.json` beside it.
    PlanError
        The plan beside it is at fault.
    """
    source, document = stored(path, "solution.json", FORMAT, "a solution")
    plan = read_plan(source.parent / _plan_beside(document))
    try:
        reference = PlanReference.model_validate(document["plan"])
        solution = Solution(plan=plan, **_fields(document))
    except (KeyError, TypeError, ValidationError) as error:
        raise UsageError(f"{source} is not a whole solution ({_first_line(error)}); solve the plan again") from error
    if reference.digest != plan.digest():
        raise UsageError(
            f"{source} belongs to another plan than the plan.json beside it; solve the plan again, "
            "or bring the two files of one run together"
        )
    return solution


def _plan_beside(document: Mapping[str, Any]) -> str:
    """Name of the plan beside a solution: a file, or a folder where its tables are large."""
    files = document.get("files")
    return PLAN_FOLDER if isinstance(files, dict) and f"{PLAN_FOLDER}/plan.toml" in files else "plan.json"


def _head(solution: Solution) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "plan": solution.plan_reference.model_dump(mode="json"),
        "status": solution.status,
        "objective": solution.objective,
        "engine": solution.engine,
        "solver": solution.solver,
        "cost": solution.cost.model_dump(mode="json"),
        "bound": solution.bound,
        "gap": solution.gap,
        "backorder_bound": solution.backorder_bound,
        "expected_backorders": solution.expected_backorders.model_dump(mode="json"),
        "expected_backorders_without_orders": solution.without_orders.model_dump(mode="json"),
        "fill_rate": solution.fill_rate,
        "seconds": {phase: round(seconds, 3) for phase, seconds in solution.seconds.items()},
    }


def _lists(solution: Solution) -> Iterator[tuple[str, Sequence[Record]]]:
    yield "orders", solution.lines
    yield "purchase_orders", solution.headers
    yield "transfers", solution.transfers
    yield "resources", solution.resources
    yield "limit_savings", solution.limit_savings
    yield "relaxations", solution.relaxations
    yield "promises", solution.promises


def _list(key: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"{json.dumps(key)}: ["
    separator = "\n"
    for line in lines:
        yield separator + line
        separator = ",\n"
    yield "],\n" if separator == "\n" else "\n],\n"


def _projection_lines(projected: pd.DataFrame) -> Iterator[str]:
    # By pandas and in chunks, since a plan of many items has a million rows.
    for start in range(0, len(projected), CHUNK):
        rows = projected.iloc[start : start + CHUNK].loc[:, list(PROJECTION_COLUMNS)]
        text = rows.to_json(orient="records", lines=True, double_precision=PROJECTION_DECIMALS, force_ascii=False)
        yield from str(text).rstrip("\n").split("\n")


def _json(value: Any) -> str:
    return json.dumps(_clean(value), ensure_ascii=False, allow_nan=False)


def _clean(value: Any) -> Any:
    """Return the value with every float free of noise, whole ones as int."""
    if isinstance(value, float):
        number = float(f"{value:.{DIGITS}g}")
        return int(number) if number.is_integer() and abs(number) < 10**DIGITS else number
    if isinstance(value, dict):
        return {key: _clean(entry) for key, entry in value.items()}
    return [_clean(entry) for entry in value] if isinstance(value, list) else value


def _fields(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: document[key] for key in ("status", "objective", "engine", "solver", "bound", "gap")},
        **{key: document[key] for key in ("backorder_bound", "fill_rate", "seconds")},
        "cost": CostParts.model_validate(document["cost"]),
        "expected_backorders": ExpectedBackorders.model_validate(document["expected_backorders"]),
        "without_orders": Backorders.model_validate(document["expected_backorders_without_orders"]),
        "lines": _records(OrderLine, document["orders"]),
        "headers": _records(PurchaseOrder, document["purchase_orders"]),
        "transfers": _records(Transfer, document["transfers"]),
        "resources": _records(ResourceUse, document["resources"]),
        "limit_savings": _records(LimitSaving, document.get("limit_savings", ())),
        "relaxations": _records(Relaxation, document["relaxations"]),
        "promises": _records(CustomerPromise, document.get("promises", ())),
        "warnings": tuple(document["warnings"]),
        "projected": pd.DataFrame(document["projection"], columns=list(PROJECTION_COLUMNS)),
    }


def _records(record: type[AnyRecord], rows: Iterable[Mapping[str, Any]]) -> tuple[AnyRecord, ...]:
    return tuple(record.model_validate(row) for row in rows)


def _first_line(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no {error.args[0]!r}"
    return str(error).splitlines()[0]
