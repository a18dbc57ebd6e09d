"""`whatif.csv` and `whatif.json`: scenarios as files, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from procure.errors import UsageError
from procure.insight.whatif.records import FORMAT, Outcome, ScenarioOutcome, WhatIf
from procure.solution.records import CostParts
from procure.solution.stored import stored
from procure.solution.tables import Cell
from procure.solution.write import csv_text, write_as_set

WHATIF_FILE = "whatif.json"
FILES = ("whatif.csv", WHATIF_FILE)

_LISTS = ("changes", "cost", "relaxations", "release", "transfers_now", "words")
FIGURES = tuple(name for name in ScenarioOutcome.model_fields if name not in (*_LISTS, "name"))
COLUMNS = ("name", "changes", *FIGURES, *CostParts.model_fields)
"""Columns of `whatif.csv`: the plan as it is and each scenario, then its cost by part."""


def write_whatif(found: WhatIf, directory: str | Path) -> tuple[Path, ...]:
    """Write the files of scenarios as a set; return their paths.

    Raises
    ------
    UsageError
        The directory can't be made or written to.
    """
    whole = json.dumps(found.model_dump(mode="json", by_alias=True), indent=1, ensure_ascii=False, allow_nan=False)
    texts = csv_text(COLUMNS, _rows(found)), f"{whole}\n"

    def stage(staging: Path) -> Sequence[str]:
        for name, text in zip(FILES, texts, strict=True):
            (staging / name).write_text(text, encoding="utf-8", newline="")
        return FILES

    return write_as_set(directory, stage)


def _rows(found: WhatIf) -> Iterator[tuple[Cell, ...]]:
    outcomes: tuple[Outcome, ...] = (found.base, *found.scenarios)
    for outcome in outcomes:
        figures = (getattr(outcome, name, None) for name in FIGURES)
        parts = (getattr(outcome.cost, part) for part in CostParts.model_fields)
        yield (outcome.name, ", ".join(outcome.changes), *figures, *parts)


def read_whatif(path: str | Path) -> WhatIf:
    """Read scenarios back.

    Parameters
    ----------
    path
        A `whatif.json`, or the directory that holds it.

    Raises
    ------
    UsageError
        The file is missing or holds no scenarios.
    """
    source, document = stored(path, WHATIF_FILE, FORMAT, "a file of scenarios")
    try:
        return WhatIf.model_validate(document)
    except ValidationError as error:
        raise UsageError(f"{source} is not whole ({str(error).splitlines()[0]}); make it again") from error
