"""Order lines of a large plan are columns; what is made of them is the same."""

from __future__ import annotations

import procure
from procure.plan.table import Columns
from procure.solution import assemble
from tests.engines.catalogue_plan import catalogue


def test_columns_say_what_records_say(monkeypatch, tmp_path):
    plan = procure.Plan.from_dict(catalogue(12))
    few = procure.baseline(plan, "min-max")
    monkeypatch.setattr(assemble, "MOST_RECORDS", 3)
    many = procure.baseline(plan, "min-max")
    assert isinstance(few.lines, tuple)
    assert isinstance(many.lines, Columns)
    assert len(many.lines) > 3
    assert tuple(many.lines) == few.lines
    few.write(tmp_path / "few")
    many.write(tmp_path / "many")
    for name in ("purchase_orders.csv", "supplier_schedule.csv"):
        assert (tmp_path / "many" / name).read_bytes() == (tmp_path / "few" / name).read_bytes()
    read = [procure.read_solution(tmp_path / name).lines for name in ("few", "many")]
    assert read[0] == read[1]


def test_positions_on_a_purchase_order_count_from_one():
    solution = procure.baseline(procure.Plan.from_dict(catalogue(12)), "min-max")
    by_order: dict[str, list[int]] = {}
    for line in solution.lines:
        by_order.setdefault(line.po_number, []).append(line.line_number)
    assert max(map(len, by_order.values())) > 1
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_order.values())
