"""A plan in numbers is the same whether its tables are records or columns."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from procure.plan import Plan, check_plan, frame, read_plan
from procure.plan.arrow_plan import write_plan_folder
from procure.plan.network import Network, build_network
from procure.plan.table import Columns
from procure.solution.limits import limits_of
from procure.solution.stocks import Laws
from tests.good_plan import good_plan
from tests.oracle.tiny_plans import tiny_plan

EXAMPLES = Path(__file__).parents[2] / "examples"
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def parts(found: Any) -> dict[str, Any]:
    """Arrays of a dataclass by name."""
    named = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    return {name: value for name, value in named.items() if isinstance(value, np.ndarray)}


def numbers_of(network: Network) -> dict[str, Any]:
    """Everything in numbers that follows from a plan."""
    laws, fees = Laws.of(network), network.fees
    found = parts(network) | {f"fees.{k}": v for k, v in parts(fees).items()}
    more = {"tariffs": fees.tariffs, "lots": fees.lots, "planned": laws.planned, "open": laws.open_loop}
    for name, part in more.items():
        found |= {f"{name}.{k}": v for k, v in parts(part).items()}
    found |= {f"tier {k}": np.concatenate(tier, axis=1) for k, tier in enumerate(fees.tiers)}
    found |= {f"cover {k}": cap for k, cap in network.cover_caps.items()}
    found |= {f"paths {k}": paths for k, paths in network.paths.items()}
    found |= {f"{limit.kind} {limit.place} {limit.resource}": limit.allowed for limit in limits_of(network)}
    return found | {
        "target": laws.target,
        "initial": network.initial,
        "committed": network.committed,
        "supply": laws.planned.deliveries.opening,
        "cells": np.array([*network.cell_index]).reshape(-1, 2),
    }


def compare(plan: Plan, folder: Path, form: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a plan, read it by column, and hold both networks side by side."""
    write_plan_folder(plan, folder, form)
    monkeypatch.setattr(frame, "LARGE", 1)
    again = read_plan(folder)
    assert again == plan
    assert isinstance(again.offers, Columns) or not plan.offers
    one, two = build_network(plan), build_network(again)
    expected, found = numbers_of(one), numbers_of(two)
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)
    assert tuple(two.tariffs) == tuple(one.tariffs)
    assert [two.place(c) for c in range(two.n_cells)] == [one.place(c) for c in range(one.n_cells)]
    assert check_plan(again) == check_plan(plan)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["quickstart/plan.json", "outdoor-shop", "spare-parts/plan.json"])
def test_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, form: str) -> None:
    compare(read_plan(EXAMPLES / name), tmp_path / "folder", form, monkeypatch)


def test_every_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(Plan.from_dict(good_plan()), tmp_path, "parquet", monkeypatch)


@pytest.mark.parametrize("seed", range(0, 100, 7))
def test_tiny_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    compare(Plan.from_dict(tiny_plan(seed)), tmp_path, "csv" if seed % 2 else "parquet", monkeypatch)


@pytest.mark.parametrize("terms", ["plain", "all"])
def test_catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terms: Any) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from catalogue import catalogue

    compare(Plan.from_dict(catalogue(30, 3, 8, seed=1, terms=terms)), tmp_path, "parquet", monkeypatch)


def test_a_cell_that_is_not_there_is_in_no_index() -> None:
    index = build_network(Plan.from_dict(good_plan())).cell_index
    assert (0, 0) in index
    assert (0, 9) not in index
    assert (-1, 0) not in index
    assert (9, 0) not in index
    assert [index[cell] for cell in index] == list(range(len(index)))
