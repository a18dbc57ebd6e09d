"""The tables of a result: purchase orders, supplier schedule and transfers, as rows and as data frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from procure.plan.table import coded, positions
from procure.solution.records import CustomerPromise, OrderLine, Solution, Transfer

if TYPE_CHECKING:
    from procure.plan.records import Supplier

Cell = str | int | float | date | None
Row = tuple[Cell, ...]

ORDER_COLUMNS = (
    "po_number",
    "line_number",
    "supplier",
    "supplier_name",
    "warehouse",
    "item",
    "supplier_item",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "line_amount",
    "currency",
    "order_date",
    "receipt_date",
    "payment_due_date",
    "offer",
    "reason",
)
TRANSFER_COLUMNS = ("from", "to", "item", "quantity", "ship_date", "receipt_date", "reason")

PROMISE_COLUMNS = ("order_id", "item", "warehouse", "quantity", "promised_date_50", "promised_date_90")
PARAMETER_COLUMNS = (
    "item",
    "warehouse",
    "supplier",
    "reorder_point",
    "order_up_to",
    "safety_stock",
    "lead_time_demand",
)

DECIMALS = 6  # of quantities, prices and amounts; anything finer is noise of the arithmetic


def trimmed(number: float) -> int | float:
    """Return the number without float noise, whole numbers as int.

    Examples
    --------
    >>> trimmed(12.0), trimmed(0.1 + 0.2), trimmed(-0.0)
    (12, 0.3, 0)
    """
    rounded = round(number, DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded


def payment_due_date(supplier: Supplier, order_date: date, receipt_date: date) -> date:
    """Day on which a line is paid, its deposit aside; without terms that is the day of receipt."""
    terms = supplier.payment_terms
    if terms is None:
        return receipt_date
    start = order_date if terms.from_ == "order" else receipt_date
    return start + timedelta(days=terms.net_days)


def order_rows(solution: Solution, *, release: bool) -> Iterator[Row]:
    """Rows of `ORDER_COLUMNS`: the lines to release now, or those of all later periods."""
    plan = solution.plan
    suppliers = {supplier.supplier: supplier for supplier in plan.suppliers}
    items, offers = positions(plan.items, "item"), positions(plan.offers, "offer")
    description, unit, code = (
        coded(plan.items, "description"),
        coded(plan.items, "unit"),
        coded(plan.offers, "supplier_item"),
    )
    for line in solution.lines:
        if line.release is not release:
            continue
        item, supplier, offer = items[line.item], suppliers[line.supplier], offers.get(line.offer)
        yield (
            line.po_number,
            line.line_number,
            line.supplier,
            supplier.name or line.supplier,
            line.warehouse,
            line.item,
            "" if offer is None else code.value(offer) or "",
            description.value(item) or "",
            trimmed(line.quantity),
            unit.value(item),
            trimmed(line.unit_price),
            trimmed(line.goods_value),
            supplier.currency or plan.currency,
            line.order_date,
            line.receipt_date,
            payment_due_date(supplier, line.order_date, line.receipt_date),
            line.offer,
            line.reason,
        )


def transfer_rows(solution: Solution) -> Iterator[Row]:
    """Rows of `TRANSFER_COLUMNS`, every period."""
    for move in solution.transfers:
        yield (
            move.from_,
            move.to,
            move.item,
            trimmed(move.quantity),
            move.ship_date,
            move.receipt_date,
            move.reason,
        )


def promise_rows(promises: Sequence[CustomerPromise]) -> Iterator[Row]:
    """Rows of `PROMISE_COLUMNS`; a date that can't be promised within the horizon is empty."""
    for promise in promises:
        yield (
            promise.order_id,
            promise.item,
            promise.warehouse,
            trimmed(promise.quantity),
            promise.promised_date_50,
            promise.promised_date_90,
        )


def order_frame(solution: Solution, *, release: bool) -> pd.DataFrame:
    """Order lines as a data frame; dates are timestamps."""
    return _frame(ORDER_COLUMNS, order_rows(solution, release=release))


def transfer_frame(solution: Solution) -> pd.DataFrame:
    """Transfers as a data frame; dates are timestamps."""
    return _frame(TRANSFER_COLUMNS, transfer_rows(solution))


def _frame(columns: Sequence[str], rows: Iterator[Row]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(columns))
    for column in columns:
        if column.endswith("_date"):
            frame[column] = pd.to_datetime(frame[column])
    return frame


def sorted_lines(lines: Sequence[OrderLine]) -> tuple[OrderLine, ...]:
    """Lines as a reader wants them: by date, purchase order and position."""
    return tuple(sorted(lines, key=lambda line: (line.order_date, line.po_number, line.line_number)))


def sorted_transfers(moves: Sequence[Transfer]) -> tuple[Transfer, ...]:
    """Transfers as a reader wants them: by date, lane and item."""
    return tuple(sorted(moves, key=lambda move: (move.ship_date, move.from_, move.to, move.item)))
