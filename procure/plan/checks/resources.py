"""Resources: limits name what something takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from procure.errors import Fault, did_you_mean
from procure.plan.draft import Draft
from procure.plan.records import Item, Lane, Record, Supplier, Warehouse

UNITS, VALUE = "units", "value"


def resources(draft: Draft) -> Iterator[Fault]:
    """Limits are on resources that items take; `units` and `value` keep their meaning."""
    yield from _reserved(draft)
    found = _taken(draft)
    if found is None:
        return
    taken = sorted(found)
    for index, warehouse in draft.rows(Warehouse):
        yield from _known(draft, Warehouse, index, "capacity", warehouse.capacity, [UNITS, *taken])
    for index, supplier in draft.rows(Supplier):
        yield from _known(draft, Supplier, index, "capacity", supplier.capacity, [UNITS, VALUE, *taken])
        if supplier.container and supplier.container.resource not in (UNITS, *taken):
            resource = supplier.container.resource
            message = _message(resource, [UNITS, *taken])
            yield draft.fault(Supplier, index, "container.resource", resource, message)
    for index, lane in draft.rows(Lane):
        yield from _known(draft, Lane, index, "capacity", lane.capacity, [UNITS, *taken])


def _reserved(draft: Draft) -> Iterator[Fault]:
    for index, item in draft.rows(Item):
        for name, meaning in (
            (UNITS, "one unit always takes 1 of it"),
            (VALUE, "it is the goods value of orders"),
        ):
            if name in item.storage:
                message = f"'{name}' can't be a storage resource: {meaning}; choose another name"
                yield draft.fault(Item, index, f"storage.{name}", item.storage[name], message)


def _taken(draft: Draft) -> set[str] | None:
    """Resources that an item takes some of; None where that can't be known because items are at fault."""
    if "items" in draft.source.unread:
        return None
    sound = {index for index, _ in draft.rows(Item)}
    found = {name for _, item in draft.rows(Item) for name, amount in item.storage.items() if amount > 0}
    for index, row in draft.raw_rows(Item):
        storage = row.get("storage", {})
        if index not in sound and not isinstance(storage, dict):
            return None
        if index not in sound:
            found.update(map(str, storage))
    return found - {UNITS, VALUE}


def _known(
    draft: Draft, record: type[Record], index: int, column: str, named: Iterable[str], known: list[str]
) -> Iterator[Fault]:
    for resource in named:
        if resource not in known:
            yield draft.fault(record, index, f"{column}.{resource}", resource, _message(resource, known))


def _message(resource: str, known: list[str]) -> str:
    near = did_you_mean(resource, known)
    return f"no item takes '{resource}'{near}; give items a storage of it, or use one of {', '.join(known)}"
