"""Writing a result: one directory of files, replaced as a set.

Every file is first written whole beside its place, in a hidden directory, and forced to disk; only then are
the old files replaced, one quick rename after another, `solution.json` last. A run killed at any moment
leaves each file whole, either old or new. `solution.json` holds the SHA-256 of the others, which tells a
mixture apart.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TextIO

from procure.errors import UsageError
from procure.plan.arrow_plan import write_plan_folder
from procure.plan.csv_folder import SETTINGS_FILE
from procure.plan.records import TABLES, Plan
from procure.plan.table import Columns
from procure.solution.document import PLAN_FOLDER, solution_text
from procure.solution.records import Solution
from procure.solution.tables import (
    ORDER_COLUMNS,
    PARAMETER_COLUMNS,
    PROMISE_COLUMNS,
    TRANSFER_COLUMNS,
    Cell,
    Row,
    order_rows,
    promise_rows,
    transfer_rows,
)

SOLUTION_FILE = "solution.json"
PLAN_FILE = "plan.json"
SAMPLES_FILE = "demand_samples.csv"
FILES = ("purchase_orders.csv", "supplier_schedule.csv", "transfers.csv", PLAN_FILE, SOLUTION_FILE)

MOST_AS_TEXT = 200_000
"""Rows of a plan up to which it is written as one text."""

PROMISES_FILE = "promises.csv"
"""Written where the plan has a backorder queue."""
PARAMETERS_FILE = "parameters.csv"
"""Written by `procure explain`; one that belongs to an earlier solution goes with it."""

_ALL_NAMES = (*FILES, PROMISES_FILE, PARAMETERS_FILE, SAMPLES_FILE, PLAN_FOLDER)
_TABLE_FILES = (SETTINGS_FILE, SAMPLES_FILE, *(f"{table}.parquet" for table in TABLES))
_TAIL = 1 << 16  # the names of a solution's files stand at its end

_STAGING = ".procure-"  # followed by the process id; cleaned up by the next run if this one is killed
_STALE_SECONDS = 3600.0


def write_solution(solution: Solution, directory: str | Path) -> tuple[Path, ...]:
    """Write the result's files into `directory`, made if need be, and return their paths.

    Raises
    ------
    UsageError
        The directory can't be made or written to.
    """
    return write_as_set(directory, partial(_stage, solution))


def write_as_set(directory: str | Path, stage: Callable[[Path], Sequence[str]]) -> tuple[Path, ...]:
    """Write files into `directory`, made if need be, all or none of them; return their paths.

    Parameters
    ----------
    directory
        Where the files go.
    stage
        Writes every file into the directory it is given; returns their names in the order of their replacement.

    Raises
    ------
    UsageError
        The directory can't be made or written to.
    """
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_stale(folder)
        staging = Path(tempfile.mkdtemp(prefix=f"{_STAGING}{os.getpid()}-", dir=folder))
        try:
            names = stage(staging)
            for name in names:
                _settle(staging / name)
            return _replace(staging, folder, names)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"can't write to {folder}: {error.strerror or error}; nothing is lost, the files of the last run are whole"
        ) from error


def ensure_writable(directory: str | Path) -> None:
    """Refuse an output directory that can't be written to, without leaving a trace in it.

    Raises
    ------
    UsageError
        It is a file, or it or its nearest existing parent can't be written to.
    """
    folder = Path(directory)
    nearest = folder
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if not nearest.is_dir():
        raise UsageError(f"can't write to {folder}: {nearest} is not a directory; choose another with -o")
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise UsageError(f"can't write to {folder}: {error.strerror or error}; choose another with -o") from error


def ensure_apart(plan: str | Path, directory: str | Path, names: Sequence[str] = _ALL_NAMES) -> None:
    """Refuse an output directory in which the result, files of these names, would replace the plan it was made from.

    Raises
    ------
    UsageError
        The directory is the plan's own folder, or holds the plan under a name that the result uses.
    """
    source, folder = Path(plan), Path(directory)
    if not folder.is_dir():
        return
    taken = [folder, *(folder / name for name in names)]
    if any(path.exists() and path.samefile(source) for path in taken):
        raise UsageError(f"the result in {folder} would replace the plan {source}; choose another with -o")


def _stage(solution: Solution, staging: Path) -> tuple[str, ...]:
    """Write every file into `staging`; return their names in the order of their replacement."""
    names = []
    for name, columns, rows in _tables(solution):
        with (staging / name).open("w", encoding="utf-8", newline="") as file:
            _write_rows(file, columns, rows)
        names.append(name)
    names += _stage_plan(solution.plan, staging)
    digests = {name: _digest(staging / name) for name in names}
    with (staging / SOLUTION_FILE).open("w", encoding="utf-8", newline="") as file:
        file.writelines(solution_text(solution, files=digests))
    return (*digests, SOLUTION_FILE)


def _stage_plan(plan: Plan, staging: Path) -> Iterator[str]:
    """Write the plan with its samples; yield the names of the files."""
    if _is_large(plan):
        yield from (f"{PLAN_FOLDER}/{name}" for name in write_plan_folder(plan, staging / PLAN_FOLDER))
        return
    if plan.samples is not None:
        plan.samples.to_csv(staging / SAMPLES_FILE, index=False, lineterminator="\n")
        yield SAMPLES_FILE
        plan = plan.model_copy(update={"demand_samples": SAMPLES_FILE})
    (staging / PLAN_FILE).write_text(plan.to_json(), encoding="utf-8", newline="")
    yield PLAN_FILE


def _is_large(plan: Plan) -> bool:
    """Tell whether a plan that was read by column is too large for one text."""
    tables = [getattr(plan, table) for table in TABLES]
    return sum(map(len, tables)) > MOST_AS_TEXT and any(isinstance(rows, Columns) for rows in tables)


def _tables(solution: Solution) -> Iterator[tuple[str, Sequence[str], Iterable[Row]]]:
    """Name, columns and rows of each table; rows are made as they are written."""
    yield "purchase_orders.csv", ORDER_COLUMNS, order_rows(solution, release=True)
    yield "supplier_schedule.csv", ORDER_COLUMNS, order_rows(solution, release=False)
    yield "transfers.csv", TRANSFER_COLUMNS, transfer_rows(solution)
    if solution.promises:
        yield PROMISES_FILE, PROMISE_COLUMNS, promise_rows(solution.promises)


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Comma, dot, ISO dates, quotes only where needed."""
    buffer = io.StringIO()
    _write_rows(buffer, columns, rows)
    return buffer.getvalue()


