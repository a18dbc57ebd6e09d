"""Choosing one plan per component by local search, compiled: exact fees of purchase orders, penalties on limits.

A column is a plan of a component. Purchase orders and lane trips are headers: what a header costs follows from how many
chosen columns are on it, their goods value and their load. A limit that is overdrawn costs its weight per unit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

Array = Any


class Columns(NamedTuple):
    """N columns, sorted by component.

    `part` (parts + 1,): where the columns of each component begin. `cost` (N,). `row_at` (N + 1,), `row`, `amount`: use
    of shared rows. `order_at` (N + 1,), `header`, `goods`, `load`: what a column puts on headers.
    """

    part: Array
    cost: Array
    row_at: Array
    row: Array
    amount: Array
    order_at: Array
    header: Array
    goods: Array
    load: Array


class Headers(NamedTuple):
    """Owners (groups, then lanes), T periods; header h is owner h // T in period h % T. `worth`: what money counts.

    By owner: `fee`, `least` and `most` goods value, `tier_at` (owners + 1,) with `start` and `saving` of discounts,
    `size` (0 without), `container`, `fill`. By period: `money_at` (T + 1,), `money`, rows of fees and containers;
    `relief_at`, `relief`, rows of the budget that a discount relieves; `cash`: first row of the cash limit, or -1.
    `scale` (owners,): share of goods that is expected to be paid, of which `deposit` at the order and the rest `delay`
    periods later, at the latest.
    """

    periods: int
    worth: float
    fee: Array
    least: Array
    most: Array
    tier_at: Array
    start: Array
    saving: Array
    size: Array
    container: Array
    fill: Array
    scale: Array
    money_at: Array
    money: Array
    relief_at: Array
    relief: Array
    cash: int
    deposit: Array
    delay: Array


class State(NamedTuple):
    """The choice and its sums: `chosen` (parts,), `use` (rows,), `count`, `goods`, `load` (H,)."""

    chosen: Array
    use: Array
    count: Array
    goods: Array
    load: Array


ANSWERS = 6
"""Columns that a component tries when a header is flipped, the cheapest at the prices first."""


@numba.njit(inline="always")
def header_cost(h, headers, count, goods, load, penalty):  # type: ignore[no-untyped-def]
    """Money of fees and containers, what the discount saves, and the penalty for breaking the order's own rules."""
    if count <= 0:
        return 0.0, 0.0, 0.0
    g = h // headers.periods
    fees = headers.fee[g]
    wrong = 0.0
    if headers.least[g] > 0.0 and goods < headers.least[g] * (1.0 - 1e-9):
        wrong += headers.least[g] - goods
    if goods > headers.most[g]:
        wrong += goods - headers.most[g]
    saved = 0.0
    for k in range(headers.tier_at[g], headers.tier_at[g + 1]):
        if goods >= headers.start[k] * (1.0 - 1e-9):
            saved = headers.saving[k] * goods
    if headers.size[g] > 0.0 and load > 1e-9:
        boxes = np.ceil(load / headers.size[g] - 1e-9)
        fees += headers.container[g] * boxes
        lack = (boxes - 1.0 + headers.fill[g]) * headers.size[g] - load
        if lack > 1e-7 * headers.size[g]:
            wrong += lack / headers.size[g] * (headers.container[g] + 0.2 * goods)
    return fees, saved, penalty * wrong


@numba.njit(inline="always")
def _draw(use, row, amount, allowed, weight):  # type: ignore[no-untyped-def]
    """Add to the use of a row; returns how the penalty changes."""
    before = max(use[row] - allowed[row], 0.0)
    use[row] += amount
    return weight[row] * (max(use[row] - allowed[row], 0.0) - before)


@numba.njit(cache=True, nogil=True)
def apply(c, sign, columns, headers, state, allowed, weight, penalty):  # type: ignore[no-untyped-def]
    """Put a column in (sign 1) or take it out (-1); returns how the objective changes."""
    change = sign * columns.cost[c]
    for k in range(columns.row_at[c], columns.row_at[c + 1]):
        change += _draw(state.use, columns.row[k], sign * columns.amount[k], allowed, weight)
    for k in range(columns.order_at[c], columns.order_at[c + 1]):
        h = columns.header[k]
        fees, saved, wrong = header_cost(h, headers, state.count[h], state.goods[h], state.load[h], penalty)
        state.count[h] += sign
        state.goods[h] += sign * columns.goods[k]
        state.load[h] += sign * columns.load[k]
        if state.count[h] == 0:
            state.goods[h] = 0.0
            state.load[h] = 0.0
        new_fees, new_saved, new_wrong = header_cost(
            h, headers, state.count[h], state.goods[h], state.load[h], penalty
        )
        g, t = h // headers.periods, h % headers.periods
        change += headers.worth * (new_fees - fees + (saved - new_saved) * headers.scale[g]) + new_wrong - wrong
        if new_fees != fees:
            for m in range(headers.money_at[t], headers.money_at[t + 1]):
                change += _draw(state.use, headers.money[m], new_fees - fees, allowed, weight)
        if new_saved != saved:
            for m in range(headers.relief_at[t], headers.relief_at[t + 1]):
                change += _draw(state.use, headers.relief[m], saved - new_saved, allowed, weight)
            if headers.cash >= 0:
                change += _relieve_cash(g, t, (saved - new_saved) * headers.scale[g], headers, state, allowed, weight)
    return change


@numba.njit(inline="always")
def _relieve_cash(g, t, money, headers, state, allowed, weight):  # type: ignore[no-untyped-def]
    change = 0.0
    for due in range(t, headers.periods):
        share = headers.deposit[g] if due < t + headers.delay[g] else 1.0
        if share > 0.0:
            change += _draw(state.use, headers.cash + due, money * share, allowed, weight)
    return change


