"""Whole columns of purchase orders and lanes, by the period in which they are decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from procure.engines.headers import HEADERS
from procure_milp.solve import HighsSession

Array = NDArray[np.float64]
Options = Callable[[Array], list[dict[int, float]]]
"""From the relaxation's columns to ways to hold some of them."""
WHOLE = 1e-4
"""How far from a whole number counts as whole."""


class Switches:
    """Whole columns of purchase orders and lanes, by period."""

    def __init__(self, session: HighsSession) -> None:
        var, column = session.model.variables, session.column
        self._headers: dict[int, list[tuple[int, tuple[str, int]]]] = defaultdict(list)
        for block in HEADERS:
            for index, variable in getattr(var, block).items():
                self._headers[index[1]].append((column(variable), (block, index[0])))
        self._choices: dict[int, list[Options]] = defaultdict(list)
        for (_, t), variable in var.containers.items():
            self._choices[t].append(partial(_counts, column(variable)))
        tiers: dict[tuple[int, int], list[int]] = defaultdict(list)
        for (g, t, _), variable in var.in_tier.items():
            tiers[g, t].append(column(variable))
        for (_, t), columns in tiers.items():
            self._choices[t].append(partial(_tiers, columns))
        self._owed: dict[tuple[str, int], float] = {}

    def headers(self, period: int) -> list[tuple[int, tuple[str, int]]]:
        """Columns of purchase orders and trips, and what they belong to."""
        return self._headers[period]

    def choices(self, period: int) -> list[Options]:
        """What is left to choose once the headers are held: containers and discount tiers."""
        return self._choices[period]

    def rounded(self, key: tuple[str, int], wanted: float) -> float:
        """1 if the running sum of what the relaxation wants has reached a half, 0 else."""
        owed = self._owed.get(key, 0.0) + wanted
        state = 1.0 if owed >= 0.5 else 0.0
        self._owed[key] = owed - state
        return state


def _counts(column: int, values: Array) -> list[dict[int, float]]:
    """The whole numbers of containers next to the relaxation's."""
    low, high = np.floor(values[column] + WHOLE), np.ceil(values[column] - WHOLE)
    return [{column: float(n)} for n in sorted({low, high})]


def _tiers(columns: list[int], values: Array) -> list[dict[int, float]]:
    """One tier each of those that the relaxation mixes; none without a purchase order."""
    mixed = [c for c in columns if values[c] > WHOLE]
    if not mixed or values[columns].sum() < 0.5:
        return [dict.fromkeys(columns, 0.0)]
    return [{c: float(c == chosen) for c in columns} for chosen in mixed]


def columns_by_period(session: HighsSession) -> dict[int, NDArray[np.int32]]:
    """Whole columns whose second index is the period in which they are decided."""
    found: dict[int, list[int]] = {t: [] for t in range(session.model.instance.periods)}
    for block in ("lots", "open", "placed", "in_tier", "containers", "parcels", "trip", "ships"):
        for index, variable in getattr(session.model.variables, block).items():
            found[index[1]].append(session.column(variable))
    return {t: np.array(sorted(columns), dtype=np.int32) for t, columns in found.items()}
