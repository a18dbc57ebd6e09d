"""Each block alone: the coefficients of one row, worked out by hand, without a solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from procure_milp.constraints import (
    backorder_limit,
    container_fill,
    container_room,
    discount_goods,
    discount_reached,
    discount_split,
    discount_tier,
    lane_runs,
    line_least,
    line_most,
    lost_grows,
    maximum_cover,
    money_limit,
    one_tier,
    order_arrives,
    order_capacity,
    order_maximum,
    order_minimum,
    order_spend,
    path_cut,
    payment_due,
    rise_needs_arrival,
    safety_shortfall,
    shipment_arrives,
    shipment_expected,
    shipment_out,
    stocked_floor,
    storage,
    supply_balance,
    supply_pieces,
    unmet_floor,
)
from procure_milp.instance import Capacity, Group, Instance, MoneyLimit, PathCut, Rise, StockLimit
from procure_milp.objective import expected_cost, total_excess, weighted_backorders
from tests.models.tiny import envelope, instance, line, move, rows, tier, variables, weights


def two_cells(**changes) -> Instance:
    """Two cells with a lane between them that costs 6 a trip."""
    return instance(n_cells=2, moves=(move(),), lane_fee=(6.0,), **changes)


def discounted(**changes) -> Instance:
    """Two tiers of order discount: 5 % from 50, 10 % from 100; at most 10 steps of 4 units at 2.0."""
    group = Group(discounts=((50.0, 0.05), (100.0, 0.10)))
    return instance(lines=(line(step=4.0),), groups=(group,), **changes)


def test_supply_balance_brings_what_was_ordered_a_lead_time_ago():
    """Steps of 5 of which 90 % come, ordered in period 0, serve period 1, where 3 more units are on order."""
    opening = np.array([[1.0, 4.0, 4.0]])
    inst = instance(lines=(line(step=5.0, fraction=0.9, lead=1, periods=(0, 1)),), opening=opening)
    assert rows(supply_balance, inst)[0, 1] == (
        {"supply_0_1": 1.0, "supply_0_0": -1.0, "lots_0_0_0": -4.5},
        "==",
        3.0,
    )


def test_supply_balance_moves_stock_from_cell_to_cell():
    """What leaves cell 0 in period 0 is in cell 1 from period 1 on."""
    found = rows(supply_balance, two_cells(lines=()))
    assert found[0, 0] == ({"supply_0_0": 1.0, "parcels_0_0": 1.0}, "==", 0.0)
    assert found[1, 1] == ({"supply_1_1": 1.0, "supply_1_0": -1.0, "parcels_0_0": -1.0}, "==", 0.0)


def test_supply_pieces_add_up_to_supply_above_its_least():
    """Known demand of 4 has a kink at 4, hence two pieces from -2 on."""
    inst = instance(lowest=np.full((1, 3), -2.0), envelopes={(0, t): envelope(-2.0) for t in range(3)})
    expected = {"supply_0_1": 1.0, "piece_0_1_0": -1.0, "piece_0_1_1": -1.0}
    assert rows(supply_pieces, inst)[0, 1] == (expected, "==", -2.0)


def test_safety_shortfall_counts_from_expected_demand_plus_target():
    """A target of 3 above an expected demand of 4 asks for a supply of 7; no target, no row."""
    inst = instance(target=np.array([[0.0, 3.0, 0.0]]))
    assert rows(safety_shortfall, inst) == {(0, 1): ({"short_0_1": 1.0, "supply_0_1": 1.0}, ">=", 7.0)}


def test_storage_counts_peak_stock_by_the_slope_of_each_piece():
    """Each unit takes 0.5 m3; both pieces, below and above the kink of B, add to stock with slope 1."""
    inst = instance(counted=True, stock_limits=(StockLimit(4, 1, ((0, 0.5),), 20.0),))
    assert rows(storage, inst) == {(4, 1): ({"piece_0_1_0": 0.5, "piece_0_1_1": 0.5}, "<=", 20.0)}


def test_storage_that_the_start_breaks_gets_slack():
    inst = instance(counted=True, stock_limits=(StockLimit(4, 1, ((0, 0.5),), 20.0, weight_of_slack=0.05),))
    found, _, _ = rows(storage, inst)[4, 1]
    assert found["slack_0_0"] == -1.0


def test_maximum_cover_binds_only_where_something_arrives():
    """Cover of 10 below a bound of 25: with an arrival supply is at most 25 - 15."""
    inst = instance(
        lines=(line(has_switch=True),), cover=np.full((1, 3), 10.0), supply_cap=np.full((1, 3), 25.0)
    )
    assert rows(maximum_cover, inst)[0, 2] == ({"supply_0_2": 1.0, "arrives_0_2": 15.0}, "<=", 25.0)


def test_line_least_holds_moq_and_start_of_tier():
    """An MOQ of 3 steps; a line without a switch has no row."""
    inst = instance(lines=(line(tiers=(tier(least=3.0),), has_switch=True),))
    assert rows(line_least, inst)[0, 1, 0] == ({"lots_0_1_0": 1.0, "open_0_1_0": -3.0}, ">=", 0.0)
    assert rows(line_least, instance()) == {}


def test_line_most_closes_a_closed_line():
    """At most 10 steps can be useful."""
    inst = instance(lines=(line(has_switch=True),))
    assert rows(line_most, inst)[0, 1, 0] == ({"lots_0_1_0": 1.0, "open_0_1_0": -10.0}, "<=", 0.0)


def test_one_tier_at_most_and_only_on_a_placed_order():
    """Two price tiers under a purchase order of fixed cost 5."""
    two = line(tiers=(tier(most=4.0), tier(1.8, least=5.0)), has_switch=True)
    placed = rows(one_tier, instance(lines=(two,), groups=(Group(fixed_cost=5.0),)))
    assert placed[0, 0] == ({"open_0_0_0": 1.0, "open_0_0_1": 1.0, "placed_0_0": -1.0}, "<=", 0.0)
    free = rows(one_tier, instance(lines=(two,)))
    assert free[0, 0] == ({"open_0_0_0": 1.0, "open_0_0_1": 1.0}, "<=", 1.0)


def test_one_tier_without_a_switch_binds_the_steps_to_the_order():
    """The line has no binary, so its steps themselves need the purchase order."""
    found = rows(one_tier, instance(groups=(Group(fixed_cost=5.0),)))
    assert found[0, 0] == ({"lots_0_0_0": 1.0, "placed_0_0": -10.0}, "<=", 0.0)


def test_order_arrives_a_lead_time_later():
    """Ordered in period 0 with a lead time of 2: the cover limit of period 2 counts."""
    inst = instance(
        lines=(line(lead=2, periods=(0,), has_switch=True),),
        cover=np.full((1, 3), 10.0),
        supply_cap=np.full((1, 3), 25.0),
    )
    assert rows(order_arrives, inst) == {(0, 0): ({"open_0_0_0": 1.0, "arrives_0_2": -1.0}, "<=", 0.0)}


def test_order_capacity_by_quantity_goods_and_shipment():
    """0.5 m3 a unit in steps of 4; goods at 2.0; shipments in single units of 3 kg."""
    inst = two_cells(
        lines=(line(step=4.0),),
        capacities=(
            Capacity(0, 1, ((0, 0.5),), "quantity", 30.0),
            Capacity(1, 1, ((0, 1.0),), "goods", 70.0),
            Capacity(2, 1, ((0, 3.0),), "shipment", 9.0),
        ),
    )
    assert rows(order_capacity, inst) == {
        (0, 1): ({"lots_0_1_0": 2.0}, "<=", 30.0),
        (1, 1): ({"lots_0_1_0": 8.0}, "<=", 70.0),
        (2, 1): ({"parcels_0_1": 3.0}, "<=", 9.0),
    }


def test_order_minimum_counts_goods_before_discounts():
    """Incremental breaks: 2.0 a unit, then 1.5 a unit and 5 on top for the dearer first 10 units."""
    tiers = (tier(most=9.0), tier(1.5, least=10.0, intercept=5.0))
    inst = instance(lines=(line(tiers=tiers, has_switch=True),), groups=(Group(minimum=40.0),))
    expected = {"lots_0_2_0": 2.0, "lots_0_2_1": 1.5, "open_0_2_1": 5.0, "placed_0_2": -40.0}
    assert rows(order_minimum, inst)[0, 2] == (expected, ">=", 0.0)


def test_order_maximum_needs_no_switch():
    """Two lines on one purchase order of at most 60."""
    inst = instance(lines=(line(), line(tiers=(tier(3.0),))), groups=(Group(maximum=60.0),))
    assert rows(order_maximum, inst)[0, 0] == ({"lots_0_0_0": 2.0, "lots_1_0_0": 3.0}, "<=", 60.0)


def test_discount_split_puts_all_goods_under_tiers():
    """Steps of 4 at 2.0 are goods of 8 a step, under no discount, 5 % or 10 %."""
    expected = {f"tier_goods_0_1_{k}": 1.0 for k in range(3)} | {"lots_0_1_0": -8.0}
    assert rows(discount_split, discounted())[0, 1] == (expected, "==", 0.0)


def test_discount_tier_is_one_if_the_order_is_placed():
    expected = {f"in_tier_0_1_{k}": 1.0 for k in range(3)} | {"placed_0_1": -1.0}
    assert rows(discount_tier, discounted())[0, 1] == (expected, "==", 0.0)


def test_discount_goods_are_at_most_what_the_line_can_have():
    """10 steps of 4 at 2.0 are 80."""
    expected = {"tier_goods_0_1_2": 1.0, "in_tier_0_1_2": -80.0}
    assert rows(discount_goods, discounted())[0, 1, 2] == (expected, "<=", 0.0)


def test_discount_reached_from_its_value_on():
    """The tier without a discount has no row; the second discount needs goods of 100."""
    found = rows(discount_reached, discounted())
    assert found[0, 1, 2] == ({"tier_goods_0_1_2": 1.0, "in_tier_0_1_2": -100.0}, ">=", 0.0)
    assert (0, 1, 0) not in found


def containers() -> Instance:
    """Containers of 20 m3 at 100 each, the last at least half full; 0.5 m3 a unit in steps of 4."""
    group = Group(size=20.0, container_cost=100.0, minimum_fill=0.5, load={0: 0.5})
    return instance(lines=(line(step=4.0),), groups=(group,))


def test_container_room_holds_the_load():
    assert rows(container_room, containers())[0, 1] == (
        {"lots_0_1_0": 2.0, "containers_0_1": -20.0},
        "<=",
        0.0,
    )


def test_container_fill_leaves_at_most_half_of_one_container_empty():
    """The load is at least 20 N - 10."""
    assert rows(container_fill, containers())[0, 1] == (
        {"lots_0_1_0": 2.0, "containers_0_1": -20.0},
        ">=",
        -10.0,
    )


def test_shipment_out_switches_the_cell():
    """At most 8 units in a shipment."""
    assert rows(shipment_out, two_cells())[0, 1] == ({"parcels_0_1": 1.0, "ships_0_1": -8.0}, "<=", 0.0)


def test_shipment_expected_lets_a_cell_owe_only_where_nothing_leaves():
    """4 units were demanded before period 1 and supply may be -2: without a shipment the row says X >= -2."""
    inst = two_cells(lowest=np.full((2, 3), -2.0))
    assert rows(shipment_expected, inst)[0, 1] == ({"supply_0_1": 1.0, "ships_0_1": -6.0}, ">=", -2.0)


def test_lane_runs_for_any_shipment_on_it():
    """A lane without a cost per trip has no row."""
    assert rows(lane_runs, two_cells())[0, 0] == ({"parcels_0_0": 1.0, "trip_0_0": -8.0}, "<=", 0.0)
    assert rows(lane_runs, instance(n_cells=2, moves=(move(),))) == {}


def test_shipment_arrives_under_the_cover_limit_of_its_target():
    """Shipped in period 0, it first serves cell 1 in period 1."""
    cover = np.array([[np.inf] * 3, [10.0] * 3])
    cap = np.array([[np.inf] * 3, [25.0] * 3])
    found = rows(shipment_arrives, two_cells(cover=cover, supply_cap=cap))
    assert found[0, 0] == ({"parcels_0_0": 1.0, "arrives_1_1": -8.0}, "<=", 0.0)


def budget(**changes) -> Instance:
    """An order budget of 90 up to period 1; 2.0 a unit, 0.25 freight, 5 a purchase order."""
    limit = MoneyLimit(3, "order_budget", 0, 1, 90.0)
    made = instance(lines=(line(freight=0.25),), groups=(Group(fixed_cost=5.0),), money_limits=(limit,))
    return replace(made, **changes)


def test_order_spend_is_goods_freight_and_fixed_cost():
    """Line costs are handling, not spend; a period after the last limit has no row."""
    found = rows(order_spend, budget())
    assert found[(1,)] == ({"lots_0_1_0": 2.25, "placed_0_1": 5.0, "spend_1": -1.0}, "==", 0.0)
    assert (2,) not in found


def test_payment_due_splits_deposit_and_balance():
    """30 % at once and 70 % a period later on the 80 % that come; the purchase order's cost at once."""
    paid = line(
        freight=0.25, fraction=0.8, deposit=0.3, deposit_period=(0, 1, 2), balance_period=(1, 2, 3)
    )
    limit = MoneyLimit(3, "cash", 0, 1, 90.0)
    found = rows(payment_due, budget(lines=(paid,), money_limits=(limit,)))
    coefficients, sense, side = found[(1,)]
    assert coefficients == {
        "lots_0_1_0": pytest.approx(0.3 * 0.8 * 2.25),
        "lots_0_0_0": pytest.approx(0.7 * 0.8 * 2.25),
        "placed_0_1": 5.0,
        "payment_1": -1.0,
    }
    assert (sense, side) == ("==", 0.0)


