"""What a reader hands over: raw values, where each stood, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.errors import Fault


@dataclass
class Source:
    """A plan as it was read, before any check.

    Parameters
    ----------
    base
        Folder that relative paths in the plan start from.
    settings
        Scalars by name, `capital` and `policy` nested.
    tables
        Rows by table: a list of dicts, a `Frame` of a large table, or, from JSON, anything else.
    rows
        Row numbers of a table's records, as a spreadsheet counts; without them, the first record is row 2.
    labels
        How a table is called in faults, such as ``offers.csv``; without one, by its name.
    settings_label
        How the place of the settings is called in faults.
    setting_places
        Label and row of single settings (by dotted name) that stand elsewhere.
    faults
        What could not be read.
    unread
        Tables that could not be read at all; what refers to them can't be checked.
    """

    base: Path
    settings: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Sequence[int] | NDArray[np.int64]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    settings_label: str = "plan"
    setting_places: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def label(self, table: str) -> str:
        """How the table is called."""
        return self.labels.get(table, table)

    def row(self, table: str, index: int) -> int:
        """Row number of a record."""
        rows = self.rows.get(table, ())
        return int(rows[index]) if len(rows) else index + 2

    def setting_place(self, key: str) -> tuple[str, int | None]:
        """Label and row of a setting, found by its dotted name or by that of the group it is in."""
        while key:
            if key in self.setting_places:
                return self.setting_places[key]
            key = key.rpartition(".")[0]
        return self.settings_label, None

    def has_setting(self, key: str) -> bool:
        """Tell whether a setting or group of that dotted name is there."""
        value: Any = self.settings
        for name in key.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value is not None

    def put_setting(self, key: str, value: Any) -> bool:
        """Set a setting by its dotted name; False when a group on the way is no group."""
        *groups, name = key.split(".")
        place = self.settings
        for group in groups:
            inner = place.get(group)
            if inner is None:
                inner = place[group] = {}
            if not isinstance(inner, dict):
                return False
            place = inner
        place[name] = value
        return True


def without_nulls(value: Any) -> Any:
    """Leave out what is null: an absent value, as an empty cell is."""
    if isinstance(value, dict):
        if all(v is not None and not isinstance(v, dict) for v in value.values()):
            return value
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return without_nulls(dict(value)) if isinstance(value, Mapping) else value
