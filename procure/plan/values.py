"""The kinds of value a plan is made of: numbers with a range, dates, maps, lists and small distributions.

Every kind is strict. Text is never taken for a number, true and false are not numbers, NaN and infinity are
refused. What a cell of a CSV file or a workbook means is decided before, in `procure.plan.cells`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

LARGEST = 1e15
"""Larger numbers are mistakes, and solvers take them for infinity."""

LONGEST = 10_000
"""Longest lead time or payment term [days]."""

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)

TOLERANCE = 1e-6
"""How far the probabilities of a distribution may be from a sum of 1."""

ID = r"^\S(?:[^\x00-\x1f\x7f]*\S)?$"
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
CURRENCY = r"^[A-Z]{3}$"
UNIT = r"^[A-Z0-9]{2,3}$"

NUMBER, LIST = "<number>", "<list>"
"""Tags of the two forms of a value per period; angle brackets keep them apart from columns."""


_MOMENT = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?"


def wrong(text: str) -> PydanticCustomError:
    """Return an error whose text is shown to the user as it stands (braces included)."""
    return PydanticCustomError("procure", "{text}", {"text": text})


def is_number(value: object) -> bool:
    """Tell whether a value is a finite number of reasonable size; true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= LARGEST


def plain(number: float) -> str:
    """Write a number without a needless ``.0``: 14.0 is ``14``."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _whole(value: Any) -> Any:
    """Take 8.0 for 8, since spreadsheets and data frames write whole numbers so."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _unsigned_zero(value: float) -> float:
    """Take -0.0 for 0.0, so that equal plans are written equally."""
    return value + 0.0


def _one_line(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


def _day(value: Any) -> Any:
    """Read an ISO date; a timestamp at midnight counts as its date."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise wrong("no such day in the calendar") from None
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        value = value.date()
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise wrong("must be a date such as 2026-03-02 (year-month-day)")
    if not EARLIEST <= value <= LATEST:
        raise wrong(f"must be a date from {EARLIEST} to {LATEST}")
    return value


def _moment(value: Any) -> Any:
    """Read an ISO date or date and time; a date alone is its midnight."""
    if isinstance(value, str) and re.fullmatch(_MOMENT, value):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            raise wrong("no such day or time in the calendar") from None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    if not isinstance(value, dt.datetime) or value.tzinfo is not None:
        raise wrong("must be a date such as 2026-03-02, or a local time such as 2026-03-02T14:30")
    if not EARLIEST <= value.date() <= LATEST:
        raise wrong(f"must be a date from {EARLIEST} to {LATEST}")
    return value


def _write_moment(value: dt.datetime) -> str:
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat()


def _sorted(mapping: dict[str, Any]) -> dict[str, Any]:
    """Order a map by its keys, so that equal plans are written equally."""
    return dict(sorted(mapping.items()))


def _form(value: Any) -> str:
    return LIST if isinstance(value, (list, tuple)) else NUMBER


Id = Annotated[str, Field(strict=True, min_length=1, pattern=ID)]
"""Id of an item, warehouse, supplier, offer or resource: text without blanks at its ends or line breaks."""

Text = Annotated[str, Field(strict=True, pattern=TEXT), BeforeValidator(_one_line)]
"""Free text; runs of blanks and line breaks become one blank."""

Name = Annotated[str, Field(strict=True, pattern=TEXT, min_length=1), BeforeValidator(_one_line)]
"""Free text that is not empty."""

FilePath = Annotated[str, Field(strict=True, min_length=1)]
"""Path of a file, as it stands."""

Currency = Annotated[str, Field(strict=True, pattern=CURRENCY)]
"""ISO 4217 code of a currency."""

Unit = Annotated[str, Field(strict=True, pattern=UNIT)]
"""UN/ECE code of a unit of measure (Recommendation 20)."""

Number = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=-LARGEST, le=LARGEST), AfterValidator(_unsigned_zero)
]
NonNegative = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=0, le=LARGEST), AfterValidator(_unsigned_zero)
]
Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=LARGEST)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1), AfterValidator(_unsigned_zero)]
Days = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=LONGEST), AfterValidator(_unsigned_zero)]
Whole = Annotated[int, Field(strict=True), BeforeValidator(_whole)]
Flag = Annotated[bool, Field(strict=True)]

Day = Annotated[dt.date, BeforeValidator(_day)]
Moment = Annotated[
    dt.datetime,
    BeforeValidator(_moment),
    PlainSerializer(_write_moment, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_MOMENT}$"}),
]

PerPeriod: TypeAlias = Annotated[
    Annotated[NonNegative, Tag(NUMBER)] | Annotated[tuple[NonNegative, ...], Tag(LIST)], Discriminator(_form)
]
"""One number for every period, or a list with one number per period; 0 or more."""

SignedPerPeriod: TypeAlias = Annotated[
    Annotated[Number, Tag(NUMBER)] | Annotated[tuple[Number, ...], Tag(LIST)], Discriminator(_form)
]
"""As PerPeriod, of either sign."""

Amounts = Annotated[dict[Id, NonNegative], AfterValidator(_sorted)]
"""Amount of each resource."""

Capacities = Annotated[dict[Id, PerPeriod], AfterValidator(_sorted)]
"""Capacity of each resource: a number, or a list with one number per period."""

Rates = Annotated[dict[Currency, Positive], AfterValidator(_sorted)]
"""Plan currency per unit of a foreign currency."""
