"""Figures in a reader's words, for the terminal, the page and sentences alike."""

from __future__ import annotations

BINDING = 0.99
"""Share of a limit from which it is called used up."""
EXACT = 1e-6
"""Gap below which a plan is called the best."""


def counted(count: int, word: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def money(amount: float) -> str:
    """Return an amount with thousands separators; cents only where they matter."""
    if abs(amount) < 0.005:
        return "0.00"
    return f"{amount:,.2f}" if abs(amount) < 10_000 else f"{amount:,.0f}"