def test_money_limit_counts_the_periods_that_roll_on():
    """With carry-over the periods up to 1 count, without it only period 1; cash may have slack."""
    assert rows(money_limit, budget())[3, 1] == ({"spend_0": 1.0, "spend_1": 1.0}, "<=", 90.0)
    alone = MoneyLimit(3, "order_budget", 1, 1, 90.0)
    assert rows(money_limit, budget(money_limits=(alone,)))[3, 1] == ({"spend_1": 1.0}, "<=", 90.0)
    cash = MoneyLimit(3, "cash", 0, 0, -10.0, weight_of_slack=1.0)
    expected = {"payment_0": 1.0, "slack_1_0": -1.0}
    assert rows(money_limit, budget(money_limits=(cash,)))[3, 0] == (expected, "<=", -10.0)


def test_backorder_limit_counts_by_priority():
    """B = 4 - piece in each of 3 periods; priority 2; at most 15, of which cells out of reach owe 1."""
    inst = instance(weight=np.full((1, 3), 2.0), backorder_limit=15.0, weight_constant=1.0)
    expected = {f"piece_0_{t}_0": -2.0 for t in range(3)}
    assert rows(backorder_limit, inst)[(0,)] == (expected, "<=", 15.0 - 1.0 - 2.0 * 12.0)
    assert rows(backorder_limit, instance()) == {}


