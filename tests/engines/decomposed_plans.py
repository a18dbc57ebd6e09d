"""Random plans and prices for the tests of the decomposed engine, and what an outsider knows of their best total."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

import procure
from procure.engines.compact import solve_compact
from procure.engines.decomposed.passes import Pass, Passes
from procure.engines.decomposed.programs import programs_of
from procure.engines.decomposed.purchase_orders import order_values
from procure.engines.interface import Options, Task
from procure.engines.opening import relax_limits
from procure.engines.useful import useful_levels
from procure.plan.network import build_network
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import Limits, limits_of
from tests.oracle import Oracle, Search
from tests.oracle.tiny_plans import tiny_plan

Plan = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Wanted:
    """Prices of any kind, before they are cut to what they may be: those of limits, and those of `Duals`."""

    limits: np.ndarray
    share: np.ndarray
    subsidy: np.ndarray
    load: np.ndarray
    stock: np.ndarray


@dataclass(frozen=True)
class Priced:
    """A plan with its limits and programs; `lost` is what supply beyond the useful levels could save."""

    task: Task
    limits: Limits
    passes: Passes
    lost: float

    def bound(self, duals: Wanted) -> float:
        """Value of the dual function, at any shares of fees; `Lagrangian` has the same at shares that add up."""
        return self.at(duals)[0]

    def at(self, duals: Wanted) -> tuple[float, Pass]:
        """Value of the dual function, and the pass that it comes from."""
        passes, network = self.passes, self.passes.network
        ready = passes.ready(duals.limits, duals.load)
        subsidy = passes.terms.subsidies(duals.subsidy, ready.bounds.most)
        rates = ready.bounds.low, ready.bounds.high
        value = order_values(passes.terms, ready.prices, rates, subsidy, ready.load, passes.aim.worth)
        closed = ~np.isfinite(value)
        shut = np.concatenate([closed[network.line_group], np.zeros((network.n_moves, network.periods), dtype=bool)])
        share = np.where(shut[passes.programs.source], np.inf, np.maximum(duals.share, 0.0))
        found = passes.run(ready, passes.priced(ready, subsidy, share, duals.stock))
        orders, trips = passes.borne(np.where(np.isfinite(share), share, 0.0))
        fees = np.array([[lane.fixed_cost] for lane in network.lanes]).reshape(-1, 1)
        rest = float(np.minimum(np.where(closed, 0.0, value) - orders, 0.0)[~closed].sum())
        rest += float(np.minimum(fees - trips, 0.0).sum())
        return found.value + ready.prices.constant + rest - self.lost, found


def priced(plan: Plan, threads: int = 1) -> Priced:
    """Set up the programs of a plan."""
    network = build_network(procure.Plan.from_dict(plan))
    laws, limits = Laws.of(network), limits_of(network)
    task = Task(network, laws, limits)
    limits, _ = relax_limits(task, Options(time_limit=20), Decision.nothing(network))
    levels = useful_levels(network, laws, backorders_only=False)
    passes = Passes(task, limits, programs_of(network, laws, levels), threads=threads)
    return Priced(task, limits, passes, levels.money)


def cost_plan(seed: int) -> Plan:
    """The random tiny plan of a seed, its objective the cost."""
    plan = deepcopy(tiny_plan(seed))
    plan["policy"].pop("objective", None)
    return plan


def best_of_all(plan: Plan) -> float:
    """Least total over every combination of quantities."""
    return Search(Oracle(plan)).solve().total


def best_of_compact(case: Priced, gap: float = 1e-7) -> float:
    """Total that the compact engine finds; no less than the least."""
    outcome = solve_compact(case.task, Options(time_limit=4, gap=gap))
    return keep_ledger(case.task.network, case.task.laws, outcome.decision).total


def loosened(plan: Plan, rng: np.random.Generator) -> Plan:
    """The plan without maximum quantities, and with terms that a tiny plan never has."""
    plan = deepcopy(plan)
    for row in plan["offers"]:
        _loosen(row, rng)
    for row in plan.get("lanes", []):
        row["order_multiple"] = float(rng.choice([0, 1, 2, 3]))
    for row in plan["suppliers"]:
        _ruled(row, rng)
    for row in plan["items"]:
        if rng.random() < 0.2:
            row["holding_cost"] = 0.0
    if rng.random() < 0.3:
        plan["policy"]["terminal_value"] = 1
    return plan


def _loosen(row: Plan, rng: np.random.Generator) -> None:
    row.pop("maximum_order_quantity", None)
    if rng.random() < 0.15:
        row["order_multiple"] = 0
        row.pop("minimum_order_quantity", None)
    if rng.random() < 0.1:
        row["delivered_fraction"] = float(rng.choice([0.97, 0.5, 0.0]))


def _ruled(row: Plan, rng: np.random.Generator) -> None:
    if rng.random() < 0.2:
        row["minimum_order_value"] = float(rng.choice([5, 30, 80]))
        row.pop("maximum_order_value", None)
    if rng.random() < 0.2:
        least, discount = float(rng.choice([20, 60, 100])), float(rng.choice([0.05, 0.2, 0.4]))
        row["order_discounts"] = [{"minimum_order_value": least, "discount": discount}]
    if rng.random() < 0.2:
        size, cost, fill = (float(rng.choice(of)) for of in ([7, 20, 50], [0, 3, 20], [0, 0.5, 1]))
        row["container"] = {"resource": "units", "size": size, "cost": cost, "minimum_fill": fill}


def lane_plan(rng: np.random.Generator) -> Plan:
    """Two or three warehouses with lanes one after the other and in both directions."""
    count, periods = int(rng.integers(2, 4)), int(rng.integers(2, 5))
    places = [f"W{k}" for k in range(count)]
    pairs = [(a, b) for a in places for b in places if a != b and (rng.random() < 0.6 or (a, b) == ("W0", "W1"))]
    ratio = float(rng.choice([0.0, 0.4]))
    means = {place: rng.integers(0, 7, periods).astype(float) for place in places}
    return {
        "format": "procure-plan/1",
        "name": "lanes",
        "start_date": "2026-01-05",
        "periods": periods,
        "currency": "EUR",
        "items": [{
            "item": "A",
            "backorder_cost": float(rng.choice([1, 5, 30])),
            "holding_cost": float(rng.choice([0, 0.05, 0.5])),
            "safety_stock": float(rng.choice([0, 0, 3])),
            **({"max_cover_days": 14} if rng.random() < 0.2 else {}),
        }],
        "warehouses": [_store(place, rng) for place in places],
        "suppliers": [_supplier(rng)],
        "offers": [_offer(places, rng)],
        "lanes": [_lane(a, b, rng) for a, b in pairs],
        "stock": [{"item": "A", "warehouse": place, **_stock(rng)} for place in places],
        "demand": [
            {"item": "A", "warehouse": place, "mean": mean.tolist(), "sd": (ratio * mean).tolist()}
            for place, mean in means.items()
        ],
        "policy": {"terminal_value": float(rng.choice([0, 0.5, 1]))},
    }  # fmt: skip


def _store(place: str, rng: np.random.Generator) -> Plan:
    capacity = {"capacity": {"units": float(rng.integers(1, 15))}} if rng.random() < 0.3 else {}
    return {"warehouse": place, **capacity}


def _supplier(rng: np.random.Generator) -> Plan:
    row: Plan = {"supplier": "S", "currency": "EUR", "fixed_order_cost": float(rng.choice([0, 5, 20]))}
    _ruled(row, rng)
    return row


def _offer(places: list[str], rng: np.random.Generator) -> Plan:
    kind = str(rng.choice(["all_units", "incremental"]))
    breaks = {"price_breaks": [{"minimum_quantity": 12, "unit_price": 0.7}], "price_break_type": kind}
    return {
        "supplier": "S",
        "item": "A",
        "unit_price": float(rng.choice([1, 3])),
        "lead_time": int(rng.choice([0, 7])),
        "minimum_order_quantity": float(rng.choice([0, 5, 20])),
        "order_multiple": float(rng.choice([0, 1, 1, 4])),
        "warehouses": sorted(rng.choice(places, int(rng.integers(1, len(places) + 1)), replace=False).tolist()),
        "delivered_fraction": float(rng.choice([1, 1, 1, 0.9])),
        **(breaks if rng.random() < 0.3 else {}),
    }


def _lane(origin: str, target: str, rng: np.random.Generator) -> Plan:
    return {
        "from": origin,
        "to": target,
        "lead_time": int(rng.choice([0, 7])),
        "order_multiple": float(rng.choice([0, 1, 1, 3])),
        "unit_cost": float(rng.choice([0, 0.2])),
        "fixed_cost": float(rng.choice([0, 0, 4])),
        **({"capacity": {"units": 6}} if rng.random() < 0.2 else {}),
    }


def _stock(rng: np.random.Generator) -> Plan:
    return {"on_hand": float(rng.integers(0, 25))} if rng.random() < 0.6 else {"on_hand": 0, "backorders": 2}


def random_prices(passes: Passes, rng: np.random.Generator) -> Wanted:
    """Prices of any kind, sensible or not: all but those of stock and of goods are 0 or more."""
    network, programs, periods = passes.network, passes.programs, passes.network.periods
    groups, moves = len(network.group_supplier), network.n_moves

    def some(rows: int, size: float, chance: float) -> np.ndarray:
        shape = rows, periods
        return rng.exponential(size, shape) * (rng.random(shape) < chance)

    wild = float(rng.choice([0.0, 0.3, 1.0, 5.0]))
    fee = max(float(network.fees.order_fee.max(initial=0.0)), 1.0)
    worth = np.maximum(network.replacement[network.cell_item[network.move_from]], 0.5)[:, None]
    return Wanted(
        limits=some(len(passes.limits), wild * float(rng.choice([0.05, 0.3, 1.0])), 0.5),
        share=some(len(programs.source), wild * fee, 0.6),
        subsidy=rng.uniform(-0.4, 0.9, (groups, periods)) * (rng.random((groups, periods)) < 0.7),
        load=some(groups, 0.5 * wild, 0.5) * float(rng.choice([1.0, 1.0, -1.0])),
        stock=worth * rng.uniform(-2.0, 2.0, (moves, periods)) * float(rng.choice([0.0, 1.0, 3.0])),
    )
