"""Cells that stand alone: the dynamic program against every combination of quantities."""

from __future__ import annotations

import numpy as np
import pytest

from procure.engines.alone import stand_alone
from procure.engines.useful import useful_levels
from procure.plan.network import build_network
from procure.plan.records import Plan
from procure.solution.check import violations
from procure.solution.ledger import Laws, keep_ledger
from procure.solution.limits import limits_of
from tests.oracle import Oracle, Search
from tests.oracle.cases import plain, two_places, weekly


def alone(written):
    network = build_network(Plan.from_dict(written))
    laws = Laws.of(network)
    found = stand_alone(network, laws, useful_levels(network, laws, backorders_only=False))
    return network, laws, found


def tiny(seed):
    """Return a plan with one or two offers, some of whose terms are drawn."""
    rng = np.random.default_rng(seed)

    def offer(supplier):
        row = {
            "supplier": supplier,
            "item": "A",
            "unit_price": float(rng.integers(1, 5)),
            "lead_time": int(rng.choice([0, 5, 7, 14])),
            "order_multiple": int(rng.choice([1, 2, 3])),
            "minimum_order_quantity": int(rng.choice([0, 0, 3, 5])),
            "maximum_order_quantity": int(rng.choice([6, 9, 12])),
            "fixed_line_cost": float(rng.choice([0, 2, 6])),
            "delivered_fraction": float(rng.choice([1.0, 1.0, 0.5])),
        }
        if rng.random() < 0.5:
            row["price_breaks"] = [{"minimum_quantity": 5, "unit_price": row["unit_price"] * 0.8}]
            row["price_break_type"] = str(rng.choice(["all_units", "incremental"]))
        return row

    suppliers = [{"supplier": "S", "order_every": int(rng.choice([1, 2]))}, {"supplier": "R"}]
    offers = [offer("S"), *([offer("R")] if rng.random() < 0.4 else [])]
    mean = [float(m) for m in rng.integers(0, 6, 3)]
    sd = [float(rng.choice([0.0, 0.4 * m])) for m in mean]
    return plain(
        item={"holding_cost": float(rng.choice([0.2, 1.0])), "safety_stock": float(rng.choice([0.0, 2.0]))},
        demand=[weekly(mean, sd)],
        periods=3,
        suppliers=suppliers[: len(offers)],
        offers=offers,
        stock=[{"item": "A", "warehouse": "W", "on_hand": float(rng.choice([0.0, 2.5]))}],
    )


@pytest.mark.parametrize("seed", range(60))
def test_orders_and_bound_are_the_optimum(seed):
    written = tiny(seed)
    network, laws, found = alone(written)
    ledger = keep_ledger(network, laws, found.decision)
    best = Search(Oracle(written)).solve().total
    assert not violations(ledger, limits_of(network))
    assert ledger.total == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert found.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
    assert found.bound <= best + 1e-9 * abs(best)


def test_a_shared_limit_leaves_the_bound():
    """Room for nobody: the orders break it, and what they cost is still a lower bound."""
    written = plain(warehouses=[{"warehouse": "W", "capacity": {"units": 1}}])
    network, laws, found = alone(written)
    ledger = keep_ledger(network, laws, found.decision)
    assert violations(ledger, limits_of(network))
    assert found.bound <= Search(Oracle(written), cap=16).solve().total


def test_an_order_fee_counts_where_no_other_line_shares_it():
    _, _, free = alone(plain())
    _, _, dear = alone(plain(supplier={"fixed_order_cost": 4.0}))
    assert dear.bound > free.bound


@pytest.mark.parametrize(
    "written",
    [
        two_places(),
        plain(supplier={"minimum_order_value": 10}),
        plain(supplier={"order_discounts": [{"minimum_order_value": 10, "discount": 0.1}]}),
        plain(item={"max_cover_days": 14}),
        plain(offer={"order_multiple": 0}),
        plain(
            supplier={"fixed_order_cost": 4.0},
            offers=[
                {"supplier": "S", "item": "A", "unit_price": 2, "lead_time": 0},
                {"supplier": "S", "item": "A", "unit_price": 3, "lead_time": 0},
            ],
        ),
    ],
    ids=["lane", "order minimum", "discount", "cover", "any quantity", "shared fee"],
)
def test_what_links_cells_or_has_no_levels_is_left_to_the_model(written):
    assert alone(written)[2] is None
