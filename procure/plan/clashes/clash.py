"""What clashes with a limit, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NAMED = 3
"""Examples that are named; the others are counted."""


@dataclass(frozen=True)
class Clash:
    """Offers, or stock to keep, that a limit never admits.

    Parameters
    ----------
    table
        Table of what clashes.
    message
        What, with which limit, and the smallest change that would do.
    """

    table: str
    message: str


def few(names: Sequence[str]) -> str:
    """Write the first few names and how many more there are."""
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return ", ".join(known[:NAMED]) + more


def span(amounts: Sequence[float], unit: str) -> str:
    """`takes 120 units`, or `take 120 to 300 units` for several."""
    least, most = figures(min(amounts)), figures(max(amounts))
    if len(amounts) == 1:
        return f"its smallest order takes {least} {unit}"
    return f"their smallest orders take {least if least == most else f'{least} to {most}'} {unit}"


def up_to(amounts: Sequence[float]) -> str:
    """`to 120`, or `to 120 for the smallest of them and to 300 for all`."""
    least, most = figures(min(amounts)), figures(max(amounts))
    return f"to {least}" if least == most else f"to {least} for the smallest of them and to {most} for all"


def figures(amount: float) -> str:
    """Write an amount with up to three decimals, rounded up, so that what is named is enough."""
    scaled = -(-round(amount * 1000.0, 6) // 1)
    return f"{scaled / 1000.0:,.3f}".rstrip("0").rstrip(".")


def plainly(amount: float) -> str:
    """Write a limit with up to three decimals."""
    text = f"{amount:,.3f}"
    return text.rstrip("0").rstrip(".")
