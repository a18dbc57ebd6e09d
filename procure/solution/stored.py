"""Reading back what was written as JSON: a file of a known format, or a clear message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from procure.errors import UsageError


def stored(path: str | Path, file: str, form: str, what: str) -> tuple[Path, dict[str, Any]]:
    """Read a JSON document.

    Parameters
    ----------
    path
        The file, or the directory that holds it.
    file
        Its name in a directory.
    form
        What its key `format` must say.
    what
        What such a file is, for messages: `a solution`.

    Returns
    -------
    tuple
        Where it was found, and what it says.

    Raises
    ------
    UsageError
        There is no such file, it is not JSON, or it is something else.
    """
    source = Path(path)
    if source.is_dir():
        source /= file
    document = document_at(source)
    found = document.get("format")
    if found != form:
        raise UsageError(f"{source} is not {what}: format is {found!r}, wanted {form!r}")
    return source, document


def document_at(source: Path) -> dict[str, Any]:
    """Read a JSON file of any format; what is no object comes back as an empty one.

    Raises
    ------
    UsageError
        There is no such file, or it is not JSON.
    """
    try:
        document = json.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"can't read {source}: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{source} is not JSON: {error}") from error
    return document if isinstance(document, dict) else {}
