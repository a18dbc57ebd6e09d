"""A plan says the same in each of its three forms."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procure.plan import Plan, read_plan
from procure.plan.forms import write_folder, write_workbook
from tests.good_plan import good_plan


def in_all_forms(plan: Plan, folder: Path) -> list[Plan]:
    """Write a plan in each form and read it again."""
    (folder / "plan.json").write_text(plan.to_json(), encoding="utf-8")
    write_folder(plan, folder / "tables")
    write_workbook(plan, folder / "plan.xlsx")
    return [read_plan(folder / name) for name in ("plan.json", "tables", "plan.xlsx")]


def test_the_good_plan_in_all_forms(tmp_path: Path) -> None:
    plan = Plan.from_dict(good_plan())
    for again in in_all_forms(plan, tmp_path):
        assert again.to_json() == plan.to_json()
        assert again.digest() == plan.digest()
        assert again == plan


def test_samples_travel_along(tmp_path: Path) -> None:
    """Samples are read from beside the plan, and count for its digest; where they lie does not."""
    rows = [f"WASHER,SHOP,0{s},{t},{s + t}.0123456789{s}" for s in range(3) for t in range(8)]
    (tmp_path / "paths.csv").write_text("item,warehouse,sample,period,quantity\n" + "\n".join(rows) + "\n")
    plan = Plan.from_dict({**good_plan(), "demand_samples": "paths.csv"}, base=tmp_path)
    for again in in_all_forms(plan.model_copy(update={"demand_samples": "paths.csv"}), tmp_path):
        assert again.digest() == plan.digest()
        assert again == plan
    assert plan != Plan.from_dict(good_plan())
    rows[0] += "1"
    (tmp_path / "paths.csv").write_text("item,warehouse,sample,period,quantity\n" + "\n".join(rows) + "\n")
    assert read_plan(tmp_path / "plan.json") != plan


def test_order_of_keys_makes_no_difference() -> None:
    data = good_plan()
    turned = {key: data[key] for key in reversed(data)}
    turned["items"] = [{k: row[k] for k in reversed(row)} for row in data["items"]]
    turned["items"][0]["storage"] = {"pallet": 0.01, "m3": 0.03}
    assert Plan.from_dict(turned).digest() == Plan.from_dict(data).digest()


def test_absent_null_and_default_are_the_same() -> None:
    data = good_plan()
    data["suppliers"][1] |= {
        "name": None,
        "fixed_order_cost": 0,
        "payment_terms": {"deposit": None},
        "currency": None,
    }
    assert Plan.from_dict(data).digest() == Plan.from_dict(good_plan()).digest()


def test_a_change_changes_the_digest() -> None:
    data = good_plan()
    data["offers"][1]["unit_price"] = 1.1000000000000003
    assert Plan.from_dict(data).digest() != Plan.from_dict(good_plan()).digest()
    assert len({Plan.from_dict(data), Plan.from_dict(good_plan())}) == 2


LETTERS = st.sampled_from("aZ09 äßЖ漢,;|=\"'#{}[]-./\\")
NAMES = st.text(LETTERS, min_size=1, max_size=8).map(lambda name: name.strip() or "x")
TEXTS = st.text(LETTERS, max_size=12)
AMOUNTS = st.one_of(st.integers(0, 10**6), st.floats(0, 1e9, allow_nan=False, allow_subnormal=False))
POSITIVE = st.one_of(st.integers(1, 10**6), st.floats(1e-3, 1e9))
SIGNED = st.floats(-1e9, 1e9)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(str)
LEAD_TIMES = st.one_of(
    st.floats(0, 99),
    st.sampled_from([{"14": 0.7, "21.5": 0.3}, {"0": 1}, {"mean": 3, "sd": 0.1}, {"1e1": 0.25, "3": 0.75}]),
)


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a plan with strange names and numbers, every column there at times."""
    periods = draw(st.integers(1, 4))
    items = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    places = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    resources = draw(st.lists(NAMES.filter(lambda n: n not in ("units", "value")), max_size=2, unique=True))
    per_period = st.one_of(AMOUNTS, st.lists(AMOUNTS, min_size=periods, max_size=periods))
    records: dict[str, Any] = {
        "items": [
            draw(
                st.fixed_dictionaries(
                    {
                        "item": st.just(name),
                        "backorder_cost": AMOUNTS,
                        "storage": st.fixed_dictionaries(dict.fromkeys(resources, POSITIVE)),
                    },
                    optional={
                        "description": TEXTS,
                        "unit": st.just("KGM"),
                        "phase_out": DAYS,
                        "priority": AMOUNTS,
                    },
                )
            )
            for name in items
        ],
        "warehouses": [
            {
                "warehouse": name,
                "name": draw(TEXTS),
                "capacity": {r: draw(per_period) for r in [*resources, "units"]},
            }
            for name in places
        ],
        "suppliers": [
            {
                "supplier": "S",
                "name": draw(TEXTS),
                "payment_terms": {"deposit": draw(st.floats(0, 1)), "from": "order"},
                "closures": [{"first": day, "last": day} for day in draw(st.lists(DAYS, max_size=2))],
            }
        ],
        "offers": [
            {
                "supplier": "S",
                "item": name,
                "unit_price": draw(AMOUNTS),
                "lead_time": draw(LEAD_TIMES),
                "warehouses": draw(st.lists(st.sampled_from(places), min_size=1, unique=True)),
                "supplier_item": draw(TEXTS),
                "capacity": draw(per_period),
            }
            for name in draw(st.lists(st.sampled_from(items), max_size=3))
        ],
        "demand": [
            {
                "item": name,
                "warehouse": places[0],
                "mean": draw(st.lists(POSITIVE, min_size=periods, max_size=periods)),
            }
            for name in items
        ],
    }
    return {
        "format": "procure-plan/1",
        "name": draw(NAMES),
        "start_date": draw(DAYS),
        "periods": periods,
        "currency": "EUR",
        "exchange_rates": draw(st.dictionaries(st.sampled_from(["USD", "GBP"]), POSITIVE)),
        "capital": {
            "order_budget": draw(per_period),
            "carry_over": draw(st.booleans()),
            "cash": {"opening": draw(SIGNED), "inflow": draw(SIGNED)},
        },
        **records,
    }


@settings(max_examples=60, deadline=None)
@given(plans())
def test_any_plan_in_all_forms(data: dict[str, Any]) -> None:
    plan = Plan.from_dict(data)
    with tempfile.TemporaryDirectory() as folder:
        for again in in_all_forms(plan, Path(folder)):
            assert again.to_json() == plan.to_json()


def test_json_has_a_record_a_line() -> None:
    text = Plan.from_dict(good_plan()).to_json()
    assert '    {"item": "BOLT-M8", "warehouse": "MAIN", "on_hand": 300.0, "backorders": 0.0},\n' in text
    assert json.loads(text)["items"][0]["storage"] == {"m3": 0.03, "pallet": 0.01}


def test_records_are_frozen() -> None:
    plan = Plan.from_dict(good_plan())
    with pytest.raises(ValueError, match="frozen"):
        plan.items[0].item = "other"  # type: ignore[misc]
