"""Settings given on the command line: ``--set capital.order_budget=25000``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from procure.errors import UsageError, did_you_mean
from procure.plan.columns import RECORD, Column, setting_column, setting_columns
from procure.plan.records import TABLES
from procure.plan.source import Source

LABEL = "--set"
"""What the place of such a setting is called in faults."""


def override(source: Source, overrides: Sequence[str]) -> None:
    """Replace settings of what was read.

    Parameters
    ----------
    source
        What was read; its settings are changed.
    overrides
        ``KEY=VALUE`` each, the key dotted inside capital, policy and exchange_rates, the value as in JSON or
        plain text. ``null`` or nothing takes a setting away.

    Raises
    ------
    UsageError
        When a key is no setting, or there is no ``=``.
    """
    for text in overrides:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not key:
            raise UsageError(f"--set needs KEY=VALUE such as capital.order_budget=25000, got '{text}'")
        source.put_setting(key, _value(value, _column(key)))
        source.setting_places[key] = (LABEL, None)


def _column(key: str) -> Column:
    column = setting_column(key)
    if column is None:
        if key.split(".")[0] in TABLES:
            raise UsageError(
                f"--set changes settings of a plan, and {key.split('.')[0]} is a table; change it in the plan"
            )
        raise UsageError(f"--set: no setting '{key}'{did_you_mean(key, _scalars())}")
    if RECORD in column.kinds:
        inside = [name for name in _scalars() if name.startswith(f"{key}.")]
        raise UsageError(f"--set: '{key}' is a group; set one of {', '.join(inside)}")
    return column


def _scalars() -> list[str]:
    return [name for name, column in setting_columns().items() if RECORD not in column.kinds]


def _value(text: str, column: Column) -> Any:
    """Read a value as JSON, where that fits the setting; otherwise it is plain text."""
    if not text:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if column.is_text and value is not None and not isinstance(value, str) else value
