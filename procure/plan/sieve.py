"""Finds the rows of large tables that a check could have something to say about, by whole columns.

Nothing is judged here. Rows that a check may blame, and rows without which it would blame others, are named; they
alone become records, and the checks of `procure.plan.checks` look at those. So a sieve may name a row too many,
never one too few. Its functions follow the checks by name and order.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from procure.plan.checks.offers import SMALLEST_MULTIPLE
from procure.plan.checks.references import KEYS, REFERENCES
from procure.plan.checks.resources import UNITS, VALUE
from procure.plan.draft import TABLE_OF, Draft
from procure.plan.occurring import numbered, repeated
from procure.plan.records import CustomerOrder, Item, Lane, Record, Stock
from procure.plan.table import ABSENT, LIST, Coded, coded, days, numbers, series

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

_NEVER, _ALWAYS = 0, 10**7
"""Day numbers before and after all dates."""


class Sieve:
    """The rows named so far of each large table.

    Attributes
    ----------
    suspects
        Rows that a check may blame, shape (rows,) by table.
    witnesses
        Rows that checks of other rows must see, shape (rows,) by table.
    """

    def __init__(self, draft: Draft, wrong: dict[str, Mask]) -> None:
        self.draft = draft
        self.suspects = {table: mask.copy() for table, mask in wrong.items()}
        self.witnesses = {table: np.zeros_like(mask) for table, mask in wrong.items()}

    def suspect(self, table: str, rows: Mask | Indices) -> None:
        """Name rows that a check may blame."""
        self.suspects[table][rows] = True

    def table(self, record: type[Record]) -> Sequence[Any]:
        """A table as columns, or the sound records of a small one."""
        known: Sequence[Any] = [row for _, row in self.draft.rows(record)]
        return self.draft.columns.get(TABLE_OF[record], known)


def sift(draft: Draft, wrong: dict[str, Mask]) -> Sieve:
    """Name the rows that the checks must see.

    Parameters
    ----------
    draft
        A draft with its large tables and with the records of the small ones.
    wrong
        Rows of each large table that have a fault of their own.
    """
    sieve = Sieve(draft, wrong)
    for look in SIEVES:
        look(sieve)
    return sieve


def _references(sieve: Sieve) -> None:
    for record, column, target, noun in REFERENCES:
        known = sieve.draft.ids(target, noun)
        table = TABLE_OF[record]
        if table in sieve.suspects and known is not None:
            named = coded(sieve.draft.columns[table], column)
            sieve.suspect(table, named.each(partial(_unknown, known), bool))


def _unknown(known: Container[str], value: Any) -> bool:
    if isinstance(value, tuple):
        return any(name not in known for name in value)
    return value is not None and value not in known


def _duplicates(sieve: Sieve) -> None:
    for record, columns in KEYS:
        table = TABLE_OF[record]
        if table in sieve.suspects:
            sieve.suspect(table, repeated(_keys(*(coded(sieve.draft.columns[table], c) for c in columns))))
    if "offers" in sieve.suspects:
        names = coded(sieve.draft.columns["offers"], "offer").values
        sieve.suspect("offers", repeated(names))


def _keys(*columns: Coded) -> Indices:
    """One number for each combination of values, shape (rows,)."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        key = key * len(column.values) + numbered(column.values)[column.codes]
    return key


def _list_lengths(sieve: Sieve) -> None:
    periods = sieve.draft.periods
    for table, column in (("offers", "capacity"), ("demand", "mean"), ("demand", "sd")):
        if periods is not None and table in sieve.suspects:
            found = series(sieve.draft.columns[table], column)
            sieve.suspect(table, (found.form == LIST) & (found.sizes != periods))


def _resources(sieve: Sieve) -> None:
    """Name an item that takes some of it for each resource, and all items that name a reserved one."""
    if "items" not in sieve.suspects:
        return
    storage = coded(sieve.draft.columns["items"], "storage")
    taken: dict[str, int] = {}
    for code, amounts in enumerate(storage.values):
        for name, amount in (amounts or {}).items():
            if amount > 0:
                taken.setdefault(name, code)
    for code in taken.values():
        sieve.witnesses["items"][int(np.argmax(storage.codes == code))] = True
    sieve.suspect("items", storage.each(lambda amounts: UNITS in (amounts or ()) or VALUE in (amounts or ()), bool))


def _spells(sieve: Sieve) -> None:
    if "offers" in sieve.suspects:
        offers = sieve.draft.columns["offers"]
        sieve.suspect("offers", days(offers, "valid_to", _ALWAYS) < days(offers, "valid_from", _NEVER))


def _offer_terms(sieve: Sieve) -> None:
    if "offers" not in sieve.suspects:
        return
    offers = sieve.draft.columns["offers"]
    sieve.suspect("offers", coded(offers, "price_breaks").each(_not_rising, bool))
    sieve.suspect("offers", coded(offers, "warehouses").each(_not_once, bool))
    multiple = numbers(offers, "order_multiple")
    sieve.suspect("offers", (multiple > 0) & (multiple < SMALLEST_MULTIPLE))
    least, most = numbers(offers, "minimum_order_quantity"), numbers(offers, "maximum_order_quantity", np.inf)
    step = np.where(multiple >= SMALLEST_MULTIPLE, multiple, 1.0)
    smallest = np.where(multiple >= SMALLEST_MULTIPLE, np.maximum(1.0, np.ceil(least / step)) * step, least)
    sieve.suspect("offers", (least > most) | (smallest > most))


