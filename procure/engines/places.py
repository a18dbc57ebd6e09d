"""Where the variables of the model lie among the solver's columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from procure.engines.start import start_columns
from procure.engines.translate import Translation
from procure.solution.ledger import Decision
from procure_milp.expressions import step_size
from procure_milp.solve import Session

Array = NDArray[np.float64]


class Places:
    """Where the variables of the model lie among the solver's columns."""

    def __init__(self, session: Session, translation: Translation) -> None:
        inst, var = translation.instance, session.model.variables
        grid = [(c, t) for c in range(inst.n_cells) for t in range(inst.periods)]
        self._shape = (inst.n_cells, inst.periods)
        self._supply = np.array([session.column(var.supply[i]) for i in grid])
        self._lots = [(i, session.column(v)) for i, v in var.lots.items()]
        self._parcels = [(i, session.column(v)) for i, v in var.parcels.items()]
        self._unmet = [(i, session.column(v)) for i, v in var.unmet.items()]
        self._stocked = [(i, session.column(v)) for i, v in var.stocked.items()]
        self._steps = np.array([step_size(line.step) for line in inst.lines])
        self._session, self._instance = session, inst

    def supply(self, values: Array) -> Array:
        """X, shape (C, T)."""
        supply: Array = values[self._supply].reshape(self._shape)
        return supply

    def lots(self, values: Array) -> Array:
        """Steps ordered by line and period, tiers added up."""
        lots = np.zeros((len(self._instance.lines), self._instance.periods))
        for (line, period, _), column in self._lots:
            lots[line, period] += values[column]
        return lots

    def orders(self, values: Array) -> Array:
        """Units ordered by line and period."""
        units: Array = self.lots(values) * self._steps[:, None]
        return units

    def unmet(self, values: Array) -> Array:
        """U of sampled cells, shape (C, T); 0 in others."""
        return self._filled(self._unmet, values)

    def stocked(self, values: Array) -> Array:
        """Y of sampled cells where a limit counts it, shape (C, T); 0 elsewhere."""
        return self._filled(self._stocked, values)

    def _filled(self, columns: list[tuple[tuple[int, ...], int]], values: Array) -> Array:
        found = np.zeros(self._shape)
        for (c, t), column in columns:
            found[c, t] = values[column]
        return found

    def parcels(self, values: Array) -> Array:
        """Steps shipped by move and period."""
        parcels = np.zeros((len(self._instance.moves), self._instance.periods))
        for (move, period), column in self._parcels:
            parcels[move, period] = values[column]
        return parcels

    def columns_of(self, decision: Decision, translation: Translation) -> Array:
        """Whole columns of the solver for a decision, as a start."""
        return start_columns(self._session, translation, decision)
