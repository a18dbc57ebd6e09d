"""Random tiny plans: small enough to enumerate, each with a random handful of features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from itertools import count
from typing import Any

import numpy as np

from .arithmetic import Oracle
from .axes import Axes
from .caps import CAPS, Free
from .draft import Draft, Record
from .enumerate import Best, enumerate_best
from .features import BONES, WRITERS

#: Least and most combinations of a tiny plan.
LEAST, MOST = 30, 200_000

#: From this attempt on, plans whose limits leave nothing to order are accepted.
PATIENCE = 6

#: Features that other features need.
NEEDS = {
    "container_fill": "containers",
    "lane_multiple": "lanes",
    "lane_fixed_cost": "lanes",
    "payment_terms": "cash",
    "served_warehouses": "two_warehouses",
}

#: Of each group only the first that was drawn stays.
EXCLUSIVE = (
    ("normal", "gamma", "poisson", "negative_binomial"),
    ("demand_lists", "demand_dates"),
    ("budget_carried", "budget_by_period"),
    ("start_breaks_cash", "cash"),
    ("start_breaks_storage", "storage"),
)

NAMES = (*BONES, *WRITERS, *CAPS, "container_fill", "lane_multiple", "lane_fixed_cost")


def _has(table: str, *keys: str) -> Callable[[Mapping[str, Any]], bool]:
    """Tell whether some row of a table has a key; further keys must be set together with it."""
    return lambda plan: any(all(row.get(key) for key in keys) for row in plan.get(table, []))


def _inside(part: str, key: str, value: object = None) -> Callable[[Mapping[str, Any]], bool]:
    return lambda plan: key in plan.get(part, {}) and value in (None, plan[part][key])


def _breaks(kind: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda plan: any(row.get("price_break_type") == kind for row in plan["offers"])


def _many(table: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda plan: len(plan[table]) > 1


def _carried(plan: Mapping[str, Any]) -> bool:
    capital = plan.get("capital", {})
    return "order_budget" in capital and capital.get("carry_over", True)


def _several_offers(plan: Mapping[str, Any]) -> bool:
    pairs = [(row["supplier"], row["item"]) for row in plan["offers"]]
    return len(set(pairs)) < len(pairs)


def _overdue(plan: Mapping[str, Any]) -> bool:
    return any(row["receipt_date"] < plan["start_date"] for row in plan.get("open_orders", []))


def _relaxes(kind: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda plan: any(key[0] == kind for key in Oracle(plan).relaxable())


#: Every feature, with the test whether a plan has it.
FEATURES: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "two_items": _many("items"),
    "two_warehouses": _many("warehouses"),
    "two_suppliers": _many("suppliers"),
    "several_offers": _several_offers,
    "offer_ids": _has("offers", "offer"),
    "minimum_order_quantity": _has("offers", "minimum_order_quantity"),
    "order_multiple": lambda plan: any(row["order_multiple"] > 1 for row in plan["offers"]),
    "all_units_breaks": _breaks("all_units"),
    "incremental_breaks": _breaks("incremental"),
    "fixed_line_cost": _has("offers", "fixed_line_cost"),
    "freight": _has("offers", "unit_freight"),
    "delivered_fraction": _has("offers", "delivered_fraction"),
    "validity": _has("offers", "valid_to"),
    "served_warehouses": _has("offers", "warehouses"),
    "offer_capacity": _has("offers", "capacity"),
    "lead_time": _has("offers", "lead_time"),
    "fixed_order_cost": _has("suppliers", "fixed_order_cost"),
    "order_discounts": _has("suppliers", "order_discounts"),
    "containers": _has("suppliers", "container"),
    "container_fill": lambda plan: any(
        "minimum_fill" in row.get("container", {}) for row in plan["suppliers"]
    ),
    "payment_terms": _has("suppliers", "payment_terms"),
    "closures": _has("suppliers", "closures"),
    "order_days": _has("suppliers", "order_every"),
    "order_from": _has("suppliers", "order_from"),
    "order_minimum": _has("suppliers", "minimum_order_value"),
    "order_maximum": _has("suppliers", "maximum_order_value"),
    "supplier_capacity": lambda plan: any("units" in row.get("capacity", {}) for row in plan["suppliers"]),
    "supplier_value": lambda plan: any("value" in row.get("capacity", {}) for row in plan["suppliers"]),
    "exchange_rates": lambda plan: any(row["currency"] == "USD" for row in plan["suppliers"]),
    "safety_stock": _has("items", "safety_stock"),
    "service_level": _has("items", "service_level"),
    "max_cover": _has("items", "max_cover_days"),
    "replacement_cost": _has("items", "replacement_cost"),
    "phase_out": _has("items", "phase_out"),
    "priority": lambda plan: (
        _has("items", "priority")(plan) and plan["policy"].get("objective") == "backorders"
    ),
    "promotions": _has("promotions", "uplift"),
    "promotion_sd": _has("promotions", "uplift_sd"),
    "backorders": _has("stock", "backorders"),
    "open_orders": _has("open_orders", "item"),
    "overdue_orders": _overdue,
    "lanes": _has("lanes", "from"),
    "lane_multiple": _has("lanes", "order_multiple"),
    "lane_fixed_cost": _has("lanes", "fixed_cost"),
    "storage": _has("warehouses", "capacity"),
    "budget_carried": _carried,
    "budget_by_period": _inside("capital", "carry_over"),
    "cash": _inside("capital", "cash"),
    "inventory_value": _inside("capital", "inventory_value"),
    "start_breaks_storage": _relaxes("storage"),
    "start_breaks_cash": _relaxes("cash"),
    "holding_rate": _inside("policy", "holding_rate"),
    "default_holding_cost": lambda plan: any("holding_cost" not in row for row in plan["items"]),
    "terminal_value": _inside("policy", "terminal_value"),
    "auto": _inside("policy", "distribution", "auto"),
    "normal": _inside("policy", "distribution", "normal"),
    "gamma": _inside("policy", "distribution", "gamma"),
    "poisson": _inside("policy", "distribution", "poisson"),
    "negative_binomial": _inside("policy", "distribution", "negative_binomial"),
    "known_demand": lambda plan: all(not row.get("sd") for row in plan["demand"]),
    "demand_lists": lambda plan: any(isinstance(row["mean"], list) for row in plan["demand"]),
    "demand_dates": _has("demand", "date"),
    "cumulative": _inside("policy", "uncertainty", "cumulative"),
    "objective_backorders": _inside("policy", "objective", "backorders"),
}


def tiny_plan(seed: int) -> Record:
    """Return the random tiny plan of a seed, as the dict of its ``plan.json``.

    Its decisions have ``LEAST`` to ``MOST`` combinations; without its limits, ordering something is best; its
    least relaxation, where the start breaks a limit, is unique.
    """
    for attempt in count():
        rng = np.random.default_rng([seed, attempt])
        draft = Draft(rng, _features(rng, seed))
        for name, write in WRITERS.items():
            if draft.has(name):
                write(draft)
        best = _limited(draft) if _trimmed(draft) else None
        if best is None or best.ambiguous or best.combinations < LEAST:
            continue
        if best.orders or attempt >= PATIENCE:
            return draft.finished()
    raise AssertionError


def _features(rng: np.random.Generator, seed: int) -> frozenset[str]:
    """Draw a handful of features; each seed has one that is its own turn."""
    drawn = [NAMES[seed % len(NAMES)], *rng.choice(NAMES, size=int(rng.integers(4, 11)), replace=False)]
    chosen = dict.fromkeys(str(name) for name in drawn)
    for name in list(chosen):
        if name in NEEDS:
            chosen.setdefault(NEEDS[name])
    for group in EXCLUSIVE:
        for extra in [name for name in chosen if name in group][1:]:
            del chosen[extra]
    return frozenset(chosen)


def _limited(draft: Draft) -> Best | None:
    """Draw the limits of a plan from its optimum without them; return the optimum with them."""
    free = Oracle(deepcopy(draft.finished()))
    best = enumerate_best(free)
    if not best.orders:
        return None
    for name, write in CAPS.items():
        if draft.has(name):
            write(Free(draft, free, best))
    return enumerate_best(Oracle(draft.finished()))


def _trimmed(draft: Draft) -> bool:
    """Lower maximum order quantities until the plan can be enumerated; tell whether that worked."""
    while _combinations(draft) > MOST:
        rows = [row for row in draft.plan["offers"] if _levels(row) > 1]
        if not rows:
            return False
        row = max(rows, key=_levels)
        row["maximum_order_quantity"] -= row["order_multiple"]
    return True


def _levels(row: Record) -> float:
    """Quantities of an order line other than 0."""
    over = row["maximum_order_quantity"] - (row.get("minimum_order_quantity") or 0)
    multiple = row["order_multiple"]
    return float(min(over // multiple + 1, row["maximum_order_quantity"] / multiple))


def _combinations(draft: Draft) -> float:
    axes = Axes(Oracle(draft.finished()), None).axes
    return float(np.prod([float(len(axis.levels)) for axis in axes]))
