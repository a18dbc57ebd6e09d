"""Plans of components, priced exactly: every pass leaves one of each behind.

A component is a cell, or the cells of an item that lanes link. What its plans cost and use comes from the arithmetic of
`procure.solution` (`quick_ledger.py`). Plans are kept as flat arrays, without an object each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.passes import Passes
from procure.engines.decomposed.plan_uses import PlanUses
from procure.engines.decomposed.quick_ledger import quick_ledger
from procure.engines.decomposed.sums import Tally
from procure.solution.ledger import Decision, Ledger

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Prints = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Ragged:
    """Rows of unequal length: row k holds positions `at[k]` to `at[k + 1]` of each column of `data`."""

    at: Indices
    data: tuple[NDArray[np.generic], ...]

    def take(self, rows: Indices) -> Ragged:
        """Some of the rows, in the order given."""
        length = self.at[rows + 1] - self.at[rows]
        at = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(length, out=at[1:])
        where = np.arange(at[-1]) - np.repeat(at[:-1] - self.at[rows], length)
        return Ragged(at, tuple(column[where] for column in self.data))

    @staticmethod
    def of(row: Indices, count: int, *data: NDArray[np.generic]) -> Ragged:
        """Make rows out of entries that each name their row."""
        at = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(row, minlength=count), out=at[1:])
        if (row[1:] >= row[:-1]).all():
            return Ragged(at, data)
        order = np.argsort(row, kind="stable")
        return Ragged(at, tuple(column[order] for column in data))

    @staticmethod
    def joined(parts: list[Ragged]) -> Ragged:
        """Put one after the other."""
        lengths = np.concatenate([np.diff(p.at) for p in parts])
        at = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=at[1:])
        return Ragged(at, tuple(np.concatenate(columns) for columns in zip(*(p.data for p in parts), strict=True)))


@dataclass(frozen=True, eq=False)
class Plans:
    """Plans of components.

    Attributes
    ----------
    part, cost
        Component and own cost of each plan: stock, goods without order discounts, freight, line fees, units moved,
        shape (N,).
    use
        Shared rows that each takes, and amounts.
    orders
        Headers that each is on (group or groups + lane, times T, plus the period), goods value [money] and load.
    entries
        What each orders and ships: slot (line or L + move, times T, plus the period) and units.
    """

    part: Indices
    cost: Array
    use: Ragged
    orders: Ragged
    entries: Ragged

    def take(self, rows: Indices) -> Plans:
        """Some of the plans."""
        return Plans(
            self.part[rows], self.cost[rows], self.use.take(rows), self.orders.take(rows), self.entries.take(rows)
        )

    @staticmethod
    def joined(parts: list[Plans]) -> Plans:
        """All plans of all."""
        return Plans(
            np.concatenate([p.part for p in parts]),
            np.concatenate([p.cost for p in parts]),
            Ragged.joined([p.use for p in parts]),
            Ragged.joined([p.orders for p in parts]),
            Ragged.joined([p.entries for p in parts]),
        )


class Pool:
    """Distinct plans of all components.

    Parameters
    ----------
    passes
        What solves the programs.
    """

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        self.uses = PlanUses(passes.task, passes.limits, passes.programs.component)
        self._chunks: list[Plans] = []
        self._known = np.zeros(0, dtype=np.uint64)

    def add_decision(self, decision: Decision) -> tuple[Prints, Tally]:
        """Take the plans of a decision; those known already are left out.

        Returns a fingerprint of each component's plan, by which `find` finds it again, and what all of them cost.
        """
        ledger = quick_ledger(self.passes.task, self.passes.programs, decision)
        prints = self._prints(decision)
        whole = self._plans(ledger)
        new = np.flatnonzero(~np.isin(prints, self._known))
        if len(new):
            self._known = np.union1d(self._known, prints[new])
            self._chunks.append(whole.take(new))
        return prints, self._tally(whole)

    @property
    def plans(self) -> Plans:
        """All plans so far, in the order in which they came."""
        if len(self._chunks) > 1:
            self._chunks = [Plans.joined(self._chunks)]
        return self._chunks[0]

    @property
    def size(self) -> int:
        """Number of plans."""
        return sum(len(chunk.part) for chunk in self._chunks)

    def keep(self, rows: Indices) -> None:
        """Forget all plans but these."""
        self._chunks = [self.plans.take(rows)]

    def find(self, prints: Prints) -> Indices:
        """Position of each component's plan by its fingerprint; it must have been added."""
        marks = self._marks_of(self.plans)
        order = np.argsort(marks, kind="stable")
        found = order[np.searchsorted(marks[order], prints)]
        return np.asarray(found, dtype=np.int64)

    def assemble(self, rows: Indices) -> Decision:
        """The decision that consists of these plans."""
        network, entries = self.passes.network, self.plans.entries.take(rows)
        flat = np.zeros((network.n_lines + network.n_moves) * network.periods)
        flat[entries.data[0].astype(np.int64)] = entries.data[1]
        table = flat.reshape(-1, network.periods)
        return Decision(table[: network.n_lines], table[network.n_lines :])

    @cached_property
    def _slot_part(self) -> Indices:
        """Component of each line and then of each move, shape (L + M,)."""
        network, component = self.passes.network, self.passes.programs.component
        return np.concatenate([component[network.line_cell], component[network.move_from]])

    def _entries(self, decision: Decision) -> tuple[Indices, Indices, Array]:
        table = np.concatenate([decision.orders, decision.shipments])
        rows, periods = np.nonzero(table)
        return self._slot_part[rows], (rows * table.shape[1] + periods).astype(np.int32), table[rows, periods]

    def _prints(self, decision: Decision) -> Prints:
        """A fingerprint of each component's part, shape (components,)."""
        part, slot, units = self._entries(decision)
        return _prints(part, slot, units, self.uses.count)

    def _marks_of(self, plans: Plans) -> Prints:
        row = np.repeat(np.arange(len(plans.part)), np.diff(plans.entries.at))
        slot, units = plans.entries.data
        return _prints(row, slot.astype(np.int64), units.astype(float), len(plans.part), plans.part)

    def _tally(self, plans: Plans) -> Tally:
        """What plans, one of each component, cost and use together."""
        uses, network = self.uses, self.passes.network
        row, amount = plans.use.data
        header, goods, load = plans.orders.data
        rows = len(uses.limits) * network.periods
        headers = (len(network.group_supplier) + len(network.lanes)) * network.periods

        def by_header(weights: Array | None) -> Array:
            return np.bincount(header, weights=weights, minlength=headers).astype(float)

        limits = np.bincount(row, weights=amount.astype(float), minlength=rows).astype(float)
        return Tally(
            float(plans.cost.sum()),
            limits.reshape(len(uses.limits), network.periods),
            by_header(None),
            by_header(goods.astype(float)),
            by_header(load.astype(float)),
        )

    def _plans(self, ledger: Ledger) -> Plans:
        count = self.uses.count
        part, slot, units = self._entries(ledger.decision)
        return Plans(
            np.arange(count),
            self.passes.aim.own(self.passes.task, ledger, self.passes.programs.component),
            Ragged.of(*self.uses.rows(ledger)),
            Ragged.of(*self.uses.orders(ledger)),
            Ragged.of(part, count, slot, units),
        )


def _prints(row: Indices, slot: Indices, units: Array, count: int, part: Indices | None = None) -> Prints:
    """Fingerprint by row of its component, its slots and units."""
    with np.errstate(over="ignore"):
        mixed = _scrambled(slot.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + units.view(np.uint64))
        found = _scrambled((np.arange(count) if part is None else part).astype(np.uint64) + np.uint64(1))
        np.add.at(found, row, mixed)
    return found


def _scrambled(x: Prints) -> Prints:
    """Mix the bits (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
