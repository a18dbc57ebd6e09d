"""From what was read to a plan, or to all its faults at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from procure.errors import Fault, PlanError
from procure.plan.checks import CHECKS
from procure.plan.columns import columns_of
from procure.plan.draft import Draft
from procure.plan.faults import MISSING, faults_in, show
from procure.plan.frame import Frame
from procure.plan.large_tables import take_frames
from procure.plan.offer_ids import offer_ids
from procure.plan.records import TABLES, Offer, Plan, Settings
from procure.plan.rows import gathered, validate_rows
from procure.plan.samples import read_samples
from procure.plan.source import Source, without_nulls

_STAND_INS: Mapping[str, Any] = {
    "format": "procure-plan/1",
    "name": "?",
    "start_date": "2000-01-01",
    "periods": 1,
    "currency": "XXX",
}


def validate(source: Source) -> Plan:
    """Make a plan of what was read.

    Raises
    ------
    PlanError
        With every fault found: of reading, of single values, and across the tables.
    """
    faults = list(source.faults)
    if faults and not source.settings and not source.tables:  # nothing could be read
        raise PlanError(faults)
    draft, found = examine(source)
    samples, wrong = read_samples(draft)
    if faults := faults + found + wrong:
        raise PlanError(_in_order(faults, source))
    plan = Plan.model_validate(
        {name: getattr(draft.settings, name) for name in draft.settings.model_fields_set}
        | {table: tuple(record for _, record in rows) for table, rows in draft.sound.items()}
        | draft.columns
    )
    plan._samples = samples
    return plan


def examine(source: Source) -> tuple[Draft, list[Fault]]:
    """Check single values, then all that concerns more than one."""
    faults: list[Fault] = []
    settings, doubtful = _settings(source, faults)
    draft = Draft(source, settings, doubtful)
    large: dict[str, Frame] = {}
    for table in TABLES:
        given = source.tables.get(table)
        if isinstance(given, Frame):
            large[table] = given
        elif given is not None:
            _take_table(table, given, draft, faults)
    if large:
        take_frames(large, draft, faults)
    _name_offers(draft)
    for check in CHECKS:
        faults += check(draft)
    return draft, faults


def _settings(source: Source, faults: list[Fault]) -> tuple[Settings, frozenset[str]]:
    given = without_nulls(source.settings)
    try:
        return Settings.model_validate(given), frozenset()
    except ValidationError as error:
        details = error.errors(include_url=False)
        doubtful = frozenset(str(detail["loc"][0]) for detail in details)
        if "settings" not in source.unread:
            faults += _setting_faults(error, source)
    sound = {key: value for key, value in given.items() if key not in doubtful}
    return Settings.model_validate({**_STAND_INS, **sound}), doubtful


def _setting_faults(error: ValidationError, source: Source) -> list[Fault]:
    def place(location: tuple[Any, ...]) -> tuple[str, int | None]:
        return source.setting_place(".".join(str(part) for part in location))

    found = faults_in(error, place, columns_of(Settings))
    return [
        Fault(f.table, f.row, (f.column or "").removeprefix(f"{f.table}.") or None, f.value, f.message) for f in found
    ]


def _take_table(table: str, given: Any, draft: Draft, faults: list[Fault]) -> None:
    """Validate the rows of a table; those at fault stay known by what was read."""
    label = draft.source.label(table)
    if not isinstance(given, (list, tuple)):
        faults.append(Fault(label, value=given, message=f"must be a list of records, got {show(given)}"))
        draft.source.unread.add(table)
        return
    found = validate_rows(table, list(enumerate(given)), draft)
    missing = Counter(f.column for f in found if f.message == MISSING)
    faults += gathered(found, label, [c for c, count in missing.items() if c and count == len(given) > 1])


def _name_offers(draft: Draft) -> None:
    """Give the offers without an id the default one."""
    if "offers" not in draft.columns:
        raw = draft.raw.get("offers", [])
        names = offer_ids([row for _, row in raw])
        draft.offer_names = [(k, name) for (k, _), name in zip(raw, names, strict=True)]
    default = dict(draft.offer_names)
    draft.sound["offers"] = [
        (k, offer if offer.offer else offer.model_copy(update={"offer": default[k]})) for k, offer in draft.rows(Offer)
    ]


def _in_order(faults: list[Fault], source: Source) -> list[Fault]:
    """Order faults by settings, table and row."""
    order = {source.label(table): k for k, table in enumerate(TABLES, start=1)}
    return sorted(faults, key=lambda f: (order.get(f.table, 0), f.line or f.row or 0))
