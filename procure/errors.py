"""Everything that procure raises on purpose.

::

    ProcureError
    ├── UsageError      the command or call asks for something that does not exist   exit 2
    ├── PlanError       the plan is at fault; carries every fault, each with place   exit 2
    ├── NoPlanError     no plan was found in the time given                          exit 4
    ├── SolverError     the solver is missing, broke down, or answered nonsense      exit 1
    └── InternalError   procure contradicts itself; please report it                 exit 1

A message says what is wrong, where, with which value, and what to do. A reduced limit is not an error: such a
plan is a result with the status ``relaxed`` (exit 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, ClassVar

MOST_SHOWN = 200
"""Faults that the text of a PlanError lists; the rest is counted."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a plan.

    Parameters
    ----------
    table
        Table, file or sheet, as its owner knows it: ``offers.csv`` in a folder, ``offers`` in JSON and in a
        workbook.
    row
        Row as a spreadsheet counts, the header being row 1. None when the fault is not in one row.
    column
        Column or key, dotted inside a nested value (``payment_terms.deposit``). None when it is the whole
        row.
    value
        What was found there, as read; None when there was nothing.
    message
        What is wrong, the value found, and the cure.
    line
        Line of the file, where the text itself can't be read (malformed JSON, TOML or CSV).
    """

    table: str
    row: int | None = None
    column: str | None = None
    value: Any = None
    message: str = ""
    line: int | None = None

    @property
    def place(self) -> str:
        """Where: ``offers.csv, row 7, minimum_order_quantity``."""
        parts = [self.table]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(self.column)
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class ProcureError(Exception):
    """Base of all errors that procure raises on purpose."""

    exit_code: ClassVar[int] = 1


class UsageError(ProcureError):
    """The command line or the call asks for something that does not exist."""

    exit_code = 2


class PlanError(ProcureError):
    """The plan is at fault.

    Parameters
    ----------
    faults
        Every fault found, in the order of the plan's tables and rows.
    """

    exit_code = 2

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        count = len(self.faults)
        lines = [f"{count} fault{'' if count == 1 else 's'} in the plan:"]
        lines += [str(fault) for fault in self.faults[:MOST_SHOWN]]
        if count > MOST_SHOWN:
            lines.append(f"... and {count - MOST_SHOWN} more")
        return "\n".join(lines)


class NoPlanError(ProcureError):
    """No plan was found in the time given."""

    exit_code = 4


class SolverError(ProcureError):
    """The solver is missing, broke down, or gave an answer that can't be used."""


class InternalError(ProcureError):
    """Procure contradicts itself: a fault of the program, not of the plan."""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return `` (did you mean 'BOLT-M8'?)`` for the nearest known word, or an empty text."""
    folded = {name.casefold(): name for name in reversed(known)}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f" (did you mean '{folded[near[0]]}'?)" if near else ""
