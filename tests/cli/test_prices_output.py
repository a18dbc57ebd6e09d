"""What is said of the prices of limits and rules: true figures, in sentences, at every width."""

from __future__ import annotations

import io
import json
import re
import sys

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

import procure
from procure.cli import cli
from procure.cli.limit_prices import price_sentence, show_limit_prices
from procure.cli.rule_prices import rule_sentence, show_rule_prices
from procure.cli.wording import more_of, saving_sentence
from procure.insight.limit_prices import LimitPrice, LimitPrices
from procure.insight.rule_prices import RulePrice, RulePrices
from procure.solution.records import LimitSaving
from tests import hand_made
from tests.insight.test_rule_prices import plan_of

REFERENCE = hand_made.solution().plan_reference


def price(**changes) -> LimitPrice:
    fields = {
        "resource": "order_budget",
        "unit": "EUR",
        "period": 0,
        "step": 1000.0,
        "price": 0.21,
        "by_price": 205.0,
        "backorders_by_price": 30.0,
        "saved": 210.0,
        "backorders_avoided": 35.0,
        "least": 205.0,
        "most": 215.0,
    }
    return LimitPrice(**fields | changes)


def rule(**changes) -> RulePrice:
    fields = {
        "kind": "minimum_order_quantity",
        "supplier": "S",
        "offer": "S/KETTLE",
        "item": "KETTLE",
        "terms": "48 units",
        "saved": 120.0,
        "backorders_avoided": -3.0,
        "least": 100.0,
        "most": 140.0,
    }
    return RulePrice(**fields | changes)


def prices(*limits, better=0.0) -> LimitPrices:
    return LimitPrices(plan=REFERENCE, currency="EUR", total=1e5, better=better, limits=limits, seconds=1.0)


def costs(*rules, untried=0, better=0.0) -> RulePrices:
    found = {"plan": REFERENCE, "currency": "EUR", "total": 1e5, "better": better, "gap_money": 10.0}
    return RulePrices(**found, rules=rules, untried=untried, seconds=1.0)


PLACES = [
    ({}, "1,000 EUR more order budget in period 0"),
    ({"resource": "cash", "step": 1.0, "period": 3}, "1 EUR more cash in period 3"),
    ({"resource": "inventory_value", "period": None}, "1,000 EUR more inventory value in every period"),
    ({"resource": "m3", "unit": "m3", "warehouse": "EAST", "step": 0.5}, "0.5 m3 more storage in EAST in period 0"),
    ({"resource": "units", "unit": "units", "supplier": "S", "step": 1}, "1 unit more from the supplier S in period 0"),
    (
        {"resource": "units", "unit": "units", "supplier": "S", "offer": "S/A", "step": 5},
        "5 units more under the offer S/A in period 0",
    ),
    ({"resource": "kg", "unit": "kg", "from_": "E", "to": "W", "step": 9}, "9 kg more on the lane E to W in period 0"),
]


@pytest.mark.parametrize(("place", "words"), PLACES)
def test_a_step_is_named_in_the_words_of_the_trade(place, words):
    assert more_of(price(**place)) == words


def test_the_summary_says_what_a_step_would_save():
    place = {"resource": "order_budget", "unit": "EUR", "period": 0, "basis": "orders"}
    saving = LimitSaving(**place, step=1000.0, saved=210.0, backorders_avoided=35.04)
    told = saving_sentence(saving, "EUR")
    assert told == (
        "1,000 EUR more order budget in period 0 saves about 210.00 EUR and avoids 35 unit-periods of backorders"
    )
    more, unknown = (saving.model_copy(update={"backorders_avoided": avoided}) for avoided in (-2.0, None))
    assert saving_sentence(more, "EUR").endswith("and adds 2 unit-periods of backorders")
    assert saving_sentence(unknown, "EUR").endswith("210.00 EUR")


BUDGET = "1,000 EUR more order budget in period 0"
SENTENCES = [
    ({}, f"{BUDGET} saves 210.00 EUR and avoids 35 unit-periods of backorders."),
    ({"most": 900.0}, f"{BUDGET} saves about 210.00 EUR and avoids 35 unit-periods of backorders."),
    (
        {"by_price": 300.0},
        f"{BUDGET} saves 210.00 EUR and avoids 35 unit-periods of backorders. At the margin, by its price, it would be "
        "300.00 EUR.",
    ),
    (
        {"saved": 0.0, "backorders_avoided": 0.0, "least": 0.0, "most": 900.0},
        f"{BUDGET}: no better plan was found in the time given (proven: at most 900.00 EUR). At the margin, by its "
        "price, it would save 205.00 EUR and avoid 30 unit-periods of backorders.",
    ),
    (
        {"saved": None, "backorders_avoided": None, "least": None, "most": None},
        f"By its price {BUDGET} saves about 205.00 EUR and avoids 30 unit-periods of backorders; time was out before "
        "solving again.",
    ),
]


