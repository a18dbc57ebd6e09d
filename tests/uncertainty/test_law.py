"""Cumulative demand: what counts at its mean, what is random, and samples."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

import procure
from procure.plan.network import build_network
from procure.uncertainty.families import Family
from procure.uncertainty.law import law_of
from tests.oracle.cases import plain, two_places, weekly

MEAN, SD = [10.0, 20.0, 30.0, 40.0], [1.0, 2.0, 3.0, 4.0]


def network(**changes):
    return build_network(procure.Plan.from_dict(plain(demand=[weekly(MEAN, SD)], **changes)))


def test_with_protection_only_the_last_periods_are_random():
    # a lead time of one week: the last two weeks are random, everything before counts at its mean
    law = law_of(network(offer={"lead_time": 7}))
    assert law.known[0].tolist() == [0, 0, 10, 30]
    assert law.mean[0].tolist() == [10, 30, 50, 70]
    assert law.variance[0].tolist() == [1, 5, 13, 25]
    assert law.expected[0].tolist() == [10, 30, 60, 100]


@pytest.mark.parametrize("cumulative_plan", [True, False])
def test_cumulative_counts_every_surprise(cumulative_plan):
    policy = {"uncertainty": "cumulative"} if cumulative_plan else {}
    law = law_of(network(policy=policy), cumulative=not cumulative_plan)
    assert law.known[0].tolist() == [0, 0, 0, 0]
    assert law.variance[0].tolist() == [1, 5, 14, 30]


def test_the_shortfall_is_that_of_the_window():
    law = law_of(network(offer={"lead_time": 7}, policy={"distribution": "normal"}))
    # period 2: 10 known, then normal with mean 50 and variance 13; 63 there
    z = (63 - 60) / np.sqrt(13)
    expected = np.sqrt(13) * (stats.norm.pdf(z) - z * stats.norm.sf(z))
    assert law.shortfall(0, 2, np.array(63.0)) == pytest.approx(expected)
    assert law.exceedance(0, 2, np.array(63.0)) == pytest.approx(stats.norm.sf(z))
    assert law.quantile(0, 2, np.array(0.9)) == pytest.approx(60 + np.sqrt(13) * stats.norm.ppf(0.9))


def test_the_window_is_that_of_the_main_offer():
    dear = {"supplier": "S", "item": "A", "unit_price": 9, "lead_time": 0}
    plan = plain(offer={"lead_time": 14})
    plan["offers"].append(dear)
    assert build_network(procure.Plan.from_dict(plan)).window.tolist() == [3]


def test_a_lane_adds_its_time_to_the_window_of_its_origin():
    plan = two_places(offer={"lead_time": 7}, demand=[weekly([4, 4, 4, 4], warehouse="V")])
    found = build_network(procure.Plan.from_dict(plan))
    assert dict(zip([found.place(c)[1] for c in range(2)], found.window.tolist(), strict=True)) == {
        "W": 2,
        "V": 3,
    }


def test_a_cell_that_nothing_reaches_waits_for_the_whole_horizon():
    plan = plain(warehouses=[{"warehouse": "W"}, {"warehouse": "V"}], offer={"warehouses": ["W"]})
    plan["demand"].append({**weekly([1, 1, 1, 1]), "warehouse": "V"})
    found = build_network(procure.Plan.from_dict(plan))
    assert found.window[found.cell_index[0, 1]] == 4


@pytest.fixture
def sampled(tmp_path):
    """Two paths, 1 2 3 and 5 4 0, with a window of one week."""
    paths = [(0, (1, 2, 3)), (1, (5, 4, 0))]
    rows = [f"A,W,{s},{t},{q}" for s, path in paths for t, q in enumerate(path)]
    text = "\n".join(["item,warehouse,sample,period,quantity", *rows])
    (tmp_path / "s.csv").write_text(text + "\n", encoding="utf-8")
    plan = plain(demand=[], demand_samples="s.csv", periods=3)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    return build_network(procure.read_plan(tmp_path / "plan.json"))


def test_samples_take_their_mean_up_to_the_window_and_their_own_last_periods(sampled):
    law = law_of(sampled)
    assert law.family.tolist() == [[Family.SAMPLES] * 3]
    # means 3, 3, 1.5: the second path of period 2 is 6 + 0, the first 6 + 3
    assert law.sorted_paths[0].tolist() == [[1, 5], [5, 7], [6, 9]]
    assert law.expected[0].tolist() == [3, 6, 7.5]


def test_samples_cumulative_are_the_sums_of_each_path(sampled):
    assert law_of(sampled, cumulative=True).sorted_paths[0].tolist() == [[1, 5], [3, 9], [6, 9]]


def test_loss_tail_and_quantile_of_samples(sampled):
    law = law_of(sampled)
    periods = np.arange(3)
    assert law.shortfall(0, periods, np.array([2.0, 5.0, 10.0])).tolist() == [1.5, 1, 0]
    assert law.exceedance(0, periods, np.array([1.0, 4.9, 9.0])).tolist() == [0.5, 1, 0]
    assert law.quantile(0, periods, np.array([0.5, 0.51, 1.0])).tolist() == [1, 7, 9]
