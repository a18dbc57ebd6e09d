"""The price at which cells with coarse levels hand on their stock.

C cells, W ways in, T periods. FORMULATION.md, "Coarse levels", has the argument.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from procure.engines.decomposed.programs import Programs

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Paid:
    """What orders and inbound moves cost, shape (W, T) each.

    Attributes
    ----------
    goods, unit, fixed
        Money per unit of a tariff's money, per unit ordered and per order; `fixed` infinite where none may be placed.
    """

    goods: Array
    unit: Array
    fixed: Array


def base_prices(programs: Programs, paid: Paid, stock: Array) -> Array:
    """Cheapest unit of supply of each coarse cell over its ways in, 0 in other cells, shape (C,) [money per unit].

    Where nothing comes in it is what its stock is worth on its cheapest way out.

    Parameters
    ----------
    stock
        Price at which stock changes hands on each move, shape (M, T) [money per unit].
    """
    coarse, ways = programs.cells.coarse, programs.ways
    base = np.zeros(len(coarse))
    if not coarse.any():
        return base
    here = np.flatnonzero(coarse[programs.way_cell] & (np.diff(ways.tier) > 0))
    cell = programs.way_cell[here]
    lowest, highest = programs.price_range
    lowest, highest = lowest[here], highest[here]
    goods = np.minimum(paid.goods[here] * lowest, paid.goods[here] * highest)
    supply = (ways.stride[here] * programs.cells.grain[cell])[:, None]
    unit = (goods + paid.unit[here]) * ways.unit[here][:, None] / supply
    unit = np.where(np.isfinite(paid.fixed[here]), unit, np.inf)
    base = np.full(len(coarse), np.inf)
    np.minimum.at(base, cell, unit.min(axis=1))
    out = programs.out_move
    worth = np.full(len(coarse), np.inf)
    np.minimum.at(worth, programs.network.move_from[out], stock[out].min(axis=1))
    base = np.where(np.isfinite(base), base, worth)
    return np.where(coarse & np.isfinite(base), base, 0.0)