def test_unmet_floor_keeps_backorders_above_those_of_mean_supply():
    """B = 4 - piece: U + piece >= 4 in a sampled cell."""
    inst = instance(sampled=frozenset({0}))
    assert rows(unmet_floor, inst)[0, 1] == ({"unmet_0_1": 1.0, "piece_0_1_0": 1.0}, ">=", 4.0)
    assert rows(unmet_floor, instance()) == {}


def test_stocked_floor_keeps_peak_stock_above_that_of_mean_supply():
    """S = X from 0 on: Y - both pieces >= 0, where some limit counts the stock."""
    found = rows(stocked_floor, instance(counted=True, sampled=frozenset({0})))[0, 1]
    assert found == ({"stocked_0_1": 1.0, "piece_0_1_0": -1.0, "piece_0_1_1": -1.0}, ">=", 0.0)
    assert rows(stocked_floor, instance(sampled=frozenset({0}))) == {}


def test_path_cut_bounds_by_supply_and_orders():
    """U_1 >= 3 - 0.5 X_0 + 0.25 units of the order of period 0, in steps of 2."""
    cut = PathCut(0, 1, "unmet", ((0, -0.5),), ((0, 0, 0.25),), 3.0)
    inst = instance(sampled=frozenset({0}), path_cuts=[cut], lines=(line(step=2.0),))
    expected = {"unmet_0_1": 1.0, "supply_0_0": 0.5, "lots_0_0_0": -0.5}
    assert rows(path_cut, inst) == {(0, 1, 0): (expected, ">=", 3.0)}


