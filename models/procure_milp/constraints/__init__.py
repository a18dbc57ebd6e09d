"""The table of contents of the model: one function per block of rows."""

from procure_milp.constraints.money import backorder_limit, money_limit, order_spend, payment_due
from procure_milp.constraints.moves import lane_runs, shipment_arrives, shipment_expected, shipment_out
from procure_milp.constraints.orders import line_least, line_most, one_tier, order_arrives, order_capacity
from procure_milp.constraints.purchase_orders import (
    container_fill,
    container_room,
    discount_goods,
    discount_reached,
    discount_split,
    discount_tier,
    order_maximum,
    order_minimum,
)
from procure_milp.constraints.sampled import lost_grows, path_cut, stocked_floor, unmet_floor
from procure_milp.constraints.stock import (
    maximum_cover,
    rise_needs_arrival,
    safety_shortfall,
    storage,
    supply_balance,
    supply_pieces,
)

BLOCKS = (
    supply_balance,
    supply_pieces,
    safety_shortfall,
    storage,
    maximum_cover,
    line_least,
    line_most,
    one_tier,
    order_arrives,
    order_capacity,
    order_minimum,
    order_maximum,
    discount_split,
    discount_tier,
    discount_goods,
    discount_reached,
    container_room,
    container_fill,
    shipment_out,
    shipment_expected,
    lane_runs,
    shipment_arrives,
    order_spend,
    payment_due,
    money_limit,
    backorder_limit,
    rise_needs_arrival,
    unmet_floor,
    stocked_floor,
    path_cut,
    lost_grows,
)
"""C1 to C31, in the order of FORMULATION.md."""
