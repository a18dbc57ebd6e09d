"""`frontier.json`, `frontier.csv` and `frontier.svg`: a frontier as files, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from procure.errors import UsageError
from procure.insight.frontier.chart import chart
from procure.insight.frontier.records import FORMAT, Frontier, FrontierPoint
from procure.solution.records import CostParts
from procure.solution.stored import stored
from procure.solution.write import csv_text, write_as_set

FRONTIER_FILE = "frontier.json"
FILES = ("frontier.csv", "frontier.svg", FRONTIER_FILE)

POINT_COLUMNS = tuple(name for name in FrontierPoint.model_fields if name != "cost")
COLUMNS = (*POINT_COLUMNS, *CostParts.model_fields)
"""Columns of `frontier.csv`: a point, then its cost by part."""


def write_frontier(frontier: Frontier, directory: str | Path) -> tuple[Path, ...]:
    """Write the files of a frontier as a set; return their paths.

    Raises
    ------
    UsageError
        The directory can't be made or written to.
    """
    whole = json.dumps(frontier.model_dump(mode="json"), indent=1, ensure_ascii=False, allow_nan=False)
    texts = csv_text(COLUMNS, _rows(frontier)), chart(frontier), f"{whole}\n"

    def stage(staging: Path) -> Sequence[str]:
        for name, text in zip(FILES, texts, strict=True):
            (staging / name).write_text(text, encoding="utf-8", newline="")
        return FILES

    return write_as_set(directory, stage)


def _rows(frontier: Frontier) -> Iterator[tuple[float | str | bool | None, ...]]:
    for point in frontier.points:
        own = tuple(getattr(point, name) for name in POINT_COLUMNS)
        yield (*own, *(getattr(point.cost, part) for part in CostParts.model_fields))


def read_frontier(path: str | Path) -> Frontier:
    """Read a frontier back.

    Parameters
    ----------
    path
        A `frontier.json`, or the directory that holds it.

    Raises
    ------
    UsageError
        The file is missing or is no frontier.
    """
    source, document = stored(path, FRONTIER_FILE, FORMAT, "a frontier")
    try:
        return Frontier.model_validate(document)
    except ValidationError as error:
        first = str(error).splitlines()[0]
        raise UsageError(f"{source} is not a whole frontier ({first}); make it again") from error
