"""A plan for the tests of the report, with names that would break a careless page, and its solution."""

from __future__ import annotations

import dataclasses
import html.parser
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import procure
from procure.report.page import report_text
from procure.solution.records import Solution

EVIL = "</script><script>window.evil=1</script>"
QUOTED = 'Bolt "M8" & <b>nut</b> ∅ 40 µm'

PLAN: dict[str, Any] = {
    "format": "procure-plan/1",
    "name": f"Käufer's plan {EVIL}",
    "start_date": "2026-11-23",
    "periods": 8,
    "currency": "EUR",
    "exchange_rates": {"USD": 0.9},
    "items": [
        {"item": "BOLT", "description": QUOTED, "backorder_cost": 2.0, "storage": {"m3": 0.02}},
        {"item": EVIL, "description": "evil id", "backorder_cost": 1.0, "storage": {"m3": 0.02}},
        {"item": "NUT", "backorder_cost": 1.0, "unit": "C62"},
        {"item": "CAKE", "description": "Does not wait", "backorder_cost": 3.0, "unmet_demand": "lost"},
    ],
    "warehouses": [{"warehouse": "KÖLN", "capacity": {"m3": 8}}, {"warehouse": "BONN"}],
    "suppliers": [
        {"supplier": "FAR", "name": f"Far & Away {EVIL}", "currency": "USD", "fixed_order_cost": 20},
        {"supplier": "NEAR", "name": "Nearby", "fixed_order_cost": 5},
    ],
    "offers": [
        {"supplier": "FAR", "item": "BOLT", "unit_price": 1.1, "lead_time": 21, "unit_freight": 0.05},
        {
            "supplier": "FAR",
            "item": EVIL,
            "unit_price": 2.5,
            "lead_time": {"14": 0.7, "21": 0.2, "35": 0.1},
            "delivered_fraction": {"1": 0.9, "0.5": 0.1},
        },
        {"supplier": "NEAR", "item": "NUT", "unit_price": 0.35, "lead_time": 3},
        {"supplier": "NEAR", "item": "BOLT", "unit_price": 1.6, "lead_time": 3, "warehouses": ["KÖLN"]},
        {"supplier": "NEAR", "item": "CAKE", "unit_price": 4.0, "lead_time": 7, "warehouses": ["KÖLN"]},
    ],
    "lanes": [{"from": "KÖLN", "to": "BONN", "lead_time": 2, "unit_cost": 0.02, "items": ["BOLT", "NUT"]}],
    "stock": [
        {"item": "BOLT", "warehouse": "KÖLN", "on_hand": 180, "backorders": 0},
        {"item": EVIL, "warehouse": "KÖLN", "on_hand": 10, "backorders": 25},
        {"item": "NUT", "warehouse": "KÖLN", "on_hand": 60},
        {"item": "CAKE", "warehouse": "KÖLN", "on_hand": 20},
    ],
    "demand": [
        {"item": "BOLT", "warehouse": "KÖLN", "mean": [40] * 8, "sd": [12] * 8},
        {"item": "BOLT", "warehouse": "BONN", "mean": [15] * 8, "sd": [6] * 8},
        {"item": EVIL, "warehouse": "KÖLN", "mean": [20] * 8, "sd": [8] * 8},
        {"item": "NUT", "warehouse": "KÖLN", "mean": [30] * 8},
        {"item": "CAKE", "warehouse": "KÖLN", "mean": [10] * 8, "sd": [4] * 8},
    ],
    "capital": {"order_budget": 900},
    "policy": {"scenarios": 500},
}


@cache
def solution() -> Solution:
    """The plan as a reorder point orders it: quick, and always the same."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.json"
        file.write_text(json.dumps(PLAN), encoding="utf-8")
        return procure.baseline(procure.read_plan(file), "repair-chain")


def replaced(**changes: Any) -> Solution:
    """The solution with some of its fields changed."""
    return dataclasses.replace(solution(), **changes)


@cache
def text() -> str:
    """Its report."""
    return report_text(solution())


class Page(html.parser.HTMLParser):
    """What a browser finds in a page: elements with their attributes, texts, and whether all are closed."""

    VOID = frozenset({"meta", "input", "link", "br", "path"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def data(self) -> dict[str, Any]:
        """The data that stand in the page."""
        found: dict[str, Any] = json.loads(self.scripts[0])
        return found

    def values(self, table: str, column: str) -> list[Any]:
        """A column of a table, its codes undone."""
        found = self.data["tables"][table]["values"][column]
        return found if isinstance(found, list) else [found["names"][code] for code in found["codes"]]


@cache
def page() -> Page:
    """Its report, parsed."""
    return Page(text())
