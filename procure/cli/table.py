"""Tables without lines, made to fit: numbers and codes stay whole, names are cut where room is short."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import OverflowMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from procure.cli.streams import speaks_unicode

INDENT = 2
GAP = 2
NARROWEST = 4  # columns below which a shortened name says nothing

Column = tuple[str, str]
Row = Sequence[str | Text]


def fitted(columns: Sequence[Column], rows: Sequence[Row], width: int) -> RenderableType:
    """Return a table.

    Parameters
    ----------
    columns
        Title and kind of each column: `number`, `text`, or `name` for a text that may be shortened.
    rows
        Cells; a row may be shorter than the columns.
    width
        Width there is [columns of the terminal].
    """
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    overflow: OverflowMethod = "ellipsis" if speaks_unicode() else "crop"
    for (title, kind), size in zip(columns, _widths(columns, rows, width - INDENT), strict=True):
        justify = "right" if kind == "number" else "left"
        table.add_column(title, justify=justify, width=size, no_wrap=True, overflow=overflow)  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 0, 0, INDENT), expand=False)


def one_line(text: str) -> Text:
    """Return a user's text on one line, never read as markup."""
    return Text(" ".join(text.split()))


def _widths(columns: Sequence[Column], rows: Sequence[Row], width: int) -> list[int]:
    """Natural widths, the widest names cut until the table fits."""
    widths = [
        max(cell_len(str(cell)) for cell in (title, *(row[place] for row in rows if place < len(row))))
        for place, (title, _) in enumerate(columns)
    ]
    names = [place for place, (_, kind) in enumerate(columns) if kind == "name"]
    excess = sum(widths) + GAP * (len(widths) - 1) - width
    while excess > 0 and names:
        widest = max(names, key=lambda place: widths[place])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
        excess -= 1
    return widths
