"""The base of all records of a plan."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """One row of a table, or a group of settings: frozen, and without room for unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Names of the columns, as they stand in a file."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())
