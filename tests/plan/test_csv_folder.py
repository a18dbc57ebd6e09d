"""Plans as folders of CSV files, as buyers and spreadsheets write them."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from procure.errors import PlanError
from procure.plan import Plan, read_plan
from procure.plan.forms import write_folder
from tests.good_plan import good_plan

SETTINGS = 'format = "procure-plan/1"\nname = "x"\nstart_date = 2026-03-02\nperiods = 4\ncurrency = "EUR"\n'


def folder(path: Path, **files: str | bytes) -> Path:
    """Write a folder of tables, with the settings."""
    path.mkdir(exist_ok=True)
    (path / "plan.toml").write_text(SETTINGS, encoding="utf-8")
    for name, text in files.items():
        content = text.encode() if isinstance(text, str) else text
        (path / f"{name}.csv").write_bytes(content)
    return path


def messages(path: Path) -> list[str]:
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    return [str(fault) for fault in caught.value.faults]


WAREHOUSES = "warehouse\nMAIN\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_delimiters_marks_and_line_ends(tmp_path: Path, delimiter: str, mark: bytes, end: str) -> None:
    lines = ["item,description,backorder_cost,storage", 'BOLT,"8"" long",1.5,m3=0.25', "", "NÜT,,2,"]
    text = end.join(line.replace(",", delimiter) for line in lines) + end
    plan = read_plan(folder(tmp_path, items=mark + text.encode()))
    assert [(i.item, i.description, i.backorder_cost) for i in plan.items] == [
        ("BOLT", '8" long', 1.5),
        ("NÜT", "", 2),
    ]
    assert plan.items[0].storage == {"m3": 0.25}


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,5", 1.5), ("0,03", 0.03), ("1.234,5", 1234.5), ("1.234.567", 1234567), ("1,234", 1.234),
     ("0.125", 0.125), ("12.5", 12.5), ("1234", 1234), ("1e3", 1000), (",5", 0.5), ("2,", 2)],
)  # fmt: skip
def test_decimal_commas_in_files_with_semicolons(tmp_path: Path, text: str, number: float) -> None:
    plan = read_plan(folder(tmp_path, items=f"item;backorder_cost\nBOLT;{text}\n"))
    assert plan.items[0].backorder_cost == pytest.approx(number, rel=1e-12)


def test_a_point_before_three_digits_is_refused_where_it_may_be_a_thousand(tmp_path: Path) -> None:
    assert messages(folder(tmp_path, items="item;backorder_cost\nBOLT;1.500\n")) == [
        "items.csv, row 2, backorder_cost: may mean 1500 or 1,500; write 1500 or 1,5000, got '1.500'"
    ]
    assert (
        "may mean 1500 or 1,500" in messages(folder(tmp_path, items="item\tbackorder_cost\nBOLT\t1,500\n"))[0]
    )


def test_decimal_commas_inside_maps_and_lists(tmp_path: Path) -> None:
    items = 'item;backorder_cost;storage\nBOLT;1;"m3=0,03; pallet=0,5"\n'
    warehouses = 'warehouse;capacity\nMAIN;"m3=1,5 | 2 | 2 | 2,5; pallet=4"\n'
    plan = read_plan(folder(tmp_path, items=items, warehouses=warehouses))
    assert plan.items[0].storage == {"m3": 0.03, "pallet": 0.5}
    assert plan.warehouses[0].capacity == {"m3": (1.5, 2, 2, 2.5), "pallet": 4}


def test_dotted_columns(tmp_path: Path) -> None:
    plan = read_plan(
        folder(
            tmp_path,
            items="item,backorder_cost,storage.m3,storage.pallet\nBOLT,1,0.03,\nNUT,1,,0.5\n",
            warehouses="warehouse,capacity.units,capacity.m3\nMAIN,100|100|50|50,7\n",
            suppliers="supplier,container.resource,container.size,payment_terms.deposit,payment_terms.from\n"
            "FAR,m3,30,0.3,order\nNEAR,,,,\n",
            offers="supplier,item,unit_price,lead_time.mean,lead_time.sd\nFAR,BOLT,2,14,3\n",
        )
    )
    assert [i.storage for i in plan.items] == [{"m3": 0.03}, {"pallet": 0.5}]
    assert plan.warehouses[0].capacity == {"m3": 7, "units": (100, 100, 50, 50)}
    far, near = plan.suppliers
    assert far.container is not None
    assert (far.container.resource, far.container.size, far.payment_terms.from_) == ("m3", 30, "order")
    assert near.container is None
    assert near.payment_terms.deposit == 0
    assert (plan.offers[0].lead_time.mean, plan.offers[0].lead_time.sd) == (14, 3)


def test_whole_and_dotted_columns_contradict_in_any_order(tmp_path: Path) -> None:
    for header, cells in (("storage,storage.m3", "m3=1,2"), ("storage.m3,storage", "2,m3=1")):
        path = folder(tmp_path, items=f"item,backorder_cost,{header}\nBOLT,1,{cells}\n")
        assert messages(path) == [
            "items.csv, row 2, storage: is given here and in a dotted column, too; keep one of them"
        ]


def test_friendly_cells(tmp_path: Path) -> None:
    plan = read_plan(
        folder(
            tmp_path,
            items="item,backorder_cost\nBOLT,1\n",
            warehouses=WAREHOUSES + "SHOP\n",
            suppliers="supplier,order_discounts,closures,payment_terms\n"
            'FAR,1000=0.02; 5000=0.05,2026-03-09..2026-03-10; 2026-04-03=2026-04-06,"deposit=0.3; '
            'from=order"\n',
            offers="supplier,item,unit_price,warehouses,price_breaks,lead_time,delivered_fraction\n"
            "FAR,BOLT,2,MAIN | SHOP,100=1.9;500=1.5,14=0.7; 21=0.3,1=0.9; 0.5=0.1\n"
            "FAR,BOLT,2,SHOP,,mean=3; sd=1,0.9\n",
        )
    )
    far = plan.suppliers[0]
    assert [(d.minimum_order_value, d.discount) for d in far.order_discounts] == [(1000, 0.02), (5000, 0.05)]
    assert far.closures[1].last == date(2026, 4, 6)
    assert (far.payment_terms.deposit, far.payment_terms.from_) == (0.3, "order")
    one, two = plan.offers
    assert one.warehouses == ("MAIN", "SHOP")
    assert [(b.minimum_quantity, b.unit_price) for b in one.price_breaks] == [(100, 1.9), (500, 1.5)]
    assert one.lead_time.points == ((14, 0.7), (21, 0.3))
    assert one.delivered_fraction.mean == pytest.approx(0.95)
    assert (two.warehouses, two.lead_time.sd, two.delivered_fraction.is_random) == (("SHOP",), 1, False)
    assert [o.offer for o in plan.offers] == ["FAR/BOLT", "FAR/BOLT#2"]


def test_ids_keep_their_zeros(tmp_path: Path) -> None:
    plan = read_plan(folder(tmp_path, items="item,backorder_cost\n007,1\n1e3,1\nNA,1\nnull,1\n"))
    assert [i.item for i in plan.items] == ["007", "1e3", "NA", "null"]


def test_rows_count_as_in_a_spreadsheet(tmp_path: Path) -> None:
    """A cell with a line break is in one row, an empty line is a row."""
    text = 'item,description,backorder_cost\nBOLT,"two\nlines",1\n\nNUT,,-1\n'
    assert messages(folder(tmp_path, items=text)) == [
        "items.csv, row 4, backorder_cost: must be 0 or more, got -1"
    ]


def test_a_line_that_names_the_separator_is_understood(tmp_path: Path) -> None:
    plan = read_plan(folder(tmp_path, items="sep=;\r\nitem;backorder_cost\r\nBOLT;1,5\r\n"))
    assert plan.items[0].backorder_cost == 1.5


def test_other_files_do_not_disturb(tmp_path: Path) -> None:
    path = folder(tmp_path, items="item,backorder_cost\nBOLT,1\n", warehouses="")
    for name in ("README.md", ".hidden.csv", "~$items.xlsx", "photo.png", "LICENSE.txt", "notes.md"):
        (path / name).write_text("anything")
    (path / "out").mkdir()
    (path / "out" / "purchase_orders.csv").write_text("x")
    assert read_plan(path).warehouses == ()


def test_the_samples_file_is_no_stranger(tmp_path: Path) -> None:
    path = folder(tmp_path, items="item,backorder_cost\nBOLT,1\n", warehouses=WAREHOUSES)
    (path / "plan.toml").write_text(SETTINGS + 'demand_samples = "paths.csv"\n')
    (path / "paths.csv").write_text(
        "item,warehouse,sample,period,quantity\nBOLT,MAIN,0,0,5\nBOLT,MAIN,1,0,7\n"
    )
    samples = read_plan(path).samples
    assert samples is not None
    assert samples["quantity"].tolist() == [5.0, 7.0]


def test_settings_nest_in_toml(tmp_path: Path) -> None:
    more = "[capital]\norder_budget = 500\ncash = {opening = 5, inflow = [1, 2, 3, 4]}\n"
    more += '[policy]\nobjective = "backorders"\n'
    path = folder(tmp_path)
    (path / "plan.toml").write_text(SETTINGS + "[exchange_rates]\nUSD = 0.5\n" + more)
    plan = read_plan(path)
    assert plan.capital.order_budget == 500
    assert plan.capital.cash is not None
    assert plan.capital.cash.inflow == (1, 2, 3, 4)
    assert (plan.policy.objective, plan.exchange_rates) == ("backorders", {"USD": 0.5})


def test_every_fault_of_every_file_at_once(tmp_path: Path) -> None:
    path = folder(
        tmp_path,
        items="item,backorder_cost\nBOLT,-1\nBOLT,x\n",
        warehouses=WAREHOUSES,
        stock="item,warehouse,on_hand\nBOLD,MAIM,1\n",
        offers="supplier;item;unit_price;lead_time\nNOBODY;BOLT;1,5;-3\n",
    )
    (path / "plan.toml").write_text(SETTINGS.replace("periods = 4", "periods = 0"))
    assert messages(path) == [
        "plan.toml, periods: must be 1 or more, got 0",
        "items.csv, row 2, backorder_cost: must be 0 or more, got -1",
        "items.csv, row 3, backorder_cost: must be a number, got 'x'",
        "items.csv, row 3, item: item 'BOLT' stands already in row 2; each id stands once",
        "offers.csv, row 2, lead_time: must be from 0 to 10000 days, got -3",
        "offers.csv, row 2, supplier: no supplier 'NOBODY'",
        "stock.csv, row 2, item: no item 'BOLD' (did you mean 'BOLT'?)",
        "stock.csv, row 2, warehouse: no warehouse 'MAIM' (did you mean 'MAIN'?)",
    ]


def test_a_table_that_cannot_be_read_brings_no_other_faults(tmp_path: Path) -> None:
    """Rows that refer to it are not blamed."""
    path = tmp_path / "plan"
    write_folder(Plan.from_dict(good_plan()), path)
    (path / "items.csv").write_bytes("item,backorder_cost\nKÖLN,1\n".encode("latin-1"))
    assert messages(path) == ["items.csv, line 2: is not UTF-8 text; save it as 'CSV UTF-8'"]


def test_an_unknown_id_of_many_rows_is_said_once(tmp_path: Path) -> None:
    rows = "".join(f"BOLD,MAIN,{period},5\n" for period in range(4))
    path = folder(
        tmp_path,
        items="item,backorder_cost\nBOLT,1\n",
        warehouses=WAREHOUSES,
        demand="item,warehouse,period,mean\n" + rows,
    )
    assert messages(path) == [
        "demand.csv, row 2, item: no item 'BOLD' (did you mean 'BOLT'?); 3 more rows of this table too"
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="names are not free there")
def test_names_with_blanks_and_other_letters(tmp_path: Path) -> None:
    path = tmp_path / "Einkauf März №1"
    assert (
        read_plan(folder(path, warehouses="warehouse\nKøbenhavn 1\n")).warehouses[0].warehouse
        == "København 1"
    )
