"""Reads a plan, from any of its three forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from procure.errors import Fault, PlanError, UsageError
from procure.plan.csv_folder import read_folder
from procure.plan.json_file import from_mapping, read_json
from procure.plan.overrides import override
from procure.plan.records import Plan
from procure.plan.source import Source
from procure.plan.validation import validate
from procure.plan.workbook import read_workbook


def read_plan(path: str | Path, overrides: Sequence[str] = ()) -> Plan:
    """Read and check a plan.

    Parameters
    ----------
    path
        A ``plan.json``, a folder of CSV or Parquet files with a ``plan.toml``, or an ``.xlsx`` workbook.
    overrides
        Settings that replace those of the plan, such as ``capital.order_budget=25000``.

    Raises
    ------
    UsageError
        When there is no plan to read, or an override names no setting.
    PlanError
        With every fault in the plan.
    """
    place = Path(path)
    try:
        source = _read(place)
    except OSError as error:
        raise UsageError(f"can't read the plan {_name(error, place)}: {error.strerror or error}") from error
    override(source, overrides)
    return validate(source)


def _name(error: OSError, place: Path) -> str:
    return str(error.filename or place)


def _read(path: Path) -> Source:
    if path.is_dir():
        return read_folder(path)
    if not path.exists():
        raise UsageError(f"no plan at {path}; name a plan.json, a folder of CSV files or an .xlsx workbook")
    suffix = path.suffix.lower()
    if suffix == ".json":
        return read_json(path)
    if suffix in (".xlsx", ".xlsm"):
        return read_workbook(path)
    raise UsageError(f"{path} is no plan: {_cure(path, suffix)}")


def _cure(path: Path, suffix: str) -> str:
    if suffix in (".csv", ".toml"):
        return f"name the folder it is in, {path.parent}"
    if suffix in (".xls", ".ods", ".xlsb", ".numbers"):
        return "save it as an .xlsx workbook"
    return "a plan is a .json file, a folder of CSV files or an .xlsx workbook"


def plan_from_dict(data: Mapping[str, Any], base: Path | str | None = None) -> Plan:
    """Make a plan from data of the form of the JSON file; see `Plan.from_dict`."""
    if not isinstance(data, Mapping):
        message = f"must be a dict with keys such as format, name and items, got {type(data).__name__}"
        raise PlanError([Fault("plan", message=message)])
    return validate(from_mapping(data, Path.cwd() if base is None else Path(base)))
