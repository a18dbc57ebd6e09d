"""Demand of each cell: rows, lists, dates, promotions and samples; cumulative windows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .dates import Calendar, day
from .losses import Array, Window, choose_family

Cell = tuple[str, str]


class Demand:
    """Mean and variance of every cell and period, after promotions.

    ``samples`` gives paths by cell, shape (samples, periods); they stand for the rows of that cell.
    """

    def __init__(self, plan: Mapping[str, Any], samples: Mapping[Cell, Array] | None) -> None:
        self.calendar = Calendar.of(plan)
        self.distribution = plan.get("policy", {}).get("distribution", "auto")
        self.rows: set[Cell] = set()
        self.mean: dict[Cell, Array] = {}
        self.variance: dict[Cell, Array] = {}
        self.samples = {cell: np.array(paths, dtype=float) for cell, paths in (samples or {}).items()}
        for row in plan.get("demand", []):
            self._add(row)
        for cell in self.samples:
            self._make(cell)
        for row in plan.get("promotions", []):
            self._promote(row)
        for cell, paths in self.samples.items():
            self.mean[cell] = paths.mean(axis=0)
            self.variance[cell] = paths.var(axis=0)

    def _make(self, cell: Cell) -> None:
        self.rows.add(cell)
        for table in (self.mean, self.variance):
            table.setdefault(cell, np.zeros(self.calendar.periods))

    def _add(self, row: Mapping[str, Any]) -> None:
        cell = row["item"], row["warehouse"]
        self._make(cell)
        for period, mean, sd in self._entries(row):
            self.mean[cell][period] += mean
            self.variance[cell][period] += sd**2

    def _entries(self, row: Mapping[str, Any]) -> Iterator[tuple[int, float, float]]:
        """Period, mean and sd of each number in a row; dates outside the horizon say nothing."""
        mean, sd = row["mean"], row.get("sd") or 0.0
        if isinstance(mean, list | tuple):
            spread = sd if isinstance(sd, list | tuple) else [sd] * len(mean)
            yield from ((t, m, s or 0.0) for t, (m, s) in enumerate(zip(mean, spread, strict=True)))
            return
        period = row.get("period")
        if period is None:
            period = self.calendar.period_containing(day(row["date"]))
        if 0 <= period < self.calendar.periods:
            yield int(period), mean, sd

    def _promote(self, row: Mapping[str, Any]) -> None:
        first, last = day(row["first"]), day(row["last"])
        for cell in self.rows:
            if cell[0] != row["item"] or row.get("warehouse") not in (None, cell[1]):
                continue
            for t in range(self.calendar.periods):
                share = self.calendar.share_covered(t, first, last)
                factor = 1 + (row["uplift"] - 1) * share
                extra = (share * (row.get("uplift_sd") or 0.0)) ** 2
                mean, variance = self.mean[cell][t], self.variance[cell][t]
                self.mean[cell][t] = factor * mean
                self.variance[cell][t] = factor**2 * variance + extra * (mean**2 + variance)
                if cell in self.samples:
                    self.samples[cell][:, t] *= factor

    def mean_of(self, cell: Cell) -> Array:
        """Mean demand per period, units."""
        return self.mean.get(cell, np.zeros(self.calendar.periods))

    def window(self, cell: Cell, last: int, protection: float) -> Window:
        """Demand of periods 0..last, random in its last ``protection`` periods only."""
        if cell not in self.rows or last < 0:
            return Window(0.0, choose_family("auto", 0.0, 0.0), 0.0, 0.0)
        first = int(max(last + 1 - protection, 0))
        shift = float(self.mean[cell][:first].sum())
        if cell in self.samples:
            draws = self.samples[cell][:, first : last + 1].sum(axis=1)
            return Window(shift, "samples", float(draws.mean()), float(draws.var()), draws)
        mean = float(self.mean[cell][first : last + 1].sum())
        variance = float(self.variance[cell][first : last + 1].sum())
        return Window(shift, choose_family(self.distribution, mean, variance), mean, variance)
