"""From the plan in numbers to the instance of the model, and from its columns back to a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.cuts import Curves
from procure.engines.reach import Reach
from procure.engines.useful import steps_up
from procure.plan.network import Network
from procure.solution.ledger import Decision, Laws, committed_payments, keep_ledger, payment_periods, stock_costs
from procure.solution.limits import Limit, Limits
from procure.uncertainty.law import Law
from procure_milp.instance import (
    Capacity,
    Group,
    Instance,
    Line,
    MoneyLimit,
    Move,
    StockLimit,
    Tier,
)

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Translation:
    """An instance and where its positions come from.

    Attributes
    ----------
    instance
        The model's numbers.
    cells, lines, moves
        Positions in the network of the instance's cells, lines and moves.
    """

    instance: Instance
    cells: Indices
    lines: Indices
    moves: Indices


def translate(
    network: Network,
    laws: Laws,
    limits: Limits,
    reach: Reach,
    *,
    slack: dict[int, NDArray[np.bool_]] | None = None,
    backorder_limit: float = np.inf,
) -> Translation:
    """Make the instance.

    Parameters
    ----------
    limits
        Shared limits, relaxed where the start breaks them.
    reach
        What can matter, with its bounds.
    slack
        Periods of limits, by position, that get a slack variable (relaxation stage only).
    backorder_limit
        Most weighted backorders (second stage of the objective `backorders`).
    """
    cells = reach.cells
    lines = np.flatnonzero(reach.most_lots.any(axis=1))
    moves = np.flatnonzero(reach.most_parcels.any(axis=1))
    nothing = keep_ledger(network, laws, Decision.nothing(network))
    rest = np.ones(network.n_cells, dtype=bool)
    rest[cells] = False
    new_cell = {int(c): k for k, c in enumerate(cells)}
    new_line = {int(c): k for k, c in enumerate(lines)}
    item = network.cell_item[cells]
    holding = network.holding[item]
    supply_cost = np.repeat(holding[:, None], network.periods, axis=1)
    supply_cost[:, -1] -= network.credit[item]
    expected = laws.planned.expected[cells]
    stock_limits = tuple(_stock_limits(network, nothing, limits, new_cell, slack or {}))
    stocked = {(c, row.period) for row in stock_limits for c, _ in row.weights}
    instance = Instance(
        periods=network.periods,
        opening=laws.planned.deliveries.opening[cells],
        expected=expected,
        expected_before=network.demand_before()[cells],
        supply_cost=supply_cost,
        backorder_cost=_backorder_rates(network, cells),
        weight=_once_where_lost(network, cells, network.priority[item]),
        target=laws.target[cells],
        target_cost=network.backorder_cost[item],
        cover=reach.cover[cells],
        supply_cap=reach.supply_cap[cells],
        lowest=reach.lowest[cells],
        lines=tuple(_line(network, laws.planned, reach, int(k), new_cell) for k in lines),
        groups=tuple(_group(network, g, new_line) for g in range(len(network.group_supplier))),
        moves=tuple(_move(network, reach, int(k), new_cell) for k in moves),
        lane_fee=tuple(lane.fixed_cost for lane in network.lanes),
        capacities=tuple(_capacities(network, limits, reach, lines, moves)),
        stock_limits=stock_limits,
        money_limits=tuple(_money_limits(network, limits, slack or {})),
        envelopes=Curves(laws, cells).envelopes(reach.lowest[cells], stocked),
        sampled=frozenset(new_cell[c] for c in laws.planned.sampled if c in new_cell),
        lost=frozenset(new_cell[c] for c in laws.planned.lost_paths if c in new_cell),
        backorder_limit=backorder_limit,
        weight_constant=float(network.priority[network.cell_item[rest]] @ nothing.stocks.backorders[rest].sum(axis=1)),
        constant=sum(stock_costs(network, laws, nothing.stocks, rest).values()) - float((supply_cost * expected).sum()),
    )
    return Translation(instance, cells, lines, moves)


def _backorder_rates(network: Network, cells: Indices) -> Array:
    """Cost of B_t, or of C_t where unmet demand is lost, beyond what stands at supply, shape (cells, T) [money]."""
    item = network.cell_item[cells]
    rates = np.repeat(network.holding[item][:, None], network.periods, axis=1)
    rates += _once_where_lost(network, cells, network.unmet_cost[cells])
    rates[:, -1] += network.owed[cells] - network.credit[item]
    return rates


def _once_where_lost(network: Network, cells: Indices, rate: Array) -> Array:
    """A rate per period; where unmet demand is lost, once: for all that is lost by the end, shape (cells, T)."""
    rates = np.repeat(rate[:, None], network.periods, axis=1)
    rates[network.lost[cells], :-1] = 0.0
    return rates


def _line(network: Network, law: Law, reach: Reach, line: int, new_cell: dict[int, int]) -> Line:
    offer = network.offers[network.line_offer[line]]
    cell = int(network.line_cell[line])
    periods = tuple(int(t) for t in np.flatnonzero(reach.most_lots[line]))
    tiers = tuple(_tiers(network, reach, line, periods))
    step, covered = offer.order_multiple, np.isfinite(reach.cover[cell]).any()
    least = max((n for tier in tiers for n in tier.least), default=0.0)
    switch = offer.fixed_line_cost > 0.0 or len(tiers) > 1 or covered
    due = [payment_periods(network, line, t) for t in periods]
    return Line(
        cell=new_cell[cell],
        group=int(network.line_group[line]),
        lead=int(network.line_lead[line]),
        step=step,
        fraction=float(network.line_fraction[line]),
        periods=periods,
        tiers=tiers,
        freight=offer.unit_freight,
        fee=offer.fixed_line_cost,
        has_switch=bool(switch or least > (1.0 if step > 0.0 else 0.0) or any(t.intercept for t in tiers)),
        deposit=due[0][0][0] if due else 0.0,
        deposit_period=tuple(first for (_, first), _ in due),
        balance_period=tuple(later for _, (_, later) in due),
        arrivals=_arrivals(law, line, periods),
    )


def _arrivals(law: Law, line: int, periods: tuple[int, ...]) -> tuple[tuple[tuple[int, float], ...], ...]:
    """When an order at uncertain terms is expected to serve: periods and shares; empty where terms are certain."""
    expected = law.deliveries.expected.get(line)
    if expected is None:
        return ()
    more = np.diff(expected, axis=1, prepend=0.0)
    return tuple(tuple((int(t), float(more[u, t])) for t in np.flatnonzero(more[u])) for u in periods)


def _tiers(network: Network, reach: Reach, line: int, periods: tuple[int, ...]) -> Iterator[Tier]:
    """Price tiers that the line can reach in some period, with the steps that lie in each."""
    offer, tariff = network.offers[network.line_offer[line]], network.tariffs[network.line_offer[line]]
    rate, step = float(network.line_rate[line]), offer.order_multiple
    ends = (*tariff.starts[1:], np.inf)
    for k, (start, end) in enumerate(zip(tariff.starts, ends, strict=True)):
        least = steps_up(max(start, offer.minimum_order_quantity), step)
        last = np.inf if end == np.inf else (steps_up(end, step) - 1.0 if step > 0.0 else end)
        most = [min(float(reach.most_lots[line, t]), last) for t in periods]
        most = [n if n >= least else 0.0 for n in most]
        if any(most):
            yield Tier(
                price=tariff.prices[k] * rate,
                intercept=tariff.intercept(k) * rate,
                least=tuple(min(least, n) if n == 0.0 else least for n in most),
                most=tuple(most),
            )


def _group(network: Network, group: int, new_line: dict[int, int]) -> Group:
    supplier = network.suppliers[network.group_supplier[group]]
    lines = np.flatnonzero(network.line_group == group)
    rate = float(network.line_rate[lines[0]])
    container = supplier.container
    amount = network.usage(container.resource) if container else np.zeros(len(network.items))
    return Group(
        fixed_cost=supplier.fixed_order_cost * rate,
        minimum=(supplier.minimum_order_value or 0.0) * rate,
        maximum=np.inf if supplier.maximum_order_value is None else supplier.maximum_order_value * rate,
        discounts=tuple((d.minimum_order_value * rate, d.discount) for d in supplier.order_discounts),
        size=container.size if container else 0.0,
        container_cost=container.cost * rate if container else 0.0,
        minimum_fill=container.minimum_fill if container else 0.0,
        load={
            new_line[int(k)]: float(amount[network.cell_item[network.line_cell[k]]])
            for k in lines
            if int(k) in new_line
        },
    )


def _move(network: Network, reach: Reach, move: int, new_cell: dict[int, int]) -> Move:
    lane = network.lanes[network.move_lane[move]]
    periods = tuple(int(t) for t in np.flatnonzero(reach.most_parcels[move]))
    return Move(
        lane=int(network.move_lane[move]),
        origin=new_cell[int(network.move_from[move])],
        target=new_cell[int(network.move_to[move])],
        lead=int(network.move_lead[move]),
        step=lane.order_multiple,
        unit_cost=lane.unit_cost,
        periods=periods,
        most=tuple(float(reach.most_parcels[move, t]) for t in periods),
    )


def _capacities(network: Network, limits: Limits, reach: Reach, lines: Indices, moves: Indices) -> Iterator[Capacity]:
    for name, limit in enumerate(limits):
        if limit.kind == "lane_capacity":
            weights = _lane_weights(network, limit, reach, moves)
        elif limit.kind in ("supplier_capacity", "offer_capacity"):
            weights = _line_weights(network, limit, reach, lines)
        else:
            continue
        of = "shipment" if limit.kind == "lane_capacity" else "quantity"
        rate = 1.0
        if limit.kind == "supplier_capacity" and limit.resource == "value":
            of, rate = "goods", _supplier_rate(network, limit)
        yield from _per_period(name, limit, weights, of, rate)


def _per_period(
    name: int, limit: Limit, weights: dict[int, list[tuple[int, float]]], of: str, rate: float
) -> Iterator[Capacity]:
    for period, pairs in sorted(weights.items()):
        yield Capacity(name, period, tuple(pairs), of, float(limit.allowed[period]) * rate)


def _supplier_rate(network: Network, limit: Limit) -> float:
    mine = network.group_supplier[network.line_group] == limit.place
    return float(network.line_rate[mine][0]) if mine.any() else 1.0


def _line_weights(network: Network, limit: Limit, reach: Reach, lines: Indices) -> dict[int, list[tuple[int, float]]]:
    usage = None if limit.resource == "value" else network.usage(limit.resource)
    weights: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for k, line in enumerate(lines):
        supplier = network.group_supplier[network.line_group[line]]
        place = network.line_offer[line] if limit.kind == "offer_capacity" else supplier
        amount = 1.0 if usage is None else float(usage[network.cell_item[network.line_cell[line]]])
        if place == limit.place and amount > 0.0:
            for period in np.flatnonzero(reach.most_lots[line]):
                weights[int(period)].append((k, amount))
    return weights


def _lane_weights(network: Network, limit: Limit, reach: Reach, moves: Indices) -> dict[int, list[tuple[int, float]]]:
    usage = network.usage(limit.resource)
    weights: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for k, move in enumerate(moves):
        amount = float(usage[network.cell_item[network.move_from[move]]])
        if network.move_lane[move] == limit.place and amount > 0.0:
            for period in np.flatnonzero(reach.most_parcels[move]):
                weights[int(period)].append((k, amount))
    return weights


def _stock_limits(network, nothing, limits, new_cell, slack) -> Iterator[StockLimit]:  # type: ignore[no-untyped-def]
    for name, limit in enumerate(limits):
        if limit.kind not in ("storage", "inventory_value"):
            continue
        per_unit = network.replacement if limit.kind == "inventory_value" else network.usage(limit.resource)
        here = np.flatnonzero((network.cell_warehouse == limit.place) | (limit.place is None))
        weights = {int(c): float(per_unit[network.cell_item[c]]) for c in here}
        pairs = tuple((new_cell[c], a) for c, a in weights.items() if a > 0.0 and c in new_cell)
        fixed = np.zeros(network.periods)
        for cell, amount in weights.items():
            if cell not in new_cell:
                fixed += amount * nothing.stocks.peak[cell]
        for period in range(network.periods if pairs else 0):
            loose = name in slack and bool(slack[name][period])
            weight = 1.0 / max(float(limit.allowed[period]), 1.0) if loose else 0.0
            yield StockLimit(name, period, pairs, float(limit.allowed[period] - fixed[period]), weight)


def _money_limits(network, limits, slack) -> Iterator[MoneyLimit]:  # type: ignore[no-untyped-def]
    committed = np.cumsum(committed_payments(network))
    for name, limit in enumerate(limits):
        if limit.kind not in ("order_budget", "cash"):
            continue
        cash = limit.kind == "cash"
        rolling = cash or network.plan.capital.carry_over
        for period in range(network.periods):
            allowed = float(limit.allowed[period]) - (float(committed[period]) if cash else 0.0)
            loose = name in slack and bool(slack[name][period])
            weight = 1.0 / max(float(limit.allowed[period]), 1.0) if loose else 0.0
            yield MoneyLimit(name, limit.kind, 0 if rolling else period, period, allowed, weight)


def decision_of(network: Network, translation: Translation, lots: Array, parcels: Array) -> Decision:
    """Turn steps ordered and shipped into units.

    Parameters
    ----------
    lots, parcels
        Steps by instance line and period, and by instance move and period, shape (lines, T) and (moves, T).
    """
    decision = Decision.nothing(network)
    steps = np.array([network.offers[o].order_multiple for o in network.line_offer[translation.lines]])
    decision.orders[translation.lines] = _units(lots, steps)
    lanes = network.move_lane[translation.moves]
    decision.shipments[translation.moves] = _units(parcels, np.array([network.lanes[k].order_multiple for k in lanes]))
    return decision


def _units(steps: Array, size: Array) -> Array:
    """Whole steps times their size; quantities without a multiple as they are, dust dropped."""
    if not len(steps):
        return steps
    size = size[:, None]
    loose = np.where(steps > 1e-6, steps, 0.0)
    units: Array = np.where(size > 0.0, np.round(steps) * size, loose)
    return units