def _not_rising(breaks: Any) -> bool:
    return any(two.minimum_quantity <= one.minimum_quantity for one, two in pairwise(breaks or ()))


def _not_once(names: tuple[str, ...] | None) -> bool:
    return names is not None and (not names or len(set(names)) < len(names))


def _open_orders(sieve: Sieve) -> None:
    if "open_orders" in sieve.suspects:
        orders = sieve.draft.columns["open_orders"]
        due = coded(orders, "due_date").each(lambda day: day is not None, bool)
        sieve.suspect("open_orders", due == np.isnan(numbers(orders, "amount_due")))


def _backorder_queue(sieve: Sieve) -> None:
    """Name the stock of cells in which customers queue."""
    queued = {(order.item, order.warehouse) for _, order in sieve.draft.rows(CustomerOrder)}
    if "stock" in sieve.suspects and queued:
        stock = sieve.draft.columns["stock"]
        places = zip(coded(stock, "item").strings(), coded(stock, "warehouse").strings(), strict=True)
        sieve.witnesses["stock"] |= np.fromiter((place in queued for place in places), dtype=bool, count=len(stock))


def _demand_rows(sieve: Sieve) -> None:
    if "demand" not in sieve.suspects:
        return
    demand = sieve.draft.columns["demand"]
    mean, sd = series(demand, "mean"), series(demand, "sd")
    period, dated = numbers(demand, "period"), _dated(demand)
    given, listed = ~np.isnan(period), mean.form == LIST
    sieve.suspect("demand", np.where(listed, given | dated, given == dated))
    sieve.suspect("demand", given & (period < 0))
    if sieve.draft.periods is not None:
        sieve.suspect("demand", given & (period >= sieve.draft.periods))
    sieve.suspect("demand", (sd.form != ABSENT) & (listed != (sd.form == LIST)))
    sieve.suspect("demand", _certain_and_not(mean, sd))


def _dated(demand: Sequence[Any]) -> Mask:
    found: Mask = coded(demand, "date").each(lambda day: day is not None, bool)
    return found


def _certain_and_not(mean: Any, sd: Any) -> Mask:
    """Rows with an sd where the mean is 0, and rows of several lengths, shape (rows,)."""
    uneven = (sd.form != ABSENT) & (sd.sizes != mean.sizes)
    found: Mask = uneven.copy()
    even = np.flatnonzero((sd.form != ABSENT) & ~uneven)
    row = np.repeat(even, mean.sizes[even])
    whole = len(row) == len(mean.flat) == len(sd.flat)
    zero = mean.flat == 0 if whole else mean.flat[_elements(mean, even)] == 0
    uncertain = sd.flat > 0 if whole else sd.flat[_elements(sd, even)] > 0
    found[row[zero & uncertain]] = True
    return found


def _elements(values: Any, rows: Indices) -> Indices:
    """Where the numbers of some rows stand in `flat`."""
    sizes = values.sizes[rows]
    before = np.cumsum(sizes) - sizes
    found: Indices = np.repeat(values.starts[rows] - before, sizes) + np.arange(int(sizes.sum()))
    return found


def _demand_periods(sieve: Sieve) -> None:
    if "demand" not in sieve.suspects:
        return
    demand = sieve.draft.columns["demand"]
    cells = _keys(coded(demand, "item"), coded(demand, "warehouse"))
    place = numbered(cells)
    listed, dated = series(demand, "mean").form == LIST, _dated(demand)
    rows, lists, dates = (np.bincount(place, weights=w) for w in (np.ones(len(place)), listed, dated))
    mixed = ((lists > 0) & (rows > 1)) | ((dates > 0) & (dates < rows))
    sieve.suspect("demand", mixed[place])
    period = numbers(demand, "period", -1.0)
    once = ~listed & ~dated
    sieve.suspect("demand", np.flatnonzero(once)[repeated(place[once], period[once])])


def _lost_sales(sieve: Sieve) -> None:
    items, stock = sieve.table(Item), sieve.table(Stock)
    gone = coded(items, "unmet_demand").each(lambda kind: kind == "lost", bool)
    if not gone.any():
        return
    names = coded(items, "item").strings()
    lost = set(names[gone].tolist())
    waiting = coded(stock, "item").each(lambda name: name in lost, bool) & (numbers(stock, "backorders", 0.0) > 0)
    seen = set(coded(stock, "item").strings()[waiting].tolist()) | set(_carried(sieve, lost))
    if "stock" in sieve.suspects:
        sieve.suspect("stock", waiting)
    if "items" in sieve.suspects:
        sieve.suspect("items", gone & (numbers(items, "safety_stock", 0.0) > 0))
        sieve.suspect("items", gone & ~np.isnan(numbers(items, "service_level")))
        sieve.witnesses["items"] |= gone & coded(items, "item").each(lambda name: name in seen, bool)


def _carried(sieve: Sieve, lost: set[str]) -> Iterator[str]:
    """Items that a lane carries although their customers do not wait; of lanes that carry all, the first."""
    for _, lane in sieve.draft.rows(Lane):
        yield from {min(lost)} if lane.items is None else lost.intersection(lane.items)


SIEVES: tuple[Callable[[Sieve], None], ...] = (
    _references,
    _duplicates,
    _list_lengths,
    _resources,
    _spells,
    _offer_terms,
    _open_orders,
    _backorder_queue,
    _demand_rows,
    _demand_periods,
    _lost_sales,
)
"""What the checks must see: the table of contents of this module."""
