"""What the calibration plans: every demand family and every risk, on the examples and on single items."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import procure
from procure.plan.records import Plan

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
Record = dict[str, Any]

SHORT = {"delivered_fraction": {"1": 0.8, "0.5": 0.15, "0": 0.05}}
FAMILIES = ("normal", "gamma", "poisson", "negative_binomial")
ITEM = "single item"


@dataclass(frozen=True)
class Case:
    """An example or a single item, changed.

    Attributes
    ----------
    name
        What the table calls it.
    example
        Folder below `examples`, or `ITEM`.
    policy
        Keys of the policy to set; `uncertainty` is `cumulative` if it does not say so.
    offer
        Keys of all offers to set.
    late
        Standard deviation of all lead times, over their mean; their law is gamma.
    overdue
        Standard deviation of the receipt dates of all open orders [days].
    lost
        Whether every second item loses what it can't serve.
    demand
        Keys of all demand rows to set.
    seconds
        Least time limit: a plan that orders nothing proves nothing.
    """

    name: str
    example: str
    policy: Record = field(default_factory=dict)
    offer: Record = field(default_factory=dict)
    late: float = 0.0
    overdue: float = 0.0
    lost: bool = False
    demand: Record = field(default_factory=dict)
    seconds: float = 0.0


def _of_example(example: str, seconds: float) -> list[Case]:
    def case(name: str, **changes: Any) -> Case:
        return Case(f"{example}, {name}", example, seconds=seconds, **changes)

    return [
        case("auto"),
        case("auto, protection", policy={"uncertainty": "protection"}),
        *(case(family.replace("_", " "), policy={"distribution": family}) for family in FAMILIES),
        case("random lead times", late=0.4),
        case("delivered fractions", offer=SHORT),
        case("late, short, open orders late", late=0.4, offer=SHORT, overdue=6.0),
        case("lost sales", lost=True),
        case("lost sales, late, short", lost=True, late=0.4, offer=SHORT),
    ]


JUMPS: Record = {"mean": [5, 40, 5, 5, 30, 5, 60, 5, 5, 20], "sd": [3, 60, 9, 4, 20, 12, 30, 3, 9, 25]}

CASES = (
    *_of_example("quickstart", 10.0),
    *_of_example("outdoor-shop", 30.0),
    *_of_example("spare-parts", 20.0),
    Case(f"{ITEM}, delivered fractions", ITEM, offer=SHORT),
    Case(f"{ITEM}, fractions, 20 scenarios", ITEM, {"scenarios": 20}, SHORT),
    Case(f"{ITEM}, random lead times", ITEM, late=0.6),
    Case(f"{ITEM}, open orders late", ITEM, overdue=9.0),
    Case(f"{ITEM}, lost sales", ITEM, lost=True),
    Case(f"{ITEM}, lost sales, 20 scenarios", ITEM, {"scenarios": 20}, lost=True),
    Case(f"{ITEM}, lost sales, late, short", ITEM, offer=SHORT, late=0.6, lost=True),
    Case(f"{ITEM}, negative binomial that jumps", ITEM, {"distribution": "negative_binomial"}, demand=JUMPS),
    Case(f"{ITEM}, gamma that jumps", ITEM, {"distribution": "gamma"}, demand=JUMPS),
    Case(f"{ITEM}, auto that jumps, fractions", ITEM, offer=SHORT, demand=JUMPS),
)


OFFER: Record = {"unit_price": 4.0, "order_multiple": 5, "lead_time": 10, "fixed_line_cost": 9.0}


def single_item() -> Record:
    """Return ten weeks of one item; two open orders are under way."""
    orders = [("P1", "2026-01-12"), ("P2", "2026-01-21")]
    place = {"item": "A", "warehouse": "W"}
    return {
        "format": "procure-plan/1",
        "name": ITEM,
        "start_date": "2026-01-05",
        "periods": 10,
        "currency": "EUR",
        "items": [{"item": "A", "backorder_cost": 6.0, "holding_cost": 0.4}],
        "warehouses": [{"warehouse": "W"}],
        "suppliers": [{"supplier": "S", "currency": "EUR"}],
        "offers": [{"supplier": "S", "item": "A", **OFFER}],
        "stock": [{**place, "on_hand": 30}],
        "open_orders": [
            {**place, "po_number": number, "supplier": "S", "quantity": 25, "receipt_date": day}
            for number, day in orders
        ],
        "demand": [{**place, "mean": [18.0] * 10, "sd": [9.0] * 10}],
    }


def plan_of(case: Case) -> Plan:
    """Return the plan of a case."""
    record = single_item() if case.example == ITEM else _example(case.example)
    record["policy"] = {**record.get("policy", {}), "uncertainty": "cumulative", **case.policy}
    record["offers"] = [_offer(case, offer) for offer in record["offers"]]
    record["demand"] = [{**row, **case.demand} for row in record["demand"]]
    if case.overdue:
        record["open_orders"] = [{**row, "lead_time_sd": case.overdue} for row in record["open_orders"]]
    if case.lost:
        _lose(record)
    return procure.Plan.from_dict(record)


def _example(name: str) -> Record:
    single = EXAMPLES / name / "plan.json"
    plan = procure.read_plan(single if single.exists() else single.parent)
    record: Record = json.loads(plan.to_json())
    return record


def _offer(case: Case, offer: Record) -> Record:
    """Return an offer with the terms of the case."""
    days = offer.get("lead_time", 0)
    late = {"lead_time": {"mean": days, "sd": case.late * days}} if case.late and days else {}
    return {**offer, **late, **case.offer}


def _lose(record: Record) -> None:
    """Let every second item that no lane carries lose what it can't serve; lanes for all items go."""
    lanes = record.get("lanes", [])
    if any(not lane.get("items") for lane in lanes):
        record["lanes"] = lanes = []
    kept = {item for lane in lanes for item in lane["items"]}
    lost = {item["item"] for item in record["items"][::2]} - kept
    for item in record["items"]:
        if item["item"] in lost:
            item["unmet_demand"] = "lost"
            for key in ("safety_stock", "service_level"):
                item.pop(key, None)
    for stock in record["stock"]:
        if stock["item"] in lost:
            stock["backorders"] = 0.0
    record["backorder_queue"] = [row for row in record.get("backorder_queue", ()) if row["item"] not in lost]
