"""Scenarios: how they are written, what they change, and what they come to beside direct solves."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

import procure
from procure import PlanError, UsageError
from procure.insight.pricing_at_base import valued_to_solve
from procure.insight.whatif.apply import changed_plan
from procure.insight.whatif.grammar import Change, Value, read_change, read_scenario, unnamed
from procure.plan.network import build_network
from tests.oracle.cases import plain, two_places, weekly

FINE = {"gap": 1e-6, "time_limit": 20}


def week(**changes):
    """One week in which 10 units are asked for, 2.00 a unit, delivered at once; a unit not there costs 3.00 + 2.00."""
    return procure.Plan.from_dict(plain(periods=1, demand=[weekly([10])], **changes))


def rich():
    """A plan with a bit of everything that a scenario can change."""
    raw = two_places(demand=[weekly([4, 4, 4, 4], [1, 1, 1, 1]), weekly([2, 2, 2, 2], warehouse="V")])
    raw["warehouses"][0]["capacity"] = {"units": [40, 40, 40, 20]}
    raw["suppliers"].append({"supplier": "N.2", "minimum_order_value": 10})
    raw["offers"].append(
        {
            "offer": "N.2/A",
            "supplier": "N.2",
            "item": "A",
            "unit_price": 3,
            "lead_time": {"7": 0.5, "14": 0.5},
            "price_breaks": [{"minimum_quantity": 20, "unit_price": 2.5}],
        }
    )
    raw["open_orders"] = [
        {
            "po_number": "1",
            "supplier": "N.2",
            "item": "A",
            "warehouse": "W",
            "quantity": 3,
            "receipt_date": "2026-01-12",
        }
    ]
    raw["capital"] = {"order_budget": [30, 20, 20, 20]}
    return procure.Plan.from_dict(raw)


def changed(text, plan=None):
    return changed_plan(plan or rich(), read_scenario(text))


# --- how it is written ------------------------------------------------------------------------------


def test_a_scenario_is_a_name_and_changes():
    found = read_scenario("Nord fails: supplier.NORD.out=true, demand=+10%,capital.order_budget=[1, 2]")
    assert found.name == "Nord fails"
    assert [change.text for change in found.changes] == [
        "supplier.NORD.out=true",
        "demand=+10%",
        "capital.order_budget=[1, 2]",
    ]


def test_a_comma_too_many_does_no_harm():
    assert read_scenario("Boom: demand=+3%,") == read_scenario("Boom: ,demand=+3%")


def test_without_a_name_the_changes_are_the_name():
    assert read_scenario("demand=x2, price=-5%").name == "demand=x2, price=-5%"


def test_single_changes_make_one_scenario():
    found = unnamed(("demand=+10%",), ("NORD", "SUD"))
    assert found.name == "demand=+10%, without NORD, without SUD"
    assert found.changes[1] == Change("supplier.NORD.out", Value("true"))
    assert unnamed((), ()) is None


@pytest.mark.parametrize(
    ("text", "factor"),
    [("x1.3", 1.3), ("X2", 2), ("*0.5", 0.5), ("+30%", 1.3), ("- 20 %", 0.8), ("-100%", 0), ("30", None), ("-5", None)],
)
def test_factors(text, factor):
    found = read_change(f"demand={text}").value.factor
    assert found is None if factor is None else found == pytest.approx(factor)


@pytest.mark.parametrize("text", ["xx", "x-1", "-120%", "+nan%", "xinf", "+much%"])
def test_no_factors(text):
    if text == "xx":
        text = "x x"
    with pytest.raises(UsageError, match="is no factor"):
        read_change(f"demand={text}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Nord:", "changes nothing"),
        ("", "changes nothing"),
        ("Nord: out", "a change is KEY=VALUE"),
        ("=3", "a change is KEY=VALUE"),
    ],
)
def test_what_is_no_scenario(text, message):
    with pytest.raises(UsageError, match=message):
        read_scenario(text)


# --- what it changes --------------------------------------------------------------------------------


def test_demand_of_all_of_an_item_and_of_a_warehouse():
    for text, factors in (("demand=+50%", (1.5, 1.5)), ("demand.A=x2", (2, 2)), ("demand.V=x0", (1, 0))):
        rows = changed(text).demand
        assert [row.mean[0] for row in rows] == [4 * factors[0], 2 * factors[1]]
        assert rows[0].sd[0] == factors[0]


def test_sample_paths_change_with_demand(tmp_path):
    rows = [("A", w, s, t, 4.0) for w in "WV" for s in (0, 1) for t in range(4)]
    columns = ["item", "warehouse", "sample", "period", "quantity"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "paths.csv", index=False)
    raw = two_places(demand=[]) | {"demand_samples": "paths.csv"}
    plan = procure.Plan.from_dict(raw, tmp_path)
    found = changed("demand.W=x1.5", plan).samples
    assert found.groupby("warehouse")["quantity"].sum().to_dict() == {"V": 32, "W": 48}
    assert plan.samples["quantity"].eq(4).all()  # the plan itself stays as it was


def test_prices_with_their_breaks():
    for text, prices in (("price=+10%", (2.2, 3.3, 2.75)), ("price.N.2=x2", (2, 6, 5)), ("price.S/A=x2", (4, 3, 2.5))):
        near, far = changed(text).offers
        assert (near.unit_price, far.unit_price, far.price_breaks[0].unit_price) == pytest.approx(prices)


def test_lead_times_by_factor_and_in_days():
    stretched = changed("lead_time.N.2=x2").offers
    assert stretched[0].lead_time.mean == 0
    assert stretched[1].lead_time.points == ((14, 0.5), (28, 0.5))
    assert changed("lead_time.N.2=x0").offers[1].lead_time.points == ()
    assert [offer.lead_time.mean for offer in changed("lead_time=21").offers] == [21, 21]
    assert changed('lead_time.A={"mean": 9, "sd": 2}').offers[1].lead_time.sd == 2


def test_storage_and_single_capacities():
    assert changed("storage=-50%").warehouses[0].capacity == {"units": (20, 20, 20, 10)}
    assert changed("warehouse.W.capacity.units=7").warehouses[0].capacity == {"units": 7}
    assert changed("warehouse.V.capacity.units=7").warehouses[1].capacity == {"units": 7}
    assert changed("warehouse.W.capacity.units=null").warehouses[0].capacity == {}


def test_a_supplier_or_an_offer_drops_out_and_what_is_on_order_stays():
    found = changed("supplier.N.2.out=true")
    assert [offer.supplier for offer in found.offers] == ["S"]
    assert len(found.open_orders) == 1
    assert [offer.offer for offer in changed("offer.S/A.out=true").offers] == ["N.2/A"]


def test_columns_of_single_rows():
    assert changed("supplier.N.2.minimum_order_value=x3").suppliers[1].minimum_order_value == 30
    assert changed("offer.N.2/A.minimum_order_quantity=5").offers[1].minimum_order_quantity == 5
    assert changed("item.A.safety_stock=4").items[0].safety_stock == 4
    assert changed("item.A.holding_cost=").items[0].holding_cost is None


def test_settings_by_factor_and_by_value():
    assert changed("capital.order_budget=-20%").capital.order_budget == pytest.approx((24, 16, 16, 16))
    assert changed("capital.order_budget=25").capital.order_budget == 25
    assert changed("capital.order_budget=null").capital.order_budget is None
    assert changed("capital=null").capital.order_budget is None
    assert changed("capital.cash.opening=9, capital.cash=null").capital.cash is None
    assert changed("policy.holding_rate=x2").policy.holding_rate == 0.5
    assert changed("capital.cash.opening=100").capital.cash.opening == 100
    assert changed("exchange_rates.USD=0.9").exchange_rates == {"USD": 0.9}


def test_changes_build_on_each_other():
    assert changed("price=x2, price.S=x2").offers[0].unit_price == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("demnd=x2", "nothing is called 'demnd' .did you mean 'demand'"),
        ("capital.order_budgt=5", "did you mean 'capital.order_budget'"),
        ("demand.B=x2", "no item or warehouse 'B'"),
        ("demand=12", "demand can only be multiplied"),
        ("price.T=x2", "no supplier or item or offer 'T'"),
        ("price=3", "prices can only be multiplied"),
        ("storage.U=x2", "no warehouse 'U'"),
        ("storage.V=x2", "no capacity there"),
        ("lead_time.S=-3", "must be from 0 to"),
        ("supplier.NN.out=true", "no supplier 'NN'"),
        ("supplier.S.out=no", "can only be true"),
        ("supplier.S", "a change is KEY=VALUE"),
        ("supplier.S=3", "name the column, too"),
        ("supplier.S.minimum_value=3", "no column 'minimum_value' .did you mean 'minimum_order_value'"),
        ("item.A.item=B", "no column 'item'"),
        ("item.A.unit.x=3", "unit has no entries"),
        ("warehouse.W.capacity.m3=x2", "there is no 'm3' in capacity"),
        ("offer.S/A.unit_price=-1", "greater than or equal to 0"),
        ("offer.S/A.maximum_order_quantity=x2", "can't be changed by x2"),
        ("capital=3", "'capital' is a group; change one of capital.order_budget"),
        ("periods=3", "could not be compared"),
        ("capital.inventory_value=x2", "capital.inventory_value is not set in the plan, which can't be changed by x2"),
        ("policy.holding_rate=much", "valid number, got 'much'"),
    ],
    ids=str,
)
def test_what_can_not_be_changed(text, message):
    with pytest.raises(UsageError, match=message):
        changed(text)


def test_a_changed_plan_passes_every_check():
    with pytest.raises(PlanError, match=r"scenario 'Bad': plan, capital\.order_budget: must have 4 entries"):
        changed("Bad: capital.order_budget=[1, 2]")


# --- what it comes to -------------------------------------------------------------------------------


def test_a_cut_of_the_budget_by_hand():
    # 10 units for 20.00; with 16.00 there are 8, and 2 units wait at 3.00 and are owed at 2.00
    found = procure.whatif(week(capital={"order_budget": 20}), ["Cut: capital.order_budget=-20%"], **FINE)
    assert found.base.total == pytest.approx(20)
    cut = found.scenarios[0]
    assert (cut.total, cut.difference, cut.backorders_difference) == pytest.approx((26, 6, 2))
    assert (cut.changed_now, cut.changed_now_value) == (1, pytest.approx(-4))
    assert [(c.item, c.a, c.b) for c in cut.release] == [("A", 10, 8)]
    assert cut.words[0] == "Costs 6.00 EUR (30.0 %) more, with 2.0 unit-periods of backorders more."
    assert "now change in 1 line, -4.00 EUR of goods: A from S for W 10 to 8" in cut.words[1]


@pytest.mark.parametrize(
    "text", ["demand=+50%", "capital.order_budget=8", "storage=-50%", "item.A.backorder_cost=1"], ids=str
)
def test_where_offers_stay_a_scenario_is_what_solving_it_gives(text):
    found = procure.whatif(rich(), [text], **FINE).scenarios[0]
    direct = procure.solve(changed(text), **FINE)
    assert found.total == pytest.approx(direct.cost.total, rel=1e-5)
    assert found.bound <= found.total + 1e-6


def test_what_is_left_is_worth_what_it_was_worth_before():
    # 12 must be bought: at 2.00, two left at 0.50 held and 2.00 credit. At half the price they cost 12.00; the two left
    # are still worth 2.00 each: 12 + 1 - 4. At its own values the plan would be 12 + 1 - 2.
    plan = week(offer={"minimum_order_quantity": 12})
    found = procure.whatif(plan, ["Half price: price=x0.5"], **FINE)
    assert found.base.total == pytest.approx(24 + 1 - 4)
    half = found.scenarios[0]
    assert half.total == pytest.approx(12 + 1 - 4)
    assert procure.solve(changed("price=x0.5", plan), **FINE).cost.total == pytest.approx(12 + 1 - 2)
    assert (half.bound, half.gap, half.least_difference) == (None, None, None)
    assert any("Half price" in note for note in found.notes)


def test_a_supplier_that_drops_out():
    found = procure.whatif(rich(), ["supplier.S.out=true"], **FINE)
    gone = found.scenarios[0]
    assert gone.difference > 0
    assert {change.supplier for change in gone.release} <= {"S", "N.2"}
    assert not any("still taken to arrive" in text for text in gone.words)
    other = procure.whatif(rich(), ["supplier.N.2.out=true"], **FINE).scenarios[0]
    assert "The 3 units on order at N.2 are still taken to arrive." in other.words


def test_an_item_that_nobody_offers_any_more_keeps_its_worth():
    # 12 there, 10 asked for: two left, at 0.50 held and worth 2.00 each as before
    plan = week(stock=[{"item": "A", "warehouse": "W", "on_hand": 12}])
    gone = procure.whatif(plan, ["supplier.S.out=true"], **FINE).scenarios[0]
    assert gone.total == pytest.approx(1 - 4)
    assert gone.bound == pytest.approx(gone.total)
    own = changed_plan(plan, read_scenario("item.A.replacement_cost=1, supplier.S.out=true"))
    assert valued_to_solve(build_network(own), build_network(plan)).replacement[0] == 1


def test_nothing_changed():
    same = procure.whatif(week(), ["demand=x1"], **FINE).scenarios[0]
    assert same.words == ("Costs the same, with as many backorders.", "The orders to release now stay as they are.")


def test_differences_lie_between_what_is_proven():
    found = procure.whatif(rich(), ["demand=+50%", "supplier.S.minimum_order_value=20"], gap=0.05, time_limit=10)
    for outcome in found.scenarios:
        assert outcome.least_difference <= outcome.difference + 1e-9
        assert outcome.difference <= outcome.most_difference + 1e-9


def test_a_known_solution_is_taken_for_the_base():
    plan = week()
    base = procure.baseline(plan, "min-max")
    found = procure.whatif(plan, ["demand=x1"], base=base, **FINE)
    assert found.base.total == pytest.approx(base.cost.total)
    with pytest.raises(UsageError, match="another plan"):
        procure.whatif(rich(), ["demand=x1"], base=base)


def test_a_scenario_over_a_limit_says_so():
    plan = week(stock=[{"item": "A", "warehouse": "W", "on_hand": 9}])
    found = procure.whatif(plan, ["warehouse.W.capacity.units=4"], **FINE).scenarios[0]
    assert found.status == "relaxed"
    assert "It can't keep every limit whatever is ordered." in found.words
    assert any(
        text.startswith("Storage of W, units, period 0: over the limit of 4.00 units by 5.00;") for text in found.words
    )


def test_a_stop_keeps_the_scenarios_found_so_far():
    stop = threading.Event()

    def progress(done, of_all):
        if done == 2:
            stop.set()

    found = procure.whatif(week(), ["demand=x1", "demand=x2"], progress=progress, stop=stop)
    assert [outcome.name for outcome in found.scenarios] == ["demand=x1"]
    assert found.notes[0] == "Stopped early: 1 of 2 scenarios were solved by then."


@pytest.mark.parametrize(
    ("scenarios", "message"),
    [
        ([], "no scenario"),
        (["A: demand=x2", "A: demand=x3"], "two scenarios are called 'A'"),
        (["base: demand=x2"], "two"),
    ],
)
def test_scenarios_have_names_of_their_own(scenarios, message):
    with pytest.raises(UsageError, match=message):
        procure.whatif(week(), scenarios)


def test_scenarios_come_back_from_their_file(tmp_path):
    found = procure.whatif(week(capital={"order_budget": 20}), ["Cut: capital.order_budget=-20%"], **FINE)
    assert [path.name for path in found.write(tmp_path)] == ["whatif.csv", "whatif.json"]
    assert procure.read_whatif(tmp_path) == found
    rows = (tmp_path / "whatif.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("name,changes,status,total,bound")
    assert [row.split(",")[0] for row in rows[1:]] == ["base", "Cut"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "not JSON"), ("[]", "not a file of scenarios"), ('{"format": "procure-whatif/1"}', "not whole")],
)
def test_a_file_without_scenarios(tmp_path, text, message):
    (tmp_path / "whatif.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        procure.read_whatif(tmp_path)
    with pytest.raises(UsageError, match="can't read"):
        procure.read_whatif(tmp_path / "nowhere.json")
