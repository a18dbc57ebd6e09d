"""Tables of purchase orders, their lines and transfers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from procure.plan.table import coded, positions
from procure.report.table import Column, Group, Table, digits_of
from procure.solution.records import OrderLine, PurchaseOrder, Solution, Transfer
from procure.solution.tables import sorted_lines
from procure.solution.wording import counted

AMOUNTS = (
    ("goods", "Goods"),
    ("discount", "Discount"),
    ("freight", "Freight"),
    ("fixed_cost", "Fixed cost"),
    ("containers", "Containers"),
    ("total", "Total"),
)
"""Parts of a purchase order's total, the discount with its sign turned."""

MOST_ROWS = 10_000
"""Most lines of later orders, and most transfers, that the page holds; earlier ones go first."""

WHOLE = ("goods", "total")
"""Amounts that every order has."""


def order_tables(solution: Solution, *, release: bool) -> tuple[Table, Table]:
    """Purchase orders and their lines: those to release now, or those of all later periods."""
    headers = [order for order in solution.headers if (order.period == 0) is release]
    names = {supplier.supplier: supplier.name or supplier.supplier for supplier in solution.plan.suppliers}
    headers.sort(key=lambda order: (order.order_date, names[order.supplier], order.po_number))
    lines = [line for line in solution.lines if line.release is release]
    which = "release" if release else "schedule"
    return _orders(solution, headers, lines, names, which), _lines(solution, headers, lines, names, which)


def _orders(
    solution: Solution,
    headers: Sequence[PurchaseOrder],
    lines: Sequence[OrderLine],
    names: Mapping[str, str],
    which: str,
) -> Table:
    counts: dict[str, int] = {}
    receipts: dict[str, Any] = {}
    for line in lines:
        counts[line.po_number] = counts.get(line.po_number, 0) + 1
        receipts[line.po_number] = max(receipts.get(line.po_number, line.receipt_date), line.receipt_date)
    currency = solution.plan.currency
    foreign = any(order.currency != currency for order in headers)
    amounts = {key: [_amount(order, key) for order in headers] for key, _ in AMOUNTS}
    shown = [(key, title) for key, title in AMOUNTS if key in WHOLE or any(amounts[key])]
    unit = "" if foreign else currency
    columns = [
        Column("order", "Order", "code"),
        Column("supplier", "Supplier"),
        Column("warehouse", "To"),
        *([] if which == "release" else [Column("ordered", "Order date", "date")]),
        Column("receipt", "Last receipt", "date"),
        Column("lines", "Lines", "number", summed=True),
        *(Column(key, title, "number", unit, 2, summed=not foreign, dash=key not in WHOLE) for key, title in shown),
    ]
    values: dict[str, Sequence[Any]] = {
        "order": [order.po_number for order in headers],
        "supplier": [names[order.supplier] for order in headers],
        "warehouse": [order.warehouse for order in headers],
        "ordered": [order.order_date for order in headers],
        "receipt": [receipts.get(order.po_number, order.order_date) for order in headers],
        "lines": [counts.get(order.po_number, 0) for order in headers],
        **{key: amounts[key] for key, _ in shown},
    }
    if foreign:
        columns += [Column("currency", ""), Column("in_plan", "Total", "number", currency, 2, summed=True)]
        values["currency"] = [order.currency for order in headers]
        values["in_plan"] = [order.total * order.exchange_rate for order in headers]
    title = "Purchase orders to release now" if which == "release" else "Later purchase orders, a forecast"
    return Table(f"{which}-orders", title, "order", tuple(columns), values, filtered_by="supplier")


def _amount(order: PurchaseOrder, key: str) -> float:
    amount = float(getattr(order, key))
    return -amount if key == "discount" and amount else amount


