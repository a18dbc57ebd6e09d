"""Figures of two results and their difference, in a buyer's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from procure.cli.wording import units
from procure.insight.comparison.records import Comparison, Difference, Side
from procure.solution.wording import money

SMALLEST = 0.005  # money that is worth showing
WORDS = {
    "backorders": "backorders, unit-periods",
    "backorders_at_the_end": "backorders at the end, units",
    "backorders_open_loop": "backorders in open loop, unit-periods",
    "end_units": "backorders at the end, units",
    "fill_rate": "fill rate",
    "on_hand": "stock on hand, unit-periods",
    "bound": "proven bound",
    "gap": "gap to the bound",
    "spend_now": "order spend now",
    "spend": "order spend in all",
    "purchase_orders_now": "purchase orders now",
    "purchase_orders": "purchase orders in all",
    "transfers": "transfers",
}


def heading(found: Comparison, loop: str) -> Iterator[RenderableType]:
    """Return the plan and what A and B are."""
    yield Text.assemble((found.plan.name, "bold"), f", {found.plan.start_date}{loop}")
    for name, side in (("A", found.a), ("B", found.b)):
        yield Padding(Text.assemble((name, "bold"), f"  {_side(side)}"), (0, 0, 0, 2), expand=False)


def _side(side: Side) -> str:
    return f"{side.source} ({side.label})" if side.source else side.label


def amount(total: Difference, currency: str) -> str:
    """Money by which two totals differ, with its share of the larger."""
    apart, largest = abs(total.difference or 0.0), max(abs(total.a or 0.0), abs(total.b or 0.0))
    share = f" ({100.0 * apart / largest:.1f} %)" if largest > 0.0 else ""
    return f"{money(apart)} {currency}{share}"


def bold(cells: Sequence[str]) -> Sequence[Text]:
    """Return the cells of a row in bold."""
    return tuple(Text(cell, "bold") for cell in cells)


def name_of(row: Difference) -> str:
    """Return a figure's name in words."""
    return WORDS.get(row.figure, row.figure.replace("_", " "))


def value_of(row: Difference, value: float | None) -> str:
    """Return a value of a figure as its unit asks for."""
    if value is None:
        return "none"
    if row.unit == "share":
        return f"{100.0 * value:.2f} %"
    return units(value) if row.unit in ("unit-periods", "units", "orders", "transfers") else money(value)


def signed(row: Difference, value: float | None = None) -> str:
    """Return the difference of a figure, or one end of its interval, with its sign."""
    apart = row.difference if value is None else value
    if apart is None:
        return ""
    text = value_of(row, abs(apart)).removesuffix(" %")
    unit = " pts" if row.unit == "share" else ""
    return f"{'-' if apart < 0.0 else '+'}{text}{unit}" if float(text.replace(",", "")) else f"0{unit}"
