"""`parameters.csv` and `promises.csv`, written as a set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from procure.insight.explanation.records import Explanation
from procure.solution.tables import PROMISE_COLUMNS, promise_rows
from procure.solution.write import PARAMETERS_FILE, PROMISES_FILE, csv_text, write_as_set


def write_explanation(explanation: Explanation, directory: str | Path) -> tuple[Path, ...]:
    """Write the tables of an explanation; return their paths.

    Raises
    ------
    UsageError
        The directory can't be made or written to.
    """

    def stage(staging: Path) -> Sequence[str]:
        explanation.parameters.to_csv(staging / PARAMETERS_FILE, index=False, lineterminator="\n", float_format="%.12g")
        names = [PARAMETERS_FILE]
        if explanation.promises:
            text = csv_text(PROMISE_COLUMNS, promise_rows(explanation.promises))
            (staging / PROMISES_FILE).write_text(text, encoding="utf-8", newline="")
            names.append(PROMISES_FILE)
        return names

    return write_as_set(directory, stage)
