"""The report: its figures are those of the solution, its texts are harmless, and it asks nothing of the network."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import procure
from procure.errors import UsageError
from procure.report import page as report_page
from procure.report.page import report_text
from procure.report.table import short
from procure.report.write import REPORT_FILE, remove_stale, write_report
from tests import hand_made
from tests.report import reported
from tests.report.reported import EVIL, QUOTED


def foot(table: str) -> list[str]:
    """Texts at the foot of a table."""
    found = re.search(rf'data-table="{table}".*?<tfoot[^>]*>(.*?)</tfoot>', reported.text(), re.DOTALL)
    assert found is not None
    return re.findall(r"<t[dh][^>]*>([^<]*)<", found[1])


def test_the_page_is_whole():
    page = reported.page()
    assert page.open == []
    assert len(page.scripts) == 3, "data, chart runtime and the page's own"
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for name, attributes in page.elements if name == "a"]
    assert all(link is not None and link.removeprefix("#") in ids for link in links), "every link leads somewhere"


def test_nothing_is_fetched():
    page = reported.page()
    for name, attributes in page.elements:
        assert not {"src", "srcset", "data-src", "poster", "action"} & attributes.keys(), name
        assert name not in ("link", "iframe", "img", "object", "embed", "form")
    policy = next(a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    style = re.search(r"<style>(.*?)</style>", reported.text(), re.DOTALL)
    assert style is not None
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_lines_add_up_to_their_orders_and_orders_to_the_total():
    solution, page = reported.solution(), reported.page()
    for which, release in (("release", True), ("schedule", False)):
        lines = [line for line in solution.lines if line.release is release]
        assert lines, "the plan is one with orders now and later"
        amounts = page.values(f"{which}-lines", "amount")
        assert sum(amounts) == pytest.approx(sum(line.goods_value for line in lines))
        goods = page.values(f"{which}-orders", "goods")
        assert sum(goods) == pytest.approx(sum(amounts))
        shown = zip(*(page.values(f"{which}-orders", key) for key in ("order", "total", "in_plan")), strict=True)
        headers = {order.po_number: order for order in solution.headers}
        for number, total, in_plan in shown:
            assert total == pytest.approx(headers[number].total)
            assert in_plan == pytest.approx(headers[number].total * headers[number].exchange_rate)
    spent = sum(order.total * order.exchange_rate for order in solution.headers if order.period == 0)
    assert foot("release-orders")[-1] == f"{spent:,.2f}"
    assert f"Release {sum(o.period == 0 for o in solution.headers)} purchase orders now" in reported.text()


def test_an_orders_heading_adds_up():
    for title, detail, amount in reported.page().data["tables"]["release-lines"]["groups"].values():
        goods, *others, total = [float(text.replace(",", "")) for text in re.findall(r"[\d,]+\.\d\d", amount)]
        signs = [-1 if sign == "−" else 1 for sign in re.findall(r"[−+]", amount)]
        assert goods + sum(s * x for s, x in zip(signs, others, strict=True)) == pytest.approx(total, abs=0.02)
        assert "→" in title
        assert detail


def test_the_parts_of_the_cost_add_up_to_the_solutions_total():
    solution, page = reported.solution(), reported.page()
    assert sum(amount for _, amount in page.data["costs"]) == pytest.approx(solution.cost.total, abs=0.05)
    assert f"{solution.cost.total:,.2f}" in reported.text()


def test_backorders_are_those_of_the_solution():
    found = reported.page().data["backorders"]
    wanted = reported.solution().projection().groupby("period")["expected_backorders"].sum()
    assert np.add(found["owed"], found["lost"]) == pytest.approx(wanted.to_numpy(), rel=1e-4)
    assert sum(found["lost"]) > 0.0
    cost = reported.solution().cost.backorder
    assert sum(found["cost"]) == pytest.approx(cost)
    assert sum(reported.page().values("cells", "cost")) == pytest.approx(cost)


def test_the_worst_come_first():
    costs = reported.page().values("cells", "cost")
    assert costs == sorted(costs, reverse=True)
    assert reported.page().data["places"][0] == [reported.page().values("cells", "item")[0], "BONN"]


def test_use_of_limits_is_that_of_the_solution():
    budget = next(limit for limit in reported.page().data["limits"] if limit["name"] == "Order budget")
    wanted = [use for use in reported.solution().resources if use.resource == "order_budget"]
    assert budget["used"] == pytest.approx([use.used for use in wanted], rel=1e-3)
    assert budget["limit"] == pytest.approx([use.limit for use in wanted], rel=1e-3)


def test_names_can_not_break_out():
    text = reported.text()
    assert EVIL not in text
    assert text.count("</script>") == 3
    assert "&lt;/script&gt;" in text
    page = reported.page()
    assert page.data["descriptions"]["BOLT"] == QUOTED
    assert EVIL in page.values("cells", "item")
    assert any(f"Käufer's plan {EVIL}" in words for words in page.words)


def test_data_can_stand_in_a_script():
    text = json.dumps(f"{EVIL} & <!-- \u2028\u2029", ensure_ascii=False)
    harmless = report_page.harmless(text)
    assert not set("<>&\u2028\u2029") & set(harmless)
    assert json.loads(harmless) == json.loads(text)


def test_every_table_has_headings_that_sort():
    page = reported.page()
    for name, table in page.data["tables"].items():
        heads = re.search(rf'data-table="{name}".*?</thead>', reported.text(), re.DOTALL)
        assert heads is not None
        assert heads[0].count('<button type="button">') == len(table["columns"])
        lengths = {len(page.values(name, key)) for key in table["values"]}
        assert len(lengths) == 1


def test_a_page_is_written_whole_and_a_stale_one_removed(tmp_path):
    written = write_report(reported.solution(), tmp_path / "new" / "page.html")
    assert written.read_text(encoding="utf-8") == reported.text()
    assert [path.name for path in written.parent.iterdir()] == ["page.html"]
    stale = tmp_path / REPORT_FILE
    stale.write_text(reported.text(), encoding="utf-8")
    remove_stale(tmp_path)
    assert not stale.exists()
    stale.write_text("<p>My own page", encoding="utf-8")
    remove_stale(tmp_path)
    assert stale.exists()


@pytest.mark.parametrize("name", ["solution.json", "folder.html"])
def test_a_name_that_is_no_page_is_refused(tmp_path, name):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(UsageError, match="name a file that ends in"):
        write_report(reported.solution(), tmp_path / name)


def test_a_solution_whose_orders_cost_something_else_is_refused():
    with pytest.raises(UsageError, match="but it says"):
        report_text(hand_made.solution())


@pytest.mark.parametrize(("number", "shown"), [(1234.5678, 1235), (3.0, 3), (-0.0, 0), (0.00012345, 0.0001234)])
def test_numbers_are_short(number, shown):
    assert short(number) == shown
    assert not json.dumps(short(3.0)).endswith(".0")


def test_a_plan_without_anything_has_a_page_too(tmp_path):
    plan = {"format": "procure-plan/1", "name": "empty", "start_date": "2026-11-23", "periods": 1, "currency": "EUR"}
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan), encoding="utf-8")
    solution = procure.baseline(procure.read_plan(file), "min-max")
    page = reported.Page(report_text(solution))
    assert page.open == []
    assert "Nothing to order now." in "".join(page.words)
    assert set(page.data["tables"]) <= {"release-orders", "backorders-table"}