def _lines(
    solution: Solution,
    headers: Sequence[PurchaseOrder],
    lines: Iterable[OrderLine],
    names: Mapping[str, str],
    which: str,
) -> Table:
    place = {order.po_number: k for k, order in enumerate(headers)}
    ordered = sorted(sorted_lines(list(lines)), key=lambda line: place.get(line.po_number, len(place)))
    count = len(ordered)
    if which == "schedule":
        ordered = ordered[:MOST_ROWS]
    units = Units(solution)
    plan = solution.plan
    one_currency = all(order.currency == plan.currency for order in headers)
    currencies = {order.po_number: order.currency for order in headers}
    quantity = [line.quantity for line in ordered]
    unit = plan.currency if one_currency else ""
    columns: tuple[Column, ...] = (
        Column("item", "Item", "item"),
        Column("quantity", "Quantity", "number", digits=digits_of(quantity, 3)),
        Column("unit", "Unit"),
        Column("price", "Unit price", "number", unit, 2, 4),
        Column("amount", "Amount", "number", unit, 2, summed=one_currency and len(ordered) == count),
        Column("receipt", "Receipt", "date"),
        Column("why", "Why", "why"),
    )
    shown = {line.po_number for line in ordered}
    values: dict[str, Sequence[Any]] = {
        "item": [line.item for line in ordered],
        "quantity": quantity,
        "unit": [units[line.item] for line in ordered],
        "price": [line.unit_price for line in ordered],
        "amount": [line.goods_value for line in ordered],
        "receipt": [line.receipt_date for line in ordered],
        "why": [line.reason for line in ordered],
        "order": [line.po_number for line in ordered],
        "supplier": [names[line.supplier] for line in ordered],
        "warehouse": [line.warehouse for line in ordered],
    }
    if not one_currency:
        columns = (*columns[:5], Column("currency", ""), *columns[5:])
        values["currency"] = [currencies[line.po_number] for line in ordered]
    title = "Lines to release now, by order" if which == "release" else "Lines of later orders, a forecast"
    return Table(
        f"{which}-lines",
        title,
        "line",
        columns,
        values,
        grouped_by="order",
        groups={order.po_number: _group(order, names) for order in headers if order.po_number in shown},
        filtered_by="supplier",
        first=60 if which == "release" else 15,
        note=_left_out(len(ordered), count, "line", "supplier_schedule.csv"),
    )


def _left_out(shown: int, of_all: int, noun: str, file: str) -> str:
    """Say that a table does not hold all rows, and where they are; nothing if it does."""
    return f"The first {shown:,} of {counted(of_all, noun)} are shown; {file} holds all." if shown < of_all else ""


def _group(order: PurchaseOrder, names: Mapping[str, str]) -> Group:
    """Heading of an order's lines: how its goods become its total."""
    parts = [f"goods {order.goods:,.2f}"]
    for key, title in AMOUNTS[1:-1]:
        amount = _amount(order, key)
        if amount:
            sign = "−" if amount < 0 else "+"
            parts.append(f"{sign} {title.lower()} {abs(amount):,.2f}")
    if order.container_count:
        parts.append(f"({counted(order.container_count, 'container')})")
    return Group(
        title=f"{names[order.supplier]} → {order.warehouse}",
        detail=f"{order.po_number}, order date {order.order_date}",
        amount=f"{' '.join(parts)} = {order.total:,.2f} {order.currency}",
    )


def transfer_table(solution: Solution) -> Table:
    """Stock moved between warehouses, every period."""
    moves: Sequence[Transfer] = solution.transfers[:MOST_ROWS]
    units = Units(solution)
    quantity = [move.quantity for move in moves]
    columns = (
        Column("item", "Item", "item"),
        Column("lane", "From → to"),
        Column("quantity", "Quantity", "number", digits=digits_of(quantity, 3)),
        Column("unit", "Unit"),
        Column("ships", "Ship", "date"),
        Column("receipt", "Receipt", "date"),
        Column("why", "Why", "why"),
    )
    values: dict[str, Sequence[Any]] = {
        "item": [move.item for move in moves],
        "lane": [f"{move.from_} → {move.to}" for move in moves],
        "quantity": quantity,
        "unit": [units[move.item] for move in moves],
        "ships": [move.ship_date for move in moves],
        "receipt": [move.receipt_date for move in moves],
        "why": [move.reason for move in moves],
    }
    note = _left_out(len(moves), len(solution.transfers), "transfer", "transfers.csv")
    title = "Transfers between warehouses"
    return Table("transfers", title, "transfer", columns, values, filtered_by="lane", note=note)


class Units:
    """Unit of each item, looked up by id."""

    def __init__(self, solution: Solution) -> None:
        self._places, self._units = positions(solution.plan.items, "item"), coded(solution.plan.items, "unit")

    def __getitem__(self, item: str) -> str:
        return str(self._units.value(self._places[item]) or "")
