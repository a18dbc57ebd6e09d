"""A plan under examination: the rows that are sound by themselves, and what is known of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from procure.errors import Fault
from procure.plan.records import TABLES, Demand, Record, Settings
from procure.plan.source import Source
from procure.plan.table import Columns, coded

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
        Position and content of the rows of each table as read; of a table of columns only those that a check may
        have something to say about (`procure.plan.sieve`).
    sound
        Position and record of those among them without a fault of their own.
    columns
        Large tables, read by column.
    offer_names
        Position of each of the offers in `raw` and its id, given or default.
    """

    source: Source
    settings: Settings
    doubtful: frozenset[str] = frozenset()
    raw: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    sound: dict[str, list[tuple[int, Record]]] = field(default_factory=dict)
    columns: dict[str, Columns[Any]] = field(default_factory=dict)
    offer_names: list[tuple[int, str]] = field(default_factory=list)
    _ids: dict[str, Mapping[str, None]] = field(default_factory=dict)

    def rows(self, record: type[R]) -> Sequence[tuple[int, R]]:
        """Position and record of the sound rows of a table."""
        return cast("list[tuple[int, R]]", self.sound.get(TABLE_OF[record], []))

    def raw_rows(self, record: type[Record]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Position and content of all rows of a table, sound or not."""
        return iter(self.raw.get(TABLE_OF[record], []))

    def ids(self, record: type[Record], column: str) -> Mapping[str, None] | None:
        """Ids that occur in a table, in its order; None when the table could not be read."""
        table = TABLE_OF[record]
        if table in self.source.unread:
            return None
        if table in self.columns:
            return self._ids_by_column(table, column)
        names = (row.get(column) for _, row in self.raw_rows(record))
        return dict.fromkeys(name for name in names if isinstance(name, str))

    def _ids_by_column(self, table: str, column: str) -> Mapping[str, None]:
        """The same of a large table, made once since it takes a while."""
        if table not in self._ids:
            names = coded(self.columns[table], column).values
            self._ids[table] = dict.fromkeys(name for name in names if isinstance(name, str))
        return self._ids[table]

    def demand_places(self) -> set[tuple[str, str]]:
        """Item and warehouse of every demand row that is sound."""
        demand: Sequence[Any] = self.columns.get("demand", [row for _, row in self.rows(Demand)])
        items, warehouses = (coded(demand, name).strings().tolist() for name in ("item", "warehouse"))
        return set(zip(items, warehouses, strict=True))

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