def test_lost_grows_period_by_period():
    inst = instance(sampled=frozenset({0}), lost=frozenset({0}))
    assert rows(lost_grows, inst)[0, 2] == ({"unmet_0_2": 1.0, "unmet_0_1": -1.0}, ">=", 0.0)


def test_peak_stock_of_a_lost_item_follows_from_what_is_lost():
    """X_1 - E D_0 + U_0, with E D_0 = 4, times 0.5 at most 20: the constant moves over."""
    limit = StockLimit(4, 1, ((0, 0.5),), 20.0)
    inst = instance(sampled=frozenset({0}), lost=frozenset({0}), stock_limits=(limit,))
    assert rows(storage, inst)[4, 1] == ({"supply_0_1": 0.5, "unmet_0_0": 0.5}, "<=", 22.0)


def test_supply_balance_spreads_an_order_over_the_periods_that_it_may_come_in():
    """60 % of an order of period 0 is expected in period 0, 30 % more in period 2."""
    inst = instance(lines=(line(periods=(0,), fraction=0.9, arrivals=(((0, 0.6), (2, 0.3)),)),))
    found = rows(supply_balance, inst)
    assert found[0, 0][0]["lots_0_0_0"] == -0.6
    assert "lots_0_0_0" not in found[0, 1][0]
    assert found[0, 2][0]["lots_0_0_0"] == -0.3


