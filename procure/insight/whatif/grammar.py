"""How a scenario is written: `NAME: KEY=VALUE, KEY=VALUE`.

A value is a factor (`x1.3`, `+30%`, `-20%`) of what stands in the plan, or takes its place: a number, text, or JSON as
after `--set`; `null` or nothing takes a value away. Changes apply in the order in which they stand, each on what the
ones before left.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from procure.errors import UsageError

EXAMPLE = "such as 'Nord fails: supplier.NORD.out=true, demand=+10%'"

_BETWEEN = re.compile(r",(?=[^,=\[\]{}]*=)")  # a comma before the next KEY=, not one inside a list
_NAMED = re.compile(r"(?P<name>[^:=]+):(?P<rest>.*)", re.DOTALL)
_TIMES = re.compile(r"[x*×]\s*(?P<factor>\S+)", re.IGNORECASE)
_PERCENT = re.compile(r"(?P<sign>[+-])\s*(?P<percent>\S+?)\s*%")


@dataclass(frozen=True)
class Value:
    """What a change makes of a value: a multiple of it, or something in its place.

    Parameters
    ----------
    text
        As it was written.
    factor
        Multiple; None where the value is replaced.
    """

    text: str
    factor: float | None = None

    @property
    def content(self) -> Any:
        """What takes the place: JSON where that can be read, else text; None for nothing."""
        if not self.text:
            return None
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return self.text

    @property
    def takes_away(self) -> bool:
        """Whether it leaves nothing, so that the default holds."""
        return self.factor is None and self.content is None

    def of(self, present: Any, what: str) -> Any:
        """The value that comes out: the present one, or each of a list, times the factor; or the new one.

        Raises
        ------
        UsageError
            There is no number to multiply.
        """
        if self.factor is None:
            return self.content
        if isinstance(present, (list, tuple)):
            return [self.of(entry, what) for entry in present]
        if not isinstance(present, (int, float)) or isinstance(present, bool):
            there = "not set" if present is None else repr(present)
            raise UsageError(f"{what} is {there} in the plan, which can't be changed by {self.text}; give a value")
        return present * self.factor


@dataclass(frozen=True)
class Change:
    """One `KEY=VALUE` of a scenario."""

    key: str
    value: Value

    @property
    def text(self) -> str:
        """As it was written."""
        return f"{self.key}={self.value.text}"


@dataclass(frozen=True)
class Scenario:
    """A name and what is changed."""

    name: str
    changes: tuple[Change, ...]


def read_scenario(text: str) -> Scenario:
    """Read `NAME: KEY=VALUE, KEY=VALUE`; without a name the changes are the name.

    Raises
    ------
    UsageError
        It holds no change, or one that is not KEY=VALUE.
    """
    named = _NAMED.fullmatch(text.strip())
    name, rest = (named["name"].strip(), named["rest"]) if named else ("", text)
    changes = tuple(read_change(part) for part in _BETWEEN.split(rest.strip().strip(",")) if part.strip())
    if not changes:
        raise UsageError(f"the scenario '{text.strip()}' changes nothing; write NAME: KEY=VALUE, {EXAMPLE}")
    return Scenario(name or ", ".join(change.text for change in changes), changes)


def unnamed(settings: Sequence[str], without: Sequence[str]) -> Scenario | None:
    """Make one scenario of single changes and of suppliers that drop out; None where there are neither."""
    changes = [read_change(text) for text in settings]
    changes += [Change(f"supplier.{supplier}.out", Value("true")) for supplier in without]
    if not changes:
        return None
    words = [c.text for c in changes[: len(settings)]] + [f"without {supplier}" for supplier in without]
    return Scenario(", ".join(words), tuple(changes))


def read_change(text: str) -> Change:
    """Read `KEY=VALUE`.

    Raises
    ------
    UsageError
        There is no `=` or no key, or the factor is none.
    """
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not key:
        raise UsageError(f"a change is KEY=VALUE, {EXAMPLE}; got '{text.strip()}'")
    return Change(key, read_value(value, key))


def read_value(text: str, key: str) -> Value:
    """Read the value of a change.

    Raises
    ------
    UsageError
        It looks like a factor, and is none.
    """
    times, percent = _TIMES.fullmatch(text), _PERCENT.fullmatch(text)
    if times:
        return Value(text, _factor(times["factor"], 1.0, text, key))
    if percent:
        share = 0.01 if percent["sign"] == "+" else -0.01
        return Value(text, _factor(percent["percent"], share, text, key, base=1.0))
    return Value(text)


def _factor(number: str, scale: float, text: str, key: str, base: float = 0.0) -> float:
    try:
        factor = base + scale * float(number)
    except ValueError:
        factor = math.nan
    if not math.isfinite(factor) or factor < 0.0:
        raise UsageError(f"{key}: '{text}' is no factor; write x1.3, +30% or -20%")
    return factor
