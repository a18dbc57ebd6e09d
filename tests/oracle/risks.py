"""Random tiny plans whose supply is random or whose customers do not wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, timedelta
from itertools import count
from typing import Any

import numpy as np

from .arithmetic import Oracle
from .axes import Axes
from .draft import Record
from .tiny_plans import tiny_plan

#: Least and most combinations of a plan.
LEAST, MOST = 12, 700

Risk = Callable[[Record, np.random.Generator], bool]

#: Writers of risks by name, in the order in which they are applied; each tells whether it could.
RISKS: dict[str, Risk] = {}


def risk(writer: Risk) -> Risk:
    """Register a writer under its own name."""
    RISKS[writer.__name__] = writer
    return writer


def _one(rng: np.random.Generator, rows: list[Any]) -> Any:
    return rows[int(rng.integers(len(rows)))]


@risk
def lost_sales(plan: Record, rng: np.random.Generator) -> bool:
    """Let the customers of an item go elsewhere; lost items have no lanes, safety stock or backorders."""
    if plan.get("lanes"):
        return False
    item = _one(rng, plan["items"])
    item["unmet_demand"] = "lost"
    for key in ("safety_stock", "service_level"):
        item.pop(key, None)
    for row in plan["stock"]:
        if row["item"] == item["item"]:
            row.pop("backorders", None)
    return True


@risk
def random_lead_time(plan: Record, rng: np.random.Generator) -> bool:
    """Let an offer be early or late, by points or as a gamma."""
    row, length = _one(rng, plan["offers"]), plan.get("period_days", 7)
    days = row["lead_time"]
    points = [
        {days: 0.7, days + length: 0.3},
        {max(days - length, 0): 0.25, days + 1: 0.5, days + 2 * length: 0.25},
        {days + 2: 0.9, days + 40 * length: 0.1 / 40, days + 3: 0.1 - 0.1 / 40},
    ]
    if rng.random() < 0.3:
        row["lead_time"] = {"mean": days + 2.5, "sd": _one(rng, [1, 2, 3])}
    else:
        row["lead_time"] = {f"{d:g}": p for d, p in _one(rng, points).items()}
    return Oracle(plan).network.usable_offers((row["item"], plan["warehouses"][0]["warehouse"])) != []


@risk
def random_fraction(plan: Record, rng: np.random.Generator) -> bool:
    """Let an offer deliver less than was ordered."""
    shares = [{"1": 0.8, "0": 0.2}, {"1": 0.6, "0.5": 0.3, "0": 0.1}, {"0.9": 0.5, "0.7": 0.5}]
    _one(rng, plan["offers"])["delivered_fraction"] = _one(rng, shares)
    return True


@risk
def late_open_order(plan: Record, rng: np.random.Generator) -> bool:
    """Add an open order that may come early or late, or be overdue."""
    days = int(rng.integers(-3, plan["periods"] * plan.get("period_days", 7)))
    row = {
        "po_number": "LATE",
        "supplier": plan["suppliers"][0]["supplier"],
        "item": _one(rng, plan["items"])["item"],
        "warehouse": _one(rng, plan["warehouses"])["warehouse"],
        "quantity": _one(rng, [2, 3, 4.5]),
        "receipt_date": (date.fromisoformat(plan["start_date"]) + timedelta(days=days)).isoformat(),
        "lead_time_sd": _one(rng, [3, 6, 9.5]),
    }
    plan.setdefault("open_orders", []).append(row)
    return True


def risky_plan(seed: int) -> Record:
    """Return the random tiny plan of a seed with one to three risks, as the dict of its ``plan.json``.

    Its decisions have ``LEAST`` to ``MOST`` combinations, and its start breaks no limit. Each seed has one risk that
    is its own turn.
    """
    for attempt in count():
        rng = np.random.default_rng([seed, attempt, 5])
        plan = deepcopy(tiny_plan(int(rng.integers(500))))
        names = {list(RISKS)[seed % len(RISKS)], *rng.choice(list(RISKS), size=2)}
        written = [write(plan, rng) for name, write in RISKS.items() if name in names]
        plan["policy"].pop("objective", None)
        if all(written) and not Oracle(plan).relaxable() and _trimmed(plan) and _random_in_use(plan):
            return plan
    raise AssertionError


def _random_in_use(plan: Record) -> bool:
    """Tell whether the horizon sees anything but certain supply to customers who wait."""
    oracle = Oracle(plan)
    orders = {axis.key: axis.levels[-1] for axis in Axes(oracle, None).axes if axis.kind == "order"}
    flows = oracle.flows(orders, {})  # type: ignore[arg-type]
    unsure = any(len(flow.law(oracle.periods - 1)[0]) > 1 for flow in flows.values())
    return unsure or any(row.get("unmet_demand") == "lost" for row in plan["items"])


def _trimmed(plan: Record) -> bool:
    """Lower maximum order quantities until there are few combinations; tell whether that worked."""
    while (size := _combinations(plan)) > MOST:
        rows = [row for row in plan["offers"] if row["maximum_order_quantity"] - row["order_multiple"] >= _least(row)]
        if not rows:
            return False
        row = max(rows, key=lambda row: (row["maximum_order_quantity"] - _least(row)) / row["order_multiple"])
        row["maximum_order_quantity"] -= row["order_multiple"]
    return size >= LEAST


def _least(row: Mapping[str, Any]) -> float:
    """Least quantity of a line other than 0."""
    return float(max(row.get("minimum_order_quantity") or 0, row["order_multiple"]))


def _combinations(plan: Record) -> float:
    return float(np.prod([float(len(axis.levels)) for axis in Axes(Oracle(plan), None).axes]))
