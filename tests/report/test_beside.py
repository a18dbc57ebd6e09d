"""What lies beside a solution is shown if it belongs to it; what does not is left out, and the page says so."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from procure.plan.records import CustomerOrder
from procure.report import summary
from procure.report.beside import found_beside
from procure.report.facts import facts_of
from procure.report.limits import LimitCourse, limit_table
from procure.report.orders import transfer_table
from procure.report.page import report_text
from procure.report.wording import saving_words
from procure.solution.records import ResourceUse
from tests.report import reported

HEADER = "order_id,item,warehouse,quantity,promised_date_50,promised_date_90\n"


def frontier(digest: str) -> dict[str, object]:
    points = [
        {"limit": 500.0, "total": 2100.0, "bound": 2090.0, "backorders": 300.0, "end_units": 3.0},
        {"limit": 900.0, "total": 1900.0, "bound": 1880.0, "backorders": 200.0, "is_present": True},
        {"limit": 1300.0, "total": 1880.0, "bound": None, "backorders": 190.0},
    ]
    return {
        "format": "procure-frontier/1",
        "plan": {"name": "x", "digest": digest},
        "title": "Order budget <of all>",
        "unit": "EUR",
        "points": points,
        "knee": {"limit": 900.0, "distance": 0.3},
        "words": ["The knee is at 900 EUR."],
    }


@pytest.fixture(scope="module")
def facts():
    return facts_of(reported.solution())


def test_a_frontier_of_the_plan_is_shown(tmp_path, facts):
    own = frontier(facts.plan.digest())
    (tmp_path / "frontier.json").write_text(json.dumps(own), encoding="utf-8")
    text = report_text(reported.solution(), tmp_path)
    page = reported.Page(text)
    assert "Order budget &lt;of all&gt;: what more or less of it would do" in text
    assert "The knee is at 900 EUR." in text
    assert [point["knee"] for point in page.data["frontier"]] == [False, True, False]
    assert page.values("frontier-table", "total") == [2100, 1900, 1880]
    assert page.values("frontier-table", "what")[1] == "today's limit, the knee: beyond it more brings little"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (json.dumps(frontier("of another plan")), "belongs to another plan"),
        ("{", "can't be read"),
        (json.dumps({"format": "procure-frontier/9"}), "can't be read"),
    ],
)
def test_any_other_frontier_is_left_out(tmp_path, facts, text, note):
    (tmp_path / "frontier.json").write_text(text, encoding="utf-8")
    found = found_beside(facts, tmp_path)
    assert found.frontier is None
    assert note in found.notes[0]
    assert note in report_text(reported.solution(), tmp_path).replace("&#39;", "'")


def test_promises_of_other_customers_are_left_out(tmp_path, facts):
    (tmp_path / "promises.csv").write_text(HEADER + "A1,BOLT,KÖLN,3,2026-12-01,2026-12-08\n", encoding="utf-8")
    found = found_beside(facts, tmp_path)
    assert found.promises is None
    assert "other customer orders" in found.notes[0]


def test_promises_to_the_queue_are_shown(tmp_path, facts):
    waiting = {"order_id": "A1", "item": "BOLT", "warehouse": "KÖLN", "quantity": 3, "ordered_at": "2026-11-20"}
    plan = facts.plan.model_copy(update={"backorder_queue": (CustomerOrder.model_validate(waiting),)})
    other = type(facts)(reported.replaced(plan=plan), facts.laws, facts.ledger)
    (tmp_path / "promises.csv").write_text(HEADER + "A1,BOLT,KÖLN,3,2026-12-01,\n", encoding="utf-8")
    found = found_beside(other, tmp_path)
    assert found.notes == ()
    assert found.promises is not None
    assert found.promises.values["half"] == ["2026-12-01"]
    assert found.promises.values["sure"] == ["not within the horizon"]


def test_prices_of_limits_are_in_the_table_and_in_the_list_of_what_to_do(facts):
    uses = tuple(
        ResourceUse(
            resource="m3", warehouse="KÖLN", unit="m3", period=t, used=8.0, limit=8.0, shadow_price=41.0 * (t == 3)
        )
        for t in range(facts.plan.periods)
    )
    course = LimitCourse("Storage of KÖLN", "m3", is_capital=False, is_storage=True, uses=uses)
    table = limit_table(facts.solution, [course], facts.starts, "week")
    assert table.values["price"] == [41.0]
    assert table.values["dearest"] == [facts.starts[3]]
    (tight,) = summary._tight(facts, [course], "week")
    assert tight.why == (
        "Used up: Storage of KÖLN (8 weeks). Storage of KÖLN: one m3 more in the week from 2026-12-14 saves about "
        "41.00 EUR."
    )


def test_more_transfers_than_a_page_holds_are_counted(monkeypatch, facts):
    assert transfer_table(facts.solution).note == ""
    monkeypatch.setattr("procure.report.orders.MOST_ROWS", 2)
    table = transfer_table(facts.solution)
    assert len(table) == 2
    assert table.note == f"The first 2 of {len(facts.solution.transfers)} transfers are shown; transfers.csv holds all."


@pytest.mark.parametrize(
    ("period", "avoided", "words"),
    [
        (3, 9.2, "in the week from 2026-12-14 saves about 7.52 EUR and avoids 9.2 unit-weeks of backorders"),
        (None, -2.0, "in every week saves about 7.52 EUR and adds 2 unit-weeks of backorders"),
        (0, None, "in the week from 2026-11-23 saves about 7.52 EUR"),
    ],
)
def test_savings_are_told_with_their_week(facts, period, avoided, words):
    saving = SimpleNamespace(
        resource="m3",
        warehouse="KÖLN",
        unit="m3",
        period=period,
        step=0.05,
        saved=7.52,
        backorders_avoided=avoided,
    )
    solution = SimpleNamespace(limit_savings=(saving,), plan=facts.plan)
    assert saving_words(solution, facts.starts, "week") == [f"Storage of KÖLN: 0.05 m3 more {words}."]
