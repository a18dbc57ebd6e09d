"""A plan under examination: the rows that are sound by themselves, and what is known of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from procure.errors import Fault
from procure.plan.records import TABLES, Record, Settings
from procure.plan.source import Source

R = TypeVar("R", bound=Record)

TABLE_OF = {record: table for table, record in TABLES.items()}
"""The table of each record."""


@dataclass
class Draft:
    """A plan whose cross-table faults are looked for.

    Parameters
    ----------
    source
        What was read, with the places.
    settings
        The scalars; those at fault hold a stand-in.
    doubtful
        Names of the settings at fault; what depends on them can't be checked.
    raw
        All rows of each table as read.
    sound
        Position and record of the rows without a fault of their own.
    """

    source: Source
    settings: Settings
    doubtful: frozenset[str] = frozenset()
    raw: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sound: dict[str, list[tuple[int, Record]]] = field(default_factory=dict)

    def rows(self, record: type[R]) -> Sequence[tuple[int, R]]:
        """Position and record of the sound rows of a table."""
        return cast("list[tuple[int, R]]", self.sound.get(TABLE_OF[record], []))

    def raw_rows(self, record: type[Record]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Position and content of all rows of a table, sound or not."""
        return enumerate(self.raw.get(TABLE_OF[record], []))

    def ids(self, record: type[Record], column: str) -> dict[str, int] | None:
        """Ids of a table with the position of their first row; None when the table could not be read."""
        if TABLE_OF[record] in self.source.unread:
            return None
        found: dict[str, int] = {}
        for index, row in self.raw_rows(record):
            if isinstance(name := row.get(column), str):
                found.setdefault(name, index)
        return found

    def row(self, record: type[Record], index: int) -> int:
        """Row number of a position, as a spreadsheet counts."""
        return self.source.row(TABLE_OF[record], index)

    def fault(self, record: type[Record], index: int, column: str | None, value: Any, message: str) -> Fault:
        """Make a fault of a row."""
        table = TABLE_OF[record]
        return Fault(self.source.label(table), self.source.row(table, index), column, value, message)

    def setting_fault(self, key: str, value: Any, message: str) -> Fault:
        """Make a fault of a setting."""
        label, row = self.source.setting_place(key)
        return Fault(label, row, _name_there(key, label), value, message)

    @property
    def periods(self) -> int | None:
        """T, the horizon; None when it is not known."""
        return None if "periods" in self.doubtful else self.settings.periods

    def knows(self, *settings: str) -> bool:
        """Tell whether the settings are all sound."""
        return not self.doubtful.intersection(settings)


def _name_there(key: str, label: str) -> str:
    """Name of a setting in the sheet that holds its group."""
    return key.removeprefix(f"{label}.") if label in ("capital", "policy") else key