@pytest.mark.parametrize(("changes", "words"), SENTENCES)
def test_both_figures_are_told_where_they_disagree(changes, words):
    assert price_sentence(price(**changes), "EUR") == words


def test_a_rule_is_named_with_its_terms_and_whose_it_is():
    names = {"S": "Osaka Brew Tools"}
    assert rule_sentence(rule(), "EUR", names) == (
        "Without the MOQ (48 units) of KETTLE from Osaka Brew Tools the plan would cost 120.00 EUR less and add 3 "
        "unit-periods of backorders."
    )
    whole = rule(kind="container", offer=None, item=None, terms="33 m3", backorders_avoided=0.0)
    assert rule_sentence(whole, "EUR", {}) == (
        "If S charged for the part of a container (33 m3) that is filled, the plan would cost 120.00 EUR less."
    )
    days = rule(kind="order_every", offer=None, item=None, terms="2 periods", backorders_avoided=4.0)
    assert rule_sentence(days, "EUR", names) == (
        "If Osaka Brew Tools took orders every period, not every 2 periods, the plan would cost 120.00 EUR less and "
        "avoid 4 unit-periods of backorders."
    )


def shown(monkeypatch, show, found, width=None) -> str:
    stream = Terminal() if width else io.StringIO()
    if width:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stdout", stream)
    show(found)
    return re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


LONG = [
    price(),
    price(resource="m3", unit="m3", warehouse="A warehouse with a long name", period=11, step=0.05, most=123456.0),
]
MANY = [rule(item=f"ITEM-{k}", offer=f"S/{k}", saved=100.0 - k) for k in range(15)]


@pytest.mark.parametrize("width", [80, 100, 140])
def test_everything_fits_the_terminal(monkeypatch, width):
    both = (show_limit_prices, prices(*LONG, better=5.0)), (show_rule_prices, costs(*MANY, untried=2, better=5.0))
    for show, found in both:
        text = shown(monkeypatch, show, found, width)
        assert max(cell_len(line) for line in text.splitlines()) <= width
        assert "205.00 to 215.00" in text or "100.00 to 140.00" in text


def test_what_is_left_out_is_said(monkeypatch):
    found = costs(*MANY, rule(saved=0.0, item="FREE"), untried=2, better=5.0)
    text = " ".join(shown(monkeypatch, show_rule_prices, found).split())
    assert "no better plan was found without 1 other rule (proven: none can save more than 140.00 EUR)" in text
    assert "3 more rules cost less;" in text
    assert "2 rules not tried" in text
    assert "a plan that is 5.00 EUR better" in text
    assert "FREE" not in text


def test_a_saving_that_the_gap_can_hide_is_no_advice(monkeypatch):
    text = shown(monkeypatch, show_rule_prices, costs(rule(saved=9.0)))
    assert "No rule tried is seen to cost more than 10.00 EUR, the gap asked for." in text
    assert "What to negotiate" not in text


def test_nothing_to_tell(monkeypatch):
    assert shown(monkeypatch, show_limit_prices, prices()).startswith("No limit is worth more")
    assert shown(monkeypatch, show_rule_prices, costs()).startswith("No supplier has a minimum")


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """A plan with a store that is too small and with all kinds of rules, solved."""
    out = tmp_path_factory.mktemp("prices")
    plan = procure.Plan.from_dict(plan_of(warehouses=[{"warehouse": "W", "capacity": {"units": 60}}]))
    procure.solve(plan, gap=1e-6).write(out)
    return out


def run(*arguments: object):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="procure")


def test_explain_tells_prices_and_rules(solved):
    done = run("explain", solved, "--prices", "--rules", "--time-limit", 20)
    assert done.exit_code == 0, done.output
    assert "Without the MOQ (40 units) of A from Steel Works the plan would cost" in done.stdout


def test_explain_as_json(solved):
    document = json.loads(run("explain", solved, "--prices", "--rules", "--json", "--quiet").stdout)
    assert document["rules"]["rules"][0]["kind"] == "minimum_order_quantity"
    assert document["prices"]["total"] == document["rules"]["total"]


def test_a_solution_that_is_not_there_is_refused(tmp_path):
    done = run("explain", tmp_path / "nowhere", "--prices")
    assert done.exit_code == 2
    assert "can't read" in done.output
