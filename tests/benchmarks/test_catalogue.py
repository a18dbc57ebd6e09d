"""Benchmark plans are sound plans, hold every kind of term, and come out the same every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import procure
from procure.plan.network import build_network
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import broken_by_start, limits_of

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import catalogue

    return catalogue.catalogue


@pytest.mark.parametrize(
    ("items", "warehouses", "periods", "terms"),
    [(1, 1, 4, "all"), (12, 1, 8, "plain"), (12, 2, 6, "all"), (40, 3, 13, "all")],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_plans_are_sound_and_ordering_nothing_keeps_every_limit(
    catalogue: Any, tmp_path: Path, items: int, warehouses: int, periods: int, terms: str, seed: int
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(catalogue(items, warehouses, periods, seed=seed, terms=terms)))
    network = build_network(procure.read_plan(path))
    nothing = keep_ledger(network, Laws.of(network), Decision.nothing(network))
    assert broken_by_start(limits_of(network), nothing) == {}


def test_the_same_seed_gives_the_same_plan(catalogue: Any) -> None:
    assert catalogue(20, 2, 6, seed=3) == catalogue(20, 2, 6, seed=3)
    assert catalogue(20, 2, 6, seed=3) != catalogue(20, 2, 6, seed=4)


def test_a_large_plan_holds_every_kind_of_term(catalogue: Any) -> None:
    plan = catalogue(200, 3, 13, seed=1)
    keys = {table: {key for row in plan[table] for key in row} for table in ("items", "suppliers", "offers")}
    assert keys["items"] >= {
        "service_level",
        "max_cover_days",
        "safety_stock",
        "phase_out",
        "holding_cost",
        "storage",
    }
    assert keys["suppliers"] >= {
        "fixed_order_cost",
        "minimum_order_value",
        "order_discounts",
        "container",
        "order_every",
        "closures",
        "capacity",
        "payment_terms",
    }
    assert keys["offers"] >= {
        "price_breaks",
        "price_break_type",
        "maximum_order_quantity",
        "capacity",
        "fixed_line_cost",
        "valid_to",
        "warehouses",
    }
    assert {"lanes", "promotions", "backorder_queue", "open_orders"} <= plan.keys()
    assert {"order_budget", "cash", "inventory_value"} <= plan["capital"].keys()
