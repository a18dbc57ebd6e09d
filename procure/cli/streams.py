"""Standard streams: any text may go out, whatever the encoding of the terminal or pipe."""

from __future__ import annotations

import io
import json
import sys
from typing import Any


def tolerate_any_text() -> None:
    """Make stdout spell out letters its encoding lacks, as stderr does, instead of failing."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def speaks_unicode() -> bool:
    """Whether stdout takes every letter."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return encoding.lower().replace("-", "").replace("_", "").startswith("utf")


def say(text: str) -> None:
    """Print a result on stdout; `click.echo` would send UTF-8 where only ASCII is understood."""
    print(text, file=sys.stdout)


def say_json(document: Any) -> None:
    """Print a JSON document on stdout."""
    say(json.dumps(document, indent=2, ensure_ascii=not speaks_unicode(), allow_nan=False))