def test_rise_needs_arrival_in_pieces_and_switches():
    """From 0 at the start to the kink at 4 in period 1: (4 - X)^+ >= 4 (1 - p_0 - p_1)."""
    switches = (("placed", (0, 0)), ("placed", (0, 1)))
    inst = instance(groups=(Group(fixed_cost=5.0),), rises=[Rise(0, -1, 1, 0.0, 4.0, switches)])
    expected = {"piece_0_1_0": -1.0, "placed_0_0": 4.0, "placed_0_1": 4.0}
    assert rows(rise_needs_arrival, inst) == {(0, 0, 1, 0): (expected, ">=", 0.0)}


def test_expected_cost_of_one_unit_of_everything():
    """2.0 + 0.25 on the 80 % that come, 3 a line, 5 an order, 0.5 a unit shipped, 6 a trip, 9 short."""
    inst = two_cells(
        lines=(line(freight=0.25, fraction=0.8, fee=3.0, has_switch=True),),
        groups=(Group(fixed_cost=5.0),),
        target=np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]]),
    )
    found = weights(expected_cost(inst, variables(inst)))
    assert found["lots_0_1_0"] == pytest.approx(0.8 * 2.25)
    assert found["open_0_1_0"] == 3.0
    assert found["placed_0_1"] == 5.0
    assert found["parcels_0_0"] == 0.5
    assert found["trip_0_0"] == 6.0
    assert found["supply_1_2"] == 1.0
    assert found["piece_0_1_0"] == -10.0
    assert "piece_0_1_1" not in found
    assert found["short_0_1"] == 9.0


def test_expected_cost_takes_discounts_off_the_goods_of_the_tier():
    """90 % of goods under the tier of 10 %; the steps themselves cost nothing."""
    inst = discounted()
    found = weights(expected_cost(inst, variables(inst)))
    assert found["tier_goods_0_1_2"] == pytest.approx(0.9)
    assert "lots_0_1_0" not in found


def test_weighted_backorders_count_by_priority_alone():
    inst = instance(weight=np.full((1, 3), 2.5))
    assert weights(weighted_backorders(inst, variables(inst))) == {f"piece_0_{t}_0": -2.5 for t in range(3)}


def test_total_excess_is_relative_to_each_limit():
    """A unit over a limit of 20 weighs 0.05."""
    loose = StockLimit(0, 1, ((0, 1.0),), 20.0, weight_of_slack=0.05)
    inst = instance(counted=True, stock_limits=(loose, StockLimit(0, 2, ((0, 1.0),), 20.0)))
    assert weights(total_excess(inst, variables(inst))) == {"slack_0_0": 0.05}
