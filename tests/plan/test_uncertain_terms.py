"""Distributions of lead times and delivered fractions: what `check` says of them, how they are read and written."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli
from procure.plan.advice import check_plan
from tests.oracle.cases import plain, weekly


def warnings(lead_time, **changes):
    plan = plain(offer={"lead_time": lead_time}, **changes)
    return [str(warning) for warning in check_plan(procure.Plan.from_dict(plan))]


@pytest.mark.parametrize(
    "lead_time",
    [28, {"27": 0.5, "30": 0.5}, {"7": 0.5, "70": 0.5}, {"mean": 26, "sd": 5}],
    ids=["certain", "late", "late on average", "gamma"],
)
def test_an_offer_that_never_arrives_in_time_is_named(lead_time):
    # 4 weeks: what takes more than 3 weeks on average can't be planned
    assert any("no order of S/A can be placed and arrive" in text for text in warnings(lead_time))


@pytest.mark.parametrize("lead_time", [21, {"7": 0.9, "140": 0.1}, {"mean": 21, "sd": 30}])
def test_a_tail_beyond_the_horizon_is_fine(lead_time):
    assert not any("can be placed and arrive" in text for text in warnings(lead_time))


def test_check_names_the_offer_on_the_command_line(tmp_path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plain(offer={"lead_time": {"14": 0.1, "42": 0.9}})), encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", str(file)])
    assert done.exit_code == 0
    assert "no order of S/A can be placed and arrive" in done.output


def test_nothing_is_ordered_of_an_offer_that_arrives_too_late_on_average():
    plan = plain(offer={"lead_time": {"7": 0.5, "70": 0.5}}, demand=[weekly([4] * 4)])
    assert procure.solve(procure.Plan.from_dict(plan), time_limit=10).lines == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lead_time", {"7": 0.25, "10.5": 0.75}),
        ("lead_time", {"mean": 9.0, "sd": 2.5}),
        ("delivered_fraction", {"0": 0.125, "0.5": 0.375, "1": 0.5}),
    ],
)
def test_distributions_are_written_as_they_were_read(key, value):
    plan = procure.Plan.from_dict(plain(offer={key: value}))
    written = json.loads(plan.to_json())["offers"][0][key]
    assert written == value
    assert procure.Plan.from_dict(json.loads(plan.to_json())) == plan


def test_a_distribution_of_one_value_is_certain():
    offer = procure.Plan.from_dict(plain(offer={"lead_time": {"7": 1}, "delivered_fraction": {"0.5": 1}})).offers[0]
    assert (offer.lead_time.is_random, offer.delivered_fraction.is_random) == (False, False)
    assert (offer.lead_time.mean, offer.delivered_fraction.mean) == (7, 0.5)