@numba.njit(cache=True, nogil=True)
def switch_parts(order, columns, headers, state, allowed, weight, penalty, margin):  # type: ignore[no-untyped-def]
    """Give each component in turn its best column, all others as they are; returns how the objective changes.

    `margin` (parts,): by how much the best other column is dearer than the one chosen, written for those visited; 0
    where the choice has changed.
    """
    total = 0.0
    for p in order:
        old = state.chosen[p]
        base = apply(old, -1, columns, headers, state, allowed, weight, penalty)
        now, best, at = np.inf, np.inf, old
        for c in range(columns.part[p], columns.part[p + 1]):
            cost = apply(c, 1, columns, headers, state, allowed, weight, penalty)
            if c == old:
                now = cost
            elif cost < best:
                best, at = cost, c
            apply(c, -1, columns, headers, state, allowed, weight, penalty)
        margin[p] = max(best - now, 0.0)
        if best >= now - 1e-9:
            at = old
        total += base + apply(at, 1, columns, headers, state, allowed, weight, penalty)
        state.chosen[p] = at
    return total


@numba.njit(cache=True, nogil=True)
def flip_header(h, members, columns, headers, state, allowed, weight, penalty, saved, margin):  # type: ignore[no-untyped-def]
    """Close an open header, or open a closed one, and let the components that can be on it answer twice; undo if worse.

    `members`: components with a column on the header. `saved`, `margin` (parts,): scratch. Returns how the objective
    changes.
    """
    closing = state.count[h] > 0
    change = 0.0
    for p in members:
        saved[p] = state.chosen[p]
        old = state.chosen[p]
        on = _is_on(h, old, columns)
        if closing != on:
            continue
        base = apply(old, -1, columns, headers, state, allowed, weight, penalty)
        best, at, tried = np.inf, old, 0
        for c in range(columns.part[p], columns.part[p + 1]):
            if tried == ANSWERS:
                break
            if _is_on(h, c, columns) == closing:
                continue
            tried += 1
            cost = apply(c, 1, columns, headers, state, allowed, weight, penalty)
            if not closing and state.count[h] == 1:
                # the fee is for all that follow
                cost -= headers.worth * headers.fee[h // headers.periods]
            if cost < best:
                best, at = cost, c
            apply(c, -1, columns, headers, state, allowed, weight, penalty)
        if not closing and at != old:
            now = apply(old, 1, columns, headers, state, allowed, weight, penalty)
            apply(old, -1, columns, headers, state, allowed, weight, penalty)
            if best >= now:
                at = old
        change += base + apply(at, 1, columns, headers, state, allowed, weight, penalty)
        state.chosen[p] = at
    if change < 0.01 * headers.fee[h // headers.periods] + 1e-3 * penalty * headers.least[h // headers.periods]:
        change += switch_parts(members, columns, headers, state, allowed, weight, penalty, margin)
    if change < -1e-7:
        return change
    for p in members:
        if state.chosen[p] != saved[p]:
            apply(state.chosen[p], -1, columns, headers, state, allowed, weight, penalty)
            apply(saved[p], 1, columns, headers, state, allowed, weight, penalty)
            state.chosen[p] = saved[p]
    return 0.0


@numba.njit(inline="always")
def _is_on(h, c, columns):  # type: ignore[no-untyped-def]
    for k in range(columns.order_at[c], columns.order_at[c + 1]):
        if columns.header[k] == h:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def shut_headers(these, member_at, member, columns, headers, state, allowed, weight, penalty, shut):  # type: ignore[no-untyped-def]
    """Move all components off `these` headers, to columns that are on none that is shut.

    `shut` (headers,): which are shut already; these are marked, too.
    """
    for h in these:
        shut[h] = True
    for h in these:
        for p in member[member_at[h] : member_at[h + 1]]:
            old = state.chosen[p]
            if not _is_on(h, old, columns):
                continue
            apply(old, -1, columns, headers, state, allowed, weight, penalty)
            best, at = np.inf, old
            for c in range(columns.part[p], columns.part[p + 1]):
                if _is_shut(c, columns, shut):
                    continue
                cost = apply(c, 1, columns, headers, state, allowed, weight, penalty)
                if cost < best:
                    best, at = cost, c
                apply(c, -1, columns, headers, state, allowed, weight, penalty)
            apply(at, 1, columns, headers, state, allowed, weight, penalty)
            state.chosen[p] = at


@numba.njit(inline="always")
def _is_shut(c, columns, shut):  # type: ignore[no-untyped-def]
    for k in range(columns.order_at[c], columns.order_at[c + 1]):
        if shut[columns.header[k]]:
            return True
    return False


@numba.njit(cache=True, nogil=True)
def flip_headers(  # type: ignore[no-untyped-def]
    these, member_at, member, columns, headers, state, allowed, weight, penalty, saved, margin
):
    """Try to flip each of `these` headers; returns how the objective changes."""
    total = 0.0
    for h in these:
        mine = member[member_at[h] : member_at[h + 1]]
        total += flip_header(h, mine, columns, headers, state, allowed, weight, penalty, saved, margin)
    return total


@numba.njit(cache=True, nogil=True)
def put_in(chosen, columns, headers, state, allowed, weight, penalty):  # type: ignore[no-untyped-def]
    """Put in every chosen column; returns the objective."""
    total = 0.0
    for c in chosen:
        total += apply(c, 1, columns, headers, state, allowed, weight, penalty)
    return total