def _write_rows(file: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_plain(cell) for cell in row] for row in rows)


def _plain(cell: Cell) -> str:
    """Write a cell out; numbers never in powers of ten."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _settle(path: Path) -> None:
    """Force a file to disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _replace(staging: Path, folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    earlier = _earlier(folder) if SOLUTION_FILE in names else set()
    written = []
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        os.replace(staging / name, folder / name)  # noqa: PTH105 - the tests cut a run short here
        written.append(folder / name)
    for name in sorted(earlier.difference(names)):
        (folder / name).unlink(missing_ok=True)
    _settle_directory(folder)
    return tuple(written)


def _earlier(folder: Path) -> set[str]:
    """Names of files that belong to the solution that is there, and would be wrong beside another."""
    names = _plan_files(folder / SOLUTION_FILE)
    try:
        with (folder / PARAMETERS_FILE).open(encoding="utf-8") as file:
            ours = file.readline().rstrip() == ",".join(PARAMETER_COLUMNS)
    except (OSError, ValueError):
        return names
    return names | {PARAMETERS_FILE} if ours else names


def _plan_files(solution: Path) -> set[str]:
    """Names of the files of a plan's own that an earlier run wrote, so that none of another plan stays behind."""
    try:
        with solution.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            tail = file.read().decode("utf-8", "replace")
        files = json.loads(tail[tail.rindex('"files": ') + len('"files": ') : tail.rindex("}")])
    except (OSError, ValueError):
        return set()
    ours = {PLAN_FILE, PROMISES_FILE, *(f"{PLAN_FOLDER}/{name}" for name in _TABLE_FILES)}
    return ours.intersection(files) if isinstance(files, dict) else set()


def _settle_directory(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a directory can't be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_stale(folder: Path) -> None:
    """Remove what killed runs left behind, but nothing of a run that is still writing."""
    for leftover in folder.glob(f"{_STAGING}*"):
        if leftover.is_dir() and not _in_use(leftover):
            shutil.rmtree(leftover, ignore_errors=True)


def _in_use(leftover: Path) -> bool:
    owner = leftover.name.removeprefix(_STAGING).partition("-")[0]
    if os.name != "posix" or not owner.isdigit():
        return time.time() - leftover.stat().st_mtime < _STALE_SECONDS
    try:
        os.kill(int(owner), 0)  # asks only whether the process is there
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
