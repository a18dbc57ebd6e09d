"""The calibration: its plans, what it refuses, and how misses are judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import calibration

    return calibration


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import calibration_cases

    return calibration_cases


def named(bench, name):
    return next(case for case in bench.CASES if case.name == name)


def test_every_family_and_risk_stands_for_every_example(bench):
    for example in ("quickstart", "outdoor-shop", "spare-parts"):
        cases = [case for case in bench.CASES if case.example == example]
        assert {"normal", "gamma", "poisson", "negative_binomial"} <= {
            case.policy.get("distribution") for case in cases
        }
        assert any(case.late for case in cases)
        assert any(case.offer for case in cases)
        assert any(case.lost for case in cases)
        assert any(case.policy.get("uncertainty") == "protection" for case in cases)
    assert len({case.name for case in bench.CASES}) == len(bench.CASES)


def test_plans_say_what_the_case_says(bench):
    plan = bench.plan_of(named(bench, "outdoor-shop, lost sales, late, short"))
    assert plan.policy.uncertainty == "cumulative"
    assert any(item.unmet_demand == "lost" for item in plan.items)
    assert all(offer.lead_time.is_random for offer in plan.offers if offer.lead_time.mean)
    assert all(offer.delivered_fraction.is_random for offer in plan.offers)
    plan = bench.plan_of(named(bench, "spare-parts, late, short, open orders late"))
    assert plan.open_orders
    assert all(order.lead_time_sd == 6.0 for order in plan.open_orders)


def test_a_plan_that_orders_nothing_is_refused(bench, cases):
    case = bench.Case("nothing", cases.ITEM, demand={"mean": [0.1] * 10, "sd": [0.1] * 10})
    with pytest.raises(ValueError, match="nothing: the plan found in 5 s orders nothing"):
        bench.measure(case, 2, 10, 5.0)


def test_a_single_item_is_planned_simulated_and_told(bench):
    row = bench.measure(named(bench, "single item, lost sales"), 3, 50, 1.0)
    assert row["lines"] > 0
    assert row["total"]["promised"] == pytest.approx(row["total"]["mean"], rel=0.2)
    assert all(0 <= row[name]["misses"] <= 3 for name in bench.FIGURES)
    assert any("single item, lost sales" in line for line in bench.table([row]))


def test_misses_are_judged_one_by_one_and_together(bench):
    # 4 of 20 are more than the 3 that 95 % allow; over 100 intervals 5 are expected, and 9 at most by chance.
    def row(case, misses):
        figure = {"promised": 10.0, "mean": 10.1, "half_width": 0.2, "misses": misses}
        head = {"case": case, "seeds": 20, "lines": 3, "gap": 0.01, "fitted": None}
        return {**head, **dict.fromkeys(bench.FIGURES, figure)}

    rows = [row("A", 4), *(row(name, 1) for name in "BCDE")]
    first = bench.verdicts(rows)[0]
    assert "8 of 100 intervals miss, 5 are to be expected and at most 9 come by chance" in first
    assert "1 of 5 cases, 0.1 to be expected: A." in first
