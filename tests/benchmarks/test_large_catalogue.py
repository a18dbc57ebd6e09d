"""Large catalogues are sound plans of the terms asked for, the same every time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import procure
from procure.plan import Plan
from procure.plan.network import build_network
from procure.solution.ledger import Decision, Laws, keep_ledger
from procure.solution.limits import broken_by_start, limits_of

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make a catalogue of a size, terms and seed."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from large_catalogue import Size, large_catalogue

    def make(items: int, terms: str, seed: int = 1, **more: Any) -> Plan:
        plan: Plan = large_catalogue(Size(items, **more), terms, seed)
        return plan

    return make


@pytest.mark.parametrize("terms", ["plain", "lines", "orders", "all"])
@pytest.mark.parametrize(("items", "warehouses", "periods"), [(1, 1, 3), (7, 2, 13), (400, 3, 13)])
def test_ordering_nothing_keeps_every_limit(
    made: Any, items: int, warehouses: int, periods: int, terms: str
) -> None:
    plan = made(items, terms, warehouses=warehouses, periods=periods)
    assert (len(plan.items), len(plan.demand)) == (items, items * warehouses)
    network = build_network(plan)
    nothing = keep_ledger(network, Laws.of(network), Decision.nothing(network))
    assert broken_by_start(limits_of(network), nothing) == {}
    assert np.isin(np.arange(network.n_cells), network.line_cell).all(), "every cell can be supplied"


def test_terms_add_up(made: Any) -> None:
    plain, lines, orders, full = (made(200, terms) for terms in ("plain", "lines", "orders", "all"))
    assert not any(o.fixed_line_cost or o.minimum_order_quantity for o in plain.offers)
    assert any(o.order_multiple > 1 for o in plain.offers)
    assert any(o.fixed_line_cost for o in lines.offers)
    assert all(o.minimum_order_quantity for o in lines.offers)
    assert not any(s.fixed_order_cost or s.minimum_order_value for s in lines.suppliers)
    assert all(s.fixed_order_cost and s.minimum_order_value for s in orders.suppliers)
    assert orders.capital.order_budget is None
    assert not any(o.price_breaks for o in orders.offers)
    assert any(o.price_breaks for o in full.offers)
    assert any(s.order_discounts for s in full.suppliers)
    assert any(s.closures for s in full.suppliers)
    assert any(s.order_every > 1 for s in full.suppliers)
    assert any(i.service_level for i in full.items)
    assert {s.currency for s in full.suppliers} == {"EUR", "USD"}


def test_same_seed_same_plan(made: Any) -> None:
    assert made(50, "all").digest() == made(50, "all").digest()
    assert made(50, "all").digest() != made(50, "all", seed=2).digest()


def test_suppliers_grow_with_the_catalogue(made: Any) -> None:
    assert [len(made(n, "plain").suppliers) for n in (10, 1000)] == [4, 20]
    assert len(made(1000, "plain", suppliers=6).suppliers) == 6


def test_a_buyer_can_order_within_the_limits(made: Any) -> None:
    """Orders are worth while, and the budget is felt."""
    plan = made(60, "all")
    solution = procure.baseline(plan)
    assert solution.expected_backorders.unit_periods < 0.5 * solution.without_orders.unit_periods
    budget = [row for row in solution.resources if row.resource == "order_budget"]
    assert all(row.used <= row.limit * (1 + 1e-9) for row in budget)
    assert any(row.used > 0.5 * row.limit for row in budget)
