"""A hundred thousand worlds of one item, and what a plan costs in them: numpy alone, nothing of the product's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

WORLDS = 100_000

#: Price, periods from order to arrival with their chances, shares delivered with their chances.
Terms = tuple[float, Mapping[float, float], Mapping[float, float]]


@dataclass(frozen=True)
class Item:
    """Costs of one item, and whether its customers wait."""

    holding: float = 0.5
    backorder: float = 6.0
    owed: float = 0.0
    credit: float = 0.0
    stock: float = 0.0
    lost: bool = False


@dataclass(frozen=True)
class Worlds:
    """Demand of each period, and for every possible order the share of it that has come by each period, (T, N)."""

    demand: np.ndarray
    shares: Sequence[np.ndarray]
    unit_costs: Sequence[float]

    def costs(self, item: Item, quantities: Sequence[float]) -> np.ndarray:
        """Cost of ordering these quantities, in every world, shape (N,)."""
        supply = item.stock + sum(q * share for q, share in zip(quantities, self.shares, strict=True))
        total = self.demand.cumsum(axis=0)
        gap = total - supply
        if item.lost:
            lost = np.maximum.accumulate(np.maximum(gap, 0.0), axis=0)
            on_hand, owed = lost - gap, 0.0
            unmet = item.backorder * lost[-1]
        else:
            short = np.maximum(gap, 0.0)
            on_hand, owed = short - gap, item.owed * short[-1]
            unmet = item.backorder * short.sum(axis=0)
        bought = sum(q * cost for q, cost in zip(quantities, self.unit_costs, strict=True))
        return bought + item.holding * on_hand.sum(axis=0) + unmet + owed - item.credit * on_hand[-1]

    def best(self, item: Item, *levels: Sequence[float]) -> tuple[tuple[float, ...], float]:
        """Cheapest combination of quantities of a dense grid, with its mean cost."""
        means = {found: float(self.costs(item, found).mean()) for found in product(*levels)}
        found = min(means, key=lambda key: means[key])
        return found, means[found]


def drawn(rng: np.random.Generator, chances: Mapping[float, float]) -> np.ndarray:
    """Draw from a small distribution."""
    return rng.choice(list(chances), p=list(chances.values()), size=WORLDS)


def worlds(
    seed: int,
    demand: Callable[[np.random.Generator, tuple[int, int]], np.ndarray],
    periods: int,
    orders: Sequence[tuple[Terms, int]],
) -> Worlds:
    """Draw demand and what becomes of an order of each of these terms and periods."""
    rng = np.random.default_rng(seed)
    asked = demand(rng, (periods, WORLDS))
    shares, costs = [], []
    for (price, leads, fractions), period in orders:
        here = np.arange(periods)[:, None] >= period + drawn(rng, leads)
        shares.append(here * drawn(rng, fractions))
        costs.append(price * sum(share * chance for share, chance in fractions.items()))
    return Worlds(asked, shares, costs)


def gamma(mean: float, sd: float) -> Callable[[np.random.Generator, tuple[int, int]], np.ndarray]:
    """Gamma demand; sums of it over periods are gamma, too."""
    return lambda rng, shape: rng.gamma((mean / sd) ** 2, sd**2 / mean, shape)
