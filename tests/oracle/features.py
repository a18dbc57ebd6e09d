"""Features of random tiny plans: what each one writes into a plan before its limits are drawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from .draft import Draft, Record

Writer = Callable[[Draft], None]

#: Features that :class:`Draft` itself reads.
BONES = (
    "two_items",
    "two_warehouses",
    "two_suppliers",
    "several_offers",
    "offer_ids",
    "known_demand",
    "demand_lists",
    "demand_dates",
)

#: Writers by feature, in the order in which they are applied.
WRITERS: dict[str, Writer] = {}


def feature(writer: Writer) -> Writer:
    """Register a writer under its own name."""
    WRITERS[writer.__name__] = writer
    return writer


def any_offer(draft: Draft) -> Record:
    """Pick one offer."""
    row: Record = draft.pick(draft.plan["offers"])
    return row


def any_supplier(draft: Draft) -> Record:
    """Pick one supplier."""
    row: Record = draft.pick(draft.plan["suppliers"])
    return row


def any_item(draft: Draft) -> Record:
    """Pick one item."""
    row: Record = draft.pick(draft.plan["items"])
    return row


# --- offers ---------------------------------------------------------------------------------------


@feature
def minimum_order_quantity(draft: Draft) -> None:
    row = any_offer(draft)
    row["minimum_order_quantity"] = row["order_multiple"] * draft.pick([1.5, 2, 2])


def _breaks(draft: Draft, kind: str) -> None:
    row = any_offer(draft)
    multiple, top = row["order_multiple"], row["maximum_order_quantity"]
    first = {"minimum_quantity": 2 * multiple, "unit_price": round(row["unit_price"] * 0.88, 2)}
    second = {"minimum_quantity": 3 * multiple, "unit_price": round(row["unit_price"] * 0.71, 2)}
    row["price_breaks"] = [first, second] if top >= 3 * multiple and draft.chance(0.6) else [first]
    row["price_break_type"] = kind


@feature
def all_units_breaks(draft: Draft) -> None:
    _breaks(draft, "all_units")


@feature
def incremental_breaks(draft: Draft) -> None:
    _breaks(draft, "incremental")


@feature
def fixed_line_cost(draft: Draft) -> None:
    any_offer(draft)["fixed_line_cost"] = draft.money(0.5, 4)


@feature
def freight(draft: Draft) -> None:
    any_offer(draft)["unit_freight"] = draft.money(0.1, 1.5)


@feature
def delivered_fraction(draft: Draft) -> None:
    any_offer(draft)["delivered_fraction"] = draft.pick([0.5, 0.8, 0.9, 0.95])


@feature
def validity(draft: Draft) -> None:
    row = any_offer(draft)
    first = 1 if row["lead_time"] == 0 else 0
    if draft.chance(0.5):
        row["valid_from"] = draft.date(first)
    row["valid_to"] = draft.date(max(draft.periods - 2, first))


@feature
def served_warehouses(draft: Draft) -> None:
    any_offer(draft)["warehouses"] = ["W1"]


# --- suppliers ------------------------------------------------------------------------------------


@feature
def fixed_order_cost(draft: Draft) -> None:
    any_supplier(draft)["fixed_order_cost"] = draft.money(1, 8)


@feature
def order_discounts(draft: Draft) -> None:
    row = any_supplier(draft)
    first = {"minimum_order_value": draft.money(5, 12), "discount": draft.pick([0.03, 0.1])}
    second = {"minimum_order_value": draft.money(13, 25), "discount": draft.pick([0.15, 0.25])}
    row["order_discounts"] = [first, second] if draft.chance(0.5) else [first]


def _load(draft: Draft) -> str:
    """Pick a resource that containers or stores count; volumes are given to the items."""
    if draft.chance(0.5):
        return "units"
    for row in draft.plan["items"]:
        row.setdefault("storage", {"m3": draft.pick([0.1, 0.25, 0.4])})
    return "m3"


@feature
def containers(draft: Draft) -> None:
    resource = _load(draft)
    unit = 1.0 if resource == "units" else draft.plan["items"][0]["storage"]["m3"]
    size = round(unit * draft.pick([3, 4, 5, 6]), 3)
    container = {"resource": resource, "size": size, "cost": draft.money(0.5, 5)}
    if draft.has("container_fill"):
        container["minimum_fill"] = draft.pick([0.4, 0.6, 0.8, 1])
    any_supplier(draft)["container"] = container


@feature
def payment_terms(draft: Draft) -> None:
    for row in draft.plan["suppliers"]:
        row["payment_terms"] = {
            "deposit": draft.pick([0, 0.3, 0.5]),
            "net_days": draft.pick([0, 3, draft.length, 10]),
            "from": draft.pick(["order", "receipt"]),
        }


@feature
def closures(draft: Draft) -> None:
    t = draft.pick(range(draft.periods))
    any_supplier(draft)["closures"] = [{"first": draft.date(t - 0.4), "last": draft.date(t + 0.6)}]


@feature
def order_days(draft: Draft) -> None:
    row = any_supplier(draft)
    row["order_every"] = 2
    if draft.chance(0.7):
        row["order_from"] = draft.date(draft.pick([-3, -2.5, 0, 1]))


@feature
def exchange_rates(draft: Draft) -> None:
    any_supplier(draft)["currency"] = "USD"
    draft.plan["exchange_rates"] = {"USD": draft.pick([0.8, 0.92, 1.25])}


# --- items ----------------------------------------------------------------------------------------


@feature
def safety_stock(draft: Draft) -> None:
    any_item(draft)["safety_stock"] = draft.pick([1, 1.5, 2, 3])


@feature
def service_level(draft: Draft) -> None:
    any_item(draft)["service_level"] = draft.pick([0.6, 0.8, 0.9, 0.95])


@feature
def max_cover(draft: Draft) -> None:
    any_item(draft)["max_cover_days"] = draft.pick([1, 1.5, 2, 2.25]) * draft.length


@feature
def replacement_cost(draft: Draft) -> None:
    any_item(draft)["replacement_cost"] = draft.money(0.5, 4)


@feature
def phase_out(draft: Draft) -> None:
    any_item(draft)["phase_out"] = draft.date(draft.rng.uniform(0.3, draft.periods))


@feature
def priority(draft: Draft) -> None:
    any_item(draft)["priority"] = draft.pick([0.5, 2, 3])


@feature
def promotions(draft: Draft) -> None:
    first = draft.pick(range(draft.periods)) + draft.pick([0, 0.3])
    row = {
        "item": any_item(draft)["item"],
        "first": draft.date(first),
        "last": draft.date(first + draft.pick([0.4, 1, 1.4])),
        "uplift": draft.pick([0.5, 1.5, 2]),
    }
    if draft.chance(0.5):
        row["uplift_sd"] = 0.3
    if draft.chance(0.4):
        row["warehouse"] = "W1"
    draft.plan["promotions"] = [row]


# --- stock and lanes ------------------------------------------------------------------------------


@feature
def backorders(draft: Draft) -> None:
    item, place = any_item(draft)["item"], draft.pick(draft.plan["warehouses"])["warehouse"]
    rows = [row for row in draft.plan["stock"] if (row["item"], row["warehouse"]) != (item, place)]
    owed = {"item": item, "warehouse": place, "on_hand": 0, "backorders": draft.pick([1, 2, 3])}
    draft.plan["stock"] = [*rows, owed]


def add_open_order(draft: Draft, receipt: str, **more: object) -> None:
    """Add one open order for up to three units."""
    rows = draft.plan.setdefault("open_orders", [])
    row = {
        "po_number": f"PO-{len(rows) + 1}",
        "supplier": any_supplier(draft)["supplier"],
        "item": any_item(draft)["item"],
        "warehouse": draft.pick(draft.plan["warehouses"])["warehouse"],
        "quantity": draft.pick([1, 2, 3]),
        "receipt_date": receipt,
    }
    rows.append({**row, **more})


@feature
def open_orders(draft: Draft) -> None:
    add_open_order(draft, draft.date(draft.rng.uniform(0, draft.periods)))


@feature
def overdue_orders(draft: Draft) -> None:
    draft.policy["overdue_days"] = draft.pick([0, 3, 7, draft.length])
    add_open_order(draft, (draft.start - timedelta(days=draft.pick([1, 4]))).isoformat())


@feature
def lanes(draft: Draft) -> None:
    row: Record = {
        "from": "W1",
        "to": "W2",
        "lead_time": draft.pick([0, 2, draft.length]),
        "unit_cost": draft.money(0, 0.5),
        "capacity": {"units": draft.pick([2, 3])},
    }
    if draft.has("lane_multiple"):
        row["order_multiple"] = 2
        row["capacity"] = {"units": 4}
    if draft.has("lane_fixed_cost"):
        row["fixed_cost"] = draft.money(0.3, 2)
    draft.plan["lanes"] = [row]
    stock = [row for row in draft.plan["stock"] if row["warehouse"] != "W1"]
    items = [row["item"] for row in draft.plan["items"]]
    full = [{"item": item, "warehouse": "W1", "on_hand": draft.pick([4, 6, 8])} for item in items]
    draft.plan["stock"] = stock + full


# --- policy ---------------------------------------------------------------------------------------


@feature
def holding_rate(draft: Draft) -> None:
    draft.policy["holding_rate"] = draft.pick([0.5, 2, 5])
    for row in draft.plan["items"]:
        row.pop("holding_cost", None)


@feature
def terminal_value(draft: Draft) -> None:
    draft.policy["terminal_value"] = draft.pick([0, 0.5, 0.8])


@feature
def normal(draft: Draft) -> None:
    draft.policy["distribution"] = "normal"


@feature
def gamma(draft: Draft) -> None:
    draft.policy["distribution"] = "gamma"


@feature
def poisson(draft: Draft) -> None:
    draft.policy["distribution"] = "poisson"


@feature
def negative_binomial(draft: Draft) -> None:
    draft.policy["distribution"] = "negative_binomial"


@feature
def cumulative(draft: Draft) -> None:
    draft.policy["uncertainty"] = "cumulative"


@feature
def objective_backorders(draft: Draft) -> None:
    draft.policy["objective"] = "backorders"
    if draft.chance(0.6):
        priority(draft)
