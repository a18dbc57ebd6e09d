"""`capital.order_budget=-20%`, `policy.holding_rate=0.3`: the settings that `solve --set` changes, also by a factor."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from procure.errors import UsageError
from procure.insight.whatif.grammar import Change
from procure.plan.columns import RECORD, setting_column, setting_columns
from procure.plan.records import Plan, Settings

FIXED = ("format", "name", "start_date", "periods", "period_days", "currency", "demand_samples")
"""Settings without which nothing could be compared any more."""


def is_setting(key: str) -> bool:
    """Whether a key is a setting of plans."""
    return setting_column(key) is not None


def known_settings() -> list[str]:
    """Settings that can be changed."""
    return [k for k, column in setting_columns().items() if RECORD not in column.kinds and k not in FIXED]


def setting(plan: Plan, change: Change) -> Plan:
    """Change a setting.

    Raises
    ------
    UsageError
        The setting is a group or can't be compared, or the value does not fit.
    """
    key, column = change.key, setting_column(change.key)
    if key in FIXED:
        raise UsageError(f"{key} can't be changed in a scenario: the results could not be compared")
    if column is not None and RECORD in column.kinds and not change.value.takes_away:
        inside = [name for name in known_settings() if name.startswith(f"{key}.")]
        raise UsageError(f"'{key}' is a group; change one of {', '.join(inside)}")
    document = plan.model_dump(by_alias=True, include=set(Settings.model_fields))
    *path, last = key.split(".")
    group = document
    for name in path:
        if group.get(name) is None:
            group[name] = {}
        group = group[name]
    value = change.value.of(group.get(last), key)
    if value is None:
        group.pop(last, None)
    else:
        group[last] = value
    return _with(plan, document, change)


def _with(plan: Plan, document: dict[str, Any], change: Change) -> Plan:
    try:
        made = Settings.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"{change.key}: {message[0].lower()}{message[1:]}, got {first['input']!r}") from None
    return plan.model_copy(update={name: getattr(made, name) for name in Settings.model_fields})
