"""Every example runs through the command line and comes out as its committed summary says."""

from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

import procure
from procure.cli import cli

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("quickstart", "outdoor-shop", "spare-parts")
GAP = 0.01
TIME_LIMIT = 60
USED_UP = 0.98  # a plan within 1 % of the best may leave the last carton of a full shelf empty


class Example(NamedTuple):
    """An example that was solved."""

    name: str
    expected: dict[str, Any]
    exit_code: int
    printed: str
    out: Path

    @property
    def solution(self) -> dict[str, Any]:
        return json.loads((self.out / "solution.json").read_text(encoding="utf-8"))

    @property
    def order_lines(self) -> list[dict[str, str]]:
        with (self.out / "purchase_orders.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def plan_of(name: str) -> Path:
    single = EXAMPLES / name / "plan.json"
    return single if single.exists() else single.parent


@pytest.fixture(scope="module", params=NAMES)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Example:
    name = request.param
    out = tmp_path_factory.mktemp(name) / "out"
    arguments = [
        "solve",
        str(plan_of(name)),
        "-o",
        str(out),
        "--gap",
        str(GAP),
        "--time-limit",
        str(TIME_LIMIT),
    ]
    result = CliRunner().invoke(cli, arguments)
    expected = json.loads((EXAMPLES / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    return Example(name, expected, result.exit_code, result.output, out)


def test_reaches_the_gap_and_keeps_every_limit(example: Example) -> None:
    assert example.exit_code == 0, example.printed
    solution = example.solution
    assert solution["status"] == "optimal"
    assert solution["gap"] <= GAP
    assert solution["relaxations"] == []
    for use in solution["resources"]:
        assert use["used"] <= use["limit"] + 1e-6 * max(1.0, abs(use["limit"])), use


def test_total_agrees_with_the_committed_one(example: Example) -> None:
    """Both bounds are proven, so neither total may lie below the other's bound."""
    solution, expected = example.solution, example.expected
    slack = 1e-6 * abs(expected["total"])
    assert solution["bound"] <= expected["total"] + slack
    assert expected["bound"] <= solution["cost"]["total"] + slack


def test_the_limits_that_the_story_names_bind(example: Example) -> None:
    resources = example.solution["resources"]
    for claim in example.expected["binding"]:
        uses = [use for use in resources if all(use.get(key) == value for key, value in claim.items())]
        assert any(use["used"] >= USED_UP * use["limit"] > 0 for use in uses), claim


def test_orders_leave_fewer_customers_waiting(example: Example) -> None:
    solution = example.solution
    with_orders = solution["expected_backorders"]["unit_periods"]
    assert with_orders < 0.5 * solution["expected_backorders_without_orders"]["unit_periods"]


def test_purchase_orders_are_on_disk_and_their_lines_add_up(example: Example) -> None:
    rows = example.order_lines
    assert rows
    for row in rows:
        amount = float(row["quantity"]) * float(row["unit_price"])
        assert float(row["line_amount"]) == pytest.approx(amount, rel=1e-4, abs=0.01)
    goods: dict[str, list[float]] = {}
    for row in rows:
        goods.setdefault(row["po_number"], []).append(float(row["line_amount"]))
    headers = {header["po_number"]: header for header in example.solution["purchase_orders"]}
    for po_number, amounts in goods.items():
        assert math.fsum(amounts) == pytest.approx(headers[po_number]["goods"], abs=0.01)


def test_the_whole_cost_is_the_sum_of_its_parts(example: Example) -> None:
    cost = example.solution["cost"]
    parts = math.fsum(amount for part, amount in cost.items() if part != "total")
    assert cost["total"] == pytest.approx(parts, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_check_has_nothing_to_say(name: str) -> None:
    result = CliRunner().invoke(cli, ["check", str(plan_of(name)), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["warnings"] == []


def test_the_generator_writes_the_committed_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import make_examples

    make_examples.write_all(tmp_path)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for path in written:
        committed = EXAMPLES / path.relative_to(tmp_path)
        assert path.read_bytes() == committed.read_bytes(), committed


def test_explanations_add_up(example: Example) -> None:
    """Of every line, in units and in money, and the lines of every order to its total."""
    explained = procure.explain(example.out)
    solution = example.solution
    assert len(explained.lines) == len(solution["orders"])
    orders: dict[str, list[float]] = {}
    for line in explained.lines:
        assert math.fsum(part.units for part in line.parts) == pytest.approx(line.quantity, abs=1e-6), line
        assert math.fsum(part.amount for part in line.money) == pytest.approx(line.cost, rel=1e-9)
        fees = math.fsum(part.amount for part in line.money if part.part == "line")
        orders.setdefault(line.po_number, []).append(line.cost - fees)
    for header in solution["purchase_orders"]:
        total = header["total"] * header["exchange_rate"]
        assert math.fsum(orders[header["po_number"]]) == pytest.approx(total, rel=1e-9)
