"""The page and the code say the same: every block and objective has its row, in order."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from procure.engines.decomposed.duals import Duals
from procure.engines.decomposed.sums import Prices
from procure_milp import master
from procure_milp.constraints import BLOCKS
from procure_milp.objective import OBJECTIVES

PAGE = (Path(__file__).parents[2] / "models" / "FORMULATION.md").read_text(encoding="utf-8")


def rows_of(letter: str) -> list[tuple[str, str]]:
    """Return (id, name) of the table rows whose id starts with a letter."""
    return re.findall(rf"^\| ({letter}\d+) \| `(\w+)` \|", PAGE, flags=re.MULTILINE)


def test_the_blocks_stand_on_the_page_in_the_order_of_the_model():
    assert rows_of("C") == [(f"C{k}", block.__name__) for k, block in enumerate(BLOCKS, start=1)]


def test_the_objectives_stand_on_the_page_in_the_order_of_the_model():
    assert rows_of("Z") == [(f"Z{k}", of.__name__) for k, of in enumerate(OBJECTIVES.values(), start=1)]


@pytest.mark.parametrize(
    ("number", "function"),
    [(f"C{k}", block) for k, block in enumerate(BLOCKS, start=1)]
    + [(f"Z{k}", of) for k, of in enumerate(OBJECTIVES.values(), start=1)],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_a_docstring_starts_with_its_number_and_gives_its_formula(number: str, function: Any):
    text = function.__doc__ or ""
    assert text.startswith(f"{number}. "), text.splitlines()[0]
    assert ".. math::" in text


@pytest.mark.parametrize("row", re.findall(r"^\| C\d+ .*$", PAGE, flags=re.MULTILINE))
def test_every_row_says_how_it_reads_and_what_its_shadow_price_means(row: str):
    cells = [cell.strip() for cell in row.strip("|").split(" | ")]
    assert len(cells) == 5
    assert all(cells)


def test_the_prices_stand_on_the_page_in_the_order_of_the_code():
    rows = re.findall(r"^\| (P\d+) \| (\S+?)(?:, \S+)? \| `(\w+\.\w+)` \|", PAGE, flags=re.MULTILINE)
    fields = ["Prices.limits", *(f"Duals.{field.name}" for field in dataclasses.fields(Duals))]
    assert [(number, name) for number, _, name in rows] == [(f"P{k}", name) for k, name in enumerate(fields, start=1)]
    pages = (inspect.getdoc(Prices) or "") + "\n" + (inspect.getdoc(Duals) or "")
    letters = re.findall(r"\[(\w+)\]$", pages, flags=re.MULTILINE)
    assert [symbol.split("_")[0] for _, symbol, _ in rows] == letters


def test_the_rows_of_the_restricted_master_stand_on_the_page():
    written = set(re.findall(r'f"([a-z_]+)_\{', inspect.getsource(master)))
    variables = {"chosen", "placed", "tier", "part", "containers"}
    page = PAGE[PAGE.index("### Plans") :]
    rows = re.findall(r"^\| (`.*?) \|", page, flags=re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert written - variables == told & written
    assert written - variables


@pytest.mark.parametrize("heading", ["Levels of the programs", "Levels of linked cells", "Coarse levels"])
def test_what_the_engine_refers_to_stands_on_the_page(heading: str):
    assert f"### {heading}\n" in PAGE
