"""Two solvers agree; one that is not there is named with its cure; no bound lies above an optimum."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any

import pytest

import procure
from procure.errors import UsageError
from procure.plan.records import Plan
from procure_milp.build import build_model
from procure_milp.instance import Group, Instance
from procure_milp.other_solvers import OTHER_SOLVERS, SolverMissingError, make_solver, open_session
from procure_milp.solve import HighsSession
from tests.models.tiny import instance, line, tier
from tests.models.whole_plan import whole_plan

GAP = 1e-4
MODULES = {"scip": "pyscipopt", "gurobi": "gurobipy", "cplex": "cplex", "xpress": "xpress", "copt": "coptpy"}

needs_cbc = pytest.mark.skipif(importlib.util.find_spec("cbcbox") is None, reason="cbcbox is not installed")


def one_item(**supplier: Any) -> Plan:
    """One item over 5 periods from one supplier, in dozens."""
    return Plan.from_dict(
        {
            "format": "procure-plan/1",
            "name": "one item",
            "start_date": "2026-03-02",
            "periods": 5,
            "currency": "EUR",
            "items": [{"item": "A", "backorder_cost": 5.0, "holding_cost": 0.5}],
            "warehouses": [{"warehouse": "W"}],
            "suppliers": [{"supplier": "S", **supplier}],
            "offers": [
                {"supplier": "S", "item": "A", "unit_price": 3.0, "order_multiple": 12, "lead_time": 7}
            ],
            "stock": [{"item": "A", "warehouse": "W", "on_hand": 15}],
            "demand": [{"item": "A", "warehouse": "W", "mean": [8, 12, 5, 20, 9], "sd": [3, 4, 2, 6, 3]}],
        }
    )


PLANS = {
    "fixed order cost": one_item(fixed_order_cost=25.0),
    "order discounts": one_item(
        order_discounts=[{"minimum_order_value": 100.0, "discount": 0.1}], minimum_order_value=50.0
    ),
    "everything once": whole_plan(),
}


@needs_cbc
@pytest.mark.parametrize("name", PLANS)
def test_highs_and_cbc_agree(name: str):
    """Both totals lie within the gap of each other, and no bound of one is above the total of the other."""
    highs = procure.solve(PLANS[name], solver="highs", gap=GAP, time_limit=30)
    cbc = procure.solve(PLANS[name], solver="cbc", gap=GAP, time_limit=30)
    gross = max(1.0, abs(highs.cost.total), highs.cost.total - highs.cost.terminal)
    assert highs.cost.total == pytest.approx(cbc.cost.total, abs=2.0 * GAP * gross)
    assert highs.bound <= cbc.cost.total + 1e-6 * gross
    assert cbc.bound <= highs.cost.total + 1e-6 * gross


@pytest.mark.parametrize("solver", sorted(MODULES))
def test_a_solver_that_is_not_installed_is_named_with_a_cure(solver: str):
    if importlib.util.find_spec(MODULES[solver]) is not None:
        pytest.skip(f"{solver} is installed")
    with pytest.raises(UsageError) as caught:
        procure.solve(PLANS["fixed order cost"], solver=solver, time_limit=10)
    assert f"solver '{solver}' is not installed" in str(caught.value)
    assert "or use highs" in str(caught.value)


def test_a_solver_that_nobody_knows_is_refused_with_the_names_there_are():
    with pytest.raises(SolverMissingError, match="highs, cbc, scip"):
        make_solver("lindo", 1.0, 0.0, Path("unused.log"))


def test_every_known_solver_has_a_bound():
    from procure_milp.other_solvers import _BOUNDS

    assert set(_BOUNDS) == set(OTHER_SOLVERS)


ORDERS = 4
"""Purchase orders of the hard model, each with nine lines."""


def hard(orders: range) -> Instance:
    """Return purchase orders that must each hit a narrow range of value; they share nothing."""
    numbers = [k for k in range(9 * ORDERS) if k % ORDERS in orders]
    lines = tuple(
        line(
            cell=c,
            group=k % ORDERS - orders.start,
            step=1.0 + (k * 37 % 23) / 7.0,
            tiers=(tier(price=1.0 + (k * 13 % 11) / 9.0),),
            fee=1.0 + k % 3 / 3,
            has_switch=True,
        )
        for c, k in enumerate(numbers)
    )
    groups = tuple(Group(fixed_cost=30.0, minimum=41.0 + g, maximum=45.0 + g) for g in orders)
    return instance(n_cells=len(lines), lines=lines, groups=groups)


@needs_cbc
@pytest.mark.parametrize("seconds", [1.0, 2.0])
def test_the_bound_of_a_time_limited_cbc_run_is_not_above_the_optimum(seconds: float):
    """Orders that share nothing are solved one by one to the optimum; all at once they are a lot for CBC."""
    stop = threading.Event()
    alone = [HighsSession(build_model(hard(range(g, g + 1)))) for g in range(ORDERS)]
    best = [session.search(None, 60.0, 1e-6, stop) for session in alone]
    assert all(found.exact for found in best)
    optimum = sum(found.bound for found in best)
    found = open_session(build_model(hard(range(ORDERS))), "cbc").search(None, seconds, 0.0, stop)
    assert found.bound <= optimum + 1e-5 * abs(optimum)
